#include "tracing/store/desk_repository.h"

#include "tracing/store/codec.h"

namespace tracing {
namespace {

using store::Value;

constexpr std::size_t kErrorMax = 160;
constexpr std::string_view kMachineColumns =
    "SELECT conversation_id, kind, seq, to_division, state, written, why, next_at "
    "FROM machine_letter ";

base::Status Done(const base::Result<std::uint64_t>& executed) {
  if (!executed.ok()) return executed.error();
  return {};
}

Division DivisionOf(std::int64_t raw) { return Division::FromRaw(static_cast<std::uint32_t>(raw)); }

base::Result<std::vector<MachineLetter>> ReadMachine(base::Result<store::Rows> queried) {
  ASSIGN_OR_RETURN(store::Rows rows, std::move(queried));
  std::vector<MachineLetter> found;
  while (rows.Next()) {
    MachineLetter one;
    one.id = IdFrom(rows.Text("conversation_id"));
    one.kind = rows.Text("kind") == "copy" ? MachineKind::kCopy : MachineKind::kOnward;
    one.seq = static_cast<std::uint32_t>(rows.Int("seq"));
    one.to = DivisionOf(rows.Int("to_division"));
    for (const MachineState state : {MachineState::kProposed, MachineState::kWanted,
                                     MachineState::kWritten, MachineState::kRefused}) {
      if (MachineStateName(state) == rows.Text("state")) one.state = state;
    }
    if (const auto written = rows.MaybeText("written")) one.written = IdFrom(*written);
    one.why = rows.Text("why");
    one.next_at = rows.MaybeTime("next_at");
    found.push_back(std::move(one));
  }
  return found;
}

}  // namespace

base::Status SaveSlip(store::Transaction& tx, const ConversationId& id, const DeskSlip& slip,
                      base::UtcTime now) {
  return Done(tx.Execute(
      "REPLACE INTO desk_slip (conversation_id, person_id, town, why, suggested_forward, "
      "candidates, made_at) VALUES (?, ?, ?, ?, ?, ?, ?)",
      {Value{BytesOf(id)}, Value{slip.person_id}, Value{slip.town}, Value{slip.why},
       Value{std::int64_t{slip.suggested_forward.raw()}}, Value{slip.candidates}, Value{now}}));
}

base::Result<std::optional<DeskSlip>> FindSlip(store::Session& session, const ConversationId& id) {
  ASSIGN_OR_RETURN(store::Rows rows,
                   session.Query("SELECT person_id, town, why, suggested_forward, candidates FROM "
                                 "desk_slip WHERE conversation_id = ?", {Value{BytesOf(id)}}));
  if (!rows.Next()) return std::optional<DeskSlip>{};
  return std::optional{DeskSlip{.person_id = rows.Int("person_id"),
                                .town = rows.Text("town"),
                                .why = rows.Text("why"),
                                .suggested_forward = DivisionOf(rows.Int("suggested_forward")),
                                .candidates = rows.Text("candidates")}};
}

base::Status InsertHouseholdAnswer(store::Transaction& tx, const HouseholdAnswer& answer,
                                   base::UtcTime now) {
  return Done(tx.Execute(
      "INSERT IGNORE INTO household_answer (conversation_id, task_id, visit, next_at, attempts, "
      "error) VALUES (?, ?, ?, ?, 0, '')",
      {Value{BytesOf(answer.id)}, Value{answer.task_id}, Value{answer.visit}, Value{now}}));
}

base::Result<bool> TakeHouseholdAnswer(store::Transaction& tx, const HouseholdAnswer& answer) {
  ASSIGN_OR_RETURN(const auto taken,
                   tx.Execute("UPDATE household_answer SET next_at = NULL WHERE "
                              "conversation_id = ? AND task_id = ? AND visit = ? AND "
                              "next_at IS NOT NULL",
                              {Value{BytesOf(answer.id)}, Value{answer.task_id},
                               Value{answer.visit}}));
  return taken > 0;
}

base::Status PostponeHouseholdAnswer(store::Session& session, const HouseholdAnswer& answer,
                                     base::UtcTime next, const std::string& error) {
  return Done(session.Execute(
      "UPDATE household_answer SET attempts = attempts + 1, next_at = ?, error = ? "
      "WHERE conversation_id = ? AND task_id = ? AND visit = ?",
      {Value{next}, Value{error.substr(0, kErrorMax)}, Value{BytesOf(answer.id)},
       Value{answer.task_id}, Value{answer.visit}}));
}

base::Result<std::vector<HouseholdAnswer>> DueHouseholdAnswers(store::Session& session,
                                                               base::UtcTime now,
                                                               std::uint32_t limit) {
  ASSIGN_OR_RETURN(store::Rows rows,
                   session.Query("SELECT conversation_id, task_id, visit FROM household_answer "
                                 "WHERE next_at <= ? ORDER BY task_id, visit LIMIT ?",
                                 {Value{now}, Value{limit}}));
  std::vector<HouseholdAnswer> due;
  while (rows.Next()) {
    due.push_back({.id = IdFrom(rows.Text("conversation_id")),
                   .task_id = rows.Int("task_id"),
                   .visit = static_cast<int>(rows.Int("visit"))});
  }
  return due;
}

std::string_view MachineKindName(MachineKind kind) {
  return kind == MachineKind::kCopy ? "copy" : "onward";
}

std::string_view MachineStateName(MachineState state) {
  switch (state) {
    case MachineState::kProposed: return "proposed";
    case MachineState::kWanted: return "wanted";
    case MachineState::kWritten: return "written";
    case MachineState::kRefused: return "refused";
  }
  return "";
}

base::Status InsertMachineLetter(store::Transaction& tx, const MachineLetter& letter) {
  return Done(tx.Execute(
      "INSERT IGNORE INTO machine_letter (conversation_id, kind, seq, to_division, state, why, "
      "next_at) VALUES (?, ?, ?, ?, ?, ?, ?)",
      {Value{BytesOf(letter.id)}, Value{MachineKindName(letter.kind)}, Value{letter.seq},
       Value{std::int64_t{letter.to.raw()}}, Value{MachineStateName(letter.state)},
       Value{letter.why}, Value{letter.next_at}}));
}

base::Status UpdateMachineLetter(store::Transaction& tx, const MachineLetter& letter) {
  return Done(tx.Execute(
      "UPDATE machine_letter SET to_division = ?, state = ?, written = ?, why = ?, next_at = ? "
      "WHERE conversation_id = ? AND kind = ? AND seq = ?",
      {Value{std::int64_t{letter.to.raw()}}, Value{MachineStateName(letter.state)},
       letter.written ? Value{BytesOf(*letter.written)} : Value{store::Null{}},
       Value{letter.why.substr(0, kErrorMax * 3)}, Value{letter.next_at},
       Value{BytesOf(letter.id)}, Value{MachineKindName(letter.kind)}, Value{letter.seq}}));
}

base::Result<std::vector<MachineLetter>> MachineLettersOf(store::Session& session,
                                                          const ConversationId& id) {
  return ReadMachine(session.Query(std::string{kMachineColumns} +
                                       "WHERE conversation_id = ? ORDER BY kind, seq",
                                   {Value{BytesOf(id)}}));
}

base::Result<std::vector<MachineLetter>> DueMachineLetters(store::Session& session,
                                                           base::UtcTime now,
                                                           std::uint32_t limit) {
  return ReadMachine(session.Query(
      std::string{kMachineColumns} + "WHERE next_at <= ? ORDER BY next_at LIMIT ?",
      {Value{now}, Value{limit}}));
}

base::Result<std::uint64_t> CountDueIn(store::Session& session, std::string_view table,
                                       base::UtcTime now) {
  ASSIGN_OR_RETURN(store::Rows rows,
                   session.Query("SELECT COUNT(*) AS n FROM " + std::string{table} +
                                     " WHERE next_at <= ?", {Value{now}}));
  rows.Next();
  return static_cast<std::uint64_t>(rows.Int("n"));
}

base::Result<std::optional<base::UtcTime>> NextIn(store::Session& session, std::string_view table,
                                                  base::UtcTime after) {
  ASSIGN_OR_RETURN(store::Rows rows,
                   session.Query("SELECT MIN(next_at) AS at FROM " + std::string{table} +
                                     " WHERE next_at > ?", {Value{after}}));
  rows.Next();
  return rows.MaybeTime("at");
}

}  // namespace tracing
