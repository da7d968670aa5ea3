#include "cli/commands/case_view.h"

#include <fmt/format.h>

#include <array>

#include "cli/shell/values.h"

namespace cli {
namespace {

namespace cases = baoxue::cases::v1;

std::string PartyText(const cases::Party& party) {
  std::string text = party.level();
  if (!party.body().empty() && party.body() != text)
    text += (text.empty() ? "" : " ") + party.body();
  if (!party.person().empty()) text += " " + party.person();
  return text;
}

struct EntryWord {
  std::string_view kind;
  std::string_view chinese;
  bool housekeeping;
};
constexpr std::array kEntryWords{
    EntryWord{"opened", "立案", false},
    EntryWord{"attached", "并入线索", false},
    EntryWord{"reopened", "重新打开", false},
    EntryWord{"state_changed", "状态", false},
    EntryWord{"level_moved", "提级", false},
    EntryWord{"move_blocked", "未能提级", false},
    EntryWord{"assigned", "责任人", true},
    EntryWord{"clock_started", "任务", true},
    EntryWord{"clock_suspended", "暂停计时", false},
    EntryWord{"clock_resumed", "恢复计时", false},
    EntryWord{"clock_satisfied", "完成任务", true},
    EntryWord{"clock_expired", "逾期", false},
    EntryWord{"clock_cancelled", "取消任务", true},
    EntryWord{"contacts_learned", "学校班级", true},
    EntryWord{"groups_learned", "特殊群体", true},
    EntryWord{"presence_learned", "出勤核对", false},
    EntryWord{"signal_withdrawn", "线索撤回", false},
    EntryWord{"student_returned", "到校", false},
    EntryWord{"return_withdrawn", "到校更正", false},
    EntryWord{"registry_event", "学籍异动", false},
    EntryWord{"closing_proposed", "建议结案", false},
    EntryWord{"letter_reply", "回函", false},
};

const EntryWord* FindWord(std::string_view kind) {
  for (const EntryWord& word : kEntryWords) {
    if (word.kind == kind) return &word;
  }
  return nullptr;
}

// Whatever is no doing of the system's is somebody's act; its text begins with the act's name.
std::string EntryText(const std::string& kind) {
  const EntryWord* word = FindWord(kind);
  return word == nullptr ? "办理" : std::string{word->chinese};
}

bool IsHousekeeping(std::string_view kind) {
  const EntryWord* word = FindWord(kind);
  return word != nullptr && word->housekeeping;
}

std::string Place(const cases::Case& one) {
  if (one.school_name().empty()) return "不在本县学校";
  return one.school_name() + " " + one.class_name();
}

std::string LevelText(const cases::Case& one) {
  return fmt::format("{} {}", one.level(), one.level_name());
}

}  // namespace

std::string TaskStateText(const std::string& state) {
  if (state == "open") return "待办";
  if (state == "overdue") return "逾期";
  if (state == "done") return "完成";
  if (state == "cancelled") return "取消";
  if (state == "suspended") return "暂停";
  if (state == "missed") return "错过";
  return state;
}

TextTable CaseTable() {
  TextTable table({"个案", "姓名", "学校", "班级", "状态", "级别", "责任人", "下一期限", "立案",
                   "途径", "劝返", "逾期"});
  table.RightAligned(0).RightAligned(10).RightAligned(11).WidthMax(2, 28).WidthMax(6, 30);
  return table;
}

void AddCaseRow(TextTable& table, const cases::Case& one) {
  table.Row({std::to_string(one.case_id()), one.student_name(), one.school_name(), one.class_name(),
             one.state_name(), LevelText(one), PartyText(one.responsible()), Show(one.next_due()),
             Show(one.opened_at()), one.found_by(), std::to_string(one.persuasions()),
             std::to_string(one.overdue_tasks())});
}

TextTable TaskTable() {
  return TextTable({"任务", "个案", "姓名", "内容", "责任方", "期限", "状态"});
}

void AddTaskRow(TextTable& table, const cases::Task& task) {
  table.Row({std::to_string(task.task_id()), std::to_string(task.case_id()), task.student_name(),
             task.name(), PartyText(task.owner()), Show(task.due()), TaskStateText(task.state())});
}

std::string TimelineText(const cases::Case& one, Detail detail) {
  TextTable table({"#", "时间", "事项", "经办", "内容", "级别"});
  table.RightAligned(0).WidthMax(4, 72);
  for (const cases::TimelineEntry& entry : one.timeline()) {
    if (detail == Detail::kMain && IsHousekeeping(entry.kind())) continue;
    table.Row({std::to_string(entry.version()), Show(entry.at()), EntryText(entry.kind()),
               Show(entry.actor()), entry.text(), std::to_string(entry.level_after())});
  }
  return table.ToString();
}

std::string CaseText(const cases::Case& one, Detail detail) {
  std::string text = fmt::format(
      "个案 {}:{}({})\n状态:{} {};级别:{};责任:{}\n首次缺勤 {},立案 {}({}){}\n下一期限:{};劝返 "
      "{} 次;"
      "逾期任务 {} 项;版本 {}\n",
      one.case_id(), one.student_name(), Place(one), one.state(), one.state_name(), LevelText(one),
      PartyText(one.responsible()), Show(one.first_absent()), Show(one.opened_at()), one.found_by(),
      one.has_closed_at() ? ",结案 " + Show(one.closed_at()) : std::string{}, Show(one.next_due()),
      one.persuasions(), one.overdue_tasks(), one.version());
  if (one.tasks_size() > 0) {
    TextTable tasks = TaskTable();
    for (const cases::Task& task : one.tasks()) AddTaskRow(tasks, task);
    text += "\n" + tasks.ToString();
  }
  if (one.allowed_size() > 0) {
    TextTable allowed({"操作", "名称", "可否", "去向", "原因"});
    allowed.WidthMax(4, 70);
    for (const cases::Allowed& act : one.allowed()) {
      allowed.Row(
          {act.kind(), act.name(), act.allowed() ? "可以" : "不可", act.target(), act.reason()});
    }
    text += "\n" + allowed.ToString();
  }
  if (one.timeline_size() > 0) text += "\n" + TimelineText(one, detail);
  return text;
}

base::Status ShowTasks(Shell& shell, const baoxue::cases::v1::ListTasks& request) {
  ASSIGN_OR_RETURN(const auto reply, (shell.Ask<baoxue::cases::v1::ListTasksReply>(
                                         "cases", request)));
  if (shell.json()) {
    shell.Json(reply);
    return {};
  }
  TextTable table = TaskTable();
  for (const baoxue::cases::v1::Task& task : reply.tasks()) AddTaskRow(table, task);
  shell.Say(fmt::format("共 {} 项\n{}", reply.total(), table.ToString()));
  return {};
}

}  // namespace cli
