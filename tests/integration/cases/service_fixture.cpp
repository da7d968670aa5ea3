#include "integration/cases/service_fixture.h"

#include <fmt/format.h>

namespace cases::testing {
namespace {

constexpr std::string_view kStart = "2026-09-09 08:30";

void PutStudent(std::int64_t id, registry::StudentChanged& message) {
  message.set_student_id(id);
  message.set_name(fmt::format("学生{}", id));
  message.set_school_code("2135000001");
  message.set_class_id(7);
  message.set_status(registry::STUDENT_STATUS_ENROLLED);
  message.set_version(1);
}

}  // namespace

host::Definition AttendanceOf(Neighbours& says) {
  host::Definition definition;
  definition.name = "attendance";
  definition.build = [&says](host::Host& host) -> base::Result<std::shared_ptr<void>> {
    host.server().On<attendance::GetPresence, attendance::GetPresenceReply>(
        [&says](const bus::Request&, const attendance::GetPresence&)
            -> base::Result<attendance::GetPresenceReply> {
          ++says.presence_asked;
          if (says.attendance_refuses) {
            return base::Error{base::Code::kInternal, "BROKEN", "on purpose"};
          }
          attendance::GetPresenceReply reply;
          reply.set_present_days_in_row(says.present_days);
          return reply;
        });
    return std::shared_ptr<void>{};
  };
  return definition;
}

host::Definition RegistryOf(Neighbours& says) {
  host::Definition definition;
  definition.name = "registry";
  definition.build = [&says](host::Host& host) -> base::Result<std::shared_ptr<void>> {
    host.server().On<registry::GetStudent, registry::GetStudentReply>(
        [&says](const bus::Request&, const registry::GetStudent& request)
            -> base::Result<registry::GetStudentReply> {
          registry::GetStudentReply reply;
          reply.mutable_student()->set_student_id(request.student_id());
          const std::lock_guard lock{says.mutex};
          for (const std::string& group : says.groups) {
            reply.mutable_student()->add_groups()->set_group(group);
          }
          return reply;
        });
    return std::shared_ptr<void>{};
  };
  return definition;
}

ServiceTest::ServiceTest(Tracing tracing) {
  store::Pool::InitDriver();
  harness::PrivateMariaDb& mariadb = harness::PrivateMariaDb::Shared();
  harness::PrivateRedis& redis = harness::PrivateRedis::Shared();
  const store::PoolOptions own = mariadb.FreshDatabase();
  cli::SetupOptions options;
  options.data_dir = dir_.File("v");
  options.config_dir = std::string{BAOXUE_SOURCE_DIR} + "/config";
  options.county = "tiedong";
  options.rehearsal = true;
  options.port_base = 0;
  options.mysql_socket = proxy_.socket();
  options.mysql_user = own.user;
  options.mysql_password = own.password;
  options.redis_socket = redis.socket();
  options.redis_password = redis.password();
  options.database_prefix = own.database + "_";
  options.redis_prefix = redis.FreshPrefix().prefix;
  options.tracing = tracing == Tracing::kFollowed;
  options.exchange_bind = "tcp://127.0.0.1:1";  // nobody is asked to listen
  const base::Status written = cli::WriteSetup(options);
  EXPECT_TRUE(written.ok()) << written.error().ToString();
  auto suite = host::LoadSuite(cli::SuitePath(dir_.File("v")));
  EXPECT_TRUE(suite.ok()) << suite.error().ToString();
  suite_ = *std::move(suite);
  BeginTimeAt(kStart);
  registry_ = Start(RegistryOf(says_));
  attendance_ = Start(AttendanceOf(says_));
  StartCases();
  auto client = host::ClientFor(suite_, "cases", "cli");
  EXPECT_TRUE(client.ok()) << client.error().ToString();
  client_ = std::make_unique<bus::Client>(context_, *std::move(client), clock_, ids_);
}

// The term of the tests lies where it lies: the stored clock of a rehearsal starts there.
void ServiceTest::BeginTimeAt(std::string_view local) {
  for (const char* service : {"registry", "attendance", "cases"}) {
    store::PoolOptions options = suite_.mysql;
    options.database = suite_.services.at(service).database;
    const base::Status migrated =
        store::Migrate(options, "library", store::LibraryMigrations(), clock_);
    ASSERT_TRUE(migrated.ok()) << migrated.error().ToString();
    store::Pool pool{options, clock_};
    const base::Status saved = pool.WithSession(
        [&](store::Session& session) { return store::SaveSuiteClock(session, At(local)); });
    ASSERT_TRUE(saved.ok()) << saved.error().ToString();
  }
}

ServiceTest::~ServiceTest() = default;

std::unique_ptr<host::Runtime> ServiceTest::Start(host::Definition definition) {
  auto runtime = host::Runtime::Start(suite_, std::move(definition),
                                      [](std::chrono::milliseconds) { return false; });
  EXPECT_TRUE(runtime.ok()) << runtime.error().ToString();
  return runtime.ok() ? *std::move(runtime) : nullptr;
}

void ServiceTest::Tell(host::Runtime& who, const std::string& feed, const std::string& type,
                       const google::protobuf::Message& payload) {
  const store::NewEvent event{.type = type,
                              .subject = "test/1",
                              .time = who.host().clock().Now(),
                              .payload = payload.SerializeAsString(),
                              .payload_type = payload.GetDescriptor()->full_name()};
  const base::Status status =
      who.host().pool().InTransaction([&](store::Transaction& tx) -> base::Status {
        const auto first = store::AppendEvents(tx, feed, {&event, 1});
        return first.ok() ? base::Status{} : base::Status{first.error()};
      });
  ASSERT_TRUE(status.ok()) << status.error().ToString();
  who.host().NotifyFeed();
}

void ServiceTest::TellSuspected(std::int64_t student, std::int64_t streak) {
  attendance::AbsenceSuspected message;
  message.set_student_id(student);
  message.set_class_id(7);
  message.set_streak_id(streak);
  message.set_days(3);
  message.set_rule("无故缺勤 >= 3 个教学日");
  PutDate(Day("2026-09-07"), message.mutable_first_day());
  Tell(*attendance_, "attendance", "attendance.absence.suspected", message);
}

void ServiceTest::TellRegistry() {
  registry::SchoolChanged school;
  school.mutable_school()->set_school_code("2135000001");
  school.mutable_school()->set_name("第一中学");
  school.mutable_school()->set_town("大同街道");
  Tell(*registry_, "registry", "registry.school.changed", school);
  registry::ClassChanged one;
  one.mutable_school_class()->set_class_id(7);
  one.mutable_school_class()->set_school_code("2135000001");
  one.mutable_school_class()->set_name("七年级2班");
  one.mutable_school_class()->set_homeroom_teacher_id("t1");
  one.mutable_school_class()->set_homeroom_teacher("林老师");
  Tell(*registry_, "registry", "registry.class.changed", one);
  for (int id = 1; id <= 9; ++id) {
    registry::StudentChanged student;
    PutStudent(id, student);
    Tell(*registry_, "registry", "registry.student.registered", student);
  }
}

base::Result<v1::CaseReply> ServiceTest::Do(std::int64_t case_id, v1::Act act,
                                            const Actor& actor) {
  v1::DoAct request;
  request.set_case_id(case_id);
  *request.mutable_act() = std::move(act);
  return Ask<v1::CaseReply>(request, actor);
}

v1::Case ServiceTest::CaseOfStudent(std::int64_t student) {
  v1::GetCase request;
  request.set_student_id(student);
  const auto reply = Ask<v1::CaseReply>(request);
  EXPECT_TRUE(reply.ok()) << reply.error().ToString();
  return reply.ok() ? reply->case_() : v1::Case{};
}

void ServiceTest::SetClock(std::string_view local) {
  busv1::SetClock request;
  PutTime(At(local), request.mutable_now());
  for (const char* service : {"registry", "attendance", "cases"}) {
    auto options = host::ClientFor(suite_, service, "cli");
    ASSERT_TRUE(options.ok());
    bus::Client client{context_, *std::move(options), clock_, ids_};
    const auto reply =
        client.Ask<busv1::SetClockReply>(request, {.timeout = std::chrono::seconds{10}});
    ASSERT_TRUE(reply.ok()) << service << " " << reply.error().ToString();
  }
}

void ServiceTest::Settle() {
  const auto head = [&](host::Runtime& who, const char* feed) {
    std::uint64_t found = 0;
    const base::Status status =
        who.host().pool().WithSession([&](store::Session& session) -> base::Status {
          ASSIGN_OR_RETURN(found, store::HeadOf(session, feed));
          return {};
        });
    EXPECT_TRUE(status.ok());
    return found;
  };
  const std::uint64_t registry_head = head(*registry_, "registry");
  const std::uint64_t attendance_head = head(*attendance_, "attendance");
  const bool settled = harness::WaitUntil([&] {
    const auto reply = client_->Ask<busv1::GetProgressReply>(busv1::GetProgress{});
    if (!reply.ok() || reply->work_pending() > 0) return false;
    for (const auto& one : reply->following()) {
      if (one.feed() == "registry" && one.position() < registry_head) return false;
      if (one.feed() == "attendance" && one.position() < attendance_head) return false;
    }
    return true;
  });
  EXPECT_TRUE(settled);
}

std::string ServiceTest::Sql(const std::string& sql) const {
  return harness::PrivateMariaDb::Shared().RunSql(sql,
                                                  suite_.services.at("cases").database);
}

}  // namespace cases::testing
