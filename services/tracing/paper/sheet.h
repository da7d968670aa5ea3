// A letter or reply as an official letter on paper: its words (Sheet), and those words as PDF.
//
// SheetOf takes from an item what its kind may show: the whole identity number only where the
// addressee has to find the child by it (核查函, 协查函, 转学联系函, 就读证明函) and nobody else reads
// it; everywhere else, and always on the tear-off reply (回执), the last four characters.
// Dates are civil days of the county. Pure but for reading the installed fonts; thread-safe.
// Errors: kInvalidArgument/NOT_A_DOCUMENT for items that are no letter (receipts' notes, unknown
// kinds); those of libs/print.
// Source of the layout: GB/T 9704-2012, 10.1 信函格式, and 7 for what all formats share.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/date.h"
#include "base/result.h"
#include "tracing/contract/letter.pb.h"

namespace tracing {

namespace v1 = baoxue::tracing::v1;

struct SheetParagraph {
  std::string heading = {};  // "一、学生情况"; empty: none
  std::string text = {};     // empty: a heading alone
};

// The tear-off reply, to be filled in by hand.
struct Slip {
  std::string to = {};           // who gets it back
  std::string document_no = {};  // of the letter
  std::string title = {};        // of the letter
  std::string student = {};
  std::string id_masked = {};
  std::string reply_by = {};     // Chinese day; empty: none
  std::string contact = {};
  std::vector<std::string> codes = {};  // "R01 在我地就读有学籍"
};

struct Sheet {
  std::string mark = {};         // 发文机关标志
  std::string warning = {};      // above the title, left
  std::string document_no = {};  // 发文字号
  std::string title = {};
  std::string addressee = {};    // 主送机关, without the colon
  std::vector<SheetParagraph> body = {};
  std::vector<std::string> attachments = {};
  std::string author = {};       // 署名
  std::string date = {};         // 成文日期
  std::string note = {};         // 附注
  std::vector<std::string> copies = {};  // 抄送机关; empty: no 版记
  std::optional<Slip> slip = {};
  bool draft = false;            // not approved: 草稿 across each page
  std::string print_mark = {};   // who printed it, when; at the foot of each page
  base::UtcTime printed_at = {};
};

struct Parties {
  std::string asker_bureau = {};
  std::string answerer_bureau = {};
  std::vector<std::string> copies = {};  // who else gets this item
};

// `opening` is the conversation's first letter, which replies and urges cite (the item itself
// where that is what is printed).
base::Result<Sheet> SheetOf(const v1::Item& item, const v1::Item& opening, const Parties& parties);

struct PrintedSheet {
  std::string pdf = {};
  int pages = 0;
  std::size_t missing = 0;       // characters that no installed font has
};
base::Result<PrintedSheet> RenderSheet(const Sheet& sheet);

}  // namespace tracing
