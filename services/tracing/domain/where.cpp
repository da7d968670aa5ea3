#include "tracing/domain/where.h"

#include <algorithm>

namespace tracing {
namespace {

using base::Code;
using base::Error;

struct Refusal {
  std::string_view name;
  std::string_view chinese;
  bool strike;
  bool passes;
};
// In the order in which they are judged.
constexpr Refusal kRefusals[] = {
    {"BAD_QUESTION", "查询的内容不完整", true, false},
    {"WRONG_PARTIES", "查询不是发给本县的，或不是连接方发出的", true, false},
    {"KEY_UNKNOWN", "名录中没有签名所用的钥匙", false, true},
    {"KEY_EXPIRED", "签名所用的钥匙已过期", false, true},
    {"KEY_NOT_YET", "签名所用的钥匙尚未生效", false, true},
    {"KEY_REVOKED", "签名所用的钥匙已吊销", false, true},
    {"SIGNATURE_BAD", "签名无效", true, false},
    {"QUESTION_DIFFERS", "同一查询编号，内容却不同", true, false},
    {"NOT_ANSWERED", "本县不答复此类查询", false, false},
    {"EXPIRED", "查询已过期", true, false},
    {"TOO_MANY", "当日查询次数已满", true, true},
};

const Refusal* Find(std::string_view name) {
  for (const Refusal& one : kRefusals) {
    if (one.name == name) return &one;
  }
  return nullptr;
}

}  // namespace

std::string_view WhereStateName(WhereState state) {
  switch (state) {
    case WhereState::kWaiting: return "waiting";
    case WhereState::kRefused: return "refused";
    case WhereState::kAsked: return "asked";
    case WhereState::kAnswered: return "answered";
    case WhereState::kOver: return "over";
    case WhereState::kNone: break;
  }
  return "";
}

std::string_view WhereStateChinese(WhereState state) {
  switch (state) {
    case WhereState::kWaiting: return "待批准";
    case WhereState::kRefused: return "未获批准";
    case WhereState::kAsked: return "查询中";
    case WhereState::kAnswered: return "均已答复";
    case WhereState::kOver: return "已到期";
    case WhereState::kNone: break;
  }
  return "";
}

std::string_view AskedStateName(AskedState state) {
  switch (state) {
    case AskedState::kDue: return "due";
    case AskedState::kHere: return "here";
    case AskedState::kNotHere: return "not_here";
    case AskedState::kRefused: return "refused";
    case AskedState::kLeftOut: return "left_out";
    case AskedState::kSilent: return "silent";
    case AskedState::kNone: break;
  }
  return "";
}

std::string_view AskedStateChinese(AskedState state) {
  switch (state) {
    case AskedState::kDue: return "未答复，将再问";
    case AskedState::kHere: return "在我地";
    case AskedState::kNotHere: return "不在我地";
    case AskedState::kRefused: return "不予答复";
    case AskedState::kLeftOut: return "未问";
    case AskedState::kSilent: return "到期未答复";
    case AskedState::kNone: break;
  }
  return "";
}

std::vector<WhereAsked> WhomToAsk(const std::vector<WhereMember>& members, Division province,
                                  Division self) {
  std::vector<WhereAsked> out;
  for (const WhereMember& member : members) {
    if (member.division == self) continue;
    if (province && member.division.Province() != province) continue;
    WhereAsked one{.division = member.division, .state = AskedState::kLeftOut, .reason = {}};
    if (member.paper) {
      one.reason = "PAPER";
    } else if (!member.able) {
      one.reason = "NOT_ABLE";
    } else if (!member.has_key) {
      one.reason = "NO_KEY";
    } else {
      one.state = AskedState::kDue;
    }
    out.push_back(std::move(one));
  }
  return out;
}

base::Status MayAsk(const WhereCount& count, const WherePolicy& policy) {
  if (count.today >= policy.per_day) {
    return Error{Code::kFailedPrecondition, "TOO_MANY_TODAY",
                 "本县当日的查询次数已满（" + std::to_string(policy.per_day) + "次）"};
  }
  if (count.of_child >= policy.per_child) {
    return Error{Code::kFailedPrecondition, "TOO_MANY_OF_CHILD",
                 "该生在" + std::to_string(policy.per_child_days) + "天内已查询" +
                     std::to_string(count.of_child) + "次"};
  }
  return {};
}

base::Status MayDecide(WhereState state, std::string_view asked_by, std::string_view decided_by) {
  if (state != WhereState::kWaiting) {
    return Error{Code::kFailedPrecondition, "ALREADY_DECIDED", "该查询已经批准或退回"};
  }
  if (asked_by == decided_by) {
    return Error{Code::kPermissionDenied, "SAME_PERSON", "须由申请人以外的另一人批准"};
  }
  return {};
}

base::UtcTime NextWhereTry(base::UtcTime now, int attempts, std::uint64_t random,
                           const WherePolicy& policy) {
  constexpr int kDoublingsMax = 20;
  const std::int64_t doubled = std::int64_t{policy.retry_first_minutes}
                               << std::clamp(attempts - 1, 0, kDoublingsMax);
  const std::int64_t minutes = std::min<std::int64_t>(doubled, policy.retry_max_minutes);
  const std::int64_t ms = minutes * 60'000;
  // Up to a quarter later, so that not all are asked in the same second again.
  const std::int64_t later = static_cast<std::int64_t>(random % 1000) * ms / 4000;
  return now + std::chrono::milliseconds{ms + later};
}

std::string_view JudgeArrival(const WhereArrival& arrival, const WherePolicy& policy) {
  if (!policy.answer) return "NOT_ANSWERED";
  if (arrival.expires_at <= arrival.now) return "EXPIRED";
  if (arrival.answered_today >= policy.answers_per_day) return "TOO_MANY";
  return "";
}

bool IsWhereStrike(std::string_view refusal) {
  const Refusal* const found = Find(refusal);
  return found != nullptr && found->strike;
}

bool PassesLater(std::string_view refusal) {
  const Refusal* const found = Find(refusal);
  return found != nullptr && found->passes;
}

std::string_view WhereRefusalChinese(std::string_view refusal) {
  const Refusal* const found = Find(refusal);
  return found == nullptr ? std::string_view{"对方不予答复"} : found->chinese;
}

std::vector<std::string> ProblemsOf(const WherePolicy& policy) {
  std::vector<std::string> out;
  if (policy.retry_max_minutes < policy.retry_first_minutes) {
    out.emplace_back("where.retry_max_minutes must not be below where.retry_first_minutes");
  }
  if (policy.retry_first_minutes >= policy.expire_days * 24 * 60) {
    out.emplace_back("where.retry_first_minutes must lie within where.expire_days");
  }
  return out;
}

}  // namespace tracing
