// XLSX files put together by hand, part by part, for what a spreadsheet program would not write.
#pragma once

#include <map>
#include <string>
#include <vector>

namespace tables::testing {

using Parts = std::map<std::string, std::string>;  // name -> contents

std::string Zip(const Parts& parts);

// A workbook of one visible sheet "Sheet1"; add or replace parts before Zip.
// `rows` is the inside of <sheetData>.
Parts OneSheet(const std::string& rows);
// Adds xl/sharedStrings.xml with the inside of <sst>.
void AddSharedStrings(Parts& parts, const std::string& items);
// Adds xl/styles.xml whose cell style i has formats[i]; custom codes get numbers from 164 on.
void AddStyles(Parts& parts, const std::vector<std::string>& formats);

}  // namespace tables::testing
