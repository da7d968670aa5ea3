#include <algorithm>
#include <array>
#include <fstream>

#include "tables/csv_reader.h"
#include "tables/tables.h"
#include "tables/text.h"
#include "tables/xlsx_reader.h"

namespace tables {
namespace {

constexpr std::size_t kHeadBytes = 4096;

enum class Kind { kCsv, kXlsx };

std::string LowerAscii(std::string_view text) {
  std::string lower{text};
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lower;
}

// Many systems write a web page and call it .xls.
bool IsMarkup(std::string_view head) {
  if (head.starts_with("\xEF\xBB\xBF")) head.remove_prefix(3);
  const std::size_t start = head.find_first_not_of(" \t\r\n");
  if (start == std::string_view::npos) return false;
  const std::string lower = LowerAscii(head.substr(start, 16));
  constexpr std::array<std::string_view, 5> kStarts = {"<html", "<!doctype", "<?xml", "<table",
                                                       "<meta"};
  return std::any_of(kStarts.begin(), kStarts.end(),
                     [&](std::string_view tag) { return lower.starts_with(tag); });
}

base::Result<Kind> KindOf(std::string_view head) {
  if (head.empty()) return Refuse("NOT_A_TABLE", "文件是空的");
  if (head.starts_with("PK\x03\x04")) return Kind::kXlsx;
  if (head.starts_with("\xD0\xCF\x11\xE0")) {
    return Refuse("NOT_A_TABLE", "这是旧版 .xls 或加了密码的文件。请去掉密码,另存为 .xlsx 再导入");
  }
  if (IsMarkup(head)) {
    return Refuse("NOT_A_TABLE", "这是网页或 XML 文件,不是表格。请用 Excel 或 WPS 打开后另存为 .xlsx");
  }
  if (head.starts_with("%PDF")) return Refuse("NOT_A_TABLE", "这是 PDF 文件,不是表格");
  const bool utf16 = head.starts_with("\xFF\xFE") || head.starts_with("\xFE\xFF");
  if (!utf16 && head.find('\0') != std::string_view::npos) {
    return Refuse("NOT_A_TABLE", "这不是 CSV 或 XLSX 表格。没有字节序标记的 UTF-16 文件请另存为 UTF-8");
  }
  return Kind::kCsv;
}

Limits Bounded(Limits limits) {
  limits.cell_bytes_max = std::min<std::uint32_t>(limits.cell_bytes_max, (1u << 20) - 16);
  limits.shared_strings_bytes_max =
      std::min(limits.shared_strings_bytes_max, std::uint64_t{4} << 30);
  limits.ratio_max = std::max<std::uint64_t>(limits.ratio_max, 1);
  return limits;
}

}  // namespace

base::Result<std::unique_ptr<Reader>> Open(const std::string& path, const Limits& limits,
                                           const std::string& sheet) {
  ASSIGN_OR_RETURN(std::unique_ptr<ByteSource> source, ByteSource::OpenFile(path));
  std::string head(kHeadBytes, '\0');
  std::ifstream in{path, std::ios::binary};
  in.read(head.data(), static_cast<std::streamsize>(head.size()));
  head.resize(static_cast<std::size_t>(in.gcount()));
  ASSIGN_OR_RETURN(const Kind kind, KindOf(head));
  if (kind == Kind::kCsv) return CsvReader::Open(std::move(source), Bounded(limits));
  ASSIGN_OR_RETURN(std::unique_ptr<Package> package, Package::OpenFile(path, Bounded(limits)));
  return XlsxReader::Open(std::move(package), Bounded(limits), sheet);
}

base::Result<std::unique_ptr<Reader>> OpenBytes(std::string bytes, const Limits& limits,
                                                const std::string& sheet) {
  ASSIGN_OR_RETURN(const Kind kind, KindOf(std::string_view{bytes}.substr(0, kHeadBytes)));
  if (kind == Kind::kCsv) {
    return CsvReader::Open(std::make_unique<ByteSource>(std::move(bytes)), Bounded(limits));
  }
  ASSIGN_OR_RETURN(std::unique_ptr<Package> package,
                   Package::OpenBytes(std::move(bytes), Bounded(limits)));
  return XlsxReader::Open(std::move(package), Bounded(limits), sheet);
}

Format FormatFor(std::string_view path) {
  return LowerAscii(path).ends_with(".xlsx") ? Format::kXlsx : Format::kCsv;
}

}  // namespace tables
