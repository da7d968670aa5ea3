#include <fmt/format.h>

#include <filesystem>
#include <memory>

#include "cli/commands/commands.h"
#include "cli/setup.h"
#include "cli/setup_update.h"
#include "cli/shell/json.h"

namespace cli {
namespace {

struct Options {
  SetupOptions setup = {};
  std::int64_t port_base = 17010;
  std::string mode = "real";
  std::string add = {};
  bool update = false;
};

// Of a deployment that is there: what this release, or one more service, needs.
base::Status Update(Shell& shell, const Options& o) {
  SetupUpdate update;
  update.suite_path = SuitePath(std::filesystem::absolute(o.setup.data_dir).string());
  update.add_tracing = o.add == "tracing";
  update.exchange_bind = o.setup.exchange_bind;
  update.exchange_advertise = o.setup.exchange_advertise;
  update.letter_suite = o.setup.letter_suite;
  ASSIGN_OR_RETURN(const std::vector<std::string> notes, UpdateSetup(update));
  JsonObject json;
  json.Text("suite", update.suite_path);
  for (std::size_t i = 0; i < notes.size(); ++i) {
    json.Text(std::to_string(i + 1), notes[i]);
    shell.Say(notes[i] + "\n");
  }
  if (shell.json()) shell.Json(json.ToString());
  return {};
}

base::Status Setup(Shell& shell, Options& options) {
  if (options.update || !options.add.empty()) return Update(shell, options);
  options.setup.rehearsal = options.mode == "rehearsal";
  options.setup.port_base = static_cast<int>(options.port_base);
  options.setup.data_dir = std::filesystem::absolute(options.setup.data_dir).string();
  options.setup.config_dir = std::filesystem::absolute(options.setup.config_dir).string();
  RETURN_IF_ERROR(WriteSetup(options.setup));
  const std::string suite = SuitePath(options.setup.data_dir);
  if (shell.json()) {
    shell.Json(JsonObject{}.Text("suite", suite).Text("county", options.setup.county).ToString());
  }
  shell.Say(fmt::format("配置已写入 {}\n", suite));
  return {};
}

}  // namespace

void AddSetup(Shell& shell, Command& root) {
  Command command = root.Sub("setup", "初始化：写入新部署的配置、钥匙和密码");
  const auto options = std::make_shared<Options>();
  options->setup.data_dir = "var";
  options->setup.config_dir = "config";
  command.Text("--data-dir", options->setup.data_dir, "部署目录")
      .Text("--config-dir", options->setup.config_dir, "配置目录，内有 counties/ 和 calendars/")
      .Text("--county", options->setup.county, "县代号，即 counties/ 中的文件名")
      .OneOf("--mode", options->mode,
             {{"real", "正式"}, {"rehearsal", "演练，时间由 clock 推进"}}, "方式")
      .Number("--port-base", options->port_base, "起始端口，0 为只用 unix 套接字")
      .Text("--mysql-socket", options->setup.mysql_socket, "已有数据库的套接字")
      .Text("--redis-socket", options->setup.redis_socket, "已有 Redis 的套接字")
      .Text("--mysql-user", options->setup.mysql_user, "数据库用户")
      .Flag("--tracing", options->setup.tracing, "启用县际函件")
      .Text("--exchange-bind", options->setup.exchange_bind,
            "他县连接本县的地址：tcp://主机:端口")
      .Text("--exchange-advertise", options->setup.exchange_advertise,
            "名录中告诉他县的地址，不写则与上一项相同")
      .OneOf("--add", options->add, {{"tracing", "县际函件"}}, "给已有的部署加一项服务")
      .Flag("--update", options->update, "给已有的部署补上新版本需要的权限")
      .OneOf("--letter-suite", options->setup.letter_suite,
             {{"sm", "国密"}, {"intl", "国际通用"}}, "函件钥匙的算法")
      .Text("--log-level", options->setup.log_level, "日志级别：debug 调试，info 一般，warn 警告，error 错误");
  command.Run([&shell, options] { return Setup(shell, *options); });
}

}  // namespace cli
