// Questions on a real database: names from the roster, days older than the ledger from the rows.
#include <gmock/gmock.h>

#include "attendance/app/histories.h"
#include "attendance/app/lookups.h"
#include "integration/attendance/office_fixture.h"

namespace attendance {
namespace {

using testing::D;
using testing::M;

class LookupTest : public OfficeTest {
 protected:
  Lookups Ask() { return Lookups{copy_->office}; }
  const base::Date day_ = D("2026-09-10");
};

TEST_F(LookupTest, RollCallsWithWhoAndWhen) {
  ASSERT_TRUE(Record(Submit(11, day_, Half::kMorning, {M(1101, Mark::kAbsent)})).ok());
  ASSERT_TRUE(Record(Submit(11, day_, Half::kMorning)).ok());
  const auto latest = Ask().RollCalls(ClassId{11}, {day_, Half::kMorning}, Revisions::kLatest);
  ASSERT_EQ(latest->size(), 1u);
  EXPECT_EQ(latest->front().revision, 2);
  EXPECT_TRUE(latest->front().exceptions.empty());
  const auto all = Ask().RollCalls(ClassId{11}, {day_, Half::kMorning}, Revisions::kAll);
  ASSERT_EQ(all->size(), 2u);
  EXPECT_EQ(all->back().exceptions, (std::vector<Exception>{{StudentId{1101}, Mark::kAbsent}}));
  EXPECT_EQ(all->back().actor.name, "王老师");
  EXPECT_EQ(all->back().recorded_at, clock_.Now());
  EXPECT_TRUE(Ask().RollCalls(ClassId{12}, {day_, Half::kMorning}, Revisions::kLatest)->empty());
  EXPECT_EQ(Ask().RollCalls(ClassId{99}, {day_, Half::kMorning}, Revisions::kLatest).error().reason,
            "CLASS_UNKNOWN");
}

TEST_F(LookupTest, MissingClassesByName) {
  ASSERT_TRUE(Record(Submit(11, day_, Half::kMorning)).ok());
  const auto missing = Ask().Missing({day_, Half::kMorning}, "");
  ASSERT_TRUE(missing.ok()) << Said(missing);
  EXPECT_EQ(missing->expected, 3u);
  ASSERT_EQ(missing->classes.size(), 2u);
  EXPECT_EQ(missing->classes[0].name, "三年级12班");
  EXPECT_EQ(missing->classes[0].homeroom_teacher, "王老师");
  EXPECT_TRUE(missing->past_due);
  EXPECT_EQ(Ask().Missing({day_, Half::kMorning}, "3135000002")->classes.size(), 1u);
  EXPECT_FALSE(Ask().Missing({D("2026-09-15"), Half::kMorning}, "")->past_due);
  EXPECT_EQ(Ask().Missing({day_, Half::kMorning}, "x").error().reason, "SCHOOL_UNKNOWN");
  EXPECT_EQ(Ask().Missing({D("2026-01-05"), Half::kMorning}, "").error().reason, "RANGE_TOO_OLD");
}

TEST_F(LookupTest, StreaksAndTrials) {
  RecordAbsences(5);
  const auto open = Ask().Streaks({.states = {StreakState::kOpen}, .limit = 10});
  ASSERT_EQ(open->size(), 1u);
  EXPECT_EQ(open->front().student_name, "学生1101");
  EXPECT_EQ(open->front().school_code, "3135000001");
  EXPECT_EQ(open->front().known.streak.days, 5);
  EXPECT_TRUE(
      Ask()
          .Streaks({.states = {StreakState::kOpen}, .school_code = "3135000002", .limit = 10})
          ->empty());
  const std::string before = Live();
  const auto trial = Ask().TryThreshold(D("2026-09-01"), D("2026-09-30"), {.days = 6});
  ASSERT_TRUE(trial.ok()) << Said(trial);
  EXPECT_EQ(trial->now_found, 1u);
  EXPECT_TRUE(trial->found.empty());
  ASSERT_EQ(trial->only_now.size(), 1u);
  EXPECT_EQ(trial->only_now.front().student_name, "学生1101");
  EXPECT_EQ(Ask().TryThreshold(D("2026-09-01"), D("2026-09-30"), {.days = 5})->found.size(), 1u);
  EXPECT_EQ(Ask().TryThreshold(D("2026-09-30"), D("2026-09-01"), {}).error().reason, "BAD_RANGE");
  EXPECT_EQ(Live(), before);
  EXPECT_EQ(EventTypes().size(), 1u);
}

TEST_F(LookupTest, Sums) {
  RecordAbsences(3);
  ASSERT_TRUE(Record(Submit(11, D("2026-09-02"), Half::kMorning)).ok());
  const auto summary = Ask().SumUp(D("2026-09-01"), D("2026-09-03"));
  ASSERT_TRUE(summary.ok()) << Said(summary);
  EXPECT_EQ(summary->sums.taken, 3u);
  EXPECT_EQ(summary->sums.corrections, 1u);
  EXPECT_EQ(summary->streaks.suspected, 1u);
  EXPECT_EQ(summary->streaks.withdrawn, 1u);
}

TEST_F(LookupTest, ChronicByName) {
  for (const base::Date day : testing::SchoolDaysFrom(D("2026-09-01"), 8)) {
    ASSERT_TRUE(Record(Submit(11, day, Half::kMorning, {M(1103, Mark::kSickLeave)})).ok());
  }
  const auto chronic = Ask().Chronic(D("2026-09-14"), 10);
  ASSERT_TRUE(chronic.ok()) << Said(chronic);
  ASSERT_EQ(chronic->size(), 1u);
  EXPECT_EQ(chronic->front().name, "学生1103");
  EXPECT_EQ(chronic->front().class_id, ClassId{11});
}

TEST_F(LookupTest, AStudentsHalfDays) {
  ASSERT_TRUE(Record(Submit(11, D("2026-09-01"), Half::kMorning, {M(1101, Mark::kLate)})).ok());
  ASSERT_TRUE(Record(Submit(11, D("2026-09-02"), Half::kAfternoon)).ok());
  Histories histories{copy_->office};
  const auto marks = histories.MarksOf(StudentId{1101}, D("2026-09-01"), D("2026-09-30"));
  ASSERT_TRUE(marks.ok()) << Said(marks);
  ASSERT_EQ(marks->size(), 4u);
  EXPECT_EQ((*marks)[0].record.mark, Mark::kLate);
  EXPECT_EQ((*marks)[1].record.mark, Mark::kNotTaken);
  EXPECT_EQ((*marks)[2].record.mark, Mark::kNotTaken);
  EXPECT_EQ((*marks)[3].record.mark, Mark::kPresent);
  EXPECT_EQ(histories.MarksOf(StudentId{1101}, D("2026-09-02"), D("2026-09-02"))->size(), 2u);
  EXPECT_EQ(histories.MarksOf(StudentId{4711}, D("2026-09-01"), D("2026-09-02")).error().reason,
            "STUDENT_UNKNOWN");
  EXPECT_EQ(histories.MarksOf(StudentId{1101}, D("2026-09-01"), D("2028-09-02")).error().reason,
            "BAD_RANGE");
  EXPECT_EQ(histories.PresenceSince(StudentId{1101}, D("2026-09-01"))->present_days, 2);
}

// Two terms later the ledger has forgotten the first one; the rows have not.
TEST_F(LookupTest, DaysOlderThanTheLedgerComeFromTheRows) {
  Profile profile = TestProfile();
  profile.days.county = base::Calendar::Make({{"一", D("2026-09-01"), D("2027-01-22")},
                                              {"二", D("2027-02-22"), D("2027-07-02")},
                                              {"三", D("2027-09-01"), D("2028-01-21")}},
                                             {}, {})
                            .value();
  RecordAbsences(3);
  ASSERT_TRUE(Record(Submit(11, D("2026-09-04"), Half::kMorning)).ok());
  copy_.reset();
  clock_.Set(testing::Evening(D("2027-09-06")));
  copy_ = std::make_unique<Copy>(options_, clock_, profile);
  ASSERT_TRUE(copy_->duty.Start(std::chrono::seconds{10}));
  EXPECT_EQ(copy_->office.Read([](const Ledger& ledger) { return ledger.horizon().begin; }).value(),
            D("2027-02-22"));
  const auto marks =
      Histories{copy_->office}.MarksOf(StudentId{1101}, D("2026-09-01"), D("2026-09-04"));
  ASSERT_TRUE(marks.ok()) << Said(marks);
  ASSERT_EQ(marks->size(), 8u);
  EXPECT_EQ((*marks)[0].record.mark, Mark::kAbsent);
  EXPECT_EQ((*marks)[1].record.mark, Mark::kNotTaken);
  EXPECT_EQ((*marks)[6].record.mark, Mark::kPresent);
  // What was reported then is neither found again nor taken back.
  EXPECT_EQ(EventTypes().size(), 2u);
}

}  // namespace
}  // namespace attendance
