#include "cli/commands/letter_show.h"

#include <fmt/format.h>

#include <memory>

#include "cli/commands/letter_names.h"
#include "cli/commands/print_command.h"
#include "cli/shell/values.h"

namespace cli {
namespace {

namespace tracing = baoxue::tracing::v1;

std::string Stuck(const tracing::Letter& letter) {
  return letter.stuck().empty() ? "" : letter.stuck_text() + " [" + letter.stuck() + "]";
}

std::string MachineState(const std::string& state) {
  if (state == "proposed") return "待经办人决定:letter do … ask_third";
  if (state == "wanted") return "正在发函";
  if (state == "written") return "已发函";
  return "未能发函";
}

// Why the letter lies here, who may be meant, and what it brought about.
void ShowDesk(Shell& shell, const tracing::Letter& letter) {
  if (!letter.desk_why().empty()) shell.Say("在办: " + letter.desk_why() + "\n");
  if (!letter.suggested_forward().empty()) {
    shell.Say("建议转办: " + letter.suggested_forward() + "\n");
  }
  if (!letter.candidates().empty()) {
    TextTable table({"疑似人员", "姓名", "证件号", "学校", "班级", "分值"});
    for (const tracing::Candidate& one : letter.candidates()) {
      const bool student = one.student_id() != 0;
      table.Row({student ? std::to_string(one.student_id())
                         : "名单" + std::to_string(one.person_id()),
                 one.name(), one.id_masked(), one.school(), one.grade_class(),
                 std::to_string(one.score())});
    }
    shell.Say(table.ToString());
  }
  for (const tracing::MachineLetter& one : letter.machine_letters()) {
    shell.Say(fmt::format("{} {}{}: {} {}{}\n", one.kind() == "copy" ? "抄告上级" : "转询第三县",
                          one.to(), one.to_name(), MachineState(one.state()),
                          LetterId(one.conversation_id()), one.why()));
  }
}

base::Status Look(Shell& shell, const std::string& named) {
  tracing::GetLetter request;
  ASSIGN_OR_RETURN(const std::string id, FindLetterId(shell, named));
  request.set_conversation_id(id);
  ASSIGN_OR_RETURN(const auto reply, (shell.Ask<tracing::LetterReply>("tracing", request)));
  ShowLetter(shell, reply);
  return {};
}

}  // namespace

void PutLetterRow(TextTable& table, const tracing::Letter& letter) {
  table.Row({LetterId(letter.conversation_id()), letter.incoming() ? "来" : "去",
             LetterKindText(letter.kind()), letter.document_no(),
             letter.peer() + letter.peer_name(), letter.student_name(), letter.state_name(),
             Show(letter.reply_by()), letter.overdue() ? "逾期" : "", Stuck(letter)});
}

TextTable LetterTable() {
  return TextTable({"编号", "方向", "种类", "文号", "对方", "学生", "状态", "回复期限", "", "滞留原因"});
}

void ShowLetter(Shell& shell, const tracing::LetterReply& reply) {
  if (shell.json()) return shell.Json(reply);
  const tracing::Letter& letter = reply.letter();
  TextTable table = LetterTable();
  PutLetterRow(table, letter);
  shell.Say(table.ToString());
  if (letter.log().empty()) return;
  TextTable log({"序", "谁", "事项", "文号", "写于", "对方收到", "代码", "纸质凭据", ""});
  for (const tracing::LogEntry& entry : letter.log()) {
    log.Row({std::to_string(entry.seq()), entry.by_asker() ? "发函方" : "回函方",
             entry.kind_name(), entry.document_no(), Show(entry.written_at()),
             Show(entry.taken_at()), entry.code(), entry.by_hand(),
             entry.moot() ? "交错,未生效" : ""});
  }
  shell.Say(log.ToString());
  ShowDesk(shell, letter);
  if (letter.has_confirmed_at()) {
    shell.Say(fmt::format("对方最近一次确认状态: {}\n", Show(letter.confirmed_at())));
  }
  ShowPrints(shell, letter);
}

void AddLetterShow(Shell& shell, Command& letter) {
  const auto named = std::make_shared<std::string>();
  Command show = letter.Sub("show", "one letter with everything that happened");
  show.Text("LETTER", *named, "id or document number", Need::kRequired);
  show.Run([&shell, named] { return Look(shell, *named); });
}

}  // namespace cli
