#include "tracing/paper/body.h"

#include <fmt/format.h>

#include <array>

#include "base/money.h"
#include "tracing/domain/reply.h"
#include "tracing/domain/wire.h"

namespace tracing {
namespace {

constexpr std::size_t kTextMax = 30'000;  // bytes of one text on paper; a neighbour may send more

constexpr std::int64_t kAmountEnd = 10'000'000'000;  // 分: 一亿元

std::string Text(const std::string& text) {
  if (text.size() <= kTextMax) return text;
  std::size_t end = kTextMax;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return text.substr(0, end) + "……（下略，全文见系统）";
}

// "a，b，c" of what there is.
std::string Join(const std::vector<std::string>& parts, const std::string& with = "，") {
  std::string out;
  for (const std::string& part : parts) {
    if (part.empty()) continue;
    if (!out.empty()) out += with;
    out += part;
  }
  return out;
}

std::string Labelled(const std::string& label, const std::string& value) {
  return value.empty() ? "" : label + value;
}

// Ends with one full stop.
std::string Sentence(std::string text) {
  if (text.empty()) return text;
  for (const std::string end : {"。", "！", "？", "；", ".", "!", "?"}) {
    if (text.ends_with(end)) return text;
  }
  return std::move(text) + "。";
}

std::string Identity(const v1::Child& child, bool whole) {
  const std::string& number = child.id_number();
  if (number.empty()) return "";
  if (whole) return "公民身份号码" + number;
  return "公民身份号码后四位" + (number.size() > 4 ? number.substr(number.size() - 4) : number);
}

// Mostly G and the identity number (domain.md 3.2), so no more of it is shown.
std::string StudentNo(const std::string& number, bool whole) {
  if (number.empty() || whole || number.size() <= 4) return Labelled("学籍号", number);
  return "学籍号后四位" + number.substr(number.size() - 4);
}

std::string ChildText(const v1::Child& child, bool whole) {
  const std::string school = Join({child.school(), child.grade_class()}, "");
  return Sentence(Join({child.name(), child.sex(),
                        child.has_birth() ? DayChinese(child.birth()) + "出生" : "",
                        Identity(child, whole), StudentNo(child.student_no(), whole),
                        school.empty() ? "" : "系" + school + "学生",
                        Labelled("户籍地址：", child.household_address())}));
}

template <class Guardians>
std::string GuardianText(const Guardians& guardians) {
  std::vector<std::string> all;
  for (const v1::GuardianContact& one : guardians) {
    const std::string more = Join({one.relation(), Labelled("电话", one.phone())});
    all.push_back(one.name() + (more.empty() ? "" : "（" + more + "）"));
  }
  return all.empty() ? "" : Sentence("监护人：" + Join(all, "、"));
}

template <class Measures>
std::string MeasureText(const Measures& measures) {
  std::vector<std::string> all;
  for (const v1::Measure& one : measures) {
    all.push_back(DayChinese(one.day()) + one.kind() + Labelled("，", Text(one.text())));
  }
  return all.empty() ? "" : Sentence("我方已采取的措施：" + Join(all, "；"));
}

constexpr std::array<const char*, 10> kCapitals{"零", "壹", "贰", "叁", "肆",
                                                "伍", "陆", "柒", "捌", "玖"};

// Four digits in capitals: 1205 is 壹仟贰佰零伍.
std::string CapitalsOfFour(int number) {
  constexpr std::array<const char*, 4> kUnits{"", "拾", "佰", "仟"};
  std::string out;
  bool zero = false;
  for (int unit = 3, step = 1000; unit >= 0; --unit, step /= 10) {
    const int digit = number / step % 10;
    if (digit == 0) {
      zero = !out.empty();
      continue;
    }
    if (zero) out += kCapitals[0];
    zero = false;
    out += std::string{kCapitals[static_cast<std::size_t>(digit)]} +
           kUnits[static_cast<std::size_t>(unit)];
  }
  return out;
}

// "，金额625.50元（大写：陆佰贰拾伍元伍角整）"; nothing for none, or for what no county pays.
std::string AmountText(std::int64_t fen) {
  if (fen <= 0 || fen >= kAmountEnd) return "";
  return fmt::format("，金额{}元（大写：{}）", base::Money::Fen(fen).ToString(), AmountChinese(fen));
}

// "2026秋，金额……", under its label.
std::string LastPaid(const std::string& term, std::int64_t fen) {
  return term.empty() ? "" : "学生资助已发放至：" + term + AmountText(fen);
}

// "在我地就读有学籍（R01）": the words first, the code for the register.
std::string CodeText(ReplyCode code) {
  const std::string name = EffectOf(code).name;
  const std::size_t blank = name.find(' ');
  if (blank == std::string::npos) return name;
  return name.substr(blank + 1) + "（" + name.substr(0, blank) + "）";
}

std::string Deadline(const v1::Item& item) {
  return item.has_reply_by()
             ? "请于" + DayChinese(item.reply_by()) + "前函复，也可填写文末回执盖章寄回。"
             : "";
}

std::vector<SheetParagraph> InThree(const std::string& lead, const std::string& student,
                                    const std::string& state, const std::string& request) {
  std::vector<SheetParagraph> out;
  out.push_back({.heading = {}, .text = lead});
  out.push_back({.heading = "一、学生情况", .text = student});
  if (!state.empty()) out.push_back({.heading = "二、有关情况", .text = state});
  out.push_back({.heading = state.empty() ? "二、商请事项" : "三、商请事项", .text = request});
  out.push_back({.heading = {}, .text = "专此函达，请予支持。"});
  return out;
}

std::vector<SheetParagraph> InquiryBody(const v1::Item& item) {
  const v1::InquiryLetter& letter = item.inquiry();
  return InThree(
      "根据义务教育控辍保学工作要求，现就我地一名学生的去向和就读情况，商请贵局协助核查。",
      ChildText(letter.child(), true) + GuardianText(letter.guardians()),
      Sentence(Join({letter.has_last_seen()
                         ? "该生最后到校日期为" + DayChinese(letter.last_seen())
                         : "",
                     Labelled("据了解去向为", letter.known_destination())})) +
          MeasureText(letter.measures()),
      Sentence(Text(letter.request())) + Deadline(item));
}

std::vector<SheetParagraph> SearchBody(const v1::Item& item) {
  const v1::SearchLetter& letter = item.search();
  return InThree(
      "根据义务教育控辍保学工作要求，现就查找我地一名学生，商请贵局在所辖学校和学籍系统中协助查询。",
      ChildText(letter.child(), true),
      Sentence(Join({letter.has_last_seen()
                         ? "该生最后到校日期为" + DayChinese(letter.last_seen())
                         : "",
                     Labelled("据了解去向为", letter.known_destination())})),
      Sentence(Text(letter.request())) + Deadline(item));
}

std::vector<SheetParagraph> PersuasionBody(const v1::Item& item) {
  const v1::PersuasionLetter& letter = item.persuasion();
  return InThree(
      "根据义务教育控辍保学工作要求，现就劝返我地一名失学学生，商请贵局协助。",
      ChildText(letter.child(), false) + GuardianText(letter.guardians()),
      Sentence(Labelled("该生现在", Text(letter.whereabouts()))) + MeasureText(letter.measures()),
      Sentence(Text(letter.request())) + Deadline(item));
}

std::vector<SheetParagraph> TransferBody(const v1::Item& item) {
  const v1::TransferLetter& letter = item.transfer();
  return InThree(
      "现就一名学生的转学事宜与贵局联系如下。", ChildText(letter.child(), true),
      Sentence(Join({Labelled("转出学校：", letter.from_school()),
                     Labelled("转入学校：", letter.to_school()),
                     letter.has_left_on() ? "离校日期：" + DayChinese(letter.left_on()) : "",
                     LastPaid(letter.last_paid_term(), letter.last_paid_fen())},
                    "；")),
      Sentence(Text(letter.request())) + Deadline(item));
}

std::vector<SheetParagraph> ProofBody(const v1::Item& item) {
  const v1::ProofLetter& letter = item.proof();
  return {{.heading = {}, .text = "兹证明以下学生在我地就读："},
          {.heading = {}, .text = ChildText(letter.child(), true)},
          {.heading = {},
           .text = Sentence(Join({"就读学校：" + letter.school(),
                                  Labelled("年级班：", letter.grade_class()),
                                  letter.has_since() ? "就读起始日期：" + DayChinese(letter.since())
                                                     : "",
                                  Labelled("证明学期：", letter.term())},
                                 "；"))},
          {.heading = {}, .text = "特此证明。"}};
}

std::vector<SheetParagraph> NoticeBody(const v1::Item& item) {
  const v1::NoticeLetter& letter = item.notice();
  std::vector<SheetParagraph> out;
  out.push_back({.heading = {},
                 .text = letter.about_document_no().empty()
                             ? "现将有关事项函告如下。"
                             : "现就" + letter.about_document_no() + "所涉事项函告如下。"});
  if (letter.has_child()) out.push_back({.heading = {}, .text = ChildText(letter.child(), false)});
  out.push_back({.heading = {}, .text = Sentence(Text(letter.text()))});
  out.push_back({.heading = {}, .text = "特此函告。"});
  return out;
}

std::string Cited(const v1::Item& opening) {
  return fmt::format("《{}》{}", LetterTitle(opening),
                     opening.document_no().empty() ? "" : "（" + opening.document_no() + "）");
}

std::vector<SheetParagraph> Plain(std::string lead, const std::string& text, std::string end) {
  std::vector<SheetParagraph> out;
  out.push_back({.heading = {}, .text = std::move(lead)});
  if (!text.empty()) out.push_back({.heading = {}, .text = Sentence(Text(text))});
  out.push_back({.heading = {}, .text = std::move(end)});
  return out;
}

}  // namespace

std::string DayChinese(const baoxue::bus::v1::Date& date) {
  if (date.year() == 0) return "";
  return fmt::format("{}年{}月{}日", date.year(), date.month(), date.day());
}

std::string AmountChinese(std::int64_t fen) {
  const int yuan = static_cast<int>(fen / 100);
  const int jiao = static_cast<int>(fen / 10 % 10);
  const int rest = static_cast<int>(fen % 10);
  std::string out;
  if (yuan >= 10'000) {
    out += CapitalsOfFour(yuan / 10'000) + "万";
    // A place that is empty behind 万 is read, once.
    if (yuan % 10'000 != 0 && yuan % 10'000 < 1000) out += kCapitals[0];
  }
  out += CapitalsOfFour(yuan % 10'000);
  if (yuan > 0) out += "元";
  if (jiao > 0) out += std::string{kCapitals[static_cast<std::size_t>(jiao)]} + "角";
  if (jiao == 0 && rest > 0 && yuan > 0) out += kCapitals[0];
  if (rest == 0) return out + "整";
  return out + kCapitals[static_cast<std::size_t>(rest)] + "分";
}

const v1::Child* PaperChild(const v1::Item& item) {
  switch (item.content_case()) {
    case v1::Item::kInquiry: return &item.inquiry().child();
    case v1::Item::kSearch: return &item.search().child();
    case v1::Item::kPersuasion: return &item.persuasion().child();
    case v1::Item::kTransfer: return &item.transfer().child();
    case v1::Item::kProof: return &item.proof().child();
    case v1::Item::kNotice: return item.notice().has_child() ? &item.notice().child() : nullptr;
    default: return nullptr;
  }
}

std::vector<std::string> AttachmentNames(const v1::Item& item) {
  std::vector<std::string> names;
  const auto add = [&](const auto& attachments) {
    for (const v1::Attachment& one : attachments) names.push_back(one.name());
  };
  if (item.has_inquiry()) add(item.inquiry().attachments());
  if (item.has_persuasion()) add(item.persuasion().attachments());
  if (item.has_reply()) add(item.reply().proof());
  if (item.has_supplement()) add(item.supplement().attachments());
  return names;
}

const v1::Office* ContactOf(const v1::Item& item) {
  switch (item.content_case()) {
    case v1::Item::kInquiry: return &item.inquiry().contact();
    case v1::Item::kSearch: return &item.search().contact();
    case v1::Item::kPersuasion: return &item.persuasion().contact();
    case v1::Item::kTransfer: return &item.transfer().contact();
    case v1::Item::kProof: return &item.proof().contact();
    case v1::Item::kNotice: return &item.notice().contact();
    case v1::Item::kReply: return &item.reply().contact();
    default: return nullptr;
  }
}

bool ShowsWholeIdentity(LetterKind kind) {
  return kind == LetterKind::kHc || kind == LetterKind::kXc || kind == LetterKind::kZx ||
         kind == LetterKind::kJd;
}

std::string LetterTitle(const v1::Item& opening) {
  switch (LetterKindOf(opening.letter_kind())) {
    case LetterKind::kHc: return "关于核查学生去向和就读情况的函";
    case LetterKind::kXc: return "关于协助查询学生就读情况的函";
    case LetterKind::kQf: return "关于协助劝返学生的函";
    case LetterKind::kZx: return "关于联系学生转学事宜的函";
    case LetterKind::kJd: return "关于学生就读情况的证明函";
    case LetterKind::kGz: return "关于告知学生有关事项的函";
    default: return "关于学生有关事项的函";
  }
}

std::vector<SheetParagraph> LetterBody(const v1::Item& item) {
  switch (item.content_case()) {
    case v1::Item::kInquiry: return InquiryBody(item);
    case v1::Item::kSearch: return SearchBody(item);
    case v1::Item::kPersuasion: return PersuasionBody(item);
    case v1::Item::kTransfer: return TransferBody(item);
    case v1::Item::kProof: return ProofBody(item);
    case v1::Item::kNotice: return NoticeBody(item);
    default: return {};
  }
}

std::vector<SheetParagraph> ReplyBody(const v1::Item& item, const v1::Item& opening) {
  const v1::ReplyLetter& reply = item.reply();
  const v1::Child* const child = PaperChild(opening);
  std::vector<SheetParagraph> out;
  out.push_back({.heading = {}, .text = "贵局" + Cited(opening) + "收悉。经核查，现函复如下。"});
  if (child != nullptr) {
    const std::string who = Join({child->name(), Identity(*child, false)});
    out.push_back({.heading = "一、学生", .text = Sentence(who)});
  }
  const std::string third = reply.third_division().empty()
                                ? reply.third_address()
                                : reply.third_address() + "（行政区划代码" +
                                      reply.third_division() + "）";
  std::string found = Join(
      {CodeText(ReplyCodeOf(reply.code())),
       Labelled("就读学校：", Join({reply.school(), reply.grade_class()}, "")),
       StudentNo(reply.student_no(), false),
       reply.has_since() ? "起始日期：" + DayChinese(reply.since()) : "",
       reply.has_until() ? "期限或日期：" + DayChinese(reply.until()) : "",
       reply.persuasions() > 0 ? fmt::format("已劝返{}次", reply.persuasions()) : "",
       Labelled("第三地：", third), Labelled("联系电话：", reply.third_phone()),
       LastPaid(reply.last_paid_term(), reply.last_paid_fen())},
      "；");
  found = Sentence(found) + Sentence(Text(reply.text()));
  if (reply.by_machine()) found += "（由学籍系统自动查询答复）";
  out.push_back({.heading = child != nullptr ? "二、核查结果" : "一、核查结果", .text = found});
  if (!item.by_hand().empty()) {
    out.push_back({.heading = {},
                   .text = "本件据对方纸质来件录入，来件编号：" + item.by_hand() + "。"});
  }
  out.push_back({.heading = {}, .text = "特此函复。"});
  return out;
}

std::vector<SheetParagraph> OtherBody(const v1::Item& item, const v1::Item& opening) {
  const std::string ours = "我局" + Cited(opening);
  const std::string yours = "贵局" + Cited(opening);
  switch (item.content_case()) {
    case v1::Item::kUrge:
      return Plain(fmt::format("{}已送达贵局，商定的答复期限为{}，至今未收到答复。现第{}次函催，"
                               "请尽快核查并函复，也可填写文末回执盖章寄回。",
                               ours, DayChinese(item.urge().was_due()), item.urge().step()),
                   item.urge().text(), "特此函催。");
    case v1::Item::kSupplement:
      return Plain("现就" + ours + "补充如下。", item.supplement().text(), "特此函达。");
    case v1::Item::kWithdrawal:
      return Plain("因情况变化，现撤回" + ours + "，请贵局不再办理。", item.withdrawal().text(),
                   "特此函告。");
    case v1::Item::kReopening:
      return Plain("现就" + ours + "所涉事项商请贵局再次核查。", item.reopening().text(),
                   "请于" + DayChinese(item.reopening().reply_by()) + "前函复。");
    case v1::Item::kInterim:
      return Plain(yours + "收悉，正在办理，预计于" + DayChinese(item.interim().until()) +
                       "前答复。",
                   item.interim().text(), "特此函告。");
    case v1::Item::kForwarding:
      return Plain(fmt::format("{}收悉。所涉事项不属我地管辖，请径与行政区划代码{}的教育行政部门联系。",
                               yours, item.forwarding().to()),
                   item.forwarding().text(), "特此函复。");
    case v1::Item::kRefusal:
      return Plain(yours + "收悉。" +
                       (item.refusal().reason().empty() ? ""
                                                        : "因" + item.refusal().reason() + "，") +
                       "我局不能办理。",
                   item.refusal().text(), "特此函复。");
    default: return {};
  }
}

}  // namespace tracing
