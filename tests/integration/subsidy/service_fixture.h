// The real subsidy service in this process over the bus, beside a registry that tells what the test
// tells it to, and subscribers with keys of their own.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "base/random.h"
#include "cli/setup.h"
#include "harness/private_mariadb.h"
#include "harness/private_redis.h"
#include "harness/temp_dir.h"
#include "harness/wait.h"
#include "host/runtime.h"
#include "registry/contract/registry.pb.h"
#include "subsidy/contract/subsidy.pb.h"
#include "subsidy/endpoints/service.h"

namespace subsidy::testing {

namespace v1 = baoxue::subsidy::v1;
namespace registry = baoxue::registry::v1;
namespace wire = baoxue::bus::v1;

// Sums of what was told, by student, term and benefit: the ledger of an office.
using Sums = std::map<std::string, std::int64_t>;

// An office's own program: its ledger and its position belong together and survive it.
class Subscriber {
 public:
  Subscriber(bus::Context& context, const host::Suite& suite, const std::string& as,
             const base::Clock& clock, base::IdSource& ids);
  void Start();
  void Kill() { follower_.reset(); }  // whatever comes meanwhile is lost to it
  std::uint64_t position();
  Sums sums();
  std::uint64_t errors() { return follower_ == nullptr ? 0 : follower_->stats().errors; }

 private:
  base::Result<std::uint64_t> Apply(const std::vector<bus::Event>& events);

  bus::Context& context_;
  const base::Clock& clock_;
  std::unique_ptr<bus::Client> client_;
  bus::Follower::Options options_ = {};
  std::unique_ptr<bus::Follower> follower_;
  std::mutex mutex_;
  std::uint64_t position_ = 0;
  Sums sums_ = {};
};

class ServiceTest : public ::testing::Test {
 protected:
  // `tracing`: the deployment exchanges letters; the test starts what tells of them.
  explicit ServiceTest(bool tracing = false);
  std::unique_ptr<host::Runtime> Start(host::Definition definition);
  void Tell(const std::string& type, const google::protobuf::Message& payload);
  static void TellOn(host::Runtime& runtime, const std::string& feed, const std::string& type,
                     const google::protobuf::Message& payload);
  void TellStudent(std::int64_t id, int version, registry::StudentStatus status, bool boarding);
  void TellPoor(std::int64_t id, bool poor);
  void TellPlaces();
  void Settle();
  std::uint64_t Head();
  Sums Standings();  // the service's own ledger, in the form of a subscriber's

  template <class Rep, class Req>
  base::Result<Rep> Ask(const Req& request, const std::string& as = "cli") {
    auto options = host::ClientFor(suite_, "subsidy", as);
    if (!options.ok()) return options.error();
    bus::Client client{context_, *std::move(options), clock_, ids_};
    bus::CallOptions call;
    call.timeout = std::chrono::seconds{20};
    call.actor.set_person_id("zz001");
    call.actor.set_role("bureau_officer");
    return client.Ask<Rep>(request, call);
  }

  harness::TempDir dir_{"subsidy"};
  host::Suite suite_;
  base::SystemClock clock_;
  base::RandomIds ids_;
  bus::Context context_{bus::AccessList{}};
  std::unique_ptr<host::Runtime> registry_;
  std::unique_ptr<host::Runtime> subsidy_;
};

}  // namespace subsidy::testing
