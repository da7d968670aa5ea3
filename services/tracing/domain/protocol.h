// The letter protocol of both sides: Step(conversation, input, context) -> effects.
//
// A use case loads the conversation, calls Step, and saves the conversation, the new items' bytes
// and the records in one transaction; what `effects.send` lists is sent after the commit. Whatever
// is lost between two commits comes again by itself: the state says what is due, WakeOf says when.
// Crypto comes in as verified facts (Verdict) and functions (write, hash), time and randomness as
// values. On an error the conversation is unchanged. Pure; not thread-safe per conversation.
// Errors (kFailedPrecondition unless noted; details Chinese): NO_LETTER, WRONG_SIDE, WRONG_STATE,
// ALREADY_DONE, TEXT_MISSING, BAD_CODE, BAD_TARGET, BAD_DATE (kInvalidArgument), TOO_MANY_HOPS,
// EXTENSION_TOO_LONG, REOPEN_TOO_LATE, NOT_PARKED, NOT_PAPER, NUMBERS_FROZEN, RESTORE_UNCONFIRMED,
// NO_OWN_KEY.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/calendar.h"
#include "base/result.h"
#include "tracing/domain/conversation.h"
#include "tracing/domain/policy.h"

namespace tracing {

// An item that is to be serialised: everything of contract Item but its content, which the caller
// has (a letter, a reply's fields, a text).
struct Draft {
  const Conversation& conversation;  // before the item
  const Item& item;                  // without hash
  bool by_asker = false;
  std::uint32_t seq = 0;
  Digest previous = {};
  std::uint32_t seen_seq = 0;
  Digest seen_head = {};
};

struct Context {
  const Policy& policy;                  // of the day of `now`
  const base::Calendar& calendar;
  base::UtcTime now = {};
  std::uint64_t random = 0;          // for jitter; any number
  bool peer_confirmed = true;        // false: our backup was restored, the peer has not confirmed
  bool peer_known = true;            // the directory has the peer
  bool peer_keys = true;             // with a key in force
  bool own_key = true;               // we have one ourselves
  bool lane_open = true;             // Lane::MaySend of the peer
  const HashFn& hash;
  // Serialises, stores and hashes the item's bytes.
  const std::function<Digest(const Draft&)>& write;
  // The next document number, within the caller's transaction. Errors: NUMBERS_FROZEN.
  const std::function<base::Result<DocumentNumber>(base::Date)>& number;
  const PolicyBook* policies = nullptr;  // of other days; null: `policy` holds on all

  const Policy& PolicyOn(base::Date day) const {
    return policies == nullptr ? policy : policies->At(day);
  }
};

// ---- decisions of this side --------------------------------------------------------------------

struct DraftLetter {
  ConversationId id = {};
  Division self = {};
  Division peer = {};
  LetterKind kind = LetterKind::kNone;
  bool paper = false;                // the peer has no software
  std::vector<Hop> hops = {};        // of a forwarded letter
};
struct Approve {};                   // an officer; automatic kinds need none
struct Reject { std::string text = {}; };
// Everything else that a side may write. Which fields count: see ItemKind.
struct Write {
  ItemKind kind = ItemKind::kNone;
  std::string text = {};             // only whether it is empty is judged here
  ReplyCode code = 0;                // kAnswer
  Division to = {};                  // kForward
  std::optional<base::Date> due = {};  // kInterim, kReopen; kAnswer R12
  bool by_machine = false;
};
struct ToDesk { Desk desk = Desk::kOfficer; };  // of an incoming letter
struct Resend {};                    // a parked item, or at once instead of at the next try
struct ByPaper {};                   // what waits is printed and posted
// Of a county without the software, or of a letter that went by post: entered by an officer.
struct PaperReceipt { std::string reference = {}; };
struct PaperItem { Write write = {}; std::string reference = {}; };

// ---- messages ----------------------------------------------------------------------------------

// What the shell found out about the bytes. kNone: signed by the peer, whole, for us.
struct Arrived {
  ConversationId id = {};
  Division asker = {};
  Division answerer = {};
  bool from_asker = false;
  std::uint32_t seq = 0;
  Digest previous = {};
  // The chain of the reader's items that the author had taken; nothing: not asked for.
  std::optional<Digest> seen_head = {};
  LetterKind kind = LetterKind::kNone;
  std::vector<Hop> hops = {};
  Item item = {};                    // with hash
  Decline verdict = Decline::kNone;  // of seal, signature, key, epoch, size, rate, quota
};
struct ReceiptArrived {              // signature verified
  bool of_asker = false;
  std::uint32_t seq = 0;
  Digest hash = {};
  Digest head = {};
  std::uint32_t sent_seq = 0;        // the peer's own items then
  LetterState state = LetterState::kNone;
};
struct DeclinedArrived {
  std::uint32_t seq = 0;
  Digest hash = {};
  Decline reason = Decline::kNone;
  std::uint32_t have_seq = 0;        // kGap, kFork
  int retry_after_s = 0;
  bool is_signed = false;            // an unsigned one is a hint: it changes no state
  // It came on the peer's own connection, or on that of its relay: good enough for a limit.
  bool is_vouched = false;
};
// The peer's copies of items that we may have lost, in rising order of seq per direction; author's
// signatures verified, foreign ones left out.
struct Returned { std::vector<Arrived> items = {}; };

struct Tick {};                      // time has passed: what is due happens
// The machine could not look up an incoming letter. `lasts`: for so long that people are to see it.
struct LookUpFailed { bool lasts = false; };

using Input = std::variant<DraftLetter, Approve, Reject, Write, ToDesk, Resend, ByPaper,
                           PaperReceipt, PaperItem, Arrived, ReceiptArrived, DeclinedArrived,
                           Returned, Tick, LookUpFailed>;

// ---- effects -----------------------------------------------------------------------------------

// An item of ours that is to be sent now (its stored bytes, sealed for now's keys).
struct SendItem { std::uint32_t seq = 0; };
// The receipt for an item of theirs; `again`: the stored one, byte by byte.
struct SendReceipt { std::uint32_t seq = 0; bool again = false; };
struct SendDeclined {
  Decline reason = Decline::kNone;
  std::uint32_t seq = 0;
  Digest hash = {};
  std::uint32_t have_seq = 0;
  Digest have_head = {};
  int retry_after_s = 0;
  bool is_signed = true;             // what passes and comes in floods is not
};
// Ask the peer for what we lost: exchange ReturnItems with these two counts.
struct AskReturn { std::uint32_t mine_after = 0; std::uint32_t theirs_after = 0; };
using Send = std::variant<SendItem, SendReceipt, SendDeclined, AskReturn>;

enum class Did : std::uint8_t {
  kState,            // from -> to
  kPosted,           // seq of ours was written
  kReceived,         // seq of theirs was taken for the first time
  kReceipted,        // seq of ours
  kLookUp,           // an incoming letter is to be looked up in the registry
  kToOfficer,        // an incoming letter reached the officers' desk
  kToHousehold,
  kCopyDue,          // the superior gets a 告知函 of its own (another conversation)
  kForwardDue,       // the asker may ask the county that was named
  kReply,            // an answer arrived that counts: the case moves
  kCrossed,          // seq of either side is moot
  kUnknownKind,      // seq of theirs: a newer neighbour's
  kStuck, kUnstuck,
  kParked, kResent,
  kRewound,          // the peer lost items: they are sent again
  kAdopted,          // seq of ours or theirs came back after a restore
  kOvertaken,        // seq of ours, written after a silent restore, was dropped
  kRestoreSuspected, // the peer knows items of ours that we do not: freeze numbers, recover
  kStateDiffers      // both have everything and say different states
};
struct Record {
  Did did = Did::kState;
  bool mine = false;
  std::uint32_t seq = 0;
  LetterState from = LetterState::kNone;
  LetterState to = LetterState::kNone;
  Stuck stuck = Stuck::kNone;
};

struct Effects {
  std::vector<Send> send = {};
  std::vector<Record> records = {};
  std::optional<base::UtcTime> wake = {};  // when a Tick is due next; none: only a message can help
  bool changed = false;                    // whether the conversation is to be saved
};

base::Result<Effects> Step(Conversation& conversation, const Input& input,
                           const Context& context);

// When a Tick is due next.
std::optional<base::UtcTime> WakeOf(const Conversation& conversation, const Context& context);

// What an officer may do now, and why not; kinds as in contract DoLetterAct.
struct AllowedWrite {
  ItemKind kind = ItemKind::kNone;
  bool allowed = false;
  std::string reason = {};           // Chinese
};
std::vector<AllowedWrite> AllowedWrites(const Conversation& conversation, const Context& context);

}  // namespace tracing
