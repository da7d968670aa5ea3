// A deployment's files over private servers, and a client with the command's keys.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <string>

#include "cli/setup.h"
#include "harness/private_mariadb.h"
#include "harness/private_redis.h"
#include "harness/temp_dir.h"
#include "harness/wait.h"
#include "host/runtime.h"
#include "integration/host/probe.h"

namespace host {

class HostTest : public testing::Test {
 protected:
  HostTest() {
    store::Pool::InitDriver();
    std::filesystem::create_directories(dir_.File("config/counties"));
    harness::WriteFile(dir_.File("config/counties/tongan.yaml"), "county: {}\n");
  }

  // Writes the files; before any Start.
  void SetUpSuite(bool rehearsal, harness::PrivateMariaDb& mariadb, harness::PrivateRedis& redis) {
    const store::PoolOptions own = mariadb.FreshDatabase();  // its name is this test's alone
    cli::SetupOptions options;
    options.data_dir = dir_.File("v");
    options.config_dir = dir_.File("config");
    options.rehearsal = rehearsal;
    options.port_base = 0;
    options.mysql_socket = mariadb.socket();
    options.mysql_user = own.user;
    options.mysql_password = own.password;
    options.redis_socket = redis.socket();
    options.redis_password = redis.password();
    options.database_prefix = own.database + "_";
    options.redis_prefix = redis.FreshPrefix().prefix;
    const base::Status written = cli::WriteSetup(options);
    ASSERT_TRUE(written.ok()) << written.error().ToString();
    Reload();
  }
  void Reload() {
    auto suite = LoadSuite(cli::SuitePath(dir_.File("v")));
    ASSERT_TRUE(suite.ok()) << suite.error().ToString();
    suite_ = *std::move(suite);
  }
  // Replaces a text of suite.yaml.
  void Edit(const std::string& from, const std::string& to) {
    std::string yaml = harness::ReadFile(cli::SuitePath(dir_.File("v")));
    const auto at = yaml.find(from);
    ASSERT_NE(at, std::string::npos) << from;
    harness::WriteFile(cli::SuitePath(dir_.File("v")), yaml.replace(at, from.size(), to));
    Reload();
  }

  std::unique_ptr<Runtime> Start(Definition definition) {
    auto runtime = Runtime::Start(suite_, std::move(definition),
                                  [](std::chrono::milliseconds) { return false; });
    EXPECT_TRUE(runtime.ok()) << runtime.error().ToString();
    return runtime.ok() ? *std::move(runtime) : nullptr;
  }

  // Asks a service with the keys of `as`.
  template <class Rep, class Req>
  base::Result<Rep> Ask(const std::string& service, const Req& request,
                        const std::string& as = "cli",
                        std::chrono::milliseconds timeout = std::chrono::seconds{10}) {
    auto options = ClientFor(suite_, service, as);
    if (!options.ok()) return options.error();
    bus::Client client{context_, *std::move(options), clock_, ids_};
    return client.Ask<Rep>(request, {.timeout = timeout});
  }
  baoxue::bus::v1::DoctorReply Doctor(const std::string& service) {
    const auto reply = Ask<baoxue::bus::v1::DoctorReply>(service, baoxue::bus::v1::Doctor{});
    EXPECT_TRUE(reply.ok()) << reply.error().ToString();
    return reply.ok() ? *reply : baoxue::bus::v1::DoctorReply{};
  }
  baoxue::bus::v1::DependencyHealth HealthOf(const std::string& service, const std::string& name) {
    const baoxue::bus::v1::DoctorReply doctor = Doctor(service);
    for (const auto& health : doctor.dependencies()) {
      if (health.name() == name) return health;
    }
    return {};
  }
  // One more event on registry's feed.
  void AppendEvent() {
    const auto reply =
        Ask<probe::registry::ListSchoolsReply>("registry", probe::registry::ListSchools{});
    ASSERT_TRUE(reply.ok()) << reply.error().ToString();
  }
  // Nothing while MySQL is away.
  std::optional<std::uint64_t> RowsSeen(Runtime& cases) {
    std::optional<std::uint64_t> count;
    const base::Status status =
        cases.host().pool().WithSession([&](store::Session& session) -> base::Status {
          ASSIGN_OR_RETURN(store::Rows rows, session.Query("SELECT COUNT(*) AS n FROM seen"));
          rows.Next();
          count = rows.Uint("n");
          return {};
        });
    return status.ok() ? count : std::nullopt;
  }

  harness::TempDir dir_{"host"};
  Suite suite_;
  base::SystemClock clock_;
  base::RandomIds ids_;
  bus::Context context_{bus::AccessList{}};
};

}  // namespace host
