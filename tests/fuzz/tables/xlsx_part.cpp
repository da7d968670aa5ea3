// Any bytes as one XML part of an XLSX file; a mutated archive would fail at its checksums before
// the XML is ever read. The first byte chooses the part, the rest is the part.

#include <array>
#include <cstdint>
#include <string>

#include "fuzz/tables/checks.h"
#include "unit/tables/make_xlsx.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  static constexpr std::array<const char*, 6> kParts = {
      "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml",       "xl/styles.xml",
      "xl/workbook.xml",          "xl/_rels/workbook.xml.rels", "_rels/.rels"};
  tables::testing::Parts parts = tables::testing::OneSheet(
      "<row><c t=\"s\"><v>0</v></c><c s=\"1\"><v>40909</v></c><c t=\"s\"><v>1</v></c></row>");
  tables::testing::AddSharedStrings(parts, "<si><t>a</t></si><si><t>b</t></si>");
  tables::testing::AddStyles(parts, {"0", "14", "22", "h:mm", "00"});
  const std::string part{reinterpret_cast<const char*>(data + 1), size - 1};
  parts[kParts[(data[0] - '0') % kParts.size()]] = part;
  fuzz::ReadAndCheck(tables::testing::Zip(parts));
  return 0;
}
