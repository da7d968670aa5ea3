// where: 「这孩子在哪里」, asked of other counties without telling them who.
#include <fmt/format.h>

#include <map>
#include <memory>

#include "base/random.h"
#include "cli/commands/commands.h"
#include "cli/commands/letter_names.h"
#include "cli/shell/identity.h"
#include "cli/shell/resolve.h"
#include "cli/shell/text_table.h"
#include "cli/shell/values.h"
#include "tracing/contract/tracing.pb.h"

namespace cli {
namespace {

namespace tracing = baoxue::tracing::v1;

constexpr std::uint32_t kListMax = 1000;

struct Options {
  std::string question = {};
  std::string student = {};
  std::string province = {};
  std::string reason = {};
  std::string text = {};
  std::string to = {};
  std::string last_seen = {};
  std::string phone = {};
  std::string request = {};
  std::int64_t case_id = 0;
  bool open = false;
  bool incoming = false;
};

// 32 hex digits, or the first of them where they name one question only.
base::Result<std::string> FindQuestion(Shell& shell, const std::string& text) {
  base::Uuid id = {};
  if (base::FromHex(text, id)) return std::string{base::Bytes(id)};
  tracing::ListWhere request;
  request.set_limit(kListMax);
  ASSIGN_OR_RETURN(const auto reply, (shell.Ask<tracing::ListWhereReply>("tracing", request)));
  std::vector<std::string> found;
  for (const tracing::WhereReply& one : reply.questions()) {
    if (LetterId(one.question_id()).starts_with(text)) found.push_back(one.question_id());
  }
  if (found.size() == 1 && text.size() >= 4) return found.front();
  return base::Error{base::Code::kNotFound, "NO_QUESTION", "没有这次查询：" + text};
}

std::string Here(const tracing::WhereReply& one) {
  return fmt::format("{}", fmt::join(one.here().begin(), one.here().end(), " "));
}

// Why a county was not asked or has not answered. A newer release's reason stands as it came.
std::string ReasonText(const std::string& reason) {
  static const std::map<std::string, std::string, std::less<>> kTexts = {
      {"PAPER", "没有本系统"},
      {"NOT_ABLE", "对方的版本不支持"},
      {"NO_KEY", "名录中没有对方有效的钥匙"},
      {"NO_MEMBER", "名录中没有对方"},
      {"PROOF_BAD", "对方的证明不成立"},
      {"BAD_REPLY", "对方的答复无法解读"},
      {"DEPOSITED", "已存入中转信箱"},
      {"NO_ADDRESS", "名录中没有对方的地址"},
      {"NO_REPLY", "对方系统无应答"},
      {"DEADLINE", "对方系统无应答"},
      {"BAD_QUESTION", "查询的内容不完整"},
      {"WRONG_PARTIES", "查询的双方不符"},
      {"KEY_UNKNOWN", "对方没有本县的钥匙"},
      {"KEY_EXPIRED", "钥匙已过期"},
      {"KEY_NOT_YET", "钥匙尚未生效"},
      {"KEY_REVOKED", "钥匙已吊销"},
      {"SIGNATURE_BAD", "签名无效"},
      {"QUESTION_DIFFERS", "同一编号而内容不同"},
      {"NOT_ANSWERED", "对方不答复此类查询"},
      {"EXPIRED", "查询已过期"},
      {"TOO_MANY", "当日查询次数已满"}};
  const auto found = kTexts.find(reason);
  return found == kTexts.end() ? reason : found->second;
}

TextTable Table() {
  return TextTable({"编号", "学生", "证件", "状态", "申请", "批准", "已问", "已答", "未问", "在我地", "到期"});
}

void Row(TextTable& table, const tracing::WhereReply& one) {
  table.Row({LetterId(one.question_id()), one.student_name(), one.id_masked(), one.state_name(),
             one.asked_by().name().empty() ? one.asked_by().person_id() : one.asked_by().name(),
             one.decided_by().name().empty() ? one.decided_by().person_id()
                                             : one.decided_by().name(),
             std::to_string(one.asked()), std::to_string(one.answered()),
             std::to_string(one.left_out()), Here(one), Show(one.expires_at())});
}

void ShowOne(Shell& shell, const tracing::WhereReply& one) {
  if (shell.json()) return shell.Json(one);
  TextTable table = Table();
  Row(table, one);
  shell.Say(table.ToString());
  shell.Say(fmt::format("理由: {}\n", one.reason()));
  if (!one.decision_text().empty()) shell.Say(fmt::format("批注: {}\n", one.decision_text()));
  if (one.members().empty()) return;
  TextTable members({"代码", "名称", "答复", "原因", "次数", "下次", "答复时间", "后续函件"});
  for (const tracing::WhereMember& member : one.members()) {
    members.Row({member.division(), member.name(), member.state_name(), ReasonText(member.reason()),
                 std::to_string(member.attempts()), Show(member.next_try()),
                 Show(member.answered_at()), LetterId(member.letter())});
  }
  shell.Say(members.ToString());
  for (const std::string& division : one.here()) {
    shell.Say(fmt::format("{}答复在其处就读。发协查函: baoxue where letter {} --to {} --last-seen 日期 "
                          "--phone 电话\n",
                          division, LetterId(one.question_id()), division));
  }
}

base::Status Ask(Shell& shell, const Options& o) {
  if (LooksLikeIdentity(o.student)) return NotOnTheLine("请写学生编号或学籍号");
  tracing::AskWhere request;
  ASSIGN_OR_RETURN(const std::int64_t student, ResolveStudent(shell, o.student));
  request.set_student_id(student);
  request.set_case_id(o.case_id);
  request.set_province(o.province);
  request.set_reason(o.reason);
  ASSIGN_OR_RETURN(const auto reply, (shell.Ask<tracing::AskWhereReply>("tracing", request)));
  if (shell.json()) {
    shell.Json(reply);
    return {};
  }
  const std::string id = LetterId(reply.question_id());
  shell.Say(fmt::format("{}\n须由另一人批准: baoxue --as 批准人/职务 where approve {}\n", id, id));
  return {};
}

base::Status Decide(Shell& shell, const Options& o, bool approve) {
  tracing::DecideWhere request;
  ASSIGN_OR_RETURN(const std::string id, FindQuestion(shell, o.question));
  request.set_question_id(id);
  request.set_approve(approve);
  request.set_text(o.text);
  ASSIGN_OR_RETURN(const auto reply, (shell.Ask<tracing::WhereReply>("tracing", request)));
  ShowOne(shell, reply);
  return {};
}

base::Status ShowQuestion(Shell& shell, const Options& o) {
  tracing::GetWhere request;
  ASSIGN_OR_RETURN(const std::string id, FindQuestion(shell, o.question));
  request.set_question_id(id);
  ASSIGN_OR_RETURN(const auto reply, (shell.Ask<tracing::WhereReply>("tracing", request)));
  ShowOne(shell, reply);
  return {};
}

void ShowIncoming(Shell& shell, const tracing::ListWhereReply& reply) {
  TextTable asked({"查询方", "名称", "编号", "批准人", "首次", "最近", "次数", "答复", "本县学生"});
  for (const tracing::WhereAsked& one : reply.incoming()) {
    asked.Row({one.asker(), one.asker_name(), LetterId(one.question_id()), one.approved_by(),
               Show(one.first_at()), Show(one.last_at()), std::to_string(one.times()),
               one.here() ? "在我地" : "不在我地",
               one.student_id() == 0 ? "" : std::to_string(one.student_id())});
  }
  shell.Say(asked.ToString());
  TextTable askers({"查询方", "名称", "今日", "累计", "在我地", "未答复"});
  for (const tracing::WhereAsker& one : reply.askers()) {
    std::string refused;
    for (const auto& [reason, times] : one.refused()) {
      refused += fmt::format("{}×{} ", ReasonText(reason), times);
    }
    askers.Row({one.asker(), one.asker_name(), std::to_string(one.today()),
                WithCommas(one.questions()), WithCommas(one.here()), refused});
  }
  shell.Say(askers.ToString());
}

base::Status List(Shell& shell, const Options& o) {
  tracing::ListWhere request;
  request.set_incoming(o.incoming);
  request.set_open_only(o.open);
  request.set_limit(kListMax);
  ASSIGN_OR_RETURN(const auto reply, (shell.Ask<tracing::ListWhereReply>("tracing", request)));
  if (shell.json()) {
    shell.Json(reply);
  } else if (o.incoming) {
    ShowIncoming(shell, reply);
  } else {
    TextTable table = Table();
    for (const tracing::WhereReply& one : reply.questions()) Row(table, one);
    shell.Say(table.ToString());
  }
  return {};
}

base::Status Letter(Shell& shell, const Options& o) {
  tracing::DraftWhereLetter request;
  ASSIGN_OR_RETURN(const std::string id, FindQuestion(shell, o.question));
  request.set_question_id(id);
  request.set_to(o.to);
  request.set_request(o.request);
  request.mutable_contact()->set_phone(o.phone);
  if (!o.last_seen.empty()) RETURN_IF_ERROR(ReadDate(o.last_seen, request.mutable_last_seen()));
  ASSIGN_OR_RETURN(const auto reply, (shell.Ask<tracing::LetterReply>("tracing", request)));
  if (shell.json()) {
    shell.Json(reply);
    return {};
  }
  shell.Say(fmt::format("协查函 {} {} {}\n", LetterId(reply.letter().conversation_id()),
                        reply.letter().document_no(), reply.letter().state_name()));
  return {};
}

}  // namespace

void AddWhere(Shell& shell, Command& root) {
  Command command = root.Sub("where", "这孩子在哪里：向各县查询，不透露是谁");
  command.NeedsSub();
  const auto o = std::make_shared<Options>();
  Command ask = command.Sub("ask", "提出查询，须由另一人批准");
  ask.Text("STUDENT", o->student, kStudentHelp,
           Need::kRequired)
      .Text("--reason", o->reason, "查询理由，留存备查", Need::kRequired)
      .Text("--province", o->province, "只问这个省的成员：两位代码，不填为全部")
      .Number("--case", o->case_id, "为哪个个案查询，结果告知该个案");
  ask.Run([&shell, o] { return Ask(shell, *o); });
  Command approve = command.Sub("approve", "批准查询，须由申请人以外的人");
  approve.Text("QUESTION", o->question, "查询编号", Need::kRequired)
      .Text("--text", o->text, "批注");
  approve.Run([&shell, o] { return Decide(shell, *o, true); });
  Command refuse = command.Sub("refuse", "不批准查询");
  refuse.Text("QUESTION", o->question, "查询编号", Need::kRequired)
      .Text("--text", o->text, "理由", Need::kRequired);
  refuse.Run([&shell, o] { return Decide(shell, *o, false); });
  Command show = command.Sub("show", "一次查询：问了哪些县，如何答复");
  show.Text("QUESTION", o->question, "查询编号", Need::kRequired);
  show.Run([&shell, o] { return ShowQuestion(shell, *o); });
  Command list = command.Sub("list", "列出查询，新的在前");
  list.Flag("--open", o->open, "只列未结束的")
      .Flag("--incoming", o->incoming, "他县向本县的查询和次数");
  list.Run([&shell, o] { return List(shell, *o); });
  Command letter = command.Sub("letter", "向答复在其处就读的县拟协查函");
  letter.Text("QUESTION", o->question, "查询编号", Need::kRequired)
      .Text("--to", o->to, "该县的六位行政区划代码", Need::kRequired)
      .Text("--last-seen", o->last_seen, "最后见到日期，如 2026-09-01", Need::kRequired)
      .Text("--phone", o->phone, "联系电话")
      .Text("--request", o->request, "请求事项，不填用通常的写法");
  letter.Run([&shell, o] { return Letter(shell, *o); });
}

}  // namespace cli
