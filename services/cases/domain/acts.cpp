#include "cases/domain/acts.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace cases {
namespace {

using base::Code;
using base::Error;

// A device's clock may run ahead of the server's by this much.
constexpr std::chrono::minutes kClockSkewMax{5};
constexpr std::size_t kTextBytesMax = 8000;
constexpr std::size_t kListMax = 40;

const std::vector<ActSpec>& Specs() {
  static const std::vector<ActSpec> kSpecs{
      {"contact", "联系监护人", ActClass::kFact, {"method", "outcome"}},
      {"visit", "家访", ActClass::kFact, {"participants", "outcome"}},
      {"persuasion", "劝返", ActClass::kFact, {"method", "participants", "counterpart", "outcome"}},
      {"inquire", "查询下落", ActClass::kFact, {"target", "outcome"}},
      {"mark_registry", "学籍系统标注", ActClass::kFact, {}},
      {"notify", "书面告知", ActClass::kFact, {"target"}},
      {"plan", "制定帮扶方案", ActClass::kFact, {"text"}},
      {"refer", "转介", ActClass::kFact, {"target", "text"}},
      {"mandatory_report", "强制报告", ActClass::kFact, {"target", "text"}},
      {"read_reply", "阅处回函", ActClass::kFact, {"text"}},
      {"approve", "审批", ActClass::kFact, {"target"}},
      {"report", "书面报告上一级", ActClass::kHandover, {"text"}},
      {"escalate", "提级", ActClass::kHandover, {"target"}},
      {"acknowledge", "签收", ActClass::kHandover, {}},
      {"return_with_reason", "退回", ActClass::kHandover, {"text"}},
      {"confirm_dropout", "核实确认辍学", ActClass::kTransition, {"reason_code", "text"}},
      {"mark_missing", "确认失联", ActClass::kTransition, {"text"}},
      {"order", "责令限期复学", ActClass::kTransition, {"document_no"}},
      {"court", "进入司法程序", ActClass::kTransition, {"document_no"}},
      {"returned", "返校登记", ActClass::kTransition, {}},
      {"resolve", "提出结案", ActClass::kTransition, {"target"}},
      {"review", "销号审核", ActClass::kTransition, {}},
      {"withdraw", "撤销(误报或有效请假)", ActClass::kTransition, {"text"}},
      {"reopen", "重新打开", ActClass::kTransition, {"text"}},
      {"assign", "指派责任人", ActClass::kAdmin, {"target"}},
      {"suspend_clock", "暂停计时", ActClass::kClock, {"clock", "until", "text"}},
      {"resume_clock", "恢复计时", ActClass::kClock, {"clock"}},
      {"note", "备注", ActClass::kEdit, {"text"}},
      {"attach", "附件", ActClass::kEdit, {"evidence"}},
  };
  return kSpecs;
}

constexpr std::array<std::string_view, 7> kOutcomes{"返校", "承诺",   "拒绝",  "未见到人",
                                                    "未接通", "已说明", "下落不明"};

bool IsOutcome(std::string_view outcome) {
  return std::find(kOutcomes.begin(), kOutcomes.end(), outcome) != kOutcomes.end();
}

base::Status CheckTime(const Act& act, const Profile& profile, base::UtcTime now) {
  if (!act.at) return {};
  if (*act.at > now + kClockSkewMax) {
    return Error{Code::kInvalidArgument, "ACT_IN_FUTURE",
                 fmt::format("发生时间{}晚于当前时间", base::ToLocal(*act.at))};
  }
  const auto age = base::DateAt(now) - base::DateAt(*act.at);
  if (age.count() > profile.backdate_days_max) {
    return Error{Code::kInvalidArgument, "ACT_TOO_OLD",
                 fmt::format("只能补录{}日内的工作记录，该记录发生于{}", profile.backdate_days_max,
                             base::DateAt(*act.at).ToString())};
  }
  return {};
}

base::Status CheckTexts(const Act& act) {
  for (const std::string* text :
       {&act.method, &act.place, &act.counterpart, &act.outcome, &act.text, &act.reason_code,
        &act.target, &act.clock, &act.witness, &act.document_no}) {
    if (text->size() > kTextBytesMax) {
      return Error{Code::kInvalidArgument, "TEXT_TOO_LONG", "文字内容过长"};
    }
  }
  for (const auto* list : {&act.participants, &act.evidence}) {
    const bool long_item = std::any_of(list->begin(), list->end(), [](const std::string& item) {
      return item.empty() || item.size() > kTextBytesMax;
    });
    if (list->size() > kListMax || long_item) {
      return Error{Code::kInvalidArgument, "TEXT_TOO_LONG", "人员或佐证材料过多、为空或过长"};
    }
  }
  return {};
}

}  // namespace

std::span<const ActSpec> ActSpecs() { return Specs(); }

const ActSpec* FindAct(std::string_view kind) {
  for (const ActSpec& spec : Specs()) {
    if (spec.kind == kind) return &spec;
  }
  return nullptr;
}

std::string_view FieldChinese(std::string_view field) {
  if (field == "method") return "方式";
  if (field == "outcome") return "结果";
  if (field == "participants") return "参加人员";
  if (field == "counterpart") return "对象";
  if (field == "target") return "对象或去向";
  if (field == "text") return "说明";
  if (field == "reason_code") return "原因代码";
  if (field == "document_no") return "文号";
  if (field == "evidence") return "佐证材料";
  if (field == "clock") return "计时名称";
  if (field == "until") return "截止日期";
  if (field == "promised_on") return "承诺返校日期";
  return field;
}

bool HasField(const Act& act, std::string_view field) {
  if (field == "method") return !act.method.empty();
  if (field == "outcome") return !act.outcome.empty();
  if (field == "participants") return !act.participants.empty();
  if (field == "counterpart") return !act.counterpart.empty();
  if (field == "target") return !act.target.empty();
  if (field == "text") return !act.text.empty();
  if (field == "reason_code") return !act.reason_code.empty();
  if (field == "document_no") return !act.document_no.empty();
  if (field == "evidence") return !act.evidence.empty();
  if (field == "clock") return !act.clock.empty();
  if (field == "until") return act.until.has_value();
  if (field == "promised_on") return act.promised_on.has_value();
  return false;
}

std::string_view EvidenceKind(std::string_view evidence) {
  const std::size_t ascii = evidence.find(':');
  const std::size_t wide = evidence.find("：");
  return evidence.substr(0, std::min(ascii, wide));
}

bool IsFailedContact(const Act& act) {
  const bool contact = act.kind == "contact" || act.kind == "visit" || act.kind == "persuasion";
  return contact &&
         (act.outcome == "未见到人" || act.outcome == "未接通" || act.outcome == "下落不明");
}

bool IsHomeVisit(const Act& act) {
  return act.kind == "visit" || (act.kind == "persuasion" && act.method == "家访");
}

base::Status CheckShape(const Act& act, const Profile& profile, base::UtcTime now) {
  const ActSpec* spec = FindAct(act.kind);
  if (spec == nullptr) {
    return Error{Code::kInvalidArgument, "ACT_UNKNOWN",
                 fmt::format("没有名为“{}”的操作", act.kind.substr(0, 60))};
  }
  RETURN_IF_ERROR(CheckTexts(act));
  for (std::string_view field : spec->fields) {
    if (!HasField(act, field)) {
      return Error{Code::kInvalidArgument, "FIELD_MISSING",
                   fmt::format("“{}”需要填写：{}", spec->name, FieldChinese(field))};
    }
  }
  if (!act.outcome.empty() && !IsOutcome(act.outcome)) {
    return Error{Code::kInvalidArgument, "BAD_OUTCOME",
                 fmt::format("结果只能是：{}", fmt::join(kOutcomes, "、"))};
  }
  if (act.kind == "persuasion" && act.outcome == "承诺" && !act.promised_on) {
    return Error{Code::kInvalidArgument, "FIELD_MISSING", "承诺返校的，需要填写：承诺返校日期"};
  }
  const bool bare = std::any_of(act.evidence.begin(), act.evidence.end(),
                                [](const std::string& e) { return EvidenceKind(e).empty(); });
  if (bare) {
    return Error{Code::kInvalidArgument, "BAD_EVIDENCE", "佐证材料应写成“种类:编号或文件”"};
  }
  return CheckTime(act, profile, now);
}

}  // namespace cases
