// The requests that every service answers: Doctor, SetClock, GetProgress, FetchEvents, ListJobs,
// ReplayJobs, ReloadAccess.
#include <google/protobuf/util/time_util.h>

#include <algorithm>

#include "bus/view.h"
#include "host/runtime_impl.h"

namespace host {

namespace v1 = baoxue::bus::v1;
using base::Code;
using base::Error;
using base::Status;
using google::protobuf::util::TimeUtil;

namespace {

constexpr std::uint32_t kFetchMax = 2000;
constexpr std::size_t kDeadListMax = 1000;
constexpr std::chrono::milliseconds kPeerCheck{1000};
constexpr std::int64_t kSecondsMin = 946684800;   // 2000-01-01
constexpr std::int64_t kSecondsMax = 4133980800;  // 2101-01-01

google::protobuf::Timestamp ToProto(base::UtcTime time) {
  return TimeUtil::MillisecondsToTimestamp(time.time_since_epoch().count());
}

v1::DependencyHealth Health(const std::string& name, const Status& status) {
  v1::DependencyHealth health;
  health.set_name(name);
  health.set_ok(status.ok());
  if (!status.ok()) health.set_detail(status.error().ToString());
  return health;
}

}  // namespace

void Runtime::Impl::AddRequests() {
  server_->On<v1::Doctor, v1::DoctorReply>(
      [this](const bus::Request&, const v1::Doctor&) { return Doctor(); });
  server_->On<v1::SetClock, v1::SetClockReply>(
      [this](const bus::Request&, const v1::SetClock& request) { return SetClock(request); });
  server_->On<v1::GetProgress, v1::GetProgressReply>(
      [this](const bus::Request&, const v1::GetProgress&) { return GetProgress(); });
  server_->On<v1::FetchEvents, v1::EventBatch>(
      [this](const bus::Request& request, const v1::FetchEvents& fetch) {
        return FetchEvents(request, fetch);
      });
  server_->On<v1::ReloadAccess, v1::ReloadAccessReply>(
      [this](const bus::Request&, const v1::ReloadAccess&) { return ReloadAccess(); });
  server_->On<v1::ListJobs, v1::ListJobsReply>(
      [this](const bus::Request&, const v1::ListJobs& request) { return ListJobs(request); });
  server_->On<v1::ReplayJobs, v1::ReplayJobsReply>(
      [this](const bus::Request&, const v1::ReplayJobs& request) { return ReplayJobs(request); });
}

v1::DependencyHealth Runtime::Impl::MysqlHealth() { return Health("mysql", pool_->Ping()); }

v1::DependencyHealth Runtime::Impl::RedisHealth() {
  OwnQueue& queue = *queues_.front();
  const std::lock_guard lock{queue.mutex};
  return Health("redis", queue.queue->Ping());
}

// How far this service is behind, by asking the publisher for its head.
v1::DependencyHealth Runtime::Impl::FeedHealth(FollowedFeed& feed) {
  const std::uint64_t position = feed.follower->stats().position;
  v1::FetchEvents fetch;
  fetch.set_feed(feed.feed);
  fetch.set_after(position);
  fetch.set_limit(0);
  const auto head = client(feed.feed).Ask<v1::EventBatch>(fetch, {.timeout = kPeerCheck});
  v1::DependencyHealth health;
  health.set_name("feed:" + feed.feed);
  std::string error;
  {
    const std::lock_guard lock{feed.mutex};
    error = feed.last_error;
  }
  if (!head.ok() && error.empty()) {
    error = feed.feed + " 没有应答：" + head.error().reason;
  }
  health.set_ok(error.empty());
  health.set_detail(error.empty() ? "已跟到第 " + std::to_string(position) + " 条" : error);
  const std::uint64_t at = head.ok() ? head->head() : feed.follower->stats().head;
  health.set_lag(at > position ? at - position : 0);
  return health;
}

v1::DependencyHealth Runtime::Impl::QueueHealth(OwnQueue& queue) {
  const std::lock_guard lock{queue.mutex};
  const auto stats = queue.queue->Stats();
  v1::DependencyHealth health;
  health.set_name("queue:" + queue.name);
  health.set_ok(stats.ok() && stats->dead == 0);
  if (!stats.ok()) {
    health.set_detail(stats.error().ToString());
    return health;
  }
  health.set_lag(stats->waiting + stats->delayed + stats->running);
  health.set_detail("等待 " + std::to_string(stats->waiting) + "，延迟 " +
                    std::to_string(stats->delayed) + "，在办 " +
                    std::to_string(stats->running) + "，死信 " + std::to_string(stats->dead));
  return health;
}

base::Result<v1::DoctorReply> Runtime::Impl::Doctor() {
  v1::DoctorReply reply;
  reply.set_service(service_.name);
  reply.set_version(BAOXUE_VERSION);
  *reply.mutable_now() = ToProto(clock().Now());
  reply.set_rehearsal(suite_.rehearsal);
  reply.set_resident_bytes(ResidentBytes());
  const v1::DependencyHealth mysql = MysqlHealth();
  reply.set_ready(ready_ && mysql.ok());
  *reply.add_dependencies() = mysql;
  if (mysql.ok()) {
    const auto own = ReadFeed(0, 0);
    if (own.ok()) reply.set_feed_head(own->head());
  }
  const v1::DependencyHealth access = AccessHealth();
  if (!access.ok()) *reply.add_dependencies() = access;
  for (const SubscriberState& one : subscribers_.List(*context_->access(), service_.name)) {
    v1::Subscriber& out = *reply.add_subscribers();
    out.set_name(one.name);
    out.set_role(one.role);
    out.set_position(one.position);
    out.set_lag(reply.feed_head() > one.position ? reply.feed_head() - one.position : 0);
    if (one.last_seen) *out.mutable_last_seen() = ToProto(*one.last_seen);
  }
  if (!queues_.empty()) *reply.add_dependencies() = RedisHealth();
  for (const auto& queue : queues_) *reply.add_dependencies() = QueueHealth(*queue);
  for (const auto& feed : feeds_) *reply.add_dependencies() = FeedHealth(*feed);
  for (const auto& [name, check] : health_) {
    v1::DependencyHealth health = check();
    if (health.name().empty()) health.set_name(name);
    *reply.add_dependencies() = std::move(health);
  }
  return reply;
}

base::Result<v1::SetClockReply> Runtime::Impl::SetClock(const v1::SetClock& request) {
  if (!manual_clock_) {
    return Error{Code::kFailedPrecondition, "NOT_A_REHEARSAL",
                 "a real deployment takes its time from the machine"};
  }
  if (!request.has_now() || request.now().seconds() < kSecondsMin ||
      request.now().seconds() > kSecondsMax) {
    return Error{Code::kInvalidArgument, "BAD_TIME", "now must be a time in 2000..2100"};
  }
  const base::UtcTime to{
      std::chrono::milliseconds{TimeUtil::TimestampToMilliseconds(request.now())}};
  const std::lock_guard lock{set_clock_mutex_};
  if (to < manual_clock_->Now()) {
    return Error{Code::kFailedPrecondition, "CLOCK_BACKWARD",
                 "it is " + base::ToIso(manual_clock_->Now()) + " already"};
  }
  // Stored first: after a crash the clock may be ahead of what was done, never behind.
  Status saved = pool_->WithSession(
      [&](store::Session& session) { return store::SaveSuiteClock(session, to); });
  // Whether it was stored or not, storing the same time again does no harm: the caller may repeat.
  if (!saved.ok() && saved.error().code == Code::kUnknownOutcome) {
    return Error{Code::kUnavailable, "DB_LOST", saved.error().detail};
  }
  RETURN_IF_ERROR(saved);
  manual_clock_->Set(to);
  for (const auto& callback : clock_moved_) callback();
  for (const auto& queue : queues_) queue->workers->Nudge();
  v1::SetClockReply reply;
  *reply.mutable_now() = ToProto(to);
  return reply;
}

base::Result<v1::GetProgressReply> Runtime::Impl::GetProgress() {
  if (!manual_clock_) {
    return Error{Code::kFailedPrecondition, "NOT_A_REHEARSAL", "for rehearsals only"};
  }
  v1::GetProgressReply reply;
  // Work before positions, positions before the head: what is under way shows in at least one.
  if (work_pending_) {
    ASSIGN_OR_RETURN(const std::uint64_t pending, work_pending_());
    reply.set_work_pending(pending);
  }
  RETURN_IF_ERROR(pool_->WithSession([&](store::Session& session) -> Status {
    reply.clear_following();
    for (const auto& feed : feeds_) {
      ASSIGN_OR_RETURN(const std::uint64_t position, store::LoadPosition(session, feed->feed));
      v1::FeedProgress& progress = *reply.add_following();
      progress.set_feed(feed->feed);
      progress.set_position(position);
    }
    ASSIGN_OR_RETURN(const std::uint64_t head, store::HeadOf(session, service_.name));
    reply.set_feed_head(head);
    return {};
  }));
  if (next_due_) {
    ASSIGN_OR_RETURN(const std::optional<base::UtcTime> next, next_due_());
    if (next) *reply.mutable_next_due() = ToProto(*next);
  }
  return reply;
}

base::Result<bus::EventBatch> Runtime::Impl::FetchEvents(const bus::Request& request,
                                                         const v1::FetchEvents& fetch) {
  if (fetch.feed() != service_.name) {
    return Error{Code::kNotFound, "NO_FEED", service_.name + " publishes no feed " + fetch.feed()};
  }
  const std::shared_ptr<const bus::AccessList> access = context_->access();
  const bus::Peer* peer = access->FindName(request.peer);
  if (peer == nullptr || !bus::AccessList::MayFollow(*peer, fetch.feed())) {
    return Error{Code::kPermissionDenied, "MAY_NOT_FOLLOW",
                 request.peer + " may not follow " + fetch.feed()};
  }
  subscribers_.Saw(peer->name, fetch.after(), system_clock_.Now());
  ASSIGN_OR_RETURN(bus::EventBatch batch,
                   ReadFeed(fetch.after(), std::min(fetch.limit(), kFetchMax)));
  for (bus::Event& event : *batch.mutable_events()) bus::CutForRole(peer->role, event);
  return batch;
}

base::Result<v1::ListJobsReply> Runtime::Impl::ListJobs(const v1::ListJobs& request) {
  v1::ListJobsReply reply;
  for (const auto& queue : queues_) {
    if (!request.queue().empty() && request.queue() != queue->name) continue;
    const std::lock_guard lock{queue->mutex};
    ASSIGN_OR_RETURN(const jobs::QueueStats stats, queue->queue->Stats());
    v1::QueueInfo& info = *reply.add_queues();
    info.set_name(queue->name);
    info.set_waiting(stats.waiting);
    info.set_delayed(stats.delayed);
    info.set_running(stats.running);
    info.set_dead(stats.dead);
    if (!request.dead()) continue;
    const std::size_t limit = request.limit() == 0
                                  ? kDeadListMax
                                  : std::min<std::size_t>(request.limit(), kDeadListMax);
    ASSIGN_OR_RETURN(const std::vector<jobs::DeadJob> dead, queue->queue->ListDead(limit));
    for (const jobs::DeadJob& job : dead) {
      v1::Job& out = *reply.add_jobs();
      out.set_queue(queue->name);
      out.set_kind(job.job.kind);
      out.set_id(job.job.id);
      out.set_entry_id(job.entry_id);
      out.set_attempts(static_cast<std::uint32_t>(job.job.attempts));
      out.set_error(security::MaskText(job.error));
    }
  }
  if (!request.queue().empty() && reply.queues_size() == 0) {
    return Error{Code::kNotFound, "NO_QUEUE", service_.name + " has no queue " + request.queue()};
  }
  return reply;
}

base::Result<v1::ReplayJobsReply> Runtime::Impl::ReplayJobs(const v1::ReplayJobs& request) {
  for (const auto& queue : queues_) {
    if (queue->name != request.queue()) continue;
    std::uint64_t replayed = 0;
    {
      const std::lock_guard lock{queue->mutex};
      const std::vector<std::string> ids{request.entry_ids().begin(), request.entry_ids().end()};
      ASSIGN_OR_RETURN(replayed, queue->queue->Replay(ids));
    }
    queue->workers->Nudge();
    v1::ReplayJobsReply reply;
    reply.set_replayed(replayed);
    return reply;
  }
  return Error{Code::kNotFound, "NO_QUEUE", service_.name + " has no queue " + request.queue()};
}

}  // namespace host
