#include "attendance/store/roll_call_rows.h"

#include <algorithm>

#include "store/literal.h"

namespace attendance {
namespace {

constexpr std::string_view kInsert =
    "INSERT INTO roll_call (day, half, class_id, revision, idem_key, expected, actor_id,"
    " recorded_at, taken_at, exceptions) VALUES ";
constexpr std::string_view kFind =
    "SELECT r.revision, r.idem_key, r.expected, r.recorded_at, r.taken_at, r.exceptions,"
    " a.person_id, a.name, a.role, a.body"
    " FROM roll_call r JOIN actor a ON a.actor_id = r.actor_id"
    " WHERE r.day = ? AND r.half = ? AND r.class_id = ? ORDER BY r.revision DESC";
constexpr std::string_view kFindKeys =
    "SELECT day, half, class_id, revision, idem_key, expected, exceptions FROM roll_call WHERE ";
constexpr std::string_view kLoad =
    "SELECT TO_DAYS(day) * 2 + half AS half_day, class_id, revision, idem_key, exceptions"
    " FROM roll_call WHERE day >= ? ORDER BY day, half, class_id, revision";
constexpr std::string_view kClassDays =
    "SELECT day, half, class_id, revision, idem_key, expected, exceptions FROM roll_call"
    " WHERE class_id = ? AND half IN (0, 1) AND day IN (";
// TO_DAYS('1970-01-01')
constexpr std::int32_t kDaysTo1970 = 719528;
constexpr std::size_t kKeysAtOnce = 200;

Half HalfOf(std::int64_t number) { return number == 0 ? Half::kMorning : Half::kAfternoon; }

base::Result<StoredRollCall> ReadRow(const store::Rows& rows) {
  StoredRollCall found;
  found.revision = static_cast<int>(rows.Int("revision"));
  found.key = rows.Text("idem_key");
  found.expected = static_cast<int>(rows.Int("expected"));
  ASSIGN_OR_RETURN(found.exceptions, UnpackMarks(rows.Text("exceptions")));
  return found;
}

}  // namespace

void RollCallInsert::Add(ClassId class_id, const Sheet& sheet, std::string_view key,
                         ActorNumber actor, base::UtcTime recorded_at,
                         std::optional<base::UtcTime> taken_at) {
  CHECK(key.size() == kKeyBytes);
  if (rows_ == 0) sql_ = kInsert;
  sql_.append(rows_ == 0 ? "(" : ",(");
  store::AppendDay(sql_, sheet.half_day.day);
  sql_.push_back(',');
  store::AppendInt(sql_, static_cast<std::int64_t>(sheet.half_day.half));
  sql_.push_back(',');
  store::AppendInt(sql_, class_id.raw());
  sql_.push_back(',');
  store::AppendInt(sql_, sheet.revision);
  sql_.push_back(',');
  store::AppendBytes(sql_, key);
  sql_.push_back(',');
  store::AppendInt(sql_, sheet.expected);
  sql_.push_back(',');
  store::AppendInt(sql_, actor);
  sql_.push_back(',');
  store::AppendTime(sql_, recorded_at);
  sql_.push_back(',');
  if (taken_at) {
    store::AppendTime(sql_, *taken_at);
  } else {
    sql_.append("NULL");
  }
  sql_.push_back(',');
  packed_.clear();
  PackMarks(sheet.exceptions, packed_);
  store::AppendBytes(sql_, packed_);
  sql_.push_back(')');
  ++rows_;
}

base::Status RollCallInsert::Run(store::Session& session) const {
  if (rows_ == 0) return {};
  ASSIGN_OR_RETURN(const std::uint64_t inserted, session.ExecuteText(sql_));
  CHECK(inserted == rows_);
  return {};
}

base::Result<std::vector<StoredRollCall>> FindRollCalls(store::Session& session, ClassId class_id,
                                                        HalfDay half_day) {
  ASSIGN_OR_RETURN(store::Rows rows,
                   session.Query(kFind, {half_day.day, static_cast<int>(half_day.half), class_id}));
  std::vector<StoredRollCall> found;
  while (rows.Next()) {
    ASSIGN_OR_RETURN(StoredRollCall one, ReadRow(rows));
    one.class_id = class_id;
    one.half_day = half_day;
    one.recorded_at = rows.Time("recorded_at");
    one.taken_at = rows.MaybeTime("taken_at");
    one.actor = {rows.Text("person_id"), rows.Text("name"), rows.Text("role"), rows.Text("body")};
    found.push_back(std::move(one));
  }
  return found;
}

base::Result<std::vector<std::optional<FirstAnswer>>> FindFirstAnswers(
    store::Session& session, std::span<const KeyedHalfDay> asked) {
  std::vector<std::optional<FirstAnswer>> answers(asked.size());
  for (std::size_t begin = 0; begin < asked.size(); begin += kKeysAtOnce) {
    const auto part = asked.subspan(begin, std::min(kKeysAtOnce, asked.size() - begin));
    std::string sql{kFindKeys};
    for (const KeyedHalfDay& one : part) {
      if (&one != &part.front()) sql.append(" OR ");
      sql.append(store::Expand(
          "(day = ? AND half = ? AND class_id = ? AND idem_key = ?)",
          std::vector<store::Value>{one.half_day.day, static_cast<int>(one.half_day.half),
                                    one.class_id, store::Value{one.key}}));
    }
    ASSIGN_OR_RETURN(store::Rows rows, session.Query(sql));
    while (rows.Next()) {
      ASSIGN_OR_RETURN(const StoredRollCall found, ReadRow(rows));
      const HalfDay half_day{rows.Day("day"), HalfOf(rows.Int("half"))};
      const ClassId class_id{rows.Int("class_id")};
      for (std::size_t i = begin; i < begin + part.size(); ++i) {
        if (asked[i].class_id == class_id && asked[i].half_day == half_day &&
            asked[i].key == found.key) {
          answers[i] = FirstAnswer{found.revision, found.expected,
                                   static_cast<int>(found.exceptions.size())};
        }
      }
    }
  }
  return answers;
}

base::Status LoadRollCalls(store::Session& session, base::Date from, const LoadRow& row) {
  base::Status status;
  const base::Status streamed =
      session.Stream(kLoad, std::vector<store::Value>{from}, [&](const store::Rows& rows) {
        base::Result<std::vector<Exception>> marks = UnpackMarks(rows.Text("exceptions"));
        if (!marks.ok()) {
          status = marks.error();
          return false;
        }
        const std::int64_t half_day = rows.Int("half_day");
        row(ClassId{rows.Int("class_id")},
            {base::Date::FromSerial(static_cast<std::int32_t>(half_day / 2) - kDaysTo1970),
             HalfOf(half_day % 2)},
            static_cast<int>(rows.Int("revision")), rows.Text("idem_key"), *marks);
        return true;
      });
  RETURN_IF_ERROR(status);
  return streamed;
}

base::Result<std::vector<StoredRollCall>> FindClassDays(store::Session& session, ClassId class_id,
                                                        std::span<const base::Date> days) {
  std::vector<StoredRollCall> found;
  if (days.empty()) return found;
  std::string sql = store::Expand(kClassDays, std::vector<store::Value>{class_id});
  for (const base::Date day : days) {
    if (day != days.front()) sql.push_back(',');
    store::AppendDay(sql, day);
  }
  sql.append(") ORDER BY day, half, revision");
  ASSIGN_OR_RETURN(store::Rows rows, session.Query(sql));
  while (rows.Next()) {
    ASSIGN_OR_RETURN(StoredRollCall one, ReadRow(rows));
    one.class_id = class_id;
    one.half_day = {rows.Day("day"), HalfOf(rows.Int("half"))};
    if (!found.empty() && found.back().half_day == one.half_day) found.pop_back();
    found.push_back(std::move(one));
  }
  return found;
}

base::Status LoadActors(store::Session& session,
                        const std::function<void(ActorNumber, Actor)>& actor) {
  return session.Stream(
      "SELECT actor_id, person_id, name, role, body FROM actor", {}, [&](const store::Rows& rows) {
        actor(static_cast<ActorNumber>(rows.Uint("actor_id")),
              {rows.Text("person_id"), rows.Text("name"), rows.Text("role"), rows.Text("body")});
        return true;
      });
}

base::Status AddActors(store::Session& session, const std::map<Actor, ActorNumber>& actors) {
  store::BulkInsert insert{session, "INSERT INTO actor (actor_id, person_id, name, role, body)"};
  for (const auto& [actor, number] : actors) {
    RETURN_IF_ERROR(insert.Add({number, actor.person_id, actor.name, actor.role, actor.body}));
  }
  return insert.Flush();
}

}  // namespace attendance
