#include "subsidy/store/decision_repository.h"

#include <fmt/format.h>

#include "store/literal.h"
#include "subsidy/domain/ledger.h"
#include "subsidy/store/facts_codec.h"

namespace subsidy {
namespace {

using store::Value;

constexpr std::string_view kStandingColumns =
    "student_id, term, decision_no, rule_version, day, school_code, bits_lo, bits_hi, facts_read, "
    "amounts, payable_fen, paid_fen, returned_fen, pending_fen";

base::Status Done(base::Result<std::uint64_t> result) {
  return result.ok() ? base::Status{} : base::Status{result.error()};
}

StandingRow ReadStanding(const store::Rows& rows) {
  return {.student = StudentId{rows.Int("student_id")},
          .term = rows.Text("term"),
          .decision_no = static_cast<int>(rows.Int("decision_no")),
          .rule_version = rows.Text("rule_version"),
          .day = rows.Day("day"),
          .school_code = rows.Text("school_code"),
          .bits = {rows.Uint("bits_lo"), rows.Uint("bits_hi")},
          .read = rows.Uint("facts_read"),
          .amounts = DecodeAmounts(rows.Text("amounts")),
          .payable_fen = rows.Int("payable_fen"),
          .paid_fen = rows.Int("paid_fen"),
          .returned_fen = rows.Int("returned_fen"),
          .pending_fen = rows.Int("pending_fen")};
}

base::Result<std::vector<StandingRow>> ReadStandings(base::Result<store::Rows> result) {
  if (!result.ok()) return result.error();
  std::vector<StandingRow> standings;
  standings.reserve(result->size());
  while (result->Next()) standings.push_back(ReadStanding(*result));
  return standings;
}

// Hot path: one row of a bulk insert.
class Cells {
 public:
  explicit Cells(std::string& out) : out_(out) {
    out_.clear();
    out_ += '(';
  }
  Cells& Int(std::int64_t value) { return store::AppendInt(Next(), value), *this; }
  Cells& Uint(std::uint64_t value) { return store::AppendUint(Next(), value), *this; }
  Cells& Text(std::string_view value) { return store::AppendText(Next(), value), *this; }
  Cells& Day(base::Date value) { return store::AppendDay(Next(), value), *this; }
  Cells& Time(base::UtcTime value) { return store::AppendTime(Next(), value), *this; }
  const std::string& Close() {
    out_ += ')';
    return out_;
  }

 private:
  std::string& Next() {
    if (out_.size() > 1) out_ += ',';
    return out_;
  }
  std::string& out_;
};

}  // namespace

base::Status LockSubjects(store::Transaction& tx, const std::vector<StudentId>& students) {
  if (students.empty()) return {};
  std::string rows;
  for (const StudentId id : students) {
    rows += fmt::format("{}({},NULL)", rows.empty() ? "" : ",", id.raw());
  }
  RETURN_IF_ERROR(Done(
      tx.ExecuteText("INSERT IGNORE INTO subject (student_id, recheck_on) VALUES " + rows)));
  const auto locked = tx.Query("SELECT student_id FROM subject WHERE student_id IN (" +
                               IdList(students) + ") ORDER BY student_id FOR UPDATE");
  return locked.ok() ? base::Status{} : base::Status{locked.error()};
}

base::Status SaveRechecks(
    store::Transaction& tx,
    const std::vector<std::pair<StudentId, std::optional<base::Date>>>& rows) {
  if (rows.empty()) return {};
  store::BulkInsert insert{tx, "INSERT INTO subject (student_id, recheck_on)",
                           " ON DUPLICATE KEY UPDATE recheck_on = VALUES(recheck_on)"};
  for (const auto& [student, on] : rows) RETURN_IF_ERROR(insert.Add({Value{student}, Value{on}}));
  return insert.Flush();
}

base::Result<std::vector<StudentId>> SubjectsDue(store::Session& session, base::Date today,
                                                 std::uint32_t limit, Share share) {
  ASSIGN_OR_RETURN(store::Rows rows,
                   session.Query("SELECT student_id FROM subject WHERE recheck_on <= ? AND "
                                 "student_id % ? = ? LIMIT ?",
                                 {today, share.of, share.part, limit}));
  std::vector<StudentId> due;
  while (rows.Next()) due.push_back(StudentId{rows.Int("student_id")});
  return due;
}

base::Result<std::uint64_t> CountDue(store::Session& session, base::Date today) {
  ASSIGN_OR_RETURN(
      store::Rows rows,
      session.Query("SELECT COUNT(*) AS n FROM subject WHERE recheck_on <= ?", {today}));
  rows.Next();
  return rows.Uint("n");
}

base::Result<std::optional<base::Date>> NextRecheck(store::Session& session, base::Date after) {
  ASSIGN_OR_RETURN(
      store::Rows rows,
      session.Query("SELECT MIN(recheck_on) AS next FROM subject WHERE recheck_on > ?", {after}));
  rows.Next();
  return rows.MaybeDay("next");
}

base::Status RecheckAll(store::Transaction& tx, base::Date on) {
  return Done(tx.Execute("UPDATE subject SET recheck_on = ?", {on}));
}

base::Result<std::vector<StandingRow>> LoadStandings(store::Session& session,
                                                     const std::vector<StudentId>& students) {
  if (students.empty()) return std::vector<StandingRow>{};
  return ReadStandings(session.Query(fmt::format(
      "SELECT {} FROM standing WHERE student_id IN ({})", kStandingColumns, IdList(students))));
}

base::Result<std::vector<StandingRow>> ListStandings(store::Session& session,
                                                     const StandingFilter& filter) {
  return ReadStandings(session.Query(
      fmt::format("SELECT {} FROM standing WHERE term = ? AND student_id > ?"
                  " AND (? = '' OR school_code = ?)"
                  " AND (? = '' OR CONCAT(';', amounts) LIKE CONCAT('%;', ?, ':%'))"
                  " AND (? = 0 OR payable_fen - paid_fen + returned_fen - pending_fen <> 0)"
                  " ORDER BY student_id LIMIT ?",
                  kStandingColumns),
      {filter.term, filter.after, filter.school_code, filter.school_code, filter.benefit,
       filter.benefit, filter.open_only, filter.limit}));
}

base::Status InsertDecisions(store::Transaction& tx, const std::vector<DecisionRow>& rows) {
  if (rows.empty()) return {};
  store::BulkInsert insert{tx,
                           "INSERT INTO decision (student_id, term, decision_no, decided_at, day, "
                           "rule_version, school_code, facts, amounts, whys, cause)"};
  std::string cells;
  for (const DecisionRow& row : rows) {
    RETURN_IF_ERROR(insert.AddRaw(Cells{cells}
                                      .Int(row.student.raw())
                                      .Text(row.term)
                                      .Int(row.no)
                                      .Time(row.decided_at)
                                      .Day(row.day)
                                      .Text(row.rule_version)
                                      .Text(row.school_code)
                                      .Text(EncodeFacts(row.facts))
                                      .Text(EncodeAmounts(row.amounts))
                                      .Text(row.whys)
                                      .Text(row.cause)
                                      .Close()));
  }
  return insert.Flush();
}

base::Status SaveStandings(store::Transaction& tx, const std::vector<StandingRow>& rows) {
  if (rows.empty()) return {};
  store::BulkInsert insert{
      tx,
      "INSERT INTO standing (student_id, term, decision_no, rule_version, day, school_code, "
      "bits_lo, bits_hi, facts_read, amounts, payable_fen)",
      " ON DUPLICATE KEY UPDATE decision_no = VALUES(decision_no), "
      "rule_version = VALUES(rule_version), day = VALUES(day), school_code = VALUES(school_code), "
      "bits_lo = VALUES(bits_lo), bits_hi = VALUES(bits_hi), facts_read = VALUES(facts_read), "
      "amounts = VALUES(amounts), payable_fen = VALUES(payable_fen)"};
  std::string cells;
  for (const StandingRow& row : rows) {
    RETURN_IF_ERROR(insert.AddRaw(Cells{cells}
                                      .Int(row.student.raw())
                                      .Text(row.term)
                                      .Int(row.decision_no)
                                      .Text(row.rule_version)
                                      .Day(row.day)
                                      .Text(row.school_code)
                                      .Uint(row.bits.lo)
                                      .Uint(row.bits.hi)
                                      .Uint(row.read)
                                      .Text(EncodeAmounts(row.amounts))
                                      .Int(row.payable_fen)
                                      .Close()));
  }
  return insert.Flush();
}

base::Result<std::vector<DecisionRow>> LoadDecisions(store::Session& session, StudentId student,
                                                     std::string_view term) {
  ASSIGN_OR_RETURN(
      store::Rows rows,
      session.Query("SELECT decision_no, decided_at, day, rule_version, school_code, facts, "
                    "amounts, whys, cause FROM decision WHERE student_id = ? AND term = ? "
                    "ORDER BY decision_no",
                    {student, term}));
  std::vector<DecisionRow> decisions;
  while (rows.Next()) {
    ASSIGN_OR_RETURN(Facts facts, DecodeFacts(rows.Text("facts")));
    decisions.push_back({.student = student,
                         .term = std::string{term},
                         .no = static_cast<int>(rows.Int("decision_no")),
                         .decided_at = rows.Time("decided_at"),
                         .day = rows.Day("day"),
                         .rule_version = rows.Text("rule_version"),
                         .school_code = rows.Text("school_code"),
                         .facts = std::move(facts),
                         .amounts = DecodeAmounts(rows.Text("amounts")),
                         .whys = rows.Text("whys"),
                         .cause = rows.Text("cause")});
  }
  return decisions;
}

base::Result<TermTotal> TotalOf(store::Session& session, std::string_view term) {
  ASSIGN_OR_RETURN(store::Rows rows,
                   session.Query("SELECT amounts, COUNT(*) AS n, "
                                 "CAST(SUM(payable_fen) AS SIGNED) AS payable, "
                                 "CAST(SUM(paid_fen) AS SIGNED) AS paid, "
                                 "CAST(SUM(returned_fen) AS SIGNED) AS returned, "
                                 "CAST(SUM(pending_fen) AS SIGNED) AS pending "
                                 "FROM standing WHERE term = ? GROUP BY amounts",
                                 {term}));
  TermTotal total;
  while (rows.Next()) {
    total.students += rows.Uint("n");
    total.payable_fen += rows.Int("payable");
    total.paid_fen += rows.Int("paid");
    total.returned_fen += rows.Int("returned");
    total.pending_fen += rows.Int("pending");
    total.outcomes.emplace_back(rows.Text("amounts"), rows.Uint("n"));
  }
  return total;
}

}  // namespace subsidy
