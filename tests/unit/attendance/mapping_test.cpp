#include "attendance/endpoints/mapping.h"

#include <gtest/gtest.h>

#include "attendance/endpoints/replies.h"

namespace attendance {
namespace {

bus::Envelope Teacher() {
  bus::Envelope envelope;
  envelope.mutable_actor()->set_person_id("T1");
  envelope.mutable_actor()->set_role("homeroom_teacher");
  envelope.set_idempotency_key(std::string(16, 'k'));
  return envelope;
}
contract::SubmitRollCall RollCall() {
  contract::SubmitRollCall request;
  request.set_class_id(11);
  request.mutable_day()->set_year(2026);
  request.mutable_day()->set_month(9);
  request.mutable_day()->set_day(1);
  request.set_half(contract::HALF_DAY_AFTERNOON);
  return request;
}

TEST(MappingTest, ARollCallArrivesWhole) {
  contract::SubmitRollCall request = RollCall();
  contract::Exception& one = *request.add_exceptions();
  one.set_student_id(7);
  one.set_mark(contract::MARK_LATE);
  request.mutable_taken_at()->set_seconds(1788278400);
  const auto submission = ToSubmission(request, Teacher());
  ASSERT_TRUE(submission.ok()) << submission.error().ToString();
  EXPECT_EQ(submission->command.class_id, ClassId{11});
  EXPECT_EQ(submission->command.half_day.day.ToString(), "2026-09-01");
  EXPECT_EQ(submission->command.half_day.half, Half::kAfternoon);
  EXPECT_EQ(submission->command.marks, (std::vector<SentMark>{{StudentId{7}, 2}}));
  EXPECT_EQ(submission->command.key_tag, KeyTag(std::string(16, 'k')));
  EXPECT_EQ(submission->actor.role, "homeroom_teacher");
  EXPECT_EQ(base::ToIso(*submission->taken_at), "2026-09-01T16:00:00.000Z");
}

TEST(MappingTest, DaysThatDoNotExist) {
  struct Case {
    int year, month, day;
  };
  for (const Case& c : {Case{2026, 2, 29}, Case{2026, 13, 1}, Case{2026, 0, 1}, Case{2026, 1, 0},
                        Case{-1, 1, 1}, Case{0, 0, 0}, Case{99999, 1, 1}, Case{2026, -3, 1}}) {
    baoxue::bus::v1::Date date;
    date.set_year(c.year);
    date.set_month(c.month);
    date.set_day(c.day);
    EXPECT_EQ(ToDate(date).error().reason, "BAD_DATE") << c.year << c.month << c.day;
  }
  baoxue::bus::v1::Date leap;
  leap.set_year(2028);
  leap.set_month(2);
  leap.set_day(29);
  EXPECT_TRUE(ToDate(leap).ok());
}

TEST(MappingTest, AWriteNeedsAnActorAndAKey) {
  bus::Envelope envelope = Teacher();
  envelope.mutable_actor()->clear_role();
  EXPECT_EQ(ToSubmission(RollCall(), envelope).error().reason, "ACTOR_MISSING");
  envelope = Teacher();
  envelope.mutable_actor()->clear_person_id();
  EXPECT_EQ(ToSubmission(RollCall(), envelope).error().reason, "ACTOR_MISSING");
  envelope = Teacher();
  std::string chinese;
  for (int i = 0; i < 64; ++i) chinese += "王";
  envelope.mutable_actor()->set_name(chinese);
  EXPECT_TRUE(ToSubmission(RollCall(), envelope).ok());  // 64 characters, 192 bytes
  envelope.mutable_actor()->set_name(chinese + "王");
  EXPECT_EQ(ToSubmission(RollCall(), envelope).error().reason, "ACTOR_TOO_LONG");
  envelope = Teacher();
  envelope.set_idempotency_key("short");
  EXPECT_EQ(ToSubmission(RollCall(), envelope).error().reason, "KEY_MISSING");
}

TEST(MappingTest, ADevicesWrongClockIsLeftOut) {
  contract::SubmitRollCall request = RollCall();
  request.mutable_taken_at()->set_seconds(-5);
  EXPECT_FALSE(ToSubmission(request, Teacher())->taken_at.has_value());
  request.mutable_taken_at()->set_seconds(99999999999);
  EXPECT_FALSE(ToSubmission(request, Teacher())->taken_at.has_value());
}

TEST(MappingTest, UnknownNumbersDoNotBecomeValues) {
  contract::SubmitRollCall request = RollCall();
  request.set_half(static_cast<contract::HalfDay>(7));
  EXPECT_EQ(ToSubmission(request, Teacher()).error().reason, "BAD_HALF_DAY");
  contract::ListStreaks list;
  list.set_state("gone");
  EXPECT_EQ(ToStreakQuery(list).error().reason, "BAD_STATE");
  contract::TryThreshold trial;
  trial.set_days(0);
  EXPECT_EQ(ToThreshold(trial).error().reason, "BAD_THRESHOLD");
  trial.set_days(3);
  trial.set_counting("sometimes");
  EXPECT_EQ(ToThreshold(trial).error().reason, "BAD_THRESHOLD");
  trial.set_counting("all_half_days");
  trial.set_op(">");
  EXPECT_EQ(ToThreshold(trial)->NeededDays(), 4);
}

TEST(MappingTest, ALeaveWithoutHalvesIsWholeDays) {
  contract::SubmitLeave request;
  request.set_student_id(7);
  request.set_kind(contract::LEAVE_KIND_SICK);
  for (auto* date : {request.mutable_from(), request.mutable_to()}) {
    date->set_year(2026);
    date->set_month(9);
    date->set_day(1);
  }
  const auto leave = ToLeave(request);
  ASSERT_TRUE(leave.ok()) << leave.error().ToString();
  EXPECT_EQ(leave->from.half, Half::kMorning);
  EXPECT_EQ(leave->to.half, Half::kAfternoon);
  request.set_reason(std::string(501, 'x'));
  EXPECT_EQ(ToLeave(request).error().reason, "TEXT_TOO_LONG");
}

// Marks and half-days carry the contract's numbers through the domain.
TEST(MappingTest, TheContractsNumbers) {
  EXPECT_EQ(static_cast<int>(Mark::kPresent), contract::MARK_PRESENT);
  EXPECT_EQ(static_cast<int>(Mark::kLate), contract::MARK_LATE);
  EXPECT_EQ(static_cast<int>(Mark::kLeftEarly), contract::MARK_LEFT_EARLY);
  EXPECT_EQ(static_cast<int>(Mark::kSickLeave), contract::MARK_SICK_LEAVE);
  EXPECT_EQ(static_cast<int>(Mark::kPersonalLeave), contract::MARK_PERSONAL_LEAVE);
  EXPECT_EQ(static_cast<int>(Mark::kAbsent), contract::MARK_ABSENT);
  EXPECT_EQ(static_cast<int>(Mark::kUnknown), contract::MARK_UNKNOWN);
  EXPECT_EQ(static_cast<int>(Mark::kNotTaken), contract::MARK_NOT_TAKEN);
}

}  // namespace
}  // namespace attendance
