#include "attendance/endpoints/handlers.h"

#include <algorithm>

#include "attendance/endpoints/mapping.h"

namespace attendance {

using base::Code;
using base::Error;

namespace {

constexpr std::uint32_t kListMax = 10000;

std::uint32_t LimitOf(std::uint32_t asked) {
  return asked == 0 ? kListMax : std::min(asked, kListMax);
}

const char* KindName(base::DayKind kind) {
  switch (kind) {
    case base::DayKind::kSchoolDay:
      return "school_day";
    case base::DayKind::kWeekend:
      return "weekend";
    case base::DayKind::kHoliday:
      return "holiday";
    case base::DayKind::kOutsideTerm:
      return "outside_term";
    case base::DayKind::kSchoolOff:
      break;
  }
  return "school_off";
}

// Who writes, under which key, and how the answer is kept.
base::Result<LeaveCall> ToCall(const bus::Request& request) {
  RETURN_IF_ERROR(CheckKey(request.envelope));
  LeaveCall call{.key = request.envelope.idempotency_key(),
                 .request_type = request.envelope.type(),
                 .encode = [](const LeaveFile& file) {
                   contract::LeaveReply reply;
                   *reply.mutable_leave() = ToProto(file);
                   return reply.SerializeAsString();
                 }};
  ASSIGN_OR_RETURN(call.actor, ToActor(request.envelope));
  return call;
}

}  // namespace

void Handlers::Attach(bus::Server& server) {
  const auto on = [&]<class Request, class Reply>(std::type_identity<Request>,
                                                  std::type_identity<Reply>) {
    server.On<Request, Reply>(
        [this](const bus::Request&, const Request& request) { return Get(request); });
  };
  const auto answer = [&]<class Request>(std::type_identity<Request> request) {
    using Result = decltype(Get(std::declval<const Request&>()));
    using Reply = std::remove_cvref_t<decltype(std::declval<Result&>().value())>;
    on(request, std::type_identity<Reply>{});
  };
  answer(std::type_identity<contract::GetRollCall>{});
  answer(std::type_identity<contract::ListMissing>{});
  answer(std::type_identity<contract::GetStudentAttendance>{});
  answer(std::type_identity<contract::GetPresence>{});
  answer(std::type_identity<contract::TryThreshold>{});
  answer(std::type_identity<contract::ListStreaks>{});
  answer(std::type_identity<contract::ListChronic>{});
  answer(std::type_identity<contract::GetAttendanceSummary>{});
  answer(std::type_identity<contract::GetDay>{});
  answer(std::type_identity<contract::ListLeaves>{});
  AttachLeaves(server);
}

void Handlers::AttachLeaves(bus::Server& server) {
  const auto write = [&]<class Message>(std::type_identity<Message>) {
    server.Handle(std::string{Message::descriptor()->full_name()},
                  [this](const bus::Request& request) -> bus::Reply {
                    Message message;
                    if (!message.ParseFromString(request.body)) {
                      return Error{Code::kInvalidArgument, "BAD_BODY",
                                   "the body is not a " + Message::descriptor()->full_name()};
                    }
                    return Write(request, message);
                  });
  };
  write(std::type_identity<contract::SubmitLeave>{});
  write(std::type_identity<contract::DecideLeave>{});
  write(std::type_identity<contract::CancelLeave>{});
}

base::Result<contract::GetRollCallReply> Handlers::Get(const contract::GetRollCall& request) {
  ASSIGN_OR_RETURN(const base::Date day, ToDate(request.day()));
  ASSIGN_OR_RETURN(const Half half, ToHalf(request.half()));
  ASSIGN_OR_RETURN(
      const auto found,
      lookups_.RollCalls(ClassId{request.class_id()}, {day, half},
                         request.all_revisions() ? Revisions::kAll : Revisions::kLatest));
  return ToReply(found);
}

base::Result<contract::ListMissingReply> Handlers::Get(const contract::ListMissing& request) {
  ASSIGN_OR_RETURN(const base::Date day, ToDate(request.day()));
  ASSIGN_OR_RETURN(const Half half, ToHalf(request.half()));
  ASSIGN_OR_RETURN(const MissingList missing, lookups_.Missing({day, half}, request.school_code()));
  return ToReply(missing);
}

base::Result<contract::GetStudentAttendanceReply> Handlers::Get(
    const contract::GetStudentAttendance& request) {
  ASSIGN_OR_RETURN(const base::Date from, ToDate(request.from()));
  ASSIGN_OR_RETURN(const base::Date to, ToDate(request.to()));
  ASSIGN_OR_RETURN(const auto marks, histories_.MarksOf(StudentId{request.student_id()}, from, to));
  return ToReply(marks);
}

base::Result<contract::GetPresenceReply> Handlers::Get(const contract::GetPresence& request) {
  ASSIGN_OR_RETURN(const base::Date since, ToDate(request.since()));
  ASSIGN_OR_RETURN(const Presence presence,
                   histories_.PresenceSince(StudentId{request.student_id()}, since));
  return ToReply(presence);
}

base::Result<contract::TryThresholdReply> Handlers::Get(const contract::TryThreshold& request) {
  ASSIGN_OR_RETURN(const base::Date from, ToDate(request.from()));
  ASSIGN_OR_RETURN(const base::Date to, ToDate(request.to()));
  ASSIGN_OR_RETURN(const Threshold threshold, ToThreshold(request));
  ASSIGN_OR_RETURN(const NamedTrial trial, lookups_.TryThreshold(from, to, threshold));
  return ToReply(trial);
}

base::Result<contract::ListStreaksReply> Handlers::Get(const contract::ListStreaks& request) {
  ASSIGN_OR_RETURN(const StreakQuery query, ToStreakQuery(request));
  ASSIGN_OR_RETURN(const auto streaks, lookups_.Streaks(query));
  return ToReply(streaks);
}

base::Result<contract::ListChronicReply> Handlers::Get(const contract::ListChronic& request) {
  base::Date on = office_.clock().Today();
  if (request.has_on()) {
    ASSIGN_OR_RETURN(on, ToDate(request.on()));
  }
  ASSIGN_OR_RETURN(const auto students, lookups_.Chronic(on, LimitOf(request.limit())));
  return ToReply(students);
}

base::Result<contract::AttendanceSummary> Handlers::Get(
    const contract::GetAttendanceSummary& request) {
  ASSIGN_OR_RETURN(const base::Date from, ToDate(request.from()));
  ASSIGN_OR_RETURN(const base::Date to, ToDate(request.to()));
  ASSIGN_OR_RETURN(const CountySummary summary, lookups_.SumUp(from, to));
  return ToReply(summary);
}

base::Result<contract::GetDayReply> Handlers::Get(const contract::GetDay& request) {
  ASSIGN_OR_RETURN(const base::Date day, ToDate(request.day()));
  const base::Calendar& calendar = lookups_.CalendarOf(request.school_code());
  contract::GetDayReply reply;
  reply.set_school_day(calendar.IsSchoolDay(day));
  reply.set_kind(KindName(calendar.KindOf(day)));
  if (const base::Term* term = calendar.TermOf(day)) reply.set_term(term->name);
  return reply;
}

base::Result<contract::ListLeavesReply> Handlers::Get(const contract::ListLeaves& request) {
  LeaveQuery query{.student = StudentId{request.student_id()}, .limit = kListMax};
  if (!request.state().empty()) {
    query.state = LeaveStateFromName(request.state());
    if (!query.state) {
      return Error{Code::kInvalidArgument, "BAD_STATE",
                   "状态须为 requested、approved、refused 或 cancelled"};
    }
  }
  contract::ListLeavesReply reply;
  if (request.class_id() != 0) {
    ASSIGN_OR_RETURN(query.any_of, lookups_.StudentsOf(ClassId{request.class_id()}));
    if (query.any_of.empty()) return reply;
  }
  ASSIGN_OR_RETURN(const auto files, lookups_.Leaves(query));
  for (const LeaveFile& file : files) *reply.add_leaves() = ToProto(file);
  return reply;
}

bus::Reply Handlers::Write(const bus::Request& request, const contract::SubmitLeave& message) {
  ASSIGN_OR_RETURN(const LeaveCall call, ToCall(request));
  ASSIGN_OR_RETURN(const Leave leave, ToLeave(message));
  return leaves_.Submit(leave, call);
}

bus::Reply Handlers::Write(const bus::Request& request, const contract::DecideLeave& message) {
  ASSIGN_OR_RETURN(const LeaveCall call, ToCall(request));
  RETURN_IF_ERROR(CheckText(message.reason()));
  return leaves_.Decide(LeaveId{message.leave_id()},
                        message.approve() ? Verdict::kApprove : Verdict::kRefuse, message.reason(),
                        call);
}

bus::Reply Handlers::Write(const bus::Request& request, const contract::CancelLeave& message) {
  ASSIGN_OR_RETURN(const LeaveCall call, ToCall(request));
  RETURN_IF_ERROR(CheckText(message.reason()));
  return leaves_.Cancel(LeaveId{message.leave_id()}, message.reason(), call);
}

}  // namespace attendance
