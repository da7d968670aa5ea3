#include <fmt/format.h>

#include <filesystem>
#include <memory>

#include "cli/commands/commands.h"
#include "cli/setup.h"
#include "cli/shell/json.h"

namespace cli {
namespace {

struct Options {
  SetupOptions setup = {};
  std::int64_t port_base = 17010;
  std::string mode = "real";
};

base::Status Setup(Shell& shell, Options& options) {
  options.setup.rehearsal = options.mode == "rehearsal";
  options.setup.port_base = static_cast<int>(options.port_base);
  options.setup.data_dir = std::filesystem::absolute(options.setup.data_dir).string();
  options.setup.config_dir = std::filesystem::absolute(options.setup.config_dir).string();
  RETURN_IF_ERROR(WriteSetup(options.setup));
  const std::string suite = SuitePath(options.setup.data_dir);
  if (shell.json()) {
    shell.Json(JsonObject{}.Text("suite", suite).Text("county", options.setup.county).ToString());
  }
  shell.Say(fmt::format("settings: {}\n", suite));
  return {};
}

}  // namespace

void AddSetup(Shell& shell, Command& root) {
  Command command = root.Sub("setup", "Write settings, keys and passwords of a new deployment");
  const auto options = std::make_shared<Options>();
  options->setup.data_dir = "var";
  options->setup.config_dir = "config";
  command.Text("--data-dir", options->setup.data_dir, "folder of the deployment")
      .Text("--config-dir", options->setup.config_dir, "folder with counties/ and calendars/")
      .Text("--county", options->setup.county, "profile of the county")
      .OneOf("--mode", options->mode, {"real", "rehearsal"}, "whose time it is")
      .Number("--port-base", options->port_base, "first port; 0: unix sockets only")
      .Text("--mysql-socket", options->setup.mysql_socket, "socket of an existing server")
      .Text("--redis-socket", options->setup.redis_socket, "socket of an existing server")
      .Text("--mysql-user", options->setup.mysql_user, "user of the database server")
      .Flag("--tracing", options->setup.tracing, "with letters between counties")
      .Text("--exchange-bind", options->setup.exchange_bind,
            "where other counties reach us: tcp://host:port")
      .OneOf("--letter-suite", options->setup.letter_suite, {"sm", "intl"}, "of letter keys")
      .Text("--log-level", options->setup.log_level, "debug, info, warn or error");
  command.Run([&shell, options] { return Setup(shell, *options); });
}

}  // namespace cli
