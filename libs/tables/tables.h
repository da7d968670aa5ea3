// CSV and XLSX in and out, as rows of UTF-8 cells, streamed: memory does not grow with the file.
//
// In: the kind is told by the content, not by the name. CSV may be UTF-8 with or without BOM, UTF-16
// with BOM, or GB18030 (detected, converted with ICU); comma, tab or semicolon; RFC 4180 quoting.
// XLSX is read with libzip and expat under limits (entries, ratio, bytes, rows, columns, shared strings) so
// that a zip bomb is refused; dates and numbers come as text the way a person sees them, and a number
// that Excel has rounded (more than 15 digits) comes as its scientific form "1.1E+17" so that the
// importer can refuse it with the reason.
// Errors: kInvalidArgument with reasons NOT_A_TABLE, BAD_ENCODING, BAD_QUOTING, TOO_LARGE, BAD_XLSX,
// XLSX_LIMIT; the detail is Chinese and names row and column.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace tables {

struct Limits {
  std::uint64_t bytes_max = 2ull << 30;           // unpacked
  std::uint64_t ratio_max = 200;                  // unpacked : packed
  std::uint64_t rows_max = 2'000'000;
  std::uint32_t columns_max = 512;
  std::uint64_t shared_strings_bytes_max = 512ull << 20;
  std::uint32_t cell_bytes_max = 32767;
};

struct Row {
  std::uint64_t number = 0;  // 1-based, as the user's program shows it
  std::vector<std::string> cells = {};
};

class Reader {
 public:
  virtual ~Reader() = default;
  // False at the end. Cells are trimmed of surrounding white space (also U+3000) and NUL-free.
  virtual base::Result<bool> Next(Row& row) = 0;
  // 0..1000 of the file read, for progress bars.
  virtual int PermilleRead() const = 0;
  virtual std::string Description() const = 0;  // "CSV, GB18030" / "XLSX, sheet 学生"
};
base::Result<std::unique_ptr<Reader>> Open(const std::string& path, const Limits& limits = {});
// From memory; for tests and fuzzing.
base::Result<std::unique_ptr<Reader>> OpenBytes(std::string bytes, const Limits& limits = {});

enum class Format { kCsv, kXlsx };
// By the file name's ending; CSV unless it is .xlsx.
Format FormatFor(std::string_view path);

class Writer {
 public:
  virtual ~Writer() = default;
  virtual base::Status Write(const std::vector<std::string>& cells) = 0;
  virtual base::Status Close() = 0;
};
// CSV out is UTF-8 with BOM (Excel opens it right), CRLF, RFC 4180; a cell that starts with = + - @ or
// tab gets a leading apostrophe in CSV (formula injection) and is a string cell in XLSX.
// XLSX out: bold frozen header row, text cells (identity numbers keep their digits), column widths.
base::Result<std::unique_ptr<Writer>> Create(const std::string& path, Format format,
                                             const std::string& sheet);

// Full-width letters, digits and signs to ASCII, U+3000 to space.
std::string ToHalfWidth(std::string_view text);

}  // namespace tables
