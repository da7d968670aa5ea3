// What an item says in words for officers, and the files that may go with it.
#include <gmock/gmock.h>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/unknown_field_set.h>

#include <set>

#include "security/security.h"
#include "tracing/app/letter_content.h"
#include "tracing/app/letter_files.h"
#include "tracing/app/letter_words.h"

namespace tracing {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kId = "11010519491231002X";

std::string Nobody(const std::string&) { return ""; }

void Unlabelled(const Descriptor& message, std::set<std::string>& seen,
                std::vector<std::string>& out) {
  if (!seen.insert(message.full_name()).second) return;
  for (int i = 0; i < message.field_count(); ++i) {
    const FieldDescriptor& field = *message.field(i);
    const bool part = field.message_type() != nullptr &&
                      field.message_type()->name() != "Date" &&
                      field.message_type()->name() != "Attachment";
    if (LabelOf(field).empty()) out.push_back(message.name() + "." + field.name());
    if (part) Unlabelled(*field.message_type(), seen, out);
  }
}

TEST(LetterWords, EachFieldOfEachLetterHasALabel) {
  const auto* const content = v1::Item::descriptor()->FindOneofByName("content");
  std::set<std::string> seen;
  std::vector<std::string> out;
  for (int i = 0; i < content->field_count(); ++i) {
    Unlabelled(*content->field(i)->message_type(), seen, out);
  }
  EXPECT_THAT(out, ::testing::IsEmpty());
  EXPECT_GT(seen.size(), 15u);
}

TEST(LetterWords, WhatANewerNeighbourAddsIsShownByItsNumber) {
  v1::Item item;
  item.mutable_reply()->set_code(static_cast<v1::ReplyCode>(42));
  auto* const of_reply = item.mutable_reply()->GetReflection()->MutableUnknownFields(
      item.mutable_reply());
  of_reply->AddLengthDelimited(300, std::string{"见附表 "} + kId);
  of_reply->AddVarint(301, 7);
  auto* const of_contact = item.mutable_reply()->mutable_contact();
  of_contact->set_body("绥宁县教育局");
  of_contact->GetReflection()->MutableUnknownFields(of_contact)->AddLengthDelimited(
      9, std::string("\xFF\x01", 2));
  item.GetReflection()->MutableUnknownFields(&item)->AddLengthDelimited(70, "另一种函");
  v1::LogEntry entry;
  PutWords(item, Nobody, &entry);
  std::vector<std::string> newer;
  for (const v1::ShownField& one : entry.newer()) newer.push_back(one.name() + "=" + one.value());
  EXPECT_THAT(newer, ::testing::UnorderedElementsAre(
                         "31.300=见附表 " + security::MaskIdNumber(kId), "31.301=7",
                         "31.15.9=2字节", "70=另一种函"));
  ASSERT_FALSE(entry.fields().empty());
  EXPECT_EQ(entry.fields(0).value(), "R42 未知代码");
  EXPECT_THAT(entry.DebugString(), Not(HasSubstr(kId)));
}

TEST(LetterWords, NothingThatIsShownMovesACursorOrHoldsANumber) {
  v1::Item item;
  item.mutable_inquiry()->set_request(std::string{"\x1B[2J核查\x07"} + kId);
  item.mutable_inquiry()->mutable_child()->set_student_no(std::string{"G"} + kId);
  v1::LogEntry entry;
  PutWords(item, Nobody, &entry);
  EXPECT_THAT(entry.DebugString(), Not(HasSubstr("0519491231")));
  for (const v1::ShownField& one : entry.fields()) {
    EXPECT_THAT(one.value(), Not(HasSubstr("\x1B")));
  }
}

TEST(LetterWords, WhatTurnsTheDirectionOfWritingIsNotShownAndNamesAreOneLine) {
  v1::Item item;
  item.mutable_reply()->set_code(static_cast<v1::ReplyCode>(65'536 + 1));
  item.mutable_reply()->set_text("已到校\u202E\u009B\n二");
  item.mutable_reply()->add_proof()->set_name("证明\nfdp\u202Egpj.exe");
  v1::LogEntry entry;
  PutWords(item, Nobody, &entry);
  EXPECT_EQ(entry.fields(0).value(), "R65535 未知代码") << "no R01";
  EXPECT_EQ(entry.fields(1).value(), "已到校 \n二");
  EXPECT_EQ(entry.attachments(0).name(), "证明 fdpgpj.exe");
}

TEST(LetterContent, WhatTablesAndEventsHoldIsTame) {
  v1::Item item;
  item.set_document_no(std::string(70, 'x'));
  item.mutable_reply()->set_school("一\n二\u202E" + std::string(300, 'y'));
  item.mutable_reply()->set_last_paid_term("2026秋" + std::string(300, 'z'));
  item.mutable_reply()->add_proof()->set_content("\xFF\n");
  Tame(&item);
  EXPECT_EQ(item.document_no(), std::string(64, 'x'));
  EXPECT_EQ(item.reply().school(), "一 二" + std::string(197, 'y'));
  EXPECT_EQ(item.reply().last_paid_term(), "2026秋" + std::string(27, 'z'));
  EXPECT_EQ(item.reply().proof(0).content(), "\xFF\n") << "bytes are no text";
  v1::Child child;
  child.set_id_number(std::string(500, '1'));
  EXPECT_LE(MaskedId(&child).size(), 32u);
}

TEST(LetterContent, ANumberThatIsTooLargeBecomesNoKnownOne) {
  v1::Item item;
  item.set_kind(65'536 + 35);
  item.set_letter_kind(static_cast<v1::LetterKind>(256 + 1));
  item.set_step(65'536 + 1);
  item.mutable_reply()->set_code(static_cast<v1::ReplyCode>(65'536 + 1));
  const Arrived arrived = ArrivedFrom(item, Digest{});
  EXPECT_FALSE(IsKnown(arrived.item.kind));
  EXPECT_EQ(LetterKindName(arrived.kind), "未知函件");
  EXPECT_EQ(arrived.item.step, 65'535);
  EXPECT_EQ(arrived.item.code, 65'535);
  v1::Receipt receipt;
  receipt.set_state(256 + 8);
  EXPECT_TRUE(LetterStateName(ReceiptFrom(receipt).state).empty());
  v1::Item seen;
  seen.set_seen_head(std::string(32, 's'));
  ASSERT_TRUE(ArrivedFrom(seen, Digest{}).seen_head);
  EXPECT_EQ((*ArrivedFrom(seen, Digest{}).seen_head)[31], 's');
}

TEST(LetterFiles, TheKindIsOfTheBytesAndTheNameIsNoPath) {
  EXPECT_EQ(KindOfFile("%PDF-1.7")->name, "pdf");
  EXPECT_EQ(KindOfFile("\xFF\xD8\xFF\xE0")->name, "jpg");
  EXPECT_EQ(KindOfFile("\x89PNG\r\n\x1A\n")->name, "png");
  EXPECT_EQ(KindOfFile("PK\x03\x04....OFD.xml....")->name, "ofd");
  EXPECT_EQ(KindOfFile("PK\x03\x04....word/document.xml"), nullptr);
  v1::Item item;
  v1::Attachment& one = *item.mutable_supplement()->add_attachments();
  one.set_name("../../etc/证明.exe");
  one.set_content("%PDF-1.4");
  ASSERT_TRUE(PrepareFiles(Policy{}, &item).ok());
  EXPECT_EQ(one.name(), "证明.exe");
  EXPECT_EQ(one.media_type(), "application/pdf");
  Policy strict;
  strict.attachments.types = {"png"};
  const base::Status refused = PrepareFiles(strict, &item);
  ASSERT_FALSE(refused.ok());
  EXPECT_THAT(refused.error().detail, HasSubstr("只能用PNG"));
  // The neighbour's limit of a whole item counts too.
  Policy small;
  small.limits.letter_bytes_max = 4096;
  one.set_content("%PDF-" + std::string(4000, 'x'));
  EXPECT_THAT(PrepareFiles(small, &item).error().detail, HasSubstr("上限3 KB"));
}

}  // namespace
}  // namespace tracing
