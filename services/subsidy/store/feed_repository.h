// The own feed's daily count and chained hash, so that a subscriber can prove that it missed
// nothing. h = sha256(h | "seq|type|subject|" | hex(sha256(payload))), beginning with 32 zero bytes
// each civil day. Days that were counted once are kept. Errors: those of store::Session.
#pragma once

#include <string>
#include <vector>

#include "store/event_log.h"
#include "subsidy/store/rows.h"

namespace subsidy {

struct FeedDayRow {
  base::Date day = {};
  std::uint64_t count = 0;
  std::uint64_t first_seq = 0;
  std::uint64_t last_seq = 0;
  std::string hash = std::string(32, '\0');
};
// Takes one more event of the day into the count.
void Count(FeedDayRow& day, const store::StoredEvent& event);

// Counts what has come since the last time; at most a few thousand events, true when done.
base::Result<bool> CountFeed(store::Transaction& tx, std::string_view feed);
base::Result<std::vector<FeedDayRow>> ListFeedDays(store::Session& session, base::Date from,
                                                   base::Date to);

}  // namespace subsidy
