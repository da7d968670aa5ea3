#include "fuzz/member/desk.h"

#include <cstdio>
#include <cstdlib>

#include "tracing/domain/chain.h"
#include "tracing/store/codec.h"

namespace fuzz {
namespace {

using security::LetterKey;
using security::LetterSuite;
using tracing::Decline;
using tracing::Division;
using tracing::Side;

base::Date Day(const char* iso) { return base::Date::Parse(iso).value(); }

constexpr const char* kKeysFrom = "2026-01-01";
constexpr const char* kKeysUntil = "2099-01-01";

const LetterKey& KeyOf(bool ours) {
  const base::DateRange valid{.begin = Day(kKeysFrom), .end = Day(kKeysUntil)};
  static const LetterKey kOurs = LetterKey::Generate(LetterSuite::kEd25519, kUs, valid);
  static const LetterKey kTheirs = LetterKey::Generate(LetterSuite::kEd25519, kThem, valid);
  return ours ? kOurs : kTheirs;
}

v1::Member MemberOf(bool ours) {
  v1::Member member;
  member.set_division(ours ? kUs : kThem);
  for (const v1::Key& one : tracing::KeysOf(KeyOf(ours).key())) *member.add_keys() = one;
  return member;
}

template <class Message>
bool Parse(std::string_view bytes, Message& out) {
  return out.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()));
}

}  // namespace

void Must(bool holds, const char* sentence) {
  if (holds) return;
  std::fprintf(stderr, "broken promise: %s\n", sentence);
  std::abort();
}

Desk::Desk(bool asks, tracing::LetterKind kind)
    : calendar_(base::Calendar::Make({}, {}, {}).value()),
      now_(base::InstantAt(Day("2026-10-12"), 600)),
      hash_([](std::string_view bytes) {
        return tracing::DigestFrom(security::LetterDigest(LetterSuite::kEd25519, bytes));
      }) {
  policy_.number_prefix = "同教函";
  c_.id = tracing::IdFrom(std::string(16, kConversation));
  c_.self = Division::Parse(kUs).value();
  c_.peer = Division::Parse(kThem).value();
  if (!asks) return;
  v1::Item letter;
  letter.mutable_inquiry()->mutable_child()->set_name("周小舟");
  Decide(tracing::DraftLetter{.id = c_.id, .self = c_.self, .peer = c_.peer, .kind = kind},
         letter);
  Decide(tracing::Approve{}, letter);
}

void Desk::Step(const tracing::Input& input) {
  Did did{.before = c_, .input = input};
  written_.clear();
  tracing::Numbering numbers = numbers_;
  const std::function<tracing::Digest(const tracing::Draft&)> write =
      [this](const tracing::Draft& draft) { return WriteItem(draft); };
  const std::function<base::Result<tracing::DocumentNumber>(base::Date)> number =
      [&numbers](base::Date day) { return numbers.Take(day); };
  const tracing::Context context{.policy = policy_, .calendar = calendar_, .now = now_,
                                 .random = 7, .peer_confirmed = peer_confirmed_,
                                 .peer_known = peer_known_, .peer_keys = true,
                                 .own_key = own_key_, .lane_open = lane_open_, .hash = hash_,
                                 .write = write, .number = number};
  did.effects = tracing::Step(c_, input, context);
  if (did.effects.ok()) {
    numbers_ = numbers;
    Forget();
  }
  CheckStep(*this, did);
}

// Our item, or one that an officer enters for the other side; as LetterDesk::WriteItem.
tracing::Digest Desk::WriteItem(const tracing::Draft& draft) {
  v1::Item item = content_;
  tracing::PutHead(draft, policy_.number_prefix, &item);
  if (item.content_case() == v1::Item::CONTENT_NOT_SET) tracing::PutOwnContent(draft, &item);
  if (draft.item.by_hand) item.set_by_hand("EMS 1");
  Kept kept;
  kept.item = tracing::SignItem(item.SerializeAsString(), 1, KeyOf(true));
  written_.push_back(kept);
  return hash_(kept.item.item());
}

// What is stored after the step: one row for each item that the conversation has.
void Desk::Forget() {
  const auto hash_of = [this](const Kept& kept) { return hash_(kept.item.item()); };
  for (const bool mine : {true, false}) {
    const auto& items = (mine ? c_.mine : c_.theirs).items;
    std::vector<Kept>& kept = KeptOf(mine);
    for (std::size_t i = 0; i < items.size(); ++i) {
      if (i < kept.size() && hash_of(kept[i]) == items[i].hash) continue;
      kept.resize(i);
      Kept found;
      for (const Kept& one : written_) {
        if (hash_of(one) == items[i].hash) found = one;
      }
      if (arriving_ != nullptr && hash_(arriving_->item()) == items[i].hash) {
        found.item = *arriving_;
      }
      for (const v1::SignedItem& one : returning_) {
        if (hash_(one.item()) == items[i].hash) found.item = one;
      }
      if (!mine) found.receipt = ReceiptFor(found, static_cast<std::uint32_t>(i) + 1);
      kept.push_back(found);
    }
    kept.resize(items.size());
  }
}

// Of one of theirs; as LetterDesk::MakeReceipt.
v1::SignedReceipt Desk::ReceiptFor(const Kept& kept, std::uint32_t seq) const {
  const bool of_asker = c_.side == Side::kAnswerer;
  v1::Receipt receipt;
  receipt.set_conversation_id(std::string(16, kConversation));
  receipt.set_by(kUs);
  receipt.set_to(kThem);
  receipt.set_of_asker(of_asker);
  receipt.set_seq(seq);
  receipt.set_item_hash(tracing::BytesOf(hash_(kept.item.item())));
  receipt.set_head(tracing::BytesOf(tracing::HeadAt(c_, of_asker, seq, hash_)));
  *receipt.mutable_taken_at() = tracing::ToProto(now_);
  return tracing::SignReceipt(receipt, KeyOf(true));
}

// As LetterDesk::Open, after the seal.
tracing::Arrived Desk::Judged(const v1::Item& item, const v1::SignedItem& signed_item) const {
  tracing::Arrived arrived = tracing::ArrivedFrom(item, hash_(signed_item.item()));
  CheckMapping(item, arrived);
  const std::string& author = item.from_asker() ? item.asker() : item.answerer();
  const std::string& reader = item.from_asker() ? item.answerer() : item.asker();
  if (author != kThem || reader != kUs) arrived.verdict = Decline::kWrongParties;
  if (item.conversation_id() != std::string(16, kConversation)) arrived.verdict = Decline::kBadItem;
  return arrived;
}

void Desk::Fit(v1::Item& item) const {
  const bool from_asker = c_.stage != tracing::Stage::kLive || c_.side == Side::kAnswerer;
  item.set_conversation_id(std::string(16, kConversation));
  item.set_asker(from_asker ? kThem : kUs);
  item.set_answerer(from_asker ? kUs : kThem);
  item.set_from_asker(from_asker);
  item.set_seq(c_.theirs.size() + 1);
  item.set_previous(tracing::BytesOf(c_.theirs.head));
  const std::uint32_t before = c_.theirs.items.empty() ? 0 : c_.theirs.items.back().seen;
  item.set_seen_seq(std::clamp(item.seen_seq(), before, std::max(before, c_.mine.size())));
  item.set_seen_head(
      tracing::BytesOf(tracing::HeadAt(c_, !from_asker, item.seen_seq(), hash_)));
}

void Desk::Arrive(std::string_view bytes, bool fits) {
  v1::Item item;
  if (!Parse(bytes, item)) return;
  if (fits) Fit(item);
  const v1::SignedItem written =
      tracing::SignItem(fits ? item.SerializeAsString() : std::string{bytes}, 1, KeyOf(false));
  const v1::SealedItem sealed = tracing::SealItem(written, kThem, kUs, KeyOf(true).verifier());
  const auto opened = tracing::OpenItem(sealed, {&KeyOf(true), 1});
  Must(opened.ok(), "what is sealed for us can be opened");
  Must(tracing::VerifyItem(*opened, KeyOf(false).verifier()).ok(), "its signature holds");
  Must(opened->item() == written.item(), "an item's bytes arrive as they were written");
  arriving_ = &*opened;
  Step(Judged(item, *opened));
  arriving_ = nullptr;
}

void Desk::ArriveAgain(std::uint8_t which) {
  if (theirs_.empty()) return;
  const Kept kept = theirs_[which % theirs_.size()];
  v1::Item item;
  if (!item.ParseFromString(kept.item.item()) || !item.by_hand().empty()) return;
  arriving_ = &kept.item;
  const std::string before = tracing::EncodeConversation(c_);
  Step(Judged(item, kept.item));
  arriving_ = nullptr;
  Must(tracing::EncodeConversation(c_) == before, "a duplicate changes nothing");
}

void Desk::Receipt(std::string_view bytes, bool fits) {
  v1::Receipt receipt;
  if (!Parse(bytes, receipt)) return;
  if (fits && !c_.mine.items.empty()) {
    const std::uint32_t seq = std::clamp(receipt.seq(), 1U, c_.mine.size());
    receipt.set_of_asker(c_.side == Side::kAsker);
    receipt.set_seq(seq);
    receipt.set_item_hash(tracing::BytesOf(c_.mine.items[seq - 1].hash));
    receipt.set_head(tracing::BytesOf(
        tracing::HeadAt(c_, c_.side == Side::kAsker, seq, hash_)));
  }
  const v1::SignedReceipt made = tracing::SignReceipt(receipt, KeyOf(false));
  const auto opened = tracing::OpenReceipt(made, KeyOf(false).verifier());
  Must(opened.ok(), "a member's receipt can be read");
  Step(tracing::ReceiptFrom(*opened));
}

void Desk::Declined(std::string_view bytes, bool fits) {
  v1::Declined declined;
  if (!Parse(bytes, declined)) return;
  const std::uint32_t waits = c_.delivered + 1;
  if (fits && waits <= c_.mine.size()) {
    declined.set_seq(waits);
    declined.set_item_hash(tracing::BytesOf(c_.mine.items[waits - 1].hash));
  }
  const auto opened = tracing::OpenDeclined(tracing::SignDeclined(declined, KeyOf(false)),
                                            KeyOf(false).verifier());
  Must(opened.ok(), "a member's refusal can be read");
  Step(tracing::DeclinedArrived{
      .seq = opened->seq(), .hash = tracing::DigestFrom(opened->item_hash()),
      .reason = tracing::DeclineFromName(opened->reason()).value_or(Decline::kUnreadable),
      .have_seq = opened->have_seq(),
      .retry_after_s = static_cast<int>(std::min<std::uint32_t>(opened->retry_after_s(), 86'400)),
      .is_signed = true});
}

// `how`: after which of our items and theirs; the member's own words come as one more.
void Desk::Returned(std::string_view bytes, std::uint8_t how) {
  tracing::Returned returned;
  returning_.clear();
  for (const bool mine : {true, false}) {
    const std::vector<Kept>& kept = KeptOf(mine);
    for (std::size_t i = how % 4; i < kept.size(); ++i) returning_.push_back(kept[i].item);
  }
  v1::Item item;
  if (Parse(bytes, item)) {
    if (how & 4) Fit(item);
    returning_.push_back(tracing::SignItem(item.SerializeAsString(), 1, KeyOf(false)));
  }
  for (const v1::SignedItem& one : returning_) {
    v1::Item content;
    if (!content.ParseFromString(one.item())) continue;
    tracing::Arrived arrived = tracing::ArrivedFrom(content, hash_(one.item()));
    const std::string& author = content.from_asker() ? content.asker() : content.answerer();
    const std::string& reader = content.from_asker() ? content.answerer() : content.asker();
    const bool ours = one.key_id() == KeyOf(true).id();
    const bool right = author == (ours ? kUs : kThem) && reader == (ours ? kThem : kUs) &&
                       content.conversation_id() == std::string(16, kConversation);
    const base::Date written = base::DateAt(tracing::FromProto(content.written_at()));
    const bool in_force = written >= Day(kKeysFrom) && written < Day(kKeysUntil);
    if (right && in_force) returned.items.push_back(arrived);
  }
  Step(returned);
  returning_.clear();
}

void Desk::Decide(const tracing::Input& input, const v1::Item& content) {
  content_ = content;
  Step(input);
  content_.Clear();
}

void Desk::Pass(std::uint8_t hours) { now_ += std::chrono::hours{hours * hours / 16 + 1}; }

void Desk::Tick() { Step(tracing::Tick{}); }

void Desk::Toggle(std::uint8_t what) {
  switch (what % 4) {
    case 0: peer_confirmed_ = !peer_confirmed_; break;
    case 1: peer_known_ = !peer_known_; break;
    case 2: own_key_ = !own_key_; break;
    default: lane_open_ = !lane_open_; break;
  }
}

std::vector<v1::EvidenceItem> Desk::Log(bool by_asker) const {
  std::vector<v1::EvidenceItem> out;
  for (const Kept& kept : by_asker == (c_.side == Side::kAsker) ? mine_ : theirs_) {
    v1::EvidenceItem one;
    *one.mutable_item() = kept.item;
    if (!kept.receipt.receipt().empty()) *one.mutable_receipt() = kept.receipt;
    out.push_back(one);
  }
  return out;
}

v1::Evidence Desk::Evidence() const {
  v1::Evidence out;
  out.set_version(1);
  out.set_conversation_id(std::string(16, kConversation));
  out.set_asker(c_.side == Side::kAsker ? kUs : kThem);
  out.set_answerer(c_.side == Side::kAsker ? kThem : kUs);
  out.set_suite(v1::CIPHER_SUITE_INTL);
  for (const v1::EvidenceItem& one : Log(true)) *out.add_of_asker() = one;
  for (const v1::EvidenceItem& one : Log(false)) *out.add_of_answerer() = one;
  for (const bool ours : {true, false}) *out.add_members() = MemberOf(ours);
  return out;
}

}  // namespace fuzz
