// What a history adds up to: where the case stands, its clocks, what has been recorded so far.
//
// Fold is the only reader of histories; it needs no profile, because each entry says what it did.
// The counts that gates ask for start anew when a case is reopened; totals do not. Pure; never
// fails: an entry that makes no sense is ignored.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>

#include "cases/domain/profile.h"
#include "cases/domain/types.h"

namespace cases {

enum class ClockState { kArmed, kSuspended, kOverdue, kDone, kCancelled };
std::string_view ClockStateName(ClockState state);  // open, suspended, overdue, done, cancelled

// The latest step of one clock.
struct ClockFacts {
  std::string id = {};
  int step = 0;
  ClockState state = ClockState::kArmed;
  std::string name = {};
  Unit unit = Unit::kCalendarDays;
  int level = 0;
  std::string body = {};
  base::UtcTime started = {};
  base::UtcTime due = {};
  std::optional<base::UtcTime> resume_at = {};  // suspended: when it runs again by itself
  std::int64_t remaining = 0;
  std::optional<base::UtcTime> ended = {};

  bool IsLive() const {
    return state == ClockState::kArmed || state == ClockState::kSuspended ||
           state == ClockState::kOverdue;
  }
  // When the clock itself makes something happen next; nothing for overdue and ended ones.
  std::optional<base::UtcTime> NextAt() const {
    if (state == ClockState::kArmed) return due;
    if (state == ClockState::kSuspended) return resume_at;
    return std::nullopt;
  }
};

struct Handover {
  int from_level = 0;
  int to_level = 0;
};

struct Facts {
  int version = 0;  // 0: no case yet
  std::string profile = {};
  std::string state = {};
  Phase phase = Phase::kOpen;
  int level = 0;
  bool confirmed = false;  // since the case was last (re)opened
  base::UtcTime opened_at = {};
  std::optional<base::UtcTime> closed_at = {};
  std::string found_by = {};
  std::optional<base::Date> first_absent = {};
  std::string reason_code = {};
  std::optional<base::Date> until = {};

  Party responsible = {};
  bool assigned_by_hand = false;  // until the level or the phase changes
  Contacts contacts = {};
  std::optional<std::vector<std::string>> groups = {};
  // Staff who handled the closing; the reviewer is none of them.
  std::set<std::string> handlers = {};
  std::optional<Handover> handover = {};  // not yet acknowledged

  std::map<std::string, ClockFacts> clocks = {};

  int persuasions_total = 0;
  std::optional<base::Date> last_persuasion = {};
  // Since the case was last (re)opened:
  int persuasions = 0;
  int joint_persuasions = 0;
  int home_visits = 0;
  std::set<base::Date> persuasion_days = {};
  std::set<std::string> failed_routes = {};
  std::set<std::string> inquiries = {};
  std::set<std::string> evidence = {};
  std::set<std::string> approvals = {};
  std::set<std::string> tasks_done = {};

  StreakId streak = {};                        // the latest
  std::set<std::string> live_references = {};  // signals of this episode that nobody took back
  // A relapse that attendance takes back leads here again, as long as nobody has decided anything.
  struct Before {
    std::string state = {};
    std::optional<base::Date> returned_on = {};
  };
  std::optional<Before> before_relapse = {};
  std::optional<base::Date> returned_on = {};
  StreakId returned_from = {};     // the streak that attendance saw end; none: registered by hand
  std::string state_before_return = {};
  std::optional<Presence> presence = {};
  std::optional<base::Date> presence_on = {};
  // Answers to letters that were taken, "letter/<conversation>/<item>": each counts once.
  std::set<std::string> letters = {};
  std::map<std::string, std::string> letter_evidence = {};  // by conversation: what it put on file
  // The closing that an answer brought about, until anything else moves the case.
  struct ByLetter {
    std::string conversation = {};
    std::string state_before = {};
  };
  std::optional<ByLetter> closed_by_letter = {};

  bool exists() const { return version > 0; }
  bool open() const { return exists() && !IsOver(phase); }
  const ClockFacts* FindClock(std::string_view id) const;
  std::optional<base::UtcTime> NextAt() const;  // the earliest of all clocks
  int OverdueTasks(base::UtcTime now) const;
};

// Adds one entry.
void Apply(Facts& facts, const Entry& entry);
Facts Fold(const History& history);

}  // namespace cases
