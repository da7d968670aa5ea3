// Writes one conversation of each sort into the folder that is named:
//   build/release/bin/fuzz_member_seeds tests/fuzz/member/corpus
#include <fstream>
#include <string>

#include "tracing/contract/exchange.pb.h"
#include "tracing/contract/letter.pb.h"

namespace {

namespace v1 = baoxue::tracing::v1;

constexpr std::uint8_t kArrive = 0;
constexpr std::uint8_t kArriveRaw = 3;
constexpr std::uint8_t kAgain = 4;
constexpr std::uint8_t kReceipt = 5;
constexpr std::uint8_t kDeclined = 7;
constexpr std::uint8_t kReturned = 8;
constexpr std::uint8_t kDecide = 9;
constexpr std::uint8_t kPass = 10;

class Tape {
 public:
  Tape(bool ours, int letter_kind) { Byte((ours ? 1 : 0) + letter_kind * 2); }
  Tape& Byte(int byte) {
    bytes_ += static_cast<char>(byte);
    return *this;
  }
  Tape& Put(std::initializer_list<int> step, const google::protobuf::Message& message) {
    for (const int byte : step) Byte(byte);
    const std::string text = message.SerializeAsString();
    Byte(static_cast<int>(text.size() / 256)).Byte(static_cast<int>(text.size() % 256));
    bytes_ += text;
    return *this;
  }
  Tape& Step(std::initializer_list<int> step) {
    for (const int byte : step) Byte(byte);
    return *this;
  }
  void Save(const std::string& file) const { std::ofstream{file, std::ios::binary} << bytes_; }

 private:
  std::string bytes_;
};

v1::Item ItemOf(int kind) {
  v1::Item item;
  item.set_version(1);
  item.set_kind(static_cast<std::uint32_t>(kind));
  item.mutable_written_at()->set_seconds(1'791'756'000);
  item.set_document_no("绥教函〔2026〕9号");
  item.mutable_signed_by()->set_name("王股长");
  return item;
}

v1::Item Letter() {
  v1::Item item = ItemOf(1);
  item.set_letter_kind(v1::LETTER_KIND_HC);
  item.mutable_reply_by()->set_year(2026);
  item.mutable_reply_by()->set_month(10);
  item.mutable_reply_by()->set_day(26);
  item.mutable_inquiry()->mutable_child()->set_name("周小舟");
  item.mutable_inquiry()->add_measures()->set_kind("家访");
  v1::Attachment& file = *item.mutable_inquiry()->add_attachments();
  file.set_name("家访记录.pdf");
  file.set_content("%PDF-1.4");
  return item;
}

v1::Item Answer(int code) {
  v1::Item item = ItemOf(35);
  v1::ReplyLetter& reply = *item.mutable_reply();
  reply.set_code(static_cast<v1::ReplyCode>(code));
  reply.set_school("绥宁县第一中学");
  reply.set_third_division("430100");
  reply.set_last_paid_term("2026秋");
  reply.set_text("已核实");
  return item;
}

v1::Item Interim() {
  v1::Item item = ItemOf(34);
  item.mutable_interim()->set_text("需延期");
  item.mutable_interim()->mutable_until()->set_year(2026);
  item.mutable_interim()->mutable_until()->set_month(11);
  item.mutable_interim()->mutable_until()->set_day(2);
  return item;
}

void Ours(const std::string& folder) {
  v1::Receipt receipt;
  receipt.set_seq(1);
  receipt.set_state(4);
  v1::Declined declined;
  declined.set_reason("TOO_LARGE");
  v1::Item acknowledged = ItemOf(33);
  acknowledged.mutable_acknowledgement()->set_by_machine(true);
  Tape{true, 1}.Put({kReceipt}, receipt).Put({kArrive}, acknowledged).Put({kArrive}, Interim())
      .Put({kArrive}, Answer(1)).Step({kAgain, 2}).Step({kPass, 60}).Step({kPass, 60})
      .Put({kArrive}, Answer(3)).Save(folder + "/ours_answered_and_closed");
  Tape{true, 2}.Put({kDeclined, 0}, declined).Put({kDeclined, 0}, declined)
      .Put({kDeclined, 0}, declined).Step({kDecide, 0, 0, 2}).Put({kReceipt}, receipt)
      .Step({kPass, 100}).Step({kPass, 100}).Step({kPass, 200}).Save(folder + "/ours_declined");
  v1::Item forward = ItemOf(36);
  forward.mutable_forwarding()->set_to("430100");
  Tape{true, 3}.Put({kReceipt}, receipt).Put({kArrive}, forward).Put({kArrive}, ItemOf(38))
      .Save(folder + "/ours_forwarded");
  v1::Item refusal = ItemOf(37);
  refusal.mutable_refusal()->set_reason("不属我县");
  Tape{true, 4}.Put({kArrive}, refusal).Put({kArriveRaw}, Answer(7)).Put({kReturned, 4}, Answer(5))
      .Step({kDecide, 6, 3, 9}).Save(folder + "/ours_refused_and_reopened");
  Tape{true, 1}.Step({kDecide, 0, 0, 3}).Step({kDecide, 0, 0, 4}).Step({kDecide, 35, 1, 5})
      .Save(folder + "/ours_on_paper");
}

void Theirs(const std::string& folder) {
  v1::Item withdrawn = ItemOf(4);
  withdrawn.mutable_withdrawal()->set_text("已找到");
  v1::Item reopened = ItemOf(6);
  reopened.mutable_reopening()->set_text("请再核实");
  Tape{false, 0}.Put({kArrive}, Letter()).Step({kDecide, 0, 0, 0}).Step({kDecide, 34, 5, 9})
      .Step({kDecide, 35, 3, 9}).Put({kArrive}, ItemOf(5)).Put({kArrive}, reopened)
      .Save(folder + "/theirs_reopened");
  Tape{false, 0}.Put({kArrive}, Letter()).Step({kAgain, 0}).Step({kDecide, 0, 0, 1})
      .Put({kArrive}, withdrawn).Step({kDecide, 35, 3, 9}).Save(folder + "/theirs_withdrawn");
  v1::Item newer = ItemOf(77);
  newer.mutable_signed_by()->set_role("科长");
  newer.GetReflection()->MutableUnknownFields(&newer)->AddLengthDelimited(900, "新项目");
  Tape{false, 0}.Put({kArrive}, Letter()).Put({kArrive}, newer).Put({kArriveRaw}, Letter())
      .Put({kReturned, 0}, newer).Save(folder + "/theirs_of_a_newer_version");
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  Ours(argv[1]);
  Theirs(argv[1]);
  return 0;
}
