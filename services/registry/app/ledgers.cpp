#include "registry/app/ledgers.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <unordered_map>

#include "registry/app/students.h"
#include "registry/domain/student_number.h"
#include "security/security.h"

namespace registry {
namespace {

constexpr std::uint32_t kPageMax = 5000;

std::string DayText(const std::optional<base::Date>& day) { return day ? day->ToString() : ""; }
std::string SexText(Sex sex) { return sex == Sex::kMale ? "男" : sex == Sex::kFemale ? "女" : ""; }

bool IsDropoutState(std::string_view state) {
  return state == "30" || state == "31" || state == "32" || state == "33";
}

const std::vector<std::string> kSchoolAgeHeader{
    "序号",     "姓名",     "性别",   "出生日期",   "身份证件号", "户籍地行政区划代码",
    "户籍地址", "所属镇街", "村居",   "监护人姓名", "监护人电话", "户籍状态",
    "核查去向", "就读学校", "学籍号", "备注",       "名单来源",   "批次"};

const std::vector<std::string> kCaseHeader{"序号",
                                           "姓名",
                                           "性别",
                                           "民族",
                                           "身份证件号",
                                           "出生日期",
                                           "学籍号",
                                           "学校",
                                           "学校标识码",
                                           "年级",
                                           "班级",
                                           "班主任",
                                           "户籍地",
                                           "现住址",
                                           "监护人",
                                           "关系",
                                           "电话",
                                           "特殊群体标签",
                                           "是否脱贫户/监测户",
                                           "是否住校",
                                           "首次缺勤日期",
                                           "发现途径",
                                           "辍学日期",
                                           "辍学原因码",
                                           "劝返次数",
                                           "最近劝返日期",
                                           "当前级别",
                                           "状态码",
                                           "状态",
                                           "责任人",
                                           "台账进入日期",
                                           "复学日期",
                                           "销号日期"};

std::string GroupsOf(const std::vector<TagRow>& tags) {
  std::set<std::string> groups;
  for (const TagRow& tag : tags) groups.insert(tag.group);
  return fmt::format("{}", fmt::join(groups, "、"));
}

std::string_view HelpedFamily(const std::vector<TagRow>& tags) {
  for (const TagRow& tag : tags) {
    if (tag.group.find("脱贫") != std::string::npos ||
        tag.group.find("监测") != std::string::npos) {
      return "是";
    }
  }
  return "否";
}

// A child of the list as far as the list tells, in the shape of a student.
base::Result<StudentView> ViewOfPerson(const Vault& vault, const PersonRow& row) {
  ASSIGN_OR_RETURN(const Record listed, vault.OpenRecord(Sealed::kPerson, row.sealed));
  StudentView view;
  view.student.details = listed;
  view.student.details.Set(Field::kMember1Name, listed.Get(Field::kGuardianName));
  view.student.details.Set(Field::kMember1Phone, listed.Get(Field::kGuardianPhone));
  view.student.details.Set(Field::kAddress, listed.Get(Field::kHukouAddress));
  view.student.name = row.name;
  view.student.sex = row.sex;
  view.student.birth = row.birth;
  view.school_name = listed.Get(Field::kAttendingSchool);
  return view;
}

std::vector<std::string> CaseCells(const LedgerCase& row, const StudentView* view,
                                   const SchoolClass* in) {
  const Student none;
  const Student& student = view == nullptr ? none : view->student;
  const Record& details = student.details;
  const std::vector<TagRow> no_tags;
  const std::vector<TagRow>& tags = view == nullptr ? no_tags : view->tags;
  const bool known = view != nullptr;
  return {fmt::format("{}", row.id.raw()),
          student.name,
          SexText(student.sex),
          std::string{details.Get(Field::kNation)},
          security::MaskIdNumber(details.Get(Field::kIdNumber)),
          known ? student.birth.ToString() : "",
          MaskStudentNo(StudentNoOf(student)),
          known ? view->school_name : "",
          student.school_code,
          in == nullptr ? "" : GradeText(in->grade),
          in == nullptr ? "" : in->name,
          in == nullptr ? "" : in->teacher_name,
          std::string{details.Get(Field::kHukouDivision)},
          std::string{details.Get(Field::kAddress)},
          std::string{details.Get(Field::kMember1Name)},
          std::string{details.Get(Field::kMember1Relation)},
          security::MaskPhone(details.Get(Field::kMember1Phone)),
          GroupsOf(tags),
          std::string{HelpedFamily(tags)},
          student.boarding ? "是" : "否",
          DayText(row.first_absent),
          row.found_by,
          DayText(row.dropout_on),
          row.reason_code,
          fmt::format("{}", row.persuasions),
          DayText(row.last_persuasion),
          row.level_name.empty() ? fmt::format("{}", row.level) : row.level_name,
          row.state,
          row.state_name,
          row.responsible.name.empty() ? row.responsible.body : row.responsible.name,
          DayText(row.opened_on),
          DayText(row.returned_on),
          DayText(row.closed_on)};
}

}  // namespace

base::Result<LedgerPage> Ledgers::SchoolAge(store::Session& session, std::int64_t after,
                                            std::uint32_t limit) const {
  LedgerPage page{kSchoolAgeHeader, {}, 0};
  ASSIGN_OR_RETURN(const auto batch, LatestBatch(session, ImportKind::kSchoolAge, ""));
  if (!batch) return page;
  ASSIGN_OR_RETURN(page.total, CountPersons(session, batch->id));
  ASSIGN_OR_RETURN(const auto rows, ListPersons(session, batch->id, PersonId{after}, limit));
  for (const PersonRow& row : rows) {
    ASSIGN_OR_RETURN(const Record record, deps_.vault.OpenRecord(Sealed::kPerson, row.sealed));
    LedgerLine line{row.id.raw(),
                    {fmt::format("{}", row.id.raw()), row.name, SexText(row.sex),
                     row.birth.ToString(), security::MaskIdNumber(record.Get(Field::kIdNumber))}};
    for (const Field field : {Field::kHukouDivision, Field::kHukouAddress, Field::kTown,
                              Field::kVillage, Field::kGuardianName}) {
      line.cells.emplace_back(record.Get(field));
    }
    line.cells.push_back(security::MaskPhone(record.Get(Field::kGuardianPhone)));
    for (const Field field : {Field::kHukouStatus, Field::kWhereabouts, Field::kAttendingSchool}) {
      line.cells.emplace_back(record.Get(field));
    }
    line.cells.push_back(MaskStudentNo(record.Get(Field::kStudentNo)));
    line.cells.emplace_back(record.Get(Field::kRemark));
    line.cells.push_back(batch->source);
    line.cells.push_back(batch->batch);
    page.lines.push_back(std::move(line));
  }
  return page;
}

base::Result<std::unordered_map<PersonId, StudentView>> Ledgers::ViewsOfPeople(
    store::Session& session, const std::vector<LedgerCase>& cases) const {
  std::vector<PersonId> ids;
  for (const LedgerCase& row : cases) {
    if (row.person_id) ids.push_back(row.person_id);
  }
  ASSIGN_OR_RETURN(const auto rows, FindPersonsById(session, ids));
  std::unordered_map<PersonId, StudentView> views;
  for (const PersonRow& row : rows) {
    ASSIGN_OR_RETURN(StudentView view, ViewOfPerson(deps_.vault, row));
    views.emplace(row.id, std::move(view));
  }
  return views;
}

base::Result<LedgerPage> Ledgers::Cases(store::Session& session, LedgerPart part,
                                        std::int64_t after, std::uint32_t limit) const {
  LedgerPage page{kCaseHeader, {}, 0};
  ASSIGN_OR_RETURN(page.total, CountLedgerCases(session, part));
  ASSIGN_OR_RETURN(const auto cases, ListLedgerCases(session, part, CaseId{after}, limit));
  std::vector<StudentId> ids;
  for (const LedgerCase& row : cases) ids.push_back(row.student_id);
  ASSIGN_OR_RETURN(const auto rows, FindStudentsById(session, ids, Lock::kNone));
  ASSIGN_OR_RETURN(const Places places, LoadPlaces(session));
  std::vector<std::string> keys;
  for (const StudentRow& row : rows) keys.push_back(row.person_key);
  ASSIGN_OR_RETURN(const auto tags, FindTagsOfPeople(session, keys, deps_.clock.Today()));
  std::unordered_map<StudentId, StudentView> views;
  for (const StudentRow& row : rows) {
    StudentView view;
    ASSIGN_OR_RETURN(view.student, OpenStudent(deps_.vault, row));
    if (const School* school = places.FindSchool(row.student.school_code)) {
      view.school_name = school->name;
    }
    for (const TagRow& tag : tags) {
      if (tag.person_key == row.person_key) view.tags.push_back(tag);
    }
    views.emplace(row.student.id, std::move(view));
  }
  ASSIGN_OR_RETURN(const auto people, ViewsOfPeople(session, cases));
  for (const LedgerCase& row : cases) {
    const StudentView* found = nullptr;
    const SchoolClass* in = nullptr;
    if (const auto view = views.find(row.student_id); view != views.end()) {
      found = &view->second;
      in = places.FindClass(found->student.class_id);
    } else if (const auto person = people.find(row.person_id); person != people.end()) {
      found = &person->second;
    }
    page.lines.push_back(LedgerLine{row.id.raw(), CaseCells(row, found, in)});
  }
  return page;
}

base::Result<LedgerPage> Ledgers::List(LedgerKind kind, std::int64_t after,
                                       std::uint32_t limit) const {
  LedgerPage page;
  const std::uint32_t rows = std::clamp(limit, 1u, kPageMax);
  RETURN_IF_ERROR(deps_.pool.WithSession([&](store::Session& session) -> base::Status {
    base::Result<LedgerPage> found =
        kind == LedgerKind::kSchoolAge   ? SchoolAge(session, after, rows)
        : kind == LedgerKind::kSuspected ? Cases(session, LedgerPart::kSuspected, after, rows)
                                         : Cases(session, LedgerPart::kDropout, after, rows);
    ASSIGN_OR_RETURN(page, std::move(found));
    return {};
  }));
  return page;
}

base::Status Ledgers::Take(store::Transaction& tx, const CaseNews& news) const {
  ASSIGN_OR_RETURN(const auto known, FindLedgerCase(tx, news.state.id));
  LedgerCase row = news.state;
  if (known) {
    row.dropout_on = known->dropout_on;
    row.returned_on = known->returned_on;
    if (!row.opened_on) row.opened_on = known->opened_on;
    if (!row.first_absent) row.first_absent = known->first_absent;
  }
  if (!row.opened_on) row.opened_on = news.day;
  if (!row.dropout_on && IsDropoutState(row.state)) row.dropout_on = news.day;
  if (row.state == "40" && !row.returned_on) row.returned_on = news.day;
  if (IsDropoutState(row.state)) row.returned_on.reset();
  row.open = row.state != "80" && row.state != "90";
  return SaveLedgerCase(tx, row);
}

}  // namespace registry
