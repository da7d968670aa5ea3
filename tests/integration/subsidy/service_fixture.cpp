#include "integration/subsidy/service_fixture.h"

#include <fmt/format.h>

#include "store/event_log.h"
#include "store/migrations.h"

namespace subsidy::testing {
namespace {

std::string KeyOf(std::int64_t student, const std::string& term, const std::string& benefit) {
  return fmt::format("{}/{}/{}", student, term, benefit);
}

void PutDay(int year, int month, int day, wire::Date* out) {
  out->set_year(year);
  out->set_month(month);
  out->set_day(day);
}

}  // namespace

Subscriber::Subscriber(bus::Context& context, const host::Suite& suite, const std::string& as,
                       const base::Clock& clock, base::IdSource& ids)
    : context_(context), clock_(clock) {
  auto options = host::ClientFor(suite, "subsidy", as);
  EXPECT_TRUE(options.ok());
  options_.feed = "subsidy";
  options_.keys = options->keys;
  for (const std::string& address : suite.services.at("subsidy").events) {
    options_.events.push_back({address, options->endpoints.front().server_key});
  }
  client_ = std::make_unique<bus::Client>(context, *std::move(options), clock, ids);
}

void Subscriber::Start() {
  follower_ = std::make_unique<bus::Follower>(
      context_, options_, *client_, [this]() -> base::Result<std::uint64_t> { return position(); },
      [this](const std::vector<bus::Event>& events) { return Apply(events); }, clock_);
  follower_->Start();
}

std::uint64_t Subscriber::position() {
  const std::lock_guard lock{mutex_};
  return position_;
}

Sums Subscriber::sums() {
  const std::lock_guard lock{mutex_};
  return sums_;
}

base::Result<std::uint64_t> Subscriber::Apply(const std::vector<bus::Event>& events) {
  const std::lock_guard lock{mutex_};
  for (const bus::Event& event : events) {
    EXPECT_EQ(event.seq(), position_ + 1);
    position_ = event.seq();
    if (!event.type().starts_with("subsidy.eligibility.")) continue;
    v1::EligibilityChanged message;
    EXPECT_TRUE(message.ParseFromString(event.payload()));
    std::int64_t& sum = sums_[KeyOf(message.student_id(), message.term(), message.benefit())];
    sum += message.difference_fen();
    if (event.type() == "subsidy.eligibility.ended") {
      sums_.erase(KeyOf(message.student_id(), message.term(), message.benefit()));
    }
  }
  return position_;
}

ServiceTest::ServiceTest(bool tracing) {
  store::Pool::InitDriver();
  harness::PrivateMariaDb& mariadb = harness::PrivateMariaDb::Shared();
  harness::PrivateRedis& redis = harness::PrivateRedis::Shared();
  const store::PoolOptions own = mariadb.FreshDatabase();
  cli::SetupOptions options;
  options.data_dir = dir_.File("v");
  options.config_dir = std::string{BAOXUE_SOURCE_DIR} + "/config";
  options.county = "tongan";
  options.rehearsal = true;
  options.rehearsal_start = *base::Date::Parse("2026-09-10");
  options.port_base = 0;
  options.mysql_socket = mariadb.socket();
  options.mysql_user = own.user;
  options.mysql_password = own.password;
  options.redis_socket = redis.socket();
  options.redis_password = redis.password();
  options.database_prefix = own.database + "_";
  options.redis_prefix = redis.FreshPrefix().prefix;
  options.tracing = tracing;
  if (tracing) options.exchange_bind = "tcp://127.0.0.1:" + std::to_string(harness::FreePort());
  const base::Status written = cli::WriteSetup(options);
  EXPECT_TRUE(written.ok()) << written.error().ToString();
  auto suite = host::LoadSuite(cli::SuitePath(dir_.File("v")));
  EXPECT_TRUE(suite.ok()) << suite.error().ToString();
  suite_ = *std::move(suite);
  registry_ = Start({.name = "registry"});
  subsidy_ = Start(SubsidyDefinition());
}

std::unique_ptr<host::Runtime> ServiceTest::Start(host::Definition definition) {
  if (!definition.build) {
    definition.build = [](host::Host&) -> base::Result<std::shared_ptr<void>> {
      return std::shared_ptr<void>{};
    };
  }
  auto runtime = host::Runtime::Start(suite_, std::move(definition),
                                      [](std::chrono::milliseconds) { return false; });
  EXPECT_TRUE(runtime.ok()) << runtime.error().ToString();
  return runtime.ok() ? *std::move(runtime) : nullptr;
}

void ServiceTest::Tell(const std::string& type, const google::protobuf::Message& payload) {
  TellOn(*registry_, "registry", type, payload);
}

void ServiceTest::TellOn(host::Runtime& runtime, const std::string& feed, const std::string& type,
                         const google::protobuf::Message& payload) {
  host::Host& host = runtime.host();
  const store::NewEvent event{.type = type,
                              .subject = "test/1",
                              .time = host.clock().Now(),
                              .payload = payload.SerializeAsString(),
                              .payload_type = payload.GetDescriptor()->full_name()};
  const base::Status status =
      host.pool().InTransaction([&](store::Transaction& tx) -> base::Status {
        const auto first = store::AppendEvents(tx, feed, {&event, 1});
        return first.ok() ? base::Status{} : base::Status{first.error()};
      });
  ASSERT_TRUE(status.ok()) << status.error().ToString();
  host.NotifyFeed();
}

void ServiceTest::TellPlaces() {
  registry::SchoolChanged school;
  school.mutable_school()->set_school_code("2135000001");
  school.mutable_school()->set_name("第一小学");
  school.mutable_school()->set_stage(registry::STAGE_PRIMARY);
  Tell("registry.school.changed", school);
  registry::ClassChanged one;
  one.mutable_school_class()->set_class_id(3);
  one.mutable_school_class()->set_school_code("2135000001");
  one.mutable_school_class()->set_grade(3);
  one.mutable_school_class()->set_name("三年级1班");
  Tell("registry.class.changed", one);
}

void ServiceTest::TellStudent(std::int64_t id, int version, registry::StudentStatus status,
                              bool boarding) {
  registry::StudentChanged student;
  student.set_student_id(id);
  student.set_name(fmt::format("学生{}", id));
  student.set_school_code("2135000001");
  student.set_class_id(3);
  student.set_status(status);
  student.set_boarding(boarding);
  student.set_version(version);
  PutDay(2026, 9, 1, student.mutable_effective());
  Tell("registry.student.changed", student);
}

void ServiceTest::TellPoor(std::int64_t id, bool poor) {
  registry::GroupsChanged groups;
  groups.set_student_id(id);
  registry::GroupTag& tag = *groups.add_groups();
  tag.set_group("低保");
  tag.set_source("区民政局");
  tag.set_batch("2026");
  PutDay(2026, 1, 1, tag.mutable_valid_from());
  if (!poor) PutDay(2026, 8, 31, tag.mutable_valid_to());
  Tell("registry.groups.changed", groups);
}

std::uint64_t ServiceTest::Head() {
  std::uint64_t head = 0;
  const base::Status status =
      subsidy_->host().pool().WithSession([&](store::Session& session) -> base::Status {
        ASSIGN_OR_RETURN(head, store::HeadOf(session, "subsidy"));
        return {};
      });
  EXPECT_TRUE(status.ok());
  return head;
}

void ServiceTest::Settle() {
  std::uint64_t told = 0;
  const base::Status status =
      registry_->host().pool().WithSession([&](store::Session& session) -> base::Status {
        ASSIGN_OR_RETURN(told, store::HeadOf(session, "registry"));
        return {};
      });
  EXPECT_TRUE(status.ok());
  const bool settled = harness::WaitUntil([&] {
    const auto reply = Ask<wire::GetProgressReply>(wire::GetProgress{});
    return reply.ok() && reply->work_pending() == 0 && reply->following_size() == 1 &&
           reply->following(0).position() >= told;
  });
  EXPECT_TRUE(settled);
}

Sums ServiceTest::Standings() {
  Sums sums;
  v1::ListEntitlements ask;
  ask.set_term("2026秋");
  const auto reply = Ask<v1::ListEntitlementsReply>(ask);
  EXPECT_TRUE(reply.ok()) << reply.error().ToString();
  if (!reply.ok()) return sums;
  for (const v1::Entitlement& row : reply->rows()) {
    for (const v1::Amount& one : row.amounts()) {
      sums[KeyOf(row.student_id(), "2026秋", one.benefit())] = one.term_fen();
    }
  }
  return sums;
}

}  // namespace subsidy::testing
