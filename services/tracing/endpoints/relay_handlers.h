// The relay at the service's doors, in its three parts: it keeps mailboxes for others (Deposit,
// Collect), it collects from the relay that keeps ours, and it deposits what is for a county that
// cannot be reached directly.
//
// What was collected is stored first and dealt with then, as if it had arrived at the door; what is
// answered to it (a receipt, a refusal, a blind answer) is posted back before the parcel goes.
// Letters stay due until their signed receipt is held: "stored" is no receipt. Thread-safe.
// Errors: those of RelayDesk; of the guard.
#pragma once

#include <condition_variable>
#include <map>
#include <mutex>

#include "host/host.h"
#include "tracing/app/relay_desk.h"
#include "tracing/endpoints/courier.h"
#include "tracing/endpoints/directory_news.h"
#include "tracing/endpoints/guard.h"
#include "tracing/endpoints/recovery.h"
#include "tracing/endpoints/where_handlers.h"

namespace tracing {

class RelayHandlers {
 public:
  RelayHandlers(host::Host& host, LetterDesk& letters, Exchange& exchange, Courier& courier,
                Guard& guard, WhereHandlers& where, RecoveryRoom& recovery,
                DirectoryNews& news, const ExchangeConfig& config);
  // Before the exchange opens and the courier starts.
  base::Status Register();
  // Whether a county answers through its relay, for the self-test; waits a few seconds.
  // Errors: kUnavailable/NOT_COLLECTED, NO_ADDRESS; those of the relay.
  base::Result<v1::HelloReply> Hello(Division peer, const v1::Hello& hello);
  // The relay that is to be used for a county: none, if it has an address or no relay.
  Division RelayOf(Division peer) const;

 private:
  using Stored = std::function<void(base::Status)>;
  void RegisterDoor();
  bool Detour(Division peer, const v1::SealedItem& item, const std::string& same,
              const Exchange::Delivered& done);
  // To the mailbox at its relay, else at its own door.
  void Post(Division to, const v1::Posted& posted, const std::string& same, Stored done);
  base::Status PostAndWait(Division to, const v1::Posted& posted, const std::string& same);
  bool DepositedLately(const std::string& parcel_id);

  base::Result<std::uint64_t> Run();
  base::Result<std::uint64_t> Poll();
  base::Result<std::uint64_t> CollectAll(Division relay);
  base::Result<v1::CollectReply> Collect(Division relay, const std::vector<std::string>& done);
  // False: better to go on later.
  bool Open(const ParcelRow& row);
  base::Status DealWith(const ParcelRow& row, const v1::Posted& posted);
  Decline Judge(Division depositor, std::size_t bytes);
  base::Status TakeItem(const ParcelRow& row, const v1::SealedItem& item);
  base::Status TakeRecord(const ParcelRow& row, const v1::SignedDirectory& file);
  base::Status TakeAnswer(const ParcelRow& row, const v1::DeliverReply& reply);
  base::Result<v1::GetRelayReply> List();
  void Report();

  host::Host& host_;
  LetterDesk& letters_;
  Exchange& exchange_;
  Courier& courier_;
  Guard& guard_;
  WhereHandlers& where_;
  RecoveryRoom& recovery_;
  DirectoryNews& news_;
  const ExchangeConfig& config_;
  RelayDesk desk_;
  std::mutex mutex_;
  std::condition_variable greeted_;
  std::map<std::string, base::UtcTime> deposited_;      // parcel id; memory only
  std::map<std::string, v1::HelloReply> greetings_;     // by nonce
  host::Counter stored_;
  host::Counter collected_;
};

}  // namespace tracing
