// The message types enforce what may leave the county: they have exactly the declared fields.
#include <google/protobuf/descriptor.h>
#include <gtest/gtest.h>

#include <set>

#include "tracing/contract/letter.pb.h"
#include "tracing/contract/tracing.pb.h"
#include "tracing/domain/letters.h"

namespace tracing {
namespace {

using google::protobuf::Descriptor;

std::set<std::string> FieldsOfMessage(const Descriptor& type) {
  std::set<std::string> names;
  for (int i = 0; i < type.field_count(); ++i) {
    const auto& field = *type.field(i);
    if (field.name() == "child") {
      for (int k = 0; k < field.message_type()->field_count(); ++k) {
        names.insert("child." + std::string{field.message_type()->field(k)->name()});
      }
    } else {
      names.insert(std::string{field.name()});
    }
  }
  return names;
}

TEST(TracingContract, EachKindOfLetterHasExactlyItsFields) {
  const std::pair<LetterKind, const Descriptor*> kinds[] = {
      {LetterKind::kHc, baoxue::tracing::v1::InquiryLetter::descriptor()},
      {LetterKind::kXc, baoxue::tracing::v1::SearchLetter::descriptor()},
      {LetterKind::kQf, baoxue::tracing::v1::PersuasionLetter::descriptor()},
      {LetterKind::kZx, baoxue::tracing::v1::TransferLetter::descriptor()},
      {LetterKind::kJd, baoxue::tracing::v1::ProofLetter::descriptor()},
      {LetterKind::kGz, baoxue::tracing::v1::NoticeLetter::descriptor()},
      {LetterKind::kCb, baoxue::tracing::v1::UrgeLetter::descriptor()},
      {LetterKind::kHf, baoxue::tracing::v1::ReplyLetter::descriptor()}};
  for (const auto& [kind, type] : kinds) {
    std::set<std::string> declared;
    for (const auto& field : FieldsOf(kind)) declared.emplace(field.name);
    EXPECT_EQ(FieldsOfMessage(*type), declared) << LetterKindShort(kind);
  }
}

// The numbers of the domain are those of the wire.
TEST(TracingContract, EnumsHaveTheSameNumbers) {
  namespace v1 = baoxue::tracing::v1;
  const auto& kinds = *v1::LetterKind_descriptor();
  for (int i = 1; i < kinds.value_count(); ++i) {
    const auto kind = static_cast<LetterKind>(kinds.value(i)->number());
    EXPECT_EQ(kinds.value(i)->name(), "LETTER_KIND_" + std::string{LetterKindShort(kind)});
  }
  const auto& states = *v1::LetterState_descriptor();
  for (int i = 1; i < states.value_count(); ++i) {
    std::string name{LetterStateName(static_cast<LetterState>(states.value(i)->number()))};
    for (char& c : name) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    EXPECT_EQ(states.value(i)->name(), "LETTER_STATE_" + name);
  }
}

// No event has a place for a name or an identity number.
TEST(TracingContract, EventsCarryNoPersonalData) {
  namespace v1 = baoxue::tracing::v1;
  for (const Descriptor* type :
       {v1::LetterChanged::descriptor(), v1::ReplyReceived::descriptor(),
        v1::HouseholdTaskWanted::descriptor(), v1::PeerChanged::descriptor(),
        v1::TransferChanged::descriptor()}) {
    for (int i = 0; i < type->field_count(); ++i) {
      const std::string name{type->field(i)->name()};
      EXPECT_EQ(name.find("id_number"), std::string::npos) << type->name();
      EXPECT_EQ(name.find("phone"), std::string::npos) << type->name();
      EXPECT_EQ(name.find("child"), std::string::npos) << type->name();
      EXPECT_NE(name, "student_name") << type->name();
    }
  }
}

}  // namespace
}  // namespace tracing
