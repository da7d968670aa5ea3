#include "attendance/app/load_ledger.h"

#include <algorithm>
#include <unordered_map>

#include "attendance/app/roster.h"
#include "attendance/store/closing_rows.h"
#include "attendance/store/leave_rows.h"
#include "attendance/store/roster_rows.h"
#include "attendance/store/streak_rows.h"
#include "store/event_log.h"

namespace attendance {

using base::Status;

namespace {

constexpr std::chrono::days kReachBackMax{730};

Status LoadRoster(store::Session& session, std::uint64_t upto, Ledger& ledger) {
  RETURN_IF_ERROR(LoadClasses(session, 0, upto, [&](ClassId id, const std::string& school) {
    ledger.SetClass(id, ledger.AddSchool(school));
  }));
  return LoadStudents(session, 0, upto, [&](StudentId id, std::span<const Membership> rows) {
    const StudentIndex student = ledger.AddStudent(id);
    ledger.SetTimeline(student, TimelineFrom(ledger, rows));
  });
}

Status LoadMarks(store::Session& session, Ledger& ledger) {
  return LoadRollCalls(session, ledger.horizon().begin,
                       [&](ClassId id, HalfDay half_day, int revision, std::string_view key,
                           std::span<const Exception> exceptions) {
                         // Rows name classes that the roster named before; it never forgets one.
                         const std::optional<ClassIndex> c = ledger.FindClass(id);
                         if (!c) return;
                         ledger.LoadSheet(*c, half_day, revision, KeyTag(key), exceptions);
                       });
}

Status LoadSlips(store::Session& session, Ledger& ledger) {
  std::unordered_map<StudentIndex, std::vector<LeaveSpan>> slips;
  RETURN_IF_ERROR(
      LoadApprovedLeaves(session, ledger.horizon().begin, [&](StudentId student, LeaveSpan span) {
        slips[ledger.AddStudent(student)].push_back(span);
      }));
  for (auto& [student, spans] : slips) ledger.SetLeaves(student, std::move(spans));
  return {};
}

Status LoadReported(store::Session& session, Ledger& ledger) {
  const base::Date from = ledger.horizon().begin;
  ASSIGN_OR_RETURN(const std::vector<KnownStreak> live, LoadLiveStreaks(session, from));
  for (auto at = live.begin(); at != live.end();) {
    const auto end = std::find_if(
        at, live.end(), [&](const KnownStreak& known) { return known.student != at->student; });
    ledger.SetStreaks(ledger.AddStudent(at->student), {at, end});
    at = end;
  }
  ASSIGN_OR_RETURN(const StreakId largest, LargestStreakId(session));
  ledger.SetNextStreakId(StreakId{largest.raw() + 1});
  return LoadChronic(session, from, [&](StudentId student, base::Date term_first) {
    ledger.SetChronic(ledger.AddStudent(student), term_first);
  });
}

}  // namespace

base::DateRange HorizonOf(const base::Calendar& calendar, base::Date today) {
  base::DateRange horizon{today, today + std::chrono::days{1}};
  const std::vector<base::Term>& terms = calendar.terms();
  if (terms.empty()) return horizon;
  const auto present = std::find_if(terms.begin(), terms.end(),
                                    [&](const base::Term& term) { return today <= term.last; });
  const auto before = present == terms.begin() ? present : present - 1;
  horizon.begin = std::min(today, before->first);
  horizon.end = std::max(horizon.end, terms.back().last + std::chrono::days{1});
  return horizon;
}

base::Result<Mandate> LoadLedger(store::Pool& pool, const Profile& profile, base::Date today) {
  Mandate mandate{.loaded_on = today};
  const Status loaded = pool.WithSession([&](store::Session& session) -> Status {
    // First: what moves meanwhile is newer than this number and will be taken in later.
    ASSIGN_OR_RETURN(mandate.roster_seq, store::LoadPosition(session, "registry"));
    base::DateRange horizon = HorizonOf(profile.days.county, today);
    const base::Date oldest = horizon.begin - kReachBackMax;
    for (base::Date reached = horizon.end; reached != horizon.begin && horizon.begin > oldest;) {
      reached = horizon.begin;
      ASSIGN_OR_RETURN(horizon.begin, FirstDayReachingOver(session, reached));
    }
    horizon.begin = std::max(horizon.begin, oldest);
    mandate.ledger = std::make_unique<Ledger>(profile.days, horizon);
    Ledger& ledger = *mandate.ledger;
    RETURN_IF_ERROR(LoadRoster(session, mandate.roster_seq, ledger));
    RETURN_IF_ERROR(LoadMarks(session, ledger));
    RETURN_IF_ERROR(LoadSlips(session, ledger));
    RETURN_IF_ERROR(LoadReported(session, ledger));
    ASSIGN_OR_RETURN(mandate.last_closed, LastClosing(session));
    return LoadActors(session, [&](ActorNumber number, Actor actor) {
      mandate.actors.emplace(std::move(actor), number);
    });
  });
  RETURN_IF_ERROR(loaded);
  return mandate;
}

}  // namespace attendance
