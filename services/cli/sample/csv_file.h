// A buffered CSV file in the form that tables::Writer writes (UTF-8 with BOM, CRLF, RFC 4180),
// filled cell by cell so that a county's roster takes a second. Cells come from the generator: none
// starts with a sign that a spreadsheet would take for a formula. Errors:
// kUnavailable/FILE_NOT_WRITTEN from Close(), for any write before it. Not thread-safe.
#pragma once

#include <cstdint>
#include <cstdio>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace sample {

class CsvFile {
 public:
  explicit CsvFile(std::string path);

  CsvFile& Cell(std::string_view text);
  CsvFile& Number(std::uint64_t value);
  void EndRow();
  void Row(std::initializer_list<std::string_view> cells);
  void Row(const std::vector<std::string>& cells);
  std::uint64_t rows() const { return rows_; }  // with the header
  base::Status Close();

 private:
  void Flush();

  std::string path_;
  std::unique_ptr<std::FILE, int (*)(std::FILE*)> file_;
  std::string buffer_;
  std::uint64_t rows_ = 0;
  bool row_open_ = false;
  bool failed_ = false;
};

}  // namespace sample
