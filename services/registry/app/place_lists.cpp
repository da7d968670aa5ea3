// The county's own lists of schools and classes.
#include <fmt/format.h>

#include <charconv>

#include "registry/app/import_list.h"
#include "registry/store/place_repository.h"

namespace registry {
namespace {

int ToInt(std::string_view digits) {
  int value = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return value;
}

// What the row says where it says something, else what is stored.
std::string Or(std::string_view said, const std::string& stored) {
  return said.empty() ? stored : std::string{said};
}

RowVerdict Compared(bool known, bool same, std::vector<Field> fields) {
  if (!known) return {};
  RowVerdict verdict;
  verdict.outcome = same ? RowOutcome::kUnchanged : RowOutcome::kChanged;
  if (!same) verdict.fields = std::move(fields);
  return verdict;
}

class SchoolList final : public ImportList {
 public:
  SchoolList(const Deps& deps, Places& places) : deps_(deps), places_(places) {}

  void Check(Record& record, RowNotes& notes) const override { CheckSchoolRow(record, notes); }
  std::string KeyOf(const Record& record) const override {
    return deps_.vault.Index("import.school", record.Get(Field::kSchoolCode));
  }

  base::Result<std::vector<RowVerdict>> Compare(store::Session&, const std::vector<StagedRow>& rows,
                                                Lock) override {
    std::vector<RowVerdict> verdicts;
    for (const StagedRow& row : rows) {
      const School* stored = places_.FindSchool(row.record.Get(Field::kSchoolCode));
      const School now = From(row.record);
      std::vector<Field> fields;
      if (stored != nullptr) {
        if (now.name != stored->name) fields.push_back(Field::kSchoolName);
        if (now.stage != stored->stage) fields.push_back(Field::kStage);
        if (now.teaching_point != stored->teaching_point) fields.push_back(Field::kTeachingPoint);
        if (now.parent_code != stored->parent_code) fields.push_back(Field::kParentCode);
        if (now.town != stored->town) fields.push_back(Field::kTown);
      }
      const bool same = fields.empty();
      verdicts.push_back(Compared(stored != nullptr, same, std::move(fields)));
    }
    return verdicts;
  }

  base::Status Save(const ApplyContext& context, const std::vector<StagedRow>& rows,
                    const std::vector<RowVerdict>& verdicts) override {
    std::vector<School> schools;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const RowOutcome outcome = verdicts[i].outcome;
      if (outcome != RowOutcome::kAdded && outcome != RowOutcome::kChanged) continue;
      schools.push_back(From(rows[i].record));
      context.facts.Add(schools.back());
    }
    RETURN_IF_ERROR(SaveSchools(context.tx, schools));
    for (School& school : schools) places_.Add(std::move(school));
    return {};
  }

 private:
  School From(const Record& record) const {
    const School* stored = places_.FindSchool(record.Get(Field::kSchoolCode));
    School school = stored == nullptr ? School{} : *stored;
    school.code = record.Get(Field::kSchoolCode);
    school.name = record.Get(Field::kSchoolName);
    school.stage = StageFromText(record.Get(Field::kStage));
    if (record.Has(Field::kTeachingPoint)) {
      school.teaching_point = record.Get(Field::kTeachingPoint) == "是";
    }
    school.parent_code = Or(record.Get(Field::kParentCode), school.parent_code);
    school.town = Or(record.Get(Field::kTown), school.town);
    return school;
  }

  const Deps& deps_;
  Places& places_;
};

class ClassList final : public ImportList {
 public:
  ClassList(const Deps& deps, Places& places)
      : deps_(deps), places_(places), policy_(deps.PolicyToday()), today_(deps.clock.Today()) {}

  void Check(Record& record, RowNotes& notes) const override {
    CheckClassRow(record, RowContext{policy_, places_, today_}, notes);
  }
  std::string KeyOf(const Record& record) const override {
    return deps_.vault.Index("import.class", fmt::format("{}|{}", record.Get(Field::kSchoolCode),
                                                         record.Get(Field::kClassNo)));
  }

  base::Result<std::vector<RowVerdict>> Compare(store::Session&, const std::vector<StagedRow>& rows,
                                                Lock) override {
    std::vector<RowVerdict> verdicts;
    for (const StagedRow& row : rows) {
      const SchoolClass* stored = Find(row.record);
      const SchoolClass now = From(row.record);
      std::vector<Field> fields;
      if (stored != nullptr) {
        if (now.grade != stored->grade) fields.push_back(Field::kGrade);
        if (now.name != stored->name) fields.push_back(Field::kClassName);
        if (now.teacher_id != stored->teacher_id) fields.push_back(Field::kTeacherId);
        if (now.teacher_name != stored->teacher_name) fields.push_back(Field::kTeacherName);
        if (now.entry_year != stored->entry_year) fields.push_back(Field::kEntryYear);
      }
      const bool same = fields.empty();
      verdicts.push_back(Compared(stored != nullptr, same, std::move(fields)));
    }
    return verdicts;
  }

  base::Status Save(const ApplyContext& context, const std::vector<StagedRow>& rows,
                    const std::vector<RowVerdict>& verdicts) override {
    std::vector<SchoolClass> added;
    std::vector<SchoolClass> changed;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const RowOutcome outcome = verdicts[i].outcome;
      if (outcome == RowOutcome::kAdded) added.push_back(From(rows[i].record));
      if (outcome == RowOutcome::kChanged) changed.push_back(From(rows[i].record));
    }
    ASSIGN_OR_RETURN(std::int64_t id,
                     TakeIds(context.tx, "class", static_cast<std::int64_t>(added.size())));
    for (SchoolClass& school_class : added) school_class.id = ClassId{id++};
    RETURN_IF_ERROR(InsertClasses(context.tx, added));
    RETURN_IF_ERROR(UpdateClasses(context.tx, changed));
    for (const auto* some : {&added, &changed}) {
      for (const SchoolClass& school_class : *some) {
        context.facts.Add(school_class);
        places_.Add(school_class);
      }
    }
    return {};
  }

 private:
  const SchoolClass* Find(const Record& record) const {
    return places_.FindClass(record.Get(Field::kSchoolCode), record.Get(Field::kClassNo));
  }

  SchoolClass From(const Record& record) const {
    const SchoolClass* stored = Find(record);
    SchoolClass result = stored == nullptr ? SchoolClass{} : *stored;
    result.school_code = record.Get(Field::kSchoolCode);
    result.class_no = record.Get(Field::kClassNo);
    result.grade = ToInt(record.Get(Field::kGrade));
    result.name = Or(record.Get(Field::kClassName), result.name);
    if (result.name.empty()) result.name = ClassName(result.grade, result.class_no);
    result.teacher_id = Or(record.Get(Field::kTeacherId), result.teacher_id);
    result.teacher_name = Or(record.Get(Field::kTeacherName), result.teacher_name);
    if (record.Has(Field::kEntryYear)) {
      result.entry_year = ToInt(record.Get(Field::kEntryYear));
    } else if (result.entry_year == 0) {
      const School* school = places_.FindSchool(result.school_code);
      const Stage stage = school == nullptr ? Stage::kUnknown : school->stage;
      result.entry_year = EntryYearFor(stage, result.grade, today_);
    }
    return result;
  }

  const Deps& deps_;
  Places& places_;
  const Policy policy_;
  const base::Date today_;
};

}  // namespace

std::unique_ptr<ImportList> MakeSchoolList(const Deps& deps, Places& places) {
  return std::make_unique<SchoolList>(deps, places);
}

std::unique_ptr<ImportList> MakeClassList(const Deps& deps, Places& places) {
  return std::make_unique<ClassList>(deps, places);
}

std::unique_ptr<ImportList> MakeImportList(const Deps& deps, const ImportHead& head,
                                           const FieldSet& fields, Places& places) {
  switch (head.kind) {
    case ImportKind::kRoster:
      return MakeRosterList(deps, head, fields, places);
    case ImportKind::kSchoolAge:
      return MakeSchoolAgeList(deps, head, fields, places);
    case ImportKind::kGroup:
      return MakeGroupList(deps, head, fields, places);
    case ImportKind::kSchools:
      return MakeSchoolList(deps, places);
    case ImportKind::kClasses:
      return MakeClassList(deps, places);
  }
  return nullptr;
}

}  // namespace registry
