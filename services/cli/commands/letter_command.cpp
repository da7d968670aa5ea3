#include <fmt/format.h>
#include <google/protobuf/util/json_util.h>

#include <fstream>
#include <iterator>
#include <memory>

#include "cli/commands/commands.h"
#include "cli/commands/letter_show.h"
#include "cli/commands/print_command.h"
#include "cli/shell/values.h"
#include "tracing/contract/tracing.pb.h"

namespace cli {
namespace {

namespace tracing = baoxue::tracing::v1;
using base::Code;
using base::Error;

struct Options {
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
  std::int64_t case_id = 0;
  std::int64_t student = 0;
  std::int64_t ordinal = 0;
  std::int64_t year = 0;
  std::int64_t last = 0;
};

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
  ShowLetter(shell, reply);
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
  AddLetterList(shell, command);
  AddLetterShow(shell, command);
  AddLetterActs(shell, command);
  Command restored = command.Sub("restored", "the database was restored from a backup: say so");
  restored.Run([&shell] { return Restored(shell); });
  Command confirm = command.Sub("confirm-numbers", "vouch for the last document number after that");
  confirm.Number("--year", o->year, "of the numbers")
      .Number("--last", o->last, "the last one in the paper register; 0: none");
  confirm.Run([&shell, o] { return ConfirmNumbers(shell, *o); });
  AddLetterPrint(shell, command);
}

}  // namespace cli
