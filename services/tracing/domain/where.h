// The rules of 「这孩子在哪里」: who may be asked and how often, and what of another county's questions
// is answered. See README for what the question hides and what it does not.
//
// Days are civil days of the county, instants UTC. Pure; thread-safe.
// Source of the limits: the county's profile (section tracing, where); the product's defaults, no
// rule of law names a number. A second person approves: 未成年人网络保护条例 (2023) art. 36.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/date.h"
#include "base/result.h"
#include "tracing/domain/types.h"

namespace tracing {

struct WherePolicy {
  bool answer = true;            // this county answers such questions
  int per_day = 20;              // questions of ours
  int per_child = 3;             // of one child within per_child_days
  int per_child_days = 90;
  int expire_days = 7;           // calendar days from the approval
  int retry_first_minutes = 10;  // a member that is silent is asked again
  int retry_max_minutes = 720;
  int answers_per_day = 200;     // to one county
};

enum class WhereState : std::uint8_t {
  kNone = 0, kWaiting = 1, kRefused = 2, kAsked = 3, kAnswered = 4, kOver = 5
};
std::string_view WhereStateName(WhereState state);     // "waiting"
std::string_view WhereStateChinese(WhereState state);  // "待批准"

enum class AskedState : std::uint8_t {
  kNone = 0, kDue = 1, kHere = 2, kNotHere = 3, kRefused = 4, kLeftOut = 5, kSilent = 6
};
std::string_view AskedStateName(AskedState state);     // "not_here"
std::string_view AskedStateChinese(AskedState state);  // "不在我地"

// What the directory says of one member.
struct WhereMember {
  Division division = {};
  bool paper = false;       // without the software
  bool able = false;        // capability "blind"
  bool has_key = false;     // a key in force
};
struct WhereAsked {
  Division division = {};
  AskedState state = AskedState::kDue;  // kDue or kLeftOut
  std::string reason = {};              // PAPER, NOT_ABLE, NO_KEY
};
// All members but ourselves, or those of a province; those that cannot be asked stay visible.
std::vector<WhereAsked> WhomToAsk(const std::vector<WhereMember>& members, Division province,
                                  Division self);

// What has been asked already.
struct WhereCount {
  int today = 0;
  int of_child = 0;  // within per_child_days
};
// Errors: kFailedPrecondition/TOO_MANY_TODAY, TOO_MANY_OF_CHILD: kResourceExhausted is asked again.
base::Status MayAsk(const WhereCount& count, const WherePolicy& policy);
// Errors: kPermissionDenied/SAME_PERSON; kFailedPrecondition/ALREADY_DECIDED.
base::Status MayDecide(WhereState state, std::string_view asked_by, std::string_view decided_by);

// When a member that did not answer is asked again; attempts >= 1, `random` is any number.
base::UtcTime NextWhereTry(base::UtcTime now, int attempts, std::uint64_t random,
                           const WherePolicy& policy);

// A question of another county, after its signature was found good.
struct WhereArrival {
  base::UtcTime now = {};
  base::UtcTime expires_at = {};
  int answered_today = 0;      // to this county, this one not counted
};
// Why it is not answered, in this order: NOT_ANSWERED, EXPIRED, TOO_MANY; empty: it is.
std::string_view JudgeArrival(const WhereArrival& arrival, const WherePolicy& policy);
// Whether only a broken or hostile county does that.
bool IsWhereStrike(std::string_view refusal);
// Whether asking the same again later may help.
bool PassesLater(std::string_view refusal);
std::string_view WhereRefusalChinese(std::string_view refusal);

std::vector<std::string> ProblemsOf(const WherePolicy& policy);

}  // namespace tracing
