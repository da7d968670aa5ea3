#include "cli/sample/csv_file.h"

#include <fmt/format.h>

namespace sample {
namespace {
constexpr std::size_t kFlushBytes = 1u << 20;
}

CsvFile::CsvFile(std::string path)
    : path_(std::move(path)), file_(std::fopen(path_.c_str(), "wb"), &std::fclose) {
  failed_ = file_ == nullptr;
  buffer_.reserve(kFlushBytes + 4096);
  buffer_ = "\xEF\xBB\xBF";
}

CsvFile& CsvFile::Cell(std::string_view text) {
  if (row_open_) buffer_.push_back(',');
  row_open_ = true;
  if (text.find_first_of(",\"\r\n") == std::string_view::npos) {
    buffer_ += text;
    return *this;
  }
  buffer_.push_back('"');
  for (const char c : text) {
    if (c == '"') buffer_.push_back('"');
    buffer_.push_back(c);
  }
  buffer_.push_back('"');
  return *this;
}

CsvFile& CsvFile::Number(std::uint64_t value) { return Cell(fmt::format_int(value).c_str()); }

void CsvFile::EndRow() {
  buffer_ += "\r\n";
  row_open_ = false;
  ++rows_;
  if (buffer_.size() >= kFlushBytes) Flush();
}

void CsvFile::Row(std::initializer_list<std::string_view> cells) {
  for (const std::string_view cell : cells) Cell(cell);
  EndRow();
}

void CsvFile::Row(const std::vector<std::string>& cells) {
  for (const std::string& cell : cells) Cell(cell);
  EndRow();
}

void CsvFile::Flush() {
  if (file_ != nullptr && !buffer_.empty()) {
    failed_ =
        failed_ || std::fwrite(buffer_.data(), 1, buffer_.size(), file_.get()) != buffer_.size();
  }
  buffer_.clear();
}

base::Status CsvFile::Close() {
  Flush();
  if (file_ != nullptr) failed_ = std::fclose(file_.release()) != 0 || failed_;
  if (failed_) {
    return base::Error{base::Code::kUnavailable, "FILE_NOT_WRITTEN",
                       path_ + ": cannot be written; check the folder and the free space"};
  }
  return {};
}

}  // namespace sample
