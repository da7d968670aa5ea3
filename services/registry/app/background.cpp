#include "registry/app/background.h"

#include <chrono>

#include "host/log.h"

namespace registry {
namespace {

constexpr std::chrono::milliseconds kIdle{5000};
constexpr std::chrono::milliseconds kAfterTrouble{500};

}  // namespace

Background::Background(const Deps& deps) : imports_(deps), reconciler_(deps) {}

Background::~Background() { Stop(); }

void Background::Start() {
  thread_ = std::thread([this] { Loop(); });
}

void Background::Nudge() {
  const std::lock_guard lock{mutex_};
  nudged_ = true;
  wake_.notify_one();
}

void Background::Stop() {
  {
    const std::lock_guard lock{mutex_};
    stop_ = true;
    wake_.notify_one();
  }
  if (thread_.joinable()) thread_.join();
}

base::Result<std::uint64_t> Background::Pending() const {
  ASSIGN_OR_RETURN(const auto imports, imports_.Waiting());
  ASSIGN_OR_RETURN(const auto runs, reconciler_.Waiting());
  return imports.size() + runs.size();
}

bool Background::DoWhatWaits() {
  const auto imports = imports_.Waiting();
  const auto runs = reconciler_.Waiting();
  if (!imports.ok() || !runs.ok()) return false;
  bool well = true;
  const auto note = [&well](std::string_view event, std::int64_t id, const base::Status& status) {
    if (status.ok()) return;
    well = false;
    host::LogWarnLimited(event, 10, {{"id", id}, {"reason", status.error().reason}});
  };
  for (const ImportId id : *imports) {
    if (stop_) return true;
    note("registry.import_waits", id.raw(), imports_.Run(id, stop_));
  }
  for (const RunId id : *runs) {
    if (stop_) return true;
    note("registry.reconciliation_waits", id.raw(), reconciler_.Run(id));
  }
  return well;
}

void Background::Loop() {
  while (!stop_) {
    const bool well = DoWhatWaits();
    std::unique_lock lock{mutex_};
    wake_.wait_for(lock, well ? kIdle : kAfterTrouble, [this] { return nudged_ || stop_; });
    nudged_ = false;
  }
}

}  // namespace registry
