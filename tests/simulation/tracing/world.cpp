#include "simulation/tracing/world.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "simulation/tracing/invariants.h"

namespace simulation {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;

constexpr std::uint32_t kFirstDivision = 110101;

milliseconds Days(std::int64_t n) { return hours{24} * n; }

}  // namespace

std::optional<Canary> CanaryFromName(std::string_view name) {
  constexpr std::pair<std::string_view, Canary> kNames[] = {
      {"none", Canary::kNone},
      {"officer_twice", Canary::kOfficerTwice},
      {"silent_loss", Canary::kSilentLoss},
      {"fresh_ids", Canary::kFreshIds},
      {"rewritten_log", Canary::kRewrittenLog},
      {"reopens", Canary::kReopens},
      {"new_receipt", Canary::kNewReceipt}};
  for (const auto& [text, canary] : kNames) {
    if (text == name) return canary;
  }
  return std::nullopt;
}

Options Quiet(Options options) {
  options.fault_days = 0;
  options.drop_bp = options.double_bp = options.late_bp = options.corrupt_bp = 0;
  options.crash_bp = 0;
  options.restored_percent = options.silent_percent = 0;
  return options;
}

Options Hectic(Options options) {
  options.letters_per_county *= 4;
  options.drop_bp = 3000;
  options.double_bp = 2000;
  options.late_bp = 1500;
  options.corrupt_bp = 500;
  options.crash_bp = 200;
  options.restored_percent = 40;
  options.silent_percent = 25;
  return options;
}

Options Restored(Options options) {
  options.letters_per_county *= 8;
  options.drop_bp = 200;
  options.late_bp = 9700;
  options.crash_bp = 0;
  options.restored_percent = 100;
  options.silent_percent = 0;
  return options;
}

int IndexOf(tracing::Division division) {
  return static_cast<int>(division.raw() - kFirstDivision);
}
tracing::Division DivisionOf(int index) {
  return tracing::Division::FromRaw(kFirstDivision + static_cast<std::uint32_t>(index));
}

tracing::Digest Mix(std::string_view bytes) {
  std::array<std::uint64_t, 4> lanes = {0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9,
                                        0x94D049BB133111EB, bytes.size()};
  std::size_t i = 0;
  for (std::size_t at = 0; at < bytes.size(); at += 8, ++i) {
    std::uint64_t word = 0;
    std::memcpy(&word, bytes.data() + at, std::min<std::size_t>(8, bytes.size() - at));
    auto& lane = lanes[i % 4];
    lane = (lane ^ word) * 0xD6E8FEB86659FD93;
    lane ^= lane >> 32;
    lanes[(i + 1) % 4] += lane;
  }
  for (int round = 0; round < 4; ++round) {
    for (std::size_t k = 0; k < 4; ++k) {
      lanes[k] = (lanes[k] ^ lanes[(k + 1) % 4] >> 29) * 0xC4CEB9FE1A85EC53;
      lanes[k] ^= lanes[k] >> 33;
    }
  }
  tracing::Digest out;
  std::memcpy(out.data(), lanes.data(), out.size());
  return out;
}

World::World(const Options& options) : options_(options), rng_(options.seed), hash_(Mix) {
  calendar_ = base::Calendar::Make({}, {}, {}).value();
  start_ = base::InstantAt(base::Date::FromYmd(2026, 9, 1).value(), 0);
  now_ = start_;
  fault_end_ = start_ + Days(options_.fault_days);
  end_ = start_ + Days(options_.days);
  counties_.resize(static_cast<std::size_t>(options_.counties));
  for (int i = 0; i < options_.counties; ++i) {
    County& county = At(i);
    county.index = i;
    county.division = DivisionOf(i);
    county.policy.number_prefix = "同教函";
    county.policy.superior = DivisionOf(i / 20 * 20);
    county.policy.approval.forward_automatically = i % 2 == 0;
    county.version = i % 5 == 0 ? 2 : 1;
    county.clock_off = milliseconds{static_cast<std::int64_t>(rng_.Below(240'000)) - 120'000};
  }
  PlanLetters();
  PlanFaults();
  PlanSplits();
}

void World::PlanLetters() {
  constexpr tracing::LetterKind kKinds[] = {
      tracing::LetterKind::kHc, tracing::LetterKind::kHc, tracing::LetterKind::kXc,
      tracing::LetterKind::kQf, tracing::LetterKind::kZx, tracing::LetterKind::kJd};
  const auto n = static_cast<std::uint64_t>(options_.counties);
  for (int i = 0; i < options_.counties; ++i) {
    for (int k = 0; k < options_.letters_per_county; ++k) {
      Ask ask{.case_id = static_cast<std::int64_t>(asks_.size()) + 1, .from = i};
      ask.to = static_cast<int>((static_cast<std::uint64_t>(i) + 1 + rng_.Below(n - 1)) % n);
      ask.kind = kKinds[rng_.Below(std::size(kKinds))];
      const auto span = static_cast<std::uint64_t>(Days(options_.ask_days).count());
      ask.at = start_ + milliseconds{static_cast<std::int64_t>(rng_.Below(span))};
      asks_.push_back(ask);
      Push({.at = ask.at, .kind = Kind::kAsk, .county = i, .value = ask.case_id - 1});
    }
  }
}

void World::PlanFaults() {
  const auto when = [&](std::int64_t from_day, std::int64_t to_day) {
    const auto span = static_cast<std::uint64_t>(Days(to_day - from_day).count());
    return start_ + Days(from_day) + milliseconds{static_cast<std::int64_t>(rng_.Below(span))};
  };
  const std::int64_t last = options_.fault_days;
  const auto restored = static_cast<std::uint64_t>(options_.restored_percent) * 100;
  for (int i = 0; i < options_.counties && last > 0; ++i) {
    At(i).rotations.push_back(when(20, last - 20));
    if (rng_.Chance(3000)) {
      Push({.at = when(5, last - 10), .kind = Kind::kCut, .county = i,
            .value = static_cast<std::int64_t>(1 + rng_.Below(168)) * 3'600'000});
    }
    if (rng_.Chance(500)) {
      const auto wrong = static_cast<std::int64_t>(rng_.Below(6 * 24 * 60)) - 3 * 24 * 60;
      Push({.at = when(5, last - 30), .kind = Kind::kClock, .county = i, .value = wrong});
    }
    if (rng_.Chance(500)) Push({.at = when(5, last - 20), .kind = Kind::kRefuses, .county = i});
    if (rng_.Chance(static_cast<std::uint32_t>(restored)) || (i == 0 && restored > 0)) {
      const auto back = when(30, last - 30);
      Push({.at = back - Days(static_cast<std::int64_t>(1 + rng_.Below(20))),
            .kind = Kind::kBackup, .county = i});
      Push({.at = back, .kind = Kind::kRestore, .county = i});
    } else if (rng_.Chance(static_cast<std::uint32_t>(options_.silent_percent) * 100)) {
      const auto back = when(30, last - 30);
      Push({.at = back - Days(static_cast<std::int64_t>(1 + rng_.Below(20))),
            .kind = Kind::kBackup, .county = i});
      Push({.at = back, .kind = Kind::kRestore, .county = i, .value = 1});
    }
  }
  for (auto at = start_ + Days(3); at < end_; at += Days(7)) {
    Push({.at = at, .kind = Kind::kCheck});
  }
  if (options_.canary != Canary::kNone) {
    for (int i = 0; i < options_.counties; ++i) {
      Push({.at = start_ + Days(options_.ask_days), .kind = Kind::kCheck, .county = i,
            .value = 1});
    }
  }
}

void World::Push(Event event) {
  event.order = ++order_;
  events_.push(std::move(event));
}

void World::Later(Kind kind, int county, const tracing::ConversationId& id, milliseconds wait,
                  std::int64_t value) {
  Push({.at = now_ + wait, .kind = kind, .county = county, .id = id, .value = value});
}

void World::Violation(std::string text) {
  if (ledger_.violations.size() < 50) ledger_.violations.push_back(std::move(text));
}

void World::Run() {
  while (!events_.empty() && events_.top().at <= end_) {
    const Event event = events_.top();
    events_.pop();
    now_ = event.at;
    tally_.events += 1;
    Handle(event);
  }
  now_ = end_;
}

void World::Handle(const Event& event) {
  if (event.kind == Kind::kMessage) return Deliver(*event.message);
  County& county = At(event.county);
  if (event.kind >= Kind::kRestart && event.kind != Kind::kRecover) return HandleFault(event);
  if (event.kind != Kind::kWake && county.down_until > now_) {
    // Nobody can work while the process is down; the restart brings it up again.
    if (event.kind == Kind::kAsk || event.kind == Kind::kApprove) {
      Later(event.kind, event.county, event.id, hours{1}, event.value);
    }
    return;
  }
  switch (event.kind) {
    case Kind::kAsk:
      return DoAsk(asks_[static_cast<std::size_t>(event.value)], {}, 0);
    case Kind::kApprove:
      if (county.db.letters.contains(event.id)) Do(county, event.id, tracing::Approve{});
      return;
    case Kind::kWake: {
      const auto found = county.wakes.find(event.id);
      if (found == county.wakes.end() || found->second != event.at) return;  // moved
      county.wakes.erase(found);
      if (county.down_until > now_) return;
      Do(county, event.id, tracing::Tick{});
      return;
    }
    case Kind::kLookUp: return LookUp(county, event.id);
    case Kind::kOfficer: return OfficerActs(county, event.id);
    case Kind::kAskerOfficer: return AskerActs(county, event.id);
    case Kind::kRecover: return Recover(county);
    default: return;
  }
}

void World::HandleFault(const Event& event) {
  County& county = At(event.county);
  switch (event.kind) {
    case Kind::kRestart:
      if (county.down_until <= now_) Reschedule(county);
      return;
    case Kind::kBackup: county.backup = std::make_unique<Database>(county.db); return;
    case Kind::kRestore: return Restore(county, event.value == 1);
    case Kind::kCut: county.cut_until = now_ + milliseconds{event.value}; return;
    case Kind::kRefuses: county.refuses_until = now_ + hours{30}; return;
    case Kind::kClock:
      county.clock_off = minutes{event.value};
      if (event.value > 2 || event.value < -2) {
        Push({.at = now_ + Days(static_cast<std::int64_t>(1 + rng_.Below(10))),
              .kind = Kind::kClock, .county = event.county, .value = 1});
      }
      return Reschedule(county);
    case Kind::kCheck:
      if (event.value == 1) return Sabotage(county);
      return CheckDuring(*this);
    default: return;
  }
}

}  // namespace simulation
