#include "tracing/endpoints/registry_reactions.h"

#include "host/log.h"
#include "registry/contract/registry.pb.h"
#include "tracing/contract/parcel.h"

namespace tracing {
namespace {

namespace registry = baoxue::registry::v1;
using Kind = RegistryNews::Kind;

std::optional<Kind> KindOf(const std::string& type) {
  if (type == "registry.student.transferred_out") return Kind::kOut;
  if (type == "registry.student.transferred_in") return Kind::kIn;
  if (type == "registry.student.registered") return Kind::kRegistered;
  if (type == "registry.student.resumed") return Kind::kBack;
  if (type == "registry.student.deceased") return Kind::kGone;
  return std::nullopt;
}

}  // namespace

RegistryReactions::RegistryReactions(host::Host& host) : host_(host) {}

void RegistryReactions::Follow(std::function<void()> after_commit) {
  host_.FollowBatches(
      "registry",
      [this](store::Transaction& tx, const std::vector<bus::Event>& events) {
        return Take(tx, events);
      },
      [this, after = std::move(after_commit)] {
        host_.NotifyFeed();
        after();
      });
}

base::Status RegistryReactions::Take(store::Transaction& tx,
                                     const std::vector<bus::Event>& events) {
  std::vector<store::NewEvent> told;
  for (const Taker& taker : takers_) RETURN_IF_ERROR(taker(tx, events, told));
  if (told.empty()) return {};
  const auto appended = store::AppendEvents(tx, "tracing", told);
  return appended.ok() ? base::Status{} : base::Status{appended.error()};
}

std::vector<RegistryNews> TransfersOf(const std::vector<bus::Event>& events) {
  std::vector<RegistryNews> out;
  for (const bus::Event& event : events) {
    const auto kind = KindOf(event.type());
    if (!kind) continue;
    registry::StudentChanged message;
    if (!message.ParseFromString(event.payload()) || message.student_id() <= 0) {
      host::LogWarnLimited("tracing.event_unreadable", 60,
                           {{"type", event.type()}, {"seq", event.seq()}});
      continue;
    }
    const base::UtcTime at = FromProto(event.time());
    out.push_back({.kind = *kind,
                   .student_id = message.student_id(),
                   .version = message.version(),
                   .at = at,
                   .effective = DateOr(message.effective(), base::DateAt(at)),
                   .name = message.name(),
                   .school_code = message.school_code(),
                   .other_school = message.other_school(),
                   .other_division = message.other_division()});
  }
  return out;
}

}  // namespace tracing
