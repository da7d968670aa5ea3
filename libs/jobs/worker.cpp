#include "jobs/worker.h"

#include <hiredis/hiredis.h>

#include "host/log.h"
#include "jobs/retry.h"
#include "jobs/scripts.h"

namespace jobs {
namespace {

// How long a read waits on the server: also how long Stop() may take on an idle queue.
constexpr std::chrono::milliseconds kBlock{200};
constexpr std::size_t kErrorBytesMax = 300;

Job JobOf(const redisReply& fields) {
  Job job;
  for (std::size_t i = 0; i + 1 < fields.elements; i += 2) {
    const std::string name = TextOf(*fields.element[i]);
    if (name == "kind") job.kind = TextOf(*fields.element[i + 1]);
    if (name == "id") job.id = TextOf(*fields.element[i + 1]);
    if (name == "attempts") job.attempts = std::atoi(TextOf(*fields.element[i + 1]).c_str());
  }
  return job;
}

}  // namespace

void Worker::Failed(const base::Error& error) {
  if (error.reason == "NO_GROUP" && client_ && !client_->dead()) {
    // Redis lost its data: the group is made anew and the database says what is due.
    const base::Status made = EnsureGroup();
    if (made.ok()) {
      shared_.Nudge();
      return;
    }
  }
  ++shared_.redis_errors;
  host::LogWarnLimited("jobs.redis_error", 10,
                       {{"queue", shared_.queue}, {"error", error.ToString()}});
  client_.reset();
  shared_.Pause(backoff_.Next());
}

base::Status Worker::EnsureGroup() {
  const auto made = client_->Command(
      {"XGROUP", "CREATE", shared_.keys.stream, std::string{kGroup}, "0", "MKSTREAM"});
  if (made.ok() || made.error().detail.starts_with("BUSYGROUP")) return {};
  return made.error();
}

base::Status Worker::Connect() {
  if (client_ && !client_->dead()) return {};
  ASSIGN_OR_RETURN(client_, RedisClient::Connect(shared_.redis));
  RETURN_IF_ERROR(EnsureGroup());
  while (!unsent_.empty()) {
    const auto sent = client_->Command(unsent_.back());
    if (!sent.ok()) return sent.error();
    unsent_.pop_back();
  }
  own_from_before_ = true;
  backoff_.Reset();
  return {};
}

void Worker::Loop() {
  while (!shared_.Stopping()) {
    if (const auto connected = Connect(); !connected.ok()) {
      Failed(connected.error());
      continue;
    }
    const auto entries = Next();
    if (!entries.ok()) {
      Failed(entries.error());
      continue;
    }
    RunAll(*entries);
  }
}

base::Result<std::vector<Worker::Entry>> Worker::Next() {
  if (own_from_before_) {
    ASSIGN_OR_RETURN(auto mine, ReadGroup("0"));
    if (!mine.empty()) return mine;
    own_from_before_ = false;
  }
  const auto now = shared_.clock.Steady();
  if (now >= next_claim_) {
    ASSIGN_OR_RETURN(auto claimed, Claim());
    if (!claimed.empty()) return claimed;
    next_claim_ = now + shared_.options.claim_after / 2;
  }
  ASSIGN_OR_RETURN(auto fresh, ReadGroup(">"));
  // A full hand asks for more next time; what one thread takes, the others cannot.
  const int got = static_cast<int>(fresh.size());
  read_count_ =
      got >= read_count_ ? std::min(read_count_ * 2, shared_.options.batch_max) : std::max(1, got);
  return fresh;
}

base::Result<std::vector<Worker::Entry>> Worker::ReadGroup(const std::string& from) {
  const auto block =
      std::min(kBlock, std::max(shared_.options.claim_after / 2, std::chrono::milliseconds{1}));
  ASSIGN_OR_RETURN(
      const Reply reply,
      client_->BlockingCommand({"XREADGROUP", "GROUP", std::string{kGroup}, consumer_, "COUNT",
                                std::to_string(read_count_), "BLOCK", std::to_string(block.count()),
                                "STREAMS", shared_.keys.stream, from},
                               block));
  const redisReply* stream = At(*reply, 0);
  const redisReply* list = stream != nullptr ? At(*stream, 1) : nullptr;
  return list != nullptr ? ParseEntries(*list) : std::vector<Entry>{};
}

std::vector<Worker::Entry> Worker::ParseEntries(const redisReply& list) {
  std::vector<Entry> entries;
  for (std::size_t i = 0; i < list.elements; ++i) {
    const redisReply* id = At(*list.element[i], 0);
    const redisReply* fields = At(*list.element[i], 1);
    if (id == nullptr) continue;
    Entry entry{TextOf(*id), {}};
    if (fields != nullptr) entry.job = JobOf(*fields);
    if (entry.job.kind.empty()) {
      // Deleted while it was pending, or not written by us: nothing can run it.
      (void)client_->Command({"XACK", shared_.keys.stream, std::string{kGroup}, entry.id});
      (void)client_->Command({"XDEL", shared_.keys.stream, entry.id});
      continue;
    }
    entries.push_back(std::move(entry));
  }
  return entries;
}

base::Result<std::vector<Worker::Entry>> Worker::Claim() {
  ASSIGN_OR_RETURN(const Reply reply,
                   client_->Command({"XAUTOCLAIM", shared_.keys.stream, std::string{kGroup},
                                     consumer_, std::to_string(shared_.options.claim_after.count()),
                                     "0-0", "COUNT", std::to_string(shared_.options.batch_max)}));
  const redisReply* list = At(*reply, 1);
  std::vector<Entry> entries = list != nullptr ? ParseEntries(*list) : std::vector<Entry>{};
  for (Entry& entry : entries) RETURN_IF_ERROR(CountDeaths(entry));
  shared_.claimed += entries.size();
  return entries;
}

// A worker that ended while it ran a job counts as an attempt, so that a job that kills its worker
// comes to the dead letters too.
base::Status Worker::CountDeaths(Entry& entry) {
  ASSIGN_OR_RETURN(const Reply reply,
                   client_->Command({"XPENDING", shared_.keys.stream, std::string{kGroup}, entry.id,
                                     entry.id, "1"}));
  const redisReply* row = At(*reply, 0);
  const redisReply* deliveries = row != nullptr ? At(*row, 3) : nullptr;
  if (deliveries == nullptr) return {};
  entry.job.attempts += static_cast<int>(std::max<std::int64_t>(IntOf(*deliveries) - 1, 0));
  return {};
}

void Worker::RunAll(const std::vector<Entry>& entries) {
  auto fresh_until = shared_.clock.Steady() + shared_.options.claim_after / 3;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const Entry& entry = entries[i];
    base::Status sent;
    if (shared_.Stopping()) {
      sent = Send(entry, "back", entry.job.attempts, {});
    } else if (entry.job.attempts >= shared_.options.attempts_max) {
      sent = Finish(entry, base::Error{base::Code::kInternal, "WORKER_DIED",
                                       "its worker ended each time it ran"});
    } else {
      if (shared_.clock.Steady() >= fresh_until) {
        sent = Renew(entries, i);
        fresh_until = shared_.clock.Steady() + shared_.options.claim_after / 3;
      }
      if (sent.ok()) sent = Finish(entry, shared_.run(entry.job));
    }
    if (!sent.ok()) {
      // The rest of the batch is still this worker's: it comes again after the reconnect.
      Failed(sent.error());
      return;
    }
  }
}

// Keeps the entries that wait behind a slow job from being taken for those of a dead worker.
base::Status Worker::Renew(const std::vector<Entry>& entries, std::size_t from) {
  std::vector<std::string> words{"XCLAIM", shared_.keys.stream, std::string{kGroup}, consumer_,
                                 "0"};
  for (std::size_t i = from; i < entries.size(); ++i) words.push_back(entries[i].id);
  words.push_back("JUSTID");
  const auto renewed = client_->Command(words);
  return renewed.ok() ? base::Status{} : renewed.error();
}

base::Status Worker::Finish(const Entry& entry, const base::Status& status) {
  if (status.ok()) {
    ++shared_.done;
    return Send(entry, "done", 0, {});
  }
  ++shared_.failed;
  const int attempts = entry.job.attempts + 1;
  if (attempts < shared_.options.attempts_max) {
    const auto delay = RetryDelay(shared_.options, attempts, rng_);
    const auto sent = Send(entry, "retry", attempts, std::to_string(delay.count()));
    shared_.PromoteAt(shared_.clock.Steady() + delay);
    return sent;
  }
  ++shared_.dead;
  host::LogError("jobs.dead_letter", {{"queue", shared_.queue},
                                      {"kind", entry.job.kind},
                                      {"id", entry.job.id},
                                      {"attempts", attempts},
                                      {"error", status.error().ToString()}});
  return Send(entry, "dead", attempts, status.error().ToString().substr(0, kErrorBytesMax));
}

base::Status Worker::Send(const Entry& entry, std::string_view action, int attempts,
                          const std::string& argument) {
  const Keys& keys = shared_.keys;
  std::vector<std::string> words{"EVAL",
                                 std::string{kFinishScript},
                                 "4",
                                 keys.stream,
                                 keys.delay,
                                 keys.known,
                                 keys.dead,
                                 entry.id,
                                 entry.job.kind,
                                 entry.job.id,
                                 std::string{action},
                                 std::to_string(attempts),
                                 argument,
                                 std::to_string(kDeadMax)};
  const auto sent = client_->Command(words);
  if (sent.ok()) return {};
  unsent_.push_back(std::move(words));
  return sent.error();
}

}  // namespace jobs
