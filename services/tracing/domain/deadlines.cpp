#include "tracing/domain/deadlines.h"

#include <algorithm>

namespace tracing {

base::Date ReplyBy(base::Date written, const Policy& policy, const base::Calendar& calendar) {
  return calendar.AddWorkingDays(written, policy.deadlines.reply_days);
}

base::UtcTime AcknowledgeBy(base::UtcTime taken, const Policy& policy,
                            const base::Calendar& calendar) {
  const auto& rules = policy.deadlines;
  return base::InstantAt(calendar.AddWorkingDays(base::DateAt(taken), rules.acknowledge_days),
                         rules.day_end_minute);
}

std::optional<base::Date> CountedFrom(const Conversation& conversation, const Facts& facts) {
  if (conversation.asker().items.empty()) return std::nullopt;
  const base::UtcTime held = conversation.asker().items[facts.round_seq.value_or(1) - 1].taken;
  return held == base::UtcTime{} ? std::nullopt : std::optional{base::DateAt(held)};
}

std::optional<base::Date> AcknowledgeDay(const Conversation& conversation, const Facts& facts,
                                         const Policy& policy, const base::Calendar& calendar) {
  const bool waits =
      facts.state == LetterState::kReceipted || facts.state == LetterState::kReopened;
  if (!waits || conversation.paper || conversation.asker().items.empty()) return std::nullopt;
  const Item& began = conversation.asker().items[facts.round_seq.value_or(1) - 1];
  if (began.taken == base::UtcTime{}) return std::nullopt;
  return base::DateAt(AcknowledgeBy(began.taken, policy, calendar));
}

std::optional<RoundTimes> TimesOf(const Conversation& conversation, const Facts& facts,
                                  const Policy& policy, const base::Calendar& calendar) {
  if (!facts.round_seq || !ExpectsReply(conversation.kind)) return std::nullopt;
  const Item& began = conversation.asker().items[*facts.round_seq - 1];
  const base::UtcTime held = began.taken;
  if (held == base::UtcTime{}) return std::nullopt;
  const auto& rules = policy.deadlines;
  RoundTimes times;
  // Fair: never less than the profile's days after the other side had it.
  times.reply_by = std::max(
      facts.reply_by, calendar.AddWorkingDays(base::DateAt(held), rules.reply_days));
  const auto at = [&](int days) {
    const int after = days - rules.reply_days;
    const base::Date day =
        after <= 0 ? times.reply_by : calendar.AddWorkingDays(times.reply_by, after);
    return base::InstantAt(calendar.OnOrNextWorkingDay(day), rules.day_end_minute);
  };
  for (const int days : rules.urge_days) times.urges.push_back(at(days));
  times.copy = at(rules.copy_days);
  times.expire = at(rules.expire_days);
  return times;
}

Division CommonSuperior(Division a, Division b) {
  if (a.Prefecture() == b.Prefecture()) return a.Prefecture();
  if (a.Province() == b.Province()) return a.Province();
  return {};
}

Division CopyGoesTo(Division asker, Division peer, const Policy& policy) {
  if (const Division common = CommonSuperior(asker, peer)) return common;
  return policy.superior ? policy.superior : asker.Province();
}

}  // namespace tracing
