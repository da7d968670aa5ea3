#include "tracing/domain/letters.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace tracing {
namespace {

constexpr std::size_t kTextMax = 2000;  // characters; a letter is not a file

using Fields = std::vector<LetterField>;

Fields WithChild(Fields fields) {
  const Fields child = {{"child.name", "姓名", true},
                        {"child.sex", "性别", false},
                        {"child.birth", "出生日期", false},
                        {"child.id_number", "身份证件号", false},
                        {"child.student_no", "学籍号", false},
                        {"child.school", "学校", false},
                        {"child.grade_class", "年级班", false},
                        {"child.household_division", "户籍地区划", false},
                        {"child.household_address", "户籍地址", false}};
  fields.insert(fields.begin(), child.begin(), child.end());
  return fields;
}

constexpr LetterField kGuardians{"guardians", "监护人及电话", false};
constexpr LetterField kMeasures{"measures", "已采取措施", true};
constexpr LetterField kRequest{"request", "请求事项", true};
constexpr LetterField kContact{"contact", "联系人及电话", true};
constexpr LetterField kAttachments{"attachments", "附件", false};

base::Error Invalid(std::string_view reason, std::string detail) {
  return {base::Code::kInvalidArgument, std::string{reason}, std::move(detail)};
}

}  // namespace

const std::vector<LetterField>& FieldsOf(LetterKind kind) {
  static const Fields none;
  static const Fields inquiry =
      WithChild({kGuardians, {"last_seen", "最后见到日期", true},
                 {"known_destination", "已知去向", false}, kMeasures, kRequest, kContact,
                 kAttachments});
  static const Fields search =
      WithChild({{"last_seen", "最后见到日期", true}, {"known_destination", "已知去向", false},
                 kRequest, kContact});
  static const Fields persuasion =
      WithChild({kGuardians, {"whereabouts", "现在何处", false}, kMeasures, kRequest, kContact,
                 kAttachments});
  static const Fields transfer =
      WithChild({{"from_school", "转出学校", false}, {"to_school", "转入学校", false},
                 {"left_on", "离校日期", false}, kRequest,
                 {"last_paid_term", "资助已发至学期", false},
                 {"last_paid_fen", "该学期已发金额", false},
                 {"confirm_arrival", "请确认到校", false}, kContact});
  static const Fields proof =
      WithChild({{"school", "就读学校", true}, {"grade_class", "年级班", false},
                 {"since", "就读起始日期", true}, {"term", "学期", true}, kContact});
  static const Fields notice =
      WithChild({{"subject", "事由", true}, {"text", "内容", true},
                 {"about_document_no", "所涉文号", false}, {"matter", "事项", false},
                 kContact});
  static const Fields urge = {{"step", "第几次", true}, {"was_due", "原期限", true},
                              {"text", "内容", false}};
  static const Fields reply = {{"code", "结果代码", true},
                               {"text", "说明", false},
                               {"by_machine", "系统答复", false},
                               {"school", "就读学校", false},
                               {"grade_class", "年级班", false},
                               {"student_no", "学籍号", false},
                               {"since", "起始日期", false},
                               {"until", "期限", false},
                               {"persuasions", "劝返次数", false},
                               {"third_division", "第三地区划", false},
                               {"third_address", "第三地地址", false},
                               {"third_phone", "第三地电话", false},
                               {"last_paid_term", "资助已发至学期", false},
                               {"last_paid_fen", "该学期已发金额", false},
                               {"proof", "证明材料", false},
                               kContact};
  switch (kind) {
    case LetterKind::kHc: return inquiry;
    case LetterKind::kXc: return search;
    case LetterKind::kQf: return persuasion;
    case LetterKind::kZx: return transfer;
    case LetterKind::kJd: return proof;
    case LetterKind::kGz: return notice;
    case LetterKind::kCb: return urge;
    case LetterKind::kHf: return reply;
    case LetterKind::kNone: break;
  }
  return none;
}

base::Status CheckLetter(const LetterFacts& facts) {
  if (!OpensConversation(facts.kind)) {
    return Invalid("NOT_AN_OPENING_LETTER", "该类函件不能单独发起");
  }
  const std::set<std::string_view> present(facts.present.begin(), facts.present.end());
  // A copy to the superior names no child (PIPL art. 6).
  const bool childless = facts.kind == LetterKind::kGz;
  const auto& fields = FieldsOf(facts.kind);
  for (const auto& field : fields) {
    if (!field.required || present.contains(field.name)) continue;
    if (field.name == "child.name") {
      if (childless) continue;
      return Invalid("CHILD_MISSING", "请填写学生姓名");
    }
    return Invalid("FIELD_MISSING", fmt::format("请填写{}", field.chinese));
  }
  for (const auto name : present) {
    const bool declared = std::any_of(fields.begin(), fields.end(),
                                      [&](const auto& field) { return field.name == name; });
    if (!declared) {
      return Invalid("FIELD_NOT_ALLOWED", fmt::format("{}不得载有 {}",
                                                      LetterKindName(facts.kind), name));
    }
  }
  const bool identified = present.contains("child.id_number") ||
                          present.contains("child.birth") || present.contains("child.student_no");
  if (!childless && !identified) {
    return Invalid("CHILD_MISSING", "请填写身份证件号、学籍号或出生日期之一");
  }
  const bool needs_visit = facts.kind == LetterKind::kHc || facts.kind == LetterKind::kQf;
  if (needs_visit && facts.home_visits < 1) {
    return Invalid("HOME_VISIT_MISSING", "已采取措施中须至少有一次家访");
  }
  if (facts.longest_text > kTextMax) {
    return Invalid("TEXT_TOO_LONG", fmt::format("单项文字不得超过 {} 字", kTextMax));
  }
  return {};
}

}  // namespace tracing
