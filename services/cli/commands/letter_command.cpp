#include <fmt/format.h>
#include <google/protobuf/util/json_util.h>

#include <fstream>
#include <iterator>
#include <memory>

#include "cli/commands/commands.h"
#include "cli/commands/letter_names.h"
#include "cli/commands/print_command.h"
#include "cli/shell/text_table.h"
#include "cli/shell/values.h"
#include "tracing/contract/tracing.pb.h"

namespace cli {
namespace {

namespace tracing = baoxue::tracing::v1;
using base::Code;
using base::Error;

struct Options {
  std::string letter = {};
  std::string file = {};
  std::string kind = {};
  std::string to = {};
  std::string name = {};
  std::string id_number = {};
  std::string birth = {};
  std::string household = {};
  std::string last_seen = {};
  std::vector<std::string> visits = {};
  std::string request = "请协助核查该生去向及就读情况";
  std::string phone = {};
  std::string act = {};
  std::string text = {};
  std::string until = {};
  std::string code = {};
  std::string school = {};
  std::string grade_class = {};
  std::int64_t persuasions = 0;
  std::string third_address = {};
  std::string third_phone = {};
  std::string since = {};
  std::string reference = {};
  std::string on = {};
  std::string reason = {};
  std::int64_t case_id = 0;
  std::int64_t student = 0;
  std::int64_t ordinal = 0;
  std::int64_t candidate = 0;
  std::int64_t year = 0;
  std::int64_t last = 0;
  bool incoming = false;
  bool outgoing = false;
  bool open = false;
  bool stuck = false;
  bool overdue = false;
  bool officer = false;
};

std::string Stuck(const tracing::Letter& letter) {
  return letter.stuck().empty() ? "" : letter.stuck_text() + " [" + letter.stuck() + "]";
}

void Row(TextTable& table, const tracing::Letter& letter) {
  table.Row({LetterId(letter.conversation_id()), letter.incoming() ? "来" : "去",
             LetterKindText(letter.kind()), letter.document_no(),
             letter.peer() + letter.peer_name(), letter.student_name(), letter.state_name(),
             Show(letter.reply_by()), letter.overdue() ? "逾期" : "", Stuck(letter)});
}

TextTable Table() {
  return TextTable({"编号", "方向", "种类", "文号", "对方", "学生", "状态", "回复期限", "", "滞留原因"});
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

void ShowOne(Shell& shell, const tracing::LetterReply& reply) {
  if (shell.json()) return shell.Json(reply);
  const tracing::Letter& letter = reply.letter();
  TextTable table = Table();
  Row(table, letter);
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

template <class Letter>
base::Status Fill(const Options& o, Letter& letter) {
  tracing::Child& child = *letter.mutable_child();
  child.set_name(o.name);
  child.set_id_number(o.id_number);
  RETURN_IF_ERROR(ReadDate(o.birth, child.mutable_birth()));
  if (o.birth.empty()) child.clear_birth();
  child.set_household_division(o.household.empty() ? o.to : o.household);
  RETURN_IF_ERROR(ReadDate(o.last_seen, letter.mutable_last_seen()));
  letter.set_request(o.request);
  letter.mutable_contact()->set_phone(o.phone);
  return {};
}

base::Status FromWords(Shell& shell, const Options& o, tracing::DraftLetter& draft) {
  draft.set_to(o.to);
  draft.set_case_id(o.case_id);
  draft.set_student_id(o.student);
  draft.set_ordinal(static_cast<std::uint32_t>(o.ordinal));
  tracing::Office contact;
  contact.set_body(shell.actor().body());
  contact.set_person(shell.actor().name().empty() ? shell.actor().person_id()
                                                  : shell.actor().name());
  contact.set_phone(o.phone);
  if (o.kind == "XC") {
    draft.set_kind(tracing::LETTER_KIND_XC);
    RETURN_IF_ERROR(Fill(o, *draft.mutable_search()));
    *draft.mutable_search()->mutable_contact() = contact;
    return {};
  }
  draft.set_kind(tracing::LETTER_KIND_HC);
  tracing::InquiryLetter& letter = *draft.mutable_inquiry();
  RETURN_IF_ERROR(Fill(o, letter));
  *letter.mutable_contact() = contact;
  for (const std::string& visit : o.visits) {
    const std::size_t colon = visit.find(':');
    tracing::Measure& measure = *letter.add_measures();
    measure.set_kind("家访");
    measure.set_text(colon == std::string::npos ? "" : visit.substr(colon + 1));
    RETURN_IF_ERROR(ReadDate(visit.substr(0, colon), measure.mutable_day()));
  }
  return {};
}

base::Status Draft(Shell& shell, const Options& o) {
  tracing::DraftLetter draft;
  if (!o.file.empty()) {
    std::ifstream in{o.file};
    const std::string json{std::istreambuf_iterator<char>{in}, {}};
    const auto read = google::protobuf::util::JsonStringToMessage(json, &draft);
    if (!in || !read.ok()) return WrongWords(o.file + " is no letter in JSON");
  } else {
    RETURN_IF_ERROR(FromWords(shell, o, draft));
  }
  ASSIGN_OR_RETURN(const auto reply, (shell.Ask<tracing::LetterReply>("tracing", draft)));
  ShowOne(shell, reply);
  return {};
}

base::Status Do(Shell& shell, const Options& o, const std::string& act) {
  tracing::DoLetterAct request;
  ASSIGN_OR_RETURN(const std::string id, FindLetterId(shell, o.letter));
  request.set_conversation_id(id);
  request.set_kind(act);
  request.set_text(o.text);
  request.set_to(o.to);
  request.set_reference(o.reference);
  request.set_reason(o.reason);
  if (!o.until.empty()) RETURN_IF_ERROR(ReadDate(o.until, request.mutable_until()));
  if (!o.on.empty()) RETURN_IF_ERROR(ReadDate(o.on, request.mutable_on()));
  request.set_candidate_student_id(o.candidate);
  if (o.candidate != 0) {
    request.mutable_reply()->set_text(o.text);
  } else if (act == "answer" || act == "answer_by_hand") {
    tracing::ReplyLetter& reply = *request.mutable_reply();
    if (!tracing::ReplyCode_IsValid(ReplyCodeOf(o.code))) return WrongWords("--code is R01..R99");
    reply.set_code(static_cast<tracing::ReplyCode>(ReplyCodeOf(o.code)));
    reply.set_text(o.text);
    reply.set_school(o.school);
    reply.set_grade_class(o.grade_class);
    reply.set_persuasions(static_cast<std::uint32_t>(o.persuasions));
    reply.set_third_division(o.to);
    reply.set_third_address(o.third_address);
    reply.set_third_phone(o.third_phone);
    if (!o.since.empty()) RETURN_IF_ERROR(ReadDate(o.since, reply.mutable_since()));
    if (!o.until.empty()) RETURN_IF_ERROR(ReadDate(o.until, reply.mutable_until()));
  }
  ASSIGN_OR_RETURN(const auto reply, (shell.Ask<tracing::LetterReply>("tracing", request)));
  ShowOne(shell, reply);
  return {};
}

base::Status List(Shell& shell, const Options& o) {
  tracing::ListLetters request;
  request.set_incoming_only(o.incoming);
  request.set_outgoing_only(o.outgoing);
  request.set_open_only(o.open);
  request.set_stuck_only(o.stuck);
  request.set_overdue_only(o.overdue);
  request.set_for_officer_only(o.officer);
  request.set_case_id(o.case_id);
  request.set_limit(1000);
  ASSIGN_OR_RETURN(const auto reply, (shell.Ask<tracing::ListLettersReply>("tracing", request)));
  if (shell.json()) {
    shell.Json(reply);
    return {};
  }
  TextTable table = Table();
  for (const tracing::Letter& letter : reply.letters()) Row(table, letter);
  shell.Say(table.ToString());
  shell.Say(fmt::format("{} letters\n", WithCommas(reply.total())));
  return {};
}

base::Status ShowLetter(Shell& shell, const Options& o) {
  tracing::GetLetter request;
  ASSIGN_OR_RETURN(const std::string id, FindLetterId(shell, o.letter));
  request.set_conversation_id(id);
  ASSIGN_OR_RETURN(const auto reply, (shell.Ask<tracing::LetterReply>("tracing", request)));
  ShowOne(shell, reply);
  return {};
}

base::Status Summary(Shell& shell) {
  ASSIGN_OR_RETURN(const auto reply, (shell.Ask<tracing::TracingSummary>(
                                         "tracing", tracing::GetTracingSummary{})));
  if (shell.json()) {
    shell.Json(reply);
    return {};
  }
  TextTable table({"状态", "发出", "收到"});
  for (const tracing::StateTally& one : reply.states()) {
    table.Row({one.name(), WithCommas(one.outgoing()), WithCommas(one.incoming())});
  }
  shell.Say(table.ToString());
  shell.Say(fmt::format("待回执 {}  滞留 {}  停发 {}  逾期 {}  待经办 {}\n", reply.waiting(),
                        reply.stuck(), reply.parked(), reply.overdue(), reply.for_officer()));
  if (reply.numbers_frozen()) shell.Say("数据恢复后正在与各县核对,文号暂停编发\n");
  return {};
}

base::Status Restored(Shell& shell) {
  ASSIGN_OR_RETURN(const auto reply, (shell.Ask<tracing::AnnounceRestoreReply>(
                                         "tracing", tracing::AnnounceRestore{})));
  if (shell.json()) {
    shell.Json(reply);
    return {};
  }
  shell.Say(fmt::format("已登记数据恢复(第 {} 期),正在向 {} 个成员核对;核对完毕前文号暂停编发\n",
                        reply.epoch(), reply.members()));
  return {};
}

base::Status ConfirmNumbers(Shell& shell, const Options& o) {
  tracing::ConfirmNumbers request;
  request.set_year(static_cast<std::uint32_t>(o.year));
  request.set_last(static_cast<std::uint32_t>(o.last));
  ASSIGN_OR_RETURN(const auto reply,
                   (shell.Ask<tracing::ConfirmNumbersReply>("tracing", request)));
  if (shell.json()) {
    shell.Json(reply);
    return {};
  }
  shell.Say(fmt::format("{} 年文号从 {} 号续编\n", reply.year(), reply.next()));
  return {};
}

}  // namespace

void AddLetter(Shell& shell, Command& root) {
  Command command = root.Sub("letter", "函件: letters between counties");
  command.NeedsSub();
  const auto o = std::make_shared<Options>();
  Command draft = command.Sub("draft", "write a letter; --file for kinds other than HC and XC");
  draft.OneOf("--kind", o->kind, {"HC", "XC"}, "核查函 or 协查函")
      .Text("--file", o->file, "the whole DraftLetter as JSON instead")
      .Text("--to", o->to, "division code of the county")
      .Number("--case", o->case_id, "the case that asks")
      .Number("--student", o->student, "the student's id in the registry")
      .Number("--ordinal", o->ordinal, "1, 2, ... for another letter about the same")
      .Text("--name", o->name, "of the child")
      .Text("--id-number", o->id_number, "of the child")
      .Text("--birth", o->birth, "of the child")
      .Text("--household", o->household, "division code of the household; else --to")
      .Text("--last-seen", o->last_seen, "day")
      .List("--visit", o->visits, "day:what was found; repeat for more")
      .Text("--request", o->request, "what is asked")
      .Text("--phone", o->phone, "of the office that asks");
  draft.Run([&shell, o] { return Draft(shell, *o); });
  Command list = command.Sub("list", "letters, oldest first");
  list.Flag("--incoming", o->incoming, "only those that came")
      .Flag("--outgoing", o->outgoing, "only those that went out")
      .Flag("--open", o->open, "only those that are not over")
      .Flag("--stuck", o->stuck, "only those that do not go on")
      .Flag("--overdue", o->overdue, "only those whose answer is late")
      .Flag("--for-officer", o->officer, "only those that wait for an officer here")
      .Number("--case", o->case_id, "only those of this case");
  list.Run([&shell, o] { return List(shell, *o); });
  Command show = command.Sub("show", "one letter with everything that happened");
  show.Text("LETTER", o->letter, "id or document number", Need::kRequired);
  show.Run([&shell, o] { return ShowLetter(shell, *o); });
  for (const char* act : {"approve", "resend"}) {
    Command one = command.Sub(act, std::string{act} + " a letter");
    one.Text("LETTER", o->letter, "id or document number", Need::kRequired);
    one.Run([&shell, o, act] { return Do(shell, *o, act); });
  }
  Command act = command.Sub("do", "any other act on a letter");
  act.Text("LETTER", o->letter, "id or document number", Need::kRequired)
      .OneOf("ACT", o->act,
             {"approve", "reject", "withdraw", "supplement", "close", "reopen", "resend",
              "by_paper", "receipt_by_hand", "answer_by_hand", "acknowledge", "interim", "answer",
              "forward", "refuse", "to_household", "to_officer", "ask_third"},
             "what is done", Need::kRequired)
      .Text("--text", o->text, "what is said")
      .Text("--code", o->code, "of an answer: R01..R10, R99")
      .Number("--candidate", o->candidate, "of an answer: the student of ours who is meant")
      .Text("--school", o->school, "of an answer")
      .Text("--class", o->grade_class, "of an answer")
      .Number("--persuasions", o->persuasions, "of R04: how often")
      .Text("--third-address", o->third_address, "of R05: where the family lives")
      .Text("--third-phone", o->third_phone, "of R05")
      .Text("--since", o->since, "of an answer: day")
      .Text("--until", o->until, "day")
      .Text("--to", o->to, "division code")
      .Text("--reason", o->reason, "of a refusal")
      .Text("--reference", o->reference, "of paper: number of the post or of the scan")
      .Text("--on", o->on, "of paper: the day on which it was delivered");
  act.Run([&shell, o] { return Do(shell, *o, o->act); });
  Command restored = command.Sub("restored", "the database was restored from a backup: say so");
  restored.Run([&shell] { return Restored(shell); });
  Command confirm = command.Sub("confirm-numbers", "vouch for the last document number after that");
  confirm.Number("--year", o->year, "of the numbers")
      .Number("--last", o->last, "the last one in the paper register; 0: none");
  confirm.Run([&shell, o] { return ConfirmNumbers(shell, *o); });
  AddLetterPrint(shell, command);
  Command summary = command.Sub("summary", "how many letters stand where");
  summary.Run([&shell] { return Summary(shell); });
}

}  // namespace cli
