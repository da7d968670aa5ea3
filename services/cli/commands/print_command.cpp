#include "cli/commands/print_command.h"

#include <fmt/format.h>

#include <fstream>
#include <memory>

#include "cli/commands/letter_names.h"
#include "cli/shell/files.h"
#include "cli/shell/text_table.h"
#include "cli/shell/values.h"

namespace cli {
namespace {

namespace tracing = baoxue::tracing::v1;
using base::Code;
using base::Error;

struct Options {
  std::string letter = {};
  std::string file = {};
  std::string of = {};
  std::int64_t seq = 0;
  bool answerer = false;
  std::string purpose = {};
  std::string from = {};
  std::string until = {};
  bool check = false;
  std::string division = {};
  std::string name = {};
  std::string bureau = {};
  std::string address = {};
  bool remove = false;
};

base::Status Print(Shell& shell, const Options& o) {
  tracing::PrintLetter request;
  ASSIGN_OR_RETURN(const std::string id, FindLetterId(shell, o.letter));
  request.set_conversation_id(id);
  request.set_of(o.of);
  request.set_of_asker(!o.answerer);
  request.set_seq(static_cast<std::uint32_t>(o.seq));
  request.set_purpose(o.purpose);
  ASSIGN_OR_RETURN(auto printed, (shell.Ask<tracing::PrintLetterReply>("tracing", request)));
  const std::string path = o.file.empty() ? printed.file_name() : o.file;
  RETURN_IF_ERROR(WriteFile(path, printed.pdf()));
  if (shell.json()) {
    printed.clear_pdf();
    shell.Json(printed);
    return {};
  }
  shell.Say(fmt::format("{}  {}页  {}  打印登记第{}号\n", path, printed.pages(),
                        printed.record().document_no(), printed.record().print_no()));
  if (printed.missing_characters() > 0) {
    shell.Say(fmt::format("有{}个字在已装的字体中没有,请手工补写;或安装 fonts-hanazono 后再打印\n",
                          printed.missing_characters()));
  }
  return {};
}

TextTable PrintTable() {
  return TextTable({"登记号", "时间", "谁打印", "事项", "文号", "用途"});
}
void Row(TextTable& table, const tracing::PrintRecord& one) {
  table.Row({std::to_string(one.print_no()), Show(one.at()), Show(one.by()), one.kind_name(),
             one.document_no(), one.purpose()});
}

// One cell: a text with a comma, a quote or a line's end is quoted; what a table program would take
// for a formula is made a text.
std::string Cell(std::string text) {
  if (!text.empty() && std::string_view{"=+-@"}.find(text.front()) != std::string_view::npos) {
    text.insert(0, 1, '\'');
  }
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"') out += '"';
    out += c;
  }
  return out + "\"";
}

std::string Csv(const std::vector<tracing::PrintRecord>& prints) {
  std::string out = "\xEF\xBB\xBF登记号,时间,打印人,身份,单位,函件,事项,文号,用途\r\n";
  for (const tracing::PrintRecord& one : prints) {
    out += fmt::format("{},{},{},{},{},{},{},{},{}\r\n", one.print_no(), Show(one.at()),
                       Cell(one.by().name().empty() ? one.by().person_id() : one.by().name()),
                       Cell(one.by().role()), Cell(one.by().body()),
                       LetterId(one.conversation_id()), Cell(one.kind_name()),
                       Cell(one.document_no()), Cell(one.purpose()));
  }
  return out;
}

base::Status Printed(Shell& shell, const Options& o) {
  tracing::ListPrints request;
  if (!o.letter.empty()) {
    ASSIGN_OR_RETURN(const std::string id, FindLetterId(shell, o.letter));
    request.set_conversation_id(id);
  }
  if (!o.from.empty()) RETURN_IF_ERROR(ReadDate(o.from, request.mutable_from()));
  if (!o.until.empty()) RETURN_IF_ERROR(ReadDate(o.until, request.mutable_until()));
  request.set_limit(1000);
  request.set_check(o.check);
  std::vector<tracing::PrintRecord> prints;
  tracing::ListPrintsReply all;
  for (;;) {
    ASSIGN_OR_RETURN(const auto page, (shell.Ask<tracing::ListPrintsReply>("tracing", request)));
    if (request.check()) {
      all.set_checked(page.checked());
      all.set_broken_at(page.broken_at());
    }
    prints.insert(prints.end(), page.prints().begin(), page.prints().end());
    if (page.prints().size() < 1000) break;
    request.set_check(false);
    request.set_after(prints.back().print_no());
  }
  if (!o.file.empty()) RETURN_IF_ERROR(WriteFile(o.file, Csv(prints)));
  if (shell.json()) {
    for (const tracing::PrintRecord& one : prints) *all.add_prints() = one;
    shell.Json(all);
  } else if (o.file.empty()) {
    TextTable table = PrintTable();
    for (const tracing::PrintRecord& one : prints) Row(table, one);
    shell.Say(table.ToString());
  } else {
    shell.Say(fmt::format("{}  {}条\n", o.file, prints.size()));
  }
  if (all.broken_at() > 0) {
    return Error{Code::kDataCorruption, "PRINT_LOG_BROKEN",
                 fmt::format("打印登记第{}号与当时所记不符,或其前有缺失", all.broken_at())};
  }
  if (o.check && !shell.json()) shell.Say(fmt::format("打印登记{}条,无改动\n", all.checked()));
  return {};
}

base::Status Paper(Shell& shell, const Options& o) {
  tracing::PutPaperOffice request;
  request.set_division(o.division);
  request.set_name(o.name);
  request.set_bureau(o.bureau);
  request.set_post_address(o.address);
  request.set_remove(o.remove);
  ASSIGN_OR_RETURN(const auto reply,
                   (shell.Ask<tracing::PutPaperOfficeReply>("tracing", request)));
  if (shell.json()) {
    shell.Json(reply);
    return {};
  }
  if (o.remove) {
    shell.Say(reply.known_before() ? "已从名录中去掉\n" : "名录中没有这个单位\n");
    return {};
  }
  shell.Say(fmt::format("{} {}({}):去函打印后邮寄\n", o.division, o.name, o.bureau));
  return {};
}

}  // namespace

void ShowPrints(Shell& shell, const tracing::Letter& letter) {
  if (letter.printed().empty()) return;
  TextTable table = PrintTable();
  for (const tracing::PrintRecord& one : letter.printed()) Row(table, one);
  shell.Say("打印登记:\n" + table.ToString());
}

void AddLetterPrint(Shell& shell, Command& letter) {
  const auto o = std::make_shared<Options>();
  Command print = letter.Sub("print", "按公文格式打印为 PDF，并登记");
  print.Text("LETTER", o->letter, kLetterHelp, Need::kRequired)
      .Text("FILE", o->file, "要写的文件，不填用文号加 .pdf")
      .OneOf("--of", o->of,
             {{"letter", "发函"},
              {"draft", "拟稿"},
              {"reply", "回函"},
              {"urge", "催办"},
              {"supplement", "补充材料"},
              {"withdrawal", "撤回"},
              {"reopen", "重新发起"},
              {"interim", "中间答复"},
              {"forward", "转办"},
              {"refuse", "拒收"}},
             "打印哪一项的最后一件，不填为发函")
      .Number("--seq", o->seq, "改按 letter show 中的序号")
      .Flag("--answerer", o->answerer, "序号是回函方的")
      .Text("--for", o->purpose, "用途，不填时纸质函件为寄送、其余为存档");
  print.Run([&shell, o] { return Print(shell, *o); });
  Command printed = letter.Sub("printed", "打印登记：谁、何时、打印什么、作何用途");
  printed.Text("--letter", o->letter, "只列这封函件的：编号或文号")
      .Text("--from", o->from, "第一天，如 2026-09-01")
      .Text("--until", o->until, "最后一天")
      .Flag("--check", o->check, "核对全部登记有无改动")
      .Text("--out", o->file, "写成 CSV 文件");
  printed.Run([&shell, o] { return Printed(shell, *o); });
}

void AddDirectoryPaper(Shell& shell, Command& directory) {
  const auto o = std::make_shared<Options>();
  Command paper = directory.Sub("paper", "未装本系统的县：去函打印后邮寄");
  paper.Text("DIVISION", o->division, "该县的六位行政区划代码", Need::kRequired)
      .Text("--name", o->name, "县名，如 宜章县")
      .Text("--bureau", o->bureau, "主送单位，如 宜章县教育局")
      .Text("--address", o->address, "邮寄地址")
      .Flag("--remove", o->remove, "从名录中去掉");
  paper.Run([&shell, o] { return Paper(shell, *o); });
}

}  // namespace cli
