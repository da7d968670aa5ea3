#include "tables/xlsx_reader.h"

#include <fmt/format.h>

#include <charconv>

#include "tables/text.h"

namespace tables {
namespace {

// The last row number of a sheet has 7 digits, the last column 3 letters.
constexpr std::uint64_t kRowMax = 1'048'576;
constexpr std::uint64_t kColumnMax = 16'384;

bool ParseNumber(std::string_view text, std::uint64_t max, std::uint64_t& value) {
  const char* const end = text.data() + text.size();
  const auto [stop, code] = std::from_chars(text.data(), end, value);
  return code == std::errc{} && stop == end && value <= max;
}

// The 1-based column of "AB12"; 0 if it is none.
std::uint64_t ColumnOf(std::string_view reference) {
  std::uint64_t column = 0;
  for (const char c : reference) {
    if (c >= '0' && c <= '9') break;
    if (c < 'A' || c > 'Z') return 0;
    column = column * 26 + static_cast<std::uint64_t>(c - 'A' + 1);
    if (column > kColumnMax) return 0;
  }
  return column;
}

}  // namespace

base::Result<std::unique_ptr<Reader>> XlsxReader::Open(std::unique_ptr<Package> package,
                                                       const Limits& limits,
                                                       const std::string& sheet) {
  std::unique_ptr<XlsxReader> reader{new XlsxReader{std::move(package), limits}};
  Package& parts = *reader->package_;
  ASSIGN_OR_RETURN(Workbook workbook, ReadWorkbook(parts));
  ASSIGN_OR_RETURN(const Sheet found, workbook.Find(sheet));
  reader->sheet_ = found.name;
  reader->dates_ = workbook.dates;
  reader->styles_ = std::move(workbook.styles);
  if (!workbook.shared_strings.empty()) {
    ASSIGN_OR_RETURN(reader->strings_,
                     SharedStrings::Read(parts, workbook.shared_strings, reader->limits_));
  }
  ASSIGN_OR_RETURN(Part part, parts.Open(found.part));
  reader->stream_ = std::make_unique<XmlStream>(std::move(part),
                                                static_cast<XmlHandler&>(*reader));
  return std::unique_ptr<Reader>{std::move(reader)};
}

base::Result<bool> XlsxReader::Next(Row& row) {
  row_ = &row;
  auto more = stream_->Pump();
  row_ = nullptr;
  return more;
}

void XlsxReader::Fail(const char* reason, std::string_view what) {
  stream_->Fail(Refuse(reason, fmt::format("{}:{}", Place(number_, column_), what)));
}

void XlsxReader::Start(std::string_view name, const Attributes& attributes) {
  if (!in_sheet_) {
    in_sheet_ = name == "sheetData";
  } else if (name == "c") {
    StartCell(attributes);
  } else if (name == "v") {
    in_value_ = type_ != Type::kText;
  } else if (name == "t") {
    in_value_ = type_ == Type::kText && aside_ == 0;
  } else if (name == "row") {
    StartRow(attributes);
  } else if (name == "rPh") {
    ++aside_;
  }
}

void XlsxReader::End(std::string_view name) {
  in_value_ = false;
  if (!in_sheet_) return;
  if (name == "c") {
    EndCell();
  } else if (name == "row") {
    EndRow();
  } else if (name == "rPh") {
    --aside_;
  } else if (name == "sheetData") {
    in_sheet_ = false;
  }
}

void XlsxReader::Text(std::string_view text) {
  if (!in_value_) return;
  value_ += text;
  if (value_.size() > limits_.cell_bytes_max) {
    value_.clear();
    Fail("XLSX_LIMIT", fmt::format("内容超过 {} 字节", limits_.cell_bytes_max));
  }
}

void XlsxReader::StartRow(const Attributes& attributes) {
  const std::string_view number = attributes.Get("r");
  std::uint64_t given = number_ + 1;
  column_ = 0;
  filled_ = 0;
  if (!number.empty() && (!ParseNumber(number, kRowMax, given) || given <= number_)) {
    Fail("BAD_XLSX", "行号不对。请用 Excel 或 WPS 打开后另存再试");
    return;
  }
  number_ = given;
}

void XlsxReader::StartCell(const Attributes& attributes) {
  ++column_;
  type_ = Type::kNumber;
  style_ = 0;
  value_.clear();
  for (const char** at = attributes.pairs(); *at != nullptr; at += 2) {
    const std::string_view name = at[0];
    const std::string_view value = at[1];
    if (name == "r") {
      const std::uint64_t column = ColumnOf(value);
      if (column < column_) {
        Fail("BAD_XLSX", "列号不对。请用 Excel 或 WPS 打开后另存再试");
        return;
      }
      column_ = column;
    } else if (name == "s") {
      if (!ParseNumber(value, UINT32_MAX, style_)) style_ = 0;
    } else if (name == "t") {
      type_ = value == "s"           ? Type::kShared
              : value == "inlineStr" ? Type::kText
              : value == "b"         ? Type::kBoolean
              : value == "n"         ? Type::kNumber
                                     : Type::kVerbatim;  // str, e, d
    }
  }
}

void XlsxReader::Show(std::string& cell) {
  switch (type_) {
    case Type::kShared: {
      std::uint64_t index = 0;
      if (!ParseNumber(value_, UINT32_MAX, index) || index >= strings_.size()) {
        Fail("BAD_XLSX", "单元格指向的文字不存在。请用 Excel 或 WPS 打开后另存再试");
        return;
      }
      cell = strings_.At(index);
      return;
    }
    case Type::kBoolean: cell = value_ == "1" || value_ == "true" ? "TRUE" : "FALSE"; return;
    case Type::kNumber:
      cell = NumberText(value_, style_ < styles_.size() ? styles_[style_] : NumberStyle{}, dates_);
      return;
    case Type::kText:
    case Type::kVerbatim:
      cell = value_;
      UnescapeXlsx(cell);
      return;
  }
}

void XlsxReader::EndCell() {
  if (value_.empty() || row_ == nullptr) return;
  if (column_ > limits_.columns_max) {
    Fail("XLSX_LIMIT", fmt::format("超过 {} 列", limits_.columns_max));
    return;
  }
  const auto at = static_cast<std::size_t>(column_ - 1);
  if (row_->cells.size() <= at) row_->cells.resize(at + 1);
  for (std::size_t i = filled_; i < at; ++i) row_->cells[i].clear();
  std::string& cell = row_->cells[at];
  Show(cell);
  Trim(cell);
  RemoveGuard(cell);
  filled_ = at + 1;
}

void XlsxReader::EndRow() {
  if (row_ == nullptr) return;
  while (filled_ > 0 && row_->cells[filled_ - 1].empty()) --filled_;
  if (filled_ == 0) return;
  if (number_ > limits_.rows_max) {
    column_ = 1;
    Fail("XLSX_LIMIT", fmt::format("超过 {} 行", limits_.rows_max));
    return;
  }
  row_->cells.resize(filled_);
  row_->number = number_;
  filled_ = 0;
  stream_->Suspend();
}

}  // namespace tables
