// The service as its neighbours and officials see it: over the bus, with real queues.
#include "integration/cases/service_fixture.h"

namespace cases::testing {
namespace {

using CasesService = ServiceTest;

v1::Act ActOf(const std::string& kind, const std::string& text = "说明") {
  v1::Act act;
  act.set_kind(kind);
  act.set_text(text);
  return act;
}

v1::Act PersuasionOf(const std::string& method) {
  v1::Act act = ActOf("persuasion");
  act.set_method(method);
  act.add_participants("林老师");
  act.set_counterpart("监护人");
  act.set_outcome("拒绝");
  return act;
}

TEST_F(CasesService, FromAbsenceToCaseWithTeacherTimelineAndReasons) {
  TellRegistry();
  Settle();
  TellSuspected(1, 11);
  Settle();
  const v1::Case one = CaseOfStudent(1);
  EXPECT_EQ(one.student_name(), "学生1");
  EXPECT_EQ(one.school_name(), "第一中学");
  EXPECT_EQ(one.responsible().person(), "林老师");
  EXPECT_EQ(one.state_name(), "疑似辍学");
  EXPECT_EQ(one.level_name(), "班主任");
  EXPECT_EQ(TimeFrom(one.next_due()), At("2026-09-09 18:00"));
  ASSERT_GT(one.timeline_size(), 3);
  EXPECT_NE(one.timeline(0).text().find("立案：考勤，自2026-09-07起缺勤3个教学日"),
            std::string::npos)
      << one.timeline(0).text();
  EXPECT_EQ(one.timeline(0).actor().name(), "系统");
  bool said = false;
  for (const v1::Allowed& act : one.allowed()) {
    if (act.kind() == "report") said = act.reason() == "需要1次劝返，已记录0次";
  }
  EXPECT_TRUE(said);
  const auto listed = Ask<v1::ListCasesReply>(v1::ListCases{});
  ASSERT_TRUE(listed.ok());
  EXPECT_EQ(listed->total(), 1u);
  const auto summary = Ask<v1::CasesSummary>(v1::GetCasesSummary{});
  ASSERT_TRUE(summary.ok());
  EXPECT_EQ(summary->open(), 1u);
  ASSERT_EQ(summary->levels_size(), 5);
  EXPECT_EQ(summary->levels(0).open(), 1u);
}

TEST_F(CasesService, RefusesInChineseAndChangesNothing) {
  TellRegistry();
  TellSuspected(1, 11);
  Settle();
  const std::int64_t id = CaseOfStudent(1).case_id();
  const auto nobody = Do(id, ActOf("note"), Actor{});
  EXPECT_EQ(nobody.error().reason, "ACTOR_MISSING");
  EXPECT_EQ(Do(id, ActOf("note"), SystemActor()).error().reason, "ACTOR_MISSING");
  const auto report = Do(id, ActOf("report"));
  EXPECT_EQ(report.error().reason, "PERSUASIONS_MISSING");
  EXPECT_EQ(report.error().detail, "需要1次劝返，已记录0次");
  v1::Act bad_date = ActOf("suspend_clock");
  bad_date.set_clock("visit");
  bad_date.mutable_until()->set_year(2026);
  bad_date.mutable_until()->set_month(2);
  bad_date.mutable_until()->set_day(30);
  EXPECT_EQ(Do(id, bad_date).error().reason, "BAD_DATE");
  v1::Act bad_time = ActOf("note");
  bad_time.mutable_at()->set_seconds(-5);
  EXPECT_EQ(Do(id, bad_time).error().reason, "BAD_TIME");
  v1::OpenCase open;
  EXPECT_EQ(Ask<v1::CaseReply>(open).error().reason, "SUBJECT_MISSING");
  open.set_student_id(2);
  open.set_found_by("猜测");
  EXPECT_EQ(Ask<v1::CaseReply>(open).error().reason, "BAD_FOUND_BY");
  open.set_found_by("");
  const auto opened = Ask<v1::CaseReply>(open, Officer());
  ASSERT_TRUE(opened.ok()) << opened.error().ToString();
  EXPECT_FALSE(opened->attached());
  EXPECT_EQ(opened->case_().found_by(), "人工");
  EXPECT_EQ(CaseOfStudent(1).version(), 7);
  v1::GetCase get;
  EXPECT_EQ(Ask<v1::CaseReply>(get).error().reason, "SUBJECT_MISSING");
  get.set_student_id(9);
  EXPECT_EQ(Ask<v1::CaseReply>(get).error().reason, "NO_CASE");
}

TEST_F(CasesService, DeadlinesFireOnTheirDayAlsoAfterFlushAll) {
  TellRegistry();
  for (int student = 1; student <= 5; ++student) TellSuspected(student, student);
  Settle();
  SetClock("2026-09-09 18:00");
  Settle();
  EXPECT_EQ(Sql("SELECT COUNT(*) FROM case_clock WHERE clock = 'contact' AND state = 'overdue'"),
            "5\n");
  harness::PrivateRedis::Shared().FlushAll();
  SetClock("2026-09-10 17:30");
  harness::PrivateRedis::Shared().FlushAll();
  Settle();
  EXPECT_EQ(Sql("SELECT DISTINCT level FROM case_file"), "2\n");
  EXPECT_EQ(Sql("SELECT type, COUNT(*) FROM event_log WHERE type IN ('cases.task.overdue', "
                "'cases.case.escalated') GROUP BY type ORDER BY type"),
            "cases.case.escalated\t5\ncases.task.overdue\t15\n");
}

// The answer of one COMMIT is lost, done or not: the caller hears the first answer all the same,
// and it has happened once.
class LostAnswerTest : public ServiceTest, public ::testing::WithParamInterface<harness::Cut> {
 protected:
  template <class Req>
  v1::CaseReply Survive(const Req& request) {
    const int before = proxy_.cuts();
    const std::string key = "lost-answer-" + std::to_string(1000 + before);
    proxy_.CutAt(GetParam(), key);
    const auto reply = Ask<v1::CaseReply>(request, Teacher(), key);
    EXPECT_TRUE(reply.ok()) << reply.error().ToString();
    EXPECT_EQ(proxy_.cuts(), before + 1);
    return reply.ok() ? *reply : v1::CaseReply{};
  }
};

TEST_P(LostAnswerTest, ACaseIsOpenedAndActedOnOnce) {
  TellRegistry();
  Settle();
  v1::OpenCase open;
  open.set_student_id(2);
  const auto opened = Survive(open);
  EXPECT_FALSE(opened.attached());
  v1::DoAct act;
  act.set_case_id(opened.case_().case_id());
  *act.mutable_act() = PersuasionOf("电话");
  const auto acted = Survive(act);
  EXPECT_EQ(CaseOfStudent(2).version(), acted.case_().version());
  EXPECT_EQ(Sql("SELECT COUNT(*) FROM case_file"), "1\n");
  EXPECT_EQ(Sql("SELECT COUNT(*) FROM case_history WHERE kind IN ('opened', 'attached')"), "1\n");
  EXPECT_EQ(Sql("SELECT type, COUNT(*) FROM event_log WHERE type IN ('cases.case.opened',"
                " 'cases.case.act_recorded') GROUP BY type ORDER BY type"),
            "cases.case.act_recorded\t1\ncases.case.opened\t1\n");
}

INSTANTIATE_TEST_SUITE_P(Cuts, LostAnswerTest,
                         ::testing::Values(harness::Cut::kBeforeCommit,
                                           harness::Cut::kAfterCommit));

TEST_F(CasesService, ARestartDoublesAndLosesNothing) {
  TellRegistry();
  TellSuspected(1, 11);
  Settle();
  StopCases();
  TellSuspected(2, 12);
  TellSuspected(3, 13);
  StartCases();
  Settle();
  StopCases();
  StartCases();
  SetClock("2026-09-10 17:30");
  Settle();
  EXPECT_EQ(Sql("SELECT COUNT(*), COUNT(DISTINCT student_id) FROM case_file"), "3\t3\n");
  EXPECT_EQ(Sql("SELECT COUNT(*) FROM case_history WHERE kind = 'opened'"), "3\n");
  EXPECT_EQ(Sql("SELECT COUNT(*) FROM case_history WHERE kind = 'level_moved'"), "3\n");
}

TEST_F(CasesService, TheWatchAsksAttendanceUntilItAnswers) {
  TellRegistry();
  TellSuspected(1, 11);
  Settle();
  attendance::StudentReturned back;
  back.set_student_id(1);
  back.set_streak_id(11);
  PutDate(Day("2026-09-09"), back.mutable_day());
  Tell(*attendance_, "attendance", "attendance.student.returned", back);
  Settle();
  EXPECT_EQ(CaseOfStudent(1).state(), "40");
  says_.attendance_refuses = true;
  SetClock("2026-09-16 17:30");
  ASSERT_TRUE(harness::WaitUntil([&] { return says_.presence_asked >= 2; }));
  EXPECT_EQ(Sql("SELECT state FROM case_clock WHERE clock = 'watch'"), "open\n");
  says_.present_days = 6;
  says_.attendance_refuses = false;
  Settle();
  EXPECT_EQ(Sql("SELECT step, state, due_at FROM case_clock WHERE clock = 'watch' ORDER BY step"),
            "1\tdone\t2026-09-16 09:30:00.000\n2\topen\t2026-10-09 09:30:00.000\n");
  SetClock("2026-10-09 17:30");
  Settle();
  EXPECT_EQ(Sql("SELECT state FROM case_clock WHERE clock = 'review'"), "open\n");
  v1::Act review = ActOf("review", "");
  review.set_approve(true);
  review.add_evidence("复学登记:1");
  review.add_evidence("监护人承诺书:1");
  const auto closed = Do(CaseOfStudent(1).case_id(), review, Reviewer());
  ASSERT_TRUE(closed.ok()) << closed.error().ToString();
  EXPECT_EQ(closed->case_().state(), "80");
}

TEST_F(CasesService, AClosingAsksTheRegistryForGroups) {
  TellRegistry();
  TellSuspected(1, 11);
  Settle();
  const std::int64_t id = CaseOfStudent(1).case_id();
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(Do(id, PersuasionOf("联合")).ok());
  SetClock("2026-10-09 09:00");
  Settle();
  v1::Act confirm = ActOf("confirm_dropout");
  confirm.set_reason_code("11");
  ASSERT_TRUE(Do(id, confirm).ok());
  v1::Act approve = ActOf("approve", "");
  approve.set_target("bureau");
  approve.set_approve(true);
  ASSERT_TRUE(Do(id, approve, Officer()).ok());
  v1::Act rest = ActOf("resolve", "");
  rest.set_target("43");
  rest.add_evidence("申请书:1");
  rest.add_evidence("监护人履行义务证明:1");
  PutDate(Day("2027-01-31"), rest.mutable_until());
  {
    const std::lock_guard lock{says_.mutex};
    says_.groups = {"监测户"};
  }
  const auto refused = Do(id, rest);
  EXPECT_EQ(refused.error().reason, "CONSENT_MISSING") << refused.error().detail;
  approve.set_target("rural_group");
  ASSERT_TRUE(Do(id, approve, Officer()).ok());
  const auto done = Do(id, rest);
  ASSERT_TRUE(done.ok()) << done.error().ToString();
  EXPECT_EQ(done->case_().state(), "43");
  EXPECT_EQ(TimeFrom(done->case_().next_due()), At("2027-01-31 17:30"));
}

TEST_F(CasesService, MatchesAndChangesOfEnrolment) {
  TellRegistry();
  registry::MatchFound found;
  found.mutable_match()->set_match_class("B11");
  found.mutable_match()->set_person_id(501);
  found.mutable_match()->set_name("未入学儿童");
  found.mutable_match()->set_why("名单有、学籍无");
  Tell(*registry_, "registry", "registry.match.found", found);
  found.mutable_match()->set_student_id(2);
  found.mutable_match()->set_needs_decision(true);
  Tell(*registry_, "registry", "registry.match.found", found);
  found.mutable_match()->set_match_class("B01");
  found.mutable_match()->set_student_id(3);
  found.mutable_match()->set_needs_decision(false);
  Tell(*registry_, "registry", "registry.match.found", found);
  registry::StudentChanged garbage;
  Tell(*registry_, "registry", "registry.student.changed", garbage);
  Settle();
  EXPECT_EQ(Sql("SELECT person_id, student_name, owner_person_id FROM case_file"),
            "501\t未入学儿童\ttiedong-inbox\n");
  // Somebody decides that the child is enrolled elsewhere.
  found.mutable_match()->set_match_class("B04");
  found.mutable_match()->clear_student_id();
  Tell(*registry_, "registry", "registry.match.decided", found);
  TellSuspected(1, 11);
  Settle();
  registry::StudentChanged left;
  left.set_student_id(1);
  left.set_name("学生1");
  left.set_school_code("2135000001");
  left.set_version(2);
  PutDate(Day("2026-09-09"), left.mutable_effective());
  Tell(*registry_, "registry", "registry.student.transferred_out", left);
  Settle();
  EXPECT_EQ(Sql("SELECT person_id, student_id, state FROM case_file ORDER BY case_id"),
            "501\t0\t90\n0\t1\t41\n");
}

TEST_F(CasesService, TheSettingsSayWhatIsWrong) {
  host::Suite broken = suite_;
  broken.county = "nowhere";
  auto runtime = host::Runtime::Start(broken, CasesDefinition(),
                                      [](std::chrono::milliseconds) { return false; });
  ASSERT_FALSE(runtime.ok());
  EXPECT_EQ(runtime.error().reason, "NO_FILE");
}

}  // namespace
}  // namespace cases::testing
