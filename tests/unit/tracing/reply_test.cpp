// What the machine answers by itself, what an officer sees, what becomes a township's task.
#include "tracing/domain/reply.h"

#include <gtest/gtest.h>

#include "unit/tracing/desk.h"

namespace tracing {
namespace {

using testing::Code;
using Way = ReplyDecision::Way;

const Division kSelf = Code("430527");

Match Enrolled() {
  return {.student_id = 7, .exact_identity = true, .same_name = true, .same_birth = true,
          .score = 1000, .standing = Standing::kEnrolled, .school = "绥宁一中",
          .grade_class = "七年级2班", .student_no = "G4305", .since = base::Date::FromSerial(20000),
          .last_paid_term = "2026春"};
}
LookedUp Facts(std::vector<Match> matches, LetterKind kind = LetterKind::kHc) {
  return {.kind = kind, .self = kSelf, .household = kSelf, .matches = std::move(matches)};
}

TEST(MachineReply, EnrolledByExactIdentityIsAnsweredAsTheProfileAllows) {
  AutoReply policy;
  const auto told = DecideReply(Facts({Enrolled()}), policy);
  EXPECT_EQ(told.way, Way::kMachine);
  EXPECT_EQ(told.answer->code, 1);
  EXPECT_EQ(told.answer->school, "绥宁一中");
  EXPECT_EQ(told.answer->grade_class, "七年级2班");
  EXPECT_EQ(told.answer->since, Enrolled().since);
  EXPECT_EQ(told.answer->student_no, "");      // not by default
  EXPECT_EQ(told.answer->last_paid_term, "");  // only for a transfer
  policy.student_no = true;
  policy.enrolled_without_class = true;
  const auto other = DecideReply(Facts({Enrolled()}, LetterKind::kZx), policy);
  EXPECT_EQ(other.answer->student_no, "G4305");
  EXPECT_EQ(other.answer->grade_class, "");
  EXPECT_EQ(other.answer->last_paid_term, "2026春");
  policy.enrolled = false;
  EXPECT_EQ(DecideReply(Facts({Enrolled()}), policy).way, Way::kOfficer);
}

TEST(MachineReply, BesidesTheNumberTheNameMustBeTheSameAndTwoEnrolmentsAreNone) {
  Match match = Enrolled();
  match.same_birth = false;  // one of the two has typed it wrong
  EXPECT_EQ(DecideReply(Facts({match}), {}).way, Way::kMachine);
  match.same_birth = true;
  match.same_name = false;
  const auto another = DecideReply(Facts({match}), {});
  EXPECT_EQ(another.way, Way::kOfficer);
  EXPECT_FALSE(another.answer.has_value());
  EXPECT_NE(another.why.find("姓名不同"), std::string::npos) << another.why;
  const auto twice = DecideReply(Facts({Enrolled(), Enrolled()}), {});
  EXPECT_EQ(twice.way, Way::kOfficer);
  EXPECT_FALSE(twice.answer.has_value());
  EXPECT_EQ(twice.candidates.size(), 2U) << "the officer sees both";
  EXPECT_NE(twice.why.find("多条学籍"), std::string::npos) << twice.why;
}

TEST(MachineReply, NameAndBirthdayAreNeverAnAnswer) {
  Match match = Enrolled();
  match.exact_identity = false;
  match.likeness = {.name = NameLikeness::kSame, .birth = BirthLikeness::kSame,
                    .number = NumberLikeness::kOneDigit, .sex = Agreement::kYes,
                    .guardian = Agreement::kYes, .phone = Agreement::kYes};
  Match weak = match;
  weak.likeness = {.name = NameLikeness::kSame, .birth = BirthLikeness::kDifferent};
  const auto decision = DecideReply(Facts({weak, match}), {});
  EXPECT_EQ(decision.way, Way::kOfficer);
  EXPECT_FALSE(decision.answer.has_value());
  ASSERT_EQ(decision.candidates.size(), 1U);
  EXPECT_EQ(decision.candidates[0].score, 999) << "1000 is an equal number";
  EXPECT_EQ(decision.candidates[0].reasons,
            (std::vector<std::string>{"姓名相同", "出生日期相同", "证件号一位不同", "性别相同",
                                      "监护人姓名相同", "监护人电话相同"}));
}

TEST(MachineReply, WhoStandsOnOurListAndLooksLikeAStudentIsAnOfficersToo) {
  Match match = Enrolled();
  match.exact_identity = false;
  match.likeness = {.name = NameLikeness::kSame, .birth = BirthLikeness::kSame,
                    .number = NumberLikeness::kDifferent};
  LookedUp facts = Facts({match});
  facts.person_id = 5;
  facts.town = "武阳镇";
  const auto decision = DecideReply(facts, {});
  EXPECT_EQ(decision.way, Way::kOfficer) << "the student's number may be the wrong one";
  EXPECT_EQ(decision.person_id, 5) << "he may still send the township";
  EXPECT_EQ(decision.town, "武阳镇");
  ASSERT_EQ(decision.candidates.size(), 1U);
}

TEST(MachineReply, AnEqualNumberSaysWhatElseIsEqual) {
  Match match = Enrolled();
  match.same_name = false;
  const auto decision = DecideReply(Facts({match}), {});
  ASSERT_EQ(decision.candidates.size(), 1U);
  EXPECT_EQ(decision.candidates[0].score, 1000);
  EXPECT_EQ(decision.candidates[0].reasons,
            (std::vector<std::string>{"姓名不同", "出生日期相同", "证件号相同"}));
}

TEST(MachineReply, CandidatesAreBoundedBestFirst) {
  AutoReply policy;
  std::vector<Match> many(20);
  for (std::size_t i = 0; i < many.size(); ++i) {
    many[i].student_id = static_cast<std::int64_t>(i);
    many[i].likeness = {.name = NameLikeness::kSame, .birth = BirthLikeness::kSwapped};
  }
  many[13].likeness.birth = BirthLikeness::kSame;
  const auto decision = DecideReply(Facts(many), policy);
  ASSERT_EQ(decision.candidates.size(), 5U);
  EXPECT_EQ(decision.candidates[0].student_id, 13);
  EXPECT_EQ(decision.candidates[0].score, 700);
  EXPECT_EQ(decision.candidates[1].student_id, 0) << "equal scores in the registry's order";
  const auto least = [&](int score) {
    policy.likeness.name = score;
    Match match;
    match.student_id = 1;
    match.likeness.name = NameLikeness::kSame;
    return DecideReply(Facts({match}), policy).candidates.size();
  };
  EXPECT_EQ(least(600), 1U);
  EXPECT_EQ(least(599), 0U);
}

TEST(MachineReply, DoubtGoesToAnOfficer) {
  Match stranger = Enrolled();
  stranger.same_name = stranger.same_birth = false;
  EXPECT_EQ(DecideReply(Facts({stranger}), {}).way, Way::kOfficer);
  EXPECT_EQ(DecideReply(Facts({Enrolled(), Enrolled()}), {}).way, Way::kOfficer);
  Match suspended = Enrolled();
  suspended.standing = Standing::kSuspended;
  EXPECT_EQ(DecideReply(Facts({suspended}), {}).way, Way::kOfficer);
  Match dead = Enrolled();
  dead.standing = Standing::kDeceased;
  EXPECT_EQ(DecideReply(Facts({dead}), {}).way, Way::kOfficer);
}

TEST(MachineReply, WhoWentOnIsNamedWithTheCounty) {
  Match gone = Enrolled();
  gone.standing = Standing::kTransferredOut;
  EXPECT_EQ(DecideReply(Facts({gone}), {}).way, Way::kOfficer);  // where to is not known
  gone.moved_to = Code("411003");
  const auto decision = DecideReply(Facts({gone}), {});
  EXPECT_EQ(decision.way, Way::kMachine);
  EXPECT_EQ(decision.answer->code, 5);
  EXPECT_EQ(decision.answer->third, Code("411003"));
  // 劝返函 asks what people do.
  EXPECT_EQ(DecideReply(Facts({gone}, LetterKind::kQf), {}).way, Way::kOfficer);
}

TEST(MachineReply, WhoIsAskedForBeforeHeArrivesIsWaitedFor) {
  LookedUp facts = Facts({}, LetterKind::kZx);
  facts.arrival = true;
  facts.asker = Code("350212");
  EXPECT_EQ(DecideReply(facts, {}).way, Way::kWait) << "neither R06 nor the township";
  Match namesake = Enrolled();
  namesake.exact_identity = false;
  facts.matches = {namesake};
  EXPECT_EQ(DecideReply(facts, {}).way, Way::kWait);
  // He once went from here to the county that asks; now he comes back.
  Match gone = Enrolled();
  gone.standing = Standing::kTransferredOut;
  gone.moved_to = facts.asker;
  facts.matches = {gone};
  EXPECT_EQ(DecideReply(facts, {}).way, Way::kWait);
  gone.moved_to = Code("411003");  // he was here and went on
  facts.matches = {gone};
  EXPECT_EQ(DecideReply(facts, {}).answer->code, 5);
  Match here = Enrolled();
  here.last_paid_fen = 62500;
  facts.matches = {here};
  EXPECT_EQ(DecideReply(facts, {}).answer->code, 1);
  EXPECT_EQ(DecideReply(facts, {}).answer->last_paid_fen, 62500);
  facts.matches = {Enrolled(), Enrolled()};
  EXPECT_EQ(DecideReply(facts, {}).way, Way::kOfficer);
}

TEST(MachineReply, NobodyAndOurHouseholdIsATaskOfTheTownship) {
  EXPECT_EQ(DecideReply(Facts({}), {}).way, Way::kHousehold);
  LookedUp listed = Facts({});
  listed.household = Code("411003");
  listed.person_id = 5;  // on our school-age list
  EXPECT_EQ(DecideReply(listed, {}).way, Way::kHousehold);
}

TEST(MachineReply, NobodyAndAnothersHouseholdIsSuggestedToBeForwarded) {
  LookedUp facts = Facts({});
  facts.household = Code("411003");
  const auto decision = DecideReply(facts, {});
  EXPECT_EQ(decision.way, Way::kOfficer);
  EXPECT_EQ(decision.suggested_forward, Code("411003"));
  facts.household = {};
  EXPECT_FALSE(DecideReply(facts, {}).suggested_forward);
}

TEST(MachineReply, TheReasonNamesNoIdentityNumber) {
  for (const auto& facts : {Facts({Enrolled()}), Facts({}), Facts({Enrolled(), Enrolled()})}) {
    const auto why = DecideReply(facts, {}).why;
    EXPECT_FALSE(why.empty());
    EXPECT_EQ(why.find_first_of("0123456789"), std::string::npos);
  }
}

TEST(HouseholdReply, EachOutcomeIsACode) {
  const std::pair<const char*, ReplyCode> rows[] = {
      {"在校就读", 1}, {"就读未建籍", 2}, {"返校", 3}, {"拒绝", 4}, {"在第三地", 5}, {"查无此人", 6}, {"死亡", 7},
      {"出国", 8}, {"因病因残", 9}, {"超龄", 10}, {"需延期", 12}, {"其他", 99}};
  for (const auto& [name, code] : rows) {
    const auto outcome = HouseholdOutcomeFromName(name);
    ASSERT_TRUE(outcome.has_value()) << name;
    EXPECT_EQ(AnswerOf(*outcome, {}).code, code) << name;
  }
  EXPECT_FALSE(HouseholdOutcomeFromName("不详").has_value());
}

TEST(ReplyCodes, WhichEndTheConversationAndWhichAskElsewhere) {
  for (const int code : {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 99, 55}) {
    const Meaning meaning = EffectOf(static_cast<ReplyCode>(code));
    EXPECT_EQ(meaning.is_final, code < 12) << code;
    EXPECT_EQ(meaning.asks_third, code == 5 || code == 11) << code;
  }
}

TEST(ReplyCodes, WhatEachMustCarry) {
  const auto reason = [](ReplyFields fields) {
    const auto status = CheckReply(fields);
    return status.ok() ? std::string{"OK"} : status.error().reason;
  };
  EXPECT_EQ(reason({.code = 1}), "REPLY_SCHOOL_MISSING");
  EXPECT_EQ(reason({.code = 1, .has_school = true}), "REPLY_DATE_MISSING");
  EXPECT_EQ(reason({.code = 1, .has_school = true, .has_since = true}), "OK");
  EXPECT_EQ(reason({.code = 2, .has_school = true}), "REPLY_DATE_MISSING");
  EXPECT_EQ(reason({.code = 3}), "REPLY_DATE_MISSING");
  EXPECT_EQ(reason({.code = 4}), "REPLY_TEXT_MISSING");
  EXPECT_EQ(reason({.code = 5}), "REPLY_THIRD_MISSING");
  EXPECT_EQ(reason({.code = 11}), "REPLY_THIRD_MISSING");
  EXPECT_EQ(reason({.code = 12}), "REPLY_DATE_MISSING");
  EXPECT_EQ(reason({.code = 99}), "REPLY_TEXT_MISSING");
  EXPECT_EQ(reason({.code = 7}), "OK");
  EXPECT_EQ(reason({.code = 42}), "BAD_CODE");
}

}  // namespace
}  // namespace tracing
