#include <hiredis/hiredis.h>

#include <mutex>

#include "jobs/jobs.h"
#include "jobs/keys.h"
#include "jobs/redis_client.h"
#include "jobs/scripts.h"

namespace jobs {
namespace {

constexpr std::size_t kJobsAtOnce = 500;  // a script holds up everybody else

std::string FieldOf(const redisReply& fields, std::string_view name) {
  for (std::size_t i = 0; i + 1 < fields.elements; i += 2) {
    if (TextOf(*fields.element[i]) == name) return TextOf(*fields.element[i + 1]);
  }
  return {};
}

DeadJob ToDeadJob(const redisReply& entry) {
  DeadJob dead;
  if (const redisReply* id = At(entry, 0)) dead.entry_id = TextOf(*id);
  if (const redisReply* fields = At(entry, 1)) {
    dead.job.kind = FieldOf(*fields, "kind");
    dead.job.id = FieldOf(*fields, "id");
    dead.job.attempts = std::atoi(FieldOf(*fields, "attempts").c_str());
    dead.error = FieldOf(*fields, "error");
  }
  return dead;
}

}  // namespace

struct Queue::Impl {
  Impl(RedisOptions redis, std::string queue_name)
      : options(std::move(redis)), name(std::move(queue_name)), keys(options, name) {}

  RedisOptions options;
  std::string name;
  Keys keys;
  std::mutex mutex;
  std::unique_ptr<RedisClient> client;

  // Runs `work` on a live connection. Everything here may be done twice, so when a connection from
  // before turns out to be dead, it is done again on a new one.
  template <class Work>
  auto With(const Work& work) -> decltype(work(*client)) {
    const std::lock_guard lock{mutex};
    if (client && !client->dead()) {
      auto result = work(*client);
      if (!client->dead()) return result;
    }
    client.reset();
    ASSIGN_OR_RETURN(client, RedisClient::Connect(options));
    return work(*client);
  }
};

Queue::Queue(RedisOptions options, std::string name)
    : impl_(std::make_unique<Impl>(std::move(options), std::move(name))) {}
Queue::~Queue() = default;
const std::string& Queue::name() const { return impl_->name; }

base::Status Queue::Enqueue(const std::vector<Job>& jobs, std::chrono::milliseconds delay) {
  const auto added = EnqueueCounted(jobs, delay);
  return added.ok() ? base::Status{} : added.error();
}

base::Result<std::uint64_t> Queue::EnqueueCounted(const std::vector<Job>& jobs,
                                                  std::chrono::milliseconds delay) {
  for (const Job& job : jobs) {
    if (job.kind.empty() || job.kind.find('\n') != std::string::npos) {
      return base::Error{base::Code::kInvalidArgument, "BAD_JOB", "a kind is one line of text"};
    }
  }
  const Keys& keys = impl_->keys;
  std::uint64_t added = 0;
  for (std::size_t begin = 0; begin < jobs.size(); begin += kJobsAtOnce) {
    std::vector<std::string> words{"EVAL",
                                   std::string{kEnqueueScript},
                                   "3",
                                   keys.stream,
                                   keys.delay,
                                   keys.known,
                                   std::to_string(std::max<std::int64_t>(delay.count(), 0))};
    for (std::size_t i = begin; i < std::min(jobs.size(), begin + kJobsAtOnce); ++i) {
      words.push_back(jobs[i].kind);
      words.push_back(jobs[i].id);
      words.push_back(std::to_string(jobs[i].attempts));
    }
    const auto reply = impl_->With([&](RedisClient& client) { return client.Command(words); });
    if (!reply.ok()) return reply.error();
    added += static_cast<std::uint64_t>(IntOf(**reply));
  }
  return added;
}

base::Result<QueueStats> Queue::Stats() {
  return impl_->With([&](RedisClient& client) -> base::Result<QueueStats> {
    const Keys& keys = impl_->keys;
    ASSIGN_OR_RETURN(const Reply length, client.Command({"XLEN", keys.stream}));
    ASSIGN_OR_RETURN(const Reply delayed, client.Command({"ZCARD", keys.delay}));
    ASSIGN_OR_RETURN(const Reply dead, client.Command({"XLEN", keys.dead}));
    QueueStats stats;
    stats.delayed = static_cast<std::uint64_t>(IntOf(*delayed));
    stats.dead = static_cast<std::uint64_t>(IntOf(*dead));
    const auto pending = client.Command({"XPENDING", keys.stream, std::string{kGroup}});
    if (pending.ok()) {
      if (const redisReply* count = At(**pending, 0)) {
        stats.running = static_cast<std::uint64_t>(IntOf(*count));
      }
    } else if (pending.error().reason != "NO_GROUP") {
      return pending.error();
    }
    const auto all = static_cast<std::uint64_t>(IntOf(*length));
    stats.waiting = all > stats.running ? all - stats.running : 0;
    return stats;
  });
}

base::Result<std::vector<DeadJob>> Queue::ListDead(std::size_t limit) {
  return impl_->With([&](RedisClient& client) -> base::Result<std::vector<DeadJob>> {
    ASSIGN_OR_RETURN(const Reply entries, client.Command({"XRANGE", impl_->keys.dead, "-", "+",
                                                          "COUNT", std::to_string(limit)}));
    std::vector<DeadJob> dead;
    for (std::size_t i = 0; i < entries->elements; ++i) {
      dead.push_back(ToDeadJob(*entries->element[i]));
    }
    return dead;
  });
}

base::Result<std::uint64_t> Queue::Replay(const std::vector<std::string>& entry_ids) {
  const Keys& keys = impl_->keys;
  const auto replay = [&](const std::vector<std::string>& ids) -> base::Result<std::uint64_t> {
    std::vector<std::string> words{
        "EVAL", std::string{kReplayScript}, "3", keys.stream, keys.known, keys.dead};
    words.insert(words.end(), ids.begin(), ids.end());
    const auto reply = impl_->With([&](RedisClient& client) { return client.Command(words); });
    if (!reply.ok()) return reply.error();
    return static_cast<std::uint64_t>(IntOf(**reply));
  };
  for (const std::string& id : entry_ids) {
    if (id.empty() || id.find_first_not_of("0123456789-") != std::string::npos) {
      return base::Error{base::Code::kInvalidArgument, "BAD_ENTRY",
                         "an entry of the dead letters looks like 1700000000000-0"};
    }
  }
  if (!entry_ids.empty()) return replay(entry_ids);
  std::uint64_t replayed = 0;
  for (;;) {
    ASSIGN_OR_RETURN(const auto dead, ListDead(kJobsAtOnce));
    if (dead.empty()) return replayed;
    std::vector<std::string> ids;
    for (const DeadJob& one : dead) ids.push_back(one.entry_id);
    ASSIGN_OR_RETURN(const std::uint64_t now, replay(ids));
    replayed += now;
  }
}

base::Status Queue::Ping() {
  const auto policy = impl_->With([](RedisClient& client) { return EvictionPolicy(client); });
  if (!policy.ok()) return policy.error();
  if (policy->empty() || *policy == kSafePolicy) return {};
  return base::Error{base::Code::kFailedPrecondition, "REDIS_EVICTS",
                     "maxmemory-policy is " + *policy + ", it must be noeviction"};
}

}  // namespace jobs
