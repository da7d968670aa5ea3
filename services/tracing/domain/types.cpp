#include "tracing/domain/types.h"

#include <fmt/format.h>

#include <span>

namespace tracing {
namespace {

template <class E>
struct Name {
  E value;
  std::string_view name;
  std::string_view chinese;
};

constexpr Name<LetterKind> kLetterKinds[] = {
    {LetterKind::kHc, "HC", "核查函"},     {LetterKind::kXc, "XC", "协查函"},
    {LetterKind::kQf, "QF", "劝返函"},     {LetterKind::kZx, "ZX", "转学联系函"},
    {LetterKind::kJd, "JD", "就读证明函"}, {LetterKind::kCb, "CB", "催办函"},
    {LetterKind::kHf, "HF", "回函"},       {LetterKind::kGz, "GZ", "告知函"}};

constexpr Name<ItemKind> kItemKinds[] = {
    {ItemKind::kLetter, "letter", "发函"},
    {ItemKind::kSupplement, "supplement", "补充材料"},
    {ItemKind::kUrge, "urge", "催办"},
    {ItemKind::kWithdraw, "withdraw", "撤回"},
    {ItemKind::kClose, "close", "办结"},
    {ItemKind::kReopen, "reopen", "重新发起"},
    {ItemKind::kExpire, "expire", "逾期终止"},
    {ItemKind::kCopy, "copy", "抄送共同上级"},
    {ItemKind::kAcknowledge, "acknowledge", "签收"},
    {ItemKind::kInterim, "interim", "中间答复"},
    {ItemKind::kAnswer, "answer", "回函"},
    {ItemKind::kForward, "forward", "转办"},
    {ItemKind::kRefuse, "refuse", "拒收"},
    {ItemKind::kNote, "note", "说明"}};

constexpr Name<LetterState> kStates[] = {
    {LetterState::kDrafted, "drafted", "拟稿"},
    {LetterState::kApproved, "approved", "已签发待编号"},
    {LetterState::kSent, "sent", "已发出"},
    {LetterState::kReceipted, "receipted", "已送达"},
    {LetterState::kAcknowledged, "acknowledged", "已签收"},
    {LetterState::kInterim, "interim", "已中间答复"},
    {LetterState::kAnswered, "answered", "已回函"},
    {LetterState::kClosed, "closed", "已办结"},
    {LetterState::kWithdrawn, "withdrawn", "已撤回"},
    {LetterState::kForwarded, "forwarded", "已转办"},
    {LetterState::kRefused, "refused", "已拒收"},
    {LetterState::kExpired, "expired", "逾期未复"},
    {LetterState::kReopened, "reopened", "重新发起"},
    {LetterState::kRejected, "rejected", "未获签发"}};

constexpr Name<Stuck> kStucks[] = {
    {Stuck::kPeerSilent, "PEER_SILENT", "对方系统无响应，自动重发中"},
    {Stuck::kPeerDeclined, "PEER_DECLINED", "对方系统暂未接收，自动重发中"},
    {Stuck::kParked, "PARKED", "对方系统拒绝接收，已停发，请人工处理后重发"},
    {Stuck::kNoMember, "NO_MEMBER", "通讯录中没有该区划"},
    {Stuck::kRestoreUnconfirmed, "RESTORE_UNCONFIRMED", "本县数据恢复后尚未与对方核对"},
    {Stuck::kNumbersFrozen, "NUMBERS_FROZEN", "本县数据恢复后文号尚未核定"},
    {Stuck::kKeysMissing, "KEYS_MISSING", "对方的密钥已过期或作废，请对方轮换并发来新名录"},
    {Stuck::kPaperWaiting, "PAPER_WAITING", "待打印、邮寄并登记送达"},
    {Stuck::kOwnKeyMissing, "OWN_KEY_MISSING", "本县没有有效的密钥，请先轮换"},
    {Stuck::kLookUpFails, "LOOK_UP_FAILS", "来函尚未能查询学籍，自动再查中，可转经办人"}};

constexpr Name<Decline> kDeclines[] = {
    {Decline::kShutOut, "SHUT_OUT", "对方已暂停接收本县来件"},
    {Decline::kSlowDown, "SLOW_DOWN", "发送过快"},
    {Decline::kTooLarge, "TOO_LARGE", "函件过大"},
    {Decline::kUnreadable, "UNREADABLE", "函件无法解读"},
    {Decline::kNotMyDivision, "NOT_MY_DIVISION", "对方不受理该区划"},
    {Decline::kKeyUnknown, "KEY_UNKNOWN", "对方没有本县公钥"},
    {Decline::kKeyExpired, "KEY_EXPIRED", "密钥已过期"},
    {Decline::kKeyNotYet, "KEY_NOT_YET", "密钥尚未生效或时钟有误"},
    {Decline::kKeyRevoked, "KEY_REVOKED", "密钥已作废"},
    {Decline::kBadSeal, "BAD_SEAL", "密封无法打开"},
    {Decline::kBadSignature, "BAD_SIGNATURE", "签名无效"},
    {Decline::kOldEpoch, "OLD_EPOCH", "函件属于数据恢复之前"},
    {Decline::kWrongParties, "WRONG_PARTIES", "会话双方不符"},
    {Decline::kBadItem, "BAD_ITEM", "该方不能发出此类函件"},
    {Decline::kGap, "GAP", "缺少之前的函件"},
    {Decline::kFork, "FORK", "同一序号已有另一函件"},
    {Decline::kBehind, "BEHIND", "对方正在找回自己的函件"},
    {Decline::kQuota, "QUOTA", "本县在对方待复的函件过多"},
    {Decline::kMailboxFull, "MAILBOX_FULL", "中转信箱已满"},
    {Decline::kNotServed, "NOT_SERVED", "中转不为该县收存"}};

template <class E>
const Name<E>* Find(std::span<const Name<E>> names, E value) {
  for (const auto& entry : names) {
    if (entry.value == value) return &entry;
  }
  return nullptr;
}
template <class E>
const Name<E>* FindName(std::span<const Name<E>> names, std::string_view name) {
  for (const auto& entry : names) {
    if (entry.name == name) return &entry;
  }
  return nullptr;
}
template <class E>
std::string_view NameOf(std::span<const Name<E>> names, E value) {
  const auto* entry = Find<E>(names, value);
  return entry == nullptr ? std::string_view{} : entry->name;
}
template <class E>
std::string_view ChineseOf(std::span<const Name<E>> names, E value) {
  const auto* entry = Find<E>(names, value);
  return entry == nullptr ? std::string_view{} : entry->chinese;
}

}  // namespace

base::Result<Division> Division::Parse(std::string_view text) {
  std::uint32_t raw = 0;
  bool good = text.size() == 6 && text.front() != '0';
  for (const char c : text) {
    good = good && c >= '0' && c <= '9';
    if (good) raw = raw * 10 + static_cast<std::uint32_t>(c - '0');
  }
  if (!good) return base::Error{base::Code::kInvalidArgument, "BAD_DIVISION", "区划代码须为六位数字"};
  return Division{raw};
}

std::string Division::ToString() const {
  return raw_ == 0 ? std::string{} : fmt::format("{:06}", raw_);
}

std::string_view LetterKindName(LetterKind kind) {
  const auto name = ChineseOf<LetterKind>(kLetterKinds, kind);
  return name.empty() ? "未知函件" : name;
}
std::string_view LetterKindShort(LetterKind kind) { return NameOf<LetterKind>(kLetterKinds, kind); }
std::optional<LetterKind> LetterKindFromShort(std::string_view name) {
  const auto* entry = FindName<LetterKind>(kLetterKinds, name);
  return entry == nullptr ? std::nullopt : std::optional{entry->value};
}

bool OpensConversation(LetterKind kind) {
  return kind != LetterKind::kNone && kind != LetterKind::kCb && kind != LetterKind::kHf;
}
bool ExpectsReply(LetterKind kind) { return kind != LetterKind::kJd && kind != LetterKind::kGz; }

bool IsKnown(ItemKind kind) { return Find<ItemKind>(kItemKinds, kind) != nullptr; }
bool IsForeignTo(ItemKind kind, bool by_asker) {
  return IsKnown(kind) && (static_cast<int>(kind) < 32) != by_asker;
}
bool IsNumbered(ItemKind kind) {
  return kind == ItemKind::kLetter || kind == ItemKind::kUrge || kind == ItemKind::kAnswer ||
         kind == ItemKind::kForward || kind == ItemKind::kRefuse;
}
bool IsDocument(ItemKind kind) {
  switch (kind) {
    case ItemKind::kLetter:
    case ItemKind::kSupplement:
    case ItemKind::kUrge:
    case ItemKind::kWithdraw:
    case ItemKind::kReopen:
    case ItemKind::kInterim:
    case ItemKind::kAnswer:
    case ItemKind::kForward:
    case ItemKind::kRefuse: return true;
    default: return false;
  }
}
std::string ItemKindName(ItemKind kind) {
  const auto name = NameOf<ItemKind>(kItemKinds, kind);
  return name.empty() ? fmt::format("unknown:{}", static_cast<int>(kind)) : std::string{name};
}
std::string ItemKindChinese(ItemKind kind) {
  const auto name = ChineseOf<ItemKind>(kItemKinds, kind);
  return name.empty() ? fmt::format("未知（{}）", static_cast<int>(kind)) : std::string{name};
}

std::string_view LetterStateName(LetterState state) { return NameOf<LetterState>(kStates, state); }
std::string_view LetterStateChinese(LetterState state) {
  return ChineseOf<LetterState>(kStates, state);
}

bool AwaitsAnswer(LetterState state) {
  return state == LetterState::kSent || state == LetterState::kReceipted ||
         state == LetterState::kAcknowledged || state == LetterState::kInterim ||
         state == LetterState::kReopened;
}
bool IsOver(LetterState state) {
  return state == LetterState::kClosed || state == LetterState::kWithdrawn ||
         state == LetterState::kForwarded || state == LetterState::kRejected;
}

std::string_view StuckName(Stuck stuck) { return NameOf<Stuck>(kStucks, stuck); }
std::string_view StuckChinese(Stuck stuck) { return ChineseOf<Stuck>(kStucks, stuck); }

std::string_view DeclineName(Decline reason) { return NameOf<Decline>(kDeclines, reason); }
std::optional<Decline> DeclineFromName(std::string_view name) {
  const auto* entry = FindName<Decline>(kDeclines, name);
  return entry == nullptr ? std::nullopt : std::optional{entry->value};
}
std::string_view DeclineChinese(Decline reason) { return ChineseOf<Decline>(kDeclines, reason); }

bool IsPermanent(Decline reason) {
  switch (reason) {
    case Decline::kTooLarge:
    case Decline::kUnreadable:
    case Decline::kNotMyDivision:
    case Decline::kBadSignature:
    case Decline::kWrongParties:
    case Decline::kBadItem:
      return true;
    default:
      return false;
  }
}

bool IsLimit(Decline reason) {
  switch (reason) {
    case Decline::kShutOut:
    case Decline::kSlowDown:
    case Decline::kTooLarge:
    case Decline::kQuota:
    case Decline::kMailboxFull:
    case Decline::kNotServed:
      return true;
    default:
      return false;
  }
}

}  // namespace tracing
