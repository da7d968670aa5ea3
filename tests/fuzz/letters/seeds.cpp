// Writes one seed of each kind into the folder that is named:
//   build/release/bin/fuzz_letters_seeds tests/fuzz/letters/corpus
#include <fstream>
#include <string>

#include "tracing/contract/evidence.h"
#include "tracing/contract/letter.pb.h"
#include "tracing/contract/posted.h"
#include "tracing/contract/restored.h"
#include "tracing/contract/where.h"

namespace {

namespace v1 = baoxue::tracing::v1;

void Write(const std::string& folder, const std::string& name, const std::string& bytes) {
  std::ofstream{folder + "/" + name, std::ios::binary} << bytes;
}

void WriteBlind(const std::string& folder, const security::LetterKey& key,
                const v1::DeliverReply& reply) {
  v1::BlindQuestion question;
  question.set_question_id(std::string(16, 'q'));
  question.set_asker("430527");
  question.set_to("350212");
  question.set_nonce(std::string(32, 'n'));
  question.set_mark(std::string(32, 'm'));
  question.set_suite(v1::CIPHER_SUITE_SM);
  question.mutable_expires_at()->set_seconds(1'800'000'000);
  question.set_approved_by("王股长");
  tracing::SignQuestion(question, key);
  Write(folder, "blind_question", "q" + question.SerializeAsString());
  v1::BlindAnswer blind;
  blind.set_question_id(question.question_id());
  blind.set_by("350212");
  blind.set_asker("430527");
  blind.set_here(true);
  blind.set_question_hash(tracing::QuestionHash(question));
  blind.set_proof(std::string(32, 'p'));
  tracing::SignAnswer(blind, key);
  Write(folder, "blind_answer", "a" + blind.SerializeAsString());
  v1::Posted posted;
  *posted.mutable_receipt() = reply.receipt();
  v1::Deposit deposit =
      tracing::PackPosted(posted, "430527", "350212", "", key.verifier());
  Write(folder, "deposit", "p" + deposit.SerializeAsString());
  *posted.mutable_question() = question;
  deposit.set_sealed(posted.SerializeAsString());
  Write(folder, "posted_question", "p" + deposit.SerializeAsString());
}

// A parcel as it is behind the seal.
void WritePosted(const std::string& folder, const std::string& name, const v1::Posted& posted) {
  v1::Deposit deposit;
  deposit.set_from("430527");
  deposit.set_to("350212");
  deposit.set_parcel_id(std::string(16, 'p'));
  deposit.set_sealed(posted.SerializeAsString());
  Write(folder, name, "p" + deposit.SerializeAsString());
}

void WriteRestored(const std::string& folder, const security::LetterKey& key,
                   const v1::SealedItem& sealed) {
  v1::Posted posted;
  v1::GetHeads& ask = *posted.mutable_get_heads();
  ask.set_from("430527");
  ask.set_to("350212");
  ask.set_epoch(1'791'756'000);
  ask.set_after(std::string(16, 'c'));
  tracing::SignRestoreQuestion(ask, key);
  Write(folder, "get_heads", "h" + ask.SerializeAsString());
  WritePosted(folder, "posted_get_heads", posted);

  v1::HeadsTold told;
  told.set_by("430527");
  told.set_to("350212");
  told.set_asked_epoch(1'791'756'000);
  told.mutable_heads()->set_epoch(1'791'756'000);
  told.mutable_heads()->set_own_epoch(7);
  told.mutable_heads()->set_more(true);
  told.mutable_heads()->set_next(std::string(16, 'd'));
  v1::Head& head = *told.mutable_heads()->add_heads();
  head.set_conversation_id(std::string(16, 'c'));
  head.set_asked_by_caller(true);
  head.set_from_caller_seq(2);
  head.set_from_caller_head(std::string(32, 'h'));
  head.set_to_caller_seq(1);
  *posted.mutable_heads() = tracing::SignHeads(told, key);
  WritePosted(folder, "posted_heads", posted);

  v1::ReturnItems& items = *posted.mutable_return_items();
  items.set_from("430527");
  items.set_to("350212");
  items.set_conversation_id(std::string(16, 'c'));
  items.set_from_caller_after(1);
  tracing::SignRestoreQuestion(items, key);
  Write(folder, "return_items", "i" + items.SerializeAsString());
  WritePosted(folder, "posted_return_items", posted);

  posted.mutable_returned()->set_conversation_id(std::string(16, 'c'));
  *posted.mutable_returned()->mutable_items()->add_items() = sealed;
  WritePosted(folder, "posted_returned", posted);
}

// What stands behind a good signature, and what is said at the door.
void WriteSigned(const std::string& folder, const v1::Item& item, const v1::SignedItem& signed_item,
                 const v1::Evidence& evidence, const v1::Directory& directory) {
  Write(folder, "signed_item", "S" + signed_item.SerializeAsString());
  v1::Receipt receipt;
  receipt.set_seq(1);
  receipt.set_state(260);
  Write(folder, "signed_receipt", "R" + receipt.SerializeAsString());
  Write(folder, "signed_evidence", "E" + evidence.SerializeAsString());
  Write(folder, "signed_directory", "D" + directory.SerializeAsString());
  v1::Posted posted;
  posted.mutable_question()->set_question_id(std::string(16, 'q'));
  posted.mutable_question()->set_approved_by("王股长");
  Write(folder, "signed_question", "Q" + posted.SerializeAsString());
  v1::HeadsTold told;
  told.mutable_heads()->add_heads()->set_conversation_id(item.conversation_id());
  Write(folder, "signed_heads", "H" + told.SerializeAsString());
}

void WriteDoor(const std::string& folder, const v1::SealedItem& sealed,
               const v1::SignedDirectory& directory) {
  v1::Hello hello;
  hello.set_from("430527");
  hello.set_nonce(std::string(32, 'n'));
  Write(folder, "hello", "g" + hello.SerializeAsString());
  v1::HelloReply greeted;
  greeted.set_by("350212");
  greeted.set_signature(std::string(64, 's'));
  Write(folder, "hello_reply", "w" + greeted.SerializeAsString());
  v1::Collect collect;
  collect.set_by("430527");
  collect.add_done(std::string(16, 'p'));
  Write(folder, "collect", "c" + collect.SerializeAsString());
  v1::CollectReply collected;
  collected.add_parcels()->set_from("430527");
  collected.mutable_parcels(0)->set_sealed(sealed.SerializeAsString());
  Write(folder, "collect_reply", "l" + collected.SerializeAsString());
  v1::OfferRecord offer;
  *offer.mutable_directory() = directory;
  Write(folder, "offer_record", "o" + offer.SerializeAsString());
  v1::OfferRecordReply offered;
  offered.set_serial(7);
  Write(folder, "offer_record_reply", "v" + offered.SerializeAsString());
  v1::GetHeadsReply heads;
  heads.add_heads()->set_from_caller_seq(2);
  heads.set_more(true);
  Write(folder, "get_heads_reply", "t" + heads.SerializeAsString());
  v1::ReturnItemsReply returned;
  *returned.add_items() = sealed;
  Write(folder, "return_items_reply", "n" + returned.SerializeAsString());
  v1::DepositReply stored;
  stored.set_stored(true);
  Write(folder, "deposit_reply", "y" + stored.SerializeAsString());
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  const std::string folder = argv[1];
  const security::LetterKey key = security::LetterKey::Generate(
      security::LetterSuite::kEd25519, "430527",
      {.begin = base::Date::Parse("2026-09-01").value(),
       .end = base::Date::Parse("2028-09-01").value()});
  v1::Item item;
  item.set_version(1);
  item.set_conversation_id(std::string(16, 'c'));
  item.set_asker("430527");
  item.set_answerer("350212");
  item.set_from_asker(true);
  item.set_seq(1);
  item.set_previous(std::string(32, '\0'));
  item.set_seen_head(std::string(32, '\0'));
  item.set_kind(1);
  item.set_document_no("绥教函〔2026〕9号");
  item.mutable_inquiry()->mutable_child()->set_name("周小舟");
  item.mutable_inquiry()->add_measures()->set_kind("家访");
  Write(folder, "body_inquiry", "b" + item.SerializeAsString());
  v1::Item reply = item;
  reply.mutable_reply()->set_code(static_cast<v1::ReplyCode>(77));
  reply.set_kind(60000);
  Write(folder, "body_reply_of_a_newer_version", "b" + reply.SerializeAsString());
  const v1::SignedItem signed_item = tracing::SignItem(item.SerializeAsString(), 1, key);
  const v1::SealedItem sealed = tracing::SealItem(signed_item, "430527", "350212", key.verifier());
  Write(folder, "sealed", "s" + sealed.SerializeAsString());
  v1::DeliverReply answer;
  v1::Receipt receipt;
  receipt.set_seq(1);
  *answer.mutable_receipt() = tracing::SignReceipt(receipt, key);
  Write(folder, "receipt", "r" + answer.SerializeAsString());
  v1::Declined declined;
  declined.set_reason("GAP");
  *answer.mutable_declined() = tracing::SignDeclined(declined, key);
  Write(folder, "declined", "r" + answer.SerializeAsString());
  v1::Directory directory;
  directory.set_issuer("430527");
  v1::Member& member = *directory.add_members();
  member.set_division("430527");
  for (const v1::Key& one : tracing::KeysOf(key.key())) *member.add_keys() = one;
  const std::string file = tracing::SignDirectory(directory, key).SerializeAsString();
  Write(folder, "directory", "dbaoxue-directory 1\n" + file);
  v1::Evidence evidence;
  evidence.set_conversation_id(item.conversation_id());
  evidence.set_asker("430527");
  evidence.set_answerer("350212");
  evidence.set_suite(v1::CIPHER_SUITE_INTL);
  *evidence.add_of_asker()->mutable_item() = signed_item;
  *evidence.add_members() = member;
  Write(folder, "evidence", "e" + tracing::EvidenceFile(evidence));
  Write(folder, "key", "k" + key.key().ToText());
  WriteBlind(folder, key, answer);
  WriteRestored(folder, key, sealed);
  WriteSigned(folder, item, signed_item, evidence, directory);
  WriteDoor(folder, sealed, tracing::SignDirectory(directory, key));
  Write(folder, "nothing", "b");
  return 0;
}
