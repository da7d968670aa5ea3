// directory: who the other counties are. evidence: what was exchanged, judged with public keys.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>

#include "cli/commands/commands.h"
#include "cli/commands/letter_names.h"
#include "cli/commands/print_command.h"
#include "cli/shell/files.h"
#include "cli/shell/text_table.h"
#include "cli/shell/values.h"
#include "tracing/contract/evidence.h"
#include "tracing/contract/tracing.pb.h"

namespace cli {
namespace {

namespace tracing_v1 = baoxue::tracing::v1;
using base::Code;
using base::Error;

struct Options {
  std::string file = {};
  std::string fingerprint = {};
  std::string with = {};
  std::string letter = {};
  std::string directory = {};
  std::string key = {};
  std::string reason = {};
  std::int64_t overlap = 30;
};

base::Result<std::string> ReadAll(const std::string& path) {
  std::ifstream in{path, std::ios::binary};
  if (!in) return Error{Code::kNotFound, "NO_FILE", "文件读不出来：" + path};
  return std::string{std::istreambuf_iterator<char>{in}, {}};
}

std::string StandOf(const tracing_v1::PeerStatus& peer) {
  std::string text;
  if (peer.stand() == "shut_out") text = "暂停接收";
  if (peer.stand() == "slowed") text = "限速";
  if (!text.empty() && peer.has_stand_since()) text += "（" + Show(peer.stand_since()) + " 起）";
  if (peer.has_silent_since()) {
    text += (text.empty() ? "" : "，") + std::string{"无应答（"} + Show(peer.silent_since()) +
            " 起）";
  }
  return text.empty() ? "正常" : text;
}

base::Status OpenPeer(Shell& shell, const Options& o) {
  tracing_v1::OpenPeer request;
  request.set_division(o.with);
  ASSIGN_OR_RETURN(const auto reply, (shell.Ask<tracing_v1::OpenPeerReply>("tracing", request)));
  if (shell.json()) shell.Json(reply);
  shell.Say(fmt::format("已恢复接收 {} 的来件\n", o.with));
  return {};
}

base::Status ShowDirectory(Shell& shell) {
  ASSIGN_OR_RETURN(const auto reply, (shell.Ask<tracing_v1::GetDirectoryReply>(
                                         "tracing", tracing_v1::GetDirectory{})));
  ASSIGN_OR_RETURN(const auto peers, (shell.Ask<tracing_v1::ListPeersReply>(
                                         "tracing", tracing_v1::ListPeers{})));
  if (shell.json()) {
    shell.Json(reply);
    return {};
  }
  TextTable table({"代码", "名称", "地址", "待发", "停发", "未结", "情况", "最近应答", "未应答次数",
                   "下次再试", "钥匙到期"});
  for (const tracing_v1::Member& member : reply.members()) {
    tracing_v1::PeerStatus status;
    for (const tracing_v1::PeerStatus& peer : peers.peers()) {
      if (peer.division() == member.division()) status = peer;
    }
    table.Row({member.division(), member.name(),
               member.paper() ? "纸质" : member.endpoints().empty() ? "" : member.endpoints(0),
               std::to_string(status.waiting()), std::to_string(status.parked()),
               std::to_string(status.open_letters()),
               status.division().empty() ? "" : StandOf(status), Show(status.heard_at()),
               std::to_string(status.attempts()), Show(status.next_try()),
               Show(status.keys_expire())});
  }
  shell.Say(table.ToString());
  shell.Say("本县指纹: " + reply.own_fingerprint() + "\n");
  for (const std::string& division : reply.not_told()) {
    const bool waits = std::find(reply.in_mailbox().begin(), reply.in_mailbox().end(), division) !=
                       reply.in_mailbox().end();
    shell.Say("尚未收到本县最新名录: " + division +
              (waits ? "（已寄存中转信箱，待取）\n" : "\n"));
  }
  return {};
}

base::Status ShowRelay(Shell& shell) {
  ASSIGN_OR_RETURN(const auto reply,
                   (shell.Ask<tracing_v1::GetRelayReply>("tracing", tracing_v1::GetRelay{})));
  if (shell.json()) {
    shell.Json(reply);
    return {};
  }
  std::string serves;
  for (const std::string& one : reply.serves()) serves += one + " ";
  shell.Say(fmt::format("代收的县: {}\n", serves.empty() ? "无" : serves));
  TextTable table({"信箱", "名称", "寄件人", "待取", "字节", "最早", "累计", "已取", "过期", "拒收", "最近取走"});
  for (const tracing_v1::RelayMailbox& one : reply.mailboxes()) {
    table.Row({one.mailbox(), one.mailbox_name(), one.depositor(), WithCommas(one.waiting()),
               WithCommas(one.bytes()), Show(one.oldest_at()), WithCommas(one.stored()),
               WithCommas(one.collected()), WithCommas(one.expired()), WithCommas(one.refused()),
               Show(one.last_collected_at())});
  }
  shell.Say(table.ToString());
  if (reply.through().empty()) return {};
  shell.Say(fmt::format("本县信箱在 {}: 最近取件 {}, 下次 {}, 共 {} 件{}\n", reply.through(),
                        Show(reply.last_ok_at()), Show(reply.next_at()),
                        WithCommas(reply.fetched()),
                        reply.error().empty() ? "" : ", 失败: " + reply.error()));
  return {};
}

base::Status Export(Shell& shell, const Options& o) {
  ASSIGN_OR_RETURN(const auto reply, (shell.Ask<tracing_v1::ExportMemberReply>(
                                         "tracing", tracing_v1::ExportMember{})));
  RETURN_IF_ERROR(
      WriteFile(o.file, "baoxue-directory 1\n" + reply.directory().SerializeAsString(),
                FileFor::kEverybody));
  if (shell.json()) {
    shell.Json(reply);
    return {};
  }
  shell.Say(fmt::format("{}\n请用电话与对方核对指纹: {}\n", o.file, reply.fingerprint()));
  return {};
}

base::Status Import(Shell& shell, const Options& o) {
  ASSIGN_OR_RETURN(const std::string bytes, ReadAll(o.file));
  tracing_v1::ImportDirectory request;
  ASSIGN_OR_RETURN(*request.mutable_directory(), ::tracing::ParseDirectoryFile(bytes));
  request.set_fingerprint(o.fingerprint);
  ASSIGN_OR_RETURN(const auto reply,
                   (shell.Ask<tracing_v1::ImportDirectoryReply>("tracing", request)));
  if (shell.json()) {
    shell.Json(reply);
    return {};
  }
  shell.Say(fmt::format("新增 {}  变更 {}  移除 {}\n", reply.added(), reply.changed(),
                        reply.removed()));
  return {};
}

base::Status SelfTest(Shell& shell, const Options& o) {
  tracing_v1::SelfTest request;
  request.set_with(o.with);
  ASSIGN_OR_RETURN(const auto reply, (shell.Ask<tracing_v1::SelfTestReply>("tracing", request)));
  if (shell.json()) {
    shell.Json(reply);
  } else {
    for (const std::string& one : reply.passed()) shell.Say("通过  " + one + "\n");
    for (const std::string& one : reply.failed()) shell.Say("不通过  " + one + "\n");
  }
  if (reply.failed().empty()) return {};
  return Error{Code::kFailedPrecondition, "SELF_TEST_FAILED", "自检有不通过的项目"};
}

base::Status Leave(Shell& shell) {
  ASSIGN_OR_RETURN(const auto reply, (shell.Ask<tracing_v1::LeaveDirectoryReply>(
                                         "tracing", tracing_v1::LeaveDirectory{})));
  if (shell.json()) shell.Json(reply);
  shell.Say(fmt::format("已离开名录; 未办结函件 {} 封; 已通知 {} 个成员, {} 个寄存在中转信箱, {} 个未应答\n",
                        reply.open_letters(), reply.told(), reply.in_mailbox(),
                        reply.not_told()));
  return {};
}

base::Status Rotate(Shell& shell, const Options& o) {
  tracing_v1::RotateKeys request;
  request.set_overlap_days(static_cast<std::uint32_t>(o.overlap));
  ASSIGN_OR_RETURN(const auto reply, (shell.Ask<tracing_v1::RotateKeysReply>("tracing", request)));
  if (shell.json()) shell.Json(reply);
  shell.Say(fmt::format("新钥匙 {}; 各成员将自动收到, 未收到的见 `baoxue directory show`\n",
                        reply.keys().empty() ? "" : reply.keys(0).key_id()));
  return {};
}

base::Status Revoke(Shell& shell, const Options& o) {
  tracing_v1::RevokeKey request;
  request.set_key_id(o.key);
  request.set_reason(o.reason);
  ASSIGN_OR_RETURN(const auto reply, (shell.Ask<tracing_v1::RevokeKeyReply>("tracing", request)));
  if (shell.json()) shell.Json(reply);
  shell.Say(fmt::format("已撤销 {}; 现用钥匙 {}\n", o.key,
                        reply.keys().empty() ? "" : reply.keys(0).key_id()));
  if (reply.by_telephone()) {
    shell.Say("各县都不认识新钥匙: 请 `baoxue directory export`, 把文件交给各县并用电话核对指纹\n");
  }
  return {};
}

base::Status ExportEvidence(Shell& shell, const Options& o) {
  tracing_v1::ExportEvidence request;
  ASSIGN_OR_RETURN(const std::string id, FindLetterId(shell, o.letter));
  request.set_conversation_id(id);
  ASSIGN_OR_RETURN(const auto reply,
                   (shell.Ask<tracing_v1::ExportEvidenceReply>("tracing", request)));
  const std::string path = o.file.empty() ? reply.file_name() : o.file;
  RETURN_IF_ERROR(WriteFile(path, reply.file()));
  shell.Say(path + "\n");
  return {};
}

// Needs neither settings nor services.
base::Status VerifyEvidence(Shell& shell, const Options& o) {
  ASSIGN_OR_RETURN(const std::string bytes, ReadAll(o.file));
  ASSIGN_OR_RETURN(const tracing_v1::Evidence evidence, ::tracing::ParseEvidence(bytes));
  std::vector<tracing_v1::Directory> trusted;
  if (!o.directory.empty()) {
    ASSIGN_OR_RETURN(const std::string file, ReadAll(o.directory));
    ASSIGN_OR_RETURN(const auto signed_file, ::tracing::ParseDirectoryFile(file));
    const auto signer = ::tracing::SignerOf(signed_file);
    if (!signer.ok()) return signer.error();
    ASSIGN_OR_RETURN(auto content, ::tracing::ContentOf(signed_file));
    trusted.push_back(std::move(content));
  }
  const ::tracing::Directory directory{trusted};
  const auto report = ::tracing::JudgeEvidence(evidence, trusted.empty() ? nullptr : &directory);
  TextTable table({"谁", "序", "文号", "写于", "对方签收于"});
  for (const auto& line : report.lines) {
    table.Row({line.division, std::to_string(line.seq), line.document_no,
               base::ToLocal(line.written_at),
               line.receipted ? base::ToLocal(line.taken_at) : "无回执"});
  }
  shell.Say(table.ToString());
  for (const auto& [division, fingerprint] : report.fingerprints) {
    shell.Say(fmt::format("{} 所用钥匙的指纹: {}\n", division, fingerprint));
  }
  for (const auto& finding : report.findings) {
    shell.Say(fmt::format("不成立: {} 第{}条 {} [{}]\n", finding.division, finding.seq,
                          finding.text, finding.problem));
  }
  if (!report.holds()) {
    return Error{Code::kDataCorruption, report.findings.front().problem, "证据不成立"};
  }
  shell.Say("证据成立: 每条的签名、次序和回执都与公钥相符\n");
  return {};
}

}  // namespace

void AddDirectory(Shell& shell, Command& root) {
  Command command = root.Sub("directory", "名录：其他县和它们的钥匙");
  command.NeedsSub();
  const auto o = std::make_shared<Options>();
  Command show = command.Sub("show", "列出各成员及往来情况");
  show.Run([&shell] { return ShowDirectory(shell); });
  Command out = command.Sub("export", "导出本县签名的名录文件，省级的还载有所辖各县");
  out.Text("FILE", o->file, "要写的文件", Need::kRequired);
  out.Run([&shell, o] { return Export(shell, *o); });
  Command in = command.Sub("import", "导入他县或省级的名录文件");
  in.Text("FILE", o->file, "对方给的文件", Need::kRequired)
      .Text("--fingerprint", o->fingerprint, "对方在电话里念的指纹，已认识的钥匙不用填");
  in.Run([&shell, o] { return Import(shell, *o); });
  Command test = command.Sub("test", "自检：从钥匙到答复是否都通");
  test.Text("--with", o->with, "与哪个成员通联：六位行政区划代码");
  test.Run([&shell, o] { return SelfTest(shell, *o); });
  Command relay = command.Sub("relay", "中转信箱：本县代收的，和本县在别处的");
  relay.Run([&shell] { return ShowRelay(shell); });
  Command open = command.Sub("open-peer", "恢复接收一个被暂停的县的来件");
  open.Text("DIVISION", o->with, "该县的六位行政区划代码", Need::kRequired);
  open.Run([&shell, o] { return OpenPeer(shell, *o); });
  Command leave = command.Sub("leave", "退出往来，删去全部成员");
  leave.Run([&shell] { return Leave(shell); });
  AddDirectoryPaper(shell, command);
  Command rotate = command.Sub("rotate", "换新钥匙，旧钥匙在重叠期内仍有效");
  rotate.Number("--overlap-days", o->overlap, "重叠多少天");
  rotate.Run([&shell, o] { return Rotate(shell, *o); });
  Command revoke = command.Sub("revoke", "撤销一把可能外泄的钥匙");
  revoke.Text("KEY", o->key, "钥匙编号", Need::kRequired)
      .Text("--reason", o->reason, "撤销的理由", Need::kRequired);
  revoke.Run([&shell, o] { return Revoke(shell, *o); });
}

void AddEvidence(Shell& shell, Command& root) {
  Command command = root.Sub("evidence", "证据：一次函件往来的记录，可向第三方证明");
  command.NeedsSub();
  const auto o = std::make_shared<Options>();
  Command out = command.Sub("export", "把一次往来导出为一个文件");
  out.Text("LETTER", o->letter, kLetterHelp, Need::kRequired)
      .Text("FILE", o->file, "要写的文件，不填按函件取名");
  out.Run([&shell, o] { return ExportEvidence(shell, *o); });
  Command verify = command.Sub("verify", "只凭公钥验证证据文件，不需要部署");
  verify.Text("FILE", o->file, "证据文件", Need::kRequired)
      .Text("--directory", o->directory, "可信的名录文件，不填用证据文件自带的钥匙");
  verify.Run([&shell, o] { return VerifyEvidence(shell, *o); });
}

}  // namespace cli
