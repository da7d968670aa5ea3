#include "cli/sample/sample.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <map>

#include "cli/sample/acts.h"
#include "cli/sample/behaviour.h"
#include "cli/sample/county.h"
#include "cli/sample/groups.h"
#include "cli/sample/rollcall_files.h"
#include "cli/sample/roster.h"
#include "cli/sample/rule.h"
#include "cli/sample/school_age.h"

namespace sample {
namespace {

constexpr std::uint32_t kStudentsMin = 100;
constexpr std::uint32_t kStudentsMax = 2'000'000;

TruthStudent Named(const County& county, std::uint32_t student) {
  const SeatRef ref = RefOf(county, student);
  return {.school = std::string{ref.school},
          .class_no = std::string{ref.class_no},
          .seat = ref.seat,
          .name = county.NameOf(county.students[student])};
}

std::string MomentName(Moment moment) {
  switch (moment) {
    case Moment::kEarly:
      return "early";
    case Moment::kMorning:
      return "morning";
    case Moment::kAfternoon:
      return "afternoon";
    case Moment::kEvening:
      return "evening";
  }
  return "";
}

std::string RuleText(const AbsenceRule& rule) {
  return fmt::format("无故缺勤 {} {} 个教学日({})", rule.more_than ? ">" : ">=", rule.days,
                     rule.all_half_days ? "全天" : "任一半天");
}

// The term that starts in late summer, else the first.
const base::Term* AutumnTerm(const base::Calendar& calendar) {
  for (const base::Term& term : calendar.terms()) {
    if (term.first.month() == 8 || term.first.month() == 9) return &term;
  }
  return calendar.terms().empty() ? nullptr : &calendar.terms().front();
}

void TellCases(const County& county, const TermDays& term, const Behaviour& behaviour,
               const std::vector<ExpectedCase>& cases, Truth& truth) {
  std::map<std::uint32_t, const Planted*> planted;
  for (const Planted& one : behaviour.planted) planted[one.student] = &one;
  std::map<std::uint32_t, bool> with_case;
  for (const ExpectedCase& one : cases) {
    TruthCase told{.student = Named(county, one.student),
                   .kind = "ordinary",
                   .chinese = "日常缺勤凑成",
                   .opens_on = term.days[one.opens_day],
                   .moment = MomentName(one.opens_at),
                   .first_absent = term.days[one.first_day]};
    if (one.withdrawn_day >= 0) {
      told.withdrawn_on = term.days[static_cast<std::size_t>(one.withdrawn_day)];
    }
    if (const auto found = planted.find(one.student); found != planted.end()) {
      told.kind = found->second->kind;
      told.chinese = found->second->chinese;
    }
    with_case[one.student] = true;
    truth.cases.push_back(std::move(told));
  }
  for (const Planted& one : behaviour.planted) {
    if (with_case.contains(one.student)) continue;
    truth.near_misses.push_back({.student = Named(county, one.student),
                                 .kind = std::string{one.kind},
                                 .chinese = std::string{one.chinese},
                                 .from = term.days[one.first_day]});
  }
}

void TellRollCalls(const County& county, const TermDays& term, const Behaviour& behaviour,
                   Truth& truth) {
  for (const auto& [in_class, slot] : behaviour.missing) {
    const SchoolClass& in = county.classes[in_class];
    truth.missing.push_back({.day = term.days[slot / 2u],
                             .half = std::string{HalfChinese(slot % 2)},
                             .school = county.schools[in.school].code,
                             .class_no = in.number});
  }
  for (const SchoolClass& in : county.classes)
    truth.roll_calls += term.by_school[in.school].size() * 2;
  truth.roll_calls -= behaviour.missing.size();
  truth.exceptions = behaviour.absences.size();
  truth.school_days = term.days.size();
}

base::Status WriteLists(County& county, const std::string& folder, const Progress& progress,
                        Truth& truth) {
  ASSIGN_OR_RETURN(SchoolAgeTruth listed,
                   WriteSchoolAge(county, folder + "/school_age.csv", progress));
  truth.people = listed.rows;
  truth.plain_matches = listed.plain;
  truth.matches = std::move(listed.matches);
  ASSIGN_OR_RETURN(truth.groups, WriteGroups(county, folder));
  return {};
}

Truth TellHead(const Setting& setting, const Options& options, const County& county) {
  Truth truth;
  truth.county = setting.plan.id;
  truth.county_name = setting.plan.name;
  truth.sizes_stated = setting.plan.stated;
  truth.scaled = options.students != 0 && options.students != setting.plan.students();
  truth.seed = options.seed;
  truth.students = county.students.size();
  truth.schools = county.schools.size();
  truth.classes = county.classes.size();
  truth.first_day = setting.first_day;
  truth.last_day = setting.last_day;
  truth.rule = RuleText(setting.plan.rule);
  return truth;
}

}  // namespace

base::Result<Setting> LoadSetting(const std::string& config_dir, const std::string& county,
                                  const Days& days) {
  Setting setting;
  ASSIGN_OR_RETURN(setting.plan, LoadPlan(config_dir, county, base::Date{}));
  ASSIGN_OR_RETURN(setting.calendar, settings::LoadCalendar(setting.plan.calendar));
  const base::Term* term = days.from ? setting.calendar.calendar.TermOf(*days.from)
                                     : AutumnTerm(setting.calendar.calendar);
  if (term == nullptr) {
    return base::Error{base::Code::kInvalidArgument, "NO_TERM",
                       setting.plan.calendar + " has no term on that day"};
  }
  setting.first_day = days.from.value_or(term->first);
  setting.last_day = term->last;
  if (days.weeks > 0) {
    const base::Date end = setting.first_day + std::chrono::days{7 * days.weeks - 1};
    setting.last_day = std::min(setting.last_day, end);
  }
  ASSIGN_OR_RETURN(setting.plan, LoadPlan(config_dir, county, setting.first_day));
  return setting;
}

base::Result<Truth> Generate(const Setting& setting, const Options& options,
                             const std::string& folder, const Watch& watch) {
  if (options.students != 0 &&
      (options.students < kStudentsMin || options.students > kStudentsMax)) {
    return base::Error{base::Code::kInvalidArgument, "TOO_FEW_STUDENTS",
                       fmt::format("a sample has {} to {} students", kStudentsMin, kStudentsMax)};
  }
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  const auto tell = [&](const char* what) {
    return [&watch, what](int permille) {
      if (watch) watch(what, permille);
    };
  };
  County county = Build(Scaled(setting.plan, options.students), setting.first_day, options.seed);
  const TermDays term = DaysOf(county, setting.calendar, setting.first_day, setting.last_day);
  Truth truth = TellHead(setting, options, county);
  RETURN_IF_ERROR(WriteSchools(county, folder + "/schools.csv"));
  RETURN_IF_ERROR(WriteClasses(county, folder + "/classes.csv"));
  RETURN_IF_ERROR(WriteRoster(county, folder + "/roster.csv", tell("学籍名册")));
  RETURN_IF_ERROR(WriteLists(county, folder, tell("公安适龄儿童名单"), truth));
  const Behaviour behaviour = Behave(county, term);
  RETURN_IF_ERROR(
      WriteRollCalls(county, term, behaviour, folder + "/rollcalls.csv", tell("点名")));
  RETURN_IF_ERROR(WriteLater(county, term, behaviour, folder + "/later.csv"));
  RETURN_IF_ERROR(WriteLeaves(county, term, behaviour, folder + "/leaves.csv"));
  TellRollCalls(county, term, behaviour, truth);
  const std::vector<ExpectedCase> cases = ExpectedCases(county, term, behaviour);
  RETURN_IF_ERROR(WriteActs(county, term, behaviour, cases, folder + "/acts.csv"));
  TellCases(county, term, behaviour, cases, truth);
  RETURN_IF_ERROR(WriteTruth(truth, folder + "/truth.json"));
  return truth;
}

}  // namespace sample
