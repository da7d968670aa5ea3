// What holds whatever a member sends: the state machine's own promises, the log, the words on
// screens, the evidence (services/tracing/README.md).
#include <algorithm>
#include <cstdio>

#include "base/utf8.h"
#include "fuzz/member/desk.h"
#include "tracing/app/letter_words.h"
#include "tracing/domain/chain.h"
#include "tracing/domain/wire.h"
#include "tracing/store/codec.h"

namespace fuzz {
namespace {

using tracing::ItemKind;
using tracing::LetterState;
using tracing::Side;

const tracing::Direction& Of(const Conversation& c, bool by_asker) {
  return by_asker ? c.asker() : c.answerer();
}

void CheckHeads(const Desk& desk) {
  const Conversation& c = desk.conversation();
  for (const bool by_asker : {true, false}) {
    tracing::Digest head{};
    std::uint32_t seq = 0;
    for (const tracing::Item& item : Of(c, by_asker).items) {
      head = tracing::NextHead({.conversation = c.id, .by_asker = by_asker, .seq = ++seq,
                                .kind = item.kind, .seen = item.seen, .hash = item.hash,
                                .previous = head},
                               desk.hash());
    }
    Must(head == Of(c, by_asker).head, "the head is that of the chain");
  }
}

void CheckStored(const Conversation& c) {
  const std::string bytes = tracing::EncodeConversation(c);
  const auto again = tracing::DecodeConversation(c.id, bytes);
  Must(again.ok(), "what was stored can be read");
  Must(tracing::EncodeConversation(*again) == bytes, "what was stored is the same when read");
  const tracing::Facts a = tracing::Fold(c);
  const tracing::Facts b = tracing::Fold(*again);
  Must(a.state == b.state && a.reply_by == b.reply_by && a.code == b.code && a.moot == b.moot &&
           a.round == b.round && a.urges == b.urges,
       "fold(log) is the state, also after a restart");
}

// The log only grows; only a restore takes back what of ours was never receipted.
void CheckGrows(const Conversation& before, const Conversation& after, bool returned) {
  const auto prefix = [](const tracing::Direction& a, const tracing::Direction& b,
                         std::size_t count) {
    if (b.items.size() < count) return false;
    return std::equal(a.items.begin(), a.items.begin() + static_cast<std::ptrdiff_t>(count),
                      b.items.begin(),
                      [](const auto& x, const auto& y) { return x.hash == y.hash; });
  };
  Must(prefix(before.theirs, after.theirs, before.theirs.size()),
       "what the other side wrote stays in the log");
  Must(prefix(before.mine, after.mine, returned ? before.delivered : before.mine.size()),
       "what we wrote stays in the log");
  Must(after.delivered <= after.mine.size(), "nothing is receipted that was not written");
  Must(after.version >= before.version, "the version rises");
}

void CheckLife(const Conversation& before, const Conversation& after) {
  const LetterState was = tracing::StateOf(before);
  const tracing::Facts facts = tracing::Fold(after);
  if (was == LetterState::kClosed && facts.state != LetterState::kClosed) {
    const auto& items = after.asker().items;
    const auto old = before.asker().items.size();
    const bool reopened =
        std::any_of(items.begin() + static_cast<std::ptrdiff_t>(std::min(old, items.size())),
                    items.end(), [](const auto& one) { return one.kind == ItemKind::kReopen; });
    Must(reopened, "a closed letter stays closed until its asker reopens it");
  }
  if (after.stage == tracing::Stage::kLive) {
    Must(!after.asker().items.empty() && after.asker().items[0].kind == ItemKind::kLetter,
         "a conversation begins with a letter");
  }
  if (facts.state == LetterState::kAnswered) {
    Must(facts.answer_seq && *facts.answer_seq <= after.answerer().size() &&
             after.answerer().items[*facts.answer_seq - 1].kind == ItemKind::kAnswer,
         "answered only by an answer of the county that was asked");
  }
  for (const bool by_asker : {true, false}) {
    for (const tracing::Item& item : Of(after, by_asker).items) {
      Must(!tracing::IsForeignTo(item.kind, by_asker), "each side writes its own kinds of items");
    }
  }
  if (after.side == Side::kAsker) Must(after.desk == tracing::Desk::kNone, "ours is on no desk");
}

void CheckEffects(const Did& did, const Conversation& after) {
  const tracing::Effects& effects = *did.effects;
  const bool same =
      tracing::EncodeConversation(did.before) == tracing::EncodeConversation(after);
  const auto has = [&](tracing::Did what) {
    return std::any_of(effects.records.begin(), effects.records.end(),
                       [&](const auto& record) { return record.did == what; });
  };
  for (const tracing::Send& send : effects.send) {
    if (std::holds_alternative<tracing::SendDeclined>(send)) {
      Must(same, "a refused item changes nothing");
      Must(!has(tracing::Did::kReceived), "a refused item was not received");
    }
    if (const auto* item = std::get_if<tracing::SendItem>(&send)) {
      Must(item->seq == after.delivered + 1 && item->seq <= after.mine.size(),
           "items go one by one, in order");
    }
    if (const auto* receipt = std::get_if<tracing::SendReceipt>(&send)) {
      Must(receipt->seq >= 1 && receipt->seq <= after.theirs.size(),
           "only what is here is receipted");
    }
  }
  Must(effects.changed || same, "what is not saved has not changed");
  if (has(tracing::Did::kReply)) {
    Must(after.side == Side::kAsker && !after.mine.items.empty(), "no reply without a letter");
    Must(after.answerer().size() > did.before.answerer().size() ||
             std::holds_alternative<tracing::Returned>(did.input),
         "no reply without an answer");
  }
  if (std::holds_alternative<tracing::Tick>(did.input)) {
    Must(has(tracing::Did::kReply) == false, "time answers nothing");
  }
}

// A text as it may stand on a screen.
void CheckText(const std::string& text, bool lines = false) {
  Must(base::IsUtf8(text), "what is shown is UTF-8");
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = base::Utf8Length(text, at);
    const auto first = static_cast<unsigned char>(text[at]);
    const auto second = static_cast<unsigned char>(length > 1 ? text[at + 1] : '\0');
    const auto third = static_cast<unsigned char>(length > 2 ? text[at + 2] : '\0');
    Must((first >= 0x20 && first != 0x7F) || (lines && first == '\n'),
         "no control character is shown");
    Must(!(first == 0xC2 && second < 0xA0), "no control character of the upper half is shown");
    const bool turns = first == 0xE2 && ((second == 0x80 && (third == 0x8E || third == 0x8F ||
                                                             (third >= 0xA8 && third <= 0xAE))) ||
                                         (second == 0x81 && third >= 0xA6 && third <= 0xA9));
    Must(!turns, "nothing that is shown turns the direction of writing");
    at += length;
  }
}

void CheckWords(const std::string& bytes) {
  v1::Item item;
  Must(item.ParseFromString(bytes), "what was taken can be read");
  v1::LogEntry entry;
  tracing::PutWords(item, [](const std::string&) { return std::string{}; }, &entry);
  for (const v1::ShownField& field : entry.fields()) CheckText(field.value(), true);
  for (const v1::ShownField& field : entry.newer()) CheckText(field.value(), true);
  for (const v1::ShownAttachment& one : entry.attachments()) {
    CheckText(one.name());
    CheckText(one.media_type());
  }
  tracing::Tame(&item);
  CheckText(item.document_no());
  CheckText(item.by_hand());
  CheckText(tracing::ItemKindChinese(tracing::ItemKindOf(item.kind())));
}

}  // namespace

void CheckStep(const Desk& desk, const Did& did) {
  const Conversation& after = desk.conversation();
  if (!did.effects.ok()) {
    Must(tracing::EncodeConversation(did.before) == tracing::EncodeConversation(after),
         "what is refused changes nothing");
    return;
  }
  CheckHeads(desk);
  CheckStored(after);
  CheckGrows(did.before, after, std::holds_alternative<tracing::Returned>(did.input));
  CheckLife(did.before, after);
  CheckEffects(did, after);
  if (std::holds_alternative<tracing::Tick>(did.input) && did.effects->wake) {
    Must(*did.effects->wake > desk.now(), "what could not be done now is not due now again");
  }
}

void CheckShown(const Desk& desk) {
  const Conversation& c = desk.conversation();
  if (c.stage == tracing::Stage::kNone) return;
  for (const bool by_asker : {true, false}) {
    const std::vector<v1::EvidenceItem> log = desk.Log(by_asker);
    Must(log.size() == Of(c, by_asker).items.size(), "everything that was taken is kept");
    for (const v1::EvidenceItem& one : log) CheckWords(one.item().item());
  }
  const auto& theirs = c.theirs.items;
  const auto& mine = c.mine.items;
  const auto by_hand = [](const tracing::Item& item) { return item.by_hand; };
  if (std::any_of(theirs.begin(), theirs.end(), by_hand) ||
      std::any_of(mine.begin(), mine.end(), by_hand)) {
    return;  // signed by who entered it
  }
  const tracing::EvidenceReport report = tracing::JudgeEvidence(desk.Evidence(), nullptr);
  for (const auto& finding : report.findings) {
    std::fprintf(stderr, "%s %u %s\n", finding.division.c_str(), finding.seq,
                 finding.problem.c_str());
  }
  Must(mine.empty() || report.holds(), "what was taken stands as evidence");
}

void CheckMapping(const v1::Item& item, const tracing::Arrived& arrived) {
  const auto same = [](std::uint64_t wire, std::uint64_t here, bool known) {
    return !known || wire == here;
  };
  Must(same(item.kind(), static_cast<std::uint64_t>(arrived.item.kind),
            tracing::IsKnown(arrived.item.kind)),
       "an unknown kind of item becomes no known one");
  Must(same(static_cast<std::uint64_t>(item.letter_kind()),
            static_cast<std::uint64_t>(arrived.kind),
            arrived.kind != tracing::LetterKind::kNone &&
                !tracing::LetterKindShort(arrived.kind).empty()),
       "an unknown kind of letter becomes no known one");
  const tracing::ReplyCode code = arrived.item.code;
  if (item.has_reply()) {
    Must(same(static_cast<std::uint64_t>(item.reply().code()), code,
              (code >= 1 && code <= 12) || code == 99),
         "an unknown reply code becomes no known one");
  }
  const std::string bytes = item.SerializeAsString();
  v1::Item again;
  Must(again.ParseFromString(bytes) && again.SerializeAsString() == bytes,
       "what is not known survives reading and writing");
}

}  // namespace fuzz
