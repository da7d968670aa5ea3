// What an incoming letter is answered with, and what an answer means for the letter.
//
// DecideReply is a pure function of what the registry knows. Exactly one of our enrolled students
// by identity number: the machine answers what the profile allows. Who only looks like the child is
// never an answer: from the county's score on an officer looks at him, also when the child stands
// on our school-age list. Nobody, and the household is ours: the township
// gets a task. Nobody, and the household is another county's: the officer is shown which. A child
// whose arrival is asked about and who is not here yet is waited for: no answer is an answer then.
// EffectOf says what R01..R12, R99 mean for the letter; an unknown code keeps its number. Pure and
// thread-safe. Source: domain.md 6.2.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tracing/domain/likeness.h"
#include "tracing/domain/policy.h"
#include "tracing/domain/types.h"

namespace tracing {

enum class Standing : std::uint8_t {   // of our student, as far as an answer differs
  kEnrolled, kSuspended, kTransferredOut, kLeft, kDeceased, kAbroad, kUnknown
};
struct Match {
  std::int64_t student_id = 0;
  bool exact_identity = false;         // the whole identity number is equal
  bool same_name = false;
  bool same_birth = false;
  Likeness likeness = {};              // of who is not exact
  int score = 0;                       // DecideReply's: 1000 exact, else by likeness
  std::vector<std::string> reasons = {};  // DecideReply's: Chinese, no number
  Standing standing = Standing::kUnknown;
  std::string school = {};
  std::string grade_class = {};
  std::string student_no = {};
  base::Date since = {};
  Division moved_to = {};              // kTransferredOut
  std::string last_paid_term = {};
  std::int64_t last_paid_fen = 0;
  std::string name = {};               // for the officer who is shown it
  std::string id_masked = {};
  std::int64_t person_id = 0;          // of the school-age list: no student of ours
};
struct LookedUp {
  LetterKind kind = LetterKind::kNone;
  Division self = {};
  Division asker = {};
  bool arrival = false;                // 转学联系函 that asks whether the child has arrived
  Division household = {};             // of the letter, resolved; none: not given
  std::vector<Match> matches = {};
  std::int64_t person_id = 0;          // of our school-age list; 0: not on it
  std::string town = {};               // of that person
};

struct Answer {
  ReplyCode code = 0;
  std::string school = {};
  std::string grade_class = {};
  std::string student_no = {};         // only if the profile allows it
  base::Date since = {};
  Division third = {};
  std::string last_paid_term = {};     // 转学联系函 only
  std::int64_t last_paid_fen = 0;
};
struct ReplyDecision {
  // kWait: on the officer's desk, and the machine looks again when the child comes.
  enum class Way : std::uint8_t { kMachine, kOfficer, kHousehold, kWait } way = Way::kOfficer;
  std::optional<Answer> answer = {};
  std::vector<Match> candidates = {};  // best first
  Division suggested_forward = {};
  std::int64_t person_id = 0;          // whom the township visits, if he is on our list
  std::string town = {};
  std::string why = {};                // Chinese, for the officer; no identity number
};
ReplyDecision DecideReply(const LookedUp& facts, const AutoReply& policy);

// What the township found, as cases reports it -> the reply.
enum class HouseholdOutcome : std::uint8_t {
  kAtSchool, kUnregistered,
  kBack, kRefuses, kElsewhere, kNobody, kDied, kAbroad, kIll, kOverAge, kNeedsTime, kOther
};
std::optional<HouseholdOutcome> HouseholdOutcomeFromName(std::string_view name);
Answer AnswerOf(HouseholdOutcome outcome, Division third);

// What a code means to the letter. What the asking case does is its own profile's business
// (cases, triggers.letters).
struct Meaning {
  ReplyCode code = 0;
  std::string name = {};               // "R01 在我地就读有学籍"; "R<n> 未知代码" for others
  bool asks_third = false;             // the duty, or the child, is another county's: ask there
  bool is_final = false;               // the conversation may be closed by it
};
Meaning EffectOf(ReplyCode code);
// Fields that a reply with this code must have. Errors: kInvalidArgument/ REPLY_SCHOOL_MISSING,
// REPLY_DATE_MISSING, REPLY_THIRD_MISSING, REPLY_TEXT_MISSING, BAD_CODE.
struct ReplyFields {
  ReplyCode code = 0;
  bool has_school = false;
  bool has_since = false;
  bool has_until = false;
  bool has_third = false;              // division or address
  bool has_text = false;
  int persuasions = 0;
};
base::Status CheckReply(const ReplyFields& fields);

}  // namespace tracing
