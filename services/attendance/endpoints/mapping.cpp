#include "attendance/endpoints/mapping.h"

#include <google/protobuf/util/time_util.h>

#include <algorithm>

namespace attendance {

namespace v1 = baoxue::attendance::v1;
using base::Code;
using base::Error;

namespace {

constexpr std::size_t kActorCharactersMax = 64;
constexpr std::size_t kTextCharactersMax = 500;
constexpr int kEvidenceMax = 20;
constexpr std::uint32_t kListMax = 10000;
// What DATETIME holds without surprises.
constexpr std::int64_t kSecondsMin = 0;
constexpr std::int64_t kSecondsMax = 4102444799;  // 2099-12-31

// Characters of UTF-8 text, which protobuf has checked.
std::size_t Characters(const std::string& text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0u) != 0x80u;
  }));
}

Error Bad(const char* reason, std::string detail) {
  return {Code::kInvalidArgument, reason, std::move(detail)};
}

}  // namespace

base::Result<base::Date> ToDate(const baoxue::bus::v1::Date& date) {
  if (date.year() >= 1990 && date.year() <= 2100 && date.month() >= 1 && date.day() >= 1) {
    const auto day = base::Date::FromYmd(date.year(), static_cast<unsigned>(date.month()),
                                         static_cast<unsigned>(date.day()));
    if (day) return *day;
  }
  return Bad("BAD_DATE", "日期不存在");
}

base::Result<Half> ToHalf(v1::HalfDay half) {
  if (half == v1::HALF_DAY_MORNING) return Half::kMorning;
  if (half == v1::HALF_DAY_AFTERNOON) return Half::kAfternoon;
  return Bad("BAD_HALF_DAY", "请写明上午还是下午");
}

base::Result<Actor> ToActor(const bus::Envelope& envelope) {
  const bus::Actor& from = envelope.actor();
  if (from.person_id().empty() || from.role().empty()) {
    return Bad("ACTOR_MISSING", "请写明办理人和身份");
  }
  for (const std::string* text : {&from.person_id(), &from.name(), &from.role(), &from.body()}) {
    if (text->size() > kActorCharactersMax && Characters(*text) > kActorCharactersMax) {
      return Bad("ACTOR_TOO_LONG", "办理人的各项信息不超过64字");
    }
  }
  return Actor{from.person_id(), from.name(), from.role(), from.body()};
}

base::Status CheckKey(const bus::Envelope& envelope) {
  if (envelope.idempotency_key().size() == kKeyBytes) return {};
  return Bad("KEY_MISSING", "a write needs an idempotency key of 16 bytes");
}

std::optional<base::UtcTime> ToTime(const google::protobuf::Timestamp& time) {
  if (time.seconds() <= kSecondsMin || time.seconds() > kSecondsMax || time.nanos() < 0 ||
      time.nanos() > 999999999) {
    return std::nullopt;
  }
  return base::UtcTime{std::chrono::seconds{time.seconds()} +
                       std::chrono::milliseconds{time.nanos() / 1000000}};
}

base::Result<Submission> ToSubmission(const v1::SubmitRollCall& request,
                                      const bus::Envelope& envelope) {
  RETURN_IF_ERROR(CheckKey(envelope));
  Submission submission{.key = envelope.idempotency_key()};
  ASSIGN_OR_RETURN(submission.actor, ToActor(envelope));
  RollCallCommand& command = submission.command;
  command.class_id = ClassId{request.class_id()};
  ASSIGN_OR_RETURN(command.half_day.day, ToDate(request.day()));
  ASSIGN_OR_RETURN(command.half_day.half, ToHalf(request.half()));
  command.key_tag = KeyTag(submission.key);
  command.marks.reserve(static_cast<std::size_t>(request.exceptions_size()));
  for (const v1::Exception& exception : request.exceptions()) {
    command.marks.push_back({StudentId{exception.student_id()}, exception.mark()});
  }
  if (request.has_taken_at()) submission.taken_at = ToTime(request.taken_at());
  return submission;
}

base::Status CheckText(const std::string& text) {
  if (Characters(text) <= kTextCharactersMax) return {};
  return Bad("TEXT_TOO_LONG", "文字不超过500字");
}

base::Result<Leave> ToLeave(const v1::SubmitLeave& request) {
  Leave leave{.student = StudentId{request.student_id()},
              .kind = static_cast<LeaveKind>(request.kind()),
              .reason = request.reason()};
  ASSIGN_OR_RETURN(leave.from.day, ToDate(request.from()));
  ASSIGN_OR_RETURN(leave.to.day, ToDate(request.to()));
  leave.from.half = Half::kMorning;
  leave.to.half = Half::kAfternoon;
  if (request.from_half() != v1::HALF_DAY_UNSPECIFIED) {
    ASSIGN_OR_RETURN(leave.from.half, ToHalf(request.from_half()));
  }
  if (request.to_half() != v1::HALF_DAY_UNSPECIFIED) {
    ASSIGN_OR_RETURN(leave.to.half, ToHalf(request.to_half()));
  }
  RETURN_IF_ERROR(CheckText(leave.reason));
  if (request.evidence_size() > kEvidenceMax) return Bad("TEXT_TOO_LONG", "证明材料不超过20项");
  for (const std::string& evidence : request.evidence()) {
    RETURN_IF_ERROR(CheckText(evidence));
    leave.evidence.push_back(evidence);
  }
  return leave;
}

base::Result<Threshold> ToThreshold(const v1::TryThreshold& request) {
  Threshold threshold;
  threshold.days = request.days();
  if (threshold.days < 1 || threshold.days > 60) return Bad("BAD_THRESHOLD", "天数须为1至60");
  if (request.op() == ">") {
    threshold.comparison = Comparison::kMoreThan;
  } else if (request.op() != ">=" && !request.op().empty()) {
    return Bad("BAD_THRESHOLD", "比较符须为 >= 或 >");
  }
  if (request.counting() == "all_half_days") {
    threshold.counting = Counting::kAllHalfDays;
  } else if (request.counting() != "any_half_day" && !request.counting().empty()) {
    return Bad("BAD_THRESHOLD", "计法须为 any_half_day 或 all_half_days");
  }
  return threshold;
}

base::Result<StreakQuery> ToStreakQuery(const v1::ListStreaks& request) {
  StreakQuery query{.school_code = request.school_code(),
                    .limit = request.limit() == 0 ? kListMax : std::min(request.limit(), kListMax)};
  if (request.state().empty()) {
    query.states = {StreakState::kOpen, StreakState::kEnded};
  } else if (request.state() == "open") {
    query.states = {StreakState::kOpen};
  } else if (request.state() == "ended") {
    query.states = {StreakState::kEnded};
  } else if (request.state() == "returned") {
    query.states = {StreakState::kReturned};
  } else if (request.state() == "withdrawn") {
    query.states = {StreakState::kWithdrawn};
  } else {
    return Bad("BAD_STATE", "状态须为 open、ended、returned 或 withdrawn");
  }
  return query;
}

}  // namespace attendance
