#include "registry/app/enrolments.h"

#include <fmt/format.h>

#include "registry/app/facts.h"
#include "registry/app/replies.h"
#include "registry/app/student_numbers.h"
#include "registry/domain/check_row.h"
#include "registry/domain/student_number.h"
#include "registry/store/list_repository.h"
#include "registry/store/place_repository.h"

namespace registry {
namespace {

using base::Code;
using base::Error;

// One attempt in one transaction.
class Attempt {
 public:
  Attempt(const Deps& deps, store::Transaction& tx, const ChangeCommand& command,
          const WriteContext& write)
      : deps_(deps), tx_(tx), command_(command), write_(write), now_(deps.clock.Now()) {}

  base::Result<StudentView> Run() {
    RETURN_IF_ERROR(Load());
    RETURN_IF_ERROR(LoadFacts());
    ASSIGN_OR_RETURN(EnrolmentDecision decision, Decide(before_, command_.enrolment, facts_,
                                                        deps_.PolicyToday(), base::DateAt(now_)));
    RETURN_IF_ERROR(Save(decision));
    return ViewOf(tx_, std::move(decision.after), row_.person_key, base::DateAt(now_));
  }
  base::Status AppendEvents() { return events_.Append(tx_); }

 private:
  base::Status Load();
  base::Status ReadNew();
  base::Status ReadDetails(Record& record) const;
  base::Status LoadFacts();
  base::Status Save(EnrolmentDecision& decision);
  std::vector<Field> PutPlaceIntoDetails(Student& after) const;
  ChangeRow HistoryOf(const EnrolmentDecision& decision) const;

  const Deps& deps_;
  store::Transaction& tx_;
  const ChangeCommand& command_;
  const WriteContext& write_;
  const base::UtcTime now_;
  StudentRow row_ = {};
  Student before_ = {};
  std::optional<SchoolClass> to_class_ = {};
  std::optional<SchoolClass> from_class_ = {};
  std::optional<School> school_ = {};
  EnrolmentFacts facts_ = {};
  Facts events_{now_, write_};
};

base::Status Attempt::Load() {
  if (!command_.student_id) return ReadNew();
  ASSIGN_OR_RETURN(auto row, FindStudent(tx_, command_.student_id, Lock::kForUpdate));
  if (!row) return Error{Code::kNotFound, "STUDENT_UNKNOWN", "学籍中没有这名学生"};
  row_ = std::move(*row);
  ASSIGN_OR_RETURN(before_, OpenStudent(deps_.vault, row_));
  if (command_.expected_version != 0 && command_.expected_version != before_.version) {
    return Error{Code::kConflict, "VERSION_CHANGED",
                 fmt::format("该生的学籍在此期间已有变动(现为第 {} 版):请重新查看后再办理",
                             before_.version)};
  }
  return {};
}

// Someone new: the columns are checked like those of a roster row.
base::Status Attempt::ReadNew() {
  Record record;
  RETURN_IF_ERROR(ReadDetails(record));
  const std::string key = deps_.vault.StudentKey(record);
  ASSIGN_OR_RETURN(auto known, FindStudentsByKey(tx_, {&key, 1}, Lock::kForUpdate));
  if (!known.empty()) {
    return Error{
        Code::kAlreadyExists, "STUDENT_EXISTS",
        fmt::format("该生已有学籍(编号 {},状态“{}”):请办理转学或恢复学籍,不得重复建籍",
                    known.front().student.id.raw(), StatusText(known.front().student.status))};
  }
  row_.person_key = key;
  before_.details = std::move(record);
  RefreshFromDetails(before_, deps_.county_division);
  return {};
}

base::Status Attempt::ReadDetails(Record& record) const {
  RowNotes notes;
  for (const auto& [name, value] : command_.details) {
    const Field field = FieldOf(ImportKind::kRoster, name);
    if (field == Field::kNone) {
      return Error{Code::kInvalidArgument, "DETAILS_UNKNOWN_COLUMN",
                   fmt::format("没有名为「{}」的列", Quote(name))};
    }
    NormaliseCell(*FindColumn(ImportKind::kRoster, field), deps_.reference, value, record, notes);
  }
  CompleteFromIdentity(record, base::DateAt(now_));
  if (command_.enrolment.class_id) {
    ASSIGN_OR_RETURN(const auto in, FindClass(tx_, command_.enrolment.class_id));
    if (in) {
      record.Set(Field::kSchoolCode, in->school_code);
      record.Set(Field::kClassNo, in->class_no);
    }
  }
  const Policy policy = deps_.PolicyToday();
  CheckPersonColumns(record, RowContext{policy, Places{}, base::DateAt(now_)}, notes);
  if (notes.ok()) return {};
  std::string text;
  for (const Problem& problem : notes.refusals) {
    text += fmt::format("{}{}", text.empty() ? "" : ";", problem.text);
  }
  return Error{Code::kInvalidArgument, "DETAILS_REFUSED", text};
}

base::Status Attempt::LoadFacts() {
  if (command_.enrolment.class_id) {
    ASSIGN_OR_RETURN(to_class_, FindClass(tx_, command_.enrolment.class_id));
  }
  if (before_.class_id) {
    ASSIGN_OR_RETURN(from_class_, FindClass(tx_, before_.class_id));
  }
  const std::string& code = to_class_     ? to_class_->school_code
                            : from_class_ ? from_class_->school_code
                                          : before_.school_code;
  ASSIGN_OR_RETURN(school_, FindSchool(tx_, code));
  facts_.to_class = to_class_ ? &*to_class_ : nullptr;
  facts_.from_class = from_class_ ? &*from_class_ : nullptr;
  facts_.school = school_ ? &*school_ : nullptr;
  ASSIGN_OR_RETURN(const auto tags,
                   FindTagsOfPeople(tx_, {&row_.person_key, 1}, base::DateAt(now_)));
  const std::string_view disability = before_.details.Get(Field::kDisability);
  facts_.disabled = !disability.empty() && disability != "无";
  for (const TagRow& tag : tags) {
    facts_.disabled = facts_.disabled || tag.group.find("残疾") != std::string::npos;
  }
  return {};
}

// The template's columns follow the enrolment, so that the next roster finds them right.
std::vector<Field> Attempt::PutPlaceIntoDetails(Student& after) const {
  if (!to_class_ || after.class_id != to_class_->id) return {};
  Record place;
  place.Set(Field::kSchoolCode, to_class_->school_code);
  place.Set(Field::kClassNo, to_class_->class_no);
  std::vector<Field> fields = Diff(after.details, place, place.Fields());
  after.details = Overlay(after.details, place, fields);
  return fields;
}

ChangeRow Attempt::HistoryOf(const EnrolmentDecision& decision) const {
  const Student& after = decision.after;
  const EnrolmentCommand& command = command_.enrolment;
  ChangeRow change{.student_id = after.id,
                   .version = after.version,
                   .kind = decision.kind,
                   .reason_code = command.reason_code,
                   .effective = *command.effective,
                   .recorded_at = now_,
                   .actor = write_.actor,
                   .approver = command.approver,
                   .evidence = command.evidence,
                   .from_status = before_.status,
                   .to_status = after.status,
                   .from_school = before_.school_code,
                   .to_school = after.school_code,
                   .from_class = before_.class_id,
                   .to_class = after.class_id,
                   .home_teaching = after.home_teaching,
                   .until = after.until,
                   .note = command.note};
  // The school outside stands in the note: the columns hold this county's codes.
  if (!command.other_school.empty()) {
    change.note += fmt::format("{}{}:{} {}", change.note.empty() ? "" : ";",
                               decision.kind == ChangeKind::kTransferIn ? "转自" : "转往",
                               command.other_school, command.other_division);
  }
  return change;
}

base::Status Attempt::Save(EnrolmentDecision& decision) {
  Student& after = decision.after;
  const bool is_new = !after.id;
  if (is_new) {
    ASSIGN_OR_RETURN(const std::int64_t id, TakeIds(tx_, "student", 1));
    after.id = StudentId{id};
    ASSIGN_OR_RETURN(
        after.student_no,
        StudentNumbers(tx_, deps_.county_division).NumberFor(after.details, after.birth));
  }
  ++after.version;
  const std::vector<Field> fields = PutPlaceIntoDetails(after);
  ChangeRow change = HistoryOf(decision);
  if (!is_new && !fields.empty()) {
    change.fields = fields;
    change.before_sealed = deps_.vault.SealRecord(Sealed::kBefore, Pick(before_.details, fields));
  }
  // Without an identity number the key holds the school.
  row_.person_key = deps_.vault.StudentKey(after.details);
  StudentRow row{after, row_.person_key, deps_.vault.SealRecord(Sealed::kStudent, after.details)};
  RETURN_IF_ERROR(is_new ? InsertStudents(tx_, {&row, 1}) : UpdateStudents(tx_, {&row, 1}));
  RETURN_IF_ERROR(InsertChanges(tx_, {&change, 1}));
  const bool transfer =
      decision.kind == ChangeKind::kTransferIn || decision.kind == ChangeKind::kTransferOut;
  const EnrolmentCommand& command = command_.enrolment;
  events_.Add({.student = after,
               .kind = decision.kind,
               .effective = change.effective,
               .reason_code = change.reason_code,
               .fields = nullptr,
               .other_school = transfer ? command.other_school : "",
               .other_division = transfer ? command.other_division : ""});
  if (is_new) return TellGroups(tx_, events_, {&row_.person_key, 1});
  return {};
}

}  // namespace

base::Result<std::string> Enrolments::Change(
    const ChangeCommand& command, const WriteContext& write,
    const std::function<std::string(const StudentView&)>& encode) {
  auto reply = deps_.pool.Transact([&](store::Transaction& tx) -> base::Result<std::string> {
    ASSIGN_OR_RETURN(auto known, FirstReply(tx, write));
    if (known) return std::move(*known);
    Attempt attempt(deps_, tx, command, write);
    ASSIGN_OR_RETURN(const StudentView view, attempt.Run());
    std::string bytes = encode(view);
    RETURN_IF_ERROR(RememberReply(tx, write, bytes, deps_.clock.Now()));
    RETURN_IF_ERROR(attempt.AppendEvents());
    return bytes;
  });
  if (reply.ok() && deps_.notify_feed) deps_.notify_feed();
  return reply;
}

}  // namespace registry
