#include "base/date.h"

#include <fmt/format.h>

#include <charconv>

namespace base {
namespace {

using std::chrono::floor;
using std::chrono::year_month_day;

year_month_day Ymd(std::chrono::sys_days days) { return year_month_day{days}; }

// Reads exactly `n` digits at `pos`; -1 if they are not there.
int Digits(std::string_view text, std::size_t pos, std::size_t n) {
  if (pos + n > text.size()) return -1;
  int value = 0;
  for (std::size_t i = pos; i < pos + n; ++i) {
    if (text[i] < '0' || text[i] > '9') return -1;
    value = value * 10 + (text[i] - '0');
  }
  return value;
}

Error BadTime(std::string_view iso) {
  return Error{Code::kInvalidArgument, "BAD_TIME",
               fmt::format("time '{}' is not YYYY-MM-DDTHH:MM[:SS][Z|+08:00]", iso)};
}

}  // namespace

std::optional<Date> Date::FromYmd(int year, unsigned month, unsigned day) {
  const year_month_day ymd{std::chrono::year{year}, std::chrono::month{month},
                           std::chrono::day{day}};
  if (year < 1900 || year > 2999 || !ymd.ok()) return std::nullopt;
  return Date{std::chrono::sys_days{ymd}};
}

Result<Date> Date::Parse(std::string_view iso) {
  if (iso.size() == 10 && iso[4] == '-' && iso[7] == '-') {
    const int y = Digits(iso, 0, 4);
    const int m = Digits(iso, 5, 2);
    const int d = Digits(iso, 8, 2);
    if (y >= 0 && m >= 0 && d >= 0) {
      if (auto date = FromYmd(y, static_cast<unsigned>(m), static_cast<unsigned>(d))) return *date;
    }
  }
  return Error{Code::kInvalidArgument, "BAD_DATE",
               fmt::format("date '{}' is not a day written YYYY-MM-DD", iso)};
}

int Date::year() const { return static_cast<int>(Ymd(days_).year()); }
unsigned Date::month() const { return static_cast<unsigned>(Ymd(days_).month()); }
unsigned Date::day() const { return static_cast<unsigned>(Ymd(days_).day()); }

std::string Date::ToString() const {
  return fmt::format("{:04}-{:02}-{:02}", year(), month(), day());
}

std::string Date::ToChinese() const {
  static constexpr const char* kNames[] = {"日", "一", "二", "三", "四", "五", "六"};
  return fmt::format("{}年{}月{}日 星期{}", year(), month(), day(),
                     kNames[weekday().c_encoding()]);
}

Date DateAt(UtcTime instant, std::chrono::minutes offset) {
  return Date{floor<std::chrono::days>(instant + offset)};
}

int MinuteOfDay(UtcTime instant, std::chrono::minutes offset) {
  const auto local = instant + offset;
  return static_cast<int>(
      floor<std::chrono::minutes>(local - floor<std::chrono::days>(local)).count());
}

UtcTime InstantAt(Date day, int minute_of_day, std::chrono::minutes offset) {
  return UtcTime{day.days()} + std::chrono::minutes{minute_of_day} - offset;
}

std::string ToIso(UtcTime instant) {
  const auto day = floor<std::chrono::days>(instant);
  const std::chrono::hh_mm_ss clock{instant - day};
  return fmt::format("{}T{:02}:{:02}:{:02}.{:03}Z", Date{day}.ToString(), clock.hours().count(),
                     clock.minutes().count(), clock.seconds().count(), clock.subseconds().count());
}

std::string ToLocal(UtcTime instant, std::chrono::minutes offset) {
  const int minute = MinuteOfDay(instant, offset);
  return fmt::format("{} {:02}:{:02}", DateAt(instant, offset).ToString(), minute / 60,
                     minute % 60);
}

Result<UtcTime> ParseTime(std::string_view iso) {
  if (iso.size() < 16 || (iso[10] != 'T' && iso[10] != ' ') || iso[13] != ':') return BadTime(iso);
  const auto date = Date::Parse(iso.substr(0, 10));
  const int hour = Digits(iso, 11, 2);
  const int minute = Digits(iso, 14, 2);
  if (!date.ok() || hour < 0 || hour > 23 || minute < 0 || minute > 59) return BadTime(iso);
  std::chrono::milliseconds rest{0};
  std::size_t pos = 16;
  if (pos < iso.size() && iso[pos] == ':') {
    const int second = Digits(iso, pos + 1, 2);
    if (second < 0 || second > 59) return BadTime(iso);
    rest += std::chrono::seconds{second};
    pos += 3;
    if (pos < iso.size() && iso[pos] == '.') {
      const int ms = Digits(iso, pos + 1, 3);
      if (ms < 0) return BadTime(iso);
      rest += std::chrono::milliseconds{ms};
      pos += 4;
    }
  }
  std::chrono::minutes offset = kChinaOffset;
  const std::string_view zone = iso.substr(pos);
  if (zone == "Z") {
    offset = std::chrono::minutes{0};
  } else if (zone.size() == 6 && (zone[0] == '+' || zone[0] == '-') && zone[3] == ':') {
    const int h = Digits(zone, 1, 2);
    const int m = Digits(zone, 4, 2);
    if (h < 0 || h > 14 || m < 0 || m > 59) return BadTime(iso);
    offset = std::chrono::minutes{(zone[0] == '-' ? -1 : 1) * (h * 60 + m)};
  } else if (!zone.empty()) {
    return BadTime(iso);
  }
  return InstantAt(*date, hour * 60 + minute, offset) + rest;
}

int AgeOn(Date born, Date on) {
  int age = on.year() - born.year();
  if (on.month() < born.month() || (on.month() == born.month() && on.day() < born.day())) --age;
  return age;
}

}  // namespace base
