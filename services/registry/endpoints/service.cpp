#include "registry/endpoints/service.h"

#include <fmt/format.h>

#include "registry/app/background.h"
#include "registry/endpoints/handlers.h"
#include "registry/endpoints/likely_handlers.h"
#include "registry/endpoints/mark_handlers.h"
#include "registry/endpoints/reactions.h"
#include "registry/store/migrations.h"

namespace registry {
namespace {

class Service {
 public:
  Service(host::Host& host, std::shared_ptr<const Config> config)
      : config_(std::move(config)),
        vault_(host.keyring()),
        deps_{.pool = host.pool(),
              .vault = vault_,
              .clock = host.clock(),
              .reference = config_->reference,
              .policies = config_->policies,
              .county_division = config_->county.division,
              .notify_feed = [&host] { host.NotifyFeed(); }} {
    RegisterHandlers(host.server(), use_);
    RegisterMarkHandlers(host.server(), marks_);
    RegisterLikelyHandlers(host.server(), likely_);
    host.Follow("cases", [this](store::Transaction& tx, const bus::Event& event) {
      return OnCaseEvent(ledgers_, tx, event);
    });
    host.SetWorkPending([this] { return background_.Pending(); });
    host.AddHealth("background", [this] { return Health(); });
    host.OnStop([this] { background_.Stop(); });
    background_.Start();
  }

 private:
  baoxue::bus::v1::DependencyHealth Health() const {
    baoxue::bus::v1::DependencyHealth health;
    health.set_name("background");
    const auto pending = background_.Pending();
    health.set_ok(pending.ok());
    if (pending.ok()) {
      health.set_lag(*pending);
      health.set_detail(fmt::format("进行中的导入和比对 {} 项", *pending));
    } else {
      health.set_detail(pending.error().reason);
    }
    return health;
  }

  const std::shared_ptr<const Config> config_;
  const Vault vault_;
  const Deps deps_;
  Imports imports_{deps_};
  Enrolments enrolments_{deps_};
  Students students_{deps_};
  Reconciliations reconciliations_{deps_};
  Ledgers ledgers_{deps_};
  Disclosures disclosures_{deps_};
  MarkTable marks_{deps_};
  Likely likely_{deps_};
  Background background_{deps_};
  const UseCases use_{deps_,    imports_,     enrolments_, students_, reconciliations_,
                      ledgers_, disclosures_, [this] { background_.Nudge(); }};
};

}  // namespace

host::Definition ServiceDefinition() {
  auto config = std::make_shared<Config>();
  host::Definition definition;
  definition.name = "registry";
  const auto migrations = Migrations();
  definition.migrations.assign(migrations.begin(), migrations.end());
  definition.load = [config](const host::Suite& suite) -> base::Status {
    auto loaded = LoadConfig(suite.ProfilePath(), suite.config_dir);
    if (!loaded.ok()) return loaded.error();
    *config = std::move(*loaded);
    return {};
  };
  definition.build = [config](host::Host& host) { return BuildService(host, config); };
  return definition;
}

base::Result<std::shared_ptr<void>> BuildService(host::Host& host,
                                                 std::shared_ptr<const Config> config) {
  return std::shared_ptr<void>{std::make_shared<Service>(host, std::move(config))};
}

}  // namespace registry
