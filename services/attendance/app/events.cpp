#include "attendance/app/events.h"

#include <google/protobuf/util/time_util.h>

#include <map>
#include <set>

#include "attendance/contract/attendance.pb.h"
#include "attendance/store/roster_rows.h"
#include "attendance/store/streak_rows.h"
#include "store/event_log.h"

namespace attendance {

namespace v1 = baoxue::attendance::v1;
using base::Status;

namespace {

void PutDate(base::Date day, baoxue::bus::v1::Date* out) {
  out->set_year(day.year());
  out->set_month(static_cast<int>(day.month()));
  out->set_day(static_cast<int>(day.day()));
}

v1::HalfDay ToProto(Half half) {
  return half == Half::kMorning ? v1::HALF_DAY_MORNING : v1::HALF_DAY_AFTERNOON;
}

store::NewEvent Event(std::string type, std::string subject, base::UtcTime time,
                      const google::protobuf::Message& payload) {
  return {.type = std::move(type),
          .subject = std::move(subject),
          .time = time,
          .payload = payload.SerializeAsString(),
          .payload_type = payload.GetDescriptor()->full_name()};
}

std::string SubjectOf(StudentId student) { return "student/" + std::to_string(student.raw()); }

// Builds the events of one transaction.
class Teller {
 public:
  Teller(const Ledger& ledger, const RuleBook& rules, const Telling& telling,
         std::map<StudentId, std::string> names)
      : ledger_(ledger), rules_(rules), telling_(telling), names_(std::move(names)) {}

  store::NewEvent Tell(const StreakEvent& event) const {
    switch (event.news) {
      case StreakNews::kSuspected:
        return Suspected(event.streak);
      case StreakNews::kWithdrawn:
        return Withdrawn(event.streak);
      case StreakNews::kReturned:
        return Returned(event.streak);
      case StreakNews::kReturnWithdrawn:
        break;
    }
    return ReturnWithdrawn(event.streak);
  }

  store::NewEvent Tell(const NewChronic& chronic) const {
    v1::ChronicAbsence payload;
    payload.set_student_id(chronic.student.raw());
    payload.set_class_id(chronic.class_id.raw());
    payload.set_school_code(SchoolOf(chronic.class_id));
    payload.set_rate_basis_points(chronic.rate.rate_basis_points);
    payload.set_window_days(chronic.window_school_days);
    PutDate(chronic.rate.on, payload.mutable_on());
    return Event("attendance.absence.chronic", SubjectOf(chronic.student), telling_.now, payload);
  }

 private:
  store::NewEvent Suspected(const KnownStreak& known) const {
    const Streak& streak = known.streak;
    const Rule& rule = rules_.At(streak.reached.day);
    v1::AbsenceSuspected payload;
    payload.set_student_id(known.student.raw());
    payload.set_class_id(known.class_id.raw());
    payload.set_school_code(SchoolOf(known.class_id));
    if (const auto name = names_.find(known.student); name != names_.end()) {
      payload.set_student_name(name->second);
    }
    PutDate(streak.first_day, payload.mutable_first_day());
    PutDate(streak.reached.day, payload.mutable_reached_on());
    payload.set_reached_half(ToProto(streak.reached.half));
    payload.set_days(streak.days);
    payload.set_rule(ToChinese(rule.threshold) + ";" + rule.source);
    payload.set_streak_id(known.id.raw());
    return Event("attendance.absence.suspected", SubjectOf(known.student), telling_.now, payload);
  }

  store::NewEvent Withdrawn(const KnownStreak& known) const {
    v1::AbsenceWithdrawn payload;
    payload.set_student_id(known.student.raw());
    payload.set_streak_id(known.id.raw());
    payload.set_why(telling_.why);
    PutDate(known.streak.first_day, payload.mutable_first_day());
    return Event("attendance.absence.withdrawn", SubjectOf(known.student), telling_.now, payload);
  }

  store::NewEvent Returned(const KnownStreak& known) const {
    v1::StudentReturned payload;
    payload.set_student_id(known.student.raw());
    payload.set_streak_id(known.id.raw());
    PutDate(known.streak.returned->day, payload.mutable_day());
    payload.set_half(ToProto(known.streak.returned->half));
    payload.set_days_absent(known.streak.days);
    return Event("attendance.student.returned", SubjectOf(known.student), telling_.now, payload);
  }

  store::NewEvent ReturnWithdrawn(const KnownStreak& known) const {
    v1::ReturnWithdrawn payload;
    payload.set_student_id(known.student.raw());
    payload.set_streak_id(known.id.raw());
    payload.set_days_absent(known.streak.days);
    return Event("attendance.student.return_withdrawn", SubjectOf(known.student), telling_.now,
                 payload);
  }

  std::string SchoolOf(ClassId id) const {
    const std::optional<ClassIndex> c = ledger_.FindClass(id);
    return c ? ledger_.SchoolCode(ledger_.SchoolOf(*c)) : std::string{};
  }

  const Ledger& ledger_;
  const RuleBook& rules_;
  const Telling& telling_;
  const std::map<StudentId, std::string> names_;
};

}  // namespace

Status SaveEffects(store::Transaction& tx, const Ledger& ledger, const RuleBook& rules,
                   const Effects& effects, const Telling& telling) {
  RETURN_IF_ERROR(SaveStreaks(tx, effects.streaks, telling.why, telling.now));
  RETURN_IF_ERROR(SaveChronic(tx, effects.chronic, telling.now));
  if (effects.events.empty() && effects.chronic.empty()) return {};
  std::set<StudentId> named;
  for (const StreakEvent& event : effects.events) {
    if (event.news == StreakNews::kSuspected) named.insert(event.streak.student);
  }
  ASSIGN_OR_RETURN(auto names, StudentNames(tx, named));
  const Teller teller{ledger, rules, telling, std::move(names)};
  std::vector<store::NewEvent> events;
  for (const StreakEvent& event : effects.events) events.push_back(teller.Tell(event));
  for (const NewChronic& chronic : effects.chronic) events.push_back(teller.Tell(chronic));
  RETURN_IF_ERROR(store::AppendEvents(tx, kFeed, events));
  return {};
}

Status SaveMissing(store::Transaction& tx, HalfDay half_day, base::UtcTime due,
                   const std::vector<MissingAtSchool>& schools, base::UtcTime now) {
  std::vector<store::NewEvent> events;
  for (const MissingAtSchool& school : schools) {
    v1::RollCallMissing payload;
    payload.set_school_code(school.school_code);
    PutDate(half_day.day, payload.mutable_day());
    payload.set_half(ToProto(half_day.half));
    for (const ClassId id : school.classes) payload.add_class_ids(id.raw());
    *payload.mutable_due() =
        google::protobuf::util::TimeUtil::MillisecondsToTimestamp(due.time_since_epoch().count());
    events.push_back(
        Event("attendance.rollcall.missing", "school/" + school.school_code, now, payload));
  }
  if (events.empty()) return {};
  RETURN_IF_ERROR(store::AppendEvents(tx, kFeed, events));
  return {};
}

}  // namespace attendance
