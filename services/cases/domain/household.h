// A township's task at a household, for another county's letter: who does it, what a visit must
// say, what follows from it.
//
// An outcome ends the task; 需延期 only moves its date. A later visit corrects the earlier one as
// long as the letter can still be answered. Days are civil days, instants UTC. Errors of
// DecideVisit, details Chinese: kInvalidArgument with BAD_OUTCOME, FIELD_MISSING, BAD_TARGET,
// UNTIL_PAST and those of CheckShape; kFailedPrecondition/WRONG_STATE. Pure.
// Source: domain.md 6.2 (the codes that the outcomes become), services/tracing/domain/reply.h.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/calendar.h"
#include "base/result.h"
#include "cases/domain/profile.h"
#include "cases/domain/types.h"

namespace cases {

using HouseholdId = base::Id<struct HouseholdIdTag>;

enum class HouseholdState { kOpen, kOverdue, kDone, kCancelled };
std::string_view HouseholdStateName(HouseholdState state);  // open, overdue, done, cancelled
std::optional<HouseholdState> HouseholdStateFromName(std::string_view name);

struct HouseholdTask {
  HouseholdId id = {};
  std::string reference = {};     // "letter/<conversation>/<round>": one task each
  std::string conversation = {};  // of tracing, hex; empty: of no letter
  std::string purpose = {};       // letter, away_visit, hand_over
  std::string asker = {};         // division code
  std::string asker_name = {};
  std::string document_no = {};
  int letter_kind = 0;            // tracing's LetterKind
  PersonId person = {};           // of the school-age list; none: not on it
  std::string town = {};
  std::string text = {};          // Chinese: what is wanted
  Party owner = {};
  base::UtcTime wanted_at = {};
  base::UtcTime due = {};
  std::optional<base::UtcTime> next_at = {};
  std::optional<base::UtcTime> ended = {};
  HouseholdState state = HouseholdState::kOpen;
  bool letter_over = false;       // closed or withdrawn: nothing can be answered any more
  int version = 1;
};

struct HouseholdVisit {
  int number = 0;                 // 1, 2, ...: a later one corrects the earlier
  std::optional<base::UtcTime> at = {};
  base::UtcTime recorded_at = {};
  Actor actor = {};
  std::string outcome = {};
  std::vector<std::string> participants = {};
  std::string text = {};
  std::string school = {};        // 在校就读, 就读未建籍
  std::optional<base::Date> since = {};
  std::optional<base::Date> until = {};  // 返校日期, 建籍期限, new date
  int persuasions = 0;            // 拒绝
  std::string third_division = {};
  std::string third_address = {};
  std::vector<std::string> evidence = {};  // "kind:reference"
};

// The outcomes by name, and what each needs besides participants and text.
struct HouseholdOutcome {
  std::string_view name = {};
  bool school = false;
  bool since = false;
  bool until = false;
  bool persuasions = false;
  bool third = false;             // division or address
  bool ends = true;
};
const std::vector<HouseholdOutcome>& HouseholdOutcomes();

// The township if the county's ladder has such a body and the town is known, else the county's
// inbox: never nobody.
Party HouseholdOwner(const Profile& profile, const std::string& town);

// The task after the visit. The visit's number is set.
base::Result<HouseholdTask> DecideVisit(const HouseholdTask& task, HouseholdVisit& visit,
                                        const Profile& profile, base::UtcTime now);

}  // namespace cases
