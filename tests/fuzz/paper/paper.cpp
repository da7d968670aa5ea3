// What a stranger wrote, laid out as an official letter (Pango, Cairo): letters and answers as
// items, and as bare words that no parser has looked at.
//
// The first byte says which; texts and items come with two bytes of length.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "fuzz/member/tape.h"
#include "tracing/paper/sheet.h"

// Fontconfig and Pango keep their caches until the process ends.
extern "C" const char* __lsan_default_suppressions() {
  return "leak:libfontconfig\nleak:libpango\nleak:libglib\nleak:libcairo\nleak:libharfbuzz\n";
}

namespace {

namespace v1 = baoxue::tracing::v1;
using fuzz::Tape;

void Must(bool holds, const char* sentence) {
  if (holds) return;
  std::fprintf(stderr, "broken promise: %s\n", sentence);
  std::abort();
}

std::size_t SizeOf(const tracing::Sheet& sheet) {
  std::size_t size = sheet.mark.size() * 4 + sheet.title.size() + sheet.addressee.size() +
                     sheet.note.size() + sheet.document_no.size() + sheet.warning.size();
  for (const auto& one : sheet.body) size += one.heading.size() + one.text.size();
  for (const std::string& one : sheet.attachments) size += one.size() + 30;
  for (const std::string& one : sheet.copies) size += one.size() + 30;
  if (sheet.slip) {
    size += sheet.slip->student.size() + sheet.slip->contact.size() + sheet.slip->to.size() * 3 +
            sheet.slip->document_no.size() * 2 + sheet.slip->title.size();
  }
  return size;
}

void Print(const tracing::Sheet& sheet) {
  const auto printed = tracing::RenderSheet(sheet);
  Must(printed.ok(), "a letter can be printed");
  Must(printed->pdf.starts_with("%PDF-") && printed->pdf.find("%%EOF") != std::string::npos,
       "what is printed is a PDF");
  // 22 lines a page; a line may hold one character where line feeds are all there is.
  const std::size_t bound = 4 + SizeOf(sheet) / 10;
  Must(printed->pages >= 1 && static_cast<std::size_t>(printed->pages) <= bound,
       "no more pages than text");
}

void Items(Tape& tape, bool draft) {
  const auto parse = [](std::string_view bytes, v1::Item& item) {
    return item.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()));
  };
  v1::Item opening;
  if (!parse(tape.Bytes(), opening)) return;
  v1::Item item = opening;
  if (const std::string_view bytes = tape.Bytes(); !bytes.empty() && !parse(bytes, item)) return;
  auto sheet = tracing::SheetOf(item, opening,
                                {.asker_bureau = "绥宁县教育局", .answerer_bureau = "同安区教育局",
                                 .copies = {}});
  if (!sheet.ok()) {
    Must(sheet.error().reason == "NOT_A_DOCUMENT", "only what is no document is not printed");
    return;
  }
  sheet->draft = draft;
  sheet->print_mark = "打印：王股长";
  Print(*sheet);
}

void Words(Tape& tape) {
  const auto text = [&] { return std::string{tape.Bytes()}; };
  tracing::Sheet sheet;
  sheet.mark = text();
  sheet.document_no = text();
  sheet.title = tape.Byte() % 2 == 0 ? text() : sheet.mark + text();
  sheet.addressee = text();
  for (int i = tape.Byte() % 4; i > 0; --i) {
    sheet.body.push_back({.heading = text(), .text = text()});
  }
  for (int i = tape.Byte() % 4; i > 0; --i) sheet.attachments.push_back(text());
  for (int i = tape.Byte() % 4; i > 0; --i) sheet.copies.push_back(text());
  sheet.author = sheet.mark;
  sheet.date = "2026年10月12日";
  sheet.note = text();
  if (tape.Byte() % 2 == 1) {
    sheet.slip = tracing::Slip{.to = sheet.mark, .document_no = sheet.document_no,
                               .title = text(), .student = text(), .id_masked = "后四位1234",
                               .reply_by = text(), .contact = text(), .codes = {"R01", "R02"}};
  }
  Print(sheet);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Tape tape{{reinterpret_cast<const char*>(data), size}};
  const std::uint8_t first = tape.Byte();
  if (first % 2 == 0) {
    Words(tape);
  } else {
    Items(tape, first % 4 == 3);
  }
  return 0;
}
