// The own feed's daily count and chained hash, so that a subscriber can prove that it missed
// nothing. h = sha256(h | "seq|type|subject|" | hex(sha256(payload))), beginning with 32 zero bytes
// each civil day. Days that were counted once are kept. A view is what one role sees of the feed:
// it has days of its own, begun anew when its id is new. Errors: those of store::Session.
#pragma once

#include <functional>
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
struct FeedView {
  std::string id = {};  // empty: everything
  std::function<std::string(const store::NewEvent&)> payload = {};  // what is left of it
};
// Takes one more event of the day into the count.
void Count(FeedDayRow& day, const store::StoredEvent& event, const FeedView& view = {});

// Counts what has come since the last time; at most a few thousand events, true when done.
base::Result<bool> CountFeed(store::Transaction& tx, std::string_view feed, const FeedView& view);
base::Result<std::vector<FeedDayRow>> ListFeedDays(store::Session& session, const FeedView& view,
                                                   base::Date from, base::Date to);

}  // namespace subsidy
