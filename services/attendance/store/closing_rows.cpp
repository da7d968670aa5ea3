#include "attendance/store/closing_rows.h"

namespace attendance {

base::Result<std::optional<HalfDay>> LastClosing(store::Session& session) {
  ASSIGN_OR_RETURN(
      store::Rows rows,
      session.Query("SELECT day, half FROM closing ORDER BY day DESC, half DESC LIMIT 1"));
  if (!rows.Next()) return std::optional<HalfDay>{};
  return std::optional<HalfDay>{
      {rows.Day("day"), rows.Int("half") == 0 ? Half::kMorning : Half::kAfternoon}};
}

base::Status AddClosing(store::Session& session, const Closing& closing, base::UtcTime now) {
  RETURN_IF_ERROR(session.Execute(
      "INSERT INTO closing (day, half, due_at, closed_at, classes_missing) VALUES (?, ?, ?, ?, ?)",
      {closing.half_day.day, static_cast<int>(closing.half_day.half), closing.due_at, now,
       closing.classes_missing}));
  return {};
}

}  // namespace attendance
