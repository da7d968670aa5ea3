// The ladder engine: a pure function of (case history, profile, calendar, now).
//
// Evaluate says where a case stands, who answers, which clocks run and what is due, what may be
// done now, and why everything else may not. Decide says what a command appends to the history;
// the same history and command always give the same entries. Neither reads a clock, draws a
// number or throws. An open case never has nobody responsible and never nothing due. Days are
// civil days of the county; instants are UTC milliseconds. Errors of Decide: those of acts.h
// (kInvalidArgument) and verdict.h (kFailedPrecondition), kNotFound/ NO_CASE; details in Chinese.
// Signals, ticks and other services' events are never refused: what does not apply appends
// nothing. Source of states, gates and periods: the profile; README.md of cases lists the acts.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/calendar.h"
#include "base/result.h"
#include "cases/domain/facts.h"
#include "cases/domain/profile.h"

namespace cases {

struct Context {
  const Profiles& profiles;          // each applies from its day
  const base::Calendar& calendar;    // of the child's school
  base::UtcTime now = {};
  std::optional<Presence> presence = {};  // attendance's answer for a watch check that is due
};

// ---- commands -----------------------------------------------------------------------------------

// Somebody or something says that a child may have dropped out: opens, attaches or reopens.
struct Signal {
  base::UtcTime at = {};            // when it was noticed; deadlines count from here
  std::string found_by = {};        // 考勤, 比对, 摸排, 来函, 举报, 人工
  std::string reference = {};       // "streak/17", "match/4"; the same one twice changes nothing
  std::string reason = {};          // Chinese
  std::optional<base::Date> first_absent = {};
  StreakId streak = {};
  int days = 0;                     // of absence
  bool remark_only = false;         // attach to an open case, never open one
  Contacts contacts = {};
  Actor actor = {};
};
struct SignalWithdrawn {
  base::UtcTime at = {};
  std::string reference = {};
  std::string why = {};
};
struct StudentBack {
  base::UtcTime at = {};
  base::Date day = {};
  StreakId streak = {};
};
// A correction showed that the student had not come back.
struct ReturnWithdrawn {
  base::UtcTime at = {};
  StreakId streak = {};
};
struct RegistryFact {
  base::UtcTime at = {};
  std::string event = {};           // "transferred_out", "suspended", ...
  std::string text = {};            // Chinese
  base::Date effective = {};
  std::optional<base::Date> until = {};
};
// Another county's answer to a letter about the child. A later one of the same conversation
// corrects the earlier.
struct LetterReply {
  base::UtcTime at = {};
  std::string reference = {};       // "letter/<conversation>/<item>"; twice changes nothing
  LetterNews letter = {};           // without evidence: the rule says which
  std::optional<base::Date> since = {};
  std::optional<base::Date> until = {};
};
struct ContactsChanged { base::UtcTime at = {}; Contacts contacts = {}; };
struct GroupsLearned { std::vector<std::string> groups = {}; };
struct PersonActs { Act act = {}; Actor actor = {}; };
struct Tick {};                     // time has passed: what is due happens

using Command = std::variant<Signal, SignalWithdrawn, StudentBack, ReturnWithdrawn, RegistryFact,
                             LetterReply, ContactsChanged, GroupsLearned, PersonActs, Tick>;

base::Result<std::vector<Entry>> Decide(const History& history, const Command& command,
                                        const Context& context);

// Whether a new signal on `day` goes to this closed case rather than to a new one.
bool Reopens(const Facts& facts, const Profile& profile, base::Date day);

// ---- view ---------------------------------------------------------------------------------------

struct TaskView {
  std::string id = {};
  int step = 0;
  std::string name = {};
  int level = 0;
  Party owner = {};
  std::optional<base::UtcTime> due = {};  // suspended: when it runs again
  ClockState state = ClockState::kArmed;
  Unit unit = Unit::kCalendarDays;
  int days_left = 0;                      // calendar days; negative: days overdue
  std::string source = {};
};
struct AllowedAct {
  std::string kind = {};
  std::string name = {};
  std::string target = {};                // closing state, level or clock
  bool allowed = false;
  std::string reason = {};                // why not, Chinese
  std::vector<std::string> needs = {};    // what must come with it
  std::string source = {};
};
// Who does a task: its own body, else its level's.
Party OwnerOf(const ClockFacts& clock, const Facts& facts, const Profile& profile);

struct View {
  Facts facts = {};
  std::string state_name = {};
  std::string level_name = {};
  Party responsible = {};
  std::optional<base::UtcTime> next_due = {};
  int overdue = 0;
  std::vector<TaskView> tasks = {};       // live ones by due time, then those that are done
  std::vector<AllowedAct> allowed = {};
  bool presence_due = false;              // attendance must be asked before the next Tick
  bool groups_wanted = false;             // an answer depends on groups that nobody has asked about
};

View Evaluate(const History& history, const Profiles& profiles, const base::Calendar& calendar,
              base::UtcTime now, const Actor* actor = nullptr);

// Whether a presence check is due by `now`, and from which day attendance is asked.
std::optional<base::Date> PresenceNeeded(const Facts& facts, const Profile& profile,
                                         base::UtcTime now);

}  // namespace cases
