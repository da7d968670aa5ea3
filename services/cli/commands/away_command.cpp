#include <fmt/format.h>

#include <memory>

#include "cli/commands/commands.h"
#include "cli/commands/letter_names.h"
#include "cli/shell/identity.h"
#include "cli/shell/text_table.h"
#include "cli/shell/values.h"
#include "tables/tables.h"
#include "tracing/contract/away.pb.h"

namespace cli {
namespace {

namespace tracing = baoxue::tracing::v1;

constexpr std::uint32_t kPage = 500;
constexpr int kRowsAtOnce = 1000;

struct Options {
  std::int64_t id = 0;
  std::int64_t version = 0;
  std::string name, id_number, id_file, birth, sex, town, why, division, address, phone, school;
  std::string since;
  std::string left_on, guardian, guardian_phone, note, state, act, text, reference, file;
  std::int64_t person = 0;
  std::int64_t student = 0;
  bool all = false;
  bool dry_run = false;
  bool skip_bad = false;
  bool open = false;
};

std::vector<std::string> Header() {
  return {"编号", "姓名", "证件号", "乡镇", "居住地", "就读学校", "状态", "证明有效至", "下一步",
          "时间"};
}
std::vector<std::string> Cells(const tracing::AwayRow& row) {
  return {std::to_string(row.away_id()),
          row.name(),
          row.id_masked(),
          row.town(),
          row.division_name().empty() ? row.division() : row.division_name(),
          row.school(),
          row.state_name(),
          row.has_proof_until() ? Show(row.proof_until()) : "",
          row.next_task_name(),
          row.has_next_due() ? Show(row.next_due()) : ""};
}

void ShowOne(Shell& shell, const tracing::AwayReply& reply) {
  if (shell.json()) return shell.Json(reply);
  const tracing::AwayRow& row = reply.row();
  TextTable table(Header());
  table.Row(Cells(row));
  shell.Say(table.ToString());
  shell.Say(fmt::format("来源: {}  类型: {}  外出日期: {}  监护人: {}  电话: {}\n", row.origin(),
                        row.why(), Show(row.left_on()), row.guardian(), row.phone_masked()));
  shell.Say(fmt::format("第 {} 版\n", row.version()));
  if (row.history().empty()) return;
  TextTable log({"", "时间", "事项", "说明", "经办", "函件"});
  for (const tracing::AwayStep& step : row.history()) {
    log.Row({std::to_string(step.version()), Show(step.at()), step.kind_name(), step.text(),
             Show(step.actor()), LetterId(step.conversation_id())});
  }
  shell.Say(log.ToString());
}

base::Status List(Shell& shell, const Options& o) {
  tracing::ListAway request;
  request.set_all(o.all);
  request.set_town(o.town);
  request.set_name(o.name);
  request.set_division(o.division);
  if (!o.state.empty()) {
    tracing::AwayState state = tracing::AWAY_STATE_UNSPECIFIED;
    std::string name = "AWAY_STATE_" + o.state;
    for (char& c : name) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    if (!tracing::AwayState_Parse(name, &state)) return WrongWords("没有这种状态：" + o.state);
    request.set_state(state);
  }
  request.set_limit(kPage);
  tracing::ListAwayReply all;
  while (true) {
    ASSIGN_OR_RETURN(const auto page, (shell.Ask<tracing::ListAwayReply>("tracing", request)));
    all.set_total(page.total());
    for (const tracing::AwayRow& row : page.rows()) {
      *all.add_rows() = row;
      request.set_after(row.away_id());
    }
    if (page.rows().size() < static_cast<int>(kPage)) break;
  }
  if (shell.json()) {
    shell.Json(all);
    return {};
  }
  TextTable table(Header());
  for (const tracing::AwayRow& row : all.rows()) table.Row(Cells(row));
  shell.Say(table.ToString());
  shell.Say(fmt::format("{} 名\n", WithCommas(all.total())));
  return {};
}

base::Status ShowAway(Shell& shell, const Options& o) {
  tracing::GetAway request;
  request.set_away_id(o.id);
  ASSIGN_OR_RETURN(const auto reply, (shell.Ask<tracing::AwayReply>("tracing", request)));
  ShowOne(shell, reply);
  return {};
}

base::Status Add(Shell& shell, const Options& o) {
  if (!o.id_number.empty()) {
    return NotOnTheLine("请用 --id-file 文件，或 --id-file - 从标准输入读");
  }
  tracing::AddAway request;
  tracing::AwayEntry& entry = *request.mutable_entry();
  entry.mutable_child()->set_name(o.name);
  entry.mutable_child()->set_sex(o.sex);
  if (!o.id_file.empty()) {
    ASSIGN_OR_RETURN(*entry.mutable_child()->mutable_id_number(), ReadIdentity(o.id_file));
  }
  if (!o.birth.empty()) RETURN_IF_ERROR(ReadDate(o.birth, entry.mutable_child()->mutable_birth()));
  entry.mutable_guardian()->set_name(o.guardian);
  entry.mutable_guardian()->set_phone(o.guardian_phone);
  entry.set_town(o.town);
  entry.set_why(o.why);
  entry.set_division(o.division);
  entry.set_address(o.address);
  entry.set_phone(o.phone);
  entry.set_school(o.school);
  if (!o.since.empty()) RETURN_IF_ERROR(ReadDate(o.since, entry.mutable_since()));
  if (!o.left_on.empty()) RETURN_IF_ERROR(ReadDate(o.left_on, entry.mutable_left_on()));
  entry.set_person_id(o.person);
  entry.set_student_id(o.student);
  entry.set_note(o.note);
  ASSIGN_OR_RETURN(const auto reply, (shell.Ask<tracing::AwayReply>("tracing", request)));
  ShowOne(shell, reply);
  return {};
}

base::Status Do(Shell& shell, const Options& o) {
  tracing::DoAwayAct request;
  request.set_away_id(o.id);
  request.set_expected_version(static_cast<std::int32_t>(o.version));
  request.set_kind(o.act);
  request.set_text(o.text);
  request.set_school(o.school);
  if (!o.since.empty()) RETURN_IF_ERROR(ReadDate(o.since, request.mutable_since()));
  request.set_division(o.division);
  request.set_address(o.address);
  request.set_phone(o.phone);
  request.set_reference(o.reference);
  ASSIGN_OR_RETURN(const auto reply, (shell.Ask<tracing::AwayReply>("tracing", request)));
  ShowOne(shell, reply);
  return {};
}

struct AwayFile {
  std::string name = {};
  std::vector<tracing::ImportAway> parts = {};
};

base::Result<AwayFile> ReadFile(const std::string& path) {
  AwayFile file;
  file.name = path.substr(path.find_last_of('/') + 1);
  ASSIGN_OR_RETURN(const auto reader, tables::Open(path));
  tracing::ImportAway empty;
  empty.set_file_name(file.name);
  tables::Row row;
  for (bool header = true;; header = false) {
    ASSIGN_OR_RETURN(const bool more, reader->Next(row));
    if (!more) break;
    if (header) {
      for (const std::string& cell : row.cells) empty.add_header(cell);
      continue;
    }
    if (file.parts.empty() || file.parts.back().rows_size() >= kRowsAtOnce) {
      file.parts.push_back(empty);
    }
    tracing::AwayListRow& one = *file.parts.back().add_rows();
    one.set_number(row.number);
    for (const std::string& cell : row.cells) one.add_cells(cell);
  }
  if (file.parts.empty()) file.parts.push_back(empty);
  return file;
}

base::Result<tracing::ImportAwayReply> Send(Shell& shell, AwayFile& file, bool dry, bool strict) {
  tracing::ImportAwayReply sum;
  sum.set_applied(!dry);
  for (tracing::ImportAway& part : file.parts) {
    part.set_dry_run(dry);
    part.set_strict(strict);
    ASSIGN_OR_RETURN(const auto reply, (shell.Ask<tracing::ImportAwayReply>("tracing", part)));
    sum.set_rows(sum.rows() + reply.rows());
    sum.set_added(sum.added() + reply.added());
    sum.set_changed(sum.changed() + reply.changed());
    sum.set_unchanged(sum.unchanged() + reply.unchanged());
    for (const tracing::AwayRefusal& one : reply.refused()) *sum.add_refused() = one;
    *sum.mutable_unknown_columns() = reply.unknown_columns();
    sum.set_applied(sum.applied() && reply.applied());
  }
  return sum;
}

// As Excel names columns: A, ..., Z, AA.
std::string Letters(std::uint32_t column) {
  std::string out;
  for (; column > 0; column = (column - 1) / 26) {
    out.insert(out.begin(), static_cast<char>('A' + (column - 1) % 26));
  }
  return out;
}

// File, row, column, what is wrong and how to mend it.
std::string Line(const AwayFile& file, const tracing::AwayRefusal& refusal) {
  const auto column = static_cast<int>(refusal.column());
  const tracing::ImportAway& first = file.parts.front();
  std::string where = fmt::format("{} 第{}行", file.name, refusal.number());
  std::string text = refusal.text();
  const std::string colon = "：";
  if (column > 0 && column <= first.header_size() && text.find(colon) != std::string::npos) {
    where += fmt::format(" {}列“{}”", Letters(refusal.column()), first.header(column - 1));
    text = text.substr(text.find(colon) + colon.size());
  } else if (constexpr std::string_view kRow = "整行："; text.starts_with(kRow)) {
    text = text.substr(kRow.size());
  }
  return fmt::format("{}：{}\n", where, text);
}

void SayImport(Shell& shell, const AwayFile& file, const tracing::ImportAwayReply& sum) {
  for (const tracing::AwayRefusal& one : sum.refused()) shell.Say(Line(file, one));
  for (const std::string& column : sum.unknown_columns()) {
    shell.Say(fmt::format("{} 表头“{}”不认识，这一列没有读取\n", file.name, column));
  }
  const std::string_view may = sum.applied() ? "" : "可";
  shell.Say(fmt::format("{}（共 {} 行）：{}新增 {}，{}变更 {}，不变 {}，有误 {} 处\n",
                        sum.applied() ? "已导入" : "试导入", sum.rows(), may, sum.added(), may,
                        sum.changed(), sum.unchanged(), sum.refused_size()));
}

// Tried first: a list with a mistake changes nothing, unless its good rows are wanted all the same.
base::Status Import(Shell& shell, const Options& o) {
  ASSIGN_OR_RETURN(AwayFile file, ReadFile(o.file));
  ASSIGN_OR_RETURN(tracing::ImportAwayReply sum, Send(shell, file, true, !o.skip_bad));
  if (!o.dry_run && (sum.refused().empty() || o.skip_bad)) {
    ASSIGN_OR_RETURN(sum, Send(shell, file, false, !o.skip_bad));
  }
  if (shell.json()) {
    shell.Json(sum);
  } else {
    SayImport(shell, file, sum);
  }
  if (sum.refused().empty()) return {};
  return base::Error{base::Code::kInvalidArgument, "ROWS_REFUSED",
                     sum.applied() ? "有误的行没有导入，请更正后再导入同一文件"
                                   : "名单有误，什么都没有改动，请按上面所列更正后再导入同一文件"};
}

base::Status Summary(Shell& shell) {
  ASSIGN_OR_RETURN(const auto reply, (shell.Ask<tracing::AwaySummary>(
                                         "tracing", tracing::GetAwaySummary{})));
  if (shell.json()) {
    shell.Json(reply);
    return {};
  }
  TextTable table({"状态", "人数"});
  for (const tracing::AwayTally& one : reply.states()) {
    table.Row({one.name(), WithCommas(one.count())});
  }
  shell.Say(table.ToString());
  shell.Say(fmt::format("现在到期待办 {} 名\n", WithCommas(reply.due())));
  return {};
}

base::Status HandOvers(Shell& shell, const Options& o) {
  tracing::ListHandOvers request;
  request.set_open_only(o.open);
  request.set_limit(1000);
  ASSIGN_OR_RETURN(const auto reply, (shell.Ask<tracing::ListHandOversReply>("tracing", request)));
  if (shell.json()) {
    shell.Json(reply);
    return {};
  }
  TextTable table({"个案", "学生", "移交", "户籍地", "时间", "文号", "说明"});
  for (const tracing::HandOverRow& row : reply.rows()) {
    table.Row({std::to_string(row.case_id()), std::to_string(row.student_id()), row.stand_name(),
               row.household(), row.has_due() ? Show(row.due()) : "", row.document_no(),
               row.note()});
  }
  shell.Say(table.ToString());
  return {};
}

std::vector<Choice> States() {
  return {{"elsewhere", "在外居住，待取得就读证明"},
          {"proven", "就读证明有效"},
          {"proof_missing", "未取得就读证明"},
          {"back", "已返回本县就读"},
          {"over_age", "已超过义务教育年龄"},
          {"review", "待经办人核定"},
          {"ended", "已移出台账"}};
}

std::vector<Choice> Acts() {
  return {{"proof", "取得就读证明"}, {"move", "去往第三地"},     {"visit", "交乡镇回访"},
          {"ask", "发函"},           {"back", "返回本县就读"},   {"end", "移出台账"},
          {"resume", "恢复跟踪"},    {"note", "备注"}};
}

void Entry(Command& add, Options& o) {
  add.Text("--name", o.name, "学生姓名", Need::kRequired)
      .Text("--id-file", o.id_file, "身份证件号所在的文件，- 为从标准输入读")
      .Text("--id-number", o.id_number, "不接受：写在命令行上，本机其他人都看得到，请用 --id-file")
      .Text("--birth", o.birth, "出生日期，没有身份证件号时填写")
      .Text("--sex", o.sex, "性别：男 或 女")
      .Text("--town", o.town, "负责回访的乡镇", Need::kRequired)
      .Text("--left", o.left_on, "外出日期，如 2026-09-01", Need::kRequired)
      .Text("--why", o.why, "类型：举家搬迁、外出务工随迁 或 其他")
      .Text("--division", o.division, "居住地的六位行政区划代码")
      .Text("--address", o.address, "居住地地址")
      .Text("--phone", o.phone, "居住地电话")
      .Text("--school", o.school, "家长所说的就读学校")
      .Text("--since", o.since, "就读起始日期")
      .Text("--guardian", o.guardian, "监护人姓名")
      .Text("--guardian-phone", o.guardian_phone, "监护人电话")
      .Number("--person", o.person, "适龄儿童名单中的编号")
      .Number("--student", o.student, "学籍中的学生编号")
      .Text("--note", o.note, "备注");
}

}  // namespace

void AddAway(Shell& shell, Command& root) {
  Command command = root.Sub("away", "外出儿童台账：在外居住的本县儿童");
  command.NeedsSub();
  const auto o = std::make_shared<Options>();
  Command list = command.Sub("list", "列出台账和下一步");
  list.Text("--state", o->state, Explained("只列这一状态", States()))
      .Text("--town", o->town, "只列这个乡镇的")
      .Text("--name", o->name, "只列这个姓名的")
      .Text("--division", o->division, "只列居住在这个区划的")
      .Flag("--all", o->all, "连同已移出台账的");
  list.Run([&shell, o] { return List(shell, *o); });
  Command show = command.Sub("show", "一名儿童的情况和经过");
  show.Number("ID", o->id, "台账编号", Need::kRequired);
  show.Run([&shell, o] { return ShowAway(shell, *o); });
  Command add = command.Sub("add", "人工登记一名儿童");
  Entry(add, *o);
  add.Run([&shell, o] { return Add(shell, *o); });
  Command import = command.Sub("import", "导入乡镇名单（CSV 或 XLSX）");
  import.Text("FILE", o->file, "名单文件，栏目见 config/reference/templates/away.csv", Need::kRequired)
      .Flag("--skip-bad", o->skip_bad, "名单有误时，先导入无误的行")
      .Flag("--dry-run", o->dry_run, "只试算，不写入");
  import.Run([&shell, o] { return Import(shell, *o); });
  Command act = command.Sub("act", "办理一名儿童的事项");
  act.Number("ID", o->id, "台账编号", Need::kRequired)
      .OneOf("ACT", o->act, Acts(), "事项", Need::kRequired)
      .Text("--text", o->text, "理由或说明")
      .Text("--school", o->school, "proof、move：就读学校")
      .Text("--since", o->since, "proof：就读起始日期")
      .Text("--reference", o->reference, "proof：证明的编号")
      .Number("--expected-version", o->version, "away show 所说的版本；已有变动则不办。0 为不限")
      .Text("--division", o->division, "move：现居住地的六位行政区划代码")
      .Text("--address", o->address, "move：现居住地地址")
      .Text("--phone", o->phone, "move：现居住地电话");
  act.Run([&shell, o] { return Do(shell, *o); });
  Command summary = command.Sub("summary", "各种状态各有多少名");
  summary.Run([&shell] { return Summary(shell); });
  Command files = command.Sub("handovers", "移交户籍地的辍学学生");
  files.Flag("--open", o->open, "只列未办结的");
  files.Run([&shell, o] { return HandOvers(shell, *o); });
}

}  // namespace cli
