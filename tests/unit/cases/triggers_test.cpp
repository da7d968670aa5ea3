// What signals and other services' events do to a case.
#include "unit/cases/story.h"

namespace cases::testing {
namespace {

StudentBack Back(std::string_view local) {
  return {.at = At(local), .day = base::DateAt(At(local)), .streak = StreakId{1}};
}
RegistryFact Fact(std::string event, std::string_view day) {
  return {.at = {}, .event = std::move(event), .text = "学籍变动", .effective = Day(day), .until = {}};
}
Presence Present(std::string_view since, int in_row) {
  return {.since = Day(since), .present_days_in_row = in_row, .present_days = in_row,
          .school_days = in_row};
}

class Triggers : public ::testing::Test {
 protected:
  Triggers() { story.Suspect("2026-09-09 08:30", "2026-09-07"); }
  Story story;
};

TEST_F(Triggers, TheSameSignalTwiceChangesNothing) {
  const auto size = story.history().size();
  story.Suspect("2026-09-09 08:35", "2026-09-07");
  EXPECT_EQ(story.history().size(), size);
}

TEST_F(Triggers, AnotherSignalIsAttached) {
  Signal letter{.found_by = "来函", .reference = "letter/9", .first_absent = Day("2026-09-02")};
  EXPECT_DONE(story.Give("2026-09-10 09:00", letter));
  EXPECT_EQ(story.Count(EntryKind::kAttached), 1);
  EXPECT_EQ(story.Known().first_absent, Day("2026-09-02"));
  EXPECT_EQ(story.Known().found_by, "考勤");
}

TEST_F(Triggers, ARemarkNeverOpens) {
  Story empty;
  EXPECT_DONE(empty.Give("2026-09-10 09:00", Signal{.found_by = "考勤", .remark_only = true}));
  EXPECT_TRUE(empty.history().empty());
  EXPECT_DONE(story.Give("2026-09-10 09:00", Signal{.found_by = "考勤", .reference = "chronic/1",
                                                   .remark_only = true}));
  EXPECT_EQ(story.Count(EntryKind::kAttached), 1);
}

TEST_F(Triggers, ACorrectedAbsenceWithdrawsWithATrace) {
  EXPECT_DONE(story.Do("2026-09-09 09:00", Contact()));
  EXPECT_DONE(story.Give("2026-09-09 12:00", SignalWithdrawn{.reference = "streak/1",
                                                            .why = "病假条补交"}));
  EXPECT_EQ(story.Known().state, "90");
  EXPECT_FALSE(story.Known().open());
  EXPECT_EQ(story.Count(EntryKind::kSignalWithdrawn), 1);
  EXPECT_EQ(story.See("2026-09-09 12:00").next_due, std::nullopt);
  for (const auto& [id, clock] : story.Known().clocks) EXPECT_FALSE(clock.IsLive()) << id;
}

TEST_F(Triggers, AWithdrawalIsOnlyRecordedWhenAnotherSignalStands) {
  EXPECT_DONE(story.Give("2026-09-09 10:00", Signal{.found_by = "举报", .reference = "call/1"}));
  EXPECT_DONE(story.Give("2026-09-09 12:00", SignalWithdrawn{.reference = "streak/1"}));
  EXPECT_EQ(story.Known().state, "10");
  EXPECT_EQ(story.Count(EntryKind::kSignalWithdrawn), 1);
  EXPECT_DONE(story.Give("2026-09-09 12:00", SignalWithdrawn{.reference = "streak/77"}));
  EXPECT_EQ(story.Count(EntryKind::kSignalWithdrawn), 1) << "not a signal of this case";
}

TEST_F(Triggers, ARemarkDoesNotKeepACaseWhoseSignalIsWithdrawn) {
  EXPECT_DONE(story.Give("2026-09-09 10:00", Signal{.found_by = "考勤", .reference = "chronic/1",
                                                   .remark_only = true}));
  EXPECT_DONE(story.Give("2026-09-09 12:00", SignalWithdrawn{.reference = "streak/1"}));
  EXPECT_EQ(story.Known().state, "90");
}

TEST_F(Triggers, AWithdrawalIsOnlyRecordedWhenTheDropoutIsConfirmed) {
  EXPECT_DONE(story.Do("2026-09-09 09:00", Persuasion()));
  Act confirm = Kind("confirm_dropout");
  confirm.reason_code = "11";
  EXPECT_DONE(story.Do("2026-10-05 09:00", confirm));
  EXPECT_DONE(story.Give("2026-10-05 12:00", SignalWithdrawn{.reference = "streak/1"}));
  EXPECT_EQ(story.Known().state, "30");
}

TEST_F(Triggers, AReturnedStudentIsWatchedAndThenReviewedBySomeoneElse) {
  EXPECT_DONE(story.Give("2026-09-10 08:10", Back("2026-09-10 08:10")));
  EXPECT_EQ(story.Known().state, "40");
  EXPECT_EQ(story.See("2026-09-10 08:10").responsible.person, "林老师");
  EXPECT_EQ(story.Known().FindClock("watch")->due, At("2026-09-17 17:30"));
  Act review = Kind("review", "");
  review.approve = true;
  EXPECT_REFUSED(story.Do("2026-09-11 09:00", review, Reviewer()), "PRESENCE_MISSING",
                 "需要连续到校5个教学日，考勤尚未核对");
  story.Wait("2026-09-17 17:30");
  EXPECT_TRUE(story.See("2026-09-17 17:30").presence_due) << "waits for attendance's answer";
  EXPECT_EQ(story.ClockStory("watch"), "started");
  story.Wait("2026-09-17 17:30", Present("2026-09-10", 3));
  EXPECT_EQ(story.Known().FindClock("watch")->due, At("2026-09-20 17:30")) << "two days more";
  EXPECT_REFUSED(story.Do("2026-09-18 09:00", review, Reviewer()), "PRESENCE_MISSING",
                 "已连续到校3个(截至2026-09-17)");
  story.Wait("2026-09-20 17:30", Present("2026-09-10", 5));
  EXPECT_EQ(story.Known().FindClock("watch")->due, At("2026-09-24 17:30")) << "the window's end";
  EXPECT_REFUSED(story.Do("2026-09-21 09:00", review, Reviewer()), "WATCH_NOT_OVER",
                 "复学观察期14日，2026-09-24届满");
  story.Wait("2026-09-24 17:30", Present("2026-09-10", 9));
  EXPECT_EQ(story.ClockStory("review"), "started");
  EXPECT_REFUSED(story.Do("2026-09-28 09:00", review, Reviewer()), "EVIDENCE_MISSING",
                 "缺少佐证材料：复学登记");
  review.evidence = {"复学登记:1"};
  EXPECT_DONE(story.Do("2026-09-28 09:00", review, Reviewer()));
  EXPECT_EQ(story.Known().state, "80");
  EXPECT_TRUE(story.Known().closed_at.has_value());
}

TEST_F(Triggers, WhoHandledTheReturnMayNotReviewIt) {
  EXPECT_DONE(story.Do("2026-09-10 09:00", Kind("returned", ""), Officer()));
  story.Wait("2026-09-24 17:30", Present("2026-09-10", 10));
  Act review = Kind("review", "");
  review.approve = true;
  review.evidence = {"复学登记:1"};
  EXPECT_REFUSED(story.Do("2026-09-28 09:00", review, Officer()), "SAME_PERSON",
                 "审核人不能是经办人");
  EXPECT_REFUSED(story.Do("2026-09-28 09:00", review, Teacher()), "SAME_PERSON",
                 "审核人不能是经办人");
  review.approve = false;
  EXPECT_REFUSED(story.Do("2026-09-28 09:00", review, Reviewer()), "FIELD_MISSING", "说明");
  review.text = "请补充承诺书";
  EXPECT_DONE(story.Do("2026-09-28 09:00", review, Reviewer()));
  EXPECT_EQ(story.Known().state, "40");
  EXPECT_EQ(story.ClockStory("review"), "started satisfied started") << "reviewed again later";
}

TEST_F(Triggers, AReturnThatWasNoneGoesOnWhereItWas) {
  EXPECT_DONE(story.Do("2026-09-09 09:00", Persuasion()));
  EXPECT_DONE(story.Do("2026-09-09 09:10", Report()));
  EXPECT_DONE(story.Give("2026-09-10 08:10", Back("2026-09-10 08:10")));
  EXPECT_DONE(story.Give("2026-09-10 12:00", ReturnWithdrawn{.streak = StreakId{9}}));
  EXPECT_EQ(story.Known().state, "40") << "another streak";
  EXPECT_DONE(story.Give("2026-09-10 12:00", ReturnWithdrawn{.streak = StreakId{1}}));
  EXPECT_EQ(story.Known().state, "20");
  EXPECT_EQ(story.Known().level, 2);
  EXPECT_EQ(story.Known().persuasions, 1);
  EXPECT_EQ(story.ClockStory("watch"), "started cancelled");
  EXPECT_TRUE(story.Known().FindClock("report_bureau")->IsLive());
  EXPECT_FALSE(story.Known().returned_on.has_value());
  EXPECT_DONE(story.Give("2026-09-11 08:10", Back("2026-09-11 08:10")));
  EXPECT_EQ(story.Known().state, "40");
  Story by_hand;
  by_hand.Suspect("2026-09-09 08:30", "2026-09-07");
  EXPECT_DONE(by_hand.Do("2026-09-10 09:00", Kind("returned", "")));
  EXPECT_DONE(by_hand.Give("2026-09-10 12:00", ReturnWithdrawn{.streak = StreakId{1}}));
  EXPECT_EQ(by_hand.Known().state, "40") << "a person registered it";
}

TEST_F(Triggers, ARelapseReopens) {
  EXPECT_DONE(story.Do("2026-09-09 09:00", Persuasion()));
  EXPECT_DONE(story.Give("2026-09-10 08:10", Back("2026-09-10 08:10")));
  story.Suspect("2026-09-16 08:30", "2026-09-14", 2);
  EXPECT_EQ(story.Known().state, "10") << "never confirmed before";
  EXPECT_EQ(story.Count(EntryKind::kReopened), 1);
  EXPECT_EQ(story.Known().persuasions, 0) << "counts start anew";
  EXPECT_EQ(story.Known().persuasions_total, 1);
  EXPECT_EQ(story.ClockStory("watch"), "started cancelled");
  EXPECT_EQ(story.ClockStory("contact"), "started satisfied started");
}

TEST_F(Triggers, ARelapseThatIsTakenBackWatchesOn) {
  EXPECT_DONE(story.Give("2026-09-10 08:10", Back("2026-09-10 08:10")));
  story.Suspect("2026-09-16 08:30", "2026-09-14", 2);
  EXPECT_DONE(story.Give("2026-09-16 12:00", SignalWithdrawn{.reference = "streak/2"}));
  EXPECT_EQ(story.Known().state, "40");
  EXPECT_EQ(story.Known().returned_on, Day("2026-09-10"));
  EXPECT_TRUE(story.Known().FindClock("watch")->IsLive());
}

TEST_F(Triggers, ARelapseOfAConfirmedDropoutIsADropout) {
  EXPECT_DONE(story.Do("2026-09-09 09:00", Persuasion()));
  Act confirm = Kind("confirm_dropout");
  confirm.reason_code = "11";
  EXPECT_DONE(story.Do("2026-10-05 09:00", confirm));
  EXPECT_DONE(story.Give("2026-10-12 08:10", Back("2026-10-12 08:10")));
  story.Suspect("2026-10-19 08:30", "2026-10-15", 2);
  EXPECT_EQ(story.Known().state, "30");
}

TEST_F(Triggers, AClosedCaseIsReopenedForAWhile) {
  EXPECT_DONE(story.Do("2026-09-10 09:00", Resolve("41", {"转学完成:1"})));
  Act review = Kind("review", "");
  review.approve = true;
  EXPECT_DONE(story.Do("2026-09-11 09:00", review, Reviewer()));
  ASSERT_EQ(story.Known().state, "80");
  EXPECT_TRUE(Reopens(story.Known(), story.profile(), Day("2026-12-20")));
  EXPECT_FALSE(Reopens(story.Known(), story.profile(), Day("2026-12-21")));
  story.Suspect("2026-10-20 08:30", "2026-10-16", 5);
  EXPECT_EQ(story.Known().state, "10");
  EXPECT_FALSE(story.Known().closed_at.has_value());
}

TEST_F(Triggers, AWithdrawnCaseIsNotReopened) {
  EXPECT_DONE(story.Give("2026-09-09 12:00", SignalWithdrawn{.reference = "streak/1"}));
  EXPECT_FALSE(Reopens(story.Known(), story.profile(), Day("2026-09-10")));
  const auto size = story.history().size();
  story.Suspect("2026-09-20 08:30", "2026-09-16", 2);
  EXPECT_EQ(story.history().size(), size) << "a new case, not this one";
}

TEST_F(Triggers, TheRegistryPerformsClosings) {
  EXPECT_DONE(story.Give("2026-09-10 09:00", Fact("transferred_out", "2026-09-10")));
  EXPECT_EQ(story.Known().state, "41");
  EXPECT_EQ(story.ClockStory("review"), "started");
  EXPECT_EQ(story.See("2026-09-10 09:00").responsible.body, "区教育局");
}

TEST_F(Triggers, SuspensionOfStudiesEndsAndTheCaseGoesOn) {
  EXPECT_DONE(story.Give("2026-09-10 09:00", Fact("suspended", "2026-09-10")));
  EXPECT_EQ(story.Known().state, "43");
  EXPECT_EQ(story.Known().until, Day("2027-09-01")) << "the longest: the registry did not say";
  EXPECT_DONE(story.Give("2027-03-01 09:00", Fact("resumed", "2027-03-01")));
  EXPECT_EQ(story.Known().state, "40");
  Story other;
  other.Suspect("2026-09-09 08:30", "2026-09-07");
  RegistryFact fact = Fact("suspended", "2026-09-10");
  fact.until = Day("2026-11-10");
  EXPECT_DONE(other.Give("2026-09-10 09:00", fact));
  other.Wait("2026-11-10 17:30");
  EXPECT_EQ(other.Known().state, "10") << "back to 疑似 on expiry";
}

TEST_F(Triggers, TheRegistryProposesOrOnlyTells) {
  EXPECT_DONE(story.Give("2026-09-10 09:00", Fact("left_over_age", "2026-09-10")));
  EXPECT_EQ(story.Known().state, "10");
  EXPECT_EQ(story.Count(EntryKind::kClosingProposed), 1);
  EXPECT_DONE(story.Give("2026-09-10 09:00", Fact("graduated", "2026-09-10")));
  EXPECT_EQ(story.Count(EntryKind::kRegistryEvent), 2);
  EXPECT_DONE(story.Give("2026-09-10 09:00", Fact("skipped_grade", "2026-09-10")));
  EXPECT_EQ(story.Count(EntryKind::kRegistryEvent), 2) << "no rule, no trace";
}

TEST_F(Triggers, ADeathOfAWatchedChildIsProposedWhenThereIsNoWay) {
  EXPECT_DONE(story.Give("2026-09-10 08:10", Back("2026-09-10 08:10")));
  EXPECT_DONE(story.Give("2026-09-11 08:10", Fact("deceased", "2026-09-11")));
  EXPECT_EQ(story.Known().state, "40");
  EXPECT_EQ(story.Count(EntryKind::kClosingProposed), 1);
}

TEST_F(Triggers, LateEventsCountFromWhenTheyHappened) {
  Story late;
  Signal signal{.at = At("2026-09-09 08:30"), .found_by = "考勤", .reference = "streak/1",
                .streak = StreakId{1}, .days = 3};
  EXPECT_DONE(late.Give("2026-09-10 12:00", signal));
  EXPECT_EQ(late.history().front().at, At("2026-09-09 08:30"));
  EXPECT_EQ(late.history().front().recorded_at, At("2026-09-10 12:00"));
  EXPECT_EQ(late.Known().FindClock("contact")->due, At("2026-09-09 18:00"));
  late.Wait("2026-09-10 12:00");
  EXPECT_EQ(late.ClockStory("contact"), "started expired");
}

}  // namespace
}  // namespace cases::testing
