#include "registry/domain/matching.h"

#include <gtest/gtest.h>

#include "people.h"
#include "reference_fixture.h"
#include "registry/domain/student_number.h"

namespace registry {
namespace {

using testing::Day;
using testing::SmallReference;
using M = MatchClass;
using S = StudentStatus;

const base::Date kOn = Day(2026, 9, 20);

Verdict Judge(std::vector<std::pair<Field, std::string>> cells, base::Date birth = Day(2015, 3, 4),
              bool disabled = false) {
  Record row;
  for (const auto& [field, value] : cells) row.Set(field, value);
  return JudgeUnmatched(ListedPerson{row, birth, disabled, "350212"}, Policy{},
                        SmallReference().divisions, kOn);
}

TEST(Unmatched, TheWordsOfTheListGiveTheClass) {
  struct Case {
    std::vector<std::pair<Field, std::string>> cells;
    M expected;
    bool decision;
  };
  const std::string no = TemporaryStudentNo("440304", Day(2015, 3, 4), 12);
  const Case cases[] = {
      {{{Field::kAttendingSchool, "泉州某小学"}, {Field::kRemark, "省内就读,无学籍"}},
       M::kB02,
       false},
      {{{Field::kAttendingSchool, "某小学"}}, M::kB02, false},
      {{{Field::kAttendingSchool, "深圳某小学"}, {Field::kWhereabouts, "省外就读"}},
       M::kB03,
       false},
      {{{Field::kAttendingSchool, "广东某小学"}}, M::kB03, false},
      {{{Field::kAttendingSchool, "广东某小学"}, {Field::kStudentNo, no}}, M::kB04, false},
      {{{Field::kWhereabouts, "外地就读有学籍"}}, M::kB04, false},
      {{{Field::kWhereabouts, "超龄离校"}}, M::kB05, false},
      {{{Field::kWhereabouts, "随父母出国"}}, M::kB06, false},
      {{{Field::kHukouStatus, "正常"}, {Field::kRemark, "重病住院"}}, M::kB07, false},
      {{{Field::kHukouStatus, "死亡注销"}}, M::kB08, true},
      {{{Field::kRemark, "双重户籍"}}, M::kB09, true},
      {{{Field::kWhereabouts, "空挂户"}}, M::kB09, true},
      {{{Field::kRemark, "查无此人"}}, M::kB09, true},
      {{{Field::kWhereabouts, "随父母外出,无法联系"}}, M::kB10, false},
      {{{Field::kWhereabouts, "举家外出务工"}}, M::kB10, false},
      {{{Field::kWhereabouts, "失学"}}, M::kB11, false},
      {{{Field::kWhereabouts, "本人外出务工,未就读"}}, M::kB11, false},
      {{}, M::kB11, true},
      {{{Field::kHukouStatus, "正常"}}, M::kB11, true},
  };
  for (const Case& c : cases) {
    const Verdict verdict = Judge(c.cells);
    EXPECT_EQ(MatchCode(verdict.match_class), MatchCode(c.expected))
        << (c.cells.empty() ? "" : c.cells.back().second);
    EXPECT_EQ(verdict.needs_decision, c.decision) << MatchCode(c.expected);
    EXPECT_FALSE(verdict.why.empty());
  }
}

TEST(Unmatched, GroupsAndAgesCount) {
  EXPECT_EQ(Judge({}, Day(2015, 3, 4), true).match_class, M::kB07);
  // Cut-off 31 August 2026: sixteen completed years are beyond the window, fifteen are not.
  EXPECT_EQ(Judge({}, Day(2010, 8, 31)).match_class, M::kB05);
  EXPECT_EQ(Judge({}, Day(2010, 9, 1)).match_class, M::kB11);
  EXPECT_EQ(Judge({}, Day(2020, 8, 31)).match_class, M::kB11);
  EXPECT_EQ(Judge({}, Day(2020, 9, 1)).match_class, M::kN00);
}

TEST(Exact, TheRegistrysStatusGivesTheClass) {
  const auto judge = [](S status) { return JudgeExact({.status = status}).match_class; };
  EXPECT_EQ(judge(S::kEnrolled), M::kB01);
  EXPECT_EQ(judge(S::kReturned), M::kB01);
  EXPECT_EQ(judge(S::kTransferredOut), M::kB04);
  EXPECT_EQ(judge(S::kLeftOverAge), M::kB05);
  EXPECT_EQ(judge(S::kSuspended), M::kB07);
  EXPECT_EQ(judge(S::kPlaceKept), M::kB07);
  EXPECT_EQ(judge(S::kDeceased), M::kB08);
  EXPECT_EQ(judge(S::kWhereaboutsUnknown), M::kB10);
  EXPECT_EQ(judge(S::kLost), M::kB11);
  EXPECT_EQ(JudgeExact({.status = S::kEnrolled, .home_teaching = true}).match_class, M::kB07);
  const Verdict other_name = JudgeExact({.status = S::kEnrolled, .same_name = false});
  EXPECT_EQ(other_name.match_class, M::kB09);
  EXPECT_TRUE(other_name.needs_decision);
  EXPECT_EQ(JudgeExact({.status = S::kEnrolled, .absent = true}).match_class, M::kR01);
  EXPECT_FALSE(JudgeExact({.status = S::kEnrolled}).needs_decision);
}

TEST(Likeness, OnlyEnoughIsProposedAndAPersonDecides) {
  const Policy policy;
  Likeness all{.name = true,
               .birth = true,
               .sex = true,
               .guardian = true,
               .guardian_known = true,
               .phone = true,
               .list_has_number = true,
               .student_has_number = true};
  EXPECT_EQ(Score(all), 1000);
  EXPECT_EQ(JudgeLikeness(all, policy).match_class, M::kB09);
  all.list_has_number = false;
  EXPECT_EQ(JudgeLikeness(all, policy).match_class, M::kB01);
  EXPECT_TRUE(JudgeLikeness(all, policy).needs_decision);
  const Likeness other_guardian{.name = true, .birth = true, .sex = true, .guardian_known = true};
  EXPECT_EQ(Score(other_guardian), 800);
  const Likeness only_name{.name = true, .guardian_known = true};
  EXPECT_EQ(JudgeLikeness(only_name, policy).match_class, M::kNone);
  const Likeness guardian_not_known{.name = true, .birth = true, .sex = true};
  EXPECT_EQ(Score(guardian_not_known), 900);
  const Likeness misspelt{
      .birth = true, .sex = true, .guardian = true, .guardian_known = true, .phone = true};
  EXPECT_EQ(Score(misspelt), 600);
  EXPECT_NE(JudgeLikeness(misspelt, policy).match_class, M::kNone);
}

TEST(Classes, HaveCodesTextsAndActions) {
  for (const char* code : {"B01", "B02", "B03", "B04", "B05", "B06", "B07", "B08", "B09", "B10",
                           "B11", "N00", "R01"}) {
    const M match_class = MatchFromCode(code);
    ASSERT_NE(match_class, M::kNone) << code;
    EXPECT_EQ(MatchCode(match_class), code);
    EXPECT_FALSE(MatchText(match_class).empty());
    EXPECT_FALSE(NextAction(match_class).empty());
  }
  EXPECT_EQ(MatchFromCode("B12"), M::kNone);
  EXPECT_FALSE(MattersToOthers(M::kB01));
  EXPECT_TRUE(MattersToOthers(M::kB11));
}

}  // namespace
}  // namespace registry
