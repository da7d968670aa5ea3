#include "attendance/store/streak_rows.h"

#include "store/literal.h"

namespace attendance {
namespace {

constexpr const char* kInsert =
    "INSERT INTO absence_streak (streak_id, student_id, class_id, first_day, last_day,"
    " reached_day, reached_half, days, state, returned_day, returned_half, why, changed_at)";
constexpr const char* kReplace =
    " ON DUPLICATE KEY UPDATE class_id = VALUES(class_id), first_day = VALUES(first_day),"
    " last_day = VALUES(last_day), reached_day = VALUES(reached_day),"
    " reached_half = VALUES(reached_half), days = VALUES(days), state = VALUES(state),"
    " returned_day = VALUES(returned_day), returned_half = VALUES(returned_half),"
    " why = VALUES(why), changed_at = VALUES(changed_at)";
constexpr std::string_view kColumns =
    "s.streak_id, s.student_id, s.class_id, s.first_day, s.last_day, s.reached_day,"
    " s.reached_half, s.days, s.state, s.returned_day, s.returned_half";
constexpr std::string_view kReaching =
    "SELECT MIN(first_day) AS first_day FROM absence_streak"
    " WHERE state IN (1, 2, 3) AND last_day >= ? AND first_day < ?";
constexpr std::string_view kCount =
    "SELECT COUNT(*) AS suspected, COALESCE(SUM(state = 4), 0) AS withdrawn FROM absence_streak"
    " WHERE reached_day >= ? AND reached_day < ?";

Half HalfOf(std::int64_t number) { return number == 0 ? Half::kMorning : Half::kAfternoon; }

KnownStreak ReadStreak(const store::Rows& rows) {
  KnownStreak known{.id = StreakId{rows.Int("streak_id")},
                    .student = StudentId{rows.Int("student_id")},
                    .class_id = ClassId{rows.Int("class_id")},
                    .state = static_cast<StreakState>(rows.Int("state"))};
  known.streak = {.first_day = rows.Day("first_day"),
                  .last_day = rows.Day("last_day"),
                  .reached = {rows.Day("reached_day"), HalfOf(rows.Int("reached_half"))},
                  .days = static_cast<int>(rows.Int("days")),
                  .running = known.state == StreakState::kOpen};
  if (const auto day = rows.MaybeDay("returned_day")) {
    known.streak.returned = HalfDay{*day, HalfOf(rows.Int("returned_half"))};
  }
  return known;
}

}  // namespace

base::Status SaveStreaks(store::Session& session, std::span<const KnownStreak> streaks,
                         std::string_view why, base::UtcTime now) {
  store::BulkInsert insert{session, kInsert, kReplace};
  for (const KnownStreak& known : streaks) {
    const Streak& s = known.streak;
    std::optional<base::Date> returned_day;
    std::optional<int> returned_half;
    if (s.returned) {
      returned_day = s.returned->day;
      returned_half = static_cast<int>(s.returned->half);
    }
    RETURN_IF_ERROR(
        insert.Add({known.id, known.student, known.class_id, s.first_day, s.last_day, s.reached.day,
                    static_cast<int>(s.reached.half), s.days, static_cast<int>(known.state),
                    returned_day, returned_half, why, now}));
  }
  return insert.Flush();
}

base::Status SaveChronic(store::Session& session, std::span<const NewChronic> chronic,
                         base::UtcTime now) {
  store::BulkInsert insert{session,
                           "INSERT INTO chronic_absence (student_id, term_first, class_id, on_day,"
                           " away_half_days, counted_half_days, rate_basis_points, recorded_at)"};
  for (const NewChronic& one : chronic) {
    RETURN_IF_ERROR(
        insert.Add({one.student, one.term_first, one.class_id, one.rate.on, one.rate.away_half_days,
                    one.rate.counted_half_days, one.rate.rate_basis_points, now}));
  }
  return insert.Flush();
}

base::Result<std::vector<KnownStreak>> LoadLiveStreaks(store::Session& session, base::Date from) {
  std::string sql = "SELECT ";
  sql.append(kColumns).append(
      " FROM absence_streak s WHERE s.state IN (1, 2, 3) AND s.last_day >= ?"
      " ORDER BY s.student_id, s.first_day, s.streak_id");
  ASSIGN_OR_RETURN(store::Rows rows, session.Query(sql, {from}));
  std::vector<KnownStreak> live;
  while (rows.Next()) live.push_back(ReadStreak(rows));
  return live;
}

base::Result<base::Date> FirstDayReachingOver(store::Session& session, base::Date day) {
  ASSIGN_OR_RETURN(store::Rows rows, session.Query(kReaching, {day, day}));
  if (!rows.Next()) return day;
  return rows.MaybeDay("first_day").value_or(day);
}

base::Result<StreakId> LargestStreakId(store::Session& session) {
  ASSIGN_OR_RETURN(store::Rows rows,
                   session.Query("SELECT COALESCE(MAX(streak_id), 0) AS id FROM absence_streak"));
  CHECK(rows.Next());
  return StreakId{rows.Int("id")};
}

base::Status LoadChronic(store::Session& session, base::Date from,
                         const std::function<void(StudentId, base::Date term_first)>& chronic) {
  return session.Stream("SELECT student_id, term_first FROM chronic_absence WHERE term_first >= ?",
                        std::vector<store::Value>{from}, [&](const store::Rows& rows) {
                          chronic(StudentId{rows.Int("student_id")}, rows.Day("term_first"));
                          return true;
                        });
}

base::Result<std::vector<ListedStreak>> ListStreakRows(store::Session& session,
                                                       const StreakQuery& query) {
  std::string sql = "SELECT ";
  sql.append(kColumns).append(
      ", COALESCE(c.school_code, '') AS school_code, COALESCE(t.name, '') AS name"
      " FROM absence_streak s LEFT JOIN class_room c ON c.class_id = s.class_id"
      " LEFT JOIN student t ON t.student_id = s.student_id WHERE s.state IN (");
  for (const StreakState state : query.states) {
    if (state != query.states.front()) sql.push_back(',');
    store::AppendInt(sql, static_cast<std::int64_t>(state));
  }
  sql.push_back(')');
  if (!query.school_code.empty()) {
    sql.append(" AND c.school_code = ");
    store::AppendText(sql, query.school_code);
  }
  sql.append(" ORDER BY s.streak_id DESC LIMIT ");
  store::AppendUint(sql, query.limit);
  ASSIGN_OR_RETURN(store::Rows rows, session.Query(sql));
  std::vector<ListedStreak> listed;
  while (rows.Next()) {
    listed.push_back({ReadStreak(rows), rows.Text("school_code"), rows.Text("name")});
  }
  return listed;
}

base::Result<StreakCounts> CountStreaks(store::Session& session, base::DateRange days) {
  ASSIGN_OR_RETURN(store::Rows rows, session.Query(kCount, {days.begin, days.end}));
  CHECK(rows.Next());
  return StreakCounts{rows.Uint("suspected"), rows.Uint("withdrawn")};
}

}  // namespace attendance
