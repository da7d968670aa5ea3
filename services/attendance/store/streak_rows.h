// Tables absence_streak and chronic_absence: what was reported of whom. Errors: those of
// libs/store.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "attendance/domain/effects.h"
#include "attendance/domain/streaks.h"
#include "store/store.h"

namespace attendance {

// Inserts or replaces the rows. `why`: what caused the change, in Chinese.
base::Status SaveStreaks(store::Session& session, std::span<const KnownStreak> streaks,
                         std::string_view why, base::UtcTime now);
base::Status SaveChronic(store::Session& session, std::span<const NewChronic> chronic,
                         base::UtcTime now);

// Live streaks (neither withdrawn nor merged) with a day not before `from`, by student and number.
base::Result<std::vector<KnownStreak>> LoadLiveStreaks(store::Session& session, base::Date from);
// The first day of all streaks that reach over `day`; `day` if none does.
base::Result<base::Date> FirstDayReachingOver(store::Session& session, base::Date day);
base::Result<StreakId> LargestStreakId(store::Session& session);
base::Status LoadChronic(store::Session& session, base::Date from,
                         const std::function<void(StudentId, base::Date term_first)>& chronic);

// By state ("open" also those that ended without a return: the child is still away), newest first.
struct StreakQuery {
  std::vector<StreakState> states = {};
  std::string school_code = {};  // empty: all
  std::uint32_t limit = 0;
};
struct ListedStreak {
  KnownStreak known = {};
  std::string school_code = {};
  std::string student_name = {};
};
base::Result<std::vector<ListedStreak>> ListStreakRows(store::Session& session,
                                                       const StreakQuery& query);

struct StreakCounts {
  std::uint64_t suspected = 0;  // reached within the days, whatever became of them
  std::uint64_t withdrawn = 0;
};
base::Result<StreakCounts> CountStreaks(store::Session& session, base::DateRange days);

}  // namespace attendance
