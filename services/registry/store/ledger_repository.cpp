#include <fmt/format.h>

#include "registry/store/match_repository.h"

namespace registry {
namespace {

constexpr std::string_view kColumns =
    "case_id, version, student_id, person_id, state, state_name, level, level_name, responsible, "
    "found_by,"
    " reason_code, first_absent, opened_on, dropout_on, returned_on, closed_on, persuasions,"
    " last_persuasion, is_open";

// A withdrawn case (90) was no dropout; one that never became a dropout stands in the first ledger.
std::string_view WhereOf(LedgerPart part) {
  return part == LedgerPart::kSuspected ? "state <> '90' AND dropout_on IS NULL"
                                        : "state <> '90' AND dropout_on IS NOT NULL";
}

LedgerCase ReadCase(const store::Rows& rows) {
  LedgerCase row;
  row.id = CaseId{rows.Int("case_id")};
  row.version = static_cast<int>(rows.Int("version"));
  row.student_id = StudentId{rows.Int("student_id")};
  row.person_id = PersonId{rows.Int("person_id")};
  row.state = rows.Text("state");
  row.state_name = rows.Text("state_name");
  row.level = static_cast<int>(rows.Int("level"));
  row.level_name = rows.Text("level_name");
  row.responsible = ActorFromText(rows.Text("responsible"));
  row.found_by = rows.Text("found_by");
  row.reason_code = rows.Text("reason_code");
  row.first_absent = rows.MaybeDay("first_absent");
  row.opened_on = rows.MaybeDay("opened_on");
  row.dropout_on = rows.MaybeDay("dropout_on");
  row.returned_on = rows.MaybeDay("returned_on");
  row.closed_on = rows.MaybeDay("closed_on");
  row.persuasions = static_cast<int>(rows.Int("persuasions"));
  row.last_persuasion = rows.MaybeDay("last_persuasion");
  row.open = rows.Int("is_open") != 0;
  return row;
}

}  // namespace

base::Result<std::optional<LedgerCase>> FindLedgerCase(store::Session& session, CaseId id) {
  ASSIGN_OR_RETURN(
      store::Rows rows,
      session.Query(fmt::format("SELECT {} FROM ledger_case WHERE case_id = ?", kColumns), {id}));
  if (!rows.Next()) return std::optional<LedgerCase>{};
  return std::optional{ReadCase(rows)};
}

base::Status SaveLedgerCase(store::Transaction& tx, const LedgerCase& row) {
  const auto done = tx.Execute(
      fmt::format("REPLACE INTO ledger_case ({}) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
                  kColumns),
      {row.id, row.version, row.student_id, row.person_id, row.state, row.state_name, row.level,
       row.level_name, ActorText(row.responsible), row.found_by, row.reason_code, row.first_absent,
       row.opened_on, row.dropout_on, row.returned_on, row.closed_on, row.persuasions,
       row.last_persuasion, row.open});
  return done.ok() ? base::Status{} : done.error();
}

base::Result<std::vector<LedgerCase>> ListLedgerCases(store::Session& session, LedgerPart part,
                                                      CaseId after, std::uint32_t limit) {
  ASSIGN_OR_RETURN(store::Rows rows,
                   session.Query(fmt::format("SELECT {} FROM ledger_case WHERE case_id > ? AND {}"
                                             " ORDER BY case_id LIMIT ?",
                                             kColumns, WhereOf(part)),
                                 {after, limit}));
  std::vector<LedgerCase> cases;
  while (rows.Next()) cases.push_back(ReadCase(rows));
  return cases;
}

base::Result<std::uint64_t> CountLedgerCases(store::Session& session, LedgerPart part) {
  ASSIGN_OR_RETURN(
      store::Rows rows,
      session.Query(fmt::format("SELECT COUNT(*) AS n FROM ledger_case WHERE {}", WhereOf(part))));
  CHECK(rows.Next());
  return rows.Uint("n");
}

base::Result<std::vector<StudentId>> StudentsWithOpenCase(store::Session& session) {
  ASSIGN_OR_RETURN(store::Rows rows,
                   session.Query("SELECT DISTINCT student_id FROM ledger_case WHERE is_open = 1"
                                 " AND student_id <> 0 AND state IN"
                                 " ('00', '10', '20', '30', '31', '32', '33')"
                                 " ORDER BY student_id"));
  std::vector<StudentId> ids;
  while (rows.Next()) ids.emplace_back(rows.Int("student_id"));
  return ids;
}

}  // namespace registry
