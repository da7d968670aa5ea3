// What this side's officers and machine decide: letters, replies, withdrawals, paper.
#include <algorithm>

#include "tracing/domain/deadlines.h"
#include "tracing/domain/step.h"

namespace tracing {
namespace {

using S = LetterState;

base::Error Invalid(std::string_view reason, std::string_view detail) {
  return {base::Code::kInvalidArgument, std::string{reason}, std::string{detail}};
}

bool NeedsText(ItemKind kind) {
  return kind == ItemKind::kWithdraw || kind == ItemKind::kReopen || kind == ItemKind::kRefuse ||
         kind == ItemKind::kForward || kind == ItemKind::kInterim || kind == ItemKind::kNote ||
         kind == ItemKind::kSupplement;
}

// States in which the side may write the kind, as it sees them.
bool StateAllows(ItemKind kind, S state, LetterKind letter) {
  const bool awaits = AwaitsAnswer(state);
  switch (kind) {
    case ItemKind::kSupplement:
    case ItemKind::kNote: return awaits || state == S::kAnswered || state == S::kExpired;
    case ItemKind::kWithdraw: return awaits || state == S::kExpired;
    case ItemKind::kClose:
      return state == S::kAnswered || state == S::kRefused || state == S::kExpired ||
             (!ExpectsReply(letter) && awaits && state != S::kSent);
    case ItemKind::kReopen:
      return ExpectsReply(letter) && (state == S::kClosed || state == S::kAnswered ||
                                      state == S::kRefused || state == S::kExpired);
    case ItemKind::kAcknowledge: return state == S::kReceipted || state == S::kReopened;
    case ItemKind::kInterim: return awaits;
    case ItemKind::kAnswer: return awaits || state == S::kExpired || state == S::kAnswered;
    case ItemKind::kForward:
    case ItemKind::kRefuse: return awaits || state == S::kExpired;
    default: return false;  // timers write the others
  }
}

base::Status CheckForward(const Conversation& c, const Write& write, const Policy& policy) {
  bool loop = write.to == c.self || write.to == c.peer;
  for (const Hop& hop : c.hops) loop = loop || hop.by == write.to;
  if (!write.to || loop) return Invalid("BAD_TARGET", "转办去向须是另一个尚未经手的县级区划");
  if (static_cast<int>(c.hops.size()) >= policy.forward_hops_max) {
    return Refused("TOO_MANY_HOPS", "转办次数已达上限，请联系来函县协商");
  }
  return {};
}

base::Status CheckInterim(const Facts& facts, const Write& write, const Context& context) {
  if (!write.due) return {};
  const auto& rules = context.policy.deadlines;
  const base::Date today = base::DateAt(context.now);
  if (*write.due <= today) return Invalid("BAD_DATE", "新的期限须晚于今天");
  if (*write.due <= facts.reply_by) return {};
  const base::Date base = std::max(facts.reply_by, today);
  if (facts.extensions >= rules.extensions_max ||
      context.calendar.AddWorkingDays(base, rules.extension_days_max) < *write.due) {
    return Refused("EXTENSION_TOO_LONG", "延期超出允许的次数或天数");
  }
  return {};
}

base::Status CheckReopen(const Conversation& c, const Write& write, const Context& context) {
  const base::Date today = base::DateAt(context.now);
  base::UtcTime last{};
  for (const Item& item : c.mine.items) last = std::max(last, item.at);
  for (const Item& item : c.theirs.items) last = std::max(last, item.taken);
  if (today - base::DateAt(last) > std::chrono::days{context.policy.deadlines.reopen_days_max}) {
    return Refused("REOPEN_TOO_LATE", "已超过可重新发起的期限，请另行发函");
  }
  if (write.due && *write.due <= today) return Invalid("BAD_DATE", "回复期限须晚于今天");
  return {};
}

}  // namespace

base::Status CheckWrite(const Conversation& c, const Facts& facts, const Write& write,
                        const Context& context) {
  if (c.stage != Stage::kLive) return Refused("NO_LETTER", "函件尚未发出");
  if (!IsKnown(write.kind) || IsForeignTo(write.kind, c.side == Side::kAsker)) {
    return Refused("WRONG_SIDE", "该操作不属于本县一方");
  }
  if (!StateAllows(write.kind, facts.state, c.kind)) {
    return Refused("WRONG_STATE", std::string{"当前状态不能办理："} +
                                      std::string{LetterStateChinese(facts.state)});
  }
  const bool correction = write.kind == ItemKind::kAnswer && facts.state == S::kAnswered;
  if ((NeedsText(write.kind) || correction) && write.text.empty()) {
    return Invalid("TEXT_MISSING", "请填写说明");
  }
  if (write.kind == ItemKind::kAnswer &&
      !((write.code >= 1 && write.code <= 10) || write.code == 99)) {
    return Invalid("BAD_CODE", "回函须用 R01—R10 或 R99；R11 请用转办，R12 请用中间答复");
  }
  if (write.kind == ItemKind::kForward) return CheckForward(c, write, context.policy);
  if (write.kind == ItemKind::kInterim) return CheckInterim(facts, write, context);
  if (write.kind == ItemKind::kReopen) return CheckReopen(c, write, context);
  return {};
}

base::Status Stepper::On(const DraftLetter& input) {
  if (c_.stage != Stage::kNone) return Refused("ALREADY_DONE", "该事项已有函件");
  if (!OpensConversation(input.kind)) return Invalid("BAD_CODE", "催办函和回函不能单独发起");
  if (!input.self || !input.peer || input.self == input.peer) {
    return Invalid("BAD_TARGET", "主送须是另一个县级区划");
  }
  if (static_cast<int>(input.hops.size()) > ctx_.policy.forward_hops_max) {
    return Refused("TOO_MANY_HOPS", "转办次数已达上限");
  }
  c_.id = input.id;
  c_.side = Side::kAsker;
  c_.self = input.self;
  c_.peer = input.peer;
  c_.kind = input.kind;
  c_.paper = input.paper;
  c_.hops = input.hops;
  c_.stage = Stage::kDrafted;
  effects_.changed = true;
  const auto& approval = ctx_.policy.approval;
  const bool forwarded = !input.hops.empty() && approval.forward_automatically;
  if (approval.automatic.contains(input.kind) || forwarded) return On(Approve{});
  return {};
}

base::Status Stepper::On(const Approve&) {
  if (c_.stage != Stage::kDrafted) return Refused("WRONG_STATE", "只有拟稿可以签发");
  c_.stage = Stage::kApproved;
  effects_.changed = true;
  TryOpen();
  return {};
}

base::Status Stepper::On(const Reject& input) {
  if (c_.stage != Stage::kDrafted) return Refused("WRONG_STATE", "只有拟稿可以退回");
  if (input.text.empty()) return Invalid("TEXT_MISSING", "请填写退回理由");
  c_.stage = Stage::kRejected;
  effects_.changed = true;
  return {};
}

// Numbered and sent, or waiting visibly for what a restored backup has left open.
void Stepper::TryOpen() {
  c_.stage = Stage::kLive;
  const auto due = ExpectsReply(c_.kind) ? ReplyBy(Today(), ctx_.policy, ctx_.calendar)
                                         : base::Date{};
  const auto posted = Post({.kind = ItemKind::kLetter, .due = due});
  if (posted.ok()) {
    if (c_.stuck == Stuck::kNumbersFrozen || c_.stuck == Stuck::kOwnKeyMissing) {
      SetStuck(Stuck::kNone);
    }
    return;
  }
  c_.stage = Stage::kApproved;
  SetStuck(!ctx_.own_key          ? Stuck::kOwnKeyMissing
           : ctx_.peer_confirmed ? Stuck::kNumbersFrozen
                                 : Stuck::kRestoreUnconfirmed);
}

base::Status Stepper::On(const Write& input) {
  const Facts facts = Fold(c_);
  RETURN_IF_ERROR(CheckWrite(c_, facts, input, ctx_));
  Item item{.kind = input.kind, .by_machine = input.by_machine};
  switch (input.kind) {
    case ItemKind::kAnswer: item.code = input.code; break;
    case ItemKind::kForward:
      item.code = 11;
      item.to = input.to;
      break;
    case ItemKind::kInterim:
      item.code = input.due ? 12 : 0;
      item.due = input.due.value_or(base::Date{});
      break;
    case ItemKind::kReopen:
      item.due = input.due.value_or(ReplyBy(Today(), ctx_.policy, ctx_.calendar));
      break;
    default: break;
  }
  return Post(item);
}

base::Status Stepper::On(const ToDesk& input) {
  const Facts facts = Fold(c_);
  if (c_.stage != Stage::kLive) return Refused("NO_LETTER", "没有该函件");
  if (IsAsker()) return Refused("WRONG_SIDE", "这是本县发出的函件");
  if (!AwaitsAnswer(facts.state) && facts.state != S::kExpired) {
    return Refused("WRONG_STATE", "函件已不待答复");
  }
  if (input.desk == Desk::kNone || input.desk == Desk::kMachine) {
    return Invalid("BAD_TARGET", "只能转给经办人或乡镇");
  }
  if (c_.desk == input.desk) return Refused("ALREADY_DONE", "函件已在该处");
  const bool first = c_.desk == Desk::kMachine;
  if (input.desk == Desk::kOfficer) {
    ToOfficer(facts.round);
  } else {
    c_.desk = Desk::kHousehold;
    effects_.changed = true;
    Note(Did::kToHousehold, false, c_.theirs.size());
  }
  const bool waits = facts.state == S::kReceipted || facts.state == S::kReopened;
  if (first && waits && ctx_.policy.reply.acknowledge && ctx_.peer_confirmed) {
    RETURN_IF_ERROR(Post({.kind = ItemKind::kAcknowledge, .by_machine = true}));
  }
  return {};
}

base::Status Stepper::On(const Resend&) {
  if (c_.stage != Stage::kLive || c_.delivered >= c_.mine.size() || c_.paper) {
    return Refused("NOT_PARKED", "没有待发的函件");
  }
  if (c_.stuck == Stuck::kParked) SetStuck(Stuck::kNone);
  Note(Did::kResent, true, c_.delivered + 1);
  NextWaits();
  Deliver();
  return {};
}

base::Status Stepper::On(const ByPaper&) {
  if (c_.stage != Stage::kLive || c_.delivered >= c_.mine.size()) {
    return Refused("NO_LETTER", "没有待发的函件");
  }
  if (c_.paper) return Refused("ALREADY_DONE", "已改用纸质函件");
  // What the other side's system has answered stays; from here on an officer enters the rest.
  c_.paper = true;
  effects_.changed = true;
  DeliverOnPaper();
  return {};
}

base::Status Stepper::On(const PaperReceipt& input) {
  if (!c_.paper || c_.delivered >= c_.mine.size()) {
    return Refused("NOT_PAPER", "没有待登记送达的纸质函件");
  }
  if (input.reference.empty()) return Invalid("TEXT_MISSING", "请填写邮件编号或签收凭据");
  MarkDelivered();
  return {};
}

base::Status Stepper::On(const PaperItem& input) {
  if (!c_.paper || !IsAsker()) return Refused("NOT_PAPER", "只有纸质函件的回复可由人工录入");
  if (input.reference.empty()) return Invalid("TEXT_MISSING", "请填写来函文号或扫描件编号");
  if (c_.delivered == 0) return Refused("WRONG_STATE", "请先登记送达");
  Conversation other = c_;  // as the other side would write
  other.side = Side::kAnswerer;
  std::swap(other.mine, other.theirs);
  std::swap(other.self, other.peer);
  const base::Status possible = CheckWrite(other, Fold(c_), input.write, ctx_);
  // Where the paper sends us is what it says; whether we ask there is judged when we do.
  const bool says_where = input.write.kind == ItemKind::kForward && input.write.to &&
                          !possible.ok() &&
                          (possible.error().reason == "BAD_TARGET" ||
                           possible.error().reason == "TOO_MANY_HOPS");
  if (!says_where) RETURN_IF_ERROR(possible);
  Item item{.kind = input.write.kind,
            .code = input.write.code,
            .seen = c_.mine.size(),
            .to = input.write.to,
            .by_hand = true,
            .due = input.write.due.value_or(base::Date{}),
            .at = ctx_.now};
  item.taken = ctx_.now;
  item.hash = ctx_.write({.conversation = c_,
                          .item = item,
                          .by_asker = false,
                          .seq = c_.theirs.size() + 1,
                          .previous = c_.theirs.head,
                          .seen_seq = item.seen,
                          .seen_head = c_.mine.head});
  Append(c_.theirs, item, false);
  Note(Did::kReceived, false, c_.theirs.size());
  if (c_.delivered < c_.mine.size()) DeliverOnPaper();
  return {};
}

std::vector<AllowedWrite> AllowedWrites(const Conversation& c, const Context& context) {
  constexpr ItemKind kAsker[] = {ItemKind::kSupplement, ItemKind::kWithdraw, ItemKind::kClose,
                                 ItemKind::kReopen};
  constexpr ItemKind kAnswerer[] = {ItemKind::kAcknowledge, ItemKind::kInterim, ItemKind::kAnswer,
                                    ItemKind::kForward, ItemKind::kRefuse, ItemKind::kNote};
  const Facts facts = Fold(c);
  std::vector<AllowedWrite> out;
  const auto judge = [&](ItemKind kind) {
    Write write{.kind = kind, .text = "…", .code = 99};
    // The widest act of the kind: what comes with it is judged when it is done.
    auto status = CheckWrite(c, facts, write, context);
    if (!status.ok() && status.error().reason == "BAD_TARGET") status = {};
    if (status.ok() && !context.peer_confirmed) {
      status = Refused("RESTORE_UNCONFIRMED", "本县数据恢复后尚未与对方核对");
    }
    out.push_back({kind, status.ok(), status.ok() ? std::string{} : status.error().detail});
  };
  if (c.side == Side::kAsker) {
    for (const ItemKind kind : kAsker) judge(kind);
  } else {
    for (const ItemKind kind : kAnswerer) judge(kind);
  }
  return out;
}

}  // namespace tracing
