#include <fmt/format.h>

#include "cli/commands/commands.h"
#include "cli/rehearsal/clock_drive.h"
#include "cli/shell/json.h"
#include "cli/shell/text_table.h"
#include "cli/shell/values.h"
#include "settings/calendar.h"
#include "settings/county.h"

namespace cli {
namespace {

namespace wire = baoxue::bus::v1;

struct Health {
  bool all_well = true;
  JsonObject json = {};
  TextTable table{{"服务", "依赖", "状况", "滞后", "说明"}};
};

// The services' own names of what they depend on, as officers say it; JSON keeps the names.
std::string DependencyText(const std::string& name) {
  static const std::vector<Choice> kNames{{"mysql", "数据库"},
                                          {"redis", "队列服务器"},
                                          {"access", "钥匙表"},
                                          {"background", "导入和比对"},
                                          {"writer", "点名写入"},
                                          {"calendar", "校历"},
                                          {"rules", "资助规则"},
                                          {"letters:peers", "各县往来"},
                                          {"letters:keys", "函件钥匙"},
                                          {"letters:address", "本县地址"},
                                          {"letters:delivery", "函件发送"},
                                          {"letters:directory", "名录"},
                                          {"letters:relay", "中转信箱"},
                                          {"letters:recovery", "恢复核对"},
                                          {"transfers", "转学"},
                                          {"away:children", "外出儿童台账"},
                                          {"hand_over", "户籍地移交"}};
  for (const auto& [prefix, chinese] : {std::pair{"feed:", "跟随 "}, std::pair{"queue:", "队列 "}}) {
    if (name.starts_with(prefix)) return chinese + name.substr(std::string_view{prefix}.size());
  }
  return MeaningOf(kNames, name);
}

void Examine(Shell& shell, const std::string& service, Health& health) {
  const auto reply = shell.Ask<wire::DoctorReply>(service, wire::Doctor{});
  if (!reply.ok()) {
    health.all_well = false;
    health.table.Row({service, "", "不应答", "", reply.error().ToString()});
    health.json.Json(
        service,
        JsonObject{}.Bool("ready", false).Text("error", reply.error().ToString()).ToString());
    return;
  }
  health.all_well = health.all_well && reply->ready();
  health.json.Message(service, *reply);
  health.table.Row({service, "", reply->ready() ? "就绪" : "未就绪", "",
                    fmt::format("版本 {},事件 {} 条,内存 {} MB,时间 {}{}", reply->version(),
                                WithCommas(reply->feed_head()), reply->resident_bytes() >> 20,
                                Show(reply->now()), reply->rehearsal() ? "(演练)" : "")});
  for (const wire::Subscriber& one : reply->subscribers()) {
    health.table.Row({"", "订阅:" + one.name(), one.has_last_seen() ? "已到" : "未见",
                      WithCommas(one.lag()),
                      one.has_last_seen() ? fmt::format("到第 {} 条,{} 报过",
                                                        WithCommas(one.position()),
                                                        Show(one.last_seen()))
                                          : "本次启动以来没有来过"});
  }
  for (const wire::DependencyHealth& one : reply->dependencies()) {
    health.all_well = health.all_well && one.ok();
    health.table.Row(
        {"", DependencyText(one.name()), one.ok() ? "正常" : "异常", WithCommas(one.lag()),
         one.detail()});
  }
}

// A calendar that no notice has confirmed is named until an operator confirms it.
void ExamineCalendar(Shell& shell, Health& health) {
  const auto suite = shell.suite();
  if (!suite.ok()) return;
  const auto county = settings::LoadCounty((*suite)->ProfilePath());
  if (!county.ok()) return;
  const auto calendar = settings::LoadCalendar(county->calendar);
  const bool draft = calendar.ok() && calendar->draft;
  const std::string text = !calendar.ok() ? calendar.error().detail
                           : draft        ? calendar->name + ":" + calendar->draft_reason
                                          : calendar->name;
  health.json.Json("calendar", JsonObject{}.Bool("draft", draft).Text("about", text).ToString());
  health.table.Row({"校历", "", draft ? "草案" : calendar.ok() ? "正常" : "异常", "", text});
  health.all_well = health.all_well && calendar.ok();
}

base::Status Run(Shell& shell) {
  RETURN_IF_ERROR([&]() -> base::Status {
    const auto suite = shell.suite();
    if (!suite.ok()) return suite.error();
    return {};
  }());
  Health health;
  ClockDrive drive(shell);
  for (const std::string& service : drive.Services()) Examine(shell, service, health);
  ExamineCalendar(shell, health);
  health.json.Bool("well", health.all_well);
  if (shell.json()) {
    shell.Json(health.json.ToString());
  } else {
    shell.Say(health.table.ToString());
  }
  if (health.all_well) return {};
  return base::Error{base::Code::kUnavailable, "NOT_WELL", "以上有不正常的项目"};
}

}  // namespace

void AddDoctor(Shell& shell, Command& root) {
  Command command = root.Sub("doctor", "检查是否正常：服务、依赖、滞后、校历");
  command.Run([&shell] { return Run(shell); });
}

}  // namespace cli
