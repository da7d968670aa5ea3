// All SQL over desk_slip, household_answer and machine_letter.
//
// Candidates are sealed before they get here. Errors: those of libs/store. Functions on a session
// or transaction; no state.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "store/store.h"
#include "tracing/domain/conversation.h"

namespace tracing {

// What a person who answers a letter sees beside it.
struct DeskSlip {
  std::int64_t person_id = 0;      // of the school-age list
  std::string town = {};
  std::string why = {};            // Chinese
  Division suggested_forward = {};
  std::string candidates = {};     // sealed
};
base::Status SaveSlip(store::Transaction& tx, const ConversationId& id, const DeskSlip& slip,
                      base::UtcTime now);
base::Result<std::optional<DeskSlip>> FindSlip(store::Session& session, const ConversationId& id);

struct HouseholdAnswer {
  ConversationId id = {};
  std::int64_t task_id = 0;
  int visit = 0;
};
base::Status InsertHouseholdAnswer(store::Transaction& tx, const HouseholdAnswer& answer,
                                   base::UtcTime now);
// True if the answer had not been given.
base::Result<bool> TakeHouseholdAnswer(store::Transaction& tx, const HouseholdAnswer& answer);
base::Status PostponeHouseholdAnswer(store::Session& session, const HouseholdAnswer& answer,
                                     base::UtcTime next, const std::string& error);
base::Result<std::vector<HouseholdAnswer>> DueHouseholdAnswers(store::Session& session,
                                                               base::UtcTime now,
                                                               std::uint32_t limit);

enum class MachineKind : std::uint8_t { kOnward, kCopy };
enum class MachineState : std::uint8_t {
  kProposed,  // waits for an officer
  kWanted,    // the machine writes it
  kWritten,
  kRefused    // why says why not
};
std::string_view MachineKindName(MachineKind kind);     // onward, copy
std::string_view MachineStateName(MachineState state);  // proposed, wanted, written, refused
struct MachineLetter {
  ConversationId id = {};          // of the letter that brought it about
  MachineKind kind = MachineKind::kOnward;
  std::uint32_t seq = 0;           // of the item that did
  Division to = {};
  MachineState state = MachineState::kWanted;
  std::optional<ConversationId> written = {};
  std::string why = {};            // Chinese
  std::optional<base::UtcTime> next_at = {};
};
// A row that is there already stays as it is.
base::Status InsertMachineLetter(store::Transaction& tx, const MachineLetter& letter);
base::Status UpdateMachineLetter(store::Transaction& tx, const MachineLetter& letter);
base::Result<std::vector<MachineLetter>> MachineLettersOf(store::Session& session,
                                                          const ConversationId& id);
base::Result<std::vector<MachineLetter>> DueMachineLetters(store::Session& session,
                                                           base::UtcTime now, std::uint32_t limit);

// Rows of a table with next_at that are due, and the next one: for chores.
base::Result<std::uint64_t> CountDueIn(store::Session& session, std::string_view table,
                                       base::UtcTime now);
base::Result<std::optional<base::UtcTime>> NextIn(store::Session& session, std::string_view table,
                                                  base::UtcTime after);

}  // namespace tracing
