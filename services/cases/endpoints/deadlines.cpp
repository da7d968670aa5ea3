#include "cases/endpoints/deadlines.h"

#include <algorithm>
#include <charconv>

#include "attendance/contract/attendance.pb.h"
#include "cases/endpoints/mapping.h"

namespace cases {
namespace {

// More is found by the next look at the rows.
constexpr std::uint32_t kDueMax = 2000;
// A case that was left alone for long may owe several rounds (presence checks one by one).
constexpr int kRoundsMax = 20;
constexpr std::chrono::milliseconds kAttendanceTimeout{5000};

// Deadlines never go to the dead-letter stream: their row stays due until it is done.
constexpr int kAttemptsMax = 1'000'000;

}  // namespace

Deadlines::Deadlines(host::Host& host, CaseDesk& desk, HouseholdDesk& households)
    : host_(host),
      desk_(desk),
      households_(households),
      fired_(host.metrics().counter("baoxue_cases_deadlines_fired_total",
                                    "Runs of a case's deadlines that changed it")),
      presence_failures_(
          host.metrics().counter("baoxue_cases_presence_failures_total",
                                 "Watch checks for which attendance could not be asked")) {}

void Deadlines::Start() {
  jobs::WorkerOptions options;
  options.threads = 2;
  options.attempts_max = kAttemptsMax;
  (void)host_.AddWorkers(
      kDeadlineQueue, options, [this](const jobs::Job& job) { return Run(job); },
      [this] { return Due(); });
  host_.SetWorkPending([this]() -> base::Result<std::uint64_t> {
    ASSIGN_OR_RETURN(const std::uint64_t cases, desk_.CountDue());
    ASSIGN_OR_RETURN(const std::uint64_t households, households_.CountDue());
    return cases + households;
  });
  host_.SetNextDue([this]() -> base::Result<std::optional<base::UtcTime>> {
    ASSIGN_OR_RETURN(const auto one, desk_.NextDue());
    ASSIGN_OR_RETURN(const auto other, households_.NextDue());
    if (!one || !other) return one ? one : other;
    return std::optional{std::min(*one, *other)};
  });
}

base::Result<std::vector<jobs::Job>> Deadlines::Due() {
  ASSIGN_OR_RETURN(const std::vector<CaseId> due, desk_.Due(kDueMax));
  std::vector<jobs::Job> jobs;
  jobs.reserve(due.size());
  for (const CaseId id : due) {
    jobs.push_back({.kind = kDeadlineJob, .id = std::to_string(id.raw()), .attempts = 0});
  }
  ASSIGN_OR_RETURN(const std::vector<HouseholdId> households, households_.Due(kDueMax));
  for (const HouseholdId id : households) {
    jobs.push_back({.kind = kHouseholdJob, .id = std::to_string(id.raw()), .attempts = 0});
  }
  return jobs;
}

base::Status Deadlines::Run(const jobs::Job& job) {
  std::int64_t raw = 0;
  const char* end = job.id.data() + job.id.size();
  const auto parsed = std::from_chars(job.id.data(), end, raw);
  if (parsed.ec != std::errc{} || parsed.ptr != end) return {};
  if (job.kind == kHouseholdJob) return RunHousehold(HouseholdId{raw});
  return job.kind == kDeadlineJob ? RunCase(CaseId{raw}) : base::Status{};
}

base::Status Deadlines::RunHousehold(HouseholdId id) {
  const base::Result<bool> changed = households_.RunDeadline(id);
  if (!changed.ok()) return changed.error();
  if (*changed) {
    fired_.Add();
    host_.NotifyFeed();
  }
  return {};
}

base::Status Deadlines::RunCase(CaseId id) {
  for (int round = 0; round < kRoundsMax; ++round) {
    base::Result<std::optional<Presence>> presence = AskPresence(id);
    if (!presence.ok() && presence.error().reason == "NO_CASE") return {};
    // Without attendance's answer everything else that is due still happens.
    const base::Result<bool> changed =
        desk_.RunDeadlines(id, presence.ok() ? *presence : std::nullopt);
    if (!changed.ok()) return changed.error();
    if (*changed) {
      fired_.Add();
      host_.NotifyFeed();
    }
    if (!presence.ok()) {
      presence_failures_.Add();
      return presence.error();
    }
    if (!*changed) return {};
  }
  return {};
}

base::Result<std::optional<Presence>> Deadlines::AskPresence(CaseId id) {
  namespace attendance = baoxue::attendance::v1;
  ASSIGN_OR_RETURN(const std::optional<PresenceQuestion> question, desk_.PresenceToAsk(id));
  if (!question) return std::optional<Presence>{};
  Presence presence;
  presence.since = question->since;
  // A child that attendance does not know of has not been present.
  if (!question->student) return std::optional<Presence>{presence};
  attendance::GetPresence ask;
  ask.set_student_id(question->student.raw());
  PutDate(question->since, ask.mutable_since());
  bus::CallOptions options;
  options.timeout = kAttendanceTimeout;
  const auto reply = host_.client("attendance").Ask<attendance::GetPresenceReply>(ask, options);
  if (!reply.ok()) {
    if (reply.error().code == base::Code::kNotFound) return std::optional<Presence>{presence};
    return reply.error();
  }
  presence.present_days_in_row = reply->present_days_in_row();
  presence.present_days = reply->present_days();
  presence.school_days = reply->school_days();
  return std::optional<Presence>{presence};
}

}  // namespace cases
