// What people and programs ask: a decision with its explanation, entitlements, sums, the feed's
// days, the list for 公示. Reads only (but for counting the feed's days). Refusals: STUDENT_UNKNOWN,
// DECISION_UNKNOWN (kNotFound), TERM_UNKNOWN, BAD_DATE. Thread-safe.
#pragma once

#include "subsidy/app/events.h"
#include "subsidy/app/office.h"
#include "subsidy/store/feed_repository.h"

namespace subsidy {

base::Result<v1::DecisionReply> GetDecision(const Office& office, const v1::GetDecision& message);
base::Result<v1::ListEntitlementsReply> ListEntitlements(const Office& office,
                                                         const v1::ListEntitlements& message);
base::Result<v1::SubsidySummary> Summary(const Office& office, const std::string& term);
base::Result<v1::GetFeedDaysReply> FeedDays(const Office& office, const v1::GetFeedDays& message,
                                            const FeedView& view = {});
base::Result<v1::ListPublicityReply> Publicity(const Office& office,
                                               const v1::ListPublicity& message);
// The latest term that is paid, ordered, owed by its snapshot, or paid by a county before us.
base::Result<v1::GetLastPaidReply> LastPaid(const Office& office, const v1::GetLastPaid& message);
base::Result<std::string> RulesInForce(const Office& office);  // the encoded texts

}  // namespace subsidy
