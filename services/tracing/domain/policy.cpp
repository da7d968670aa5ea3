#include "tracing/domain/policy.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/check.h"

namespace tracing {
namespace {

void Range(std::vector<std::string>& problems, std::string_view name, int value, int min,
           int max) {
  if (value < min || value > max) {
    problems.push_back(fmt::format("{}: must be {}..{}, is {}", name, min, max, value));
  }
}

}  // namespace

std::vector<std::string> ProblemsOf(const Policy& policy) {
  std::vector<std::string> problems;
  const Deadlines& d = policy.deadlines;
  if (policy.number_prefix.empty()) problems.emplace_back("number_prefix: must not be empty");
  Range(problems, "acknowledge_days", d.acknowledge_days, 1, 60);
  Range(problems, "reply_days", d.reply_days, 1, 120);
  int last = d.reply_days - 1;
  for (const int days : d.urge_days) {
    if (days <= last) problems.emplace_back("urge_days: must rise, from reply_days on");
    last = days;
  }
  if (d.copy_days < last) problems.emplace_back("copy_days: not before the last urging");
  if (d.expire_days <= d.copy_days) problems.emplace_back("expire_days: after copy_days");
  Range(problems, "expire_days", d.expire_days, 1, 400);
  Range(problems, "extension_days_max", d.extension_days_max, 0, 120);
  Range(problems, "extensions_max", d.extensions_max, 0, 5);
  Range(problems, "reopen_days_max", d.reopen_days_max, 0, 3660);
  Range(problems, "close_days", d.close_days, 0, 120);
  Range(problems, "forward_hops_max", policy.forward_hops_max, 0, 8);
  const AutoReply& r = policy.reply;
  Range(problems, "candidate_score_min", r.candidate_score_min, 0, 1000);
  Range(problems, "candidates_max", r.candidates_max, 1, 50);
  Range(problems, "household_days", r.household_days, 1, 60);
  const Delivery& s = policy.delivery;
  Range(problems, "retry_first_ms", s.retry_first_ms, 1, 600'000);
  Range(problems, "retry_max_ms", s.retry_max_ms, s.retry_first_ms, 86'400'000);
  Range(problems, "jitter_percent", s.jitter_percent, 0, 90);
  Range(problems, "stuck_after_minutes", s.stuck_after_minutes, 1, 10'080);
  Range(problems, "park_after", s.park_after, 1, 100);
  const AttachmentRules& a = policy.attachments;
  Range(problems, "attachments.bytes_max", a.bytes_max, 1024, 8 << 20);
  Range(problems, "attachments.total_bytes_max", a.total_bytes_max, a.bytes_max, 8 << 20);
  Range(problems, "attachments.count_max", a.count_max, 0, 20);
  const Limits& l = policy.limits;
  Range(problems, "letter_bytes_max", l.letter_bytes_max, 4096, 64 << 20);
  Range(problems, "per_minute", l.per_minute, 1, 1'000'000);
  Range(problems, "burst", l.burst, 10, 1'000'000);
  Range(problems, "open_letters_max", l.open_letters_max, 1, 1'000'000);
  Range(problems, "strikes_slow", l.strikes_slow, 1, 100'000);
  Range(problems, "strikes_shut", l.strikes_shut, l.strikes_slow, 100'000);
  Range(problems, "strikes_minutes", l.strikes_minutes, 1, 1440);
  Range(problems, "shut_minutes", l.shut_minutes, 1, 1440);
  for (std::string& problem : ProblemsOf(policy.where)) problems.push_back(std::move(problem));
  Range(problems, "party_days", policy.transfers.party_days, 1, 60);
  Range(problems, "arrival_days", policy.transfers.arrival_days, 1, 120);
  return problems;
}

PolicyBook::PolicyBook(std::vector<PolicyEntry> entries) : entries_(std::move(entries)) {
  CHECK(!entries_.empty());
}

const PolicyEntry& PolicyBook::EntryAt(base::Date day) const {
  const auto later =
      std::upper_bound(entries_.begin(), entries_.end(), day,
                       [](base::Date at, const PolicyEntry& entry) { return at < entry.from; });
  return later == entries_.begin() ? entries_.front() : *std::prev(later);
}

std::optional<base::Date> PolicyBook::NextFrom(base::Date day) const {
  // The first entry holds before its own day as well, so nothing begins with it.
  for (auto entry = entries_.begin() + 1; entry != entries_.end(); ++entry) {
    if (entry->from > day) return entry->from;
  }
  return std::nullopt;
}

}  // namespace tracing
