#include "cli/rehearsal/clock_drive.h"

#include <fmt/format.h>
#include <signal.h>
#include <sys/types.h>

#include <algorithm>
#include <fstream>
#include <future>

#include "cli/shell/values.h"

namespace cli {
namespace {

namespace wire = baoxue::bus::v1;
using base::Code;
using base::Error;

constexpr std::chrono::seconds kCallTimeout{60};
constexpr std::chrono::minutes kSettleTimeout{5};
constexpr std::chrono::milliseconds kPoll{2};

// Who is not done yet, for people; empty when all are.
std::string Behind(const std::vector<std::string>& services,
                   const std::vector<wire::GetProgressReply>& all) {
  std::string behind;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (all[i].work_pending() > 0) {
      behind +=
          fmt::format("{} 还有 {} 项到期未办；", services[i], all[i].work_pending());
    }
    for (const wire::FeedProgress& feed : all[i].following()) {
      for (std::size_t k = 0; k < all.size(); ++k) {
        if (feed.feed() == services[k] && feed.position() < all[k].feed_head()) {
          behind += fmt::format("{} 跟到 {}，共 {}（{}）；", services[i],
                                feed.position(), all[k].feed_head(), feed.feed());
        }
      }
    }
  }
  return behind;
}

// The file that a service writes when it is ready names its process.
bool RunsHere(const host::Suite& suite, const std::string& service) {
  std::ifstream file(suite.data_dir + "/run/" + service + ".ready");
  pid_t pid = 0;
  return static_cast<bool>(file >> pid) && pid > 0 && ::kill(pid, 0) == 0;
}

}  // namespace

const std::vector<std::string>& ClockDrive::Services() {
  if (!services_.empty()) return services_;
  services_ = {"registry", "attendance", "cases"};
  const auto suite = shell_.suite();
  for (const char* other : {"tracing", "subsidy"}) {
    if (suite.ok() && (*suite)->services.contains(other) && RunsHere(**suite, other)) {
      services_.emplace_back(other);
    }
  }
  return services_;
}

base::Result<base::UtcTime> ClockDrive::Now() {
  base::UtcTime latest{};
  for (const std::string& service : Services()) {
    ASSIGN_OR_RETURN(const auto reply, (shell_.Ask<wire::DoctorReply>(service, wire::Doctor{})));
    if (!reply.rehearsal()) {
      return Error{Code::kFailedPrecondition, "NOT_A_REHEARSAL",
                   "这是正式部署，只有演练的时间可以推进"};
    }
    latest = std::max(latest, FromProto(reply.now()));
  }
  return latest;
}

base::Result<ClockDrive::Progress> ClockDrive::Look() {
  const std::vector<std::string>& services = Services();
  Progress all(services.size());
  std::vector<bus::Client*> clients;
  for (const std::string& service : services) {
    ASSIGN_OR_RETURN(bus::Client * client, shell_.ClientOf(service));
    clients.push_back(client);
  }
  const wire::GetProgress request;
  std::vector<std::promise<bus::Reply>> promises(services.size());
  for (std::size_t i = 0; i < services.size(); ++i) {
    clients[i]->CallAsync(
        request.GetTypeName(), request.SerializeAsString(), shell_.Call(kCallTimeout),
        [&promise = promises[i]](bus::Reply reply) { promise.set_value(std::move(reply)); });
  }
  std::optional<Error> failed;
  for (std::size_t i = 0; i < services.size(); ++i) {
    const bus::Reply reply = promises[i].get_future().get();
    if (!reply.ok()) {
      failed = Shell::Explain(services[i], reply.error());
    } else if (!all[i].ParseFromString(*reply)) {
      failed = Error{Code::kDataCorruption, "BAD_REPLY", "GetProgressReply"};
    }
  }
  if (failed) return *failed;
  return all;
}

base::Status ClockDrive::SetAll(base::UtcTime instant) {
  wire::SetClock request;
  *request.mutable_now() = ToProto(instant);
  for (const std::string& service : Services()) {
    const auto reply =
        shell_.AskAs<wire::SetClockReply>(service, request, shell_.Call(kCallTimeout));
    if (!reply.ok()) return reply.error();
  }
  return {};
}

base::Result<std::optional<base::UtcTime>> ClockDrive::SettleAndNextDue(base::UtcTime now) {
  const base::SteadyTime give_up = shell_.clock().Steady() + kSettleTimeout;
  int quiet = 0;
  for (;;) {
    ASSIGN_OR_RETURN(const Progress all, Look());
    const std::string behind = Behind(Services(), all);
    quiet = behind.empty() ? quiet + 1 : 0;
    if (quiet == 2) {
      std::optional<base::UtcTime> next;
      for (const auto& one : all) {
        if (!one.has_next_due()) continue;
        const base::UtcTime due = FromProto(one.next_due());
        if (due > now && (!next || due < *next)) next = due;
      }
      return next;
    }
    if (shell_.clock().Steady() > give_up) {
      return Error{Code::kDeadlineExceeded, "NOT_SETTLED", behind};
    }
    shell_.Pause(kPoll);
  }
}

base::Status ClockDrive::Settle() {
  const auto next = SettleAndNextDue(base::UtcTime::max());
  if (!next.ok()) return next.error();
  return {};
}

base::Result<int> ClockDrive::AdvanceTo(base::UtcTime target) { return AdvanceAll({this}, target); }

base::Result<int> ClockDrive::AdvanceAll(const std::vector<ClockDrive*>& drives,
                                         base::UtcTime target) {
  std::vector<base::UtcTime> now;
  for (ClockDrive* drive : drives) {
    ASSIGN_OR_RETURN(now.emplace_back(), drive->Now());
    if (target >= now.back()) continue;
    return Error{Code::kFailedPrecondition, "CLOCK_BACKWARD",
                 fmt::format("现在已是 {}，时间不能倒退", base::ToLocal(now.back()))};
  }
  int stops = 0;
  for (;;) {
    base::UtcTime stop = target;
    for (std::size_t round = 0; round < std::min<std::size_t>(drives.size(), 2); ++round) {
      for (std::size_t i = 0; i < drives.size(); ++i) {
        ASSIGN_OR_RETURN(const auto next, drives[i]->SettleAndNextDue(now[i]));
        if (next) stop = std::min(stop, *next);
      }
    }
    if (std::ranges::all_of(now, [&](base::UtcTime one) { return one == target; })) return stops;
    stops += stop < target ? 1 : 0;
    for (std::size_t i = 0; i < drives.size(); ++i) {
      if (now[i] >= stop) continue;
      RETURN_IF_ERROR(drives[i]->SetAll(stop));
      now[i] = stop;
    }
  }
}

}  // namespace cli
