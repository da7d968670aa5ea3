#include "tracing/store/where_repository.h"

#include <algorithm>

namespace tracing {
namespace {

using store::Value;

constexpr std::string_view kSelect =
    "SELECT question_id, state, student_id, case_id, student_name, id_masked, province, reason, "
    "asked_by, asked_at, decided_by, decided_at, decision_text, expires_at, question "
    "FROM where_question ";
constexpr std::string_view kMembers =
    "SELECT question_id, division, state, reason, attempts, next_at, answered_at, answer, letter "
    "FROM where_member ";
constexpr std::string_view kAsked =
    "SELECT asker, question_id, question_hash, approved_by, first_at, last_at, times, is_here, "
    "student_id, answer FROM where_asked ";

base::Status Done(const base::Result<std::uint64_t>& result) {
  return result.ok() ? base::Status{} : result.error();
}

// Tabs in a name become spaces, so that the text reads back as what it holds.
std::string PersonText(const WherePerson& person) {
  std::string out;
  for (const std::string* part : {&person.person_id, &person.name, &person.role, &person.body}) {
    if (!out.empty()) out += '\t';
    std::string text = part->substr(0, 120);
    std::replace(text.begin(), text.end(), '\t', ' ');
    out += text;
  }
  return person.person_id.empty() ? "" : out;
}

WherePerson PersonFrom(const std::string& text) {
  WherePerson person;
  std::size_t begin = 0;
  for (std::string* part : {&person.person_id, &person.name, &person.role, &person.body}) {
    const std::size_t end = std::min(text.find('\t', begin), text.size());
    *part = text.substr(begin, end - begin);
    begin = std::min(end + 1, text.size());
  }
  return person;
}

Division DivisionOf(const store::Rows& rows, std::string_view column) {
  return Division::FromRaw(static_cast<std::uint32_t>(rows.Uint(column)));
}

WhereRow ReadWhere(const store::Rows& rows) {
  WhereRow row;
  row.question_id = rows.Text("question_id");
  row.state = static_cast<WhereState>(rows.Int("state"));
  row.student_id = rows.Int("student_id");
  row.case_id = rows.Int("case_id");
  row.student_name = rows.Text("student_name");
  row.id_masked = rows.Text("id_masked");
  row.province = DivisionOf(rows, "province");
  row.reason = rows.Text("reason");
  row.asked_by = PersonFrom(rows.Text("asked_by"));
  row.asked_at = rows.Time("asked_at");
  row.decided_by = PersonFrom(rows.Text("decided_by"));
  row.decided_at = rows.MaybeTime("decided_at");
  row.decision_text = rows.Text("decision_text");
  row.expires_at = rows.MaybeTime("expires_at");
  row.sealed = rows.Text("question");
  return row;
}

WhereMemberRow ReadMember(const store::Rows& rows) {
  WhereMemberRow row;
  row.question_id = rows.Text("question_id");
  row.division = DivisionOf(rows, "division");
  row.state = static_cast<AskedState>(rows.Int("state"));
  row.reason = rows.Text("reason");
  row.attempts = static_cast<int>(rows.Int("attempts"));
  row.next_at = rows.MaybeTime("next_at");
  row.answered_at = rows.MaybeTime("answered_at");
  row.answer = rows.Text("answer");
  row.letter = rows.Text("letter");
  return row;
}

WhereAskedRow ReadAsked(const store::Rows& rows) {
  return {.asker = DivisionOf(rows, "asker"), .question_id = rows.Text("question_id"),
          .question_hash = rows.Text("question_hash"), .approved_by = rows.Text("approved_by"),
          .first_at = rows.Time("first_at"), .last_at = rows.Time("last_at"),
          .times = static_cast<int>(rows.Int("times")), .here = rows.Int("is_here") != 0,
          .student_id = rows.Int("student_id"), .answer = rows.Text("answer")};
}

base::Result<std::optional<WhereRow>> OneWhere(store::Session& session, std::string_view suffix,
                                               const std::string& id) {
  ASSIGN_OR_RETURN(store::Rows rows,
                   session.Query(std::string{kSelect} + "WHERE question_id = ?" +
                                     std::string{suffix},
                                 {Value{id}}));
  if (!rows.Next()) return std::optional<WhereRow>{};
  return std::optional<WhereRow>{ReadWhere(rows)};
}

base::Result<std::vector<WhereMemberRow>> Members(store::Rows rows) {
  std::vector<WhereMemberRow> out;
  while (rows.Next()) out.push_back(ReadMember(rows));
  return out;
}

}  // namespace

base::Status InsertWhere(store::Transaction& tx, const WhereRow& row) {
  return Done(tx.Execute(
      "INSERT INTO where_question (question_id, state, student_id, case_id, student_name, "
      "id_masked, province, reason, asked_by, asked_at, decided_by, decided_at, decision_text, "
      "expires_at, question) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, '', NULL, '', NULL, '')",
      {Value{row.question_id}, Value{static_cast<int>(row.state)}, Value{row.student_id},
       Value{row.case_id}, Value{row.student_name}, Value{row.id_masked},
       Value{row.province.raw()}, Value{row.reason}, Value{PersonText(row.asked_by)},
       Value{row.asked_at}}));
}

base::Result<std::optional<WhereRow>> FindWhere(store::Session& session, const std::string& id) {
  return OneWhere(session, "", id);
}

base::Result<std::optional<WhereRow>> LockWhere(store::Transaction& tx, const std::string& id) {
  return OneWhere(tx, " FOR UPDATE", id);
}

base::Status UpdateWhere(store::Transaction& tx, const WhereRow& row) {
  return Done(tx.Execute(
      "UPDATE where_question SET state = ?, decided_by = ?, decided_at = ?, decision_text = ?, "
      "expires_at = ?, question = ? WHERE question_id = ?",
      {Value{static_cast<int>(row.state)}, Value{PersonText(row.decided_by)},
       Value{row.decided_at}, Value{row.decision_text}, Value{row.expires_at},
       Value{row.sealed}, Value{row.question_id}}));
}

base::Result<std::vector<WhereRow>> ListWhereRows(store::Session& session, bool open_only,
                                                  std::uint32_t limit) {
  ASSIGN_OR_RETURN(store::Rows rows,
                   session.Query(std::string{kSelect} +
                                     (open_only ? "WHERE state IN (1, 3) " : "") +
                                     "ORDER BY asked_at DESC, question_id LIMIT ?",
                                 {Value{limit}}));
  std::vector<WhereRow> out;
  while (rows.Next()) out.push_back(ReadWhere(rows));
  return out;
}

base::Result<WhereCount> CountWhere(store::Session& session, std::int64_t student_id,
                                    base::UtcTime day_begin, base::UtcTime child_since) {
  ASSIGN_OR_RETURN(store::Rows rows,
                   session.Query("SELECT (SELECT COUNT(*) FROM where_question WHERE asked_at >= ? "
                                 "AND state <> 2) AS today, (SELECT COUNT(*) FROM where_question "
                                 "WHERE student_id = ? AND asked_at >= ? AND state <> 2) AS child",
                                 {Value{day_begin}, Value{student_id}, Value{child_since}}));
  rows.Next();
  return WhereCount{.today = static_cast<int>(rows.Int("today")),
                    .of_child = static_cast<int>(rows.Int("child"))};
}

base::Status InsertWhereMembers(store::Transaction& tx, const std::vector<WhereMemberRow>& rows) {
  store::BulkInsert insert(tx,
                           "INSERT INTO where_member (question_id, division, state, reason, "
                           "attempts, next_at, answered_at, answer, letter)");
  for (const WhereMemberRow& row : rows) {
    RETURN_IF_ERROR(insert.Add({Value{row.question_id}, Value{row.division.raw()},
                                Value{static_cast<int>(row.state)}, Value{row.reason},
                                Value{row.attempts}, Value{row.next_at}, Value{row.answered_at},
                                Value{row.answer}, Value{row.letter}}));
  }
  return insert.Flush();
}

base::Result<std::vector<WhereMemberRow>> WhereMembersOf(store::Session& session,
                                                         const std::string& question_id) {
  ASSIGN_OR_RETURN(store::Rows rows,
                   session.Query(std::string{kMembers} + "WHERE question_id = ? ORDER BY division",
                                 {Value{question_id}}));
  return Members(std::move(rows));
}

base::Status UpdateWhereMember(store::Transaction& tx, const WhereMemberRow& row) {
  return Done(tx.Execute(
      "UPDATE where_member SET state = ?, reason = ?, attempts = ?, next_at = ?, "
      "answered_at = ?, answer = ?, letter = ? WHERE question_id = ? AND division = ?",
      {Value{static_cast<int>(row.state)}, Value{row.reason}, Value{row.attempts},
       Value{row.next_at}, Value{row.answered_at}, Value{row.answer}, Value{row.letter},
       Value{row.question_id}, Value{row.division.raw()}}));
}

base::Status SilenceWhereMembers(store::Transaction& tx, const std::string& question_id) {
  return Done(tx.Execute(
      "UPDATE where_member SET state = 6, next_at = NULL WHERE question_id = ? AND state = 1",
      {Value{question_id}}));
}

base::Result<std::vector<WhereMemberRow>> DueWhereMembers(store::Session& session,
                                                          base::UtcTime now, std::uint32_t limit) {
  ASSIGN_OR_RETURN(store::Rows rows,
                   session.Query(std::string{kMembers} +
                                     "WHERE next_at <= ? ORDER BY next_at, division LIMIT ?",
                                 {Value{now}, Value{limit}}));
  return Members(std::move(rows));
}

base::Result<std::vector<std::string>> ExpiredWhere(store::Session& session, base::UtcTime now) {
  ASSIGN_OR_RETURN(store::Rows rows, session.Query("SELECT question_id FROM where_question "
                                                   "WHERE state = 3 AND expires_at <= ?",
                                                   {Value{now}}));
  std::vector<std::string> out;
  while (rows.Next()) out.push_back(rows.Text("question_id"));
  return out;
}

base::Result<std::uint64_t> CountDueWhere(store::Session& session, base::UtcTime now) {
  ASSIGN_OR_RETURN(store::Rows rows,
                   session.Query("SELECT (SELECT COUNT(*) FROM where_member WHERE next_at <= ?) + "
                                 "(SELECT COUNT(*) FROM where_question WHERE state = 3 AND "
                                 "expires_at <= ?) AS n",
                                 {Value{now}, Value{now}}));
  rows.Next();
  return static_cast<std::uint64_t>(rows.Int("n"));
}

base::Result<std::optional<base::UtcTime>> NextWhere(store::Session& session,
                                                     base::UtcTime after) {
  ASSIGN_OR_RETURN(store::Rows rows,
                   session.Query("SELECT (SELECT MIN(next_at) FROM where_member WHERE next_at > ?) "
                                 "AS tried, (SELECT MIN(expires_at) FROM where_question WHERE "
                                 "state = 3 AND expires_at > ?) AS expires",
                                 {Value{after}, Value{after}}));
  rows.Next();
  const auto tried = rows.MaybeTime("tried");
  const auto expires = rows.MaybeTime("expires");
  if (!tried || !expires) return tried ? tried : expires;
  return std::optional<base::UtcTime>{std::min(*tried, *expires)};
}

base::Result<std::optional<WhereAskedRow>> LockWhereAsked(store::Transaction& tx, Division asker,
                                                          const std::string& question_id) {
  ASSIGN_OR_RETURN(store::Rows rows,
                   tx.Query(std::string{kAsked} + "WHERE asker = ? AND question_id = ? FOR UPDATE",
                            {Value{asker.raw()}, Value{question_id}}));
  if (!rows.Next()) return std::optional<WhereAskedRow>{};
  return std::optional<WhereAskedRow>{ReadAsked(rows)};
}

base::Status InsertWhereAsked(store::Transaction& tx, const WhereAskedRow& row) {
  const auto done = tx.Execute(
      "INSERT INTO where_asked (asker, question_id, question_hash, approved_by, first_at, last_at, "
      "times, is_here, student_id, answer) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      {Value{row.asker.raw()}, Value{row.question_id}, Value{row.question_hash},
       Value{row.approved_by}, Value{row.first_at}, Value{row.last_at}, Value{row.times},
       Value{row.here}, Value{row.student_id}, Value{row.answer}});
  if (!done.ok() && done.error().code == base::Code::kAlreadyExists) {
    return base::Error{base::Code::kConflict, "RETRY", "another transaction was first"};
  }
  return Done(done);
}

base::Status TouchWhereAsked(store::Transaction& tx, const WhereAskedRow& row) {
  return Done(tx.Execute(
      "UPDATE where_asked SET last_at = ?, times = times + 1 WHERE asker = ? AND question_id = ?",
      {Value{row.last_at}, Value{row.asker.raw()}, Value{row.question_id}}));
}

base::Result<int> CountWhereAsked(store::Session& session, Division asker, base::UtcTime since) {
  ASSIGN_OR_RETURN(store::Rows rows, session.Query("SELECT COUNT(*) AS n FROM where_asked "
                                                   "WHERE asker = ? AND first_at >= ?",
                                                   {Value{asker.raw()}, Value{since}}));
  rows.Next();
  return static_cast<int>(rows.Int("n"));
}

base::Status CountWhereRefusal(store::Session& session, Division asker, base::Date day,
                               const std::string& reason) {
  return Done(session.Execute(
      "INSERT INTO where_refusal (asker, day, reason, times) VALUES (?, ?, ?, 1) "
      "ON DUPLICATE KEY UPDATE times = times + 1",
      {Value{asker.raw()}, Value{day}, Value{reason}}));
}

base::Result<std::vector<WhereAskedRow>> ListWhereAsked(store::Session& session,
                                                        std::uint32_t limit) {
  ASSIGN_OR_RETURN(store::Rows rows,
                   session.Query(std::string{kAsked} + "ORDER BY first_at DESC LIMIT ?",
                                 {Value{limit}}));
  std::vector<WhereAskedRow> out;
  while (rows.Next()) out.push_back(ReadAsked(rows));
  return out;
}

base::Result<std::vector<WhereAskerRow>> TallyWhereAskers(store::Session& session,
                                                          base::UtcTime day_begin) {
  std::map<Division, WhereAskerRow> found;
  ASSIGN_OR_RETURN(store::Rows asked,
                   session.Query("SELECT asker, COUNT(*) AS n, "
                                 "CAST(SUM(first_at >= ?) AS SIGNED) AS today, "
                                 "CAST(SUM(is_here) AS SIGNED) AS here_n "
                                 "FROM where_asked GROUP BY asker",
                                 {Value{day_begin}}));
  while (asked.Next()) {
    WhereAskerRow& row = found[DivisionOf(asked, "asker")];
    row.questions = static_cast<std::uint64_t>(asked.Int("n"));
    row.today = static_cast<std::uint64_t>(asked.Int("today"));
    row.here = static_cast<std::uint64_t>(asked.Int("here_n"));
  }
  ASSIGN_OR_RETURN(store::Rows refused,
                   session.Query("SELECT asker, reason, CAST(SUM(times) AS SIGNED) AS n "
                                 "FROM where_refusal GROUP BY asker, reason"));
  while (refused.Next()) {
    found[DivisionOf(refused, "asker")].refused[refused.Text("reason")] =
        static_cast<std::uint64_t>(refused.Int("n"));
  }
  std::vector<WhereAskerRow> out;
  for (auto& [asker, row] : found) {
    row.asker = asker;
    out.push_back(std::move(row));
  }
  return out;
}

}  // namespace tracing
