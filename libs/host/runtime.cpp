#include "host/runtime.h"

#include <google/protobuf/util/time_util.h>

#include <algorithm>
#include <utility>

#include "host/runtime_impl.h"

namespace host {

using base::Code;
using base::Error;
using base::Status;

Runtime::Runtime(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Runtime::~Runtime() = default;

base::Result<std::unique_ptr<Runtime>> Runtime::Start(Suite suite, Definition definition,
                                                      const Wait& wait) {
  auto impl = std::make_unique<Impl>(std::move(suite), std::move(definition));
  RETURN_IF_ERROR(impl->Start(wait));
  return std::make_unique<Runtime>(std::move(impl));
}

Host& Runtime::host() { return *impl_; }
bus::Publisher& Runtime::publisher() { return impl_->publisher(); }
void Runtime::Stop() { impl_->Stop(); }

Runtime::Impl::Impl(Suite suite, Definition definition)
    : suite_(std::move(suite)), definition_(std::move(definition)) {}

Runtime::Impl::~Impl() { Stop(); }

const base::Clock& Runtime::Impl::clock() const {
  if (manual_clock_) return *manual_clock_;
  return system_clock_;
}

bus::Client& Runtime::Impl::client(const std::string& service) {
  const std::lock_guard lock{clients_mutex_};
  std::unique_ptr<bus::Client>& client = clients_[service];
  if (!client) {
    const auto options = client_options_.find(service);
    CHECK(options != client_options_.end());  // the definition names a service of the suite
    client = std::make_unique<bus::Client>(*context_, options->second, system_clock_, ids_);
  }
  return *client;
}

void Runtime::Impl::NotifyFeed() { publisher_->Notify(); }

void Runtime::Impl::Follow(
    const std::string& service,
    std::function<base::Status(store::Transaction&, const bus::Event&)> apply,
    std::function<void()> after_commit) {
  FollowBatches(
      service,
      [apply = std::move(apply)](store::Transaction& tx,
                                 const std::vector<bus::Event>& events) -> Status {
        for (const bus::Event& event : events) RETURN_IF_ERROR(apply(tx, event));
        return {};
      },
      std::move(after_commit));
}

void Runtime::Impl::FollowBatches(const std::string& service, ApplyBatch apply,
                                  std::function<void()> after_commit) {
  CHECK(!wired_);
  const auto found = suite_.services.find(service);
  CHECK(found != suite_.services.end());  // the definition names a service of the suite
  auto followed = std::make_unique<FollowedFeed>();
  FollowedFeed* feed = followed.get();
  feed->feed = service;
  bus::Follower::Options options;
  options.feed = service;
  options.keys = keys_;
  const std::string server_key = client_options_.at(service).endpoints.front().server_key;
  for (const std::string& address : found->second.events) {
    options.events.push_back({.address = address, .server_key = server_key});
  }
  feed->follower = std::make_unique<bus::Follower>(
      *context_, std::move(options), client(service),
      [this, service]() -> base::Result<std::uint64_t> {
        std::uint64_t position = 0;
        RETURN_IF_ERROR(pool_->WithSession([&](store::Session& session) -> Status {
          ASSIGN_OR_RETURN(position, store::LoadPosition(session, service));
          return {};
        }));
        return position;
      },
      [this, feed, apply = std::move(apply), after_commit = std::move(after_commit)](
          const std::vector<bus::Event>& events) {
        return Apply(*feed, apply, after_commit, events);
      },
      system_clock_);
  feeds_.push_back(std::move(followed));
}

base::Result<std::uint64_t> Runtime::Impl::Apply(FollowedFeed& feed, const ApplyBatch& apply,
                                                 const std::function<void()>& after_commit,
                                                 const std::vector<bus::Event>& events) {
  std::uint64_t position = 0;
  bool applied = false;
  const Status status = pool_->InTransaction([&](store::Transaction& tx) -> Status {
    applied = false;
    ASSIGN_OR_RETURN(position, store::LockPosition(tx, feed.feed));
    std::vector<bus::Event> fresh;
    for (const bus::Event& event : events) {
      if (event.seq() > position) fresh.push_back(event);
    }
    // A hole means that this database knows less than the follower thought: it fetches from here.
    if (fresh.empty() || fresh.front().seq() != position + 1) return {};
    RETURN_IF_ERROR(apply(tx, fresh));
    RETURN_IF_ERROR(store::SavePosition(tx, feed.feed, fresh.back().seq()));
    position = fresh.back().seq();
    applied = true;
    return {};
  });
  {
    const std::lock_guard lock{feed.mutex};
    feed.last_error = status.ok() ? std::string{} : status.error().ToString();
  }
  if (!status.ok()) {
    const Error& error = status.error();
    const bool passing = error.code == Code::kUnavailable || error.code == Code::kUnknownOutcome ||
                         error.code == Code::kConflict || error.code == Code::kResourceExhausted;
    const std::initializer_list<LogField> fields = {
        {"feed", feed.feed},
        {"first_seq", events.empty() ? std::uint64_t{0} : events.front().seq()},
        {"error", error.ToString()}};
    if (passing) {
      LogWarnLimited("host.feed_not_applied", 30, fields);
    } else {
      LogErrorLimited("host.feed_stuck", 60, fields);
    }
    return error;
  }
  if (applied && after_commit) after_commit();
  return position;
}

base::Result<bus::EventBatch> Runtime::Impl::ReadFeed(std::uint64_t after, std::uint32_t limit) {
  bus::EventBatch batch;
  batch.set_feed(service_.name);
  RETURN_IF_ERROR(pool_->WithSession([&](store::Session& session) -> Status {
    batch.clear_events();
    ASSIGN_OR_RETURN(const std::uint64_t head, store::HeadOf(session, service_.name));
    batch.set_head(head);
    if (head <= after || limit == 0) return {};
    ASSIGN_OR_RETURN(const std::vector<store::StoredEvent> events,
                     store::ReadEvents(session, service_.name, after, limit));
    // Half of what a message may hold, so that a batch of large events still fits.
    std::size_t bytes = 0;
    for (const store::StoredEvent& stored : events) {
      bytes += stored.event.payload.size() + stored.event.subject.size() + 200;
      if (bytes > bus::kMessageBytesMax / 2 && batch.events_size() > 0) break;
      bus::Event& event = *batch.add_events();
      event.set_seq(stored.seq);
      event.set_feed(service_.name);
      event.set_type(stored.event.type);
      event.set_subject(stored.event.subject);
      *event.mutable_time() = google::protobuf::util::TimeUtil::MillisecondsToTimestamp(
          stored.event.time.time_since_epoch().count());
      event.set_payload_type(stored.event.payload_type);
      event.set_payload(stored.event.payload);
      event.set_correlation_id(stored.event.correlation_id);
      event.set_causation_id(stored.event.causation_id);
      batch.set_head(std::max<std::uint64_t>(batch.head(), stored.seq));
    }
    return {};
  }));
  return batch;
}

jobs::Workers& Runtime::Impl::AddWorkers(const std::string& queue, jobs::WorkerOptions options,
                                         jobs::Workers::Run run, jobs::Workers::Due due) {
  CHECK(!wired_);
  auto own = std::make_unique<OwnQueue>();
  own->name = queue;
  own->queue = std::make_unique<jobs::Queue>(suite_.redis, queue);
  // Delays and back-off are real time, also in a rehearsal.
  own->workers = std::make_unique<jobs::Workers>(suite_.redis, queue, options, std::move(run),
                                                 std::move(due), system_clock_);
  queues_.push_back(std::move(own));
  return *queues_.back()->workers;
}

void Runtime::Impl::SetWorkPending(std::function<base::Result<std::uint64_t>()> count) {
  work_pending_ = std::move(count);
}
void Runtime::Impl::SetNextDue(
    std::function<base::Result<std::optional<base::UtcTime>>()> next) {
  next_due_ = std::move(next);
}
void Runtime::Impl::OnClockMoved(std::function<void()> callback) {
  clock_moved_.push_back(std::move(callback));
}
void Runtime::Impl::AddHealth(const std::string& name,
                              std::function<baoxue::bus::v1::DependencyHealth()> check) {
  health_.emplace_back(name, std::move(check));
}
void Runtime::Impl::OnStop(std::function<void()> callback) {
  stop_callbacks_.push_back(std::move(callback));
}

}  // namespace host
