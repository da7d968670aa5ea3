#include "unit/tables/make_xlsx.h"

#include <zip.h>

#include "base/check.h"

namespace tables::testing {
namespace {

constexpr const char* kOffice =
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

std::string Relation(const std::string& id, const std::string& kind, const std::string& target) {
  return "<Relationship Id=\"" + id + "\" Type=\"" + kOffice + "/" + kind + "\" Target=\"" +
         target + "\"/>";
}

std::string Relations(const std::string& inside) {
  return "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">" +
         inside + "</Relationships>";
}

void AddRelation(Parts& parts, const std::string& kind, const std::string& target) {
  std::string& relations = parts["xl/_rels/workbook.xml.rels"];
  relations.insert(relations.rfind("</"), Relation("r" + kind, kind, target));
}

}  // namespace

std::string Zip(const Parts& parts) {
  zip_error_t error = {};
  zip_source_t* const archive = zip_source_buffer_create(nullptr, 0, 0, &error);
  CHECK(archive != nullptr);
  zip_source_keep(archive);
  zip_t* const zip = zip_open_from_source(archive, ZIP_TRUNCATE, &error);
  CHECK(zip != nullptr);
  for (const auto& [name, text] : parts) {
    zip_source_t* const source = zip_source_buffer(zip, text.data(), text.size(), 0);
    CHECK(zip_file_add(zip, name.c_str(), source, ZIP_FL_ENC_UTF_8) >= 0);
  }
  CHECK(zip_close(zip) == 0);
  zip_stat_t info = {};
  CHECK(zip_source_stat(archive, &info) == 0 && zip_source_open(archive) == 0);
  std::string bytes(info.size, '\0');
  CHECK(zip_source_read(archive, bytes.data(), info.size) == static_cast<zip_int64_t>(info.size));
  zip_source_close(archive);
  zip_source_free(archive);
  return bytes;
}

Parts OneSheet(const std::string& rows) {
  Parts parts;
  parts["_rels/.rels"] = Relations(Relation("r1", "officeDocument", "xl/workbook.xml"));
  parts["xl/workbook.xml"] =
      "<workbook xmlns:r=\"x\"><sheets><sheet name=\"Sheet1\" sheetId=\"1\" r:id=\"rs1\"/></sheets>"
      "</workbook>";
  parts["xl/_rels/workbook.xml.rels"] =
      Relations(Relation("rs1", "worksheet", "worksheets/sheet1.xml"));
  parts["xl/worksheets/sheet1.xml"] =
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?><worksheet><sheetData>" + rows +
      "</sheetData></worksheet>";
  return parts;
}

void AddSharedStrings(Parts& parts, const std::string& items) {
  parts["xl/sharedStrings.xml"] = "<sst>" + items + "</sst>";
  AddRelation(parts, "sharedStrings", "/xl/sharedStrings.xml");
}

void AddStyles(Parts& parts, const std::vector<std::string>& formats) {
  std::string custom;
  std::string styles;
  int next = 164;
  for (const std::string& format : formats) {
    const bool built_in = format == "0" || (format[0] >= '1' && format[0] <= '9');
    const std::string id = built_in ? format : std::to_string(next++);
    if (!built_in) custom += "<numFmt numFmtId=\"" + id + "\" formatCode=\"" + format + "\"/>";
    styles += "<xf numFmtId=\"" + id + "\"/>";
  }
  parts["xl/styles.xml"] = "<styleSheet><numFmts>" + custom +
                           "</numFmts><cellStyleXfs><xf numFmtId=\"14\"/></cellStyleXfs><cellXfs>" +
                           styles + "</cellXfs></styleSheet>";
  AddRelation(parts, "styles", "styles.xml");
}

}  // namespace tables::testing
