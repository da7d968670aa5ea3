// CSV and XLSX in and out, as rows of UTF-8 cells, streamed: memory does not grow with the rows
// (but for the shared strings of an XLSX).
//
// In: the kind is told by the content, not by the name. CSV may be UTF-8 with or without BOM,
// UTF-16 with BOM, or GB18030 (detected, converted with ICU); comma, tab or semicolon; RFC 4180
// quoting. XLSX is read with libzip and expat under limits (entries, ratio, bytes, rows, columns,
// shared strings) so that a zip bomb is refused. A cell comes as text the way a person sees it: a
// date as YYYY-MM-DD (with HH:MM if its format shows a time), TRUE or FALSE, a formula as its last
// result, and a number of more than 15 digits, which Excel has rounded, in its scientific form
// "1.1E+17" so that the importer can refuse it with the reason.
// Out: what Create wrote reads back as the same cells (trimmed), in both formats.
// Rows and columns count from 1.
// Errors: kInvalidArgument with the reasons NOT_A_TABLE, BAD_ENCODING, BAD_QUOTING, TOO_LARGE,
// BAD_XLSX, XLSX_LIMIT; kNotFound/NO_FILE; kUnavailable/FILE_READ, FILE_WRITE. The detail is
// Chinese, names row and column, and never quotes a cell.
// A reader or writer belongs to one thread.
// Sources: RFC 4180; GB 18030-2005; ECMA-376 part 1 (18.3 sheets, 18.4 shared strings, 18.8.30
// number formats).
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace tables {

struct Limits {
  std::uint64_t bytes_max = 2ull << 30;  // unpacked, all parts of an XLSX together
  std::uint64_t ratio_max = 200;         // unpacked : packed, for parts above 1 MiB
  std::uint64_t rows_max = 2'000'000;
  std::uint32_t columns_max = 512;
  std::uint64_t shared_strings_bytes_max = 512ull << 20;  // at most 4 GiB
  std::uint32_t cell_bytes_max = 32767;                   // at most 1 MiB - 16
};

struct Row {
  std::uint64_t number = 0;  // 1-based, as the user's program shows it
  std::vector<std::string> cells = {};
};

class Reader {
 public:
  virtual ~Reader() = default;
  // False at the end. Cells are trimmed of surrounding white space (also U+3000) and NUL-free; rows
  // without any text are left out; a row may end before the header's last column. Reuses `row`'s
  // memory: pass the same one again. After an error every further call returns it again.
  virtual base::Result<bool> Next(Row& row) = 0;
  // 0..1000 of the file read, for progress bars.
  virtual int PermilleRead() const = 0;
  virtual std::string Description() const = 0;  // "CSV, GB18030" / "XLSX, sheet 学生"
};
// `sheet` is for XLSX: empty takes the first visible one.
base::Result<std::unique_ptr<Reader>> Open(const std::string& path, const Limits& limits = {},
                                           const std::string& sheet = {});
// From memory; for tests and fuzzing.
base::Result<std::unique_ptr<Reader>> OpenBytes(std::string bytes, const Limits& limits = {},
                                                const std::string& sheet = {});

enum class Format { kCsv, kXlsx };
// By the file name's ending; CSV unless it is .xlsx.
Format FormatFor(std::string_view path);

class Writer {
 public:
  virtual ~Writer() = default;
  // Errors: kUnavailable/FILE_WRITE, kInvalidArgument/TOO_LARGE (XLSX: 1,048,576 rows, 16,384
  // columns, 32,767 characters a cell).
  virtual base::Status Write(const std::vector<std::string>& cells) = 0;
  // The file stands under its name only after this; without it nothing is left behind.
  virtual base::Status Close() = 0;
};
// CSV out is UTF-8 with BOM (Excel opens it right), CRLF, RFC 4180; a cell that starts with = + - @
// or tab gets a leading apostrophe in CSV (formula injection; the reader takes it off again) and is
// a string cell in XLSX.
// XLSX out: bold frozen header row, text cells (identity numbers keep their digits), column widths.
// `numbers` are columns (0 the first) of amounts and counts: a cell there that is a plain number of
// at most 15 digits, "-312.50" or "17", is a number in XLSX, so that sums work and the decimals
// stand as written, and needs no apostrophe in CSV; any other cell is text.
// Errors: kUnavailable/FILE_WRITE, kInvalidArgument/BAD_SHEET_NAME (1..31 characters, no []:*?/\).
base::Result<std::unique_ptr<Writer>> Create(const std::string& path, Format format,
                                             const std::string& sheet,
                                             const std::set<std::size_t>& numbers = {});

// Full-width letters, digits and signs to ASCII, U+3000 to space.
std::string ToHalfWidth(std::string_view text);

}  // namespace tables
