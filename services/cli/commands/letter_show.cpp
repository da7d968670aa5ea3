#include "cli/commands/letter_show.h"

#include <fmt/format.h>

#include <memory>

#include "cli/commands/letter_names.h"
#include "cli/commands/print_command.h"
#include "cli/shell/values.h"

namespace cli {
namespace {

namespace tracing = baoxue::tracing::v1;

constexpr std::uint64_t kKilo = 1024;

std::string Stuck(const tracing::Letter& letter) {
  return letter.stuck().empty() ? "" : letter.stuck_text() + " [" + letter.stuck() + "]";
}

// What is late, and what the two sides do not agree on.
std::string Marks(const tracing::Letter& letter) {
  std::string out;
  const auto add = [&](bool is, const char* text) {
    if (is) out += (out.empty() ? "" : " ") + std::string{text};
  };
  add(letter.overdue(), "逾期");
  add(letter.acknowledge_overdue(), "逾期未签收");
  add(letter.has_differs_since(), "两县状态不一致");
  return out;
}

std::string MachineState(const std::string& state) {
  if (state == "proposed") return "待经办人决定:letter do … ask_third";
  if (state == "wanted") return "正在发函";
  if (state == "written") return "已发函";
  return "未能发函";
}

// Which counties had the letter before, in their order.
void ShowChain(Shell& shell, const tracing::Letter& letter) {
  std::string chain;
  for (const tracing::ForwardedFrom& one : letter.forwarded_from()) {
    chain += fmt::format("{}{}(函件 {})", chain.empty() ? "" : " → ", one.by(),
                         LetterId(one.conversation_id()));
  }
  if (!chain.empty()) shell.Say("转办经过: " + chain + " → 本函\n");
  if (letter.forwarded_to().empty()) return;
  shell.Say("已转办为: 函件 " + LetterId(letter.forwarded_to()) + "\n");
}

// What `letter do` can do now; what it cannot says why when it is tried.
void ShowAllowed(Shell& shell, const tracing::Letter& letter) {
  std::string text;
  for (const tracing::AllowedLetterAct& one : letter.allowed()) {
    if (!one.allowed() || one.kind() == "note") continue;
    text += fmt::format("{}{} {}", text.empty() ? "" : "、", one.name(), one.kind());
  }
  if (!text.empty()) shell.Say("现在可办(letter do): " + text + "\n");
}

// What agrees and what does not.
std::string Joined(const tracing::Candidate& candidate) {
  std::string out;
  for (const std::string& reason : candidate.reasons()) {
    out += (out.empty() ? "" : "、") + reason;
  }
  return out;
}

// Why the letter lies here, who may be meant, and what it brought about.
void ShowDesk(Shell& shell, const tracing::Letter& letter) {
  ShowChain(shell, letter);
  if (!letter.desk_why().empty()) shell.Say("在办: " + letter.desk_why() + "\n");
  if (!letter.suggested_forward().empty()) {
    shell.Say("建议转办: " + letter.suggested_forward() + "\n");
  }
  if (!letter.candidates().empty()) {
    TextTable table({"疑似人员", "姓名", "证件号", "学校", "班级", "分值", "依据"});
    for (const tracing::Candidate& one : letter.candidates()) {
      const bool student = one.student_id() != 0;
      table.Row({student ? std::to_string(one.student_id())
                         : "名单" + std::to_string(one.person_id()),
                 one.name(), one.id_masked(), one.school(), one.grade_class(),
                 std::to_string(one.score()), Joined(one)});
    }
    shell.Say(table.ToString());
  }
  for (const tracing::MachineLetter& one : letter.machine_letters()) {
    shell.Say(fmt::format("{} {}{}: {} {}{}\n", one.kind() == "copy" ? "抄告上级" : "转询第三县",
                          one.to(), one.to_name(), MachineState(one.state()),
                          LetterId(one.conversation_id()), one.why()));
  }
}

std::string Size(std::uint64_t bytes) {
  if (bytes == 0) return "只有名称,没有文件";
  return bytes < kKilo ? fmt::format("{} 字节", bytes) : fmt::format("{} KB", bytes / kKilo);
}

// What one item says: a line for each field, then its files and what a newer neighbour added.
void ShowContent(Shell& shell, const tracing::LogEntry& entry, const std::string& head) {
  if (entry.fields().empty() && entry.attachments().empty() && entry.newer().empty()) return;
  shell.Say(head + "\n");
  for (const tracing::ShownField& one : entry.fields()) {
    shell.Say(fmt::format("  {}  {}\n", PadToWidth(one.name(), 16), one.value()));
  }
  for (const tracing::ShownAttachment& one : entry.attachments()) {
    shell.Say(fmt::format("  {}  {}. {} ({})\n", PadToWidth("附件", 16), one.number(), one.name(),
                          Size(one.size())));
  }
  if (!entry.attachments().empty()) {
    shell.Say(fmt::format("  {}  letter attachment … --seq {}{} --number …\n",
                          PadToWidth("取出附件", 16), entry.seq(),
                          entry.by_asker() ? "" : " --answerer"));
  }
  if (entry.newer().empty()) return;
  shell.Say("  对方新版本的内容:\n");
  for (const tracing::ShownField& one : entry.newer()) {
    shell.Say(fmt::format("  {}  {}\n", PadToWidth("字段 " + one.name(), 16), one.value()));
  }
}

void ShowLog(Shell& shell, const tracing::Letter& letter) {
  if (letter.log().empty()) return;
  TextTable log({"序", "谁", "事项", "文号", "写于", "对方收到", "代码", "纸质凭据", ""});
  for (const tracing::LogEntry& entry : letter.log()) {
    log.Row({std::to_string(entry.seq()), entry.by_asker() ? "发函方" : "回函方",
             entry.kind_name(), entry.document_no(), Show(entry.written_at()),
             Show(entry.taken_at()), entry.code(), entry.by_hand(),
             entry.moot() ? "交错,未生效" : ""});
  }
  shell.Say(log.ToString());
  for (const tracing::LogEntry& entry : letter.log()) {
    ShowContent(shell, entry, fmt::format("【{}{} {}】{}", entry.by_asker() ? "发函方" : "回函方",
                                          entry.seq(), entry.kind_name(),
                                          entry.moot() ? "(交错,未生效)" : ""));
  }
}

// Who drafted, who decided; and what the approver is to read.
void ShowDraft(Shell& shell, const tracing::Letter& letter) {
  if (letter.has_draft()) ShowContent(shell, letter.draft(), "【拟稿】尚未编号,未发出");
  if (letter.has_drafted_by()) {
    shell.Say(fmt::format("拟稿: {} {}\n",
                          letter.drafted_by_machine() ? "系统" : Show(letter.drafted_by()),
                          Show(letter.drafted_at())));
  }
  if (letter.has_decided_by()) {
    const bool rejected = letter.state() == tracing::LETTER_STATE_REJECTED;
    shell.Say(fmt::format("{}: {} {} {}\n", rejected ? "退回" : "签发", Show(letter.decided_by()),
                          Show(letter.decided_at()), letter.decision_text()));
  } else if (letter.state() == tracing::LETTER_STATE_DRAFTED) {
    shell.Say(fmt::format("待签发(由拟稿人以外的人): letter approve {} --expected-version {}\n",
                          LetterId(letter.conversation_id()), letter.version()));
  }
}

// When each side last said which state, and what is to be done by when.
void ShowStand(Shell& shell, const tracing::Letter& letter) {
  if (letter.has_acknowledge_by()) {
    shell.Say(fmt::format("签收期限: {}{}\n", Show(letter.acknowledge_by()),
                          letter.acknowledge_overdue() ? " 逾期" : ""));
  }
  if (letter.has_confirmed_at()) {
    shell.Say(fmt::format("对方最近确认: {} {}\n", letter.peer_state_name(),
                          Show(letter.confirmed_at())));
  }
  if (letter.has_own_confirmed_at()) {
    shell.Say(fmt::format("本县最近确认: {} {}\n", letter.own_confirmed_state_name(),
                          Show(letter.own_confirmed_at())));
  }
  if (letter.has_differs_since()) {
    shell.Say(fmt::format("两县状态不一致(自 {}): 本县 {},对方 {};请与对方核对\n",
                          Show(letter.differs_since()), letter.state_name(),
                          letter.peer_state_name()));
  }
  ShowAllowed(shell, letter);
  shell.Say(fmt::format("第 {} 版\n", letter.version()));
}

base::Status Look(Shell& shell, const std::string& named) {
  tracing::GetLetter request;
  ASSIGN_OR_RETURN(const std::string id, FindLetterId(shell, named));
  request.set_conversation_id(id);
  request.set_with_content(true);
  ASSIGN_OR_RETURN(const auto reply, (shell.Ask<tracing::LetterReply>("tracing", request)));
  ShowLetter(shell, reply);
  return {};
}

}  // namespace

TextTable LetterTable() {
  return TextTable({"编号", "方向", "种类", "文号", "对方", "学生", "状态", "回复期限", "", "滞留原因"});
}

void PutLetterRow(TextTable& table, const tracing::Letter& letter) {
  table.Row({LetterId(letter.conversation_id()), letter.incoming() ? "来" : "去",
             LetterKindText(letter.kind()), letter.document_no(),
             letter.peer() + letter.peer_name(), letter.student_name(), letter.state_name(),
             Show(letter.reply_by()), Marks(letter), Stuck(letter)});
}

void ShowLetter(Shell& shell, const tracing::LetterReply& reply) {
  if (shell.json()) return shell.Json(reply);
  const tracing::Letter& letter = reply.letter();
  TextTable table = LetterTable();
  PutLetterRow(table, letter);
  shell.Say(table.ToString());
  ShowLog(shell, letter);
  ShowDraft(shell, letter);
  ShowDesk(shell, letter);
  ShowStand(shell, letter);
  ShowPrints(shell, letter);
}

void AddLetterShow(Shell& shell, Command& letter) {
  const auto named = std::make_shared<std::string>();
  Command show = letter.Sub("show", "一封函件的内容和办理经过");
  show.Text("LETTER", *named, kLetterHelp, Need::kRequired);
  show.Run([&shell, named] { return Look(shell, *named); });
}

}  // namespace cli
