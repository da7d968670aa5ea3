#include "tracing/app/relay_desk.h"

#include <algorithm>

namespace tracing {
namespace {

using base::Code;
using base::Error;

constexpr std::uint32_t kCollectMax = 200;
constexpr std::size_t kCollectBytesMax = 4u << 20;
constexpr std::uint32_t kExpireMax = 1000;

Error Refused(std::string_view reason) {
  Code code = Code::kInvalidArgument;
  if (reason == "MAILBOX_FULL" || reason == "DEPOSITOR_FULL") code = Code::kResourceExhausted;
  if (reason == "NOT_SERVED" || reason == "WRONG_PARTIES") code = Code::kPermissionDenied;
  return {code, std::string{reason}, std::string{RelayRefusalChinese(reason)}};
}

Division DivisionFrom(const std::string& text) {
  const auto division = Division::Parse(text);
  return division.ok() ? *division : Division{};
}

}  // namespace

ParcelRow RelayDesk::RowOf(Division mailbox, Division depositor, const std::string& parcel_id,
                           const std::string& sealed) const {
  ParcelRow row{.mailbox = mailbox, .parcel_id = parcel_id, .depositor = depositor,
                .sealed = sealed, .stored_at = clock_.Now(),
                .expires_at = clock_.Now() + std::chrono::days{rules_.keep_days}};
  if (mailbox == office_.self) row.next_at = clock_.Now();
  return row;
}

base::Result<v1::DepositReply> RelayDesk::Deposit(const v1::Deposit& deposit,
                                                  Division connection) {
  DepositFacts facts{.connection = connection, .from = DivisionFrom(deposit.from()),
                     .to = DivisionFrom(deposit.to()), .self = office_.self,
                     .parcel_id_bytes = deposit.parcel_id().size(),
                     .bytes = deposit.sealed().size()};
  std::string refused;
  const base::Status done = pool_.InTransaction([&](store::Transaction& tx) -> base::Status {
    ASSIGN_OR_RETURN(const MailboxUse use,
                     UseOf(tx, facts.to, facts.from, deposit.parcel_id().substr(0, 16)));
    facts.mailbox_bytes = use.bytes;
    facts.depositor_parcels = use.of_depositor;
    refused = JudgeDeposit(facts, rules_);
    // The same parcel again is there already, however full the mailbox is.
    const bool full = refused == "MAILBOX_FULL" || refused == "DEPOSITOR_FULL";
    if (use.known && (refused.empty() || full)) {
      refused.clear();
      return {};
    }
    if (!refused.empty()) {
      return full ? AddTally(tx, facts.to, facts.from, RelayTally::kRefused, clock_.Now())
                  : base::Status{};
    }
    RETURN_IF_ERROR(
        InsertParcel(tx, RowOf(facts.to, facts.from, deposit.parcel_id(), deposit.sealed())));
    return AddTally(tx, facts.to, facts.from, RelayTally::kStored, clock_.Now());
  });
  if (!done.ok()) return done.error();
  if (!refused.empty()) return Refused(refused);
  v1::DepositReply reply;
  reply.set_stored(true);
  return reply;
}

base::Result<v1::CollectReply> RelayDesk::Collect(const v1::Collect& collect,
                                                  Division connection) {
  if (DivisionFrom(collect.by()) != connection) return Refused("WRONG_PARTIES");
  if (!rules_.Serves(connection)) return Refused("NOT_SERVED");
  std::vector<ParcelRow> rows;
  RETURN_IF_ERROR(pool_.InTransaction([&](store::Transaction& tx) -> base::Status {
    for (const std::string& id : collect.done()) {
      ASSIGN_OR_RETURN(const auto depositor, DepositorOf(tx, connection, id.substr(0, 16)));
      if (!depositor) continue;
      ASSIGN_OR_RETURN(const bool gone, DeleteParcel(tx, connection, id));
      if (!gone) continue;
      const base::Status counted =
          AddTally(tx, connection, *depositor, RelayTally::kCollected, clock_.Now());
      if (!counted.ok()) return counted;
    }
    const std::uint32_t limit = std::clamp(collect.limit(), 1u, kCollectMax);
    ASSIGN_OR_RETURN(rows, ParcelsOf(tx, connection, limit, kCollectBytesMax));
    return {};
  }));
  v1::CollectReply reply;
  for (const ParcelRow& row : rows) {
    v1::Parcel& parcel = *reply.add_parcels();
    parcel.set_parcel_id(row.parcel_id);
    parcel.set_from(row.depositor.ToString());
    parcel.set_sealed(row.sealed);
  }
  return reply;
}

base::Result<std::vector<std::string>> RelayDesk::Keep(const v1::CollectReply& fetched) {
  std::vector<std::string> ids;
  RETURN_IF_ERROR(pool_.InTransaction([&](store::Transaction& tx) -> base::Status {
    ids.clear();
    for (const v1::Parcel& parcel : fetched.parcels()) {
      if (parcel.parcel_id().size() != kParcelIdBytes) continue;
      const base::Status kept = InsertParcel(
          tx, RowOf(office_.self, DivisionFrom(parcel.from()), parcel.parcel_id(),
                    parcel.sealed()));
      if (!kept.ok()) return kept;
      ids.push_back(parcel.parcel_id());
    }
    return {};
  }));
  return ids;
}

base::Result<std::vector<ParcelRow>> RelayDesk::Due(std::uint32_t limit) {
  std::vector<ParcelRow> rows;
  RETURN_IF_ERROR(pool_.WithSession([&](store::Session& session) -> base::Status {
    ASSIGN_OR_RETURN(rows, DueParcels(session, clock_.Now(), limit));
    return {};
  }));
  return rows;
}

base::Status RelayDesk::Finish(const ParcelRow& row) {
  return pool_.WithSession([&](store::Session& session) -> base::Status {
    const auto gone = DeleteParcel(session, row.mailbox, row.parcel_id);
    return gone.ok() ? base::Status{} : gone.error();
  });
}

base::Status RelayDesk::Postpone(ParcelRow row) {
  row.attempts += 1;
  row.next_at = NextOpening(clock_.Now(), row.attempts);
  return pool_.WithSession(
      [&](store::Session& session) { return PostponeParcel(session, row); });
}

// The depositor sees it by the receipt that does not come, and deposits again.
base::Result<std::uint64_t> RelayDesk::Expire() {
  std::vector<ParcelRow> rows;
  RETURN_IF_ERROR(pool_.WithSession([&](store::Session& session) -> base::Status {
    ASSIGN_OR_RETURN(rows, ExpiredParcels(session, clock_.Now(), kExpireMax));
    return {};
  }));
  for (const ParcelRow& row : rows) {
    const base::Status done = pool_.InTransaction([&](store::Transaction& tx) -> base::Status {
      ASSIGN_OR_RETURN(const bool gone, DeleteParcel(tx, row.mailbox, row.parcel_id));
      if (!gone) return {};
      return AddTally(tx, row.mailbox, row.depositor, RelayTally::kExpired, clock_.Now());
    });
    if (!done.ok()) return done.error();
  }
  return rows.size();
}

base::Result<std::vector<MailboxRow>> RelayDesk::List() {
  std::vector<MailboxRow> rows;
  RETURN_IF_ERROR(pool_.WithSession([&](store::Session& session) -> base::Status {
    ASSIGN_OR_RETURN(rows, Mailboxes(session));
    return {};
  }));
  return rows;
}

}  // namespace tracing
