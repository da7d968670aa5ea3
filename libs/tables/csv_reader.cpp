#include "tables/csv_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "tables/text.h"

namespace tables {
namespace {

constexpr std::size_t kSampleBytes = 64u << 10;

// The first line of `sample` that holds a delimiter outside quotes decides: the header. In later
// lines an address may hold more commas than the line has tabs.
char CommonestDelimiter(std::string_view sample) {
  constexpr std::array<char, 3> kDelimiters = {',', '\t', ';'};
  std::array<int, 3> counts = {};
  bool quoted = false;
  for (const char c : sample) {
    if (c == '"') quoted = !quoted;
    if (quoted) continue;
    if (c == '\n' || c == '\r') {
      if (std::any_of(counts.begin(), counts.end(), [](int n) { return n > 0; })) break;
      continue;
    }
    for (std::size_t i = 0; i < kDelimiters.size(); ++i) counts[i] += c == kDelimiters[i] ? 1 : 0;
  }
  const auto most = std::max_element(counts.begin(), counts.end());
  return kDelimiters[static_cast<std::size_t>(most - counts.begin())];
}

}  // namespace

base::Result<std::unique_ptr<Reader>> CsvReader::Open(std::unique_ptr<ByteSource> source,
                                                      const Limits& limits) {
  std::unique_ptr<CsvReader> reader{new CsvReader{std::move(source), limits}};
  RETURN_IF_ERROR(reader->FindDelimiter());
  return std::unique_ptr<Reader>{std::move(reader)};
}

base::Status CsvReader::FindDelimiter() {
  while (!ended_ && text_.size() < kSampleBytes) {
    ASSIGN_OR_RETURN(const Decoder::Step step, decoder_.Append(text_));
    ended_ = step != Decoder::Step::kMore;
    bad_ = step == Decoder::Step::kBad;
  }
  decoded_ = text_.size();
  SetDelimiter(CommonestDelimiter(std::string_view{text_}.substr(0, kSampleBytes)));
  return {};
}

void CsvReader::SetDelimiter(char delimiter) {
  delimiter_ = delimiter;
  for (const char c : {delimiter, '\n', '\r'}) ends_plain_[static_cast<unsigned char>(c)] = true;
}

int CsvReader::PermilleRead() const { return decoder_.PermilleRead(); }

std::string CsvReader::Description() const { return fmt::format("CSV, {}", decoder_.Name()); }

base::Error CsvReader::Fail(const char* reason, std::string_view what) const {
  return Refuse(reason, fmt::format("{}:{}", Place(record_, column_), what));
}

base::Result<bool> CsvReader::Fill() {
  if (pos_ < text_.size()) return true;
  if (ended_) return false;
  text_.clear();
  pos_ = 0;
  ASSIGN_OR_RETURN(const Decoder::Step step, decoder_.Append(text_));
  decoded_ += text_.size();
  if (decoded_ > limits_.bytes_max) {
    return Fail("TOO_LARGE", fmt::format("文件超过 {} MiB,请拆分后再导入", limits_.bytes_max >> 20));
  }
  ended_ = step != Decoder::Step::kMore;
  bad_ = step == Decoder::Step::kBad;
  return !text_.empty();
}

base::Result<bool> CsvReader::Next(Row& row) {
  if (failed_) return *failed_;
  for (;;) {
    auto more = ReadRecord(row);
    if (!more.ok()) {
      failed_ = more.error();
      return *failed_;
    }
    if (!*more) return false;
    const bool blank = std::all_of(row.cells.begin(), row.cells.end(),
                                   [](const std::string& cell) { return cell.empty(); });
    if (!blank) return true;
  }
}

base::Result<bool> CsvReader::ReadRecord(Row& row) {
  ++record_;
  column_ = 1;
  ASSIGN_OR_RETURN(const bool more, Fill());
  if (!more) {
    if (!bad_) return false;
    return Fail("BAD_ENCODING", "有不能识别的字符。请另存为 UTF-8 编码的 CSV 或 XLSX");
  }
  if (record_ > limits_.rows_max) {
    return Fail("TOO_LARGE", fmt::format("超过 {} 行,请拆分后再导入", limits_.rows_max));
  }
  row.number = record_;
  std::size_t count = 0;
  End end = End::kCell;
  while (end == End::kCell) {
    column_ = count + 1;
    if (column_ > limits_.columns_max) {
      return Fail("TOO_LARGE", fmt::format("超过 {} 列", limits_.columns_max));
    }
    if (count == row.cells.size()) row.cells.emplace_back();
    std::string& cell = row.cells[count++];
    cell.clear();
    ASSIGN_OR_RETURN(const bool any, Fill());
    if (any && text_[pos_] == '"') {
      ASSIGN_OR_RETURN(end, ReadQuoted(cell));
    } else {
      ASSIGN_OR_RETURN(end, ReadPlain(cell));
    }
    Trim(cell);
    RemoveGuard(cell);
  }
  row.cells.resize(count);
  return true;
}

base::Status CsvReader::CheckCell(const std::string& cell) const {
  if (cell.size() <= limits_.cell_bytes_max) return {};
  return Fail("TOO_LARGE", fmt::format("内容超过 {} 字节;也可能是前面有双引号没有成对",
                                       limits_.cell_bytes_max));
}

base::Result<CsvReader::End> CsvReader::ReadPlain(std::string& cell) {
  for (;;) {
    ASSIGN_OR_RETURN(const bool more, Fill());
    if (!more) return EndCell();
    std::size_t stop = pos_;
    while (stop < text_.size() && !ends_plain_[static_cast<unsigned char>(text_[stop])]) ++stop;
    cell.append(text_, pos_, stop - pos_);
    pos_ = stop;
    RETURN_IF_ERROR(CheckCell(cell));
    if (stop < text_.size()) return EndCell();
  }
}

base::Result<CsvReader::End> CsvReader::ReadQuoted(std::string& cell) {
  ++pos_;  // the opening quote
  for (;;) {
    ASSIGN_OR_RETURN(const bool more, Fill());
    if (!more && bad_) return EndCell();
    if (!more) return Fail("BAD_QUOTING", "双引号没有成对。请检查这个单元格开头的 \"");
    const std::size_t stop = std::min(text_.find('"', pos_), text_.size());
    cell.append(text_, pos_, stop - pos_);
    pos_ = stop;
    RETURN_IF_ERROR(CheckCell(cell));
    if (stop == text_.size()) continue;
    ++pos_;
    ASSIGN_OR_RETURN(const bool after, Fill());
    if (after && text_[pos_] == '"') {
      cell += '"';
      ++pos_;
      continue;
    }
    if (after && !ends_plain_[static_cast<unsigned char>(text_[pos_])]) {
      return Fail("BAD_QUOTING", "双引号后面还有内容。内容中的双引号要写成两个 \"\"");
    }
    return EndCell();
  }
}

// Steps over what ended the cell.
base::Result<CsvReader::End> CsvReader::EndCell() {
  ASSIGN_OR_RETURN(const bool more, Fill());
  if (!more) {
    if (!bad_) return End::kFile;
    return Fail("BAD_ENCODING", "有不能识别的字符。请另存为 UTF-8 编码的 CSV 或 XLSX");
  }
  const char c = text_[pos_++];
  if (c == delimiter_) return End::kCell;
  if (c == '\r') {
    ASSIGN_OR_RETURN(const bool after, Fill());
    if (after && text_[pos_] == '\n') ++pos_;
  }
  return End::kRecord;
}

}  // namespace tables
