// Everything that another county, or whoever says it is one, can send: sealed items, bodies,
// receipts, directories, evidence files, keys, blind questions and answers, parcels of a
// relay, questions after a restore. The first byte says which.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "tracing/app/letter_content.h"
#include "tracing/app/restore_desk.h"
#include "tracing/contract/evidence.h"
#include "tracing/contract/posted.h"
#include "tracing/contract/restored.h"
#include "tracing/contract/where.h"

namespace {

const security::LetterKey& Own() {
  static const security::LetterKey key = security::LetterKey::Generate(
      security::LetterSuite::kSm, "350212",
      {.begin = base::Date::Parse("2026-09-01").value(),
       .end = base::Date::Parse("2028-09-01").value()});
  return key;
}

void Body(std::string_view bytes) {
  tracing::v1::Item item;
  if (!item.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) return;
  const tracing::Arrived arrived = tracing::ArrivedFrom(item, tracing::Digest{});
  (void)tracing::ItemKindChinese(arrived.item.kind);
  (void)tracing::CheckLetter(tracing::FactsOf(tracing::KindOf(item), item)).ok();
  (void)tracing::MaskedId(tracing::ChildOf(item));
  if (item.has_reply()) (void)tracing::CheckReply(tracing::FieldsOfReply(item.reply())).ok();
}

void Sealed(std::string_view bytes) {
  tracing::v1::SealedItem sealed;
  if (!sealed.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) return;
  sealed.set_seal_key_id(Own().id());
  const auto opened = tracing::OpenItem(sealed, {&Own(), 1});
  if (opened.ok()) (void)tracing::VerifyItem(*opened, Own().verifier()).ok();
  (void)Own().Open(sealed.from(), sealed.sealed()).ok();
}

void Receipt(std::string_view bytes) {
  tracing::v1::DeliverReply reply;
  if (!reply.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) return;
  (void)tracing::OpenReceipt(reply.receipt(), Own().verifier()).ok();
  (void)tracing::OpenDeclined(reply.declined(), Own().verifier()).ok();
}

void Directory(std::string_view bytes) {
  const auto file = tracing::ParseDirectoryFile(bytes);
  if (!file.ok()) return;
  (void)tracing::SignerOf(*file).ok();
  const auto content = tracing::ContentOf(*file);
  if (!content.ok()) return;
  const tracing::Directory directory{{*content}};
  const base::UtcTime now = base::InstantAt(base::Date::Parse("2026-10-01").value(), 0);
  for (const auto& [division, member] : directory.members()) {
    (void)directory.SealKey(division, now).ok();
    (void)directory.CurveKeys(division, now);
  }
  (void)directory.Expiring(now, 60);
}

void Evidence(std::string_view bytes) {
  const auto evidence = tracing::ParseEvidence(bytes);
  if (evidence.ok()) (void)tracing::JudgeEvidence(*evidence, nullptr).holds();
}

void Question(std::string_view bytes) {
  tracing::v1::BlindQuestion question;
  if (!question.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) return;
  (void)tracing::CheckQuestion(question).ok();
  (void)tracing::QuestionHash(question);
  (void)tracing::VerifyQuestion(question, Own().verifier()).ok();
}

void Answer(std::string_view bytes) {
  tracing::v1::BlindAnswer answer;
  if (!answer.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) return;
  tracing::v1::BlindQuestion question;
  question.set_question_id(answer.question_id());
  (void)tracing::VerifyAnswer(answer, question, Own().verifier()).ok();
}

// A question after a restore, and what is read of it before its county is believed.
template <class Question>
void RestoreQuestion(const Question& question) {
  (void)tracing::VerifyRestoreQuestion(question, Own().verifier()).ok();
  (void)tracing::Division::Parse(question.from()).ok();
}

void GetHeads(std::string_view bytes) {
  tracing::v1::GetHeads question;
  if (!question.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) return;
  RestoreQuestion(question);
}

void ReturnItems(std::string_view bytes) {
  tracing::v1::ReturnItems question;
  if (!question.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) return;
  RestoreQuestion(question);
}

// The answers. Heads as if the member had signed them: against a letter that we have and none.
void Heads(const tracing::v1::SignedHeads& answer) {
  (void)tracing::OpenHeads(answer, Own().verifier()).ok();
  const auto told = tracing::ReadHeads(answer);
  if (!told.ok()) return;
  const tracing::HashFn hash = [](std::string_view) { return tracing::Digest{}; };
  tracing::Conversation mine;
  mine.mine.items.resize(2);
  mine.delivered = 1;
  for (const tracing::v1::Head& head : told->heads().heads()) {
    const tracing::HeadFact fact = tracing::FactOf(head);
    (void)tracing::Compare(nullptr, fact, hash);
    (void)tracing::Compare(&mine, fact, hash);
  }
}

void Returned(const tracing::v1::ReturnItemsReply& reply) {
  for (const tracing::v1::SealedItem& item : reply.items()) Sealed(item.SerializeAsString());
}

void Parcel(std::string_view bytes) {
  tracing::v1::Deposit deposit;
  if (!deposit.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) return;
  (void)tracing::UnpackPosted(deposit.sealed(), deposit.from(), deposit.to(), {&Own(), 1}).ok();
  tracing::v1::Posted posted;  // as if the seal had been right
  if (!posted.ParseFromString(deposit.sealed())) return;
  (void)tracing::ParcelIdOf(posted, deposit.from(), deposit.to(), "");
  (void)tracing::OpenReceipt(posted.receipt(), Own().verifier()).ok();
  Question(posted.question().SerializeAsString());
  Answer(posted.blind_answer().SerializeAsString());
  if (posted.has_get_heads()) RestoreQuestion(posted.get_heads());
  if (posted.has_heads()) Heads(posted.heads());
  if (posted.has_return_items()) RestoreQuestion(posted.return_items());
  if (posted.has_returned()) Returned(posted.returned().items());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view bytes{reinterpret_cast<const char*>(data) + 1, size - 1};
  switch (data[0]) {
    case 'b': Body(bytes); break;
    case 's': Sealed(bytes); break;
    case 'r': Receipt(bytes); break;
    case 'd': Directory(bytes); break;
    case 'e': Evidence(bytes); break;
    case 'q': Question(bytes); break;
    case 'a': Answer(bytes); break;
    case 'p': Parcel(bytes); break;
    case 'h': GetHeads(bytes); break;
    case 'i': ReturnItems(bytes); break;
    case 'k': (void)security::PublicLetterKey::FromText(bytes).ok(); break;
    default: break;
  }
  return 0;
}
