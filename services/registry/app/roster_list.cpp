// The roster of schools (学籍名册): students added and changed in bulk.
#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>

#include "registry/app/import_list.h"
#include "registry/app/student_numbers.h"
#include "registry/store/place_repository.h"

namespace registry {
namespace {

using ByKey = std::unordered_map<std::string, std::size_t>;

class RosterList final : public ImportList {
 public:
  RosterList(const Deps& deps, const ImportHead& head, const FieldSet& fields, Places& places)
      : deps_(deps),
        head_(head),
        fields_(fields),
        places_(places),
        policy_(deps.PolicyToday()),
        today_(deps.clock.Today()) {}

  void Check(Record& record, RowNotes& notes) const override {
    CheckRosterRow(record, RowContext{policy_, places_, today_}, notes);
  }
  std::string KeyOf(const Record& record) const override { return deps_.vault.StudentKey(record); }

  base::Result<std::vector<RowVerdict>> Compare(store::Session& session,
                                                const std::vector<StagedRow>& rows,
                                                Lock lock) override;
  base::Status Save(const ApplyContext& context, const std::vector<StagedRow>& rows,
                    const std::vector<RowVerdict>& verdicts) override;

 private:
  // What is stored of the row's student.
  struct Stored {
    StudentRow row = {};
    Record details = {};
  };
  base::Status Keep(StudentRow row, std::string key);
  base::Status FindNewlyNumbered(store::Session& session, const std::vector<StagedRow>& rows,
                                 Lock lock);
  RowVerdict Judge(const StagedRow& row, const Stored& stored) const;
  std::optional<Problem> Conflict(const StagedRow& row, const Stored& stored) const;
  base::Status CreateClasses(const ApplyContext& context, const std::vector<StagedRow>& rows,
                             const std::vector<RowVerdict>& verdicts);
  base::Status SaveAdded(const ApplyContext& context, const std::vector<StagedRow>& rows,
                         const std::vector<RowVerdict>& verdicts);
  base::Status SaveChanged(const ApplyContext& context, const std::vector<StagedRow>& rows,
                           const std::vector<RowVerdict>& verdicts);
  ChangeKind Move(const Record& details, Student& after) const;
  ChangeRow HistoryOf(const Student& before, const Student& after, ChangeKind kind,
                      base::Date effective, base::UtcTime now) const;

  const Deps& deps_;
  const ImportHead& head_;
  const FieldSet fields_;
  Places& places_;
  const Policy policy_;
  const base::Date today_;
  std::vector<Stored> stored_ = {};  // of the last Compare
  ByKey at_ = {};                    // by the row's key
};

std::optional<Problem> RosterList::Conflict(const StagedRow& row, const Stored& stored) const {
  const StudentStatus status = stored.row.student.status;
  const SchoolClass* to =
      places_.FindClass(row.record.Get(Field::kSchoolCode), row.record.Get(Field::kClassNo));
  const bool goes_up = status == StudentStatus::kGraduated && to != nullptr && to->grade >= 7 &&
                       row.record.Get(Field::kSchoolCode) != stored.row.student.school_code;
  if (!OnTheRoll(status) && !goes_up) {
    return Problem{
        "STATUS_CONFLICT", Field::kName,
        fmt::format("「姓名」{}在学籍中的状态为“{}”,不能由名册恢复:请先办理恢复学籍或转入",
                    row.record.Get(Field::kName), StatusText(status))};
  }
  if (!policy_.import_changes_names &&
      row.record.Get(Field::kName) != stored.details.Get(Field::kName)) {
    return Problem{"KEY_DATA_CHANGE", Field::kName,
                   fmt::format("「姓名」与学籍中的“{}”不同:关键信息须凭户籍证明逐人变更",
                               stored.details.Get(Field::kName))};
  }
  return std::nullopt;
}

RowVerdict RosterList::Judge(const StagedRow& row, const Stored& stored) const {
  RowVerdict verdict;
  verdict.stored_id = stored.row.student.id.raw();
  if (auto problem = Conflict(row, stored)) {
    verdict.outcome = RowOutcome::kRefused;
    verdict.problem = std::move(*problem);
    return verdict;
  }
  verdict.fields = Diff(stored.details, row.record, fields_);
  verdict.outcome = verdict.fields.empty() ? RowOutcome::kUnchanged : RowOutcome::kChanged;
  return verdict;
}

base::Result<std::vector<RowVerdict>> RosterList::Compare(store::Session& session,
                                                          const std::vector<StagedRow>& rows,
                                                          Lock lock) {
  stored_.clear();
  at_.clear();
  std::vector<std::string> keys;
  keys.reserve(rows.size());
  for (const StagedRow& row : rows) keys.push_back(row.key);
  ASSIGN_OR_RETURN(std::vector<StudentRow> found, FindStudentsByKey(session, keys, lock));
  for (StudentRow& row : found) {
    std::string key = row.person_key;
    RETURN_IF_ERROR(Keep(std::move(row), std::move(key)));
  }
  RETURN_IF_ERROR(FindNewlyNumbered(session, rows, lock));
  std::vector<RowVerdict> verdicts;
  verdicts.reserve(rows.size());
  for (const StagedRow& row : rows) {
    const auto known = at_.find(row.key);
    verdicts.push_back(known == at_.end() ? RowVerdict{} : Judge(row, stored_[known->second]));
  }
  return verdicts;
}

base::Status RosterList::Keep(StudentRow row, std::string key) {
  ASSIGN_OR_RETURN(Record details, deps_.vault.OpenRecord(Sealed::kStudent, row.sealed));
  row.sealed.clear();
  at_.emplace(std::move(key), stored_.size());
  stored_.push_back(Stored{std::move(row), std::move(details)});
  return {};
}

// Who had no identity number so far and has one now (L and J numbers become G).
base::Status RosterList::FindNewlyNumbered(store::Session& session,
                                           const std::vector<StagedRow>& rows, Lock lock) {
  ASSIGN_OR_RETURN(std::vector<std::string> numberless, NumberlessKeys(session));
  if (numberless.empty()) return {};
  std::sort(numberless.begin(), numberless.end());
  std::unordered_map<std::string, std::string> new_key_of;
  std::vector<std::string> old_keys;
  for (const StagedRow& row : rows) {
    if (at_.contains(row.key) || !row.record.Has(Field::kIdNumber)) continue;
    std::string old_key = deps_.vault.NumberlessKey(row.record);
    if (!std::binary_search(numberless.begin(), numberless.end(), old_key)) continue;
    old_keys.push_back(old_key);
    new_key_of.emplace(std::move(old_key), row.key);
  }
  ASSIGN_OR_RETURN(std::vector<StudentRow> found, FindStudentsByKey(session, old_keys, lock));
  for (StudentRow& row : found) {
    std::string key = new_key_of.at(row.person_key);
    RETURN_IF_ERROR(Keep(std::move(row), std::move(key)));
  }
  return {};
}

base::Status RosterList::Save(const ApplyContext& context, const std::vector<StagedRow>& rows,
                              const std::vector<RowVerdict>& verdicts) {
  RETURN_IF_ERROR(CreateClasses(context, rows, verdicts));
  RETURN_IF_ERROR(SaveAdded(context, rows, verdicts));
  return SaveChanged(context, rows, verdicts);
}

// A roster may name a class that is on no list yet.
base::Status RosterList::CreateClasses(const ApplyContext& context,
                                       const std::vector<StagedRow>& rows,
                                       const std::vector<RowVerdict>& verdicts) {
  std::vector<SchoolClass> created;
  Places fresh;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (verdicts[i].outcome != RowOutcome::kAdded && verdicts[i].outcome != RowOutcome::kChanged) {
      continue;
    }
    const Record& record = rows[i].record;
    const std::string_view code = record.Get(Field::kSchoolCode);
    const std::string_view class_no = record.Get(Field::kClassNo);
    if (class_no.empty() || places_.FindClass(code, class_no) != nullptr ||
        fresh.FindClass(code, class_no) != nullptr) {
      continue;
    }
    const School* school = places_.FindSchool(code);
    if (school == nullptr) continue;
    const auto grade = DeriveGrade({.stage = school->stage,
                                    .class_no = class_no,
                                    .entry_month = record.Get(Field::kEntryMonth),
                                    .birth = DateOf(record, Field::kBirth),
                                    .today = today_});
    SchoolClass school_class{.school_code = std::string{code},
                             .grade = grade.value_or(0),
                             .class_no = std::string{class_no},
                             .name = ClassName(grade.value_or(0), class_no)};
    if (grade) school_class.entry_year = EntryYearFor(school->stage, *grade, today_);
    fresh.Add(school_class);
    created.push_back(std::move(school_class));
  }
  if (created.empty()) return {};
  ASSIGN_OR_RETURN(std::int64_t id,
                   TakeIds(context.tx, "class", static_cast<std::int64_t>(created.size())));
  for (SchoolClass& school_class : created) {
    school_class.id = ClassId{id++};
    context.facts.Add(school_class);
    places_.Add(school_class);
  }
  return InsertClasses(context.tx, created);
}

ChangeRow RosterList::HistoryOf(const Student& before, const Student& after, ChangeKind kind,
                                base::Date effective, base::UtcTime now) const {
  return ChangeRow{.student_id = after.id,
                   .version = after.version,
                   .kind = kind,
                   .effective = effective,
                   .recorded_at = now,
                   .actor = head_.actor,
                   .from_status = before.status,
                   .to_status = after.status,
                   .from_school = before.school_code,
                   .to_school = after.school_code,
                   .from_class = before.class_id,
                   .to_class = after.class_id,
                   .home_teaching = after.home_teaching,
                   .until = after.until,
                   .note = fmt::format("名册导入 {}", head_.id.raw())};
}

base::Status RosterList::SaveAdded(const ApplyContext& context, const std::vector<StagedRow>& rows,
                                   const std::vector<RowVerdict>& verdicts) {
  const auto count = std::count_if(verdicts.begin(), verdicts.end(), [](const RowVerdict& verdict) {
    return verdict.outcome == RowOutcome::kAdded;
  });
  if (count == 0) return {};
  ASSIGN_OR_RETURN(std::int64_t id, TakeIds(context.tx, "student", count));
  StudentNumbers numbers(context.tx, deps_.county_division);
  std::vector<StudentRow> students;
  std::vector<ChangeRow> changes;
  students.reserve(static_cast<std::size_t>(count));
  changes.reserve(static_cast<std::size_t>(count));
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (verdicts[i].outcome != RowOutcome::kAdded) continue;
    StudentRow row;
    Student& student = row.student;
    student.id = StudentId{id++};
    student.version = 1;
    student.status = StudentStatus::kEnrolled;
    student.status_since = head_.valid_from;
    student.details = rows[i].record;
    RefreshFromDetails(student, deps_.county_division);
    Move(student.details, student);
    ASSIGN_OR_RETURN(student.student_no, numbers.NumberFor(student.details, student.birth));
    row.person_key = rows[i].key;
    row.sealed = deps_.vault.SealRecord(Sealed::kStudent, student.details);
    changes.push_back(
        HistoryOf(Student{}, student, ChangeKind::kRegister, head_.valid_from, context.now));
    context.facts.Add(StudentFact{student, ChangeKind::kRegister, head_.valid_from});
    students.push_back(std::move(row));
  }
  RETURN_IF_ERROR(InsertStudents(context.tx, students));
  RETURN_IF_ERROR(InsertChanges(context.tx, changes));
  std::vector<std::string> keys;  // somebody may have been on a list before he came to school
  for (const StudentRow& row : students) keys.push_back(row.person_key);
  return TellGroups(context.tx, context.facts, keys);
}

// Puts the student where the details say; tells which kind of change that is.
ChangeKind RosterList::Move(const Record& details, Student& after) const {
  const std::string_view code = details.Get(Field::kSchoolCode);
  const SchoolClass* to = places_.FindClass(code, details.Get(Field::kClassNo));
  const ClassId class_id = to == nullptr ? ClassId{} : to->id;
  const bool other_school = after.school_code != code;
  const bool other_class = after.class_id != class_id;
  if (!other_school && !other_class) return ChangeKind::kDataChange;
  after.school_code = code;
  after.class_id = class_id;
  return other_school ? ChangeKind::kTransferIn : ChangeKind::kChangeClass;
}

base::Status RosterList::SaveChanged(const ApplyContext& context,
                                     const std::vector<StagedRow>& rows,
                                     const std::vector<RowVerdict>& verdicts) {
  std::vector<StudentRow> students;
  std::vector<ChangeRow> changes;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const RowVerdict& verdict = verdicts[i];
    if (verdict.outcome != RowOutcome::kChanged) continue;
    const Stored& stored = stored_[at_.at(rows[i].key)];
    const Student& before = stored.row.student;
    const base::Date effective = std::max(head_.valid_from, before.status_since);
    StudentRow row{stored.row.student, rows[i].key, {}};
    Student& after = row.student;
    ++after.version;
    after.details = Overlay(stored.details, rows[i].record, verdict.fields);
    RefreshFromDetails(after, deps_.county_division);
    if (DocumentOf(after.details) == IdDocument::kResident) after.student_no.clear();
    const ChangeKind kind = Move(after.details, after);
    if (kind != ChangeKind::kDataChange) {
      after.status_since = effective;
      if (!OnTheRoll(after.status)) after.status = StudentStatus::kEnrolled;  // gone up a stage
    }
    row.sealed = deps_.vault.SealRecord(Sealed::kStudent, after.details);
    ChangeRow change = HistoryOf(before, after, kind, effective, context.now);
    change.fields = verdict.fields;
    change.before_sealed =
        deps_.vault.SealRecord(Sealed::kBefore, Pick(stored.details, verdict.fields));
    changes.push_back(std::move(change));
    context.facts.Add(StudentFact{after, kind, effective, "", &verdict.fields});
    students.push_back(std::move(row));
  }
  RETURN_IF_ERROR(UpdateStudents(context.tx, students));
  return InsertChanges(context.tx, changes);
}

}  // namespace

std::unique_ptr<ImportList> MakeRosterList(const Deps& deps, const ImportHead& head,
                                           const FieldSet& fields, Places& places) {
  return std::make_unique<RosterList>(deps, head, fields, places);
}

}  // namespace registry
