#include "cli/rehearsal/rehearsal.h"

#include <fmt/format.h>

#include "attendance/contract/attendance.pb.h"
#include "cases/contract/cases.pb.h"
#include "cli/sample/truth.h"

namespace cli {
namespace {

namespace attendance = baoxue::attendance::v1;
namespace cases = baoxue::cases::v1;
using base::Code;
using base::Error;

// Minutes since midnight, or after the start of the half-day.
constexpr int kEarlyMinute = 7 * 60;
constexpr int kAfterStartMinutes = 10;
constexpr int kForenoonActsMinute = 10 * 60 + 30;
constexpr int kEveningMinute = 16 * 60 + 50;
constexpr int kEveningActsMinute = 17 * 60;
constexpr std::chrono::seconds kCallTimeout{60};

// 16 bytes that depend on the text alone (two FNV-1a hashes).
std::string KeyFrom(std::string_view text) {
  std::string key;
  for (std::uint64_t hash : {0xcbf29ce484222325ULL, 0x84222325cbf29ce4ULL}) {
    for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
    for (int i = 0; i < 8; ++i) key.push_back(static_cast<char>(hash >> (8 * i)));
  }
  return key;
}

bus::Actor TeacherOf(const SampleRollCall& call) {
  bus::Actor actor;
  actor.set_person_id(fmt::format("T{}{}", call.school.substr(4), call.class_no));
  actor.set_name("班主任");
  actor.set_role("homeroom_teacher");
  actor.set_body(call.school);
  return actor;
}

Error NotImported(const std::string& what) {
  return {Code::kNotFound, "NOT_IMPORTED",
          what + " 不在学籍中:请先导入同一个样本(baoxue import --sample 目录 --yes)"};
}

}  // namespace

bus::CallOptions Rehearsal::CallAs(bus::Actor actor, const std::string& key_text) {
  bus::CallOptions options = shell_.Call(kCallTimeout);
  options.actor = std::move(actor);
  options.idempotency_key = KeyFrom(key_text);
  return options;
}

base::Result<std::int64_t> Rehearsal::StudentOf(const std::string& school,
                                                const std::string& class_no,
                                                const std::string& seat) const {
  const std::int64_t student = seats_.StudentId(seats_.ClassId(school, class_no), seat);
  if (student == 0) return NotImported(fmt::format("学生 {}/{}/{}", school, class_no, seat));
  return student;
}

base::Status Rehearsal::MoveTo(base::Date day, int minute) {
  const base::UtcTime target = base::InstantAt(day, minute);
  if (target <= now_) return {};
  ASSIGN_OR_RETURN(const int stops, drive_.AdvanceTo(target));
  result_.deadlines += static_cast<std::uint64_t>(stops);
  now_ = target;
  return {};
}

base::Status Rehearsal::Submit(ManyCalls& calls, const SampleRollCall& call,
                               const std::string& salt) {
  attendance::SubmitRollCall request;
  const std::int64_t class_id = seats_.ClassId(call.school, call.class_no);
  if (class_id == 0) return NotImported(fmt::format("班级 {}/{}", call.school, call.class_no));
  request.set_class_id(class_id);
  *request.mutable_day() = ToProto(call.day);
  request.set_half(call.half);
  for (const SampleException& one : call.exceptions) {
    const std::int64_t student = seats_.StudentId(class_id, one.seat);
    if (student == 0) {
      return NotImported(fmt::format("学生 {}/{}/{}", call.school, call.class_no, one.seat));
    }
    attendance::Exception* exception = request.add_exceptions();
    exception->set_student_id(student);
    exception->set_mark(one.mark);
  }
  *request.mutable_taken_at() = ToProto(now_);
  ASSIGN_OR_RETURN(bus::Client * client, shell_.ClientOf("attendance"));
  const std::string key = fmt::format("{}/{}/{}/{}/{}", salt, class_id, call.day.ToString(),
                                      static_cast<int>(call.half), request.exceptions_size());
  if (!calls.Start(*client, request, CallAs(TeacherOf(call), key), [](const std::string&) {})) {
    return calls.Finish();
  }
  return {};
}

base::Status Rehearsal::SubmitHalf(const std::vector<SampleRollCall>& calls, HalfDay half) {
  ManyCalls under_way(options_.in_flight_max);
  for (const SampleRollCall& call : calls) {
    if (call.half != half) continue;
    RETURN_IF_ERROR(Submit(under_way, call, "first"));
    ++result_.roll_calls;
  }
  if (auto done = under_way.Finish(); !done.ok()) {
    return Shell::Explain("attendance", done.error());
  }
  return {};
}

base::Status Rehearsal::SubmitLeaves(base::Date day, bool early) {
  const auto found = term_.leaves.find(day);
  if (found == term_.leaves.end()) return {};
  for (const SampleLeave& leave : found->second) {
    if (leave.early != early) continue;
    attendance::SubmitLeave request;
    ASSIGN_OR_RETURN(const std::int64_t student,
                     StudentOf(leave.school, leave.class_no, leave.seat));
    request.set_student_id(student);
    request.set_kind(leave.sick ? attendance::LEAVE_KIND_SICK : attendance::LEAVE_KIND_PERSONAL);
    *request.mutable_from() = ToProto(leave.from);
    *request.mutable_to() = ToProto(leave.to);
    request.set_from_half(leave.from_half);
    request.set_to_half(leave.to_half);
    request.set_reason(leave.reason);
    const std::string key = fmt::format("leave/{}/{}", student, leave.from.ToString());
    bus::Actor teacher = TeacherOf({.school = leave.school, .class_no = leave.class_no});
    ASSIGN_OR_RETURN(const auto asked, (shell_.AskAs<attendance::LeaveReply>(
                                           "attendance", request, CallAs(teacher, key))));
    attendance::DecideLeave decide;
    decide.set_leave_id(asked.leave().leave_id());
    decide.set_approve(leave.approved);
    if (!leave.approved) decide.set_reason("情况不实");
    bus::Actor principal = teacher;
    principal.set_person_id("P" + leave.school.substr(4));
    principal.set_role("principal");
    const auto decided = shell_.AskAs<attendance::LeaveReply>("attendance", decide,
                                                              CallAs(principal, key + "/decide"));
    if (!decided.ok()) return decided.error();
    ++result_.leaves;
  }
  return {};
}

base::Status Rehearsal::ActOnce(const SampleAct& act) {
  cases::GetCase look;
  ASSIGN_OR_RETURN(const std::int64_t student, StudentOf(act.school, act.class_no, act.seat));
  look.set_student_id(student);
  const auto found = shell_.Ask<cases::CaseReply>("cases", look);
  if (!found.ok()) {
    if (ExitCodeFor(found.error()) != kRefused) return found.error();
    ++result_.refused[act.act.kind() + " " + found.error().reason];
    return {};
  }
  const cases::Case& now = found->case_();
  if (act.level != 0 && now.level() != act.level) return {};
  cases::DoAct request;
  request.set_case_id(now.case_id());
  *request.mutable_act() = act.act;
  const std::string key =
      fmt::format("act/{}/{}/{}/{}", now.case_id(), act.act.kind(), act.act.text(), now.version());
  const auto done = shell_.AskAs<cases::CaseReply>("cases", request, CallAs(act.actor, key));
  if (done.ok()) {
    ++result_.acts;
  } else if (ExitCodeFor(done.error()) == kRefused) {
    ++result_.refused[act.act.kind() + " " + done.error().reason];
  } else {
    return done.error();
  }
  return {};
}

base::Status Rehearsal::Act(base::Date day, bool early) {
  const auto found = term_.acts.find(day);
  if (found == term_.acts.end()) return {};
  // What the day's roll calls brought about must be there before people act on it.
  RETURN_IF_ERROR(MoveTo(day, early ? kForenoonActsMinute : kEveningActsMinute));
  RETURN_IF_ERROR(drive_.Settle());
  for (const SampleAct& act : found->second) {
    if (act.early == early) RETURN_IF_ERROR(ActOnce(act));
  }
  return {};
}

base::Status Rehearsal::PlayDay(const std::vector<SampleRollCall>& calls) {
  const base::Date day = calls.front().day;
  const int morning = times_.morning_start + kAfterStartMinutes;
  const int afternoon = times_.afternoon_start + kAfterStartMinutes;
  if (now_ < base::InstantAt(day, morning)) {
    if (term_.leaves.contains(day)) {
      RETURN_IF_ERROR(MoveTo(day, kEarlyMinute));
      RETURN_IF_ERROR(SubmitLeaves(day, true));
    }
    RETURN_IF_ERROR(MoveTo(day, morning));
    RETURN_IF_ERROR(SubmitHalf(calls, HalfDay::HALF_DAY_MORNING));
  }
  if (now_ < base::InstantAt(day, afternoon)) {
    RETURN_IF_ERROR(Act(day, true));
    RETURN_IF_ERROR(MoveTo(day, afternoon));
    RETURN_IF_ERROR(SubmitHalf(calls, HalfDay::HALF_DAY_AFTERNOON));
  }
  const bool evening = term_.later.contains(day) || term_.leaves.contains(day);
  if (evening && now_ < base::InstantAt(day, kEveningMinute)) {
    RETURN_IF_ERROR(MoveTo(day, kEveningMinute));
    RETURN_IF_ERROR(SubmitLeaves(day, false));
    int number = 0;
    for (const SampleRollCall& call : term_.later[day]) {
      // One after the other: two corrections of one half-day must stay in order.
      ManyCalls one(1);
      RETURN_IF_ERROR(Submit(one, call, fmt::format("later/{}/{}", day.ToString(), ++number)));
      RETURN_IF_ERROR(one.Finish());
      ++result_.later;
    }
  }
  RETURN_IF_ERROR(Act(day, false));
  ++result_.days;
  result_.last_day = day;
  return {};
}

base::Result<RehearsalResult> Rehearsal::Play() {
  ASSIGN_OR_RETURN(const sample::Truth truth, sample::ReadTruth(options_.folder + "/truth.json"));
  ASSIGN_OR_RETURN(const host::Suite* suite, shell_.suite());
  ASSIGN_OR_RETURN(const sample::CountyPlan plan,
                   sample::LoadPlan(suite->config_dir, truth.county, truth.first_day));
  times_ = plan.rule;
  base::Date last = truth.last_day;
  if (options_.weeks > 0) {
    last = std::min(last, truth.first_day + std::chrono::days{7 * options_.weeks - 1});
  }
  if (options_.until) last = std::min(last, *options_.until);
  ASSIGN_OR_RETURN(now_, drive_.Now());
  ASSIGN_OR_RETURN(seats_, Seats::Load(shell_));
  ASSIGN_OR_RETURN(term_, SampleTerm::Open(options_.folder));
  const auto total = static_cast<std::uint64_t>((last - truth.first_day).count() + 1);
  Progress progress("演练", total, shell_.quiet());
  for (;;) {
    ASSIGN_OR_RETURN(const auto calls, term_.NextDay());
    if (calls.empty() || calls.front().day > last) break;
    const base::Date day = calls.front().day;
    progress.Set(static_cast<std::uint64_t>((day - truth.first_day).count()), day.ToString());
    if (now_ < base::InstantAt(day, kEveningActsMinute)) RETURN_IF_ERROR(PlayDay(calls));
  }
  // The evening of the last day, so that its deadlines are seen too.
  RETURN_IF_ERROR(MoveTo(last, 21 * 60));
  RETURN_IF_ERROR(drive_.Settle());
  progress.Finish();
  return std::move(result_);
}

}  // namespace cli
