// The whole service on real servers, asked over the bus with CURVE.
#include "attendance/endpoints/service.h"

#include <gmock/gmock.h>
#include <google/protobuf/util/time_util.h>

#include <atomic>
#include <filesystem>

#include "attendance/contract/attendance.pb.h"
#include "cli/setup.h"
#include "harness/cutting_proxy.h"
#include "harness/private_mariadb.h"
#include "harness/private_redis.h"
#include "harness/temp_dir.h"
#include "harness/wait.h"
#include "integration/attendance/fake_registry.h"

namespace attendance {
namespace {

namespace contract = baoxue::attendance::v1;
namespace v1 = baoxue::bus::v1;
using harness::WaitUntil;
using ::testing::HasSubstr;

base::Date D(std::string_view iso) { return base::Date::Parse(iso).value(); }

class ServiceTest : public ::testing::Test {
 protected:
  void SetUp() override {
    store::Pool::InitDriver();
    harness::PrivateMariaDb& mariadb = harness::PrivateMariaDb::Shared();
    harness::PrivateRedis& redis = harness::PrivateRedis::Shared();
    const store::PoolOptions own = mariadb.FreshDatabase();
    cli::SetupOptions options;
    options.data_dir = dir_.File("v");
    options.config_dir = std::string{BAOXUE_SOURCE_DIR} + "/config";
    options.rehearsal = true;
    options.port_base = 0;
    options.mysql_socket = proxy_.socket();
    options.mysql_user = own.user;
    options.mysql_password = own.password;
    options.redis_socket = redis.socket();
    options.redis_password = redis.password();
    options.database_prefix = own.database + "_";
    options.redis_prefix = redis.FreshPrefix().prefix;
    const base::Status written = cli::WriteSetup(options);
    ASSERT_TRUE(written.ok()) << written.error().ToString();
    auto suite = host::LoadSuite(cli::SuitePath(dir_.File("v")));
    ASSERT_TRUE(suite.ok()) << suite.error().ToString();
    suite_ = *std::move(suite);
    suite_.county = "tongan";  // morning from 07:50 due 09:00, afternoon from 14:00 due 15:00
    StoreClock(base::ParseTime("2026-11-30T08:30:00+08:00").value());
    registry_ = Start(testing::FakeRegistry());
    service_ = Start(ServiceDefinition());
    ASSERT_TRUE(registry_ && service_);
  }
  // The rehearsal begins there, whatever the machine's clock says.
  void StoreClock(base::UtcTime now) {
    for (const char* name : {"registry", "attendance"}) {
      store::PoolOptions options = suite_.mysql;
      options.database = suite_.services.at(name).database;
      const auto made = store::Migrate(options, "library", store::LibraryMigrations(), clock_);
      ASSERT_TRUE(made.ok()) << made.error().ToString();
      store::Pool pool{options, clock_};
      const auto stored = pool.WithSession(
          [&](store::Session& session) { return store::SaveSuiteClock(session, now); });
      ASSERT_TRUE(stored.ok()) << stored.error().ToString();
    }
  }
  std::unique_ptr<host::Runtime> Start(host::Definition definition) {
    auto runtime = host::Runtime::Start(suite_, std::move(definition),
                                        [](std::chrono::milliseconds) { return false; });
    EXPECT_TRUE(runtime.ok()) << runtime.error().ToString();
    return runtime.ok() ? *std::move(runtime) : nullptr;
  }
  void SetClock(std::string_view iso) {
    v1::SetClock set;
    *set.mutable_now() = google::protobuf::util::TimeUtil::MillisecondsToTimestamp(
        base::ParseTime(iso)->time_since_epoch().count());
    const auto moved = Ask<v1::SetClockReply>(set);
    ASSERT_TRUE(moved.ok()) << moved.error().ToString();
  }

  bus::Client& Client() {
    if (!client_) {
      client_ = std::make_unique<bus::Client>(
          context_, host::ClientFor(suite_, "attendance", "cli").value(), clock_, ids_);
    }
    return *client_;
  }
  static bus::CallOptions Teacher() {
    bus::CallOptions options;
    options.actor.set_person_id("T1");
    options.actor.set_name("王老师");
    options.actor.set_role("homeroom_teacher");
    options.actor.set_body("3135000001");
    return options;
  }
  template <class Rep, class Req>
  base::Result<Rep> Ask(const Req& request, bus::CallOptions options = Teacher()) {
    return Client().Ask<Rep>(request, std::move(options));
  }
  static contract::SubmitRollCall RollCall(std::int64_t class_id, base::Date day,
                                           contract::HalfDay half) {
    contract::SubmitRollCall request;
    request.set_class_id(class_id);
    testing::PutDate(day, request.mutable_day());
    request.set_half(half);
    return request;
  }
  static contract::SubmitRollCall Absent(std::int64_t student, base::Date day) {
    contract::SubmitRollCall request = RollCall(11, day, contract::HALF_DAY_MORNING);
    contract::Exception& one = *request.add_exceptions();
    one.set_student_id(student);
    one.set_mark(contract::MARK_ABSENT);
    return request;
  }
  // Publishes a class and waits until the ledger has it.
  void AddClass(std::int64_t class_id, const std::string& school, int students) {
    const base::UtcTime now = service_->host().clock().Now();
    const base::Status published = testing::Publish(
        *registry_,
        testing::ClassOf(class_id, school, class_id * 100 + 1, students, D("2026-11-23"), now));
    ASSERT_TRUE(published.ok()) << published.error().ToString();
    contract::GetRollCall get;
    get.set_class_id(class_id);
    testing::PutDate(D("2026-11-30"), get.mutable_day());
    get.set_half(contract::HALF_DAY_MORNING);
    ASSERT_TRUE(WaitUntil([&] { return Ask<contract::GetRollCallReply>(get).ok(); }));
    ASSERT_TRUE(WaitUntil([&] { return Progress().work_pending() == 0; }));
  }
  v1::GetProgressReply Progress() {
    const auto reply = Ask<v1::GetProgressReply>(v1::GetProgress{});
    EXPECT_TRUE(reply.ok()) << reply.error().ToString();
    return reply.ok() ? *reply : v1::GetProgressReply{};
  }
  std::vector<std::string> EventTypes() {
    v1::FetchEvents fetch;
    fetch.set_feed("attendance");
    fetch.set_limit(1000);
    const auto batch = Ask<v1::EventBatch>(fetch);
    std::vector<std::string> types;
    EXPECT_TRUE(batch.ok()) << batch.error().ToString();
    if (batch.ok()) {
      for (const v1::Event& event : batch->events()) types.push_back(event.type());
    }
    return types;
  }
  std::string Reason(const contract::SubmitRollCall& request,
                     bus::CallOptions options = Teacher()) {
    const auto reply = Ask<contract::SubmitRollCallReply>(request, std::move(options));
    return reply.ok() ? "" : reply.error().reason;
  }

  harness::TempDir dir_{"att"};
  harness::CuttingProxy proxy_{harness::PrivateMariaDb::Shared().socket()};
  host::Suite suite_;
  base::SystemClock clock_;
  base::RandomIds ids_;
  bus::Context context_{bus::AccessList{}};
  std::unique_ptr<bus::Client> client_;
  std::unique_ptr<host::Runtime> registry_;
  std::unique_ptr<host::Runtime> service_;
  const base::Date day_ = D("2026-11-30");
};

TEST_F(ServiceTest, ARollCallIsAnsweredAndKept) {
  AddClass(11, "3135000001", 45);
  const auto reply = Ask<contract::SubmitRollCallReply>(Absent(1101, day_));
  ASSERT_TRUE(reply.ok()) << reply.error().ToString();
  EXPECT_EQ(reply->revision(), 1);
  EXPECT_EQ(reply->expected(), 45);
  EXPECT_EQ(reply->exceptions(), 1);
  service_.reset();
  service_ = Start(ServiceDefinition());
  contract::GetRollCall get;
  get.set_class_id(11);
  testing::PutDate(day_, get.mutable_day());
  get.set_half(contract::HALF_DAY_MORNING);
  const auto kept = Ask<contract::GetRollCallReply>(get);
  ASSERT_TRUE(kept.ok()) << kept.error().ToString();
  ASSERT_EQ(kept->roll_calls_size(), 1);
  EXPECT_EQ(kept->roll_calls(0).actor().name(), "王老师");
  EXPECT_EQ(kept->roll_calls(0).exceptions(0).student_id(), 1101);
}

TEST_F(ServiceTest, ShapesAreRefusedFirst) {
  AddClass(11, "3135000001", 3);
  bus::CallOptions nobody;
  EXPECT_EQ(Reason(Absent(1101, day_), nobody), "ACTOR_MISSING");
  bus::CallOptions long_name = Teacher();
  long_name.actor.set_name(std::string(65, 'x'));
  EXPECT_EQ(Reason(Absent(1101, day_), long_name), "ACTOR_TOO_LONG");
  bus::CallOptions short_key = Teacher();
  short_key.idempotency_key = "short";
  EXPECT_EQ(Reason(Absent(1101, day_), short_key), "KEY_MISSING");
  contract::SubmitRollCall request = Absent(1101, day_);
  request.mutable_day()->set_month(13);
  EXPECT_EQ(Reason(request), "BAD_DATE");
  request = Absent(1101, day_);
  request.set_half(contract::HALF_DAY_UNSPECIFIED);
  EXPECT_EQ(Reason(request), "BAD_HALF_DAY");
  request = Absent(1101, day_);
  request.mutable_exceptions(0)->set_mark(contract::MARK_UNSPECIFIED);
  EXPECT_EQ(Reason(request), "BAD_MARK");
  EXPECT_EQ(Reason(RollCall(11, day_, contract::HALF_DAY_AFTERNOON)), "DAY_IN_FUTURE");
  EXPECT_EQ(Reason(RollCall(99, day_, contract::HALF_DAY_MORNING)), "CLASS_UNKNOWN");
  const auto bad = Client().Call("baoxue.attendance.v1.SubmitRollCall", "\xff\xff", Teacher());
  EXPECT_EQ(bad.error().reason, "BAD_BODY");
}

TEST_F(ServiceTest, ManyAtOnceAreAllAnsweredOnce) {
  for (int id = 11; id < 31; ++id) AddClass(id, "3135000001", 5);
  std::atomic<int> answered = 0, failed = 0;
  int sent = 0;
  for (const base::Date day :
       {D("2026-11-23"), D("2026-11-24"), D("2026-11-25"), D("2026-11-26")}) {
    for (int id = 11; id < 31; ++id) {
      for (const auto half : {contract::HALF_DAY_MORNING, contract::HALF_DAY_AFTERNOON}) {
        ++sent;
        Client().CallAsync("baoxue.attendance.v1.SubmitRollCall",
                           RollCall(id, day, half).SerializeAsString(), Teacher(),
                           [&](bus::Reply reply) {
                             if (!reply.ok()) ++failed;
                             ++answered;
                           });
      }
    }
  }
  ASSERT_TRUE(WaitUntil([&] { return answered == sent; }));
  EXPECT_EQ(failed, 0);
  contract::GetAttendanceSummary ask;
  testing::PutDate(D("2026-11-23"), ask.mutable_from());
  testing::PutDate(D("2026-11-26"), ask.mutable_to());
  const auto sums = Ask<contract::AttendanceSummary>(ask);
  EXPECT_EQ(sums->roll_calls_taken(), 160u);
  EXPECT_EQ(sums->roll_calls_missing(), 0u);
  EXPECT_EQ(sums->corrections(), 0u);
  const std::string metrics = service_->host().metrics().Text();
  EXPECT_THAT(metrics, HasSubstr("baoxue_attendance_roll_calls_total{outcome=\"recorded\"} 160"));
}

TEST_F(ServiceTest, TheThirdMorningIsOnTheFeed) {
  AddClass(11, "3135000001", 3);
  for (const base::Date day : {D("2026-11-26"), D("2026-11-27"), day_}) {
    ASSERT_EQ(Reason(Absent(1102, day)), "");
  }
  ASSERT_THAT(EventTypes(), ::testing::ElementsAre("attendance.absence.suspected"));
  contract::ListStreaks list;
  const auto streaks = Ask<contract::ListStreaksReply>(list);
  ASSERT_EQ(streaks->streaks_size(), 1);
  EXPECT_EQ(streaks->streaks(0).student_name(), "学生1102");
  EXPECT_EQ(streaks->streaks(0).state(), "open");
  // A slip for the second of these days, from the afternoon of the first on.
  contract::SubmitLeave leave;
  leave.set_student_id(1102);
  leave.set_kind(contract::LEAVE_KIND_SICK);
  testing::PutDate(D("2026-11-26"), leave.mutable_from());
  leave.set_from_half(contract::HALF_DAY_AFTERNOON);
  testing::PutDate(D("2026-11-27"), leave.mutable_to());
  const auto asked = Ask<contract::LeaveReply>(leave);
  ASSERT_TRUE(asked.ok()) << asked.error().ToString();
  EXPECT_EQ(asked->leave().state(), "requested");
  contract::DecideLeave decide;
  decide.set_leave_id(asked->leave().leave_id());
  decide.set_approve(true);
  const auto approved = Ask<contract::LeaveReply>(decide);
  ASSERT_TRUE(approved.ok()) << approved.error().ToString();
  EXPECT_EQ(approved->leave().history_size(), 2);
  EXPECT_EQ(EventTypes().back(), "attendance.absence.withdrawn");
  contract::ListLeaves leaves;
  leaves.set_class_id(11);
  leaves.set_state("approved");
  EXPECT_EQ(Ask<contract::ListLeavesReply>(leaves)->leaves_size(), 1);
  contract::GetStudentAttendance marks;
  marks.set_student_id(1102);
  testing::PutDate(D("2026-11-26"), marks.mutable_from());
  testing::PutDate(day_, marks.mutable_to());
  const auto history = Ask<contract::GetStudentAttendanceReply>(marks);
  ASSERT_EQ(history->marks_size(), 6);
  EXPECT_FALSE(history->marks(0).excused_by_leave());
  EXPECT_EQ(history->marks(0).mark(), contract::MARK_ABSENT);
  EXPECT_EQ(history->marks(1).mark(), contract::MARK_NOT_TAKEN);
  EXPECT_TRUE(history->marks(2).excused_by_leave());
  contract::GetPresence presence;
  presence.set_student_id(1102);
  testing::PutDate(D("2026-11-23"), presence.mutable_since());
  EXPECT_EQ(Ask<contract::GetPresenceReply>(presence)->present_days(), 0);
}

// The answer of one COMMIT is lost, done or not: the caller hears the first answer all the same,
// and it has happened once.
class LostAnswerTest : public ServiceTest, public ::testing::WithParamInterface<harness::Cut> {
 protected:
  template <class Rep, class Req>
  Rep Survive(const Req& request) {
    bus::CallOptions options = Teacher();
    options.idempotency_key = "lost-answer-" + std::to_string(1000 + proxy_.cuts());
    const int before = proxy_.cuts();
    proxy_.CutAt(GetParam(), options.idempotency_key);
    const auto reply = Ask<Rep>(request, options);
    EXPECT_TRUE(reply.ok()) << request.GetTypeName() << " " << reply.error().ToString();
    EXPECT_EQ(proxy_.cuts(), before + 1) << request.GetTypeName();
    return reply.ok() ? *reply : Rep{};
  }
  std::string Sql(const std::string& sql) {
    return harness::PrivateMariaDb::Shared().RunSql(sql,
                                                    suite_.services.at("attendance").database);
  }
};

TEST_P(LostAnswerTest, RollCallsAndLeaveHappenOnce) {
  AddClass(11, "3135000001", 3);
  for (const base::Date day : {D("2026-11-26"), D("2026-11-27"), day_}) {
    EXPECT_EQ(Survive<contract::SubmitRollCallReply>(Absent(1102, day)).revision(), 1);
  }
  EXPECT_EQ(Sql("SELECT COUNT(*), MAX(revision) FROM roll_call"), "3\t1\n");
  ASSERT_THAT(EventTypes(), ::testing::ElementsAre("attendance.absence.suspected"));
  contract::SubmitLeave leave;
  leave.set_student_id(1102);
  leave.set_kind(contract::LEAVE_KIND_SICK);
  testing::PutDate(D("2026-11-26"), leave.mutable_from());
  testing::PutDate(D("2026-11-27"), leave.mutable_to());
  const auto asked = Survive<contract::LeaveReply>(leave);
  contract::DecideLeave decide;
  decide.set_leave_id(asked.leave().leave_id());
  decide.set_approve(true);
  EXPECT_EQ(Survive<contract::LeaveReply>(decide).leave().state(), "approved");
  EXPECT_THAT(EventTypes(), ::testing::ElementsAre("attendance.absence.suspected",
                                                   "attendance.absence.withdrawn"));
  contract::CancelLeave cancel;
  cancel.set_leave_id(asked.leave().leave_id());
  EXPECT_EQ(Survive<contract::LeaveReply>(cancel).leave().history_size(), 3);
  EXPECT_EQ(EventTypes().size(), 3u);
  EXPECT_EQ(Sql("SELECT COUNT(*) FROM leave_slip"), "1\n");
}

INSTANTIATE_TEST_SUITE_P(Cuts, LostAnswerTest,
                         ::testing::Values(harness::Cut::kBeforeCommit,
                                           harness::Cut::kAfterCommit));

TEST_F(ServiceTest, TheRehearsalClockStopsAtEachHalfDay) {
  AddClass(11, "3135000001", 3);
  const v1::GetProgressReply before = Progress();
  EXPECT_EQ(google::protobuf::util::TimeUtil::ToString(before.next_due()), "2026-11-30T01:00:00Z");
  SetClock("2026-11-30T09:00:00+08:00");
  ASSERT_TRUE(WaitUntil([&] { return Progress().work_pending() == 0; }));
  EXPECT_THAT(EventTypes(), ::testing::ElementsAre("attendance.rollcall.missing"));
  EXPECT_EQ(google::protobuf::util::TimeUtil::ToString(Progress().next_due()),
            "2026-11-30T07:00:00Z");
  contract::ListMissing missing;
  testing::PutDate(day_, missing.mutable_day());
  missing.set_half(contract::HALF_DAY_MORNING);
  const auto list = Ask<contract::ListMissingReply>(missing);
  ASSERT_EQ(list->classes_size(), 1);
  EXPECT_TRUE(list->past_due());
  EXPECT_EQ(list->classes(0).class_name(), "三年级11班");
  // Over the week-end: Tuesday to Friday, two a day, then Monday morning.
  SetClock("2026-12-07T09:00:00+08:00");
  ASSERT_TRUE(WaitUntil([&] { return Progress().work_pending() == 0; }));
  EXPECT_EQ(EventTypes().size(), 11u);
}

TEST_F(ServiceTest, AnotherThresholdIsTriedWithoutAnyTrace) {
  AddClass(11, "3135000001", 3);
  for (const base::Date day : {D("2026-11-27"), day_}) ASSERT_EQ(Reason(Absent(1102, day)), "");
  contract::TryThreshold trial;
  testing::PutDate(D("2026-11-23"), trial.mutable_from());
  testing::PutDate(day_, trial.mutable_to());
  trial.set_days(2);
  trial.set_op(">=");
  const auto found = Ask<contract::TryThresholdReply>(trial);
  ASSERT_TRUE(found.ok()) << found.error().ToString();
  EXPECT_EQ(found->now_found(), 0u);
  ASSERT_EQ(found->only_then_size(), 1);
  EXPECT_EQ(found->only_then(0).student_name(), "学生1102");
  trial.set_op("=");
  EXPECT_EQ(Ask<contract::TryThresholdReply>(trial).error().reason, "BAD_THRESHOLD");
  EXPECT_TRUE(EventTypes().empty());
}

TEST_F(ServiceTest, DoctorNamesTheWriterAndTheCalendar) {
  const auto doctor = Ask<v1::DoctorReply>(v1::Doctor{});
  ASSERT_TRUE(doctor.ok()) << doctor.error().ToString();
  std::string lines;
  for (const auto& health : doctor->dependencies()) {
    lines += health.name() + (health.ok() ? " ok " : " bad ") + health.detail() + "\n";
  }
  EXPECT_THAT(lines, HasSubstr("writer ok 第 1 任"));
  EXPECT_THAT(lines, HasSubstr("calendar ok 福建省"));
  contract::GetDay day;
  testing::PutDate(D("2026-10-10"), day.mutable_day());
  EXPECT_TRUE(Ask<contract::GetDayReply>(day)->school_day());
  testing::PutDate(D("2026-10-01"), day.mutable_day());
  EXPECT_EQ(Ask<contract::GetDayReply>(day)->kind(), "holiday");
}

TEST_F(ServiceTest, ASecondCopyStandsByAndTakesOver) {
  AddClass(11, "3135000001", 3);
  // The same settings but its own endpoints.
  host::Suite twin = suite_;
  for (auto* list : {&twin.services["attendance"].requests, &twin.services["attendance"].events}) {
    for (std::string& endpoint : *list) endpoint += "2";
  }
  twin.services["attendance"].metrics.clear();
  twin.data_dir = dir_.File("w");
  auto second = host::Runtime::Start(twin, ServiceDefinition(),
                                     [](std::chrono::milliseconds) { return false; });
  ASSERT_TRUE(second.ok()) << second.error().ToString();
  bus::Client to_second{context_, host::ClientFor(twin, "attendance", "cli").value(), clock_, ids_};
  bus::CallOptions options = Teacher();
  options.timeout = std::chrono::milliseconds{300};
  EXPECT_FALSE(to_second.Ask<contract::SubmitRollCallReply>(Absent(1101, day_), options).ok());
  ASSERT_EQ(Reason(Absent(1101, day_)), "");
  service_.reset();
  const auto taken = to_second.Ask<contract::SubmitRollCallReply>(Absent(1101, day_), Teacher());
  ASSERT_TRUE(taken.ok()) << taken.error().ToString();
  EXPECT_EQ(taken->revision(), 2);
}

}  // namespace
}  // namespace attendance
