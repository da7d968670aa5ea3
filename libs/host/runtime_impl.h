// The inside of Runtime: the parts of a started service, its feeds, queues and built-in requests.
// Members are destroyed in reverse, so whoever uses a part stands below it.
#pragma once

#include <atomic>
#include <condition_variable>
#include <map>
#include <mutex>
#include <stop_token>
#include <thread>

#include "host/runtime.h"
#include "host/subscribers.h"

namespace host {

// One queue of this service: its workers, and a connection of its own for looking at it.
struct OwnQueue {
  std::string name = {};
  std::unique_ptr<jobs::Workers> workers = {};
  std::mutex mutex;  // jobs::Queue holds one Redis connection
  std::unique_ptr<jobs::Queue> queue = {};
};

// One feed that this service follows.
struct FollowedFeed {
  std::string feed = {};
  std::unique_ptr<bus::Follower> follower = {};
  std::mutex mutex;
  std::string last_error = {};  // of the last Apply; empty after a good one
};

using ApplyBatch =
    std::function<base::Status(store::Transaction&, const std::vector<bus::Event>&)>;

class Runtime::Impl final : public Host {
 public:
  Impl(Suite suite, Definition definition);
  ~Impl() override;

  base::Status Start(const Wait& wait);
  void Stop();

  const Suite& suite() const override { return suite_; }
  const ServiceSettings& service() const override { return service_; }
  const base::Clock& clock() const override;
  base::IdSource& ids() override { return ids_; }
  store::Pool& pool() override { return *pool_; }
  bus::Context& context() override { return *context_; }
  bus::Server& server() override { return *server_; }
  bus::Publisher& publisher() { return *publisher_; }
  Metrics& metrics() override { return metrics_; }
  const security::Keyring& keyring() const override { return *keyring_; }
  jobs::RedisOptions redis() const override { return suite_.redis; }
  bus::Client& client(const std::string& service) override;
  void NotifyFeed() override;
  void Follow(const std::string& service,
              std::function<base::Status(store::Transaction&, const bus::Event&)> apply,
              std::function<void()> after_commit) override;
  void FollowBatches(const std::string& service, ApplyBatch apply,
                     std::function<void()> after_commit) override;
  jobs::Workers& AddWorkers(const std::string& queue, jobs::WorkerOptions options,
                            jobs::Workers::Run run, jobs::Workers::Due due) override;
  void SetWorkPending(std::function<base::Result<std::uint64_t>()> count) override;
  void SetNextDue(std::function<base::Result<std::optional<base::UtcTime>>()> next) override;
  void OnClockMoved(std::function<void()> callback) override;
  void AddHealth(const std::string& name,
                 std::function<baoxue::bus::v1::DependencyHealth()> check) override;
  void OnStop(std::function<void()> callback) override;

 private:
  // start.cpp
  base::Status FindSettings();
  base::Status LoadKeys();
  base::Status PrepareDatabase(const Wait& wait);
  base::Status StartClock();
  void MakeBus();
  base::Status StartParts();
  base::Status WriteReadyFile();
  void RemoveReadyFile();
  std::string ReadyFile() const;
  void KeepHouse(const std::stop_token& stop);

  // runtime.cpp
  base::Result<std::uint64_t> Apply(FollowedFeed& feed, const ApplyBatch& apply,
                                    const std::function<void()>& after_commit,
                                    const std::vector<bus::Event>& events);
  base::Result<bus::EventBatch> ReadFeed(std::uint64_t after, std::uint32_t limit);

  // requests.cpp
  void AddRequests();
  base::Result<baoxue::bus::v1::DoctorReply> Doctor();
  base::Result<baoxue::bus::v1::SetClockReply> SetClock(const baoxue::bus::v1::SetClock& request);
  base::Result<baoxue::bus::v1::GetProgressReply> GetProgress();
  base::Result<bus::EventBatch> FetchEvents(const bus::Request& request,
                                            const baoxue::bus::v1::FetchEvents& fetch);
  base::Result<baoxue::bus::v1::ListJobsReply> ListJobs(const baoxue::bus::v1::ListJobs& request);
  base::Result<baoxue::bus::v1::ReplayJobsReply> ReplayJobs(
      const baoxue::bus::v1::ReplayJobs& request);
  baoxue::bus::v1::DependencyHealth MysqlHealth();
  baoxue::bus::v1::DependencyHealth RedisHealth();
  baoxue::bus::v1::DependencyHealth FeedHealth(FollowedFeed& feed);
  baoxue::bus::v1::DependencyHealth QueueHealth(OwnQueue& queue);

  // access.cpp
  std::string AccessSignature() const;
  base::Status ReadAccessAgain();
  void WatchAccess();
  baoxue::bus::v1::DependencyHealth AccessHealth();
  base::Result<baoxue::bus::v1::ReloadAccessReply> ReloadAccess();

  // watch.cpp
  void AddMetrics();
  void AddProcessMetrics(const std::string& prefix);
  void AddBusMetrics(const std::string& prefix);
  void AddFeedMetrics(const std::string& prefix, FollowedFeed& feed);
  void AddSubscriberMetrics(const std::string& prefix);
  void AddQueueMetrics(const std::string& prefix, OwnQueue& own);

  Suite suite_;
  ServiceSettings service_;
  Definition definition_;
  base::SystemClock system_clock_;
  std::unique_ptr<base::ManualClock> manual_clock_;  // in a rehearsal
  base::RandomIds ids_;
  std::optional<security::Keyring> keyring_;
  std::optional<bus::AccessList> access_;  // at the start; later: context_->access()
  std::mutex access_mutex_;
  std::string access_signature_ = {};  // guarded, of the file in force
  std::string access_error_ = {};      // guarded
  Subscribers subscribers_;
  bus::KeyPair keys_ = {};
  std::map<std::string, bus::ClientOptions> client_options_;  // of every service of the suite
  Metrics metrics_;
  std::unique_ptr<store::Pool> pool_;
  std::unique_ptr<bus::Context> context_;
  std::shared_ptr<void> built_;
  std::mutex clients_mutex_;
  std::map<std::string, std::unique_ptr<bus::Client>> clients_;
  std::unique_ptr<bus::Server> server_;
  std::unique_ptr<bus::Publisher> publisher_;
  std::vector<std::unique_ptr<FollowedFeed>> feeds_;
  std::vector<std::unique_ptr<OwnQueue>> queues_;

  std::function<base::Result<std::uint64_t>()> work_pending_;
  std::function<base::Result<std::optional<base::UtcTime>>()> next_due_;
  std::vector<std::function<void()>> clock_moved_;
  std::vector<std::function<void()>> stop_callbacks_;
  std::vector<std::pair<std::string, std::function<baoxue::bus::v1::DependencyHealth()>>> health_;
  std::mutex set_clock_mutex_;
  std::atomic<bool> ready_{false};
  bool wired_ = false;      // `build` has run: no more feeds and queues
  bool publishing_ = false;
  bool serving_ = false;
  bool working_ = false;    // followers and workers run
  bool stopped_ = false;
  std::jthread housekeeper_;
};

// Bytes of memory that the process holds now.
std::uint64_t ResidentBytes();

}  // namespace host
