#include "subsidy/endpoints/service.h"

#include <filesystem>
#include <memory>

#include "settings/calendar.h"
#include "settings/county.h"
#include "store/migrations.h"
#include "subsidy/app/enquiries.h"
#include "subsidy/endpoints/handlers.h"
#include "subsidy/endpoints/keeper.h"
#include "subsidy/endpoints/reactions.h"
#include "subsidy/endpoints/tracing_reactions.h"

namespace subsidy {

std::span<const store::Migration> Migrations();

namespace {

struct Settings {
  base::Calendar calendar = {};
  std::string texts = {};
};

base::Status Load(const host::Suite& suite, Settings& settings) {
  ASSIGN_OR_RETURN(const settings::County county, settings::LoadCounty(suite.ProfilePath()));
  ASSIGN_OR_RETURN(settings::SchoolCalendar calendar, settings::LoadCalendar(county.calendar));
  settings.calendar = std::move(calendar.calendar);
  ASSIGN_OR_RETURN(const auto texts, LoadRuleTexts(RulesPath(suite.config_dir, suite.county)));
  const auto rules = ParseRules(texts);
  if (!rules.ok()) return rules.error();
  settings.texts = JoinTexts(texts);
  return {};
}

struct Service {
  Service(host::Host& host, const Settings& settings)
      : office({.pool = host.pool(),
                .clock = host.clock(),
                .calendar = settings.calendar,
                .config_texts = settings.texts,
                .parse = [](const std::string& texts) { return ParseRules(SplitTexts(texts)); },
                .notify_feed = [&host] { host.NotifyFeed(); }}),
        handlers(host, office),
        reactions(host, office),
        tracing_reactions(host, office),
        keeper(office) {}

  Office office;
  Handlers handlers;
  Reactions reactions;
  TracingReactions tracing_reactions;
  Keeper keeper;
};

void AddMetrics(host::Metrics& metrics, const Office& office) {
  host::Counter evaluated = metrics.counter("baoxue_subsidy_decisions_evaluated_total",
                                            "Decisions that were looked at again");
  host::Counter spared = metrics.counter("baoxue_subsidy_decisions_spared_total",
                                         "Decisions that the changed facts did not touch");
  metrics.Collect([=, &office]() mutable {
    evaluated.RaiseTo(static_cast<double>(office.evaluated.load()));
    spared.RaiseTo(static_cast<double>(office.spared.load()));
  });
}

// For Doctor: which rules are in force, what in them is not certain, and whether others wait.
baoxue::bus::v1::DependencyHealth RulesHealth(const Office& office) {
  baoxue::bus::v1::DependencyHealth health;
  const auto texts = RulesInForce(office);
  if (!texts.ok()) {
    health.set_detail(texts.error().ToString());
    return health;
  }
  const auto live = office.FromTexts(*texts);
  health.set_ok(live.ok());
  if (!live.ok()) {
    health.set_detail(live.error().ToString());
    return health;
  }
  const RuleSet& rules = (*live)->book.rules();
  std::string detail = rules.name + " " + rules.version.substr(0, 12);
  const std::vector<std::string> unverified = Unverified(rules, office.Today());
  if (!unverified.empty()) {
    detail += ";待核 " + std::to_string(unverified.size()) + " 项";
    for (const std::string& one : unverified) detail += ";" + one;
  }
  if (VersionOf(SplitTexts(office.config_texts())) != rules.version) {
    detail += ";config 中有另一版等待两人批准";
  }
  health.set_detail(detail);
  return health;
}

}  // namespace

std::string RulesPath(const std::string& config_dir, const std::string& county) {
  const std::string own = config_dir + "/subsidy/" + county + ".yaml";
  std::error_code error;
  return std::filesystem::exists(own, error) ? own : config_dir + "/subsidy/national.yaml";
}

host::Definition SubsidyDefinition() {
  auto settings = std::make_shared<Settings>();
  host::Definition definition;
  definition.name = "subsidy";
  const auto migrations = Migrations();
  definition.migrations = {migrations.begin(), migrations.end()};
  definition.load = [settings](const host::Suite& suite) { return Load(suite, *settings); };
  definition.build = [settings](host::Host& host) -> base::Result<std::shared_ptr<void>> {
    auto service = std::make_shared<Service>(host, *settings);
    RETURN_IF_ERROR(service->office.EnsureRules());
    Service& s = *service;
    s.handlers.Register();
    s.reactions.Follow();
    s.tracing_reactions.Follow();
    host.SetWorkPending([&s] { return s.keeper.Pending(); });
    host.SetNextDue([&s] { return s.keeper.NextDue(); });
    host.AddHealth("rules", [&s] { return RulesHealth(s.office); });
    host.OnClockMoved([&s] { s.keeper.Nudge(); });
    host.OnStop([&s] { s.keeper.Stop(); });
    AddMetrics(host.metrics(), s.office);
    s.keeper.Start();
    return std::shared_ptr<void>{service};
  };
  return definition;
}

}  // namespace subsidy
