// How a service starts and stops, step by step.
#include <malloc.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "host/runtime_impl.h"

namespace host {

using base::Code;
using base::Error;
using base::Status;

namespace {

constexpr std::chrono::milliseconds kRetryMysql{250};
constexpr std::chrono::seconds kHousekeeping{1};
constexpr std::chrono::days kRepliesKept{30};
constexpr int kTrimEvery = 30;      // rounds of housekeeping
constexpr int kForgetEvery = 3600;  // once an hour

bool MayPass(const Error& error) {
  return error.code == Code::kUnavailable || error.code == Code::kResourceExhausted;
}

}  // namespace

Status Runtime::Impl::Start(const Wait& wait) {
  const auto began = system_clock_.Steady();
  RETURN_IF_ERROR(FindSettings());
  RETURN_IF_ERROR(LoadKeys());
  RETURN_IF_ERROR(PrepareDatabase(wait));
  RETURN_IF_ERROR(StartClock());
  MakeBus();
  if (definition_.build) {
    ASSIGN_OR_RETURN(built_, definition_.build(*this));
  }
  AddRequests();
  AddMetrics();
  wired_ = true;
  RETURN_IF_ERROR(StartParts());
  RETURN_IF_ERROR(WriteReadyFile());
  ready_ = true;
  housekeeper_ = std::jthread{[this](const std::stop_token& stop) { KeepHouse(stop); }};
  const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(
      system_clock_.Steady() - began);
  LogInfo("host.ready", {{"pid", static_cast<std::int64_t>(::getpid())},
                         {"start_ms", static_cast<std::int64_t>(took.count())},
                         {"rehearsal", suite_.rehearsal},
                         {"time", base::ToIso(clock().Now())}});
  return {};
}

Status Runtime::Impl::FindSettings() {
  if (suite_.outside) {
    return Error{Code::kInvalidArgument, "OUTSIDE",
                 suite_.path + " is for a program outside (suite.mode): it runs no service"};
  }
  const auto found = suite_.services.find(definition_.name);
  if (found == suite_.services.end()) {
    return Error{Code::kInvalidArgument, "NO_SERVICE",
                 "services." + definition_.name + " is missing in " + suite_.path};
  }
  service_ = found->second;
  if (definition_.load) return definition_.load(suite_);
  return {};
}

Status Runtime::Impl::LoadKeys() {
  ASSIGN_OR_RETURN(keyring_, security::Keyring::Load(suite_.seal_key_file));
  access_signature_ = AccessSignature();
  ASSIGN_OR_RETURN(access_, LoadAccess(suite_.access_file));
  ASSIGN_OR_RETURN(keys_, bus::LoadKeyPair(suite_.keys_dir, service_.name));
  for (const auto& [name, settings] : suite_.services) {
    ASSIGN_OR_RETURN(client_options_[name], ClientFor(suite_, name, service_.name));
  }
  return {};
}

Status Runtime::Impl::PrepareDatabase(const Wait& wait) {
  store::PoolOptions options = suite_.mysql;
  options.database = service_.database;
  options.connections_max = service_.db_connections_max;
  const auto give_up = system_clock_.Steady() + std::chrono::seconds{suite_.start_wait_s};
  for (;;) {
    Status status = store::Migrate(options, "library", store::LibraryMigrations(), system_clock_);
    if (status.ok()) {
      status = store::Migrate(options, service_.name, definition_.migrations, system_clock_);
    }
    if (status.ok()) break;
    if (!MayPass(status.error()) || system_clock_.Steady() >= give_up) return status;
    LogWarnLimited("host.waiting_for_mysql", 5, {{"error", status.error().ToString()}});
    if (wait(kRetryMysql)) return Error{Code::kUnavailable, "STOPPED", "told to stop"};
  }
  pool_ = std::make_unique<store::Pool>(options, system_clock_);
  return {};
}

Status Runtime::Impl::StartClock() {
  if (!suite_.rehearsal) return {};
  std::optional<base::UtcTime> stored;
  RETURN_IF_ERROR(pool_->WithSession([&](store::Session& session) -> Status {
    ASSIGN_OR_RETURN(stored, store::LoadSuiteClock(session));
    return {};
  }));
  base::UtcTime start = system_clock_.Now();
  if (suite_.rehearsal_start) start = base::InstantAt(*suite_.rehearsal_start, 6 * 60);
  manual_clock_ = std::make_unique<base::ManualClock>(stored.value_or(start));
  return {};
}

void Runtime::Impl::MakeBus() {
  context_ = std::make_unique<bus::Context>(*access_);
  server_ = std::make_unique<bus::Server>(
      *context_,
      bus::ServerOptions{.endpoints = service_.requests,
                         .keys = keys_,
                         .name = service_.name,
                         .workers = service_.workers,
                         .in_flight_max = service_.in_flight_max,
                         .per_peer_in_flight_max = service_.in_flight_max},
      system_clock_);
  publisher_ = std::make_unique<bus::Publisher>(
      *context_,
      bus::Publisher::Options{.feed = service_.name, .endpoints = service_.events, .keys = keys_},
      [this](std::uint64_t after, std::uint32_t limit) { return ReadFeed(after, limit); },
      system_clock_);
}

Status Runtime::Impl::StartParts() {
  if (!service_.metrics.empty()) RETURN_IF_ERROR(metrics_.Serve(service_.metrics));
  RETURN_IF_ERROR(publisher_->Start());
  publishing_ = true;
  RETURN_IF_ERROR(server_->Start());
  serving_ = true;
  working_ = true;
  for (const auto& feed : feeds_) feed->follower->Start();
  for (const auto& queue : queues_) queue->workers->Start();
  return {};
}

std::string Runtime::Impl::ReadyFile() const {
  return suite_.data_dir + "/run/" + service_.name + ".ready";
}

Status Runtime::Impl::WriteReadyFile() {
  std::error_code error;
  std::filesystem::create_directories(suite_.data_dir + "/run", error);
  const std::string fresh = ReadyFile() + ".new";
  {
    std::ofstream out{fresh, std::ios::trunc};
    out << ::getpid() << '\n';
    out.flush();
    if (!out) return Error{Code::kUnavailable, "READY_FILE", "cannot write " + fresh};
  }
  std::filesystem::rename(fresh, ReadyFile(), error);
  if (error) {
    return Error{Code::kUnavailable, "READY_FILE",
                 "cannot write " + ReadyFile() + ": " + error.message()};
  }
  return {};
}

// Only if it is still ours: a second copy may have started on the same folder.
void Runtime::Impl::RemoveReadyFile() {
  std::ifstream in{ReadyFile()};
  pid_t pid = 0;
  if (!(in >> pid) || pid != ::getpid()) return;
  std::error_code error;
  std::filesystem::remove(ReadyFile(), error);
}

void Runtime::Impl::Stop() {
  if (stopped_) return;
  stopped_ = true;
  const auto began = system_clock_.Steady();
  if (ready_.exchange(false)) {
    RemoveReadyFile();
    LogInfo("host.draining");
  }
  housekeeper_ = std::jthread{};
  if (serving_ && !server_->Drain(std::chrono::seconds{suite_.drain_s})) {
    LogWarn("host.drain_timeout", {{"unanswered", server_->stats().in_flight}});
  }
  if (working_) {
    for (const auto& feed : feeds_) feed->follower->Stop();
    for (const auto& queue : queues_) queue->workers->Stop();
  }
  for (const auto& callback : stop_callbacks_) callback();
  metrics_.Stop();
  if (publishing_) publisher_->Stop();
  if (serving_) server_->Stop();
  feeds_.clear();
  queues_.clear();
  built_.reset();
  const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(
      system_clock_.Steady() - began);
  if (serving_) LogInfo("host.stopped", {{"stop_ms", static_cast<std::int64_t>(took.count())}});
}

// Sees to it that a changed access list counts, gives memory back to the system after a burst (an
// import), and forgets old idempotency keys.
void Runtime::Impl::KeepHouse(const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any tick;
  for (int round = 1;; ++round) {
    std::unique_lock lock{mutex};
    tick.wait_for(lock, stop, kHousekeeping, [] { return false; });
    if (stop.stop_requested()) return;
    WatchAccess();
    if (round % kTrimEvery == 0) ::malloc_trim(0);
    if (round % kForgetEvery != 0) continue;
    const base::UtcTime before = clock().Now() - kRepliesKept;
    const Status status = pool_->WithSession([&](store::Session& session) -> Status {
      ASSIGN_OR_RETURN([[maybe_unused]] const std::uint64_t forgotten,
                       store::ForgetReplies(session, before));
      return {};
    });
    if (!status.ok()) LogWarn("host.housekeeping_failed", {{"error", status.error().ToString()}});
  }
}

}  // namespace host
