// A county's ladder as data: levels, responsible bodies, tasks with due times, gates, states and
// closings. One Profile applies from its day until the next one's; Profiles holds them all.
//
// Nothing about a county stands in code: who answers, by when, how many persuasions, which
// evidence, what an expiry does. Times of day are minutes since local midnight. Values only;
// pure. Where each number comes from stands in the YAML next to it (`source`).
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "cases/domain/types.h"

namespace cases {

enum class BodyKind { kClassTeacher, kSchool, kTown, kFixed };
struct Body {
  std::string id = {};    // class_teacher, school, town, bureau, government, justice, ...
  std::string name = {};  // shown; for kFixed the body's own name
  BodyKind kind = BodyKind::kFixed;
  std::string person_id = {};
  std::string person = {};
  std::string role = {};
};

struct Due {
  Unit unit = Unit::kSchoolDays;
  int count = 0;
  int at_minute = -1;  // -1: the profile's day_end
};

struct GroupConsent {
  std::vector<std::string> groups = {};
  std::string body = {};  // id of the body that must have approved
};

// What must hold before an act or a move. Empty members ask nothing.
struct Gate {
  int level_min = 0;
  int persuasions_min = 0;
  int persuasion_days_min = 0;    // on so many different days
  int joint_persuasions_min = 0;  // 联合劝返
  int home_visits_min = 0;
  int failed_routes_min = 0;      // different ways of contact that failed
  int suspected_days_min = 0;     // calendar days since the first absent day, >=
  std::vector<std::string> inquiries = {};  // bodies that were asked for the child's whereabouts
  std::string waived_by = {};     // evidence that stands in for the persuasion counts
  std::vector<std::string> tasks_done = {};
  std::vector<std::string> approvals = {};  // body ids; alternatives by "|"
  bool period_over = false;       // the period that an order set has passed
  std::optional<GroupConsent> group_consent = {};
  bool presence = false;          // the watch of a returned student is passed
  bool other_person = false;      // not who handled the closing
  // On file or with the act. Each entry: alternatives by "|", each a sum by "+".
  std::vector<std::string> evidence = {};
  std::vector<std::string> fields = {};  // with the act: until, document_no, text, reason_code
  int until_months_max = 0;
  std::string source = {};
};

// How a state is entered: from one of these states by one of these acts, if the gate is met.
struct Way {
  std::vector<std::string> from = {};
  std::vector<std::string> by = {};  // act kinds, or "system"
  Gate gate = {};
};

enum class Phase { kOpen, kWatch, kSettled, kClosed, kWithdrawn };
std::string_view PhaseName(Phase phase);  // open, watch, settled, closed, withdrawn
std::optional<Phase> PhaseFromName(std::string_view name);
inline bool IsOver(Phase phase) { return phase == Phase::kClosed || phase == Phase::kWithdrawn; }

struct State {
  std::string code = {};
  std::string name = {};
  Phase phase = Phase::kOpen;
  bool confirmed = false;   // the dropout is a verified fact here
  std::string body = {};    // who answers in this state; empty: the level's body
  std::vector<Way> ways = {};
  Gate checklist = {};      // must hold before the review closes the case
  std::string source = {};
};

struct Level {
  int number = 0;
  std::string name = {};
  std::string body = {};
  std::vector<std::string> also = {};  // bodies that work along
  Gate gate = {};                      // to come up to this level
  std::string source = {};
};

struct Task {
  std::string id = {};
  std::string name = {};
  int level = 0;                          // 0: the case's level when it starts
  std::string body = {};                  // empty: the level's body
  // opened, reopened, watch_passed, level:N, state:C, act:KIND, act:KIND@LEVEL, done:TASK,
  // expired:TASK, letter:ACTION, letter:CODE
  std::vector<std::string> start = {};
  Due due = {};
  // Act kinds; "persuasion:家访" asks for the method or target as well.
  std::vector<std::string> done_by = {};
  std::optional<Gate> done_when = {};     // and only if this holds
  std::vector<std::string> states = {};   // where it lives; empty: phase open
  bool repeat = false;                    // starts again when done or expired
  bool check_presence = false;            // at its due time attendance is asked
  bool suspendable = true;
  int until_level = 0;                    // moot once the case has come up to this level
  int expiry_level = 0;                   // moves the case up to this level
  bool expiry_keeps_gate = false;         // ... only if that level's gate is met
  std::string expiry_state = {};          // or puts it into this state
  std::string source = {};
};

// A reason for which levels may be skipped upward.
struct SkipReason {
  std::string name = {};
  bool waives_gate = true;
  std::string source = {};
};

struct OpenRule {
  int days_min = 0;      // of absence; the highest that is reached applies
  int level = 1;
  std::string state = {};
};

enum class RegistryAction { kPerform, kPropose, kNote };
struct RegistryRule {
  std::string event = {};  // transferred_out, suspended, deceased, ...
  RegistryAction action = RegistryAction::kNote;
  std::string state = {};
};

// What another county's answer does to the case that asked.
enum class LetterAction {
  kPerform,   // puts the case into the closing, which awaits its review as any other
  kPropose,   // proposes the closings; a person decides
  kSuspend,   // clocks stand still until the day that the answer names
  kNote,      // is shown
  kAsk,       // the third county is asked (by tracing); is shown
  kExtend,    // has a new date; is shown
  kRead       // a person must read it
};
std::string_view LetterActionName(LetterAction action);  // "perform"
std::optional<LetterAction> LetterActionFromName(std::string_view name);
struct LetterRule {
  std::string code = {};                  // R01, ..., a fate; "other": every code without a rule
  LetterAction action = LetterAction::kRead;
  std::vector<std::string> states = {};   // the closings that it speaks for
  std::string evidence = {};              // what it puts on file; empty: nothing
  bool attached = false;                  // ... only with proof attached to the answer
  std::string source = {};
};
// "other" where the profile names no rule for unknown codes.
inline constexpr std::string_view kOtherCode = "other";
// The household's county acknowledged that it takes the file over (告知函).
inline constexpr std::string_view kHandedOver = "GZ";
// No answers of another county, but what becomes of the case's own question, and that.
inline constexpr std::array<std::string_view, 6> kLetterFates{
    kHandedOver, "WHERE", "REFUSED", "EXPIRED", "PARKED", "STUCK"};

struct Triggers {
  std::vector<OpenRule> suspected = {};         // rising by days_min
  std::string found_state = {};                 // for cases opened by hand or by a match
  int found_level = 1;
  std::vector<std::string> relapse_from = {};   // states that a new streak leaves
  std::string relapse_state = {};               // if the dropout was never confirmed
  std::string relapse_confirmed_state = {};
  int reopen_days_max = 0;                      // a closed case is reopened, not a new one opened
  std::string returned_state = {};
  std::vector<std::string> returned_from = {};
  std::string withdrawn_state = {};
  std::vector<std::string> withdrawn_from = {};
  std::vector<std::string> match_classes = {};
  bool note_chronic = true;
  std::vector<RegistryRule> registry = {};
  std::vector<LetterRule> letters = {};

  // Never nothing: what no rule speaks of is read by a person.
  LetterRule LetterRuleFor(std::string_view code) const;
};

struct Watch {
  int present_days = 0;  // in a row
  int window_days = 0;   // calendar days since the return
};

struct Profile {
  base::Date from = {};
  std::string source = {};
  int day_end_minute = 17 * 60 + 30;
  int backdate_days_max = 14;  // how far back an act may be dated
  int suspend_days_max = 30;   // calendar days a clock may stand still at a time
  Party inbox = {};            // the county's fallback: never nobody
  std::vector<Body> bodies = {};
  std::vector<Level> levels = {};  // 1, 2, 3, ...
  std::vector<State> states = {};
  std::vector<Task> tasks = {};
  Task standing = {};          // runs in every open state; elsewhere when nothing else does
  Watch watch = {};
  std::vector<SkipReason> skip_reasons = {};
  Triggers triggers = {};

  const State* FindState(std::string_view code) const;
  const Level* FindLevel(int number) const;
  const Task* FindTask(std::string_view id) const;  // the standing task too
  const Body* FindBody(std::string_view id) const;
  const SkipReason* FindSkipReason(std::string_view name) const;
  int TopLevel() const { return levels.empty() ? 0 : levels.back().number; }
  Phase PhaseOf(std::string_view state) const;      // unknown state: open
  // The way from `here` into `to` by this act; null if there is none.
  const Way* FindWay(std::string_view here, std::string_view to, std::string_view by) const;
  bool LivesIn(const Task& task, std::string_view state, int level) const;
};

// Every reference holds and no open state can be left without a due date.
// Errors: kInvalidArgument/BAD_PROFILE with every problem, one a line.
base::Status Validate(const Profile& profile);

struct Profiles {
  std::vector<Profile> entries = {};  // rising by `from`, at least one
  // The one that applies on `day`; before the first, the first.
  const Profile& At(base::Date day) const;
};

// The party that answers for a body: the class teacher, else the school, else the county's inbox.
Party PartyOf(const Profile& profile, const Contacts& contacts, std::string_view body_id);

inline constexpr std::string_view kStandingTask = "standing";

}  // namespace cases
