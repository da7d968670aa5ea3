// What a number of a sheet looks like to a person. Private to libs/tables. Pure and thread-safe.
// Sources: ECMA-376 part 1, 18.8.30 (built-in formats, with those of Chinese Excel) and 18.17.4
// (dates as numbers of days); serial 60 is the 29 February 1900 that never was.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace tables {

enum class NumberKind : std::uint8_t { kGeneral, kDate, kTime, kDateTime, kPadded };

struct NumberStyle {
  NumberKind kind = NumberKind::kGeneral;
  std::uint8_t digits_min = 0;  // kPadded: "000" shows 7 as 007
};

// A format built into Excel, by its number.
NumberStyle BuiltInStyle(unsigned format_id);
// A format code: "yyyy\"年\"m\"月\"d\"日\"", "0000", "[$-804]AM/PM h:mm".
NumberStyle ClassifyFormat(std::string_view code);

// The first day of the numbering: 1900 unless the workbook says 1904.
enum class DateSystem { k1900, k1904 };

// `value` as the sheet's XML has it. What is no number comes back as it is.
std::string NumberText(std::string_view value, NumberStyle style, DateSystem system);

}  // namespace tables
