// Everything that another county, or whoever says it is one, can send: sealed items, bodies,
// receipts, directories, evidence files, keys, blind questions and answers, parcels of a
// relay, questions after a restore, greetings, offers. The first byte says which.
//
// A member's signature is good whatever it says: capital letters are what the harness signs, so
// that what is behind the signature is read too. What must hold then is asserted.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "tracing/app/letter_content.h"
#include "tracing/app/restore_desk.h"
#include "tracing/contract/evidence.h"
#include "tracing/contract/posted.h"
#include "tracing/contract/restored.h"
#include "tracing/contract/where.h"

namespace {

namespace v1 = tracing::v1;

void Must(bool holds, const char* sentence) {
  if (holds) return;
  std::fprintf(stderr, "broken promise: %s\n", sentence);
  std::abort();
}

security::LetterKey MakeKey(security::LetterSuite suite, const char* owner) {
  return security::LetterKey::Generate(suite, owner,
                                       {.begin = base::Date::Parse("2026-09-01").value(),
                                        .end = base::Date::Parse("2028-09-01").value()});
}

const security::LetterKey& Own() {
  static const security::LetterKey key = MakeKey(security::LetterSuite::kSm, "350212");
  return key;
}

// Of the member whose every word is the input.
const security::LetterKey& Member(const char* division) {
  static const security::LetterKey asker = MakeKey(security::LetterSuite::kEd25519, "430527");
  static const security::LetterKey other = MakeKey(security::LetterSuite::kEd25519, "350212");
  return std::string_view{division} == "430527" ? asker : other;
}

template <class Message>
bool Parse(std::string_view bytes, Message& out) {
  return out.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()));
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

// ---- signed by a member ----

void SignedItemWithin(std::string_view bytes) {
  v1::SealedItem sealed;
  sealed.set_version(1);
  sealed.set_suite(v1::CIPHER_SUITE_SM);
  sealed.set_from("430527");
  sealed.set_to("350212");
  v1::SignedItem item;
  if (!Parse(bytes, item)) return;
  sealed = tracing::SealItem(item, "430527", "350212", Own().verifier());
  const auto opened = tracing::OpenItem(sealed, {&Own(), 1});
  Must(opened.ok(), "what is sealed for us can be opened");
  Must(opened->SerializeAsString() == item.SerializeAsString(), "and is what was sealed");
  Must(!tracing::VerifyItem(*opened, Own().verifier()).ok(), "nobody guesses a signature");
  Body(opened->item());
}

void SignedReceiptOf(std::string_view bytes) {
  v1::SignedReceipt made = tracing::SignReceipt({}, Member("430527"));
  made.set_receipt(std::string{bytes});
  made.set_signature(Member("430527").Sign("baoxue-receipt/1", made.receipt()));
  const auto receipt = tracing::OpenReceipt(made, Member("430527").verifier());
  if (!receipt.ok()) return;
  const tracing::ReceiptArrived arrived = tracing::ReceiptFrom(*receipt);
  Must(tracing::LetterStateName(arrived.state).empty() ||
           static_cast<std::uint32_t>(arrived.state) == receipt->state(),
       "an unknown state becomes no known one");
}

void SignedDirectoryOf(std::string_view bytes) {
  v1::Directory content;
  if (!Parse(bytes, content)) return;
  content.set_issuer("430527");
  v1::Member* own = nullptr;
  for (v1::Member& member : *content.mutable_members()) {
    if (member.division() == "430527") own = &member;
  }
  if (own == nullptr) own = content.add_members();
  own->set_division("430527");
  for (const v1::Key& one : tracing::KeysOf(Member("430527").key())) *own->add_keys() = one;
  const auto file = tracing::SignDirectory(content, Member("430527"));
  const auto read = tracing::ContentOf(file);
  if (!read.ok()) return;
  (void)tracing::SignerOf(file).ok();
  v1::Directory ours;
  ours.set_issuer("350212");
  ours.add_members()->set_division("350212");
  for (const v1::Key& one : tracing::KeysOf(Own().key())) {
    *ours.mutable_members(0)->add_keys() = one;
  }
  const tracing::Directory directory{{ours, *read}};
  for (const auto& [division, member] : directory.members()) {
    Must(division == "350212" || division == "430527", "nobody speaks for others");
  }
  const base::UtcTime now = base::InstantAt(base::Date::Parse("2026-10-01").value(), 0);
  Must(directory.SignKey("350212", Own().id(), now).ok(), "nobody takes our keys away");
  (void)directory.SealKey("430527", now).ok();
  (void)directory.CurveKeys("430527", now);
  (void)directory.Expiring(now, 60);
}

// Each county's items signed by it: the chain and the links are looked at.
void SignedEvidence(std::string_view bytes) {
  v1::Evidence evidence;
  if (!Parse(bytes, evidence)) return;
  evidence.set_asker("430527");
  evidence.set_answerer("350212");
  evidence.set_suite(v1::CIPHER_SUITE_INTL);
  evidence.clear_members();
  for (const char* division : {"430527", "350212"}) {
    v1::Member& member = *evidence.add_members();
    member.set_division(division);
    for (const v1::Key& one : tracing::KeysOf(Member(division).key())) *member.add_keys() = one;
  }
  const auto sign = [](auto* items, const char* author, const char* reader) {
    for (v1::EvidenceItem& one : *items) {
      *one.mutable_item() = tracing::SignItem(one.item().item(), 1, Member(author));
      v1::Receipt receipt;
      if (one.has_receipt() && receipt.ParseFromString(one.receipt().receipt())) {
        *one.mutable_receipt() = tracing::SignReceipt(receipt, Member(reader));
      }
    }
  };
  sign(evidence.mutable_of_asker(), "430527", "350212");
  sign(evidence.mutable_of_answerer(), "350212", "430527");
  const auto file = tracing::ParseEvidence(tracing::EvidenceFile(evidence));
  Must(file.ok(), "what was written as evidence can be read");
  const tracing::EvidenceReport report = tracing::JudgeEvidence(*file, nullptr);
  const auto items = static_cast<std::size_t>(evidence.of_asker_size()) +
                     static_cast<std::size_t>(evidence.of_answerer_size());
  Must(!report.holds() || (report.lines.size() == items && items > 0),
       "evidence holds only if each line of it does");
}

void SignedWhere(std::string_view bytes) {
  v1::Posted both;  // a question and what answers it
  if (!Parse(bytes, both)) return;
  v1::BlindQuestion question = both.question();
  tracing::SignQuestion(question, Member("430527"));
  Must(tracing::VerifyQuestion(question, Member("430527").verifier()).ok(), "its signature holds");
  v1::BlindAnswer answer;
  answer.set_refused(question.approved_by());
  answer.set_question_hash(question.nonce());
  tracing::SignAnswer(answer, Member("350212"));
  Must(!tracing::VerifyAnswer(answer, question, Member("350212").verifier()).ok() ||
           answer.question_hash() == tracing::QuestionHash(question),
       "an answer is to its question");
  (void)tracing::CheckQuestion(question).ok();
}

void SignedHeadsOf(std::string_view bytes) {
  v1::HeadsTold told;
  if (!Parse(bytes, told)) return;
  const v1::SignedHeads made = tracing::SignHeads(told, Member("430527"));
  Must(tracing::OpenHeads(made, Member("430527").verifier()).ok(), "its signature holds");
  Heads(made);
}

// ---- at the door ----

void Greeting(std::string_view bytes) {
  v1::Hello hello;
  if (!Parse(bytes, hello)) return;
  v1::HelloReply reply;
  reply.set_by("350212");
  reply.set_nonce(hello.nonce());
  reply.set_signature(Own().Sign("baoxue-hello/1", hello.nonce() + reply.by()));
  const std::string asked = hello.nonce() + reply.by();
  Must(Own().verifier().Verify("baoxue-hello/1", asked, reply.signature()).ok(),
       "who greets gets a signature over what he asked");
  Must(!tracing::VerifyItem({}, Own().verifier()).ok(), "which is good for nothing else");
}

void Greeted(std::string_view bytes) {
  v1::HelloReply reply;
  if (!Parse(bytes, reply)) return;
  Must(!Own().verifier().Verify("baoxue-hello/1", "nonce" + reply.by(), reply.signature()).ok(),
       "nobody greets in our name");
}

void Collected(std::string_view bytes) {
  v1::CollectReply reply;
  if (!Parse(bytes, reply)) return;
  for (const v1::Parcel& parcel : reply.parcels()) {
    (void)tracing::UnpackPosted(parcel.sealed(), parcel.from(), "350212", {&Own(), 1}).ok();
    (void)tracing::Division::Parse(parcel.from()).ok();
  }
}

void Offered(std::string_view bytes) {
  v1::OfferRecord offer;
  if (!Parse(bytes, offer)) return;
  const auto content = tracing::ContentOf(offer.directory());
  const auto signer = tracing::SignerOf(offer.directory());
  Must(!signer.ok() || content.ok(), "no signer without a directory");
}

template <class Message>
void OnlyRead(std::string_view bytes) {
  Message message;
  if (!Parse(bytes, message)) return;
  const std::string text = message.SerializeAsString();
  Message again;
  Must(again.ParseFromString(text) && again.SerializeAsString() == text,
       "what is not known survives reading and writing");
}

void Signed(char what, std::string_view bytes) {
  switch (what) {
    case 'S': SignedItemWithin(bytes); break;
    case 'R': SignedReceiptOf(bytes); break;
    case 'D': SignedDirectoryOf(bytes); break;
    case 'E': SignedEvidence(bytes); break;
    case 'Q': SignedWhere(bytes); break;
    case 'H': SignedHeadsOf(bytes); break;
    default: break;
  }
}

void AtTheDoor(char what, std::string_view bytes) {
  switch (what) {
    case 'g': Greeting(bytes); break;
    case 'w': Greeted(bytes); break;
    case 'c': OnlyRead<v1::Collect>(bytes); break;
    case 'l': Collected(bytes); break;
    case 'o': Offered(bytes); break;
    case 'v': OnlyRead<v1::OfferRecordReply>(bytes); break;
    case 't': OnlyRead<v1::GetHeadsReply>(bytes); break;
    case 'n': OnlyRead<v1::ReturnItemsReply>(bytes); break;
    case 'y': OnlyRead<v1::DepositReply>(bytes); break;
    default: break;
  }
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
    default:
      Signed(static_cast<char>(data[0]), bytes);
      AtTheDoor(static_cast<char>(data[0]), bytes);
      break;
  }
  return 0;
}
