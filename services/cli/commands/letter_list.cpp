#include "cli/commands/letter_show.h"

#include <fmt/format.h>

#include <memory>

#include "base/random.h"
#include "cli/commands/letter_names.h"
#include "cli/shell/values.h"

namespace cli {
namespace {

namespace tracing = baoxue::tracing::v1;

constexpr std::int64_t kPage = 50;
constexpr std::int64_t kPageMax = 1000;

struct Options {
  bool incoming = false;
  bool outgoing = false;
  bool open = false;
  bool stuck = false;
  bool overdue = false;
  bool officer = false;
  bool approval = false;
  bool all = false;
  std::int64_t case_id = 0;
  std::int64_t limit = kPage;
  std::string peer = {};
  std::string after = {};
};

base::Result<tracing::ListLetters> RequestOf(const Options& o) {
  tracing::ListLetters request;
  request.set_incoming_only(o.incoming);
  request.set_outgoing_only(o.outgoing);
  request.set_open_only(o.open);
  request.set_stuck_only(o.stuck);
  request.set_overdue_only(o.overdue);
  request.set_for_officer_only(o.officer);
  request.set_for_approval_only(o.approval);
  request.set_case_id(o.case_id);
  request.set_peer(o.peer);
  request.set_newest_first(true);
  if (o.limit < 1 || o.limit > kPageMax) return WrongWords("--limit 应为 1 至 1000");
  request.set_limit(static_cast<std::uint32_t>(o.all ? kPageMax : o.limit));
  base::Uuid after = {};
  if (!o.after.empty()) {
    if (!base::FromHex(o.after, after)) return WrongWords("--after 应为一封函件的编号");
    request.set_after(std::string{base::Bytes(after)});
  }
  return request;
}

base::Status List(Shell& shell, const Options& o) {
  ASSIGN_OR_RETURN(tracing::ListLetters request, RequestOf(o));
  tracing::ListLettersReply all;
  bool more = true;
  while (more) {
    ASSIGN_OR_RETURN(const auto page, (shell.Ask<tracing::ListLettersReply>("tracing", request)));
    for (const tracing::Letter& letter : page.letters()) *all.add_letters() = letter;
    all.set_total(page.total());
    more = static_cast<std::uint32_t>(page.letters_size()) == request.limit();
    if (more) request.set_after(page.letters().rbegin()->conversation_id());
    if (!o.all) break;
  }
  if (shell.json()) {
    shell.Json(all);
    return {};
  }
  TextTable table = LetterTable();
  for (const tracing::Letter& letter : all.letters()) PutLetterRow(table, letter);
  shell.Say(table.ToString());
  shell.Say(fmt::format("共 {} 封,所列 {} 封\n", WithCommas(all.total()), all.letters_size()));
  if (more && !o.all) {
    shell.Say(fmt::format("下一页: --after {};全部: --all\n",
                          LetterId(all.letters().rbegin()->conversation_id())));
  }
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
  shell.Say(fmt::format("待回执 {}  滞留 {}  停发 {}  逾期 {}(其中未签收 {})  待经办 {}  待签发 {}\n",
                        reply.waiting(),
                        reply.stuck(), reply.parked(), reply.overdue(), reply.unacknowledged(),
                        reply.for_officer(), reply.for_approval()));
  if (reply.numbers_frozen()) shell.Say("数据恢复后正在与各县核对,文号暂停编发\n");
  return {};
}

}  // namespace

void AddLetterList(Shell& shell, Command& letter) {
  const auto o = std::make_shared<Options>();
  Command list = letter.Sub("list", "列出函件，新的在前，一次一页");
  list.Flag("--incoming", o->incoming, "只列来函")
      .Flag("--outgoing", o->outgoing, "只列去函")
      .Flag("--open", o->open, "只列未结的")
      .Flag("--stuck", o->stuck, "只列滞留的")
      .Flag("--overdue", o->overdue, "只列逾期未复或逾期未签收的")
      .Flag("--for-officer", o->officer, "只列待本县经办的")
      .Flag("--for-approval", o->approval, "只列待签发的拟稿")
      .Number("--case", o->case_id, "只列这个个案的")
      .Text("--peer", o->peer, "只列与这个县往来的：六位行政区划代码")
      .Number("--limit", o->limit, "每页多少封，1 至 1000")
      .Text("--after", o->after, "从这封函件之后列起：函件编号")
      .Flag("--all", o->all, "全部列出");
  list.Run([&shell, o] { return List(shell, *o); });
  Command summary = letter.Sub("summary", "各状态的函件数");
  summary.Run([&shell] { return Summary(shell); });
}

}  // namespace cli
