#include "store/literal.h"

#include <fmt/compile.h>
#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <iterator>

#include "base/check.h"
#include "store/store.h"

namespace store {
namespace {

void AppendEscaped(std::string& sql, std::string_view text) {
  sql += '\'';
  std::size_t run = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c != '\'' && c != '\\' && c != '\0') continue;
    sql.append(text, run, i - run);
    sql += '\\';
    sql += c == '\0' ? '0' : c;
    run = i + 1;
  }
  sql.append(text, run, text.size() - run);
  sql += '\'';
}

// The length of the well-formed character at `p` (never past `left`), or 0.
std::size_t CharacterLength(const unsigned char* p, std::size_t left) {
  const auto tail = [](unsigned char c) { return (c & 0xC0) == 0x80; };
  if (p[0] < 0x80) return 1;
  if (p[0] >= 0xC2 && p[0] <= 0xDF) return left >= 2 && tail(p[1]) ? 2 : 0;
  if (p[0] >= 0xE0 && p[0] <= 0xEF) {
    if (left < 3 || !tail(p[1]) || !tail(p[2])) return 0;
    if (p[0] == 0xE0 && p[1] < 0xA0) return 0;  // overlong
    if (p[0] == 0xED && p[1] > 0x9F) return 0;  // surrogate
    return 3;
  }
  if (p[0] >= 0xF0 && p[0] <= 0xF4) {
    if (left < 4 || !tail(p[1]) || !tail(p[2]) || !tail(p[3])) return 0;
    if (p[0] == 0xF0 && p[1] < 0x90) return 0;  // overlong
    if (p[0] == 0xF4 && p[1] > 0x8F) return 0;  // above U+10FFFF
    return 4;
  }
  return 0;
}

// The end of the quoted text, comment or single character that begins at `i`.
std::size_t SkipToken(std::string_view sql, std::size_t i) {
  const char c = sql[i];
  if (c == '\'' || c == '"' || c == '`') {
    for (std::size_t j = i + 1; j < sql.size(); ++j) {
      if (sql[j] == '\\' && c != '`') {
        ++j;
      } else if (sql[j] == c) {
        return j + 1;  // a doubled quote opens again at once: the same result
      }
    }
    return sql.size();
  }
  if (sql.substr(i, 3) == "-- " || c == '#') {
    const std::size_t end = sql.find('\n', i);
    return end == std::string_view::npos ? sql.size() : end + 1;
  }
  if (sql.substr(i, 2) == "/*") {
    const std::size_t end = sql.find("*/", i + 2);
    return end == std::string_view::npos ? sql.size() : end + 2;
  }
  return i + 1;
}

}  // namespace

void AppendInt(std::string& sql, std::int64_t value) {
  fmt::format_to(std::back_inserter(sql), FMT_COMPILE("{}"), value);
}

void AppendUint(std::string& sql, std::uint64_t value) {
  fmt::format_to(std::back_inserter(sql), FMT_COMPILE("{}"), value);
}

void AppendText(std::string& sql, std::string_view text) {
  if (!IsUtf8(text)) sql += "_binary";
  AppendEscaped(sql, text);
}

void AppendBytes(std::string& sql, std::string_view bytes) {
  sql += "_binary";
  AppendEscaped(sql, bytes);
}

void AppendDay(std::string& sql, base::Date day) {
  const std::chrono::year_month_day ymd{day.days()};
  fmt::format_to(std::back_inserter(sql), FMT_COMPILE("'{:04}-{:02}-{:02}'"),
                 static_cast<int>(ymd.year()), static_cast<unsigned>(ymd.month()),
                 static_cast<unsigned>(ymd.day()));
}

void AppendTime(std::string& sql, base::UtcTime time) {
  const auto days = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day ymd{days};
  const auto ms = (time - days).count();
  fmt::format_to(std::back_inserter(sql),
                 FMT_COMPILE("'{:04}-{:02}-{:02} {:02}:{:02}:{:02}.{:03}'"),
                 static_cast<int>(ymd.year()), static_cast<unsigned>(ymd.month()),
                 static_cast<unsigned>(ymd.day()), ms / 3'600'000, ms / 60'000 % 60, ms / 1000 % 60,
                 ms % 1000);
}

bool IsUtf8(std::string_view text) {
  const auto* p = reinterpret_cast<const unsigned char*>(text.data());
  std::size_t left = text.size();
  while (left > 0) {
    std::uint64_t eight = 0;
    if (left >= sizeof eight) {
      std::memcpy(&eight, p, sizeof eight);
      if ((eight & 0x8080808080808080u) == 0) {
        p += sizeof eight;
        left -= sizeof eight;
        continue;
      }
    }
    const std::size_t length = CharacterLength(p, left);
    if (length == 0) return false;
    p += length;
    left -= length;
  }
  return true;
}

void AppendLiteral(std::string& sql, const Value& value) {
  struct Append {
    std::string& out;
    void operator()(Null) const { out += "NULL"; }
    void operator()(std::int64_t v) const { AppendInt(out, v); }
    void operator()(std::uint64_t v) const { AppendUint(out, v); }
    void operator()(const std::string& v) const { AppendText(out, v); }
    void operator()(base::Date v) const { AppendDay(out, v); }
    void operator()(base::UtcTime v) const { AppendTime(out, v); }
  };
  std::visit(Append{sql}, value.variant());
}

std::string Expand(std::string_view sql, std::span<const Value> values) {
  std::string out;
  out.reserve(sql.size() + values.size() * 24);
  std::size_t used = 0;
  std::size_t i = 0;
  while (i < sql.size()) {
    if (sql[i] == '?') {
      CHECK(used < values.size());
      AppendLiteral(out, values[used++]);
      ++i;
      continue;
    }
    const std::size_t plain = std::min(sql.find_first_of("?'\"`-#/", i), sql.size());
    const std::size_t end = plain > i ? plain : SkipToken(sql, i);
    out.append(sql, i, end - i);
    i = end;
  }
  CHECK(used == values.size());
  return out;
}

}  // namespace store
