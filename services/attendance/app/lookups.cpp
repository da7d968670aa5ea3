#include "attendance/app/lookups.h"

#include <fmt/format.h>

#include <set>

namespace attendance {

using base::Code;
using base::Error;
using base::Status;

namespace {

// Inclusive days as a half-open range within the ledger.
base::Result<base::DateRange> RangeWithin(const Ledger& ledger, base::Date from, base::Date to) {
  if (to < from) {
    return Error{Code::kInvalidArgument, "BAD_RANGE",
                 fmt::format("{}早于{}", to.ToChinese(), from.ToChinese())};
  }
  if (from < ledger.horizon().begin) {
    return Error{Code::kFailedPrecondition, "RANGE_TOO_OLD",
                 fmt::format("只能查询{}以来", ledger.horizon().begin.ToChinese())};
  }
  const base::DateRange range{from, std::min(to + std::chrono::days{1}, ledger.horizon().end)};
  return range.empty() ? base::DateRange{from, from} : range;
}

// The answer of a look at the ledger that may itself refuse.
template <class T>
base::Result<T> Flat(base::Result<base::Result<T>> nested) {
  if (!nested.ok()) return nested.error();
  return std::move(nested).value();
}

}  // namespace

base::Result<std::vector<StoredRollCall>> Lookups::RollCalls(ClassId class_id, HalfDay half_day,
                                                             Revisions revisions) {
  ASSIGN_OR_RETURN(const bool known, office_.Read([&](const Ledger& ledger) {
    return ledger.FindClass(class_id).has_value();
  }));
  if (!known) {
    return Error{Code::kNotFound, "CLASS_UNKNOWN", fmt::format("没有班级{}", class_id.raw())};
  }
  std::vector<StoredRollCall> found;
  RETURN_IF_ERROR(office_.pool().WithSession([&](store::Session& session) -> Status {
    ASSIGN_OR_RETURN(found, FindRollCalls(session, class_id, half_day));
    return {};
  }));
  if (revisions == Revisions::kLatest && found.size() > 1) found.resize(1);
  return found;
}

base::Result<MissingList> Lookups::Missing(HalfDay half_day, const std::string& school) {
  MissingList list;
  std::set<ClassId> missing;
  ASSIGN_OR_RETURN(const Status status, office_.Read([&](const Ledger& ledger) -> Status {
    ASSIGN_OR_RETURN(const base::DateRange day, RangeWithin(ledger, half_day.day, half_day.day));
    std::optional<SchoolIndex> of_school;
    if (!school.empty()) {
      of_school = ledger.FindSchool(school);
      if (!of_school) {
        return Error{Code::kNotFound, "SCHOOL_UNKNOWN", fmt::format("没有学校{}", school)};
      }
    }
    if (day.empty()) return {};
    for (ClassIndex c = 0; c < ledger.class_count(); ++c) {
      if (of_school && ledger.SchoolOf(c) != *of_school) continue;
      if (IsExpected(ledger, c, half_day.day)) ++list.expected;
    }
    for (const ClassIndex c : MissingClasses(ledger, half_day, of_school)) {
      missing.insert(ledger.IdOfClass(c));
    }
    return {};
  }));
  RETURN_IF_ERROR(status);
  RETURN_IF_ERROR(office_.pool().WithSession([&](store::Session& session) -> Status {
    ASSIGN_OR_RETURN(auto rows, FindClasses(session, missing));
    list.classes.clear();
    for (auto& [id, row] : rows) list.classes.push_back(std::move(row));
    return {};
  }));
  list.due = office_.rules().DueOf(half_day);
  list.past_due = list.due <= office_.clock().Now();
  return list;
}

base::Result<CountySummary> Lookups::SumUp(base::Date from, base::Date to) {
  CountySummary summary;
  ASSIGN_OR_RETURN(summary.sums,
                   Flat(office_.Read([&](const Ledger& ledger) -> base::Result<Summary> {
                     ASSIGN_OR_RETURN(const base::DateRange days, RangeWithin(ledger, from, to));
                     return SummaryOf(ledger, office_.rules(), days, office_.clock().Now());
                   })));
  RETURN_IF_ERROR(office_.pool().WithSession([&](store::Session& session) -> Status {
    ASSIGN_OR_RETURN(summary.streaks, CountStreaks(session, {from, to + std::chrono::days{1}}));
    return {};
  }));
  return summary;
}

base::Result<NamedTrial> Lookups::TryThreshold(base::Date from, base::Date to,
                                               const Threshold& threshold) {
  ASSIGN_OR_RETURN(const ThresholdTrial trial,
                   Flat(office_.Read([&](const Ledger& ledger) -> base::Result<ThresholdTrial> {
                     ASSIGN_OR_RETURN(const base::DateRange days, RangeWithin(ledger, from, to));
                     const RuleBook& now = office_.rules();
                     return Compare(FindAll(ledger, now, days),
                                    FindAll(ledger, now.WithThreshold(threshold), days));
                   })));
  NamedTrial named{.now_found = trial.now_found};
  ASSIGN_OR_RETURN(named.found, Named(trial.found));
  ASSIGN_OR_RETURN(named.only_now, Named(trial.only_now));
  ASSIGN_OR_RETURN(named.only_then, Named(trial.only_then));
  return named;
}

base::Result<std::vector<ListedStreak>> Lookups::Named(const std::vector<FoundStreak>& found) {
  std::vector<ListedStreak> listed;
  std::set<StudentId> students;
  RETURN_IF_ERROR(office_.Read([&](const Ledger& ledger) {
    for (const FoundStreak& one : found) {
      ListedStreak streak;
      streak.known.student = ledger.IdOfStudent(one.student);
      streak.known.streak = one.streak;
      streak.known.state = StateOf(one.streak);
      const ClassIndex c = ledger.ClassOn(one.student, one.streak.reached.day);
      if (c != kNoClass) {
        streak.known.class_id = ledger.IdOfClass(c);
        streak.school_code = ledger.SchoolCode(ledger.SchoolOf(c));
      }
      students.insert(streak.known.student);
      listed.push_back(std::move(streak));
    }
    return true;
  }));
  std::map<StudentId, std::string> names;
  RETURN_IF_ERROR(office_.pool().WithSession([&](store::Session& session) -> Status {
    ASSIGN_OR_RETURN(names, StudentNames(session, students));
    return {};
  }));
  for (ListedStreak& streak : listed) streak.student_name = names[streak.known.student];
  return listed;
}

base::Result<std::vector<ListedStreak>> Lookups::Streaks(const StreakQuery& query) {
  std::vector<ListedStreak> listed;
  RETURN_IF_ERROR(office_.pool().WithSession([&](store::Session& session) -> Status {
    ASSIGN_OR_RETURN(listed, ListStreakRows(session, query));
    return {};
  }));
  return listed;
}

base::Result<std::vector<NamedChronic>> Lookups::Chronic(base::Date on, std::size_t limit) {
  std::vector<NamedChronic> listed;
  std::set<StudentId> students;
  const auto looked = Flat(office_.Read([&](const Ledger& ledger) -> base::Result<bool> {
    RETURN_IF_ERROR(RangeWithin(ledger, on, on));
    for (const ChronicStudent& one : ChronicOn(ledger, office_.rules(), on)) {
      if (listed.size() == limit) break;
      const ClassIndex c = ledger.ClassOn(one.student, on);
      listed.push_back({.student = ledger.IdOfStudent(one.student),
                        .class_id = c == kNoClass ? ClassId{} : ledger.IdOfClass(c),
                        .rate = one.rate});
      students.insert(listed.back().student);
    }
    return true;
  }));
  RETURN_IF_ERROR(looked);
  RETURN_IF_ERROR(office_.pool().WithSession([&](store::Session& session) -> Status {
    ASSIGN_OR_RETURN(auto names, StudentNames(session, students));
    for (NamedChronic& one : listed) one.name = names[one.student];
    return {};
  }));
  return listed;
}

base::Result<std::vector<StudentId>> Lookups::StudentsOf(ClassId class_id) {
  return Flat(office_.Read([&](const Ledger& ledger) -> base::Result<std::vector<StudentId>> {
    const std::optional<ClassIndex> c = ledger.FindClass(class_id);
    if (!c) {
      return Error{Code::kNotFound, "CLASS_UNKNOWN", fmt::format("没有班级{}", class_id.raw())};
    }
    std::vector<StudentId> students;
    const base::Date today = office_.clock().Today();
    for (const StudentIndex student : ledger.MembersOf(*c)) {
      if (ledger.ClassOn(student, today) == *c) students.push_back(ledger.IdOfStudent(student));
    }
    return students;
  }));
}

base::Result<std::vector<LeaveFile>> Lookups::Leaves(const LeaveQuery& query) {
  std::vector<LeaveFile> files;
  RETURN_IF_ERROR(office_.pool().WithSession([&](store::Session& session) -> Status {
    ASSIGN_OR_RETURN(files, ListLeaveRows(session, query));
    return {};
  }));
  return files;
}

}  // namespace attendance
