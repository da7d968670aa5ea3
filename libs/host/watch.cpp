// What a scrape of /metrics reads from the parts of a service.
#include <unistd.h>

#include <fstream>

#include "host/runtime_impl.h"

namespace host {

std::uint64_t ResidentBytes() {
  std::ifstream statm{"/proc/self/statm"};
  std::uint64_t total_pages = 0;
  std::uint64_t resident_pages = 0;
  if (!(statm >> total_pages >> resident_pages)) return 0;
  return resident_pages * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

namespace {

double Real(std::uint64_t n) { return static_cast<double>(n); }

}  // namespace

void Runtime::Impl::AddMetrics() {
  const std::string prefix = "baoxue_" + service_.name + "_";
  AddProcessMetrics(prefix);
  AddBusMetrics(prefix);
  for (const auto& feed : feeds_) AddFeedMetrics(prefix, *feed);
  AddSubscriberMetrics(prefix);
  for (const auto& queue : queues_) AddQueueMetrics(prefix, *queue);
}

void Runtime::Impl::AddProcessMetrics(const std::string& prefix) {
  Metrics& m = metrics_;
  Gauge ready = m.gauge(prefix + "ready", "1 while the service takes requests");
  Gauge resident = m.gauge(prefix + "resident_bytes", "memory held by the process");
  Gauge open = m.gauge(prefix + "db_connections", "MySQL connections", "state", "open");
  Gauge idle = m.gauge(prefix + "db_connections", "MySQL connections", "state", "idle");
  Counter retries = m.counter(prefix + "db_retries_total", "transactions run again");
  Counter lost = m.counter(prefix + "db_connections_lost_total", "MySQL connections lost");
  Gauge database = m.gauge(prefix + "db_up", "1 if MySQL answered this scrape");
  Gauge head = m.gauge(prefix + "feed_head", "last event of the own feed");
  m.Collect([=, this]() mutable {
    ready.Set(ready_ ? 1 : 0);
    resident.Set(Real(ResidentBytes()));
    const store::Pool::Stats stats = pool_->stats();
    open.Set(stats.open);
    idle.Set(stats.idle);
    retries.RaiseTo(Real(stats.retries));
    lost.RaiseTo(Real(stats.lost_connections));
    const auto own = ReadFeed(0, 0);
    database.Set(own.ok() ? 1 : 0);
    if (own.ok()) head.Set(Real(own->head()));
  });
}

void Runtime::Impl::AddBusMetrics(const std::string& prefix) {
  Metrics& m = metrics_;
  const std::string refused_name = prefix + "requests_refused_total";
  Counter accepted = m.counter(prefix + "requests_accepted_total", "requests accepted");
  Counter answered = m.counter(prefix + "requests_answered_total", "requests answered");
  Gauge in_flight = m.gauge(prefix + "requests_in_flight", "accepted and not yet answered");
  Counter expired = m.counter(prefix + "requests_expired_total", "deadline passed unanswered");
  Counter full = m.counter(refused_name, "requests refused", "why", "full");
  Counter access = m.counter(refused_name, "requests refused", "why", "access");
  Counter bad = m.counter(prefix + "bad_frames_total", "frames that were no message");
  m.Collect([=, this]() mutable {
    const bus::Server::Stats stats = server_->stats();
    accepted.RaiseTo(Real(stats.accepted));
    answered.RaiseTo(Real(stats.answered));
    in_flight.Set(Real(stats.in_flight));
    expired.RaiseTo(Real(stats.expired));
    full.RaiseTo(Real(stats.refused_full));
    access.RaiseTo(Real(stats.refused_access));
    bad.RaiseTo(Real(stats.bad_frames));
  });
}

void Runtime::Impl::AddFeedMetrics(const std::string& prefix, FollowedFeed& feed) {
  Metrics& m = metrics_;
  const std::string& name = feed.feed;
  Gauge position = m.gauge(prefix + "follow_position", "last event applied", "feed", name);
  Gauge lag = m.gauge(prefix + "follow_lag_events", "events behind", "feed", name);
  Counter gaps = m.counter(prefix + "follow_gaps_total", "holes seen live", "feed", name);
  Counter fetched = m.counter(prefix + "follow_fetched_total", "events fetched", "feed", name);
  Counter live = m.counter(prefix + "follow_live_total", "events got live", "feed", name);
  Counter errors = m.counter(prefix + "follow_errors_total", "batches not applied", "feed", name);
  m.Collect([=, follower = feed.follower.get()]() mutable {
    const bus::Follower::Stats stats = follower->stats();
    position.Set(Real(stats.position));
    lag.Set(stats.head > stats.position ? Real(stats.head - stats.position) : 0);
    gaps.RaiseTo(Real(stats.gaps));
    fetched.RaiseTo(Real(stats.fetched));
    live.RaiseTo(Real(stats.live));
    errors.RaiseTo(Real(stats.errors));
  });
}

// The label is a name of the access list; who is added to it while the service runs, too.
void Runtime::Impl::AddSubscriberMetrics(const std::string& prefix) {
  struct Gauges {
    Gauge position = {}, lag = {}, seen = {};
  };
  const auto of = std::make_shared<std::map<std::string, Gauges>>();
  const auto gauges = [this, prefix, of](const std::string& name) -> Gauges& {
    const auto [it, fresh] = of->try_emplace(name);
    if (fresh) {
      it->second.position = metrics_.gauge(
          prefix + "subscriber_position", "last event that it said to have", "peer", name);
      it->second.lag =
          metrics_.gauge(prefix + "subscriber_lag_events", "events behind", "peer", name);
      it->second.seen = metrics_.gauge(prefix + "subscriber_last_seen_seconds",
                                       "Unix time, 0: not since the start", "peer", name);
    }
    return it->second;
  };
  for (const auto& one : subscribers_.List(*context_->access(), service_.name)) gauges(one.name);
  metrics_.Collect([this, gauges] {
    const auto own = ReadFeed(0, 0);
    for (const auto& one : subscribers_.List(*context_->access(), service_.name)) {
      Gauges& its = gauges(one.name);
      its.position.Set(Real(one.position));
      if (own.ok()) its.lag.Set(own->head() > one.position ? Real(own->head() - one.position) : 0);
      using Seconds = std::chrono::duration<double>;
      its.seen.Set(one.last_seen ? Seconds{one.last_seen->time_since_epoch()}.count() : 0);
    }
  });
}

void Runtime::Impl::AddQueueMetrics(const std::string& prefix, OwnQueue& own) {
  Metrics& m = metrics_;
  const std::string& name = own.name;
  Gauge waiting = m.gauge(prefix + "queue_waiting_jobs", "jobs to do now", "queue", name);
  Gauge delayed = m.gauge(prefix + "queue_delayed_jobs", "jobs to do later", "queue", name);
  Gauge running = m.gauge(prefix + "queue_running_jobs", "jobs being done", "queue", name);
  Gauge dead = m.gauge(prefix + "queue_dead_jobs", "jobs given up", "queue", name);
  Counter done = m.counter(prefix + "jobs_done_total", "jobs done", "queue", name);
  Counter failed = m.counter(prefix + "jobs_failed_total", "attempts that failed", "queue", name);
  Counter remade =
      m.counter(prefix + "jobs_reconciled_total", "jobs remade from MySQL", "queue", name);
  Counter errors = m.counter(prefix + "redis_errors_total", "Redis commands failed", "queue", name);
  m.Collect([=, queue = &own]() mutable {
    const jobs::Workers::Stats stats = queue->workers->stats();
    done.RaiseTo(Real(stats.done));
    failed.RaiseTo(Real(stats.failed));
    remade.RaiseTo(Real(stats.reconciled));
    errors.RaiseTo(Real(stats.redis_errors));
    const std::lock_guard lock{queue->mutex};
    const auto depth = queue->queue->Stats();
    if (!depth.ok()) return;
    waiting.Set(Real(depth->waiting));
    delayed.Set(Real(depth->delayed));
    running.Set(Real(depth->running));
    dead.Set(Real(depth->dead));
  });
}

}  // namespace host
