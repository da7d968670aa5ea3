// When an answer is due, when it is urged, copied to the superior, given up.
//
// A round begins with the letter or its reopening. What the letter says (`reply_by`) is counted
// from the day it was written; urging and copying count from the day its receipt was held, so
// nobody is urged for what the network held up. An interim reply with a new date moves them by
// as much.
// Working days of the asker's calendar, at day_end of the day. Pure and thread-safe.
// Source: domain.md 6.1; first day not counted: Civil Code art. 201.
#pragma once

#include <optional>

#include "base/calendar.h"
#include "tracing/domain/conversation.h"
#include "tracing/domain/policy.h"

namespace tracing {

struct RoundTimes {
  base::Date reply_by = {};                 // fair: not before the receipt allows it
  std::vector<base::UtcTime> urges = {};    // of step 1, 2, ...
  base::UtcTime copy = {};
  base::UtcTime expire = {};
};
// The day from which a round's days are counted, and whose policy they follow: its first item was
// held on the other side. Nothing: not yet.
std::optional<base::Date> CountedFrom(const Conversation& conversation, const Facts& facts);
// Nothing while the round's first item is not receipted.
std::optional<RoundTimes> TimesOf(const Conversation& conversation, const Facts& facts,
                                  const Policy& policy, const base::Calendar& calendar);

base::Date ReplyBy(base::Date written, const Policy& policy, const base::Calendar& calendar);
// Of an incoming letter: when it should be acknowledged.
base::UtcTime AcknowledgeBy(base::UtcTime taken, const Policy& policy,
                            const base::Calendar& calendar);
// The day by which the round that waits for it is to be acknowledged; nothing: it has been, or
// nobody does on paper.
std::optional<base::Date> AcknowledgeDay(const Conversation& conversation, const Facts& facts,
                                         const Policy& policy, const base::Calendar& calendar);
// The superior that both share: prefecture, else province; none across provinces.
Division CommonSuperior(Division a, Division b);
// Whom the copy of a letter goes to that nobody answers: the common superior; across provinces the
// asker's own, as the county profile names it, else the province.
Division CopyGoesTo(Division asker, Division peer, const Policy& policy);

}  // namespace tracing
