// What an item says in words for officers, and the files that may go with it.
#include <gmock/gmock.h>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/unknown_field_set.h>

#include <set>

#include "security/security.h"
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
