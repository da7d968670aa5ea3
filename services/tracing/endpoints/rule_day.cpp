#include "tracing/endpoints/rule_day.h"

#include "host/log.h"

namespace tracing {

Chore RuleDay::AsChore() {
  Chore chore;
  chore.name = "rules";
  chore.due = [this](store::Session&, base::UtcTime now) -> base::Result<std::uint64_t> {
    return &office_.PolicyAt(now) == planned_by_ ? std::uint64_t{0} : std::uint64_t{1};
  };
  chore.next = [this](store::Session&,
                      base::UtcTime after) -> base::Result<std::optional<base::UtcTime>> {
    const auto day = office_.policies.NextFrom(base::DateAt(after));
    return day ? std::optional{base::InstantAt(*day, 0)} : std::nullopt;
  };
  chore.run = [this] { return Run(); };
  return chore;
}

base::Result<std::uint64_t> RuleDay::Run() {
  const base::Date today = base::DateAt(clock_.Now());
  const PolicyEntry& entry = office_.policies.EntryAt(today);
  for (const Replan& replan : replans_) RETURN_IF_ERROR(replan());
  planned_by_ = &entry.policy;
  host::LogInfo("tracing.rules_begin", {{"from", entry.from.ToString()}});
  return std::uint64_t{1};
}

}  // namespace tracing
