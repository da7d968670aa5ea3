// What a case is made of: who acts, who answers, one act, one entry of a history.
//
// Instants are UTC milliseconds, days are civil days of the county (base/date.h). Values only; pure
// and thread-safe. Texts for officials are Simplified Chinese.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/date.h"
#include "base/id.h"

namespace cases {

using CaseId = base::Id<struct CaseIdTag>;
using StudentId = base::Id<struct StudentIdTag>;  // registry's student
using PersonId = base::Id<struct PersonIdTag>;    // a child of the school-age list, no student
using ClassId = base::Id<struct ClassIdTag>;
using StreakId = base::Id<struct StreakIdTag>;    // attendance's absence streak

// Who acts. `person_id` is an account or staff number, never an identity number.
struct Actor {
  std::string person_id = {};
  std::string name = {};
  std::string role = {};
  std::string body = {};
  friend bool operator==(const Actor&, const Actor&) = default;
};
// The suite itself: automatic moves, expiries, effects of other services' events.
Actor SystemActor();
bool IsSystem(const Actor& actor);

// Who answers for a case or a task. `body` is never empty in a Party that the engine gives.
struct Party {
  std::string level = {};      // 班主任, 学校, 区教育局, ...
  std::string body = {};       // the body's name
  std::string person_id = {};
  std::string person = {};
  std::string role = {};
  friend bool operator==(const Party&, const Party&) = default;
};

// Where the child belongs, as the registry told it last. Anything may be unknown (empty).
struct Contacts {
  std::string student_name = {};
  std::string school_code = {};
  std::string school_name = {};
  std::string town = {};
  ClassId class_id = {};
  std::string class_name = {};
  std::string teacher_id = {};
  std::string teacher = {};
  friend bool operator==(const Contacts&, const Contacts&) = default;
};

// What attendance says about a returned student.
struct Presence {
  base::Date since = {};
  int present_days_in_row = 0;
  int present_days = 0;
  int school_days = 0;
  friend bool operator==(const Presence&, const Presence&) = default;
};

// One act by a person; which fields an act needs stands in acts.h.
struct Act {
  std::string kind = {};
  std::optional<base::UtcTime> at = {};  // when it happened; none: now
  std::string method = {};               // 电话, 家访, 到工作地, 联合
  std::string place = {};
  std::vector<std::string> participants = {};
  std::string counterpart = {};          // 监护人, 学生
  std::string outcome = {};              // 返校, 承诺, 拒绝, 未见到人
  std::optional<base::Date> promised_on = {};
  std::string text = {};
  std::string reason_code = {};
  std::vector<std::string> evidence = {};  // "kind:reference"
  std::string target = {};
  std::string clock = {};
  bool approve = false;
  std::string witness = {};
  std::string document_no = {};
  std::optional<base::Date> until = {};
  friend bool operator==(const Act&, const Act&) = default;
};

// Another county's answer to a letter of ours about the child.
struct LetterNews {
  std::string conversation = {};     // of tracing, hex
  std::string county = {};           // name of who answered
  std::string division = {};         // its code
  std::string asked_no = {};         // 文号 of our letter
  std::string document_no = {};      // 文号 of the answer
  std::string code = {};             // "R01"; "R<n>" when not known here; WHERE, REFUSED, EXPIRED,
                                     // PARKED, STUCK: no answer, but what became of a letter
  std::string code_name = {};        // "在我地就读有学籍"
  std::string school = {};           // R01, R02
  std::string third = {};            // R05, R06, R11: where the child, or the duty, is
  std::string evidence = {};         // what it puts on file: "回函R01:绥教函〔2026〕3号"
  int persuasions = 0;               // R04
  int proofs = 0;                    // attachments
  bool by_machine = false;
  bool forwarded = false;            // tracing asks the third county by itself
  friend bool operator==(const LetterNews&, const LetterNews&) = default;
};

enum class Unit { kMinutes, kSameDay, kSchoolDays, kWorkingDays, kCalendarDays, kUntil };
std::string_view UnitName(Unit unit);  // "school_days"
std::optional<Unit> UnitFromName(std::string_view name);

// What one entry of a history says. The names are stored: add, never rename.
enum class EntryKind {
  kOpened = 1,
  kAttached,           // another signal for the open case
  kReopened,
  kAct,                // a person's act; Entry::act says which
  kStateChanged,
  kLevelMoved,
  kMoveBlocked,        // an automatic move whose conditions are not met; text says which
  kAssigned,           // who answers from now on
  kClockStarted,
  kClockSuspended,
  kClockResumed,
  kClockSatisfied,
  kClockExpired,
  kClockCancelled,
  kContactsLearned,
  kGroupsLearned,
  kPresenceLearned,
  kSignalWithdrawn,    // attendance took a streak back
  kStudentReturned,
  kRegistryEvent,      // a change of enrolment
  kClosingProposed,    // the change of enrolment suggests a closing; a person decides
  kReturnWithdrawn,    // a correction: the student had not come back
  kLetterReply,        // another county answered a letter; Entry::letter says what
};
std::string_view EntryKindName(EntryKind kind);
std::optional<EntryKind> EntryKindFromName(std::string_view name);

// The cause of an attached signal that only remarks on a case and is no reason to have it.
inline constexpr std::string_view kRemark = "remark";

// The cause of a state that another county's answer brought about.
inline constexpr std::string_view kByLetter = "letter";

// One line of the append-only history. Fields that a kind does not use stay at their defaults.
struct Entry {
  int version = 0;                   // 1, 2, 3, ... within the case
  base::UtcTime at = {};             // when it happened
  base::UtcTime recorded_at = {};
  EntryKind kind = EntryKind::kAct;
  Actor actor = {};
  Act act = {};                      // kAct
  std::string state = {};            // after this entry
  int level = 0;                     // after this entry
  std::string phase = {};            // opened, reopened, state changed: PhaseName of the state
  bool confirmed = false;            // likewise: the dropout is a verified fact in this state
  std::string cause = {};            // act kind or task id that brought it about
  std::string text = {};             // Chinese: reason, task name, rule
  std::string profile = {};          // `from` of the profile that applied: "2021-10-01"

  std::string clock = {};            // clocks: task id
  int step = 0;                      // 1, 2, ... each time the clock is started
  Unit unit = Unit::kCalendarDays;
  std::optional<base::UtcTime> due = {};        // started, resumed
  std::optional<base::UtcTime> resume_at = {};  // suspended
  std::int64_t remaining = 0;                   // suspended: days of the unit, or milliseconds
  int task_level = 0;
  std::string body = {};             // id of the profile's body that owns the task

  Party party = {};                  // kAssigned
  std::string found_by = {};         // kOpened, kAttached, kReopened: 考勤, 比对, 摸排, ...
  std::string reference = {};        // what the signal refers to: "streak/17", "match/4"
  std::optional<base::Date> day = {};    // first absent day; day of return; effective day
  std::optional<base::Date> until = {};  // registry events and closings with an end
  StreakId streak = {};
  int days = 0;
  Contacts contacts = {};
  std::vector<std::string> groups = {};  // 脱贫户, 监测户, ...
  Presence presence = {};
  LetterNews letter = {};                // kLetterReply
  friend bool operator==(const Entry&, const Entry&) = default;
};

using History = std::vector<Entry>;

}  // namespace cases
