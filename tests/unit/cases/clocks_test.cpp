// Clocks are acts: they start, stand still, run again, are satisfied, expire. Edits touch none.
#include <fmt/format.h>

#include "unit/cases/story.h"

namespace cases::testing {
namespace {

Act Suspend(std::string clock, std::string_view until) {
  Act act = Kind("suspend_clock", "家长请假陪护，约定家访日期");
  act.clock = std::move(clock);
  act.until = Day(until);
  return act;
}

Act Resume(std::string clock) {
  Act act = Kind("resume_clock", "");
  act.clock = std::move(clock);
  return act;
}

class Clocks : public ::testing::Test {
 protected:
  Clocks() { story.Suspect("2026-09-09 08:30", "2026-09-07"); }
  Story story;
};

TEST_F(Clocks, EditsTouchNone) {
  const auto before = story.Known().clocks;
  EXPECT_DONE(story.Do("2026-09-09 09:00", Kind("note")));
  Act attach = Kind("attach", "");
  attach.evidence = {"照片:1.jpg"};
  EXPECT_DONE(story.Do("2026-09-09 09:05", attach));
  EXPECT_EQ(story.Known().clocks.size(), before.size());
  for (const auto& [id, clock] : story.Known().clocks) {
    EXPECT_EQ(clock.state, before.at(id).state) << id;
    EXPECT_EQ(clock.due, before.at(id).due) << id;
    EXPECT_EQ(clock.step, before.at(id).step) << id;
  }
  EXPECT_EQ(story.Known().state, "10");
}

TEST_F(Clocks, SuspendAndResumeKeepTheRemainingTime) {
  EXPECT_DONE(story.Do("2026-09-09 09:00", Suspend("report_school", "2026-09-14")));
  const Facts facts = story.Known();
  EXPECT_EQ(facts.FindClock("report_school")->state, ClockState::kSuspended);
  EXPECT_EQ(facts.FindClock("report_school")->remaining, 2);
  story.Wait("2026-09-11 23:00");
  EXPECT_EQ(story.Known().level, 1) << "a clock that stands still does not expire";
  story.Wait("2026-09-14 08:00");  // runs again by itself from that day
  EXPECT_EQ(story.Known().FindClock("report_school")->due, At("2026-09-16 17:30"));
  story.Wait("2026-09-16 17:30");
  EXPECT_EQ(story.Known().level, 2);
  EXPECT_EQ(story.ClockStory("report_school"), "started suspended resumed expired cancelled");
}

TEST_F(Clocks, ResumeByHand) {
  EXPECT_DONE(story.Do("2026-09-09 09:00", Suspend("report_school", "2026-09-20")));
  EXPECT_DONE(story.Do("2026-09-10 09:00", Resume("report_school")));
  EXPECT_EQ(story.Known().FindClock("report_school")->due, At("2026-09-14 17:30"));
}

TEST_F(Clocks, RefusalsOfSuspendAndResume) {
  EXPECT_REFUSED(story.Do("2026-09-09 09:00", Suspend("nothing", "2026-09-14")), "CLOCK_UNKNOWN",
                 "没有名为“nothing”的计时");
  EXPECT_REFUSED(story.Do("2026-09-09 09:00", Suspend("visit", "2026-09-09")), "UNTIL_PAST",
                 "恢复日期应在今天之后");
  EXPECT_REFUSED(story.Do("2026-09-09 09:00", Suspend("visit", "2026-10-10")), "SUSPEND_TOO_LONG",
                 "一次最多暂停30日");
  EXPECT_REFUSED(story.Do("2026-09-09 09:00", Resume("visit")), "CLOCK_NOT_SUSPENDED",
                 "“家访”没有暂停");
  EXPECT_DONE(story.Do("2026-09-09 09:00", Suspend("visit", "2026-09-14")));
  EXPECT_REFUSED(story.Do("2026-09-09 09:05", Suspend("visit", "2026-09-15")),
                 "CLOCK_NOT_RUNNING", "“家访”不在计时");
  EXPECT_DONE(story.Do("2026-09-09 10:00", Kind("returned", "")));
  EXPECT_REFUSED(story.Do("2026-09-09 10:05", Suspend("watch", "2026-09-15")), "CLOCK_FIXED",
                 "“核对出勤”的期限不能暂停");
  Act no_until = Suspend("watch", "2026-09-15");
  no_until.until.reset();
  EXPECT_REFUSED(story.Do("2026-09-09 10:05", no_until), "FIELD_MISSING", "截止日期");
}

TEST_F(Clocks, DoneLateIsStillDone) {
  story.Wait("2026-09-10 17:30");
  EXPECT_EQ(story.ClockStory("visit"), "started expired");
  EXPECT_EQ(story.See("2026-09-10 17:30").overdue, 2) << "contact and visit";
  EXPECT_DONE(story.Do("2026-09-10 19:00", Visit()));
  EXPECT_EQ(story.ClockStory("visit"), "started expired satisfied");
  EXPECT_EQ(story.See("2026-09-10 19:00").overdue, 0);
}

TEST_F(Clocks, AnActFindsWhatFellDueBeforeIt) {
  // The worker is late; the act is not done before what was due first.
  EXPECT_DONE(story.Do("2026-09-10 19:00", Visit()));
  EXPECT_EQ(story.ClockStory("contact"), "started expired satisfied");
  EXPECT_EQ(story.ClockStory("visit"), "started expired satisfied");
}

TEST_F(Clocks, ADueClockReadsAsOverdueBeforeItsExpiryIsRecorded) {
  EXPECT_EQ(story.See("2026-09-09 17:59").overdue, 0);
  EXPECT_EQ(story.See("2026-09-09 18:00").overdue, 1);
  EXPECT_EQ(story.See("2026-09-09 18:00").tasks.front().state, ClockState::kOverdue);
}

TEST_F(Clocks, MinutesForWhatIsUrgent) {
  Act report = Kind("mandatory_report", "疑似被侵害");
  report.target = "公安";
  EXPECT_DONE(story.Do("2026-09-09 22:30", report));
  EXPECT_EQ(story.Known().FindClock("urgent")->due, At("2026-09-09 23:30"));
  story.Wait("2026-09-09 23:30");
  EXPECT_EQ(story.ClockStory("urgent"), "started expired");
}

TEST_F(Clocks, TheStandingDutyNeverRests) {
  story.Wait("2026-09-16 17:30");
  EXPECT_EQ(story.ClockStory(kStandingTask), "started expired started");
  EXPECT_DONE(story.Do("2026-09-17 09:00", Persuasion()));
  EXPECT_EQ(story.ClockStory(kStandingTask), "started expired started satisfied started");
  EXPECT_EQ(story.Known().FindClock(kStandingTask)->due, At("2026-09-23 17:30"));
}

TEST_F(Clocks, LateWorkersMakeNoDifference) {
  Story punctual;
  punctual.Suspect("2026-09-09 08:30", "2026-09-07");
  for (int day = 9; day <= 30; ++day) punctual.Wait(fmt::format("2026-09-{:02} 23:00", day));
  story.Wait("2026-09-30 23:00");  // all at once
  const Facts a = punctual.Known();
  const Facts b = story.Known();
  EXPECT_EQ(a.level, b.level);
  EXPECT_EQ(a.version, b.version);
  for (const auto& [id, clock] : a.clocks) {
    EXPECT_EQ(clock.due, b.clocks.at(id).due) << id;
    EXPECT_EQ(clock.step, b.clocks.at(id).step) << id;
  }
}

TEST_F(Clocks, TickTwiceDoesNothingTwice) {
  story.Wait("2026-09-11 17:30");
  const auto size = story.history().size();
  story.Wait("2026-09-11 17:30");
  EXPECT_EQ(story.history().size(), size);
}

TEST(ChangedRules, ApplyFromTheirDay) {
  Profile next = SmallProfile();
  next.from = Day("2026-09-10");
  for (Task& task : next.tasks) {
    if (task.id == "report_bureau") task.due.count = 9;
    if (task.id == "contact") task.id = "call";
  }
  next.tasks.front().name = "打电话";
  Story story{Profiles{.entries = {SmallProfile(), next}}, AutumnCalendar()};
  story.Suspect("2026-09-09 08:30", "2026-09-07");
  EXPECT_EQ(story.history().back().profile, "2026-01-01");
  EXPECT_DONE(story.Do("2026-09-10 09:00", Persuasion()));
  EXPECT_EQ(story.history().back().profile, "2026-09-10");
  EXPECT_EQ(story.ClockStory("contact"), "started expired cancelled")
      << "expired on the 9th by the old rules, gone by the new";
  EXPECT_EQ(story.Known().FindClock("report_school")->due, At("2026-09-11 17:30"))
      << "a running clock keeps its due time";
  EXPECT_DONE(story.Do("2026-09-10 09:10", Kind("report")));
  EXPECT_EQ(story.Known().FindClock("report_bureau")->due, At("2026-09-22 17:30"))
      << "nine working days, with the worked Sunday";
}

}  // namespace
}  // namespace cases::testing
