#include "tables/numbers.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>

#include "base/date.h"

namespace tables {
namespace {

// Excel keeps 15 significant digits.
constexpr double kExactBelow = 1e15;
// 9999-12-31.
constexpr double kDayMax = 2958465.0;
constexpr int kSecondsPerDay = 86400;

char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool StartsWithNoCase(std::string_view text, std::string_view prefix) {
  if (text.size() < prefix.size()) return false;
  for (std::size_t i = 0; i < prefix.size(); ++i) {
    if (Lower(text[i]) != prefix[i]) return false;
  }
  return true;
}

struct Letters {
  bool year = false;
  bool month_or_minute = false;
  bool day = false;
  bool hour = false;
  bool second = false;
  bool elapsed = false;   // [h]: a duration, not a time of day
  bool only_zeros = true;
  std::size_t zeros = 0;
};

// Takes one piece of the code's first section away; false at its end.
bool TakePiece(std::string_view& code, Letters& seen) {
  if (code.empty() || code[0] == ';') return false;
  const char c = Lower(code[0]);
  std::size_t n = 1;
  if (c == '0') {
    ++seen.zeros;
    code.remove_prefix(1);
    return true;
  }
  seen.only_zeros = false;
  if (c == '"') {
    const std::size_t end = code.find('"', 1);
    n = end == std::string_view::npos ? code.size() : end + 1;
  } else if (c == '\\' || c == '_' || c == '*') {
    n = 2;
  } else if (c == '[') {
    const std::size_t end = code.find(']', 1);
    n = end == std::string_view::npos ? code.size() : end + 1;
    const char inner = code.size() > 1 ? Lower(code[1]) : ' ';
    const bool alone = code.substr(1, n - 2).find_first_not_of(code.substr(1, 1)) ==
                       std::string_view::npos;
    if (alone && (inner == 'h' || inner == 'm' || inner == 's')) seen.elapsed = true;
  } else if (StartsWithNoCase(code, "am/pm")) {
    n = 5;
    seen.hour = true;
  } else if (StartsWithNoCase(code, "general")) {
    n = 7;
  }
  if (n == 1) {
    seen.year = seen.year || c == 'y';
    seen.month_or_minute = seen.month_or_minute || c == 'm';
    seen.day = seen.day || c == 'd';
    seen.hour = seen.hour || c == 'h';
    seen.second = seen.second || c == 's';
  }
  code.remove_prefix(std::min(n, code.size()));
  return true;
}

std::string TimeText(int seconds) {
  if (seconds % 60 == 0) return fmt::format("{:02}:{:02}", seconds / 3600, seconds / 60 % 60);
  return fmt::format("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
}

base::Date DayOf(int serial, DateSystem system) {
  const auto from = [](int year, unsigned month, unsigned day) {
    return base::Date{std::chrono::sys_days{std::chrono::year{year} / static_cast<int>(month) /
                                            static_cast<int>(day)}};
  };
  const std::chrono::days days{serial};
  if (system == DateSystem::k1904) return from(1904, 1, 1) + days;
  return serial < 60 ? from(1899, 12, 31) + days : from(1899, 12, 30) + days;
}

std::string GeneralText(double value) {
  const double size = std::fabs(value);
  if (size < kExactBelow && value == std::trunc(value)) {
    return std::to_string(static_cast<std::int64_t>(value));
  }
  if (size < kExactBelow) return fmt::format("{:.15G}", value);
  std::string text = fmt::format("{:.5E}", value);
  const std::size_t exponent = text.find('E');
  std::size_t keep = text.find_last_not_of('0', exponent - 1) + 1;
  if (text[keep - 1] == '.') --keep;
  return text.erase(keep, exponent - keep);
}

std::string PaddedText(double value, std::size_t digits_min) {
  std::string text = GeneralText(std::round(std::fabs(value)));
  if (text.size() < digits_min) text.insert(0, digits_min - text.size(), '0');
  return value < 0 ? "-" + text : text;
}

}  // namespace

NumberStyle BuiltInStyle(unsigned format_id) {
  const auto within = [format_id](unsigned first, unsigned last) {
    return first <= format_id && format_id <= last;
  };
  if (format_id == 22) return {.kind = NumberKind::kDateTime};
  if (within(18, 21) || within(32, 35) || within(45, 47) || within(55, 56)) {
    return {.kind = NumberKind::kTime};
  }
  if (within(14, 17) || within(27, 31) || format_id == 36 || within(50, 58)) {
    return {.kind = NumberKind::kDate};
  }
  return {};
}

NumberStyle ClassifyFormat(std::string_view code) {
  Letters seen;
  while (TakePiece(code, seen)) {
  }
  if (seen.elapsed) return {};
  const bool time = seen.hour || seen.second;
  const bool date = seen.year || seen.day || (seen.month_or_minute && !time);
  if (date && time) return {.kind = NumberKind::kDateTime};
  if (date) return {.kind = NumberKind::kDate};
  if (time) return {.kind = NumberKind::kTime};
  if (seen.only_zeros && seen.zeros > 1 && seen.zeros <= 15) {
    return {.kind = NumberKind::kPadded, .digits_min = static_cast<std::uint8_t>(seen.zeros)};
  }
  return {};
}

std::string NumberText(std::string_view value, NumberStyle style, DateSystem system) {
  double number = 0;
  const char* const end = value.data() + value.size();
  const auto [stop, code] = std::from_chars(value.data(), end, number);
  if (code != std::errc{} || stop != end || !std::isfinite(number)) return std::string{value};
  if (style.kind == NumberKind::kPadded && std::fabs(number) < kExactBelow) {
    return PaddedText(number, style.digits_min);
  }
  const bool dated = style.kind != NumberKind::kGeneral && style.kind != NumberKind::kPadded;
  if (!dated || number < 0 || number >= kDayMax + 1) return GeneralText(number);
  int day = static_cast<int>(number);
  int seconds = static_cast<int>(std::lround((number - day) * kSecondsPerDay));
  if (seconds == kSecondsPerDay) {
    ++day;
    seconds = 0;
  }
  if (style.kind == NumberKind::kTime) return TimeText(seconds);
  if (day == 0 && system == DateSystem::k1900) return GeneralText(number);
  const std::string date = DayOf(day, system).ToString();
  if (style.kind == NumberKind::kDate || seconds == 0) return date;
  return date + " " + TimeText(seconds);
}

}  // namespace tables
