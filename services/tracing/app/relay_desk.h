// The mailboxes: what is deposited for those whom we relay for and at our own door, what is
// collected, what nobody collected in time. Sees sealed bytes only.
//
// A deposit is durable before it is answered. A parcel stays until its addressee says that it has
// it, so a collector that dies between the two gets it again. Thread-safe.
// Errors: kResourceExhausted/MAILBOX_FULL, DEPOSITOR_FULL; kPermissionDenied/NOT_SERVED,
// WRONG_PARTIES; kInvalidArgument/BAD_PARCEL, TOO_LARGE (domain/relay.h); those of the store.
#pragma once

#include <vector>

#include "base/clock.h"
#include "tracing/app/office.h"
#include "tracing/contract/posted.h"
#include "tracing/domain/relay.h"
#include "tracing/store/relay_repository.h"

namespace tracing {

class RelayDesk {
 public:
  // All references outlive the desk.
  RelayDesk(store::Pool& pool, const Office& office, const RelayRules& rules,
            const base::Clock& clock)
      : pool_(pool), office_(office), rules_(rules), clock_(clock) {}

  base::Result<v1::DepositReply> Deposit(const v1::Deposit& deposit, Division connection);
  base::Result<v1::CollectReply> Collect(const v1::Collect& collect, Division connection);
  // What came from our relay, into our own mailbox; the ids that are safe now.
  base::Result<std::vector<std::string>> Keep(const v1::CollectReply& fetched);

  base::Result<std::vector<ParcelRow>> Due(std::uint32_t limit);
  base::Status Finish(const ParcelRow& row);
  base::Status Postpone(ParcelRow row);
  base::Result<std::uint64_t> Expire();
  base::Result<std::vector<MailboxRow>> List();

  const RelayRules& rules() const { return rules_; }

 private:
  ParcelRow RowOf(Division mailbox, Division depositor, const std::string& parcel_id,
                  const std::string& sealed) const;

  store::Pool& pool_;
  const Office& office_;
  const RelayRules& rules_;
  const base::Clock& clock_;
};

}  // namespace tracing
