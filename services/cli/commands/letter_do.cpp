#include "cli/commands/letter_show.h"

#include <fmt/format.h>

#include <memory>

#include "cli/commands/letter_attach.h"
#include "cli/commands/letter_names.h"
#include "cli/shell/values.h"

namespace cli {
namespace {

namespace tracing = baoxue::tracing::v1;

constexpr const char* kVersionHelp = "letter show 所示的版本，已被更新就不办理；0 为不核对";

struct Options {
  std::string letter = {};
  std::string act = {};
  std::string text = {};
  std::string to = {};
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
  std::vector<std::string> attach = {};
  std::int64_t candidate = 0;
  std::int64_t expected_version = 0;
};

base::Status Do(Shell& shell, const Options& o, const std::string& act) {
  tracing::DoLetterAct request;
  ASSIGN_OR_RETURN(const std::string id, FindLetterId(shell, o.letter));
  request.set_conversation_id(id);
  request.set_kind(act);
  request.set_expected_version(static_cast<std::int32_t>(o.expected_version));
  request.set_text(o.text);
  request.set_to(o.to);
  request.set_reference(o.reference);
  request.set_reason(o.reason);
  if (!o.until.empty()) RETURN_IF_ERROR(ReadDate(o.until, request.mutable_until()));
  if (!o.on.empty()) RETURN_IF_ERROR(ReadDate(o.on, request.mutable_on()));
  RETURN_IF_ERROR(ReadAttachments(o.attach, request.mutable_attachments()));
  request.set_candidate_student_id(o.candidate);
  if (o.candidate != 0) {
    request.mutable_reply()->set_text(o.text);
  } else if (act == "answer" || act == "answer_by_hand") {
    tracing::ReplyLetter& reply = *request.mutable_reply();
    if (!tracing::ReplyCode_IsValid(ReplyCodeOf(o.code))) return WrongWords("--code 应为 R01 至 R99");
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
  ShowLetter(shell, reply);
  return {};
}

std::vector<Choice> Acts() {
  return {{"approve", "签发"},
          {"reject", "退回拟稿"},
          {"withdraw", "撤回"},
          {"supplement", "补充材料"},
          {"close", "办结"},
          {"reopen", "重新发起"},
          {"resend", "重新发送"},
          {"by_paper", "改为纸质邮寄"},
          {"receipt_by_hand", "登记纸质送达"},
          {"answer_by_hand", "登记纸质回函"},
          {"interim_by_hand", "登记纸质中间答复"},
          {"forward_by_hand", "登记纸质转办"},
          {"refuse_by_hand", "登记纸质拒收"},
          {"acknowledge_by_hand", "登记纸质签收"},
          {"acknowledge", "签收"},
          {"interim", "中间答复"},
          {"answer", "回函"},
          {"forward", "转办"},
          {"refuse", "拒收"},
          {"to_household", "交乡镇入户核查"},
          {"to_officer", "转经办人"},
          {"ask_third", "转询第三县"}};
}

}  // namespace

void AddLetterActs(Shell& shell, Command& letter) {
  const auto o = std::make_shared<Options>();
  const std::vector<Choice> own{{"approve", "签发拟稿，须由拟稿人以外的人"},
                                {"resend", "重新发送停发的函件"}};
  for (const auto& [act, about] : own) {
    Command one = letter.Sub(act, about);
    one.Text("LETTER", o->letter, kLetterHelp, Need::kRequired)
        .Number("--expected-version", o->expected_version, kVersionHelp);
    one.Run([&shell, o, kind = act] { return Do(shell, *o, kind); });
  }
  Command act = letter.Sub("do", "办理函件的其他操作");
  act.Text("LETTER", o->letter, kLetterHelp, Need::kRequired)
      .OneOf("ACT", o->act, Acts(), "操作", Need::kRequired)
      .Text("--text", o->text, "内容、说明或理由")
      .Text("--code", o->code, "回函的结果代码：R01 至 R10、R99，纸质回函还有 R11、R12")
      .Number("--candidate", o->candidate, "回函：所指的本县学生的编号")
      .Text("--school", o->school, "回函：就读学校")
      .Text("--class", o->grade_class, "回函：年级班")
      .Number("--persuasions", o->persuasions, "R04：劝返次数")
      .Text("--third-address", o->third_address, "R05：第三地地址")
      .Text("--third-phone", o->third_phone, "R05：第三地电话")
      .Text("--since", o->since, "回函：起始日期，如 2026-09-01")
      .Text("--until", o->until, "期限，如 2026-10-15")
      .Text("--to", o->to, "转往何地：六位行政区划代码")
      .List("--attach", o->attach, "回函或补充材料的附件，可写多次")
      .Text("--reason", o->reason, "拒收的理由")
      .Number("--expected-version", o->expected_version, kVersionHelp)
      .Text("--reference", o->reference, "纸质函件：挂号信号码或扫描件编号")
      .Text("--on", o->on, "纸质函件：送达日期");
  act.Run([&shell, o] { return Do(shell, *o, o->act); });
}

}  // namespace cli
