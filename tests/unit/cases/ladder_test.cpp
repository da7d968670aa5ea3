// The way up the ladder: opening, duties, reports, acknowledgement, automatic moves, skips.
#include "unit/cases/story.h"

namespace cases::testing {
namespace {

TEST(Ladder, OpensAtTheTeacherWithDutiesAndDueTimes) {
  Story story;
  story.Suspect("2026-09-09 08:30", "2026-09-07");
  const View view = story.See("2026-09-09 08:30");
  EXPECT_EQ(view.facts.state, "10");
  EXPECT_EQ(view.state_name, "疑似辍学");
  EXPECT_EQ(view.facts.level, 1);
  EXPECT_EQ(view.responsible.person, "林老师");
  EXPECT_EQ(view.responsible.body, "第一小学");
  EXPECT_EQ(view.facts.first_absent, Day("2026-09-07"));
  EXPECT_EQ(view.next_due, At("2026-09-09 18:00"));
  EXPECT_EQ(view.facts.FindClock("visit")->due, At("2026-09-10 17:30"));
  EXPECT_EQ(view.facts.FindClock("report_school")->due, At("2026-09-11 17:30"));
  EXPECT_EQ(view.facts.FindClock(kStandingTask)->due, At("2026-09-16 17:30"));
}

TEST(Ladder, OpensAtTheLevelThatTheThresholdSays) {
  Story story;
  story.Suspect("2026-09-21 08:30", "2026-09-07", 1, 10);
  EXPECT_EQ(story.Known().level, 2);
  EXPECT_EQ(story.See("2026-09-21 08:30").responsible.level, "学校");
  EXPECT_NE(story.Known().FindClock("contact"), nullptr) << "lower duties run too";
}

TEST(Ladder, WithoutATeacherTheSchoolAnswersAndWithoutASchoolTheInbox) {
  Story story;
  Signal signal{.found_by = "人工", .contacts = {.school_name = "第一小学"}, .actor = Officer()};
  EXPECT_DONE(story.Give("2026-09-09 08:30", signal));
  EXPECT_EQ(story.Known().responsible.body, "第一小学");
  EXPECT_EQ(story.history().front().actor, Officer());
  Story unknown;
  EXPECT_DONE(unknown.Give("2026-09-09 08:30", Signal{.found_by = "比对", .reference = "match/1"}));
  EXPECT_EQ(unknown.Known().responsible.person_id, "inbox");
}

TEST(Ladder, AFirstRecordBeginsTheCheck) {
  Story story;
  story.Suspect("2026-09-09 08:30", "2026-09-07");
  EXPECT_DONE(story.Do("2026-09-09 09:00", Contact()));
  EXPECT_EQ(story.Known().state, "20");
  EXPECT_EQ(story.ClockStory("contact"), "started satisfied");
}

TEST(Ladder, ReportMovesUpAndMustBeAcknowledgedOrReturned) {
  Story story;
  story.Suspect("2026-09-09 08:30", "2026-09-07");
  EXPECT_REFUSED(story.Do("2026-09-09 09:00", Report()), "PERSUASIONS_MISSING",
                 "需要1次劝返，已记录0次");
  EXPECT_DONE(story.Do("2026-09-09 09:00", Persuasion()));
  EXPECT_DONE(story.Do("2026-09-09 09:10", Report()));
  EXPECT_EQ(story.Known().level, 2);
  EXPECT_EQ(story.Known().responsible.level, "学校");
  EXPECT_EQ(story.ClockStory("report_school"), "started satisfied");
  EXPECT_EQ(story.ClockStory("visit"), "started") << "a higher level stops no lower duty";
  EXPECT_DONE(story.Do("2026-09-09 10:00", Kind("return_with_reason", "材料不全"), Principal()));
  EXPECT_EQ(story.Known().level, 1);
  EXPECT_EQ(story.ClockStory("report_school"), "started satisfied started");
  EXPECT_REFUSED(story.Do("2026-09-09 10:10", Kind("acknowledge"), Principal()),
                 "NOTHING_TO_ACKNOWLEDGE", "没有待签收");
  EXPECT_DONE(story.Do("2026-09-09 11:00", Report()));
  EXPECT_DONE(story.Do("2026-09-09 11:10", Kind("acknowledge"), Principal()));
  EXPECT_REFUSED(story.Do("2026-09-09 11:20", Kind("return_with_reason"), Principal()),
                 "NOTHING_TO_ACKNOWLEDGE", "没有待签收");
}

TEST(Ladder, TheReportToTheBureauIsInWriting) {
  Story story;
  story.Suspect("2026-09-09 08:30", "2026-09-07");
  EXPECT_DONE(story.Do("2026-09-09 09:00", Persuasion()));
  EXPECT_DONE(story.Do("2026-09-09 09:10", Kind("report")));
  EXPECT_REFUSED(story.Do("2026-09-09 09:20", Kind("report"), Principal()), "EVIDENCE_MISSING",
                 "缺少佐证材料：书面报告");
  EXPECT_DONE(story.Do("2026-09-09 09:30", Report(), Principal()));
  EXPECT_EQ(story.Known().level, 3);
}

TEST(Ladder, OverdueReportMovesUpByItself) {
  Story story;
  story.Suspect("2026-09-09 08:30", "2026-09-07");
  story.Wait("2026-09-11 17:29");
  EXPECT_EQ(story.Known().level, 1);
  story.Wait("2026-09-11 17:30");
  EXPECT_EQ(story.Known().level, 2);
  EXPECT_EQ(story.ClockStory("report_school"), "started expired cancelled");
  EXPECT_EQ(story.ClockStory("contact"), "started expired");
  // Two working days from Friday evening, then the bureau has it.
  story.Wait("2026-09-15 17:30");
  EXPECT_EQ(story.Known().level, 3);
  EXPECT_EQ(story.See("2026-09-15 17:30").responsible.body, "区教育局");
}

TEST(Ladder, AnAutomaticMoveWaitsForItsGateAndTriesAgain) {
  Story story;
  story.Suspect("2026-09-09 08:30", "2026-09-07");
  story.Wait("2026-09-15 17:30");  // the bureau; to acknowledge by 09-17, then three days more
  story.Wait("2026-09-21 17:29");  // Sunday 09-20 is worked
  EXPECT_EQ(story.Count(EntryKind::kMoveBlocked), 0);
  story.Wait("2026-09-21 17:30");
  ASSERT_EQ(story.Count(EntryKind::kMoveBlocked), 1);
  EXPECT_EQ(story.Known().level, 3);
  story.PersuadeThrice("2026-09-23", "2026-09-24");
  story.Wait("2026-09-24 17:30");
  EXPECT_EQ(story.Known().level, 4);
}

TEST(Ladder, SkippingNeedsANamedReason) {
  Story story;
  story.Suspect("2026-09-09 08:30", "2026-09-07");
  Act skip = Kind("escalate", "");
  skip.target = "3";
  EXPECT_REFUSED(story.Do("2026-09-09 09:00", skip), "SKIP_REASON_MISSING", "失联、强制报告");
  skip.reason_code = "强制报告";  // keeps the gates
  EXPECT_REFUSED(story.Do("2026-09-09 09:00", skip), "PERSUASIONS_MISSING", "1次劝返");
  skip.reason_code = "失联";
  EXPECT_DONE(story.Do("2026-09-09 09:00", skip));
  EXPECT_EQ(story.Known().level, 3);
  EXPECT_EQ(story.Known().reason_code, "") << "the reason of a skip is not the cause of absence";
}

TEST(Ladder, LevelsOnlyGoUpAndEnd) {
  Story story;
  story.Suspect("2026-09-09 08:30", "2026-09-07");
  Act escalate = Kind("escalate", "");
  escalate.target = "1";
  EXPECT_REFUSED(story.Do("2026-09-09 09:00", escalate), "LEVEL_DOWN", "只能向上");
  escalate.target = "9";
  EXPECT_REFUSED(story.Do("2026-09-09 09:00", escalate), "TARGET_UNKNOWN", "没有第“9”级");
  escalate.target = "five";
  EXPECT_REFUSED(story.Do("2026-09-09 09:00", escalate), "TARGET_UNKNOWN", "没有第“five”级");
  escalate.target = "5";
  escalate.reason_code = "失联";
  EXPECT_DONE(story.Do("2026-09-09 09:00", escalate));
  EXPECT_REFUSED(story.Do("2026-09-09 09:10", Report()), "NO_HIGHER_LEVEL", "已是最高一级");
}

TEST(Ladder, ConfirmedMissingOrderedAndCourt) {
  Story story;
  story.Suspect("2026-09-09 08:30", "2026-09-07");
  EXPECT_DONE(story.Do("2026-09-09 09:00", Persuasion()));
  Act confirm = Kind("confirm_dropout");
  confirm.reason_code = "11";
  EXPECT_REFUSED(story.Do("2026-10-04 09:00", confirm), "TOO_EARLY", "需要自2026-09-07起满28日，已27日");
  EXPECT_DONE(story.Do("2026-10-05 09:00", confirm));
  EXPECT_EQ(story.Known().state, "30");
  EXPECT_EQ(story.Known().reason_code, "11");
  Act order = Kind("order");
  order.document_no = "同府责令〔2026〕1号";
  order.evidence = {"送达回证:1"};
  order.until = Day("2026-10-16");
  EXPECT_DONE(story.Do("2026-10-08 09:00", order, Officer()));
  EXPECT_EQ(story.Known().state, "32");
  Act court = Kind("court");
  court.document_no = "（2026）闽0212民初1号";
  EXPECT_REFUSED(story.Do("2026-10-16 09:00", court, Officer()), "PERIOD_NOT_OVER",
                 "责令期限至2026-10-16，尚未届满");
  story.Wait("2026-10-16 17:30");
  EXPECT_EQ(story.Known().level, 5) << "the period is over: justice";
  EXPECT_DONE(story.Do("2026-10-17 09:00", court, Officer()));
  EXPECT_EQ(story.Known().state, "33");
}

TEST(Ladder, AssignmentHoldsUntilTheLevelChanges) {
  Story story;
  story.Suspect("2026-09-09 08:30", "2026-09-07");
  Act assign = Kind("assign", "");
  assign.target = "t9|赵老师";
  EXPECT_DONE(story.Do("2026-09-09 09:00", assign, Principal()));
  EXPECT_EQ(story.Known().responsible.person, "赵老师");
  EXPECT_EQ(story.Known().responsible.body, "第一小学");
  EXPECT_DONE(story.Do("2026-09-09 09:10", Persuasion()));
  EXPECT_EQ(story.Known().responsible.person, "赵老师") << "the check begins with the same person";
  EXPECT_DONE(story.Do("2026-09-09 09:15", Report()));
  EXPECT_EQ(story.Known().responsible.level, "学校") << "a new level answers for itself";
  assign.target = "town";
  EXPECT_DONE(story.Do("2026-09-09 09:20", assign, Principal()));
  EXPECT_EQ(story.Known().responsible.body, "大同街道");
}

TEST(Ladder, ANewTeacherTakesOver) {
  Story story;
  story.Suspect("2026-09-09 08:30", "2026-09-07");
  Contacts contacts = story.Known().contacts;
  contacts.teacher_id = "t2";
  contacts.teacher = "周老师";
  EXPECT_DONE(story.Give("2026-09-09 12:00", ContactsChanged{.contacts = contacts}));
  EXPECT_EQ(story.Known().responsible.person, "周老师");
  EXPECT_EQ(story.See("2026-09-09 12:00").tasks.front().owner.person, "周老师");
  const auto before = story.history().size();
  EXPECT_DONE(story.Give("2026-09-09 12:10", ContactsChanged{.contacts = contacts}));
  EXPECT_EQ(story.history().size(), before);
}

}  // namespace
}  // namespace cases::testing
