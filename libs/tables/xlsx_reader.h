// One sheet of an XLSX file -> rows. Private to libs/tables; what it promises stands in tables.h.
#pragma once

#include <memory>
#include <string>

#include "tables/numbers.h"
#include "tables/package.h"
#include "tables/shared_strings.h"
#include "tables/tables.h"
#include "tables/workbook.h"
#include "tables/xml.h"

namespace tables {

class XlsxReader final : public Reader, private XmlHandler {
 public:
  static base::Result<std::unique_ptr<Reader>> Open(std::unique_ptr<Package> package,
                                                    const Limits& limits,
                                                    const std::string& sheet);

  base::Result<bool> Next(Row& row) override;
  int PermilleRead() const override { return stream_->PermilleRead(); }
  std::string Description() const override { return "XLSX, sheet " + sheet_; }

 private:
  enum class Type { kNumber, kShared, kText, kBoolean, kVerbatim };

  XlsxReader(std::unique_ptr<Package> package, const Limits& limits)
      : package_(std::move(package)), limits_(limits) {}

  void Start(std::string_view name, const Attributes& attributes) override;
  void End(std::string_view name) override;
  void Text(std::string_view text) override;

  void StartRow(const Attributes& attributes);
  void StartCell(const Attributes& attributes);
  void EndCell();
  void EndRow();
  // The cell's text as a person sees it, from value_.
  void Show(std::string& cell);
  void Fail(const char* reason, std::string_view what);

  std::unique_ptr<Package> package_;
  Limits limits_;
  std::string sheet_ = {};
  DateSystem dates_ = DateSystem::k1900;
  std::vector<NumberStyle> styles_ = {};
  SharedStrings strings_ = {};
  std::unique_ptr<XmlStream> stream_ = {};  // goes before what it calls

  Row* row_ = nullptr;  // the caller's, during Next
  std::uint64_t number_ = 0;
  std::uint64_t column_ = 0;  // 1-based
  std::size_t filled_ = 0;    // cells of this row so far
  Type type_ = Type::kNumber;
  std::uint64_t style_ = 0;
  std::string value_ = {};
  bool in_sheet_ = false;
  bool in_value_ = false;
  int aside_ = 0;
};

}  // namespace tables
