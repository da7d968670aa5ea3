// Writes one letter of each sort into the folder that is named:
//   build/release/bin/fuzz_paper_seeds tests/fuzz/paper/corpus
#include <fstream>
#include <string>

#include "tracing/contract/letter.pb.h"

namespace {

namespace v1 = baoxue::tracing::v1;

constexpr char kWords = 0;
constexpr char kItems = 1;
constexpr char kDraft = 3;

std::string Sized(const std::string& text) {
  return std::string{static_cast<char>(text.size() / 256), static_cast<char>(text.size() % 256)} +
         text;
}

std::string Repeat(const std::string& text, int times) {
  std::string out;
  for (int i = 0; i < times; ++i) out += text;
  return out;
}

void Write(const std::string& file, const std::string& bytes) {
  std::ofstream{file, std::ios::binary} << bytes;
}

v1::Item Letter() {
  v1::Item item;
  item.set_from_asker(true);
  item.set_letter_kind(v1::LETTER_KIND_HC);
  item.set_document_no("绥教函〔2026〕9号");
  item.mutable_written_at()->set_seconds(1'791'756'000);
  item.mutable_reply_by()->set_year(2026);
  item.mutable_reply_by()->set_month(10);
  item.mutable_reply_by()->set_day(26);
  v1::InquiryLetter& letter = *item.mutable_inquiry();
  letter.mutable_child()->set_name("周小舟");
  letter.mutable_child()->set_id_number("11010519491231002X");
  letter.add_measures()->set_text("已家访");
  letter.set_request("请核查");
  letter.mutable_contact()->set_phone("0739-1234567");
  letter.add_attachments()->set_name("家访记录.pdf");
  return item;
}

v1::Item Reply(const std::string& text) {
  v1::Item item = Letter();
  item.set_from_asker(false);
  v1::ReplyLetter& reply = *item.mutable_reply();
  reply.set_code(v1::REPLY_CODE_R01);
  reply.set_school("同安第一中学");
  reply.set_text(text);
  reply.set_last_paid_term("2026秋");
  reply.set_last_paid_fen(62'503);
  reply.add_proof()->set_name("在读证明\n‮gpj.exe");
  return item;
}

std::string Words(const std::string& text) {
  return std::string{kWords} + Sized("绥宁县教育局") + Sized("绥教函〔2026〕9号") +
         std::string{'\1'} + Sized("关于核查的函") + Sized("同安区教育局") + std::string{'\2'} +
         Sized("一、学生") + Sized(text) + Sized("") + Sized("专此函达") + std::string{'\1'} +
         Sized(text.substr(0, 200)) + std::string{'\1'} + Sized("厦门市教育局") +
         Sized("（联系人：王）") + std::string{'\1'} + Sized("关于核查的函") +
         Sized(text.substr(0, 60)) + Sized("2026年10月26日") + Sized("王");
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  const std::string folder = std::string{argv[1]} + "/";
  const std::string letter = Sized(Letter().SerializeAsString());
  Write(folder + "letter", std::string{kItems} + letter);
  Write(folder + "draft", std::string{kDraft} + letter);
  const auto answer = [&](const std::string& name, const std::string& text) {
    Write(folder + name,
          std::string{kItems} + letter + Sized(Reply(text).SerializeAsString()));
  };
  answer("answer", "已核实，该生在读。");
  answer("answer_with_control_characters", "一\x01\x1b[2J\x7f二\t三\r四\xc2\x9b");
  answer("answer_turned_around", "‮文本‬⁦abc⁩ עברית العربية");
  answer("answer_joined", "👨‍👩‍👧‍👦 é́́́ नमस्ते 𠀀𰀀");
  answer("answer_of_one_long_line", std::string(29'000, 'x'));
  answer("answer_of_line_feeds", std::string(600, '\n'));
  Write(folder + "words", Words("一般文字。"));
  Write(folder + "words_not_utf8", Words("好\xff\xfe\xe4\xb8 \xed\xa0\x80 \xf5\x80\x80\x80"));
  Write(folder + "words_many", Words(Repeat("很长的文字", 900)));
  Write(folder + "words_none", Words(""));
  return 0;
}
