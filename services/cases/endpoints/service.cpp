#include "cases/endpoints/service.h"

#include <memory>

#include "cases/app/case_desk.h"
#include "cases/endpoints/deadlines.h"
#include "cases/endpoints/handlers.h"
#include "cases/endpoints/household_mapping.h"
#include "cases/endpoints/mapping.h"
#include "cases/endpoints/profile_reader.h"
#include "cases/endpoints/reactions.h"
#include "cases/endpoints/tracing_reactions.h"
#include "cases/store/case_repository.h"
#include "settings/calendar.h"

namespace cases {
namespace {

struct Service {
  Service(host::Host& host, std::shared_ptr<const Rules> shared_rules)
      : rules(std::move(shared_rules)),
        desk(host.pool(), *rules, host.clock(),
             [this](const Change& change) { return EventsOf(change, rules->profiles); }),
        household_desk(host.pool(), *rules, host.clock(), HouseholdEvent),
        households(host, household_desk),
        handlers(host, desk, households),
        reactions(host, desk),
        letters(host, desk, household_desk, reactions.unreadable()),
        deadlines(host, desk, household_desk) {
    handlers.Register();
    households.Register();
    reactions.Follow();
    letters.Follow();
    deadlines.Start();
  }

  std::shared_ptr<const Rules> rules;
  CaseDesk desk;
  HouseholdDesk household_desk;
  HouseholdHandlers households;
  Handlers handlers;
  Reactions reactions;
  TracingReactions letters;
  Deadlines deadlines;
};

base::Status LoadRules(const host::Suite& suite, Rules& rules) {
  ASSIGN_OR_RETURN(CountyLadder ladder, LoadLadder(suite.ProfilePath()));
  ASSIGN_OR_RETURN(settings::SchoolCalendar calendar,
                   settings::LoadCalendar(ladder.county.calendar));
  rules.profiles = std::move(ladder.profiles);
  rules.calendar = std::move(calendar.calendar);
  rules.by_school = std::move(calendar.by_school);
  return {};
}

}  // namespace

host::Definition CasesDefinition() {
  auto rules = std::make_shared<Rules>();
  host::Definition definition;
  definition.name = "cases";
  const auto migrations = Migrations();
  definition.migrations = {migrations.begin(), migrations.end()};
  definition.load = [rules](const host::Suite& suite) { return LoadRules(suite, *rules); };
  definition.build = [rules](host::Host& host) -> base::Result<std::shared_ptr<void>> {
    return std::shared_ptr<void>{std::make_shared<Service>(host, rules)};
  };
  return definition;
}

}  // namespace cases
