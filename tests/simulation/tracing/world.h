// A country of counties that exchange letters over a bad network, in one thread and seeded.
//
// Every county runs the real protocol (services/tracing/domain) over a database of its own (a
// struct that is copied for a backup); the network drops, doubles, delays, reorders, corrupts, cuts
// off single counties, falls apart into two halves or carries one way only; processes die before
// and after commits; backups are restored; clocks are wrong; keys rotate; neighbours speak a newer
// version. The same options give the same run. The checker reads committed state only
// (invariants.h). Times are UTC milliseconds of the world; a county sees its own clock.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <queue>
#include <string>
#include <unordered_map>
#include <variant>
#include <vector>

#include "base/calendar.h"
#include "base/random.h"
#include "tracing/domain/delivery.h"
#include "tracing/domain/numbering.h"
#include "tracing/domain/protocol.h"
#include "tracing/domain/recovery.h"

namespace simulation {

// Something broken on purpose, so that the checker must see it.
enum class Canary {
  kNone, kOfficerTwice, kSilentLoss, kFreshIds, kRewrittenLog, kReopens, kNewReceipt
};
std::optional<Canary> CanaryFromName(std::string_view name);

struct Options {
  int counties = 30;
  std::uint64_t seed = 1;
  int letters_per_county = 12;       // of the year; full size: 56,000 students * 3 / 1,000 = 168
  int ask_days = 250;                // letters are written
  int fault_days = 260;              // then the network heals
  int days = 345;                    // then everything must have arrived
  std::uint32_t drop_bp = 500;       // basis points, of each message
  std::uint32_t double_bp = 300;
  std::uint32_t late_bp = 200;       // hours instead of seconds
  std::uint32_t corrupt_bp = 100;
  std::uint32_t crash_bp = 20;       // of each commit
  std::uint64_t crash_at = 0;        // 2k: before the k-th commit of the run; 2k + 1: after it
  int restored_percent = 3;          // of counties; the operator says so
  int silent_percent = 2;            // restored, and nobody says so
  int splits = 0;                    // times that the country falls apart, up to a week each
  Canary canary = Canary::kNone;
};

// No faults at all; and far more of everything than any real network has.
Options Quiet(Options options);
Options Hectic(Options options);
// Every county restored once while much is on its way, which arrives hours after the restore.
Options Restored(Options options);

enum class CrashAt { kNever, kBeforeCommit, kAfterCommit };

struct StoredReceipt {
  tracing::Digest hash = {};
  tracing::Digest head = {};
  std::uint32_t sent_seq = 0;
  tracing::LetterState state = tracing::LetterState::kNone;
};
struct Row {
  tracing::Conversation letter = {};
  std::vector<StoredReceipt> receipts = {};  // of theirs
  std::vector<std::int16_t> officer = {};    // rounds that an officer was given
  std::int64_t case_id = 0;
  int closed_round = 0;                      // the last round that was closed
};
// What a backup holds.
struct Database {
  std::unordered_map<tracing::ConversationId, Row> letters = {};
  tracing::Numbering numbering = {};
  tracing::Recovery recovery = {};
  std::unordered_map<int, std::uint64_t> epochs = {};
};

struct ItemMsg {
  tracing::Arrived item = {};
  std::uint64_t epoch = 0;
  std::uint8_t sign_version = 0;
  std::uint8_t seal_version = 0;
  bool corrupt = false;
};
struct ReceiptMsg {
  tracing::ConversationId id = {};
  tracing::ReceiptArrived receipt = {};
  std::uint64_t epoch = 0;        // of who signed it
};
struct DeclinedMsg {
  tracing::ConversationId id = {};
  tracing::DeclinedArrived declined = {};
};
struct HeadsAsk { std::uint64_t epoch = 0; };
struct HeadsTell {
  std::vector<tracing::HeadFact> heads = {};
  std::uint64_t epoch = 0;        // that was asked with
  std::uint64_t known_epoch = 0;
  std::uint64_t own_epoch = 0;
};
struct ReturnAsk {
  tracing::ConversationId id = {};
  std::uint32_t yours_after = 0;  // of the one who is asked
  std::uint32_t mine_after = 0;
};
struct ReturnTell { std::vector<tracing::Arrived> items = {}; };
using Payload =
    std::variant<ItemMsg, ReceiptMsg, DeclinedMsg, HeadsAsk, HeadsTell, ReturnAsk, ReturnTell>;
struct Message {
  int from = 0;
  int to = 0;
  Payload payload = {};
};

struct Ask {                      // what a case wants
  std::int64_t case_id = 0;
  int from = 0;
  int to = 0;
  tracing::LetterKind kind = tracing::LetterKind::kHc;
  base::UtcTime at = {};
};

struct County {
  int index = 0;
  tracing::Division division = {};
  tracing::Policy policy = {};
  Database db = {};
  std::unique_ptr<Database> backup = {};
  std::vector<base::UtcTime> rotations = {};   // of its keys
  std::chrono::milliseconds clock_off{0};
  base::UtcTime down_until = {};               // no process
  base::UtcTime recover_at = {};               // members are asked again
  base::UtcTime cut_until = {};                // no network
  base::UtcTime refuses_until = {};            // declines for good: its directory is wrong
  int version = 1;
  int restores = 0;
  bool silently_restored = false;    // its numbers may then be given twice: README of tracing
  std::unordered_map<int, tracing::Lane> lanes = {};  // lost in a crash
  std::unordered_map<tracing::ConversationId, base::UtcTime> wakes = {};  // likewise
};

// For a while two halves of the country do not hear each other; or the second not the first.
struct Split {
  base::UtcTime from = {};
  base::UtcTime to = {};
  std::uint64_t salt = 0;            // who is in which half
  bool one_way = false;
};

struct Tally {
  std::uint64_t events = 0;
  std::uint64_t commits = 0;         // tried
  std::uint64_t messages = 0;
  std::uint64_t dropped = 0;
  std::uint64_t apart = 0;           // of these by a split
  std::uint64_t doubled = 0;
  std::uint64_t corrupted = 0;
  std::uint64_t late = 0;
  std::uint64_t crashes = 0;
  std::uint64_t restores = 0;
  std::uint64_t letters = 0;
  std::uint64_t items = 0;
  std::uint64_t duplicates = 0;
  std::uint64_t adopted = 0;
  std::uint64_t overtaken = 0;
  std::uint64_t rewound = 0;
  std::uint64_t parked = 0;
  std::uint64_t stuck = 0;
  std::uint64_t crossed = 0;
  std::uint64_t by_machine = 0;
  std::uint64_t to_officer = 0;
  std::uint64_t unknown_kinds = 0;
  std::uint64_t urges = 0;
  std::uint64_t copies = 0;
  std::uint64_t forwarded = 0;
  std::uint64_t reopened = 0;
};

// What is known of the whole country, outside of every database.
struct Ledger {
  struct Seen {
    std::uint64_t hash = 0;       // the first bytes of a digest
    int restores = 0;             // of those who would remember it, when it was seen
    int taker = 0;
  };
  using Book = std::unordered_map<std::uint64_t, Seen>;
  Book places = {};               // conversation, direction, seq -> item
  Book intents = {};              // asker, case, kind, ordinal, round -> opening item
  Book receipts = {};             // place -> receipt
  Book numbers = {};              // county, year, number -> item
  std::vector<std::string> violations = {};
};

class World {
 public:
  explicit World(const Options& options);
  void Run();

  const Options& options() const { return options_; }
  const std::vector<County>& counties() const { return counties_; }
  const Ledger& ledger() const { return ledger_; }
  const Tally& tally() const { return tally_; }
  base::UtcTime now() const { return now_; }
  void Violation(std::string text);

 private:
  enum class Kind : std::uint8_t {
    kAsk, kApprove, kMessage, kWake, kLookUp, kOfficer, kAskerOfficer, kRestart, kBackup,
    kRestore, kRecover, kCut, kClock, kRefuses, kCheck
  };
  struct Event {
    base::UtcTime at = {};
    std::uint64_t order = 0;
    Kind kind = Kind::kWake;
    int county = 0;
    tracing::ConversationId id = {};
    std::shared_ptr<const Message> message = {};
    std::int64_t value = 0;
    bool operator<(const Event& other) const {  // the earliest is on top
      return at != other.at ? at > other.at : order > other.order;
    }
  };

  // world.cpp
  void PlanLetters();
  void PlanFaults();
  void Push(Event event);
  void Handle(const Event& event);
  void HandleFault(const Event& event);
  bool Faulty() const { return now_ < fault_end_; }
  base::UtcTime ClockOf(const County& county) const { return now_ + county.clock_off; }
  County& At(int index) { return counties_[static_cast<std::size_t>(index)]; }

  // network.cpp
  void PlanSplits();
  bool Apart(int from, int to) const;
  void Send(int from, int to, Payload payload);
  void Deliver(const Message& message);
  void Got(County& county, int from, const ItemMsg& m);
  void Got(County& county, int from, const ReceiptMsg& m);
  void Got(County& county, int from, const DeclinedMsg& m);
  void Got(County& county, int from, const HeadsAsk& m);
  void Got(County& county, int from, const HeadsTell& m);
  void Got(County& county, int from, const ReturnAsk& m);
  void Got(County& county, int from, const ReturnTell& m);
  tracing::Decline Verdict(const County& county, int from, const ItemMsg& m) const;
  CrashAt DrawCrash();
  int KnownVersion(int reader, const County& of) const;

  // county.cpp
  // `from`: who is answered; none: the conversation's peer.
  bool Do(County& county, const tracing::ConversationId& id, const tracing::Input& input,
          int from = -1);
  void Commit(County& county, Row& row, const tracing::Effects& effects);
  void Emit(County& county, const Row& row, const tracing::Effects& effects, int from);
  void Recorded(County& county, Row& row, const tracing::Record& record);
  void StoreReceipt(County& county, Row& row, std::uint32_t seq);
  void Wake(County& county, const tracing::ConversationId& id, base::UtcTime county_time);
  void Crash(County& county);
  void Reschedule(County& county);
  void RescheduleLetter(County& county, const Row& row);
  void Restore(County& county, bool silently);
  void Recover(County& county);
  void BeginRecovery(County& county, std::uint64_t epoch_min);
  void Sabotage(County& county);
  ItemMsg Packed(const County& county, const Row& row, bool mine, std::uint32_t seq) const;
  void DoAfterCommit(County& county, const Row& row, const tracing::Record& record);

  // people.cpp
  void DoAsk(const Ask& ask, const std::vector<tracing::Hop>& hops, std::uint32_t ordinal);
  void FollowUp(County& county, const Row& row, const tracing::Facts& facts);
  void LookUp(County& county, const tracing::ConversationId& id);
  void OfficerActs(County& county, const tracing::ConversationId& id);
  void AskerActs(County& county, const tracing::ConversationId& id);
  void NewerWrites(County& county, Row& row);
  void Later(Kind kind, int county, const tracing::ConversationId& id,
             std::chrono::milliseconds wait, std::int64_t value = 0);

  Options options_;
  base::Rng rng_;
  base::Calendar calendar_;
  tracing::HashFn hash_;
  std::vector<County> counties_;
  std::vector<Ask> asks_;
  std::vector<Split> splits_;
  std::priority_queue<Event> events_;
  std::uint64_t order_ = 0;
  base::UtcTime now_ = {};
  base::UtcTime start_ = {};
  base::UtcTime fault_end_ = {};
  base::UtcTime end_ = {};
  Ledger ledger_;
  Tally tally_;
};

int IndexOf(tracing::Division division);
tracing::Division DivisionOf(int index);
// A fast mixing of bytes to 32; not for secrets.
tracing::Digest Mix(std::string_view bytes);

}  // namespace simulation
