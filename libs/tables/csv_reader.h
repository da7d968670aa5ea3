// CSV -> rows. Private to libs/tables; what it promises stands in tables.h.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "tables/decoder.h"
#include "tables/tables.h"

namespace tables {

class CsvReader final : public Reader {
 public:
  // Reads the beginning and finds the delimiter.
  static base::Result<std::unique_ptr<Reader>> Open(std::unique_ptr<ByteSource> source,
                                                    const Limits& limits);

  base::Result<bool> Next(Row& row) override;
  int PermilleRead() const override;
  std::string Description() const override;

 private:
  enum class End { kCell, kRecord, kFile };

  CsvReader(std::unique_ptr<ByteSource> source, const Limits& limits)
      : decoder_(std::move(source)), limits_(limits) {}
  base::Status FindDelimiter();
  void SetDelimiter(char delimiter);
  // Makes text_[pos_] readable; false at the end or before a byte that is not text.
  base::Result<bool> Fill();
  base::Result<bool> ReadRecord(Row& row);
  base::Result<End> ReadPlain(std::string& cell);
  base::Result<End> ReadQuoted(std::string& cell);
  base::Result<End> EndCell();
  base::Status CheckCell(const std::string& cell) const;
  base::Error Fail(const char* reason, std::string_view what) const;

  Decoder decoder_;
  Limits limits_;
  char delimiter_ = ',';
  bool ends_plain_[256] = {};  // delimiter and line ends
  std::string text_ = {};      // decoded, not yet given out
  std::size_t pos_ = 0;
  std::uint64_t decoded_ = 0;
  bool ended_ = false;
  bool bad_ = false;
  std::uint64_t record_ = 0;  // 1-based
  std::uint64_t column_ = 0;  // 1-based
  std::optional<base::Error> failed_ = {};
};

}  // namespace tables
