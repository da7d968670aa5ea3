#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>
#include <xlsxwriter.h>

#include <algorithm>
#include <charconv>
#include <filesystem>

#include "base/utf8.h"
#include "tables/text.h"
#include "tables/writer.h"

namespace tables {
namespace {

constexpr std::size_t kSheetNameMax = 31;  // characters
constexpr double kWidthMin = 6;
constexpr double kWidthMax = 48;
// Widths come from the first rows; the rest looks like them.
constexpr std::uint32_t kWidthRows = 200;

// How many narrow characters wide: a Chinese character counts two.
double WidthOf(std::string_view cell) {
  double width = 0;
  for (const char c : cell) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x80u) {
      width += 1;
    } else if (byte >= 0xC0u) {
      width += 2;
    }
  }
  return width;
}

bool IsSheetName(const std::string& name) {
  const auto characters = std::count_if(name.begin(), name.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0u) != 0x80u;
  });
  return !name.empty() && static_cast<std::size_t>(characters) <= kSheetNameMax &&
         name.find_first_of("[]:*?/\\") == std::string::npos && name.front() != '\'' &&
         name.back() != '\'' && base::IsUtf8(name);
}

// XML has no place for U+FFFE and U+FFFF; bad UTF-8 would make the whole file unreadable.
std::string Clean(const std::string& cell) {
  std::string clean = base::ReplaceBadUtf8(cell);
  for (const std::string_view banned : {"\xEF\xBF\xBE", "\xEF\xBF\xBF"}) {
    for (std::size_t at = clean.find(banned); at != std::string::npos; at = clean.find(banned)) {
      clean.replace(at, banned.size(), "\xEF\xBF\xBD");
    }
  }
  return clean;
}

// A text that looks like an escape gets its first character escaped: "_x0041_" -> "_x005F_x0041_".
void EscapeEscapes(std::string& text) {
  const auto is_hex = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
  };
  for (std::size_t at = text.find("_x"); at != std::string::npos; at = text.find("_x", at + 1)) {
    const std::string_view four = std::string_view{text}.substr(at + 2, 4);
    if (four.size() == 4 && std::all_of(four.begin(), four.end(), is_hex) && at + 6 < text.size() &&
        text[at + 6] == '_') {
      text.insert(at, "_x005F");
      at += 6;
    }
  }
}

class XlsxWriter final : public Writer {
 public:
  XlsxWriter(const std::string& path, const std::string& sheet, const Columns& numbers)
      : file_(path), numbers_(numbers) {
    std::string folder = std::filesystem::path{path}.parent_path().string();
    if (folder.empty()) folder = ".";
    lxw_workbook_options options = {};
    options.constant_memory = LXW_TRUE;
    options.tmpdir = folder.data();
    book_ = workbook_new_opt(file_.working_path().c_str(), &options);
    if (book_ == nullptr) return;
    sheet_ = workbook_add_worksheet(book_, sheet.c_str());
    text_ = workbook_add_format(book_);
    header_ = workbook_add_format(book_);
    if (sheet_ == nullptr || text_ == nullptr || header_ == nullptr) return;
    for (lxw_format* const format : {text_, header_}) format_set_num_format(format, "@");
    format_set_bold(header_);
    whole_ = workbook_add_format(book_);
    amount_ = workbook_add_format(book_);
    if (whole_ == nullptr || amount_ == nullptr) return;
    format_set_num_format(whole_, "0");
    format_set_num_format(amount_, "0.00");
    complete_ = true;
    worksheet_freeze_panes(sheet_, 1, 0);
  }
  XlsxWriter(const XlsxWriter&) = delete;
  XlsxWriter& operator=(const XlsxWriter&) = delete;
  ~XlsxWriter() override {
    if (book_ != nullptr) lxw_workbook_free(book_);
  }
  const std::string& working_path() const { return file_.working_path(); }
  bool usable() const { return complete_; }

  base::Status Write(const std::vector<std::string>& cells) override {
    if (rows_ >= LXW_ROW_MAX) {
      return Refuse("TOO_LARGE", fmt::format("XLSX 最多 {} 行,请改存为 CSV", LXW_ROW_MAX));
    }
    if (cells.size() > LXW_COL_MAX) {
      return Refuse("TOO_LARGE", fmt::format("XLSX 最多 {} 列", LXW_COL_MAX));
    }
    if (widths_.size() < cells.size()) widths_.resize(cells.size(), 0);
    for (std::size_t i = 0; i < cells.size(); ++i) {
      if (cells[i].empty()) continue;
      if (rows_ < kWidthRows) widths_[i] = std::max(widths_[i], WidthOf(cells[i]));
      RETURN_IF_ERROR(WriteCell(i, cells[i]));
    }
    ++rows_;
    return {};
  }

  base::Status Close() override {
    for (std::size_t i = 0; i < widths_.size(); ++i) {
      const auto column = static_cast<lxw_col_t>(i);
      const double width = std::clamp(widths_[i] + 2, kWidthMin, kWidthMax);
      worksheet_set_column(sheet_, column, column, width, text_);
    }
    const lxw_error error = workbook_close(std::exchange(book_, nullptr));
    if (error != LXW_NO_ERROR) {
      return base::Error{base::Code::kUnavailable, "FILE_WRITE",
                         fmt::format("写不了 XLSX 文件:{}", lxw_strerror(error))};
    }
    return file_.MoveToPlace();
  }

 private:
  base::Status WriteCell(std::size_t column, const std::string& cell) {
    const auto decimals = rows_ > 0 && numbers_.contains(column) ? DecimalsOf(cell) : std::nullopt;
    if (decimals) {
      // At most 15 digits: what Excel keeps of a double is what was written.
      double value = 0;
      (void)std::from_chars(cell.data(), cell.data() + cell.size(), value);
      (void)worksheet_write_number(sheet_, rows_, static_cast<lxw_col_t>(column), value,
                                   *decimals == 0 ? whole_ : amount_);
      return {};
    }
    // A string cell runs nothing; the apostrophe only keeps one that the reader would take off.
    std::string clean = Clean(cell);
    EscapeEscapes(clean);
    if (clean.front() == '\'' && NeedsGuard(clean)) clean.insert(0, 1, '\'');
    const lxw_error error =
        worksheet_write_string(sheet_, rows_, static_cast<lxw_col_t>(column), clean.c_str(),
                               rows_ == 0 ? header_ : text_);
    if (error == LXW_NO_ERROR) return {};
    return Refuse("TOO_LARGE", fmt::format("{}:内容超过 32767 个字符", Place(rows_ + 1, column + 1)));
  }

  NewFile file_;
  const Columns numbers_;
  lxw_workbook* book_ = nullptr;
  lxw_worksheet* sheet_ = nullptr;
  lxw_format* text_ = nullptr;
  lxw_format* header_ = nullptr;
  lxw_format* whole_ = nullptr;
  lxw_format* amount_ = nullptr;
  bool complete_ = false;
  std::vector<double> widths_;
  std::uint32_t rows_ = 0;
};

}  // namespace

base::Result<std::unique_ptr<Writer>> CreateXlsx(const std::string& path,
                                                 const std::string& sheet,
                                                 const Columns& numbers) {
  if (!IsSheetName(sheet)) {
    return Refuse("BAD_SHEET_NAME", fmt::format("“{}”不能作工作表名:1 到 31 个字符,不含 []:*?/\\",
                                                base::ReplaceBadUtf8(sheet)));
  }
  // The library opens the file at the end only; one that cannot be made is refused now.
  auto writer = std::make_unique<XlsxWriter>(path, sheet, numbers);
  const int fd = ::open(writer->working_path().c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0) return CannotWrite(path);
  ::close(fd);
  if (!writer->usable()) return CannotWrite(path);
  return std::unique_ptr<Writer>{std::move(writer)};
}

}  // namespace tables
