// Children of ours who live elsewhere: when the township visits, when proof of schooling is asked
// by letter, how long it holds, when it is missing, and when a child leaves the list.
//
// A row is due at NextDue; whoever does it calls the function of that name, which gives the row as
// it is then. A proof holds until the end of its term, so each term asks anew by itself. What fell
// due in a term that is over is not made up for. Days are civil days, instants UTC; things fall due
// at the opening hour of their day, missing proof at the profile's end of day.
// Pure and thread-safe; nothing here fails. Source: away_rules.h; reply codes: domain.md 6.2.
#pragma once

#include <optional>
#include <string_view>

#include "base/calendar.h"
#include "tracing/domain/away_rules.h"
#include "tracing/domain/reply.h"
#include "tracing/domain/types.h"

namespace tracing {

// The numbers are stored and sent: never changed.
enum class AwayState : std::uint8_t {
  kNone = 0,
  kElsewhere = 1,  // 外地居住，待取得就读证明
  kProven = 2,     // 就读证明有效
  kMissing = 3,    // 未取得就读证明
  kBack = 4,       // 已返回本县就读
  kOverAge = 5,    // 已超过义务教育年龄
  kReview = 6,     // 待经办人核定: the answer says that nothing is to be asked any more
  kEnded = 7       // 已移出台账
};
std::string_view AwayStateName(AwayState state);     // "proven"
std::string_view AwayStateChinese(AwayState state);
std::optional<AwayState> AwayStateFromName(std::string_view name);
// Elsewhere, proven or missing: visits and letters go on.
bool IsTracked(AwayState state);

// What the rules see of a row. A day that was never is none.
struct AwayChild {
  AwayState state = AwayState::kElsewhere;
  std::optional<base::Date> birth = {};
  Division division = {};                   // where the child lives; none: not known
  base::Date listed_on = {};
  std::optional<base::Date> proof_until = {};
  std::optional<base::Date> asked_on = {};
  std::optional<base::Date> visited_on = {};   // when the township was last asked to visit
  std::optional<base::Date> missing_on = {};   // when missing proof was last told
  bool ask_again = false;                   // at once: the child moved on, or an officer wants it
  int asks = 0;                             // letters since the proof ended
  friend bool operator==(const AwayChild&, const AwayChild&) = default;
};

enum class AwayTask : std::uint8_t { kVisit, kAsk, kMissing, kOverAge };
std::string_view AwayTaskName(AwayTask task);        // "visit"
std::string_view AwayTaskChinese(AwayTask task);
// What a step of a row's history was, for people; "" for a kind that there is not.
std::string_view AwayStepChinese(std::string_view kind);
struct AwayDue {
  AwayTask task = AwayTask::kVisit;
  base::UtcTime at = {};
};

struct AwayContext {
  const AwayRules& rules;
  const base::Calendar& calendar;
  base::Date today = {};
  int day_end_minute = 17 * 60 + 30;
  int moves_max = 3;                        // letters after one another in search of a child
};

// The earliest thing to do; nothing: time alone changes nothing.
std::optional<AwayDue> NextDue(const AwayChild& child, const AwayContext& context);
// The first day on which the child is too old for the list.
std::optional<base::Date> OverAgeFrom(const std::optional<base::Date>& birth,
                                      const AwayRules& rules);
// The last day on which a proof holds that speaks of `day`: its term's; in the holidays that of the
// term before. Nothing: no term is known.
std::optional<base::Date> ProofEnd(base::Date day, const base::Calendar& calendar);

AwayChild Visited(AwayChild child, base::Date today);
AwayChild Asked(AwayChild child, const AwayContext& context);
AwayChild Missing(AwayChild child, base::Date today);
AwayChild TooOld(AwayChild child);
// Missing proof was told, and nothing has proven it wrong since.
bool MissingTold(const AwayChild& child);

// What came in about the child: a 回函, a 就读证明函, or what the township found.
struct AwayFinding {
  ReplyCode code = 0;                       // R01 for a proof that came by itself
  bool has_school = false;
  std::optional<base::Date> since = {};
  std::optional<base::Date> until = {};     // R02: until when the 学籍 is to be made there
  Division third = {};                      // R05, R11
};
// What becomes of the row: `told` is the event's name, "" for none.
struct AwayStep {
  AwayChild child = {};
  std::string_view told = {};               // "proven", "moved", "proof_missing", "review"
};
AwayStep Found(AwayChild child, const AwayFinding& finding, Division self,
               const AwayContext& context);

}  // namespace tracing
