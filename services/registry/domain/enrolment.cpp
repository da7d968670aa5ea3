#include "registry/domain/enrolment.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "registry/domain/normalise.h"
#include "registry/domain/text.h"

namespace registry {
namespace {

using base::Code;
using base::Error;
using base::Status;

Error Refuse(std::string reason, std::string detail, Code code = Code::kFailedPrecondition) {
  return Error{code, std::move(reason), std::move(detail)};
}

bool IsFinal(const SchoolClass* school_class, const School* school) {
  if (school_class == nullptr) return false;
  const Stage stage = school == nullptr ? Stage::kUnknown : school->stage;
  const int final_grade = FinalGrade(stage, school_class->grade);
  return school_class->grade == final_grade || school_class->grade == 9;
}

// February to July: the second term of a school year.
bool IsSecondTerm(base::Date day) { return day.month() >= 2 && day.month() <= 7; }

// The kind of an evidence "医院证明:reference"; both colons are used.
std::string KindOf(const std::string& evidence, std::string& reference) {
  const std::string clean = CleanText(evidence);  // makes the full-width colon ":"
  const std::size_t colon = clean.find(':');
  reference = colon == std::string::npos ? "" : CleanText(clean.substr(colon + 1));
  return CleanText(clean.substr(0, colon));
}

std::string OneOf(const std::vector<std::string>& choices) {
  return fmt::format("{}", fmt::join(choices, " 或 "));
}

// What is missing of a rule's evidence; empty when nothing is.
std::vector<std::string> MissingEvidence(const EnrolmentRule& rule,
                                         const std::vector<std::string>& kinds) {
  std::vector<std::string> missing;
  for (const auto& choices : rule.evidence) {
    const bool found = std::any_of(choices.begin(), choices.end(), [&](const std::string& choice) {
      return std::find(kinds.begin(), kinds.end(), choice) != kinds.end();
    });
    if (!found) missing.push_back(OneOf(choices));
  }
  return missing;
}

// A civil day `months` later; the last day of the month where the day does not exist.
base::Date AddMonths(base::Date day, int months) {
  using namespace std::chrono;
  const year_month_day ymd{day.days()};
  const year_month month = ymd.year() / ymd.month() + std::chrono::months{months};
  const year_month_day same{month.year(), month.month(), ymd.day()};
  if (same.ok()) return base::Date{sys_days{same}};
  return base::Date{sys_days{month / last}};
}

class Decision {
 public:
  Decision(const Student& student, const EnrolmentCommand& command, const EnrolmentFacts& facts,
           const Policy& policy, base::Date today)
      : student_(student), command_(command), facts_(facts), policy_(policy), today_(today) {}

  base::Result<EnrolmentDecision> Run() {
    RETURN_IF_ERROR(CheckKind());
    RETURN_IF_ERROR(CheckEffective());
    RETURN_IF_ERROR(PickRuleByEvidence());
    RETURN_IF_ERROR(CheckApprover());
    RETURN_IF_ERROR(CheckReason());
    RETURN_IF_ERROR(CheckPlace());
    RETURN_IF_ERROR(CheckUntil());
    RETURN_IF_ERROR(CheckAgeAndGrade());
    return Outcome();
  }

 private:
  Status CheckKind();
  Status CheckEffective();
  Status PickRuleByEvidence();
  Status CheckApprover();
  Status CheckReason();
  Status CheckPlace();
  Status CheckGradeOfClass(const SchoolClass& to);
  Status CheckUntil();
  Status CheckAgeAndGrade();
  EnrolmentDecision Outcome() const;
  bool Is(ChangeKind kind) const { return kind_ == kind; }
  bool NeedsClass() const;

  const Student& student_;
  const EnrolmentCommand& command_;
  const EnrolmentFacts& facts_;
  const Policy& policy_;
  base::Date today_;
  ChangeKind kind_ = ChangeKind::kUnspecified;
  std::vector<const EnrolmentRule*> candidates_ = {};
  const EnrolmentRule* rule_ = nullptr;
};

Status Decision::CheckKind() {
  switch (command_.kind) {
    case 2:
    case 3:
    case 13:
    case 16:
    case 18:
    case 31:
    case 42:
      return Refuse("KIND_FORBIDDEN",
                    "义务教育阶段没有退学、开除、留级和取消学籍(义务教育法第二十七条):确已不在校的,"
                    "请按转学、休学、流失标注或超龄离校办理");
    default:
      break;
  }
  bool known = false;
  for (const EnrolmentRule& rule : EnrolmentRules()) {
    if (static_cast<int>(rule.kind) != command_.kind) continue;
    known = true;
    kind_ = rule.kind;
    if (std::find(rule.from.begin(), rule.from.end(), student_.status) != rule.from.end()) {
      candidates_.push_back(&rule);
    }
  }
  if (!known) {
    return Refuse("KIND_UNKNOWN", fmt::format("没有代码为 {} 的学籍异动", command_.kind),
                  Code::kInvalidArgument);
  }
  if (candidates_.empty()) {
    return Refuse("TRANSITION_NOT_ALLOWED",
                  fmt::format("该生学籍状态为“{}”,不能办理“{}”", StatusText(student_.status),
                              ChangeText(kind_)));
  }
  return {};
}

Status Decision::CheckEffective() {
  if (!command_.effective) return Refuse("EFFECTIVE_MISSING", "没有写明生效日期");
  const base::Date day = *command_.effective;
  if (day > today_) {
    return Refuse("EFFECTIVE_IN_FUTURE",
                  fmt::format("生效日期 {} 在今天之后:请到当日再办理", day.ToString()),
                  Code::kInvalidArgument);
  }
  if ((today_ - day).count() > policy_.backdate_days_max) {
    return Refuse("EFFECTIVE_TOO_OLD", fmt::format("生效日期 {} 距今超过 {} 天", day.ToString(),
                                                   policy_.backdate_days_max));
  }
  if (student_.status != StudentStatus::kNone && day < student_.status_since) {
    return Refuse("EFFECTIVE_BEFORE_LAST_CHANGE",
                  fmt::format("生效日期 {} 早于上一次学籍异动 {}:请核对", day.ToString(),
                              student_.status_since.ToString()));
  }
  return {};
}

Status Decision::PickRuleByEvidence() {
  std::vector<std::string> kinds;
  for (const std::string& evidence : command_.evidence) {
    std::string reference;
    std::string kind = KindOf(evidence, reference);
    if (kind.empty() || reference.empty()) {
      return Refuse("EVIDENCE_WITHOUT_REFERENCE",
                    fmt::format("佐证材料“{}”应写成“种类:文号或说明”", Quote(evidence)),
                    Code::kInvalidArgument);
    }
    kinds.push_back(std::move(kind));
  }
  std::string ways;
  for (const EnrolmentRule* rule : candidates_) {
    const std::vector<std::string> missing = MissingEvidence(*rule, kinds);
    if (missing.empty()) {
      rule_ = rule;
      return {};
    }
    ways +=
        fmt::format("{}{}缺 {}", ways.empty() ? "" : ";", rule->about, fmt::join(missing, "、"));
  }
  return Refuse("EVIDENCE_MISSING", fmt::format("办理“{}”的材料不齐:{}", ChangeText(kind_), ways));
}

Status Decision::CheckApprover() {
  if (rule_->approvers.empty()) return {};
  if (command_.approver.person_id.empty() || command_.approver.role.empty()) {
    return Refuse("APPROVER_MISSING", fmt::format("办理“{}”须写明批准人及其身份({})",
                                                  ChangeText(kind_), OneOf(rule_->approvers)));
  }
  const auto& roles = rule_->approvers;
  if (std::find(roles.begin(), roles.end(), command_.approver.role) == roles.end()) {
    return Refuse("APPROVER_ROLE", fmt::format("“{}”不能由 {} 批准:应为 {}", ChangeText(kind_),
                                               command_.approver.role, OneOf(roles)));
  }
  return {};
}

Status Decision::CheckReason() {
  const std::string& code = command_.reason_code;
  if (Is(ChangeKind::kDeath)) {
    if (code.empty()) return Refuse("REASON_MISSING", "死亡须写明原因码(40 至 89)");
    if (code.size() != 2 || code < "40" || code > "89") {
      return Refuse("REASON_NOT_ALLOWED", fmt::format("原因码 {} 不是死亡原因(40 至 89)", code));
    }
  }
  if (Is(ChangeKind::kSuspend)) {
    if (code.empty()) return Refuse("REASON_MISSING", "休学须写明原因码(10、11、12、19 为疾病)");
    const bool illness = code == "10" || code == "11" || code == "12" || code == "19";
    const bool by_illness = rule_->about == "因病休学";
    if (illness != by_illness) {
      return Refuse("REASON_NOT_ALLOWED",
                    fmt::format("原因码 {} 与材料不符:因身体状况休学填 10、11、12、19 并附医院证明;"
                                "多次劝返无效的填 99 并附劝返记录和领导小组意见",
                                code));
    }
  }
  return {};
}

bool Decision::NeedsClass() const {
  switch (kind_) {
    case ChangeKind::kRegister:
    case ChangeKind::kTransferIn:
    case ChangeKind::kChangeClass:
    case ChangeKind::kSkipGrade:
    case ChangeKind::kRestore:
      return true;
    // Back to the class of before, unless another one is named.
    case ChangeKind::kResume:
      return !student_.class_id;
    default:
      return false;
  }
}

Status Decision::CheckPlace() {
  if (Is(ChangeKind::kTransferOut) && command_.other_school.empty()) {
    return Refuse("OTHER_SCHOOL_MISSING", "转出须写明转入学校(名称或标识码)");
  }
  if (Is(ChangeKind::kTransferIn) && !OnTheRoll(student_.status) && command_.other_school.empty()) {
    return Refuse("OTHER_SCHOOL_MISSING", "转入须写明原就读学校(名称或标识码)");
  }
  if (!command_.class_id) {
    if (NeedsClass())
      return Refuse("CLASS_MISSING", fmt::format("“{}”须写明班级", ChangeText(kind_)));
    return {};
  }
  if (facts_.to_class == nullptr) {
    return Refuse("CLASS_UNKNOWN", fmt::format("没有编号为 {} 的班级", command_.class_id.raw()),
                  Code::kNotFound);
  }
  return CheckGradeOfClass(*facts_.to_class);
}

Status Decision::CheckGradeOfClass(const SchoolClass& to) {
  const SchoolClass* from = facts_.from_class;
  const bool same_school = from != nullptr && from->school_code == to.school_code;
  const bool within = Is(ChangeKind::kChangeClass) || Is(ChangeKind::kSkipGrade);
  if (within && from != nullptr && !same_school) {
    return Refuse("CLASS_OF_OTHER_SCHOOL", "所写班级属于另一所学校:换校请办理转学(转入)");
  }
  if (within && from != nullptr && from->id == to.id) {
    return Refuse("SAME_CLASS", "该生已在这个班");
  }
  const bool moving = Is(ChangeKind::kTransferIn) && OnTheRoll(student_.status);
  if (moving && same_school) {
    return Refuse("CLASS_OF_SAME_SCHOOL", "所写班级在同一所学校:校内换班请办理转班级");
  }
  if (from == nullptr || from->grade == 0 || to.grade == 0) return {};
  if (Is(ChangeKind::kSkipGrade) && to.grade <= from->grade) {
    return Refuse("GRADE_JUMP", fmt::format("跳级须进入更高的年级:现为{},所写班级为{}",
                                            GradeText(from->grade), GradeText(to.grade)));
  }
  const bool lower_grade = to.grade < from->grade;
  if (lower_grade && (within || Is(ChangeKind::kResume))) {
    const bool special = facts_.school != nullptr && facts_.school->stage == Stage::kSpecial;
    const bool after_suspension =
        Is(ChangeKind::kResume) && student_.status == StudentStatus::kSuspended;
    if (!special && !after_suspension) {
      return Refuse("GRADE_REPEAT", fmt::format("不得留级:现为{},所写班级为{}",
                                                GradeText(from->grade), GradeText(to.grade)));
    }
  }
  if (Is(ChangeKind::kChangeClass) && to.grade > from->grade) {
    return Refuse("GRADE_JUMP", "所写班级年级更高:请办理跳级");
  }
  if (moving && to.grade != from->grade) {
    return Refuse("GRADE_CHANGED_BY_TRANSFER",
                  fmt::format("转学不得变动年级:现为{},所写班级为{}", GradeText(from->grade),
                              GradeText(to.grade)));
  }
  return {};
}

Status Decision::CheckUntil() {
  const bool suspend = Is(ChangeKind::kSuspend);
  if (!suspend && !Is(ChangeKind::kDefer)) return {};
  if (!command_.until) {
    return Refuse("UNTIL_MISSING", fmt::format("“{}”须写明期满日期", ChangeText(kind_)));
  }
  if (*command_.until <= *command_.effective) {
    return Refuse("UNTIL_BEFORE_EFFECTIVE", "期满日期须在生效日期之后", Code::kInvalidArgument);
  }
  const int months = suspend ? policy_.suspend_months_max : policy_.defer_months_max;
  if (*command_.until > AddMonths(*command_.effective, months)) {
    return Refuse("UNTIL_TOO_LONG",
                  fmt::format("“{}”一次不超过 {} 个月,期满可再申请", ChangeText(kind_), months));
  }
  if (suspend && student_.suspensions_in_row > policy_.suspend_extensions_max) {
    return Refuse("SUSPENDED_TOO_OFTEN",
                  fmt::format("休学只可延长 {} 次:应办理复学、延缓或送教上门",
                              policy_.suspend_extensions_max));
  }
  return {};
}

Status Decision::CheckAgeAndGrade() {
  const base::Date day = *command_.effective;
  const bool frozen =
      Is(ChangeKind::kSuspend) || Is(ChangeKind::kTransferOut) || Is(ChangeKind::kTransferIn);
  const SchoolClass* where = facts_.from_class != nullptr ? facts_.from_class : facts_.to_class;
  if (frozen && policy_.final_term_frozen && IsFinal(where, facts_.school) && IsSecondTerm(day)) {
    return Refuse("FINAL_TERM", "毕业年级最后一学期不办理休学和转学(本省规定)");
  }
  if (Is(ChangeKind::kGraduate) && !IsFinal(facts_.from_class, facts_.school)) {
    return Refuse("NOT_FINAL_GRADE", "只有毕业年级(六年级或九年级)的学生可以毕业");
  }
  if (Is(ChangeKind::kLeaveOverAge)) {
    const int limit = facts_.disabled ? policy_.overage_disabled : policy_.overage_general;
    const int age = base::AgeOn(student_.birth, CutoffFor(policy_, day));
    if (age < limit) {
      return Refuse("NOT_OVER_AGE", fmt::format("截至 {} 为 {} 周岁,未满 {} 周岁,不属超龄",
                                                CutoffFor(policy_, day).ToString(), age, limit));
    }
  }
  if (Is(ChangeKind::kHomeTeaching)) {
    if (student_.home_teaching) return Refuse("ALREADY_HOME_TEACHING", "该生已在送教上门");
    const int age = base::AgeOn(student_.birth, day);
    if (age < policy_.home_teaching_age_min || age > policy_.home_teaching_age_max) {
      return Refuse("HOME_TEACHING_AGE",
                    fmt::format("送教上门限 {} 至 {} 周岁,该生 {} 周岁",
                                policy_.home_teaching_age_min, policy_.home_teaching_age_max, age));
    }
  }
  if (Is(ChangeKind::kEndHomeTeaching) && !student_.home_teaching) {
    return Refuse("NOT_HOME_TEACHING", "该生不在送教上门");
  }
  if (Is(ChangeKind::kDefer) && facts_.from_class != nullptr && facts_.from_class->grade > 1) {
    return Refuse("DEFER_ONLY_AT_ENTRY", "延缓入学只适用于一年级入学前后:在读学生请办理休学");
  }
  return {};
}

EnrolmentDecision Decision::Outcome() const {
  EnrolmentDecision decision{kind_, student_};
  Student& after = decision.after;
  if (rule_->to != StudentStatus::kNone) after.status = rule_->to;
  after.status_since = *command_.effective;
  after.until = Is(ChangeKind::kSuspend) || Is(ChangeKind::kDefer) ? command_.until : std::nullopt;
  after.suspensions_in_row = Is(ChangeKind::kSuspend) ? student_.suspensions_in_row + 1
                             : InSchool(after.status) ? 0
                                                      : student_.suspensions_in_row;
  if (facts_.to_class != nullptr && NeedsClass()) {
    after.class_id = facts_.to_class->id;
    after.school_code = facts_.to_class->school_code;
  } else if (facts_.to_class != nullptr && Is(ChangeKind::kResume)) {
    after.class_id = facts_.to_class->id;
    after.school_code = facts_.to_class->school_code;
  }
  if (!OnTheRoll(after.status)) {
    after.class_id = ClassId{};
    after.home_teaching = false;
  }
  if (Is(ChangeKind::kHomeTeaching)) after.home_teaching = true;
  if (Is(ChangeKind::kEndHomeTeaching)) after.home_teaching = false;
  return decision;
}

}  // namespace

base::Result<EnrolmentDecision> Decide(const Student& student, const EnrolmentCommand& command,
                                       const EnrolmentFacts& facts, const Policy& policy,
                                       base::Date today) {
  return Decision{student, command, facts, policy, today}.Run();
}

}  // namespace registry
