// registry 学籍: students, schools, classes, enrolment changes, the lists of other departments.
#include <memory>

#include "host/host.h"
#include "registry/endpoints/service.h"
#include "registry/store/migrations.h"

int main(int argc, char** argv) {
  auto config = std::make_shared<registry::Config>();
  host::Definition definition;
  definition.name = "registry";
  const auto migrations = registry::Migrations();
  definition.migrations.assign(migrations.begin(), migrations.end());
  definition.load = [config](const host::Suite& suite) -> base::Status {
    auto loaded = registry::LoadConfig(suite.ProfilePath(), suite.config_dir);
    if (!loaded.ok()) return loaded.error();
    *config = std::move(*loaded);
    return {};
  };
  definition.build = [config](host::Host& host) { return registry::BuildService(host, config); };
  return host::Run(argc, argv, std::move(definition));
}
