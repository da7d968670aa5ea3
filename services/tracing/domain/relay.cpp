#include "tracing/domain/relay.h"

#include <algorithm>

namespace tracing {

std::string_view JudgeDeposit(const DepositFacts& facts, const RelayRules& rules) {
  constexpr std::size_t kParcelIdBytes = 16;
  if (facts.parcel_id_bytes != kParcelIdBytes || facts.bytes == 0) return "BAD_PARCEL";
  if (facts.from != facts.connection || !facts.to) return "WRONG_PARTIES";
  // At one's own door anybody whom the door lets in may hand in something for oneself.
  if (facts.to != facts.self && !rules.Serves(facts.to)) return "NOT_SERVED";
  if (facts.bytes > static_cast<std::size_t>(rules.parcel_bytes_max)) return "TOO_LARGE";
  if (facts.mailbox_bytes + static_cast<std::int64_t>(facts.bytes) > rules.mailbox_bytes_max) {
    return "MAILBOX_FULL";
  }
  if (facts.depositor_parcels >= rules.depositor_parcels_max) return "DEPOSITOR_FULL";
  return "";
}

std::string_view RelayRefusalChinese(std::string_view refusal) {
  if (refusal == "BAD_PARCEL") return "寄存的内容不完整";
  if (refusal == "WRONG_PARTIES") return "寄件人不是连接方";
  if (refusal == "NOT_SERVED") return "本中转不为该县收存";
  if (refusal == "TOO_LARGE") return "超过单件大小上限";
  if (refusal == "MAILBOX_FULL") return "信箱已满";
  if (refusal == "DEPOSITOR_FULL") return "寄件人在该信箱中的件数已满";
  return "不予收存";
}

base::UtcTime NextOpening(base::UtcTime now, int attempts) {
  constexpr int kDoublingsMax = 11;  // up to an hour and some
  return now + std::chrono::seconds{2} * (1 << std::clamp(attempts - 1, 0, kDoublingsMax));
}

std::vector<std::string> ProblemsOf(const RelayRules& rules) {
  std::vector<std::string> out;
  if (rules.mailbox_bytes_max < rules.parcel_bytes_max) {
    out.emplace_back("relay.mailbox_bytes_max must not be below relay.parcel_bytes_max");
  }
  return out;
}

}  // namespace tracing
