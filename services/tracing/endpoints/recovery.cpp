#include "tracing/endpoints/recovery.h"

#include <algorithm>
#include <filesystem>
#include <future>
#include <thread>

#include "host/log.h"
#include "tracing/endpoints/mapping.h"

namespace tracing {
namespace {

using base::Code;
using base::Error;

constexpr std::uint32_t kMembersAtOnce = 16;
constexpr std::chrono::seconds kPatience{7};      // one question; the exchange gives up before
constexpr std::chrono::seconds kAgainFirst{5};
constexpr std::chrono::seconds kAgainLongest{600};
constexpr int kDoublingsMax = 8;
constexpr int kRoundsAtOnce = 4;
constexpr int kPagesMax = 10'000;

// One question to another county, waited for.
template <class Rep, class Req>
base::Result<Rep> Ask(Exchange& exchange, Division peer, const Req& request) {
  auto answer = std::make_shared<std::promise<bus::Reply>>();
  std::future<bus::Reply> future = answer->get_future();
  exchange.Call(peer, std::string{Req::descriptor()->full_name()}, request.SerializeAsString(),
                [answer](bus::Reply reply) { answer->set_value(std::move(reply)); });
  if (future.wait_for(kPatience) != std::future_status::ready) {
    return Error{Code::kDeadlineExceeded, "NO_REPLY", peer.ToString()};
  }
  const bus::Reply reply = future.get();
  if (!reply.ok()) return reply.error();
  Rep message;
  if (!message.ParseFromString(*reply)) {
    return Error{Code::kDataCorruption, "BAD_REPLY", Rep::descriptor()->name()};
  }
  return message;
}

Once OnceOf(const bus::Request& request) {
  return {.key = request.envelope.idempotency_key(), .request_type = request.envelope.type()};
}

}  // namespace

RecoveryRoom::RecoveryRoom(host::Host& host, LetterDesk& desk, Exchange& exchange, Guard& guard,
                           Take take)
    : host_(host), desk_(desk), restore_(desk, host.clock()), exchange_(exchange), guard_(guard),
      take_(std::move(take)) {}

base::Status RecoveryRoom::Register() {
  RETURN_IF_ERROR(desk_.pool().WithSession(
      [this](store::Session& session) { return desk_.recovery().Load(session); }));
  exchange_.On<v1::GetHeads, v1::GetHeadsReply>(
      "", [this](const v1::GetHeads& ask, Division from) -> base::Result<v1::GetHeadsReply> {
        RETURN_IF_ERROR(Allowed(from, ask.ByteSizeLong()));
        return restore_.Heads(ask, from);
      });
  exchange_.On<v1::ReturnItems, v1::ReturnItemsReply>(
      "", [this](const v1::ReturnItems& ask, Division from) -> base::Result<v1::ReturnItemsReply> {
        RETURN_IF_ERROR(Allowed(from, ask.ByteSizeLong()));
        return restore_.Copies(ask, from);
      });
  host_.server().On<v1::AnnounceRestore, v1::AnnounceRestoreReply>(
      [this](const bus::Request& request,
             const v1::AnnounceRestore&) -> base::Result<v1::AnnounceRestoreReply> {
        ASSIGN_OR_RETURN(const auto actor, ActorFrom(request.envelope));
        ASSIGN_OR_RETURN(const auto reply, restore_.Announce(actor.person_id(), OnceOf(request)));
        host::LogWarn("tracing.restore_announced", {{"epoch", std::to_string(reply.epoch())}});
        return reply;
      });
  host_.server().On<v1::ConfirmNumbers, v1::ConfirmNumbersReply>(
      [this](const bus::Request& request,
             const v1::ConfirmNumbers& message) -> base::Result<v1::ConfirmNumbersReply> {
        ASSIGN_OR_RETURN(const auto actor, ActorFrom(request.envelope));
        return restore_.ConfirmNumbers(message, OnceOf(request));
      });
  host_.AddHealth("letters:recovery", [this] { return Health(); });
  return {};
}

base::Status RecoveryRoom::Allowed(Division from, std::size_t bytes) {
  return guard_.Admit(from, bytes);
}

baoxue::bus::v1::DependencyHealth RecoveryRoom::Health() const {
  const auto state = desk_.recovery().state();
  baoxue::bus::v1::DependencyHealth health;
  health.set_name("letters:recovery");
  health.set_ok(!state->under_way() && !state->numbers_frozen);
  health.set_lag(state->recovery.unconfirmed.size());
  if (health.ok()) return health;
  std::string text = state->numbers_frozen ? "数据已恢复，文号冻结中" : "数据已恢复";
  if (!state->recovery.unconfirmed.empty()) text += "；尚未答复的县：";
  int named = 0;
  for (const Division member : state->recovery.unconfirmed) {
    if (++named > 10) break;
    text += " " + member.ToString();
  }
  health.set_detail(text + "（对方无法答复时可用 baoxue letter confirm-numbers）");
  return health;
}

Chore RecoveryRoom::AsChore() {
  return {.name = "recovery", .due = CountRecoveryDue, .next = NextRecovery,
          .run = [this] { return Run(); }};
}

base::Result<std::uint64_t> RecoveryRoom::Run() {
  if (desk_.recovery().state()->suspected) {
    host::LogWarn("tracing.restore_found", {});
    RETURN_IF_ERROR(restore_.Begin("machine", 0));
  }
  std::vector<DueMember> due;
  RETURN_IF_ERROR(desk_.pool().WithSession([&](store::Session& session) -> base::Status {
    ASSIGN_OR_RETURN(due, DueMembers(session, host_.clock().Now(), kMembersAtOnce));
    return {};
  }));
  std::vector<std::jthread> threads;
  for (const DueMember& member : due) {
    threads.emplace_back([this, member] {
      const base::Status asked = AskMember(member);
      if (!asked.ok()) {
        host::LogWarnLimited("tracing.recovery_waits", 30, {{"peer", member.peer.ToString()},
                                                            {"error", asked.error().ToString()}});
      }
    });
  }
  threads.clear();
  return due.size();
}

base::Status RecoveryRoom::AskMember(const DueMember& member) {
  if (ByMail(member.peer)) return AskByMail(member);
  const base::Status asked = AskOnce(member.peer);
  if (asked.ok()) return asked;
  // What came back is compared once more at once; a silent member is asked later.
  const bool more = asked.error().reason == "LACKING";
  const int attempts = std::min(member.attempts + 1, kDoublingsMax);
  const auto later = more && attempts <= kRoundsAtOnce
                         ? std::chrono::seconds{0}
                         : std::min(kAgainFirst * (1 << attempts), kAgainLongest);
  RETURN_IF_ERROR(desk_.pool().WithSession([&](store::Session& session) {
    return SaveAsked(session, member.peer, attempts, host_.clock().Now() + later,
                     more ? "" : asked.error().ToString());
  }));
  if (more) return {};
  return asked;
}

base::Status RecoveryRoom::AskOnce(Division member) {
  std::string after;
  bool lacking = false;
  for (int page = 0; page < kPagesMax; ++page) {
    const std::uint64_t epoch = desk_.recovery().state()->recovery.epoch;
    ASSIGN_OR_RETURN(const v1::GetHeads ask, restore_.AskHeads(member, after));
    ASSIGN_OR_RETURN(const auto heads, (Ask<v1::GetHeadsReply>(exchange_, member, ask)));
    if (heads.epoch() > epoch) {
      RETURN_IF_ERROR(BeginAnew(heads.epoch()));
      return Error{Code::kConflict, "LACKING", "a newer epoch was known"};
    }
    RETURN_IF_ERROR(desk_.TakeEpoch(member, heads.own_epoch()));
    ASSIGN_OR_RETURN(const auto missing, restore_.Compared(member, heads));
    for (const RestoreDesk::Lacking& one : missing) {
      lacking = true;
      RETURN_IF_ERROR(Fetch(member, one.id, one.ask));
    }
    if (!heads.more()) break;
    after = heads.next();
  }
  if (lacking) return Error{Code::kConflict, "LACKING", "something came back"};
  return ConfirmAndGoOn(member);
}

// The backup was restored before, and the clock went back since.
base::Status RecoveryRoom::BeginAnew(std::uint64_t known_epoch) {
  if (!IsPlausibleEpoch(known_epoch, desk_.Now())) {
    return Error{Code::kDataCorruption, "BAD_EPOCH", "a member claims an epoch that cannot be"};
  }
  return restore_.Begin("machine", known_epoch + 1);
}

base::Status RecoveryRoom::ConfirmAndGoOn(Division member) {
  ASSIGN_OR_RETURN(const std::vector<ConversationId> held, restore_.Confirm(member));
  for (const ConversationId& id : held) {
    const auto outcome = desk_.GoOn(id);
    if (outcome.ok()) take_(*outcome);
  }
  host::LogInfo("tracing.recovery_confirmed", {{"peer", member.ToString()}});
  return {};
}

base::Status RecoveryRoom::Fetch(Division peer, const ConversationId& id, const AskReturn& ask) {
  ASSIGN_OR_RETURN(const v1::ReturnItems request, restore_.AskItems(peer, id, ask));
  if (ByMail(peer)) return FetchByMail(peer, request);
  ASSIGN_OR_RETURN(const auto reply, (Ask<v1::ReturnItemsReply>(exchange_, peer, request)));
  ASSIGN_OR_RETURN(const Outcome outcome, desk_.TakeReturned(id, peer, reply));
  take_(outcome);
  return {};
}

}  // namespace tracing
