#include "attendance/store/leave_rows.h"

#include <map>

#include "store/literal.h"

namespace attendance {
namespace {

constexpr std::string_view kAdd =
    "INSERT INTO leave_slip (student_id, kind, from_day, from_half, to_day, to_half, reason,"
    " evidence, state) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)";
constexpr std::string_view kAddStep =
    "INSERT INTO leave_step (leave_id, step, state, actor_id, recorded_at, reason)"
    " SELECT ?, COALESCE(MAX(step), 0) + 1, ?, ?, ?, ? FROM leave_step WHERE leave_id = ?";
constexpr std::string_view kSelect =
    "SELECT leave_id, student_id, kind, from_day, from_half, to_day, to_half, reason, evidence,"
    " state FROM leave_slip WHERE ";

Half HalfOf(std::int64_t number) { return number == 0 ? Half::kMorning : Half::kAfternoon; }

// Evidence is one reference a line.
std::string JoinLines(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) {
    if (!text.empty()) text.push_back('\n');
    for (const char c : line) text.push_back(c == '\n' ? ' ' : c);
  }
  return text;
}

std::vector<std::string> SplitLines(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    lines.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

Leave ReadLeave(const store::Rows& rows) {
  Leave leave{.id = LeaveId{rows.Int("leave_id")},
              .student = StudentId{rows.Int("student_id")},
              .kind = static_cast<LeaveKind>(rows.Int("kind"))};
  leave.from = {rows.Day("from_day"), HalfOf(rows.Int("from_half"))};
  leave.to = {rows.Day("to_day"), HalfOf(rows.Int("to_half"))};
  leave.reason = rows.Text("reason");
  leave.evidence = SplitLines(rows.Text("evidence"));
  leave.state = static_cast<LeaveState>(rows.Int("state"));
  return leave;
}

base::Result<std::vector<Leave>> Select(store::Session& session, std::string_view where,
                                        std::initializer_list<store::Value> values) {
  std::string sql{kSelect};
  sql.append(where);
  ASSIGN_OR_RETURN(store::Rows rows, session.Query(sql, values));
  std::vector<Leave> leaves;
  while (rows.Next()) leaves.push_back(ReadLeave(rows));
  return leaves;
}

// Fills in the steps, and with them who asked and who decided last.
base::Status AddSteps(store::Session& session, std::vector<LeaveFile>& files) {
  if (files.empty()) return {};
  std::string sql =
      "SELECT s.leave_id, s.state, s.recorded_at, s.reason, a.person_id, a.name, a.role, a.body"
      " FROM leave_step s JOIN actor a ON a.actor_id = s.actor_id WHERE s.leave_id IN (";
  std::map<LeaveId, LeaveFile*> by_id;
  for (LeaveFile& file : files) {
    if (!by_id.empty()) sql.push_back(',');
    store::AppendInt(sql, file.leave.id.raw());
    by_id[file.leave.id] = &file;
  }
  sql.append(") ORDER BY s.leave_id, s.step");
  ASSIGN_OR_RETURN(store::Rows rows, session.Query(sql));
  while (rows.Next()) {
    LeaveFile& file = *by_id.at(LeaveId{rows.Int("leave_id")});
    LeaveStep step{
        .state = static_cast<LeaveState>(rows.Int("state")),
        .actor = {rows.Text("person_id"), rows.Text("name"), rows.Text("role"), rows.Text("body")},
        .recorded_at = rows.Time("recorded_at"),
        .reason = rows.Text("reason")};
    (file.steps.empty() ? file.leave.requested_by : file.leave.decided_by) = step.actor;
    file.steps.push_back(std::move(step));
  }
  return {};
}

}  // namespace

base::Result<LeaveId> AddLeave(store::Session& session, const Leave& leave, ActorNumber actor,
                               base::UtcTime now) {
  ASSIGN_OR_RETURN(
      const std::uint64_t added,
      session.Execute(kAdd, {leave.student, static_cast<int>(leave.kind), leave.from.day,
                             static_cast<int>(leave.from.half), leave.to.day,
                             static_cast<int>(leave.to.half), leave.reason,
                             JoinLines(leave.evidence), static_cast<int>(LeaveState::kRequested)}));
  CHECK(added == 1);
  ASSIGN_OR_RETURN(store::Rows rows, session.Query("SELECT LAST_INSERT_ID() AS id"));
  CHECK(rows.Next());
  const LeaveId id{rows.Int("id")};
  RETURN_IF_ERROR(session.Execute(
      kAddStep, {id, static_cast<int>(LeaveState::kRequested), actor, now, leave.reason, id}));
  return id;
}

base::Status SaveLeaveState(store::Session& session, LeaveId id, LeaveState state,
                            ActorNumber actor, std::string_view reason, base::UtcTime now) {
  RETURN_IF_ERROR(session.Execute("UPDATE leave_slip SET state = ? WHERE leave_id = ?",
                                  {static_cast<int>(state), id}));
  RETURN_IF_ERROR(session.Execute(kAddStep, {id, static_cast<int>(state), actor, now, reason, id}));
  return {};
}

base::Result<std::optional<LeaveFile>> FindLeave(store::Session& session, LeaveId id) {
  ASSIGN_OR_RETURN(std::vector<Leave> leaves, Select(session, "leave_id = ?", {id}));
  if (leaves.empty()) return std::optional<LeaveFile>{};
  std::vector<LeaveFile> files = {{std::move(leaves.front()), {}}};
  RETURN_IF_ERROR(AddSteps(session, files));
  return std::optional<LeaveFile>{std::move(files.front())};
}

base::Result<std::vector<Leave>> FindOpenLeaves(store::Session& session, StudentId student) {
  return Select(session, "student_id = ? AND state IN (1, 2) ORDER BY leave_id", {student});
}

base::Result<std::vector<LeaveFile>> ListLeaveRows(store::Session& session,
                                                   const LeaveQuery& query) {
  std::string where = "1 = 1";
  if (query.student) {
    where.append(" AND student_id = ");
    store::AppendInt(where, query.student.raw());
  }
  if (!query.any_of.empty()) {
    where.append(" AND student_id IN (");
    for (const StudentId student : query.any_of) {
      if (student != query.any_of.front()) where.push_back(',');
      store::AppendInt(where, student.raw());
    }
    where.push_back(')');
  }
  if (query.state) {
    where.append(" AND state = ");
    store::AppendInt(where, static_cast<std::int64_t>(*query.state));
  }
  where.append(" ORDER BY leave_id DESC LIMIT ");
  store::AppendUint(where, query.limit);
  ASSIGN_OR_RETURN(std::vector<Leave> leaves, Select(session, where, {}));
  std::vector<LeaveFile> files;
  for (Leave& leave : leaves) files.push_back({std::move(leave), {}});
  RETURN_IF_ERROR(AddSteps(session, files));
  return files;
}

base::Status LoadApprovedLeaves(store::Session& session, base::Date from,
                                const std::function<void(StudentId, LeaveSpan)>& leave) {
  std::string sql{kSelect};
  sql.append("state = 2 AND to_day >= ? ORDER BY student_id, leave_id");
  return session.Stream(sql, std::vector<store::Value>{from}, [&](const store::Rows& rows) {
    const Leave found = ReadLeave(rows);
    leave(found.student, {found.id, found.from, found.to});
    return true;
  });
}

}  // namespace attendance
