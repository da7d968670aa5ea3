#include "attendance/endpoints/replies.h"

#include <google/protobuf/util/time_util.h>

namespace attendance {

namespace {

void PutDate(base::Date day, baoxue::bus::v1::Date* out) {
  out->set_year(day.year());
  out->set_month(static_cast<int>(day.month()));
  out->set_day(static_cast<int>(day.day()));
}

void PutTime(base::UtcTime time, google::protobuf::Timestamp* out) {
  *out = google::protobuf::util::TimeUtil::MillisecondsToTimestamp(time.time_since_epoch().count());
}

void PutActor(const Actor& actor, baoxue::bus::v1::Actor* out) {
  out->set_person_id(actor.person_id);
  out->set_name(actor.name);
  out->set_role(actor.role);
  out->set_body(actor.body);
}

contract::HalfDay HalfToProto(Half half) {
  return half == Half::kMorning ? contract::HALF_DAY_MORNING : contract::HALF_DAY_AFTERNOON;
}

contract::Mark MarkToProto(Mark mark) { return static_cast<contract::Mark>(mark); }

const char* StateName(StreakState state) {
  switch (state) {
    case StreakState::kOpen:
      return "open";
    case StreakState::kReturned:
      return "returned";
    case StreakState::kWithdrawn:
      return "withdrawn";
    case StreakState::kEnded:
    case StreakState::kMerged:
      break;
  }
  return "ended";
}

void PutStreak(const ListedStreak& listed, contract::Streak* out) {
  const Streak& streak = listed.known.streak;
  out->set_student_id(listed.known.student.raw());
  out->set_class_id(listed.known.class_id.raw());
  out->set_school_code(listed.school_code);
  out->set_student_name(listed.student_name);
  PutDate(streak.first_day, out->mutable_first_day());
  PutDate(streak.reached.day, out->mutable_reached_on());
  out->set_reached_half(HalfToProto(streak.reached.half));
  PutDate(streak.last_day, out->mutable_last_day());
  out->set_days(streak.days);
  out->set_state(StateName(listed.known.state));
  if (streak.returned) PutDate(streak.returned->day, out->mutable_returned_on());
}

}  // namespace

contract::SubmitRollCallReply ToReply(const RollCallAnswer& answer) {
  contract::SubmitRollCallReply reply;
  reply.set_revision(answer.revision);
  reply.set_replaced(answer.replaced);
  reply.set_expected(answer.expected);
  reply.set_exceptions(answer.exceptions);
  return reply;
}

contract::GetRollCallReply ToReply(const std::vector<StoredRollCall>& roll_calls) {
  contract::GetRollCallReply reply;
  for (const StoredRollCall& stored : roll_calls) {
    contract::RollCall& out = *reply.add_roll_calls();
    out.set_class_id(stored.class_id.raw());
    PutDate(stored.half_day.day, out.mutable_day());
    out.set_half(HalfToProto(stored.half_day.half));
    out.set_revision(stored.revision);
    out.set_expected(stored.expected);
    for (const Exception& exception : stored.exceptions) {
      contract::Exception& one = *out.add_exceptions();
      one.set_student_id(exception.student.raw());
      one.set_mark(MarkToProto(exception.mark));
    }
    PutActor(stored.actor, out.mutable_actor());
    PutTime(stored.recorded_at, out.mutable_recorded_at());
    if (stored.taken_at) PutTime(*stored.taken_at, out.mutable_taken_at());
  }
  return reply;
}

contract::ListMissingReply ToReply(const MissingList& missing) {
  contract::ListMissingReply reply;
  for (const ClassRow& row : missing.classes) {
    contract::MissingClass& out = *reply.add_classes();
    out.set_class_id(row.id.raw());
    out.set_school_code(row.school_code);
    out.set_class_name(row.name);
    out.set_homeroom_teacher(row.homeroom_teacher);
  }
  PutTime(missing.due, reply.mutable_due());
  reply.set_past_due(missing.past_due);
  reply.set_expected(missing.expected);
  return reply;
}

contract::GetStudentAttendanceReply ToReply(const std::vector<MarkedHalfDay>& marks) {
  contract::GetStudentAttendanceReply reply;
  for (const MarkedHalfDay& marked : marks) {
    contract::HalfDayMark& out = *reply.add_marks();
    PutDate(marked.half_day.day, out.mutable_day());
    out.set_half(HalfToProto(marked.half_day.half));
    out.set_mark(MarkToProto(marked.record.mark));
    out.set_excused_by_leave(marked.record.on_leave && !marked.record.Present());
  }
  return reply;
}

contract::GetPresenceReply ToReply(const Presence& presence) {
  contract::GetPresenceReply reply;
  reply.set_present_days_in_row(presence.days_in_row);
  reply.set_school_days(presence.school_days);
  reply.set_present_days(presence.present_days);
  if (presence.present_days > 0) PutDate(presence.last_counted, reply.mutable_last_counted());
  return reply;
}

contract::Leave ToProto(const LeaveFile& file) {
  const Leave& leave = file.leave;
  contract::Leave out;
  out.set_leave_id(leave.id.raw());
  out.set_student_id(leave.student.raw());
  out.set_kind(leave.kind == LeaveKind::kSick ? contract::LEAVE_KIND_SICK
                                              : contract::LEAVE_KIND_PERSONAL);
  PutDate(leave.from.day, out.mutable_from());
  PutDate(leave.to.day, out.mutable_to());
  out.set_from_half(HalfToProto(leave.from.half));
  out.set_to_half(HalfToProto(leave.to.half));
  out.set_reason(leave.reason);
  for (const std::string& evidence : leave.evidence) out.add_evidence(evidence);
  out.set_state(std::string{LeaveStateName(leave.state)});
  PutActor(leave.requested_by, out.mutable_requested_by());
  if (file.steps.size() > 1) PutActor(leave.decided_by, out.mutable_decided_by());
  for (const LeaveStep& step : file.steps) {
    contract::LeaveStep& one = *out.add_history();
    one.set_state(std::string{LeaveStateName(step.state)});
    PutActor(step.actor, one.mutable_actor());
    PutTime(step.recorded_at, one.mutable_recorded_at());
    one.set_reason(step.reason);
  }
  return out;
}

contract::TryThresholdReply ToReply(const NamedTrial& trial) {
  contract::TryThresholdReply reply;
  for (const ListedStreak& streak : trial.found) PutStreak(streak, reply.add_found());
  reply.set_now_found(trial.now_found);
  for (const ListedStreak& streak : trial.only_now) PutStreak(streak, reply.add_only_now());
  for (const ListedStreak& streak : trial.only_then) PutStreak(streak, reply.add_only_then());
  return reply;
}

contract::ListStreaksReply ToReply(const std::vector<ListedStreak>& streaks) {
  contract::ListStreaksReply reply;
  for (const ListedStreak& streak : streaks) PutStreak(streak, reply.add_streaks());
  return reply;
}

contract::ListChronicReply ToReply(const std::vector<NamedChronic>& students) {
  contract::ListChronicReply reply;
  for (const NamedChronic& one : students) {
    contract::ChronicStudent& out = *reply.add_students();
    out.set_student_id(one.student.raw());
    out.set_class_id(one.class_id.raw());
    out.set_student_name(one.name);
    out.set_absent_half_days(one.rate.away_half_days);
    out.set_counted_half_days(one.rate.counted_half_days);
    out.set_rate_basis_points(one.rate.rate_basis_points);
  }
  return reply;
}

contract::AttendanceSummary ToReply(const CountySummary& summary) {
  contract::AttendanceSummary reply;
  const Summary& sums = summary.sums;
  const auto of = [&](Mark mark) { return sums.marks[static_cast<std::size_t>(mark)]; };
  reply.set_roll_calls_expected(sums.expected);
  reply.set_roll_calls_taken(sums.taken);
  reply.set_roll_calls_missing(sums.missing);
  reply.set_corrections(sums.corrections);
  reply.set_absences_without_leave(of(Mark::kAbsent));
  reply.set_sick_leave(of(Mark::kSickLeave));
  reply.set_personal_leave(of(Mark::kPersonalLeave));
  reply.set_late(of(Mark::kLate));
  reply.set_left_early(of(Mark::kLeftEarly));
  reply.set_unknown(of(Mark::kUnknown));
  reply.set_suspected(summary.streaks.suspected);
  reply.set_withdrawn(summary.streaks.withdrawn);
  reply.set_students_expected(sums.students_expected);
  return reply;
}

}  // namespace attendance
