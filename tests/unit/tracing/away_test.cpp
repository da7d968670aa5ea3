// Children who live elsewhere: what is due when over a school year, and what answers do.
#include "tracing/domain/away.h"

#include <gtest/gtest.h>

#include <vector>

namespace tracing {
namespace {

using base::Date;

Date Day(int year, unsigned month, unsigned day) { return *Date::FromYmd(year, month, day); }

// Three terms, two of them in the school year 2026-2027; weekends only.
base::Calendar ThreeTerms() {
  return *base::Calendar::Make(
      {{.name = "春", .first = Day(2026, 2, 24), .last = Day(2026, 7, 3)},
       {.name = "秋", .first = Day(2026, 9, 1), .last = Day(2027, 1, 22)},
       {.name = "次春", .first = Day(2027, 2, 22), .last = Day(2027, 7, 2)}},
      {}, {});
}

struct World {
  AwayRules rules = {.enabled = true, .visit_every_days = 0, .visit_days = 20, .ask_days = 1,
                     .proof_days = 20, .age_max = 15};
  base::Calendar calendar = ThreeTerms();
  Date today = Day(2026, 8, 20);
  Division self = *Division::Parse("430527");
  Division tongan = *Division::Parse("350212");
  AwayContext context() const { return {.rules = rules, .calendar = calendar, .today = today}; }
  AwayChild Child() const {
    return {.birth = Day(2015, 5, 1), .division = tongan, .listed_on = Day(2026, 8, 20)};
  }
};

using Happened = std::pair<AwayTask, std::string>;

// Does everything that falls due until `end`; `answer` is what each letter brings three days later.
std::vector<Happened> Pass(World& world, AwayChild& child, Date end,
                          std::optional<AwayFinding> answer) {
  std::vector<Happened> out;
  while (const auto due = NextDue(child, world.context())) {
    if (base::DateAt(due->at) > end) break;
    if (out.size() > 100) break;  // never again and again
    world.today = std::max(world.today, base::DateAt(due->at));
    out.push_back({due->task, base::ToLocal(due->at)});
    switch (due->task) {
      case AwayTask::kVisit: child = Visited(child, world.today); break;
      case AwayTask::kMissing: child = Missing(child, world.today); break;
      case AwayTask::kOverAge: child = TooOld(child); break;
      case AwayTask::kAsk:
        child = Asked(child, world.context());
        if (answer) {
          world.today = world.today + std::chrono::days{3};
          child = Found(child, *answer, world.self, world.context()).child;
        }
        break;
    }
  }
  return out;
}

AwayFinding Enrolled() {
  return {.code = 1, .has_school = true, .since = Day(2025, 9, 1), .until = {}, .third = {}};
}

TEST(Away, EachTermAsksAnewAndTheProofRenewsItself) {
  World world;
  AwayChild child = world.Child();
  const auto happened = Pass(world, child, Day(2027, 7, 30), Enrolled());
  EXPECT_EQ(happened, (std::vector<Happened>{{AwayTask::kVisit, "2026-09-01 08:00"},
                                             {AwayTask::kAsk, "2026-09-02 08:00"},
                                             {AwayTask::kVisit, "2027-02-22 08:00"},
                                             {AwayTask::kAsk, "2027-02-23 08:00"}}));
  EXPECT_EQ(child.state, AwayState::kProven);
  EXPECT_EQ(child.proof_until, Day(2027, 7, 2));
}

TEST(Away, WithoutAnAnswerTheProofIsMissingOnceATerm) {
  World world;
  AwayChild child = world.Child();
  const auto happened = Pass(world, child, Day(2027, 7, 30), std::nullopt);
  std::vector<std::string> missing;
  for (const Happened& one : happened) {
    if (one.first == AwayTask::kMissing) missing.push_back(one.second);
  }
  EXPECT_EQ(missing, (std::vector<std::string>{"2026-09-29 17:30", "2027-03-22 17:30"}));
  EXPECT_EQ(child.state, AwayState::kMissing);
  EXPECT_EQ(child.proof_until, std::nullopt);
}

TEST(Away, ALateProofMendsWhatWasMissing) {
  World world;
  AwayChild child = world.Child();
  world.today = Day(2026, 10, 9);
  child = Missing(child, Day(2026, 9, 29));
  const AwayStep step = Found(child, Enrolled(), world.self, world.context());
  EXPECT_EQ(step.told, "proven");
  EXPECT_EQ(step.child.state, AwayState::kProven);
  EXPECT_EQ(step.child.proof_until, Day(2027, 1, 22));
  // The same again changes nothing.
  EXPECT_EQ(Found(step.child, Enrolled(), world.self, world.context()).told, "");
}

TEST(Away, AnAnswerInTheHolidaysProvesTheTermThatIsOver) {
  World world;
  world.today = Day(2027, 2, 1);
  AwayChild child = world.Child();
  child = Found(child, Enrolled(), world.self, world.context()).child;
  EXPECT_EQ(child.proof_until, Day(2027, 1, 22));
  const auto due = NextDue(child, world.context());
  ASSERT_TRUE(due);
  EXPECT_EQ(base::DateAt(due->at), Day(2027, 2, 22)) << "the next term asks anew";
  child = Missing(world.Child(), Day(2026, 9, 29));
  child = Found(child, Enrolled(), world.self, world.context()).child;
  EXPECT_EQ(child.state, AwayState::kMissing) << "and says nothing about today";
}

TEST(Away, AProofOfAComingTermHoldsForIt) {
  World world;
  world.today = Day(2026, 8, 25);
  AwayFinding proof = Enrolled();
  proof.since = Day(2026, 9, 1);
  const AwayChild child = Found(world.Child(), proof, world.self, world.context()).child;
  EXPECT_EQ(child.proof_until, Day(2027, 1, 22));
}

TEST(Away, AnAnswerThatContradictsAProofEndsItAndALaterProofCountsAgain) {
  World world;
  world.today = Day(2026, 9, 10);
  AwayChild child = world.Child();
  const AwayFinding proof{.code = 1, .has_school = true, .since = Day(2026, 9, 1)};
  child = Found(child, proof, world.self, world.context()).child;
  EXPECT_FALSE(MissingTold(child));
  AwayStep step = Found(child, {.code = 6}, world.self, world.context());
  EXPECT_EQ(step.told, "proof_missing");
  EXPECT_TRUE(MissingTold(step.child));
  world.today = Day(2026, 9, 20);
  step = Found(step.child, proof, world.self, world.context());
  EXPECT_EQ(step.told, "proven");
  EXPECT_EQ(step.child.proof_until, Day(2027, 1, 22));
  EXPECT_FALSE(MissingTold(step.child));
  // Told in an earlier term and proven since: over.
  step.child.missing_on = Day(2026, 3, 20);
  EXPECT_FALSE(MissingTold(step.child));
}

TEST(Away, EnrolmentWithoutSchoolOrDayIsNoProof) {
  World world;
  AwayFinding answer = Enrolled();
  answer.has_school = false;
  EXPECT_EQ(Found(world.Child(), answer, world.self, world.context()).told, "");
  answer = Enrolled();
  answer.since.reset();
  EXPECT_EQ(Found(world.Child(), answer, world.self, world.context()).told, "");
}

TEST(Away, SchoolingWithoutAFileHoldsUntilItIsToBeMade) {
  World world;
  world.today = Day(2026, 9, 10);
  const AwayFinding answer{.code = 2, .has_school = true, .since = {}, .until = Day(2026, 10, 30),
                           .third = {}};
  AwayChild child = Asked(world.Child(), world.context());
  child = Found(child, answer, world.self, world.context()).child;
  EXPECT_EQ(child.state, AwayState::kProven);
  EXPECT_EQ(child.proof_until, Day(2026, 10, 30));
  child = Visited(child, Day(2026, 9, 1));
  const auto due = NextDue(child, world.context());
  ASSERT_TRUE(due);
  EXPECT_EQ(due->task, AwayTask::kAsk) << "then it is asked again";
  EXPECT_EQ(base::ToLocal(due->at), "2026-11-02 08:00");
}

TEST(Away, AThirdPlaceIsAskedAtOnceAndNotForever) {
  World world;
  world.today = Day(2026, 9, 2);
  AwayChild child = Visited(world.Child(), Day(2026, 9, 1));
  const Division third = *Division::Parse("210302");
  const Division fourth = *Division::Parse("410123");
  for (int i = 0; i < 2; ++i) {
    child = Asked(child, world.context());
    const AwayStep step =
        Found(child, {.code = 5, .third = i == 0 ? third : fourth}, world.self, world.context());
    EXPECT_EQ(step.told, "moved");
    child = step.child;
    const auto due = NextDue(child, world.context());
    ASSERT_TRUE(due);
    EXPECT_EQ(due->task, AwayTask::kAsk);
    EXPECT_LE(base::DateAt(due->at), world.today);
  }
  EXPECT_EQ(child.division, fourth);
  child = Asked(child, world.context());
  EXPECT_EQ(Found(child, {.code = 5, .third = third}, world.self, world.context()).told,
            "proof_missing")
      << "the third letter in a row is the last";
  EXPECT_EQ(
      Found(world.Child(), {.code = 5, .third = world.self}, world.self, world.context()).told,
            "proof_missing")
      << "we are not a third place";
}

TEST(Away, WhatEachReplyMeans) {
  World world;
  const std::vector<std::pair<int, std::string_view>> kMeaning{
      {3, "proof_missing"}, {4, "proof_missing"}, {6, "proof_missing"}, {7, "review"},
      {8, "review"},        {9, "review"},        {10, "review"},       {12, ""},
      {99, "proof_missing"}, {77, "proof_missing"}};
  for (const auto& [code, told] : kMeaning) {
    const AwayFinding finding{.code = static_cast<ReplyCode>(code)};
    EXPECT_EQ(Found(world.Child(), finding, world.self, world.context()).told, told) << code;
  }
}

TEST(Away, WhoWaitsForAnOfficerOrLeftIsLeftAlone) {
  World world;
  for (const AwayState state : {AwayState::kReview, AwayState::kBack, AwayState::kOverAge,
                                AwayState::kEnded}) {
    AwayChild child = world.Child();
    child.state = state;
    child.birth.reset();
    EXPECT_FALSE(NextDue(child, world.context()));
    EXPECT_EQ(Found(child, Enrolled(), world.self, world.context()).told, "");
  }
}

TEST(Away, TooOldAfterTheCutOffAndNotBefore) {
  World world;
  const auto from = [&](Date birth) { return *OverAgeFrom(birth, world.rules); };
  EXPECT_EQ(from(Day(2010, 8, 31)), Day(2026, 9, 1)) << "16 on the cut-off day itself";
  EXPECT_EQ(from(Day(2010, 9, 1)), Day(2027, 9, 1)) << "15 on it";
  EXPECT_EQ(from(Day(2012, 2, 29)), Day(2028, 9, 1));
  EXPECT_FALSE(OverAgeFrom(std::nullopt, world.rules));
  AwayChild child = world.Child();
  child.birth = Day(2010, 5, 1);
  const auto happened = Pass(world, child, Day(2027, 7, 30), std::nullopt);
  EXPECT_EQ(happened, (std::vector<Happened>{{AwayTask::kOverAge, "2026-09-01 08:00"}}))
      << "the family is not asked in the same morning";
  EXPECT_EQ(child.state, AwayState::kOverAge);
}

TEST(Away, WhoIsListedWithinATermIsAskedForThatTerm) {
  World world;
  AwayChild child = world.Child();
  child.listed_on = world.today = Day(2026, 11, 4);
  const auto happened = Pass(world, child, Day(2026, 12, 31), std::nullopt);
  EXPECT_EQ(happened, (std::vector<Happened>{{AwayTask::kAsk, "2026-11-05 08:00"},
                                             {AwayTask::kMissing, "2026-12-02 17:30"}}));
}

TEST(Away, WhoseCountyIsUnknownIsVisitedAtOnceAndNotWrittenAbout) {
  World world;
  AwayChild child = world.Child();
  child.division = {};
  child.listed_on = world.today = Day(2026, 11, 4);
  const auto happened = Pass(world, child, Day(2026, 12, 31), std::nullopt);
  EXPECT_EQ(happened, (std::vector<Happened>{{AwayTask::kVisit, "2026-11-04 08:00"},
                                             {AwayTask::kMissing, "2026-12-02 17:30"}}));
}

TEST(Away, VisitsByDaysFallOnWorkingDays) {
  World world;
  world.rules.visit_every_days = 90;
  AwayChild child = world.Child();
  const auto happened = Pass(world, child, Day(2027, 7, 30), Enrolled());
  std::vector<std::string> visits;
  for (const Happened& one : happened) {
    if (one.first == AwayTask::kVisit) visits.push_back(one.second);
  }
  EXPECT_EQ(visits, (std::vector<std::string>{"2026-11-18 08:00", "2027-02-16 08:00",
                                              "2027-05-17 08:00"}));
}

// A machine that stood still for a year does not write last year's letters.
TEST(Away, ATermThatIsOverIsNotMadeUpFor) {
  World world;
  AwayChild child = world.Child();
  world.today = Day(2027, 2, 25);
  const auto happened = Pass(world, child, Day(2027, 2, 28), std::nullopt);
  EXPECT_EQ(happened, (std::vector<Happened>{{AwayTask::kVisit, "2027-02-22 08:00"},
                                             {AwayTask::kAsk, "2027-02-23 08:00"}}));
}

}  // namespace
}  // namespace tracing
