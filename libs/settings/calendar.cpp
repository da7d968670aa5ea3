#include "settings/calendar.h"

#include <fmt/format.h>

#include <array>
#include <optional>
#include <set>
#include <vector>

namespace settings {
namespace {

using base::Date;

// A longer range is a slip in the year, not a holiday.
constexpr int kRangeDaysMax = 120;
constexpr int kTermDaysMax = 240;

struct Span {
  Date first = {};
  Date last = {};
  bool ok = false;
};

// `first` and `last` of an entry; not ok after a problem.
Span ReadSpan(Reader& entry, int days_max) {
  Span span;
  span.first = entry.Date("first", {.about = "first day, included"});
  span.last = entry.Date("last", {.about = "last day, included"});
  if (span.first == Date{} || span.last == Date{}) return span;
  if (span.last < span.first) {
    entry.Problem("last", "is before 'first'");
  } else if ((span.last - span.first).count() >= days_max) {
    entry.Problem("last", fmt::format("the range is longer than {} days", days_max));
  } else {
    span.ok = true;
  }
  return span;
}

void AddDays(const Span& span, std::set<Date>& days) {
  for (Date day = span.first; day <= span.last; ++day) days.insert(day);
}

std::vector<base::Term> ReadTerms(Reader& root) {
  std::vector<base::Term> terms;
  for (Reader& entry : root.List("terms", "teaching terms, in order")) {
    std::string name = entry.String("name", {.about = "name of the term"});
    const Span span = ReadSpan(entry, kTermDaysMax);
    if (!span.ok) continue;
    if (!terms.empty() && span.first <= terms.back().last) {
      entry.Problem("first", fmt::format("overlaps the term before, which ends on {}",
                                         terms.back().last.ToString()));
      continue;
    }
    terms.push_back({.name = std::move(name), .first = span.first, .last = span.last});
  }
  if (terms.empty()) root.Problem("terms", "needs at least one term");
  return terms;
}

std::set<Date> ReadHolidays(Reader& root) {
  std::set<Date> holidays;
  for (Reader& entry : root.List("holidays", "days off for schools and offices")) {
    entry.String("name", {.about = "name of the holiday"});
    const Span span = ReadSpan(entry, kRangeDaysMax);
    if (span.ok) AddDays(span, holidays);
  }
  return holidays;
}

using MakeupDays = std::map<Date, std::optional<std::chrono::weekday>>;

MakeupDays ReadMakeupDays(Reader& root, const std::set<Date>& holidays) {
  static const std::vector<std::string> kWeekdays = {"", "mon", "tue", "wed", "thu", "fri"};
  MakeupDays days;
  for (Reader& entry : root.List("makeup_days", "weekend days that are worked")) {
    const Date day = entry.Date("day", {.about = "a Saturday or Sunday that is worked"});
    const std::string replaces = entry.String(
        "replaces", {.fallback = "", .one_of = kWeekdays, .about = "whose timetable applies"});
    if (day == Date{}) continue;
    if (day.weekday() != std::chrono::Saturday && day.weekday() != std::chrono::Sunday) {
      entry.Problem("day", fmt::format("{} is no weekend day", day.ToChinese()));
      continue;
    }
    if (holidays.contains(day)) {
      entry.Problem("day", fmt::format("{} is a holiday too", day.ToString()));
      continue;
    }
    std::optional<std::chrono::weekday> weekday;
    for (unsigned i = 1; i < kWeekdays.size(); ++i) {
      if (replaces == kWeekdays[i]) weekday = std::chrono::weekday{i};
    }
    if (!days.emplace(day, weekday).second) entry.Problem("day", "stands twice");
  }
  return days;
}

// Days of one school: `day`, or `first` and `last`.
std::set<Date> ReadSchoolDays(Reader& school, std::string_view key, std::string_view about) {
  std::set<Date> days;
  for (Reader& entry : school.List(key, about)) {
    entry.String("why", {.about = "reason, shown to people"});
    if (entry.Has("day")) {
      const Date day = entry.Date("day", {.about = "one day"});
      if (day != Date{}) days.insert(day);
      continue;
    }
    const Span span = ReadSpan(entry, kRangeDaysMax);
    if (span.ok) AddDays(span, days);
  }
  return days;
}

bool IsSchoolCode(const std::string& code) {
  return code.size() == 10 && code.find_first_not_of("0123456789") == std::string::npos;
}

void ReadSchools(Reader& root, SchoolCalendar& out) {
  for (Reader& school : root.List("schools", "schools with days of their own")) {
    const std::string code = school.String("school_code", {.about = "ten-digit school code"});
    const std::set<Date> off = ReadSchoolDays(school, "days_off", "days off of this school");
    const std::set<Date> on = ReadSchoolDays(school, "days_on", "extra school days of this school");
    for (const Date day : on) {
      if (off.contains(day)) {
        school.Problem("days_on", fmt::format("{} is under days_off too", day.ToString()));
      }
    }
    if (!code.empty() && !IsSchoolCode(code)) {
      school.Problem("school_code", "must be ten digits");
    } else if (!out.by_school.emplace(code, out.calendar.WithOverrides(off, on)).second) {
      school.Problem("school_code", "stands twice");
    }
  }
}

}  // namespace

SchoolCalendar ReadCalendar(Reader root) {
  SchoolCalendar out;
  out.name = root.String("name", {.about = "name for people"});
  out.source = root.String("source", {.about = "the notices that the days come from"});
  out.draft = root.Bool("draft", {.fallback = false, .about = "true: not confirmed by a notice"});
  out.draft_reason =
      root.String("draft_reason", {.fallback = "", .about = "what is not confirmed"});
  if (out.draft && out.draft_reason.empty()) {
    root.Problem("draft_reason", "a draft must say what is not confirmed");
  }
  std::vector<base::Term> terms = ReadTerms(root);
  std::set<Date> holidays = ReadHolidays(root);
  MakeupDays makeup_days = ReadMakeupDays(root, holidays);
  auto calendar =
      base::Calendar::Make(std::move(terms), std::move(holidays), std::move(makeup_days));
  if (calendar.ok()) {
    out.calendar = std::move(calendar).value();
  } else {
    root.Problem("terms", calendar.error().detail);
  }
  ReadSchools(root, out);
  return out;
}

base::Result<SchoolCalendar> LoadCalendar(const std::string& path) {
  ASSIGN_OR_RETURN(Document document, Document::Load(path));
  SchoolCalendar calendar = ReadCalendar(document.Root());
  RETURN_IF_ERROR(document.Finish());
  return calendar;
}

}  // namespace settings
