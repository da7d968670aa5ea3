#include "tracing/endpoints/case_reactions.h"

#include <charconv>
#include <string_view>

#include "cases/contract/cases.pb.h"
#include "host/log.h"
#include "tracing/store/away_repository.h"
#include "tracing/store/desk_repository.h"

namespace tracing {
namespace {

namespace cases = baoxue::cases::v1;

// "away/<id>/<step>"; 0: not one of ours.
std::int64_t AwayOf(std::string_view reference) {
  constexpr std::string_view kPrefix = "away/";
  if (!reference.starts_with(kPrefix)) return 0;
  reference.remove_prefix(kPrefix.size());
  std::int64_t id = 0;
  const auto [end, failed] = std::from_chars(reference.begin(), reference.end(), id);
  const bool whole = failed == std::errc{} && end != reference.end() && *end == '/';
  return whole && id > 0 ? id : 0;
}

base::Status OnVisit(store::Transaction& tx, const bus::Event& event, base::UtcTime now) {
  cases::HouseholdChanged message;
  HouseholdAnswer answer;
  const bool read = message.ParseFromString(event.payload());
  if (!read || message.visit() <= 0) {
    host::LogWarnLimited("tracing.event_unreadable", 60,
                         {{"feed", event.feed()}, {"seq", event.seq()}});
    return {};
  }
  if (message.purpose() == "away_visit") {
    const std::int64_t away_id = AwayOf(message.reference());
    if (away_id == 0) return {};
    return InsertAwayAnswer(
        tx, {.task_id = message.task_id(), .visit = message.visit(), .away_id = away_id}, now);
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
