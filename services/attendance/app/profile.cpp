#include "attendance/app/profile.h"

#include <utility>
#include <vector>

#include "settings/calendar.h"
#include "settings/county.h"
#include "settings/dated.h"

namespace attendance {
namespace {

// Which marks a rule counts; an absent key means `fallback`.
MarkSet ReadMarks(settings::Reader& section, MarkSet fallback, MarkSet allowed,
                  std::string_view about) {
  if (!section.Has("marks")) {
    section.Strings("marks", about);
    return fallback;
  }
  static const std::pair<std::string_view, Mark> kNames[] = {
      {"absent", Mark::kAbsent},
      {"unknown", Mark::kUnknown},
      {"sick_leave", Mark::kSickLeave},
      {"personal_leave", Mark::kPersonalLeave}};
  MarkSet marks;
  for (const std::string& name : section.Strings("marks", about)) {
    const auto* found = std::find_if(std::begin(kNames), std::end(kNames),
                                     [&](const auto& pair) { return pair.first == name; });
    if (found == std::end(kNames) || !allowed.Has(found->second)) {
      section.Problem("marks", "'" + name + "' is not a mark that counts here");
      continue;
    }
    marks = marks.With(found->second);
  }
  if (marks.empty()) section.Problem("marks", "needs at least one mark");
  return marks;
}

Threshold ReadThreshold(settings::Reader section) {
  Threshold threshold;
  threshold.days = static_cast<int>(
      section.Int("days", {.min = 1, .max = 60, .about = "school days in a row without leave"}));
  threshold.comparison =
      section.String("operator", {.one_of = {">=", ">"},
                                  .about = "'>=' for 以上, '>' for 超过 (Civil Code art. 1259)"}) ==
              ">"
          ? Comparison::kMoreThan
          : Comparison::kAtLeast;
  threshold.counting =
      section.String("counting", {.fallback = "any_half_day",
                                  .one_of = {"any_half_day", "all_half_days"},
                                  .about = "what makes a day count"}) == "all_half_days"
          ? Counting::kAllHalfDays
          : Counting::kAnyHalfDay;
  threshold.marks = ReadMarks(section, threshold.marks, threshold.marks,
                              "marks that count as absent without leave: absent, unknown");
  return threshold;
}

HalfDayTimes ReadTimes(settings::Reader section) {
  const HalfDayTimes times{
      section.TimeOfDay("start", {.about = "no roll call of this half-day before it, HH:MM"}),
      section.TimeOfDay("due", {.about = "classes without roll call are missing then, HH:MM"})};
  if (times.due_minute <= times.start_minute) section.Problem("due", "must be after 'start'");
  return times;
}

ChronicRule ReadChronic(std::optional<settings::Reader> section) {
  ChronicRule rule;
  if (!section) return rule;
  rule.window_school_days = static_cast<int>(section->Int(
      "window_school_days", {.min = 5,
                             .max = 120,
                             .fallback = rule.window_school_days,
                             .about = "last school days of the term that are looked at"}));
  rule.rate_basis_points = static_cast<int>(
      section->Int("rate_basis_points", {.min = 1,
                                         .max = 10000,
                                         .fallback = rule.rate_basis_points,
                                         .about = "share of called half-days away, 10000 = all"}));
  rule.min_half_days = static_cast<int>(
      section->Int("min_half_days", {.min = 1,
                                     .max = 240,
                                     .fallback = rule.min_half_days,
                                     .about = "fewer half-days away are never chronic"}));
  rule.marks = ReadMarks(*section, rule.marks, rule.marks,
                         "marks that count as away: absent, unknown, sick_leave, personal_leave");
  return rule;
}

Rule ReadRule(settings::Reader& entry) {
  Rule rule;
  rule.threshold = ReadThreshold(entry.Map("threshold", "which absence is a suspected dropout"));
  rule.backdate_days_max = static_cast<int>(
      entry.Int("backdate_days_max", {.min = 0,
                                      .max = 400,
                                      .fallback = rule.backdate_days_max,
                                      .about = "calendar days that a roll call may be late"}));
  settings::Reader half_days = entry.Map("half_days", "times of the two half-days");
  rule.half_days = {ReadTimes(half_days.Map("morning", "first half-day")),
                    ReadTimes(half_days.Map("afternoon", "second half-day"))};
  if (rule.half_days[1].start_minute <= rule.half_days[0].start_minute) {
    half_days.Problem("afternoon", "must start after the morning");
  }
  rule.chronic = ReadChronic(entry.MaybeMap("chronic", "away too often"));
  return rule;
}

}  // namespace

RuleBook ReadRules(settings::Reader& root) {
  auto dated = settings::ReadDated<Rule>(root, "attendance", "attendance rules by date", ReadRule);
  std::vector<Rule> rules;
  for (auto& entry : dated.entries) {
    // Out of order is a recorded problem; what is made here is then never used.
    if (!rules.empty() && entry.from <= rules.back().from) continue;
    entry.value.from = entry.from;
    entry.value.source = std::move(entry.source);
    rules.push_back(std::move(entry.value));
  }
  return rules.empty() ? RuleBook{} : RuleBook{std::move(rules)};
}

base::Result<Profile> LoadProfile(const std::string& path) {
  ASSIGN_OR_RETURN(const settings::County county, settings::LoadCounty(path));
  ASSIGN_OR_RETURN(const settings::Document document, settings::Document::Load(path));
  settings::Reader root = document.Root();
  for (const char* others : {"county", "sizes", "registry", "cases", "subsidy", "tracing"}) {
    root.Skip(others);
  }
  Profile profile;
  profile.county = county.name;
  profile.rules = ReadRules(root);
  RETURN_IF_ERROR(document.Finish());
  ASSIGN_OR_RETURN(settings::SchoolCalendar calendar, settings::LoadCalendar(county.calendar));
  profile.days.county = std::move(calendar.calendar);
  for (auto& [school, own] : calendar.by_school) {
    profile.days.by_school.emplace(school, std::move(own));
  }
  profile.calendar_name = std::move(calendar.name);
  if (calendar.draft) profile.draft_reason = std::move(calendar.draft_reason);
  return profile;
}

}  // namespace attendance
