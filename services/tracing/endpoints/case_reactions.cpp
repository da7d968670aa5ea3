#include "tracing/endpoints/case_reactions.h"

#include "cases/contract/cases.pb.h"
#include "host/log.h"
#include "tracing/store/desk_repository.h"

namespace tracing {
namespace {

namespace cases = baoxue::cases::v1;

base::Status OnVisit(store::Transaction& tx, const bus::Event& event, base::UtcTime now) {
  cases::HouseholdChanged message;
  HouseholdAnswer answer;
  const bool read = message.ParseFromString(event.payload());
  if (!read || message.visit() <= 0) {
    host::LogWarnLimited("tracing.event_unreadable", 60,
                         {{"feed", event.feed()}, {"seq", event.seq()}});
    return {};
  }
  if (message.purpose() != "letter") return {};
  if (!base::FromHex(message.conversation(), answer.id.raw)) return {};
  answer.task_id = message.task_id();
  answer.visit = message.visit();
  return InsertHouseholdAnswer(tx, answer, now);
}

}  // namespace

base::Status OnCases(store::Transaction& tx, const std::vector<bus::Event>& events,
                     base::UtcTime now) {
  for (const bus::Event& event : events) {
    if (event.type() == "cases.household.answered") RETURN_IF_ERROR(OnVisit(tx, event, now));
  }
  return {};
}

}  // namespace tracing
