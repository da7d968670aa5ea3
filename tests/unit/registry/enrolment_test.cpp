#include "registry/domain/enrolment.h"

#include <gtest/gtest.h>

#include <functional>
#include <set>

#include "people.h"

namespace registry {
namespace {

using testing::Day;
using S = StudentStatus;
using K = ChangeKind;

const base::Date kToday = Day(2026, 10, 15);
const std::vector<S> kAllStatuses{
    S::kNone,     S::kEnrolled,  S::kSuspended,          S::kReturned,
    S::kLost,     S::kGraduated, S::kCompleted,          S::kTransferredOut,
    S::kDeceased, S::kPlaceKept, S::kWhereaboutsUnknown, S::kLeftOverAge,
    S::kOther};
const SchoolClass kGrade6{
    .id = ClassId{61}, .school_code = "2135000001", .grade = 6, .class_no = "601"};
const SchoolClass kGrade6b{
    .id = ClassId{62}, .school_code = "2135000001", .grade = 6, .class_no = "602"};
const SchoolClass kGrade5{
    .id = ClassId{51}, .school_code = "2135000001", .grade = 5, .class_no = "501"};
const SchoolClass kGrade1{
    .id = ClassId{11}, .school_code = "2135000001", .grade = 1, .class_no = "101"};
const SchoolClass kOther6{
    .id = ClassId{69}, .school_code = "2135000002", .grade = 6, .class_no = "601"};
const SchoolClass kOther5{
    .id = ClassId{59}, .school_code = "2135000002", .grade = 5, .class_no = "501"};
const School kPrimary{.code = "2135000001", .name = "某小学", .stage = Stage::kPrimary};

// A command of this kind with everything that its rule for `from` asks for.
struct Attempt {
  Student student = {};
  EnrolmentCommand command = {};
  EnrolmentFacts facts = {};
  Policy policy = {};
  base::Result<EnrolmentDecision> Run() const {
    return Decide(student, command, facts, policy, kToday);
  }
};

void GiveEvidence(EnrolmentCommand& command, const EnrolmentRule& rule) {
  command.evidence.clear();
  for (const auto& choices : rule.evidence) command.evidence.push_back(choices.front() + ":文号1");
  if (!rule.approvers.empty()) {
    command.approver = {
        .person_id = "b1", .name = "某人", .role = rule.approvers.front(), .body = "x"};
  }
}

Attempt Good(const EnrolmentRule& rule, S from) {
  Attempt attempt;
  Student& student = attempt.student;
  student.id = StudentId{from == S::kNone ? 0 : 7};
  student.status = from;
  student.birth = Day(2014, 5, 6);
  student.school_code = "2135000001";
  student.status_since = Day(2026, 9, 1);
  if (OnTheRoll(from)) {
    student.class_id = kGrade6.id;
    attempt.facts.from_class = &kGrade6;
  }
  attempt.facts.school = &kPrimary;
  EnrolmentCommand& command = attempt.command;
  command.kind = static_cast<int>(rule.kind);
  command.effective = Day(2026, 10, 1);
  GiveEvidence(command, rule);
  const auto to = [&](const SchoolClass& school_class) {
    command.class_id = school_class.id;
    attempt.facts.to_class = &school_class;
  };
  switch (rule.kind) {
    case K::kRegister:
      to(kGrade1);
      break;
    case K::kRestore:
      to(kGrade6);
      break;
    case K::kTransferIn:
      to(kOther6);
      command.other_school = "外校";
      break;
    case K::kTransferOut:
      command.other_school = "外校";
      break;
    case K::kChangeClass:
      to(kGrade6b);
      break;
    case K::kSkipGrade:
      student.class_id = kGrade5.id;
      attempt.facts.from_class = &kGrade5;
      to(kGrade6);
      break;
    case K::kSuspend:
      command.until = Day(2027, 8, 31);
      command.reason_code = rule.about == "因病休学" ? "10" : "99";
      break;
    case K::kDefer:
      command.until = Day(2027, 8, 31);
      if (OnTheRoll(from)) attempt.facts.from_class = &kGrade1;
      break;
    case K::kDeath:
      command.reason_code = "70";
      break;
    case K::kLeaveOverAge:
      student.birth = Day(2008, 5, 6);
      break;
    case K::kEndHomeTeaching:
      student.home_teaching = true;
      break;
    default:
      break;
  }
  return attempt;
}

TEST(Transitions, EveryRuleWorksFromEveryStatusItNames) {
  for (const EnrolmentRule& rule : EnrolmentRules()) {
    for (const S from : rule.from) {
      const Attempt attempt = Good(rule, from);
      const auto decision = attempt.Run();
      ASSERT_TRUE(decision.ok()) << rule.about << " from " << StatusText(from) << ": "
                                 << decision.error().ToString();
      EXPECT_EQ(decision->kind, rule.kind);
      EXPECT_EQ(decision->after.status, rule.to == S::kNone ? from : rule.to) << rule.about;
      EXPECT_EQ(decision->after.status_since, Day(2026, 10, 1));
      if (!OnTheRoll(decision->after.status)) {
        EXPECT_FALSE(decision->after.class_id) << rule.about;
      }
    }
  }
}

TEST(Transitions, EveryOtherStatusIsRefused) {
  std::set<K> kinds;
  for (const EnrolmentRule& rule : EnrolmentRules()) kinds.insert(rule.kind);
  for (const K kind : kinds) {
    std::set<S> allowed;
    const EnrolmentRule* some = nullptr;
    for (const EnrolmentRule& rule : EnrolmentRules()) {
      if (rule.kind != kind) continue;
      some = &rule;
      allowed.insert(rule.from.begin(), rule.from.end());
    }
    for (const S from : kAllStatuses) {
      if (allowed.contains(from)) continue;
      const auto decision = Good(*some, from).Run();
      ASSERT_FALSE(decision.ok()) << ChangeText(kind) << " from " << StatusText(from);
      EXPECT_EQ(decision.error().reason, "TRANSITION_NOT_ALLOWED");
    }
  }
}

TEST(Transitions, EveryRuleRefusesMissingEvidenceAndApprovers) {
  for (const EnrolmentRule& rule : EnrolmentRules()) {
    for (std::size_t left_out = 0; left_out < rule.evidence.size(); ++left_out) {
      Attempt attempt = Good(rule, rule.from.front());
      attempt.command.evidence.erase(attempt.command.evidence.begin() +
                                     static_cast<std::ptrdiff_t>(left_out));
      const auto decision = attempt.Run();
      ASSERT_FALSE(decision.ok()) << rule.about;
      EXPECT_EQ(decision.error().reason, "EVIDENCE_MISSING") << rule.about;
      EXPECT_NE(decision.error().detail.find(rule.evidence[left_out].front()), std::string::npos);
    }
    if (rule.approvers.empty()) continue;
    Attempt nobody = Good(rule, rule.from.front());
    nobody.command.approver = {};
    ASSERT_FALSE(nobody.Run().ok());
    EXPECT_EQ(nobody.Run().error().reason, "APPROVER_MISSING") << rule.about;
    Attempt wrong = Good(rule, rule.from.front());
    wrong.command.approver.role = "homeroom_teacher";
    ASSERT_FALSE(wrong.Run().ok());
    EXPECT_EQ(wrong.Run().error().reason, "APPROVER_ROLE") << rule.about;
  }
}

TEST(Transitions, CodesOfExpulsionWithdrawalAndRepeatingAreForbidden) {
  Attempt attempt = Good(EnrolmentRules().front(), S::kEnrolled);
  for (const int code : {2, 3, 13, 16, 18, 31, 42}) {
    attempt.command.kind = code;
    EXPECT_EQ(attempt.Run().error().reason, "KIND_FORBIDDEN") << code;
  }
  attempt.command.kind = 77;
  EXPECT_EQ(attempt.Run().error().reason, "KIND_UNKNOWN");
  attempt.command.kind = 0;
  EXPECT_EQ(attempt.Run().error().reason, "KIND_UNKNOWN");
}

const EnrolmentRule& RuleOf(K kind) {
  for (const EnrolmentRule& rule : EnrolmentRules()) {
    if (rule.kind == kind) return rule;
  }
  return EnrolmentRules().front();
}

struct Refusal {
  const char* reason;
  K kind;
  S from;
  std::function<void(Attempt&)> spoil;
};

std::vector<Refusal> RefusalsOfFormAndPlace() {
  return {
      {"EFFECTIVE_MISSING", K::kSuspend, S::kEnrolled,
       [](Attempt& a) { a.command.effective = {}; }},
      {"EFFECTIVE_IN_FUTURE", K::kSuspend, S::kEnrolled,
       [](Attempt& a) { a.command.effective = Day(2026, 10, 16); }},
      {"EFFECTIVE_TOO_OLD", K::kSuspend, S::kEnrolled,
       [](Attempt& a) {
         a.student.status_since = Day(2020, 9, 1);
         a.command.effective = Day(2025, 10, 14);
       }},
      {"EFFECTIVE_BEFORE_LAST_CHANGE", K::kSuspend, S::kEnrolled,
       [](Attempt& a) { a.command.effective = Day(2026, 8, 31); }},
      {"EVIDENCE_WITHOUT_REFERENCE", K::kSuspend, S::kEnrolled,
       [](Attempt& a) { a.command.evidence.push_back("医院证明"); }},
      {"REASON_MISSING", K::kDeath, S::kEnrolled, [](Attempt& a) { a.command.reason_code = ""; }},
      {"REASON_NOT_ALLOWED", K::kDeath, S::kEnrolled,
       [](Attempt& a) { a.command.reason_code = "10"; }},
      {"REASON_MISSING", K::kSuspend, S::kEnrolled, [](Attempt& a) { a.command.reason_code = ""; }},
      {"REASON_NOT_ALLOWED", K::kSuspend, S::kEnrolled,
       [](Attempt& a) { a.command.reason_code = "99"; }},
      {"CLASS_MISSING", K::kRegister, S::kNone, [](Attempt& a) { a.command.class_id = ClassId{}; }},
      {"CLASS_UNKNOWN", K::kRegister, S::kNone, [](Attempt& a) { a.facts.to_class = nullptr; }},
      {"CLASS_OF_OTHER_SCHOOL", K::kChangeClass, S::kEnrolled,
       [](Attempt& a) { a.facts.to_class = &kOther6; }},
      {"CLASS_OF_SAME_SCHOOL", K::kTransferIn, S::kEnrolled,
       [](Attempt& a) { a.facts.to_class = &kGrade6b; }},
      {"SAME_CLASS", K::kChangeClass, S::kEnrolled,
       [](Attempt& a) { a.facts.to_class = &kGrade6; }},
      {"GRADE_REPEAT", K::kChangeClass, S::kEnrolled,
       [](Attempt& a) { a.facts.to_class = &kGrade5; }},
      {"GRADE_JUMP", K::kChangeClass, S::kEnrolled,
       [](Attempt& a) {
         a.facts.from_class = &kGrade5;
         a.facts.to_class = &kGrade6;
       }},
      {"GRADE_JUMP", K::kSkipGrade, S::kEnrolled,
       [](Attempt& a) {
         a.facts.from_class = &kGrade6;
         a.facts.to_class = &kGrade6b;
       }},
      {"GRADE_CHANGED_BY_TRANSFER", K::kTransferIn, S::kEnrolled,
       [](Attempt& a) { a.facts.to_class = &kOther5; }},
      {"OTHER_SCHOOL_MISSING", K::kTransferOut, S::kEnrolled,
       [](Attempt& a) { a.command.other_school = ""; }},
      {"OTHER_SCHOOL_MISSING", K::kTransferIn, S::kNone,
       [](Attempt& a) { a.command.other_school = ""; }},
  };
}

std::vector<Refusal> RefusalsOfLengthAndAge() {
  return {
      {"UNTIL_MISSING", K::kSuspend, S::kEnrolled, [](Attempt& a) { a.command.until = {}; }},
      {"UNTIL_MISSING", K::kDefer, S::kNone, [](Attempt& a) { a.command.until = {}; }},
      {"UNTIL_BEFORE_EFFECTIVE", K::kSuspend, S::kEnrolled,
       [](Attempt& a) { a.command.until = Day(2026, 10, 1); }},
      {"UNTIL_TOO_LONG", K::kSuspend, S::kEnrolled,
       [](Attempt& a) { a.command.until = Day(2027, 10, 2); }},
      {"UNTIL_TOO_LONG", K::kDefer, S::kNone,
       [](Attempt& a) { a.command.until = Day(2027, 10, 2); }},
      {"SUSPENDED_TOO_OFTEN", K::kSuspend, S::kSuspended,
       [](Attempt& a) { a.student.suspensions_in_row = 2; }},
      {"FINAL_TERM", K::kTransferOut, S::kEnrolled,
       [](Attempt& a) {
         a.policy.final_term_frozen = true;
         a.student.status_since = Day(2025, 9, 1);
         a.command.effective = Day(2026, 3, 1);
       }},
      {"NOT_FINAL_GRADE", K::kGraduate, S::kEnrolled,
       [](Attempt& a) { a.facts.from_class = &kGrade5; }},
      {"NOT_OVER_AGE", K::kLeaveOverAge, S::kEnrolled,
       [](Attempt& a) { a.student.birth = Day(2009, 9, 1); }},
      {"NOT_OVER_AGE", K::kLeaveOverAge, S::kEnrolled,
       [](Attempt& a) {
         a.student.birth = Day(2009, 5, 6);
         a.facts.disabled = true;
       }},
      {"HOME_TEACHING_AGE", K::kHomeTeaching, S::kEnrolled,
       [](Attempt& a) { a.student.birth = Day(2010, 10, 1); }},
      {"ALREADY_HOME_TEACHING", K::kHomeTeaching, S::kEnrolled,
       [](Attempt& a) { a.student.home_teaching = true; }},
      {"NOT_HOME_TEACHING", K::kEndHomeTeaching, S::kEnrolled,
       [](Attempt& a) { a.student.home_teaching = false; }},
      {"DEFER_ONLY_AT_ENTRY", K::kDefer, S::kEnrolled,
       [](Attempt& a) { a.facts.from_class = &kGrade6; }},
  };
}

TEST(Transitions, EachRefusalHasItsReasonAndAChineseText) {
  std::vector<Refusal> refusals = RefusalsOfFormAndPlace();
  for (Refusal& more : RefusalsOfLengthAndAge()) refusals.push_back(std::move(more));
  for (const Refusal& refusal : refusals) {
    Attempt attempt = Good(RuleOf(refusal.kind), refusal.from);
    ASSERT_TRUE(attempt.Run().ok()) << refusal.reason << ": " << attempt.Run().error().ToString();
    refusal.spoil(attempt);
    const auto decision = attempt.Run();
    ASSERT_FALSE(decision.ok()) << refusal.reason;
    EXPECT_EQ(decision.error().reason, refusal.reason) << decision.error().detail;
    EXPECT_GT(decision.error().detail.size(), 9u);
  }
}

TEST(Transitions, TheDayOfTheLimitIsStillAllowed) {
  Attempt suspend = Good(RuleOf(K::kSuspend), S::kEnrolled);
  suspend.command.until = Day(2027, 10, 1);
  EXPECT_TRUE(suspend.Run().ok());
  // Seventeen completed years on 31 August 2026: born on that day is enough, a day later is not.
  Attempt leave = Good(RuleOf(K::kLeaveOverAge), S::kEnrolled);
  leave.student.birth = Day(2009, 8, 31);
  EXPECT_TRUE(leave.Run().ok());
  Attempt back = Good(RuleOf(K::kSuspend), S::kEnrolled);
  back.student.status_since = Day(2020, 9, 1);
  back.command.effective = Day(2025, 10, 15);
  back.command.until = Day(2026, 10, 15);
  EXPECT_TRUE(back.Run().ok());
}

TEST(Transitions, EvidenceMayUseTheChineseColon) {
  Attempt attempt = Good(RuleOf(K::kSuspend), S::kEnrolled);
  attempt.command.evidence = {"休学申请：2026-10-01", "医院证明： 同安医院"};
  EXPECT_TRUE(attempt.Run().ok());
}

TEST(Transitions, KeepingMarksWhatTheEvidenceSays) {
  Attempt attempt = Good(RuleOf(K::kKeep), S::kEnrolled);
  attempt.command.evidence = {"辍学书面报告:1"};
  EXPECT_EQ(attempt.Run()->after.status, S::kLost);
  EXPECT_TRUE(attempt.Run()->after.class_id);
  attempt.command.evidence = {"下落不明说明:1"};
  EXPECT_EQ(attempt.Run()->after.status, S::kWhereaboutsUnknown);
  attempt.command.evidence = {"公检法通知:1"};
  EXPECT_EQ(attempt.Run()->after.status, S::kPlaceKept);
}

TEST(Transitions, SuspensionsAreCountedUntilTheStudentIsBack) {
  Attempt attempt = Good(RuleOf(K::kSuspend), S::kEnrolled);
  const Student once = attempt.Run()->after;
  EXPECT_EQ(once.suspensions_in_row, 1);
  EXPECT_EQ(once.until, Day(2027, 8, 31));
  attempt.student = once;
  const Student twice = attempt.Run()->after;
  EXPECT_EQ(twice.suspensions_in_row, 2);
  attempt.student = twice;
  EXPECT_EQ(attempt.Run().error().reason, "SUSPENDED_TOO_OFTEN");
  Attempt back = Good(RuleOf(K::kResume), S::kSuspended);
  back.student.suspensions_in_row = 2;
  EXPECT_EQ(back.Run()->after.suspensions_in_row, 0);
  EXPECT_FALSE(back.Run()->after.until);
}

TEST(Expected, InClassIsWhoeverAttendanceCounts) {
  Student student;
  student.class_id = ClassId{1};
  for (const auto& [status, expected] : {std::pair{S::kEnrolled, true},
                                         {S::kReturned, true},
                                         {S::kLost, true},
                                         {S::kWhereaboutsUnknown, true},
                                         {S::kSuspended, false},
                                         {S::kPlaceKept, false},
                                         {S::kTransferredOut, false},
                                         {S::kDeceased, false},
                                         {S::kGraduated, false},
                                         {S::kLeftOverAge, false}}) {
    student.status = status;
    EXPECT_EQ(ExpectedInClass(student), expected) << StatusText(status);
  }
  student.status = S::kEnrolled;
  student.home_teaching = true;
  EXPECT_FALSE(ExpectedInClass(student));
}

}  // namespace
}  // namespace registry
