// The gap between a transfer out and the arrival: what is awaited of whom, until when.
//
// Four parties act one after the other: 转入校, 转入地主管部门, 转出校, 转出地主管部门; each has
// party_days working days from the day on which the one before it was done. A child who went out
// is waited for until arrive_by; then it is missing, once, and a later arrival still counts. What
// is already past when the watch begins is not counted against anybody: it begins on the day on
// which it became known. Working days of the county's calendar, at day_end of the day.
// Errors: kFailedPrecondition/ALREADY_DONE, WRONG_STATE; kInvalidArgument/BAD_DATE. Pure.
// Source: 教基〔2025〕1号 art. 15 (10 working days each; domain.md 3.1, route order); arrival_days is
// the product's default: the two parties of the destination, 20 working days.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/calendar.h"
#include "tracing/domain/policy.h"

namespace tracing {

enum class Party : std::uint8_t {
  kIntoSchool = 0, kIntoBureau = 1, kOutSchool = 2, kOutBureau = 3
};
inline constexpr std::array kRoute{Party::kIntoSchool, Party::kIntoBureau, Party::kOutSchool,
                                   Party::kOutBureau};
std::string_view PartyName(Party party);     // "into_school"
std::string_view PartyChinese(Party party);  // "转入校"
std::optional<Party> PartyFromName(std::string_view name);

enum class TransferDirection : std::uint8_t { kOut = 1, kIn = 2 };
enum class TransferState : std::uint8_t {
  kWaiting = 1, kArrived = 2, kMissing = 3, kCalledOff = 4
};
std::string_view TransferStateName(TransferState state);     // "missing"
std::string_view TransferStateChinese(TransferState state);  // "逾期未到校"

// Who knows that a party is done, or that the child has arrived.
enum class Source : std::uint8_t { kNone = 0, kRegistry = 1, kLetter = 2, kOfficer = 3 };
std::string_view SourceName(Source source);  // "registry"

struct PartyClock {
  base::Date due = {};               // expected while it is another party's turn
  bool running = false;              // its turn
  bool overdue = false;              // was, once
  std::optional<base::Date> done = {};
  std::string by = {};
  Source how = Source::kNone;
};

struct TransferWatch {
  TransferDirection direction = TransferDirection::kOut;
  TransferState state = TransferState::kWaiting;
  base::Date began = {};
  base::Date arrive_by = {};         // of kOut
  std::optional<base::Date> arrived_on = {};
  bool was_missing = false;
  std::array<PartyClock, 4> parties = {};
  PartyClock& operator[](Party party) { return parties[static_cast<std::size_t>(party)]; }
  const PartyClock& operator[](Party party) const {
    return parties[static_cast<std::size_t>(party)];
  }
};

struct TransferNews {
  enum class Kind : std::uint8_t { kOpened, kParty, kOverdue, kMissing, kArrived, kCalledOff };
  Kind kind = Kind::kOpened;
  Party party = Party::kIntoSchool;  // of kParty, kOverdue
};
std::string_view TransferNewsName(TransferNews::Kind kind);  // "missing"

struct TransferRules {
  const Transfers& days;
  const base::Calendar& calendar;
  int day_end_minute = 0;
};

// A fact about a party or the arrival, and who stands for it.
struct Statement {
  base::Date on = {};
  std::string by = {};
  Source how = Source::kNone;
};

class TransferBook {
 public:
  explicit TransferBook(const TransferRules& rules) : rules_(rules) {}

  // Our own registry did its two parties' part: the school's and the bureau's.
  TransferWatch Open(TransferDirection direction, base::Date began, const std::string& school,
                     const std::string& bureau) const;
  // Errors: ALREADY_DONE, WRONG_STATE (called off).
  base::Result<std::vector<TransferNews>> PartyDone(TransferWatch& watch, Party party,
                                                    const Statement& told) const;
  // The child is in a school of the destination; `enrolled`: its bureau says so, with a 学籍.
  // Errors: ALREADY_DONE, WRONG_STATE (an arrival is awaited of a transfer out only).
  base::Result<std::vector<TransferNews>> Arrive(TransferWatch& watch, const Statement& school,
                                                 const std::optional<Statement>& bureau) const;
  // Errors: ALREADY_DONE, WRONG_STATE (arrived).
  base::Result<std::vector<TransferNews>> CallOff(TransferWatch& watch) const;
  // What fell due; a second look finds nothing.
  std::vector<TransferNews> Tick(TransferWatch& watch, base::UtcTime now) const;
  std::optional<base::UtcTime> NextDue(const TransferWatch& watch) const;

 private:
  void Reckon(TransferWatch& watch) const;
  base::UtcTime EndOf(base::Date day) const {
    return base::InstantAt(day, rules_.day_end_minute);
  }
  TransferRules rules_;
};

// Somebody still owes something: a party, or the arrival.
bool IsOpen(const TransferWatch& watch);
bool HasOverdueParty(const TransferWatch& watch);

}  // namespace tracing
