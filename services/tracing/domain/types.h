// What letters between counties are made of: divisions, kinds, states, codes, reasons, names.
//
// The numbers of LetterKind, LetterState and ReplyCode are those of contract/*.proto and are
// never changed; a number of a newer neighbour is kept as it is. Instants are UTC milliseconds,
// days civil days of the county (base/date.h). Values only; pure and thread-safe.
// Source of kinds and reply codes: domain.md 6.2 (no national form was found); of division codes:
// GB/T 2260.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/date.h"
#include "base/random.h"
#include "base/result.h"

namespace tracing {

// Six digits of GB/T 2260. There is no way from an identity number to a Division: its first six
// digits say where it was once given out, not who is responsible.
class Division {
 public:
  constexpr Division() = default;  // none
  // Exactly six digits, the first not 0. Errors: kInvalidArgument/BAD_DIVISION.
  static base::Result<Division> Parse(std::string_view six_digits);
  static constexpr Division FromRaw(std::uint32_t raw) { return Division{raw}; }

  constexpr std::uint32_t raw() const { return raw_; }
  constexpr explicit operator bool() const { return raw_ != 0; }
  constexpr bool IsProvince() const { return raw_ % 10000 == 0; }
  constexpr Division Province() const { return Division{raw_ / 10000 * 10000}; }
  constexpr Division Prefecture() const { return Division{raw_ / 100 * 100}; }
  std::string ToString() const;  // "350212"; "" for none
  friend constexpr auto operator<=>(Division, Division) = default;

 private:
  constexpr explicit Division(std::uint32_t raw) : raw_(raw) {}
  std::uint32_t raw_ = 0;
};

struct ConversationId {
  base::Uuid raw = {};
  friend constexpr auto operator<=>(const ConversationId&, const ConversationId&) = default;
};

// A hash of the suite in use (SM3 or SHA-256), 32 bytes; all zero: none.
using Digest = std::array<std::uint8_t, 32>;
// Hashes bytes. The domain has no hash of its own: the suite's comes in.
using HashFn = std::function<Digest(std::string_view)>;

enum class LetterKind : std::uint8_t {
  kNone = 0, kHc = 1, kXc = 2, kQf = 3, kZx = 4, kJd = 5, kCb = 6, kHf = 7, kGz = 8
};
std::string_view LetterKindName(LetterKind kind);     // "核查函"; "未知函件"
std::string_view LetterKindShort(LetterKind kind);    // "HC"
std::optional<LetterKind> LetterKindFromShort(std::string_view name);
// Whether it may open a conversation (CB and HF live within one).
bool OpensConversation(LetterKind kind);
// Whether an answer is due (not for JD and GZ: taking note is enough).
bool ExpectsReply(LetterKind kind);

// What an item does in its conversation. 1..31 by the asker, 33..63 by the answerer. Anything else
// is a newer neighbour's: kept, shown, without effect.
enum class ItemKind : std::uint16_t {
  kNone = 0,
  kLetter = 1, kSupplement = 2, kUrge = 3, kWithdraw = 4, kClose = 5, kReopen = 6, kExpire = 7,
  kCopy = 8,
  kAcknowledge = 33, kInterim = 34, kAnswer = 35, kForward = 36, kRefuse = 37, kNote = 38
};
bool IsKnown(ItemKind kind);
// Whether the kind is known and the other side's to write.
bool IsForeignTo(ItemKind kind, bool by_asker);
bool IsNumbered(ItemKind kind);                       // carries a document number
// Goes to the other side as a document that can be printed; the rest only says how things stand.
bool IsDocument(ItemKind kind);
std::string ItemKindName(ItemKind kind);              // "urge"; "unknown:77"
std::string ItemKindChinese(ItemKind kind);           // "催办"; "未知（77）"

enum class LetterState : std::uint8_t {
  kNone = 0,
  kDrafted = 1, kApproved = 2, kSent = 3, kReceipted = 4, kAcknowledged = 5, kInterim = 6,
  kAnswered = 7, kClosed = 8, kWithdrawn = 9, kForwarded = 10, kRefused = 11, kExpired = 12,
  kReopened = 13, kRejected = 14
};
std::string_view LetterStateName(LetterState state);     // "answered"
std::string_view LetterStateChinese(LetterState state);  // "已回函"
// The other side owes something: receipted, acknowledged, interim, reopened (and sent).
bool AwaitsAnswer(LetterState state);
// Nothing more is due from anybody: closed, withdrawn, forwarded, rejected.
bool IsOver(LetterState state);

// 1..12 and 99; any other number is a newer neighbour's.
using ReplyCode = std::uint16_t;

// Why a letter does not go on. kNone: it does.
enum class Stuck : std::uint8_t {
  kNone = 0,
  kPeerSilent,          // no answer since stuck_after
  kPeerDeclined,        // declined for a reason that may pass: see Declined
  kParked,              // declined for good: an officer resends it or sends it on paper
  kNoMember,            // the directory knows nobody for the division
  kRestoreUnconfirmed,  // our backup was restored; the other side has not confirmed
  kNumbersFrozen,       // our backup was restored; the next number is not certain
  kKeysMissing,         // the directory has the peer, but no key of it that is in force
  kPaperWaiting,        // to be printed and posted, and the delivery entered
  kOwnKeyMissing,       // no key of our own is in force: nothing can be signed
  kLookUpFails          // an incoming letter: the machine's look-up keeps failing
};
std::string_view StuckName(Stuck stuck);        // "PEER_SILENT"; "" for none
std::string_view StuckChinese(Stuck stuck);

// Why an item was not taken. The order is that in which they are judged; the last two are a
// relay's, before the addressee sees anything.
enum class Decline : std::uint8_t {
  kNone = 0,
  kShutOut,            // the peer misbehaved; passes
  kSlowDown,           // rate; passes
  kTooLarge,           // for good
  kUnreadable,         // for good: no item of any version
  kNotMyDivision,      // for good: the directory of one of us is old
  kKeyUnknown,         // may pass: directories spread
  kKeyExpired,         // passes with the new key
  kKeyNotYet,          // passes; or a clock is wrong
  kKeyRevoked,         // passes with the new key
  kBadSeal,            // may pass: sealed to a key that we no longer have
  kBadSignature,       // for good after repeats
  kOldEpoch,           // a letter of before our restored backup; passes after recovery
  kWrongParties,       // for good: another pair of counties has this conversation
  kBadItem,            // for good: the kind is not the author's to write
  kGap,                // items before it are missing here: go back to have_seq + 1
  kFork,               // another item has this place: the sender was restored
  kBehind,             // we lost items of our own that the sender has seen; passes
  kQuota,              // too many open letters; passes
  kMailboxFull,        // the relay stores no more for the addressee, or of us; passes
  kNotServed           // the relay keeps no mailbox for the addressee; passes with its settings
};
std::string_view DeclineName(Decline reason);   // "GAP"
std::optional<Decline> DeclineFromName(std::string_view name);
std::string_view DeclineChinese(Decline reason);
// Whether repeating by itself is in vain.
bool IsPermanent(Decline reason);
// Whether it is about how much comes, not about what: it needs no proof of who says so, because
// whoever holds the connection can refuse to take anything anyway.
bool IsLimit(Decline reason);

// 同教函〔2026〕37号 without its prefix.
struct DocumentNumber {
  int year = 0;
  int number = 0;  // from 1; 0: none
  friend constexpr auto operator<=>(const DocumentNumber&, const DocumentNumber&) = default;
};

}  // namespace tracing

template <>
struct std::hash<tracing::ConversationId> {
  std::size_t operator()(const tracing::ConversationId& id) const noexcept {
    std::size_t value = 0;
    for (int i = 0; i < 8; ++i) value = value << 8 | id.raw[static_cast<std::size_t>(i)];
    return value;
  }
};
template <>
struct std::hash<tracing::Division> {
  std::size_t operator()(tracing::Division d) const noexcept { return d.raw(); }
};
