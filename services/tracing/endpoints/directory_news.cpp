#include "tracing/endpoints/directory_news.h"

#include <chrono>

#include "host/log.h"
#include "tracing/domain/delivery.h"

namespace tracing {
namespace {

using base::Code;
using base::Error;

constexpr std::uint32_t kAtOnce = 200;
// More than the exchange gives one call.
constexpr std::chrono::seconds kWaitMax{10};

}  // namespace

// Shared with the calls under way, which may outlive the wait.
struct DirectoryNews::Answers {
  std::mutex mutex;
  std::map<std::string, base::Result<std::uint64_t>> by_division;
};

DirectoryNews::DirectoryNews(store::Pool& pool, const Office& office, const base::Clock& clock,
                             DirectoryDesk& desk, Exchange& exchange)
    : pool_(pool), office_(office), clock_(clock), desk_(desk), exchange_(exchange),
      rng_(static_cast<std::uint64_t>(clock.Now().time_since_epoch().count())) {}

Chore DirectoryNews::AsChore() {
  Chore chore;
  chore.name = "directory";
  chore.due = [this](store::Session& session, base::UtcTime now) -> base::Result<std::uint64_t> {
    ASSIGN_OR_RETURN(const std::uint64_t members,
                     CountToTell(session, desk_.own_file().serial, now));
    return members + (desk_.HasNews() ? 1 : 0);
  };
  // No deadline hangs on it: a rehearsal does not stop for a member that is silent.
  chore.next = [](store::Session&, base::UtcTime) -> base::Result<std::optional<base::UtcTime>> {
    return std::optional<base::UtcTime>{};
  };
  chore.run = [this] { return Run(); };
  return chore;
}

void DirectoryNews::Stop() {
  const std::lock_guard lock{mutex_};
  stopped_ = true;
  wake_.notify_all();
}

std::map<std::string, base::Result<std::uint64_t>> DirectoryNews::Offer(
    const v1::SignedDirectory& file, const std::vector<std::string>& divisions) {
  v1::OfferRecord offer;
  *offer.mutable_directory() = file;
  const auto answers = std::make_shared<Answers>();
  const std::string type{v1::OfferRecord::descriptor()->full_name()};
  const std::string body = offer.SerializeAsString();
  for (const std::string& code : divisions) {
    const auto division = Division::Parse(code);
    if (!division.ok()) continue;
    exchange_.Call(*division, type, body, [answers, code](const bus::Reply& reply) {
      base::Result<std::uint64_t> held =
          Error{Code::kDataCorruption, "BAD_REPLY", "OfferRecordReply"};
      v1::OfferRecordReply message;
      if (!reply.ok()) {
        held = reply.error();
      } else if (message.ParseFromString(*reply)) {
        held = message.serial();
      }
      const std::lock_guard lock{answers->mutex};
      answers->by_division.emplace(code, std::move(held));
    });
  }
  const auto all = [&] {
    const std::lock_guard lock{answers->mutex};
    return answers->by_division.size() >= divisions.size();
  };
  std::unique_lock lock{mutex_};
  constexpr std::chrono::milliseconds kLook{20};
  for (auto waited = std::chrono::milliseconds{0}; waited < kWaitMax && !stopped_ && !all();
       waited += kLook) {
    wake_.wait_for(lock, kLook);
  }
  const std::lock_guard answered{answers->mutex};
  return answers->by_division;
}

base::Result<std::uint64_t> DirectoryNews::Run() {
  std::uint64_t done = 0;
  ASSIGN_OR_RETURN(const bool applied, desk_.ApplyNews());
  if (applied) ++done;
  const OwnFile own = desk_.own_file();
  const base::UtcTime now = clock_.Now();
  std::vector<Told> members;
  RETURN_IF_ERROR(pool_.WithSession([&](store::Session& session) -> base::Status {
    ASSIGN_OR_RETURN(members, MembersToTell(session, own.serial, now, kAtOnce));
    return {};
  }));
  if (members.empty()) return done;
  std::vector<std::string> divisions;
  for (const Told& member : members) divisions.push_back(member.division);
  const auto answers = Offer(own.file, divisions);
  const auto keep = [&](store::Session& session) -> base::Status {
    for (const Told& member : members) {
      const auto answer = answers.find(member.division);
      const bool held =
          answer != answers.end() && answer->second.ok() && *answer->second >= own.serial;
      if (held) {
        RETURN_IF_ERROR(SaveTold(session, member.division, own.serial));
        ++done;
        continue;
      }
      // A newer file has made everybody due in the meantime.
      if (desk_.own_file().serial != own.serial) continue;
      const std::string why = answer == answers.end() ? "no answer"
                              : answer->second.ok()   ? "holds another file"
                                                      : answer->second.error().ToString();
      const auto later =
          now + Backoff(office_.PolicyAt(now).delivery, member.attempts + 1, rng_.Next());
      RETURN_IF_ERROR(
          PostponeTold(session, member.division, member.attempts + 1, later, why));
      host::LogWarnLimited("tracing.member_not_told", 60,
                           {{"peer", member.division}, {"error", why}});
    }
    return {};
  };
  RETURN_IF_ERROR(pool_.WithSession(keep));
  return done;
}

base::Result<std::size_t> DirectoryNews::Farewell(const v1::SignedDirectory& file,
                                                  const std::vector<std::string>& divisions) {
  std::size_t told = 0;
  for (const auto& [division, held] : Offer(file, divisions)) told += held.ok() ? 1u : 0u;
  return told;
}

}  // namespace tracing
