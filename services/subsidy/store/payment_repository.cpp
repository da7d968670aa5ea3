#include "subsidy/store/payment_repository.h"

#include <fmt/format.h>

#include "subsidy/domain/ledger.h"

namespace subsidy {
namespace {

using store::Value;

base::Status Done(base::Result<std::uint64_t> result) {
  return result.ok() ? base::Status{} : base::Status{result.error()};
}

base::Result<std::vector<LineRow>> ReadLines(base::Result<store::Rows> result) {
  if (!result.ok()) return result.error();
  std::vector<LineRow> lines;
  while (result->Next()) {
    lines.push_back({.no = static_cast<std::uint32_t>(result->Uint("line_no")),
                     .student = StudentId{result->Int("student_id")},
                     .fen = result->Int("fen"),
                     .state = result->Text("state"),
                     .amounts = DecodeAmounts(result->Text("amounts")),
                     .note = result->Text("note"),
                     .name = result->Text("name"),
                     .school_class = result->Text("school_class")});
  }
  return lines;
}

}  // namespace

base::Result<std::vector<StandingRow>> LockPayable(store::Transaction& tx, std::string_view term,
                                                   std::string_view school_code) {
  ASSIGN_OR_RETURN(
      store::Rows rows,
      tx.Query("SELECT student_id, amounts, payable_fen, paid_fen, returned_fen, pending_fen "
               "FROM standing WHERE term = ? AND school_code = ? AND "
               "payable_fen - paid_fen + returned_fen - pending_fen > 0 "
               "ORDER BY student_id FOR UPDATE",
               {term, school_code}));
  std::vector<StandingRow> open;
  while (rows.Next()) {
    StandingRow row;
    row.student = StudentId{rows.Int("student_id")};
    row.term = term;
    row.amounts = DecodeAmounts(rows.Text("amounts"));
    row.payable_fen = rows.Int("payable_fen");
    row.paid_fen = rows.Int("paid_fen");
    row.returned_fen = rows.Int("returned_fen");
    row.pending_fen = rows.Int("pending_fen");
    open.push_back(std::move(row));
  }
  return open;
}

base::Status InsertRoll(store::Transaction& tx, const RollRow& roll,
                        const std::vector<LineRow>& lines) {
  RETURN_IF_ERROR(Done(tx.Execute(
      "INSERT INTO roll (roll_id, term, school_code, made_at, actor, line_count, total_fen, "
      "control) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
      {roll.id, roll.term, roll.school_code, roll.made_at, EncodeActor(roll.actor), roll.lines,
       roll.total_fen, roll.control})));
  store::BulkInsert insert{
      tx, "INSERT INTO roll_line (roll_id, line_no, student_id, fen, state, amounts, note)"};
  for (const LineRow& line : lines) {
    RETURN_IF_ERROR(insert.Add({Value{roll.id}, Value{line.no}, Value{line.student},
                                Value{line.fen}, Value{line.state},
                                Value{EncodeAmounts(line.amounts)}, Value{line.note}}));
  }
  return insert.Flush();
}

base::Result<std::vector<RollRow>> ListRolls(store::Session& session, std::int64_t roll_id,
                                             std::string_view term, std::string_view school_code) {
  ASSIGN_OR_RETURN(
      store::Rows rows,
      session.Query(
          "SELECT r.roll_id, r.term, r.school_code, IFNULL(p.name, '') AS school, r.made_at,"
          " r.actor, r.line_count, r.total_fen, r.control,"
          " CAST(IFNULL(SUM(IF(l.state = 'paid', l.fen, 0)), 0) AS SIGNED) AS paid,"
          " CAST(IFNULL(SUM(IF(l.state = 'failed', l.fen, 0)), 0) AS SIGNED) AS failed,"
          " CAST(IFNULL(SUM(IF(l.state = 'returned', l.fen, 0)), 0) AS SIGNED) AS returned"
          " FROM roll r LEFT JOIN roll_line l ON l.roll_id = r.roll_id"
          " LEFT JOIN school_place p ON p.school_code = r.school_code"
          " WHERE (? = 0 OR r.roll_id = ?) AND (? = '' OR r.term = ?)"
          " AND (? = '' OR r.school_code = ?)"
          " GROUP BY r.roll_id, r.term, r.school_code, p.name, r.made_at, r.actor, r.line_count,"
          " r.total_fen, r.control ORDER BY r.roll_id",
          {roll_id, roll_id, term, term, school_code, school_code}));
  std::vector<RollRow> rolls;
  while (rows.Next()) {
    rolls.push_back({.id = rows.Int("roll_id"),
                     .term = rows.Text("term"),
                     .school_code = rows.Text("school_code"),
                     .school = rows.Text("school"),
                     .made_at = rows.Time("made_at"),
                     .actor = DecodeActor(rows.Text("actor")),
                     .lines = static_cast<std::uint32_t>(rows.Uint("line_count")),
                     .total_fen = rows.Int("total_fen"),
                     .control = rows.Text("control"),
                     .paid_fen = rows.Int("paid"),
                     .failed_fen = rows.Int("failed"),
                     .returned_fen = rows.Int("returned")});
  }
  return rolls;
}

base::Result<std::vector<LineRow>> ListLines(store::Session& session, std::int64_t roll_id,
                                             std::uint32_t after, std::uint32_t limit) {
  return ReadLines(session.Query(
      "SELECT l.line_no, l.student_id, l.fen, l.state, l.amounts, l.note,"
      " IFNULL(s.name, '') AS name, IFNULL((SELECT g.name FROM class_grade g"
      " WHERE g.class_id = s.class_id ORDER BY g.from_day DESC LIMIT 1), '') AS school_class"
      " FROM roll_line l LEFT JOIN student_state s ON s.student_id = l.student_id AND s.version ="
      " (SELECT MAX(v.version) FROM student_state v WHERE v.student_id = l.student_id)"
      " WHERE l.roll_id = ? AND l.line_no > ? ORDER BY l.line_no LIMIT ?",
      {roll_id, after, limit}));
}

base::Result<std::vector<LineRow>> LockLines(store::Transaction& tx, std::int64_t roll_id) {
  return ReadLines(
      tx.Query("SELECT line_no, student_id, fen, state, amounts, note, '' AS name, "
               "'' AS school_class FROM roll_line WHERE roll_id = ? ORDER BY line_no FOR UPDATE",
               {roll_id}));
}

base::Status SaveLine(store::Transaction& tx, std::int64_t roll_id, const LineRow& line) {
  return Done(tx.Execute("UPDATE roll_line SET state = ?, note = ? WHERE roll_id = ? AND "
                         "line_no = ?",
                         {line.state, line.note, roll_id, line.no}));
}

base::Status MoveMoney(store::Transaction& tx, StudentId student, std::string_view term,
                       const MoneyMove& by) {
  return Done(tx.Execute(
      "UPDATE standing SET paid_fen = paid_fen + ?, returned_fen = returned_fen + ?, "
      "pending_fen = pending_fen + ? WHERE student_id = ? AND term = ?",
      {by.paid_fen, by.returned_fen, by.pending_fen, student, term}));
}

}  // namespace subsidy
