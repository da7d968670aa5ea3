// The real cases service in this process, over private servers and the bus, beside a registry and
// an attendance that say what the test tells them to say.
#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <mutex>
#include <string>

#include "attendance/contract/attendance.pb.h"
#include "cases/contract/cases.pb.h"
#include "cases/endpoints/mapping.h"
#include "cases/endpoints/service.h"
#include "cli/setup.h"
#include "harness/cutting_proxy.h"
#include "harness/private_mariadb.h"
#include "harness/private_redis.h"
#include "harness/temp_dir.h"
#include "harness/wait.h"
#include "host/runtime.h"
#include "registry/contract/registry.pb.h"
#include "unit/cases/story.h"

namespace cases::testing {

namespace attendance = baoxue::attendance::v1;
namespace registry = baoxue::registry::v1;
namespace busv1 = baoxue::bus::v1;

// What the two neighbours answer.
struct Neighbours {
  std::atomic<int> present_days{0};
  std::atomic<int> presence_asked{0};
  std::atomic<bool> attendance_refuses{false};
  std::mutex mutex;
  std::vector<std::string> groups;
};

host::Definition AttendanceOf(Neighbours& says);
host::Definition RegistryOf(Neighbours& says);

class ServiceTest : public ::testing::Test {
 protected:
  enum class Tracing { kAbsent, kFollowed };
  explicit ServiceTest(Tracing tracing = Tracing::kAbsent);
  ~ServiceTest() override;

  std::unique_ptr<host::Runtime> Start(host::Definition definition);
  void BeginTimeAt(std::string_view local);
  void StartCases() { cases_ = Start(CasesDefinition()); }
  void StopCases() { cases_.reset(); }

  // One event on a neighbour's feed.
  void Tell(host::Runtime& who, const std::string& feed, const std::string& type,
            const google::protobuf::Message& payload);
  void TellSuspected(std::int64_t student, std::int64_t streak);
  void TellRegistry();  // the school, the class and students 1..9 of it

  template <class Rep, class Req>
  base::Result<Rep> Ask(const Req& request, const Actor& actor = Teacher(),
                        const std::string& key = {}) {
    bus::CallOptions options;
    options.idempotency_key = key;
    options.timeout = std::chrono::seconds{20};
    options.actor.set_person_id(actor.person_id);
    options.actor.set_name(actor.name);
    options.actor.set_role(actor.role);
    options.actor.set_body(actor.body);
    return client_->Ask<Rep>(request, options);
  }
  base::Result<v1::CaseReply> Do(std::int64_t case_id, v1::Act act,
                                 const Actor& actor = Teacher());
  v1::Case CaseOfStudent(std::int64_t student);
  void SetClock(std::string_view local);  // of all three, in order
  // Until cases has applied all events and nothing is due.
  void Settle();
  std::string Sql(const std::string& sql) const;

  harness::TempDir dir_{"cases"};
  harness::CuttingProxy proxy_{harness::PrivateMariaDb::Shared().socket()};
  host::Suite suite_;
  base::SystemClock clock_;
  base::RandomIds ids_;
  Neighbours says_;
  std::unique_ptr<host::Runtime> registry_;
  std::unique_ptr<host::Runtime> attendance_;
  std::unique_ptr<host::Runtime> cases_;
  bus::Context context_{bus::AccessList{}};
  std::unique_ptr<bus::Client> client_;
};

}  // namespace cases::testing
