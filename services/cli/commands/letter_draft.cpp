#include "cli/commands/letter_draft.h"

#include <fmt/format.h>
#include <google/protobuf/util/json_util.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>
#include <fstream>
#include <iostream>
#include <iterator>
#include <memory>

#include "cli/commands/letter_attach.h"
#include "cli/commands/letter_names.h"
#include "cli/shell/identity.h"
#include "cli/shell/resolve.h"
#include "cli/shell/values.h"

namespace cli {
namespace {

namespace tracing = baoxue::tracing::v1;

struct Options {
  std::string file = {};
  std::string kind = "HC";
  std::string to = {};
  std::int64_t case_id = 0;
  std::string student = {};
  std::int64_t ordinal = 0;
  std::string name = {};
  std::string sex = {};
  std::string birth = {};
  std::string id_file = {};
  std::string id_number = {};
  std::string student_no = {};
  std::string school = {};
  std::string grade_class = {};
  std::string household = {};
  std::string household_address = {};
  std::vector<std::string> guardians = {};
  std::string last_seen = {};
  std::string destination = {};
  std::string whereabouts = {};
  std::vector<std::string> visits = {};
  std::vector<std::string> measures = {};
  std::vector<std::string> attach = {};
  std::string from_school = {};
  std::string to_school = {};
  std::string left_on = {};
  std::string last_paid_term = {};
  std::string last_paid_yuan = {};
  bool confirm_arrival = false;
  std::string since = {};
  std::string term = {};
  std::string subject = {};
  std::string text = {};
  std::string about = {};
  bool without_child = false;
  std::string request = {};
  std::string contact = {};
  std::string phone = {};
};

struct Kind {
  std::string_view code;
  std::string_view name;
  tracing::LetterKind kind;
};
constexpr Kind kKinds[] = {{"HC", "核查函", tracing::LETTER_KIND_HC},
                           {"XC", "协查函", tracing::LETTER_KIND_XC},
                           {"QF", "劝返函", tracing::LETTER_KIND_QF},
                           {"ZX", "转学联系函", tracing::LETTER_KIND_ZX},
                           {"JD", "就读证明函", tracing::LETTER_KIND_JD},
                           {"GZ", "告知函", tracing::LETTER_KIND_GZ}};

base::Result<Kind> KindFrom(const std::string& text) {
  for (const Kind& kind : kKinds) {
    if (kind.code == text || kind.name == text) return kind;
  }
  if (text == "CB" || text == "催办函") {
    return WrongWords("催办函由系统在回复期限届满时自动编号发出,不能手工拟写");
  }
  if (text == "HF" || text == "回函") {
    return WrongWords("回函是对来函的答复,请用 letter do 来函 answer --code R01 ...");
  }
  return WrongWords("--kind 须为 HC 核查函、XC 协查函、QF 劝返函、ZX 转学联系函、JD 就读证明函、"
                    "GZ 告知函之一");
}

// Options that not every kind has a place for, and which have: what a letter may not carry is told
// before it is dropped.
base::Status CheckCarried(const Options& o, const Kind& kind) {
  struct Row {
    std::string_view option;
    bool given;
    std::string_view kinds;
  };
  const Row rows[] = {{"--guardian", !o.guardians.empty(), "HC QF"},
                      {"--last-seen", !o.last_seen.empty(), "HC XC"},
                      {"--destination", !o.destination.empty(), "HC XC"},
                      {"--whereabouts", !o.whereabouts.empty(), "QF"},
                      {"--visit", !o.visits.empty(), "HC QF"},
                      {"--measure", !o.measures.empty(), "HC QF"},
                      {"--from-school", !o.from_school.empty(), "ZX"},
                      {"--to-school", !o.to_school.empty(), "ZX"},
                      {"--left-on", !o.left_on.empty(), "ZX"},
                      {"--last-paid-term", !o.last_paid_term.empty(), "ZX"},
                      {"--last-paid-yuan", !o.last_paid_yuan.empty(), "ZX"},
                      {"--confirm-arrival", o.confirm_arrival, "ZX"},
                      {"--since", !o.since.empty(), "JD"},
                      {"--term", !o.term.empty(), "JD"},
                      {"--subject", !o.subject.empty(), "GZ"},
                      {"--text", !o.text.empty(), "GZ"},
                      {"--about", !o.about.empty(), "GZ"},
                      {"--without-child", o.without_child, "GZ"},
                      {"--request", !o.request.empty(), "HC XC QF ZX"}};
  for (const Row& row : rows) {
    if (!row.given || row.kinds.find(kind.code) != std::string_view::npos) continue;
    return WrongWords(fmt::format("{}不载有 {}", kind.name, row.option));
  }
  return {};
}

base::Status PutChild(const Options& o, tracing::Child* child) {
  child->set_name(o.name);
  child->set_sex(o.sex);
  if (!o.birth.empty()) RETURN_IF_ERROR(ReadDate(o.birth, child->mutable_birth()));
  if (!o.id_file.empty()) {
    ASSIGN_OR_RETURN(*child->mutable_id_number(), ReadIdentity(o.id_file));
  }
  child->set_student_no(o.student_no);
  child->set_household_division(o.household);
  child->set_household_address(o.household_address);
  return {};
}

void PutSchool(const Options& o, tracing::Child* child) {
  child->set_school(o.school);
  child->set_grade_class(o.grade_class);
}

// "母亲:王某:13800000000"; the telephone may be left out.
template <class Letter>
base::Status PutGuardians(const Options& o, Letter* letter) {
  for (const std::string& text : o.guardians) {
    const std::size_t first = text.find(':');
    if (first == std::string::npos) return WrongWords("--guardian 应写成 母亲:王某:13800000000");
    const std::size_t second = text.find(':', first + 1);
    tracing::GuardianContact& one = *letter->add_guardians();
    one.set_relation(text.substr(0, first));
    one.set_name(text.substr(first + 1, second - first - 1));
    if (second != std::string::npos) one.set_phone(text.substr(second + 1));
  }
  return {};
}

// "2026-10-08:家访:家中无人", and "2026-10-08:家中无人" of a home visit.
template <class Letter>
base::Status PutMeasures(const Options& o, Letter* letter) {
  const auto add = [&](const std::string& text, bool visit) -> base::Status {
    const std::size_t day = text.find(':');
    const std::size_t kind = visit ? day : text.find(':', day + 1);
    if (day == std::string::npos || kind == std::string::npos) {
      return WrongWords(visit ? "--visit 应写成 2026-10-08:家中无人"
                              : "--measure 应写成 2026-10-08:电话:未接通");
    }
    tracing::Measure& one = *letter->add_measures();
    RETURN_IF_ERROR(ReadDate(text.substr(0, day), one.mutable_day()));
    one.set_kind(visit ? "家访" : text.substr(day + 1, kind - day - 1));
    one.set_text(text.substr(kind + 1));
    return {};
  };
  for (const std::string& text : o.visits) RETURN_IF_ERROR(add(text, true));
  for (const std::string& text : o.measures) RETURN_IF_ERROR(add(text, false));
  return {};
}

base::Status PutInquiry(const Options& o, tracing::InquiryLetter* letter) {
  RETURN_IF_ERROR(PutChild(o, letter->mutable_child()));
  PutSchool(o, letter->mutable_child());
  RETURN_IF_ERROR(PutGuardians(o, letter));
  if (!o.last_seen.empty()) RETURN_IF_ERROR(ReadDate(o.last_seen, letter->mutable_last_seen()));
  letter->set_known_destination(o.destination);
  RETURN_IF_ERROR(PutMeasures(o, letter));
  letter->set_request(o.request.empty() ? "请协助核查该生去向及就读情况" : o.request);
  return {};
}

base::Status PutSearch(const Options& o, tracing::SearchLetter* letter) {
  RETURN_IF_ERROR(PutChild(o, letter->mutable_child()));
  PutSchool(o, letter->mutable_child());
  if (!o.last_seen.empty()) RETURN_IF_ERROR(ReadDate(o.last_seen, letter->mutable_last_seen()));
  letter->set_known_destination(o.destination);
  letter->set_request(o.request.empty() ? "请在所辖学校和学籍系统中协助查找该生，并函告就读情况"
                                        : o.request);
  return {};
}

base::Status PutPersuasion(const Options& o, tracing::PersuasionLetter* letter) {
  RETURN_IF_ERROR(PutChild(o, letter->mutable_child()));
  PutSchool(o, letter->mutable_child());
  RETURN_IF_ERROR(PutGuardians(o, letter));
  letter->set_whereabouts(o.whereabouts);
  RETURN_IF_ERROR(PutMeasures(o, letter));
  letter->set_request(o.request.empty() ? "请协助上门劝返，并函告该生返校或就读情况" : o.request);
  return {};
}

// "625" or "625.50".
base::Result<std::int64_t> FenFrom(const std::string& yuan) {
  double value = -1;
  const auto [end, error] = std::from_chars(yuan.data(), yuan.data() + yuan.size(), value);
  if (error != std::errc{} || end != yuan.data() + yuan.size() || value < 0 || value > 1e6) {
    return WrongWords("--last-paid-yuan 应写成 625 或 625.50");
  }
  return std::llround(value * 100);
}

base::Status PutTransfer(const Options& o, tracing::TransferLetter* letter) {
  RETURN_IF_ERROR(PutChild(o, letter->mutable_child()));
  PutSchool(o, letter->mutable_child());
  letter->set_from_school(o.from_school);
  letter->set_to_school(o.to_school);
  if (!o.left_on.empty()) RETURN_IF_ERROR(ReadDate(o.left_on, letter->mutable_left_on()));
  letter->set_last_paid_term(o.last_paid_term);
  if (!o.last_paid_yuan.empty()) {
    ASSIGN_OR_RETURN(const std::int64_t fen, FenFrom(o.last_paid_yuan));
    letter->set_last_paid_fen(fen);
  }
  letter->set_confirm_arrival(o.confirm_arrival);
  const char* const usual =
      o.confirm_arrival ? "该生已办理转出，转往贵地，请在该生到校后函复就读学校和起始日期"
                        : "该生拟转入我地就读，请协助办理转出手续，并函告学生资助已发至的学期和金额";
  letter->set_request(o.request.empty() ? usual : o.request);
  return {};
}

base::Status PutProof(const Options& o, tracing::ProofLetter* letter) {
  RETURN_IF_ERROR(PutChild(o, letter->mutable_child()));
  letter->set_school(o.school);
  letter->set_grade_class(o.grade_class);
  if (!o.since.empty()) RETURN_IF_ERROR(ReadDate(o.since, letter->mutable_since()));
  letter->set_term(o.term);
  return {};
}

base::Status PutNotice(const Options& o, tracing::NoticeLetter* letter) {
  if (!o.without_child) {
    RETURN_IF_ERROR(PutChild(o, letter->mutable_child()));
    PutSchool(o, letter->mutable_child());
  }
  letter->set_subject(o.subject);
  letter->set_text(o.text);
  letter->set_about_document_no(o.about);
  return {};
}

template <class Letter>
void PutContact(Shell& shell, const Options& o, Letter* letter) {
  tracing::Office& contact = *letter->mutable_contact();
  contact.set_body(shell.actor().body());
  contact.set_person(o.contact);
  contact.set_phone(o.phone);
}

base::Status PutContent(Shell& shell, const Options& o, const Kind& kind,
                        tracing::DraftLetter* draft) {
  switch (kind.kind) {
    case tracing::LETTER_KIND_XC:
      PutContact(shell, o, draft->mutable_search());
      return PutSearch(o, draft->mutable_search());
    case tracing::LETTER_KIND_QF:
      PutContact(shell, o, draft->mutable_persuasion());
      return PutPersuasion(o, draft->mutable_persuasion());
    case tracing::LETTER_KIND_ZX:
      PutContact(shell, o, draft->mutable_transfer());
      return PutTransfer(o, draft->mutable_transfer());
    case tracing::LETTER_KIND_JD:
      PutContact(shell, o, draft->mutable_proof());
      return PutProof(o, draft->mutable_proof());
    case tracing::LETTER_KIND_GZ:
      PutContact(shell, o, draft->mutable_notice());
      return PutNotice(o, draft->mutable_notice());
    default:
      PutContact(shell, o, draft->mutable_inquiry());
      return PutInquiry(o, draft->mutable_inquiry());
  }
}

base::Status FromWords(Shell& shell, const Options& o, tracing::DraftLetter* draft) {
  ASSIGN_OR_RETURN(const Kind kind, KindFrom(o.kind));
  if (!o.id_number.empty() || LooksLikeIdentity(o.student)) {
    return NotOnTheLine("有个案或学籍的用 --case 或 --student，其他的用 --id-file 文件，或 "
                        "--id-file - 从标准输入读");
  }
  if (o.to.empty()) return WrongWords("请用 --to 写明主送县区的六位行政区划代码");
  RETURN_IF_ERROR(CheckCarried(o, kind));
  draft->set_kind(kind.kind);
  draft->set_to(o.to);
  draft->set_case_id(o.case_id);
  if (!o.student.empty()) {
    ASSIGN_OR_RETURN(const std::int64_t student, ResolveStudent(shell, o.student));
    draft->set_student_id(student);
  }
  draft->set_ordinal(static_cast<std::uint32_t>(o.ordinal));
  draft->set_fill(true);
  return PutContent(shell, o, kind, draft);
}

base::Status Draft(Shell& shell, const Options& o, const ShowLetterReply& show) {
  tracing::DraftLetter draft;
  if (!o.file.empty()) {
    std::ifstream in{o.file};
    const std::string json{std::istreambuf_iterator<char>{in}, {}};
    const auto read = google::protobuf::util::JsonStringToMessage(json, &draft);
    if (!in || !read.ok()) return WrongWords(o.file + " 不是 JSON 格式的拟稿");
  } else {
    RETURN_IF_ERROR(FromWords(shell, o, &draft));
  }
  RETURN_IF_ERROR(AttachTo(o.attach, &draft));
  ASSIGN_OR_RETURN(const auto reply, (shell.Ask<tracing::LetterReply>("tracing", draft)));
  show(shell, reply);
  return {};
}

void AddChild(Command& draft, Options& o) {
  draft.Number("--case", o.case_id, "发函的个案，学生、最后到校日期和已采取措施取自个案")
      .Text("--student", o.student, "本县学生：编号，或 学校标识码/班号/班内学号")
      .Text("--name", o.name, "非本县学生的姓名")
      .Text("--id-file", o.id_file, "载有非本县学生身份证件号的文件，- 为标准输入")
      .Text("--id-number", o.id_number, "不接受：写在命令行上，本机其他人都看得到，请用 --id-file")
      .Text("--sex", o.sex, "男 或 女")
      .Text("--birth", o.birth, "出生日期，如 2014-03-05")
      .Text("--student-no", o.student_no, "学籍号")
      .Text("--school", o.school, "学校")
      .Text("--class", o.grade_class, "年级班")
      .Text("--household", o.household, "户籍地区划，不填取学籍所载")
      .Text("--household-address", o.household_address, "户籍地址");
}

}  // namespace

void AddLetterDraft(Shell& shell, Command& letter, ShowLetterReply show) {
  const auto o = std::make_shared<Options>();
  Command draft = letter.Sub("draft", "拟函：用 --case 或 --student 时自动填写台账所载");
  draft.Text("--kind", o->kind,
             "种类：HC 核查函，XC 协查函，QF 劝返函，ZX 转学联系函，JD 就读证明函，GZ 告知函")
      .Text("--to", o->to, "主送县区的六位行政区划代码")
      .Number("--ordinal", o->ordinal, "为同一事项另发一函时的顺序：1、2 等")
      .Text("--file", o->file, "改用 JSON 文件写明整份拟稿");
  AddChild(draft, *o);
  draft.List("--guardian", o->guardians, "HC、QF：监护人，如 母亲:王某:13800000000，可写多次")
      .Text("--last-seen", o->last_seen, "HC、XC：最后见到日期")
      .Text("--destination", o->destination, "HC、XC：已知去向")
      .Text("--whereabouts", o->whereabouts, "QF：现在何处")
      .List("--visit", o->visits, "HC、QF：家访，如 2026-10-08:家中无人，可写多次")
      .List("--measure", o->measures, "HC、QF：已采取措施，如 2026-10-08:电话:未接通，可写多次")
      .Text("--from-school", o->from_school, "ZX：转出学校")
      .Text("--to-school", o->to_school, "ZX：转入学校")
      .Text("--left-on", o->left_on, "ZX：离校日期")
      .Text("--last-paid-term", o->last_paid_term, "ZX：资助已发至学期，如 2026秋")
      .Text("--last-paid-yuan", o->last_paid_yuan, "ZX：该学期已发金额（元）")
      .Flag("--confirm-arrival", o->confirm_arrival, "ZX：请对方确认到校")
      .Text("--since", o->since, "JD：就读起始日期，不填取学籍所载")
      .Text("--term", o->term, "JD：学期，如 2026秋")
      .Text("--subject", o->subject, "GZ：事由")
      .Text("--text", o->text, "GZ：内容")
      .Text("--about", o->about, "GZ：所涉文号")
      .Flag("--without-child", o->without_child, "GZ：不涉及学生")
      .Text("--request", o->request, "请求事项，不填用通常的写法")
      .Text("--contact", o->contact, "联系人，不填为经办人")
      .Text("--phone", o->phone, "联系人电话")
      .List("--attach", o->attach, "HC、QF：附件，可写多次");
  draft.Run([&shell, o, show = std::move(show)] { return Draft(shell, *o, show); });
}

}  // namespace cli
