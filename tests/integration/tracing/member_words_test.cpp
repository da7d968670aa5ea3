// A member may write anything into a letter: it is taken or refused by name, and stops nothing that
// is read out of it, neither the next letter nor the feeds.
#include <gmock/gmock.h>
#include <google/protobuf/descriptor.h>

#include "integration/tracing/stranger.h"
#include "tracing/contract/away.pb.h"

namespace tracing {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using testing::County;
using testing::Stranger;

// Each text of the message, and of what it may hold.
void Fill(Message* message, const std::string& text, int depth = 0) {
  const auto* reflection = message->GetReflection();
  for (int i = 0; i < message->GetDescriptor()->field_count(); ++i) {
    const FieldDescriptor* const field = message->GetDescriptor()->field(i);
    if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE && depth < 3) {
      Fill(field->is_repeated() ? reflection->AddMessage(message, field)
                                : reflection->MutableMessage(message, field),
           text, depth + 1);
    } else if (field->type() == FieldDescriptor::TYPE_STRING) {
      reflection->SetString(message, field, text);
    }
  }
}

const std::vector<std::string>& Texts() {
  const auto repeat = [](const std::string& part, int times) {
    std::string out;
    for (int i = 0; i < times; ++i) out += part;
    return out;
  };
  static const std::vector<std::string> kTexts = {
      repeat("很长的名字", 800), repeat("\U0001F600", 1000), repeat("x", 4'100),
      std::string{"\x1B[2J一\n二\0三\x7F", 16} + "\u202E\u009B\u2028", "'; DROP TABLE item; -- \\",
      "../../tmp/x"};
  return kTexts;
}

class MemberWords : public ::testing::Test {
 protected:
  void SetUp() override {
    store::Pool::InitDriver();
    county_.Start();
    member_.Publish(county_);
    member_.Connect(county_);
  }
  v1::Item Head(char conversation, bool from_asker, std::uint32_t kind) {
    v1::Item item;
    item.set_version(1);
    item.set_conversation_id(std::string(16, conversation));
    item.set_asker(from_asker ? member_.division() : county_.division());
    item.set_answerer(from_asker ? county_.division() : member_.division());
    item.set_from_asker(from_asker);
    item.set_seq(1);
    item.set_previous(std::string(32, '\0'));
    item.set_seen_head(std::string(32, '\0'));
    item.set_kind(kind);
    *item.mutable_written_at() = ToProto(county_.now());
    return item;
  }
  // "" if it was taken.
  std::string Send(const v1::Item& item) {
    const v1::SealedItem sealed =
        SealItem(SignItem(item.SerializeAsString(), 1, member_.key), member_.division(),
                 county_.division(), Stranger::SealKeyOf(county_));
    return member_.Deliver(sealed).reason();
  }
  v1::Letter Shown(char conversation) {
    v1::GetLetter ask;
    ask.set_conversation_id(std::string(16, conversation));
    ask.set_with_content(true);
    return county_.Must<v1::LetterReply>(ask).letter();
  }

  County county_{"tongan", "sm"};
  Stranger member_{"430527"};
};

TEST_F(MemberWords, EachLetterIsTakenWhateverItsTextsHold) {
  constexpr v1::LetterKind kKinds[] = {v1::LETTER_KIND_HC, v1::LETTER_KIND_XC, v1::LETTER_KIND_QF,
                                       v1::LETTER_KIND_ZX, v1::LETTER_KIND_JD, v1::LETTER_KIND_GZ};
  const auto contents = [](v1::Item& item, v1::LetterKind kind) -> Message* {
    switch (kind) {
      case v1::LETTER_KIND_HC: return item.mutable_inquiry();
      case v1::LETTER_KIND_XC: return item.mutable_search();
      case v1::LETTER_KIND_QF: return item.mutable_persuasion();
      case v1::LETTER_KIND_ZX: return item.mutable_transfer();
      case v1::LETTER_KIND_JD: return item.mutable_proof();
      default: return item.mutable_notice();
    }
  };
  char conversation = 'A';
  for (const std::string& text : Texts()) {
    for (const v1::LetterKind kind : kKinds) {
      v1::Item item = Head(++conversation, true, 1);
      item.set_letter_kind(kind);
      Fill(contents(item, kind), text);
      if (kind == v1::LETTER_KIND_GZ) item.mutable_notice()->set_matter("hand_over");
      item.set_document_no(text);
      Fill(item.mutable_signed_by(), text);
      EXPECT_EQ(Send(item), "") << kind << " " << text.substr(0, 40);
      const v1::Letter shown = Shown(conversation);
      for (const std::string& one : {shown.document_no(), shown.student_name(), shown.id_masked(),
                                     shown.log(0).document_no()}) {
        EXPECT_EQ(one.find_first_of("\x1B\n\x7F"), std::string::npos) << one;
        EXPECT_EQ(one.find("\u202E"), std::string::npos);
      }
    }
  }
  EXPECT_EQ(county_.List().total(), Texts().size() * std::size(kKinds));
  // What follows the own feed, and everything that is due, gets to its end.
  EXPECT_TRUE(harness::WaitUntil([&] { return county_.Progress().work_pending() == 0; },
                                 std::chrono::seconds{60}));
}

TEST_F(MemberWords, AnAnswerStopsNothingThatIsReadOutOfIt) {
  std::int64_t case_id = 0;
  for (const std::string& text : Texts()) {
    const v1::Letter letter =
        county_.Send(member_.division(), ++case_id, "11010519491231002X");
    v1::Item item = Head('-', false, 35);
    item.set_conversation_id(letter.conversation_id());
    Fill(item.mutable_reply(), text);
    item.mutable_reply()->set_code(v1::REPLY_CODE_R05);
    item.set_document_no(text);
    EXPECT_EQ(Send(item), "") << text.substr(0, 40);
    // On paper it names no path.
    v1::PrintLetter print;
    print.set_conversation_id(letter.conversation_id());
    print.set_of("reply");
    const auto printed = county_.Must<v1::PrintLetterReply>(print);
    EXPECT_EQ(printed.file_name().find('/'), std::string::npos) << printed.file_name();
  }
  ASSERT_EQ(county_.Told().size(), Texts().size());
  for (const v1::ReplyReceived& told : county_.Told()) {
    for (const std::string& one :
         {told.document_no(), told.last_paid_term(), told.school(), told.third_division()}) {
      EXPECT_EQ(one.find_first_of("\x1B\n\x7F"), std::string::npos) << one;
      EXPECT_LE(one.size(), 800u);
    }
  }
  EXPECT_TRUE(harness::WaitUntil([&] { return county_.Progress().work_pending() == 0; },
                                 std::chrono::seconds{60}));
}


}  // namespace
}  // namespace tracing
