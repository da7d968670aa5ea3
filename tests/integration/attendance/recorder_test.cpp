// Roll calls on a real database: one transaction a batch, answered once, kept for ever.
#include "attendance/app/recorder.h"

#include <gmock/gmock.h>

#include "integration/attendance/office_fixture.h"

namespace attendance {
namespace {

using testing::D;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::M;
using testing::SchoolDaysFrom;

class RecorderTest : public OfficeTest {
 protected:
  const base::Date day_ = D("2026-09-10");
};

TEST_F(RecorderTest, ARowForEachRollCall) {
  const auto answer =
      Record(Submit(11, day_, Half::kMorning, {M(1102, Mark::kSickLeave), M(1101, Mark::kAbsent)}));
  ASSERT_TRUE(answer.ok()) << Said(answer);
  EXPECT_EQ(*answer,
            (RollCallAnswer{.revision = 1, .replaced = false, .expected = 5, .exceptions = 2}));
  EXPECT_EQ(Seen("SELECT class_id, day, half, revision, expected, HEX(exceptions), recorded_at,"
                 " taken_at FROM roll_call"),
            "11\t2026-09-10\t0\t1\t5\t01EE440C\t2026-09-14 10:00:00.000\t2026-09-14 10:00:00.000");
  EXPECT_EQ(Seen("SELECT person_id, name, role, body FROM actor"),
            "T1\t王老师\thomeroom_teacher\t3135000001");
  EXPECT_EQ(Live(), Reloaded());
}

TEST_F(RecorderTest, ACorrectionKeepsBoth) {
  ASSERT_TRUE(Record(Submit(11, day_, Half::kMorning, {M(1101, Mark::kAbsent)})).ok());
  const auto second = Record(Submit(11, day_, Half::kMorning, {M(1102, Mark::kLate)}));
  ASSERT_TRUE(second.ok()) << Said(second);
  EXPECT_EQ(second->revision, 2);
  EXPECT_TRUE(second->replaced);
  EXPECT_EQ(Seen("SELECT GROUP_CONCAT(revision ORDER BY revision) FROM roll_call"), "1,2");
  EXPECT_EQ(Live(), Reloaded());
}

TEST_F(RecorderTest, ARepeatedKeyGetsTheFirstAnswerAndChangesNothing) {
  const Submission first = Submit(11, day_, Half::kMorning, {M(1101, Mark::kAbsent)});
  const auto answer = Record(first);
  ASSERT_TRUE(answer.ok());
  EXPECT_EQ(*Record(first), *answer);
  ASSERT_TRUE(Record(Submit(11, day_, Half::kMorning)).ok());  // somebody corrects it
  EXPECT_EQ(*Record(first), *answer);  // a late repeat must not undo the correction
  const std::string before = Live();
  Restart();
  EXPECT_EQ(*Record(first), *answer);  // read from the row
  EXPECT_EQ(Seen("SELECT COUNT(*) FROM roll_call"), "2");
  EXPECT_EQ(Live(), before);
}

TEST_F(RecorderTest, ARepeatedKeyIsAnsweredWhenTheDayHasBecomeTooOld) {
  const Submission first = Submit(11, day_, Half::kMorning);
  ASSERT_TRUE(Record(first).ok());
  clock_.Set(testing::Evening(D("2026-10-12")));
  EXPECT_TRUE(Record(first).ok());
  EXPECT_EQ(Record(Submit(11, day_, Half::kMorning)).error().reason, "DAY_TOO_OLD");
}

TEST_F(RecorderTest, RepeatsAndCorrectionsWithinOneBatch) {
  const Submission first = Submit(11, day_, Half::kMorning, {M(1101, Mark::kAbsent)});
  const Submission correction = Submit(11, day_, Half::kMorning);
  const std::vector<Submission> batch = {first, first,      correction,
                                         first, correction, Submit(11, day_, Half::kAfternoon)};
  const RollCallAnswers answers = copy_->recorder.Record(batch);
  ASSERT_EQ(answers.size(), 6u);
  for (const auto& answer : answers) ASSERT_TRUE(answer.ok()) << Said(answer);
  EXPECT_EQ(answers[0]->revision, 1);
  EXPECT_EQ(*answers[1], *answers[0]);
  EXPECT_EQ(answers[2]->revision, 2);
  EXPECT_EQ(*answers[3], *answers[0]);
  EXPECT_EQ(*answers[4], *answers[2]);
  EXPECT_EQ(answers[5]->revision, 1);
  EXPECT_EQ(Seen("SELECT COUNT(*) FROM roll_call"), "3");
  EXPECT_EQ(Live(), Reloaded());
}

TEST_F(RecorderTest, OneRefusedDoesNotStopTheOthers) {
  const RollCallAnswers answers = copy_->recorder.Record(
      std::vector<Submission>{Submit(99, day_, Half::kMorning), Submit(11, day_, Half::kMorning),
                              Submit(12, D("2026-09-12"), Half::kMorning),
                              Submit(21, day_, Half::kMorning, {M(1101, Mark::kAbsent)})});
  EXPECT_EQ(answers[0].error().reason, "CLASS_UNKNOWN");
  EXPECT_TRUE(answers[1].ok());
  EXPECT_EQ(answers[2].error().reason, "NOT_A_SCHOOL_DAY");
  EXPECT_EQ(answers[3].error().reason, "STUDENT_NOT_IN_CLASS");
  EXPECT_EQ(Seen("SELECT COUNT(*) FROM roll_call"), "1");
}

TEST_F(RecorderTest, TheThirdDayIsToldInTheSameTransaction) {
  RecordAbsences(2);
  EXPECT_THAT(EventTypes(), IsEmpty());
  EXPECT_EQ(copy_->notified, 0);
  RecordAbsences(3);  // the first two are corrections that change nothing
  ASSERT_THAT(EventTypes(), ElementsAre("attendance.absence.suspected"));
  EXPECT_EQ(copy_->notified, 1);
  const store::NewEvent event = Events().front().event;
  EXPECT_EQ(event.subject, "student/1101");
  EXPECT_EQ(event.time, clock_.Now());
  contract::AbsenceSuspected payload;
  ASSERT_EQ(event.payload_type, payload.GetDescriptor()->full_name());
  ASSERT_TRUE(payload.ParseFromString(event.payload));
  EXPECT_EQ(payload.student_name(), "学生1101");
  EXPECT_EQ(payload.class_id(), 11);
  EXPECT_EQ(payload.school_code(), "3135000001");
  EXPECT_EQ(payload.first_day().day(), 1);
  EXPECT_EQ(payload.reached_on().day(), 3);
  EXPECT_EQ(payload.reached_half(), contract::HALF_DAY_MORNING);
  EXPECT_EQ(payload.days(), 3);
  EXPECT_EQ(payload.streak_id(), 1);
  EXPECT_THAT(payload.rule(), ::testing::StartsWith("无故缺勤 >= 3 个教学日(任一半天)"));
  // Back, and then it turns out that he was not.
  const base::Date fourth = D("2026-09-04");
  ASSERT_TRUE(Record(Submit(11, fourth, Half::kMorning)).ok());
  ASSERT_TRUE(Record(Submit(11, fourth, Half::kMorning, {M(1101, Mark::kAbsent)})).ok());
  EXPECT_THAT(EventTypes(),
              ElementsAre("attendance.absence.suspected", "attendance.student.returned",
                          "attendance.student.return_withdrawn"));
  ASSERT_TRUE(Record(Submit(11, D("2026-09-02"), Half::kMorning)).ok());
  EXPECT_EQ(EventTypes().back(), "attendance.absence.withdrawn");
  contract::AbsenceWithdrawn withdrawn;
  ASSERT_TRUE(withdrawn.ParseFromString(Events().back().event.payload));
  EXPECT_EQ(withdrawn.streak_id(), 1);
  EXPECT_EQ(withdrawn.why(), "点名更正或补点名");
  EXPECT_EQ(Live(), Reloaded());
}

TEST_F(RecorderTest, ChronicAbsenceIsToldOnceATerm) {
  for (const base::Date day : SchoolDaysFrom(D("2026-09-01"), 9)) {
    ASSERT_TRUE(Record(Submit(11, day, Half::kMorning, {M(1103, Mark::kSickLeave)})).ok());
  }
  EXPECT_THAT(EventTypes(), ElementsAre("attendance.absence.chronic"));
  EXPECT_EQ(Seen("SELECT student_id, on_day, rate_basis_points FROM chronic_absence"),
            "1103\t2026-09-10\t10000");
  EXPECT_EQ(Live(), Reloaded());
  Restart();
  EXPECT_EQ(EventTypes().size(), 1u);
}

TEST_F(RecorderTest, ARestartFindsNothingNew) {
  RecordAbsences(4);
  ASSERT_TRUE(Record(Submit(11, D("2026-09-07"), Half::kMorning)).ok());
  const std::string live = Live();
  EXPECT_EQ(Reloaded(), live);
  Restart();
  EXPECT_EQ(Live(), live);
  EXPECT_EQ(EventTypes().size(), 2u);
}

TEST_F(RecorderTest, ANewRuleFindsAtTheRestart) {
  RecordAbsences(2);
  Restart(testing::Rules(2));
  EXPECT_THAT(EventTypes(), ElementsAre("attendance.absence.suspected"));
  EXPECT_EQ(Live(), Reloaded());
}

// Whichever statement of a batch fails: nothing of it is stored and the ledger is as before, or all
// of it is and the ledger agrees; repeating with the same keys always ends with everything stored
// once.
class FailureTest : public RecorderTest, public ::testing::WithParamInterface<base::Error> {};

TEST_P(FailureTest, AtAnyStatement) {
  RecordAbsences(2);
  const base::Date third = D("2026-09-03");
  int failed = 0;
  for (int at = 0;; ++at) {
    const std::vector<Submission> batch = {
        Submit(11, third, at % 2 == 0 ? Half::kMorning : Half::kAfternoon,
               {M(1101, Mark::kAbsent)}),
        Submit(12, third, Half::kMorning, {M(1201, Mark::kLate)})};
    const std::string before = Live();
    const std::string rows = Seen("SELECT COUNT(*) FROM roll_call");
    store::FailPlan plan{.fail_at = at, .error = GetParam()};
    copy_->pool.set_fail_plan(&plan);
    RollCallAnswers answers = copy_->recorder.Record(batch);
    copy_->pool.set_fail_plan(nullptr);
    ASSERT_EQ(answers[0].ok(), answers[1].ok()) << at;
    ASSERT_TRUE(harness::WaitUntil([&] { return copy_->office.active(); }));
    if (answers[0].ok()) {
      EXPECT_EQ(Seen("SELECT COUNT(*) FROM roll_call"), std::to_string(std::stoi(rows) + 2));
    } else {
      ++failed;
      EXPECT_EQ(answers[0].error().code, base::Code::kUnavailable) << Said(answers[0]);
      EXPECT_EQ(Seen("SELECT COUNT(*) FROM roll_call"), rows) << at;
      EXPECT_EQ(Live(), before) << at;
    }
    EXPECT_EQ(Live(), Reloaded()) << at;
    answers = copy_->recorder.Record(batch);
    ASSERT_TRUE(answers[0].ok() && answers[1].ok()) << at << Said(answers[0]);
    EXPECT_EQ(Seen("SELECT COUNT(*) FROM roll_call"), std::to_string(std::stoi(rows) + 2));
    EXPECT_EQ(Live(), Reloaded());
    if (plan.seen <= at) break;  // the batch has fewer statements
  }
  EXPECT_GE(failed, 4);  // BEGIN, fence, INSERT, COMMIT at least
  EXPECT_EQ(EventTypes(), std::vector<std::string>{"attendance.absence.suspected"});
}

INSTANTIATE_TEST_SUITE_P(
    Errors, FailureTest,
    ::testing::Values(base::Error{base::Code::kUnavailable, "DB_LOST", "planned"},
                      base::Error{base::Code::kUnknownOutcome, "COMMIT_UNKNOWN", "planned"}));

TEST_F(RecorderTest, ACommitOfUnknownEndThatWasDoneIsASuccess) {
  // The server commits and the connection dies before the answer: a proxy that cuts is not at hand,
  // so the connection is killed while COMMIT waits for the fence's row... which it does not;
  // instead the look-up itself is asked about a batch that is there.
  ASSERT_TRUE(Record(Submit(11, day_, Half::kMorning)).ok());
  Office::Turn turn = copy_->office.TakeTurn();
  bool ran = false;
  const base::Status status =
      turn.Commit(Pending{*turn.ledger()}, [&](store::Transaction& tx) -> base::Status {
        ran = true;
        // As if this transaction's COMMIT had gone through and only its answer was lost.
        RETURN_IF_ERROR(tx.ExecuteText("COMMIT"));
        return base::Error{base::Code::kUnknownOutcome, "COMMIT_UNKNOWN", "planned"};
      });
  EXPECT_TRUE(ran);
  EXPECT_TRUE(status.ok()) << Said(status);
}

TEST_F(RecorderTest, ARollCallThatCannotBeStoredDoesNotHoldUpTheOthers) {
  ASSERT_EQ(Seen("ALTER TABLE roll_call ADD CONSTRAINT odd CHECK (class_id <> 12)"), "");
  const RollCallAnswers answers = copy_->recorder.Record(
      std::vector<Submission>{Submit(11, day_, Half::kMorning), Submit(12, day_, Half::kMorning),
                              Submit(21, day_, Half::kMorning)});
  EXPECT_TRUE(answers[0].ok()) << Said(answers[0]);
  EXPECT_FALSE(answers[1].ok());
  EXPECT_TRUE(answers[2].ok()) << Said(answers[2]);
  EXPECT_EQ(Live(), Reloaded());
}

TEST_F(RecorderTest, RowsThatTheLedgerDoesNotKnowMakeItLoadAnew) {
  ASSERT_TRUE(Record(Submit(12, day_, Half::kMorning)).ok());
  // Somebody wrote past the fence.
  Seen(
      "INSERT INTO roll_call SELECT day, half, 11, revision, REPEAT('x', 16), expected, actor_id,"
      " recorded_at, taken_at, exceptions FROM roll_call");
  const Submission mine = Submit(11, day_, Half::kMorning);
  const auto answer = Record(mine);
  ASSERT_FALSE(answer.ok());
  EXPECT_EQ(answer.error().code, base::Code::kUnavailable);
  EXPECT_EQ(answer.error().reason, "LEDGER_RELOADED");
  ASSERT_TRUE(harness::WaitUntil([&] { return copy_->office.active(); }));
  EXPECT_EQ(Record(mine)->revision, 2);
  EXPECT_EQ(Live(), Reloaded());
}

}  // namespace
}  // namespace attendance
