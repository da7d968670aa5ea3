// Civil days and instants, kept apart.
//
// Date is a civil day of the county's zone and always exists in the calendar. UtcTime is an instant
// in UTC milliseconds. An instant becomes a day only through DateAt(). China has one zone, +08:00,
// without daylight saving, so a fixed offset is right: 16:30Z is already tomorrow.
// Pure and thread-safe.
#pragma once

#include <chrono>
#include <compare>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace base {

using UtcTime = std::chrono::sys_time<std::chrono::milliseconds>;

inline constexpr std::chrono::hours kChinaOffset{8};

class Date {
 public:
  constexpr Date() = default;  // 1970-01-01
  constexpr explicit Date(std::chrono::sys_days days) : days_(days) {}

  // The day, or nothing if it is not in the calendar (2025-02-29).
  static std::optional<Date> FromYmd(int year, unsigned month, unsigned day);

  // Exactly "YYYY-MM-DD". Errors: kInvalidArgument/BAD_DATE.
  static Result<Date> Parse(std::string_view iso);

  constexpr std::chrono::sys_days days() const { return days_; }
  // Days since 1970-01-01; for storage and indexing.
  constexpr std::int32_t serial() const {
    return static_cast<std::int32_t>(days_.time_since_epoch().count());
  }
  static constexpr Date FromSerial(std::int32_t serial) {
    return Date{std::chrono::sys_days{std::chrono::days{serial}}};
  }
  int year() const;
  unsigned month() const;
  unsigned day() const;
  std::chrono::weekday weekday() const { return std::chrono::weekday{days_}; }
  std::string ToString() const;   // "2026-09-01"
  std::string ToChinese() const;  // "2026年9月1日 星期二"

  constexpr Date operator+(std::chrono::days n) const { return Date{days_ + n}; }
  constexpr Date operator-(std::chrono::days n) const { return Date{days_ - n}; }
  constexpr std::chrono::days operator-(Date other) const { return days_ - other.days_; }
  constexpr Date& operator++() {
    days_ += std::chrono::days{1};
    return *this;
  }
  friend constexpr auto operator<=>(Date, Date) = default;

 private:
  std::chrono::sys_days days_{};
};

// Half-open [begin, end).
struct DateRange {
  Date begin = {};
  Date end = {};
  constexpr bool Contains(Date day) const { return begin <= day && day < end; }
  constexpr bool empty() const { return !(begin < end); }
  friend constexpr bool operator==(DateRange, DateRange) = default;
};

// The civil day of an instant at a fixed offset from UTC.
Date DateAt(UtcTime instant, std::chrono::minutes offset = kChinaOffset);

// Minutes since local midnight, 0..1439.
int MinuteOfDay(UtcTime instant, std::chrono::minutes offset = kChinaOffset);

// The instant of a local time of day; minute_of_day may be 1440 (the next midnight).
UtcTime InstantAt(Date day, int minute_of_day, std::chrono::minutes offset = kChinaOffset);

// "2026-09-01T07:55:00.000Z".
std::string ToIso(UtcTime instant);
// "2026-09-01 15:55" in the county's zone, for people.
std::string ToLocal(UtcTime instant, std::chrono::minutes offset = kChinaOffset);
// ISO with Z or an offset ("+08:00"); without either it is China time. Seconds and milliseconds may
// be left out. Errors: kInvalidArgument/BAD_TIME.
Result<UtcTime> ParseTime(std::string_view iso);

// Completed years on `on` of a person born on `born`. A person born on 29 February completes a year
// on 1 March of a common year (Civil Code art. 1259 counts full years; our reading).
int AgeOn(Date born, Date on);

}  // namespace base

template <>
struct std::hash<base::Date> {
  std::size_t operator()(base::Date d) const noexcept {
    return std::hash<std::int32_t>{}(d.serial());
  }
};
