#include "cli/sample/plan.h"

#include <algorithm>
#include <cmath>
#include <filesystem>

#include "settings/county.h"
#include "settings/dated.h"
#include "settings/reader.h"

namespace sample {
namespace {

// What no profile says: where people live and how.
std::vector<CountyPlan> Shares() {
  std::vector<CountyPlan> all(5);
  all[0] = {.id = "tongan",
            .non_local_bp = 4200,
            .left_behind_bp = 250,
            .boarding_primary_bp = 80,
            .boarding_junior_bp = 1800,
            .poor_bp = 120,
            .postcode = "361100",
            .towns = {"大同街道", "祥平街道", "新民街道", "西柯街道", "美林街道", "洪塘镇",
                      "五显镇", "莲花镇", "汀溪镇"}};
  all[1] = {.id = "jianan",
            .non_local_bp = 500,
            .left_behind_bp = 2100,
            .boarding_primary_bp = 900,
            .boarding_junior_bp = 4600,
            .poor_bp = 520,
            .postcode = "461000",
            .towns = {"将官池镇", "五女店镇", "尚集镇", "苏桥镇", "蒋李集镇", "张潘镇", "灵井镇",
                      "陈曹乡", "小召乡", "河街乡", "桂村乡", "椹涧乡", "榆林乡"}};
  all[2] = {.id = "chengkou",
            .non_local_bp = 180,
            .left_behind_bp = 3600,
            .boarding_primary_bp = 2400,
            .boarding_junior_bp = 7200,
            .poor_bp = 1900,
            .postcode = "405900",
            .towns = {"葛城街道", "复兴街道", "巴山镇", "坪坝镇", "庙坝镇", "明通镇", "修齐镇",
                      "高观镇", "高燕镇", "东安镇", "咸宜镇", "高楠镇"}};
  all[3] = {.id = "tiedong",
            .non_local_bp = 1300,
            .left_behind_bp = 150,
            .boarding_primary_bp = 0,
            .boarding_junior_bp = 300,
            .poor_bp = 180,
            .postcode = "114000",
            .towns = {"东街街道", "南街街道", "西街街道", "北街街道"}};
  all[4] = {.id = "suining",
            .non_local_bp = 200,
            .left_behind_bp = 3900,
            .boarding_primary_bp = 2000,
            .boarding_junior_bp = 6600,
            .poor_bp = 1400,
            .postcode = "422600",
            .towns = {"长铺镇", "武阳镇", "李熙桥镇", "红岩镇", "唐家坊镇", "金屋塘镇", "瓦屋塘镇",
                      "黄土矿镇"}};
  return all;
}

std::uint32_t Count(settings::Reader& section, const char* key) {
  return static_cast<std::uint32_t>(section.Int(key, {.min = 0, .max = 2'000'000, .fallback = 0}));
}

void ReadSizes(settings::Reader sizes, CountyPlan& plan) {
  plan.stated = sizes.Bool("stated", {.fallback = true});
  settings::Reader students = sizes.Map("students");
  plan.primary_students = Count(students, "primary");
  plan.junior_students = Count(students, "junior");
  plan.special_students = Count(students, "special");
  settings::Reader schools = sizes.Map("schools");
  plan.primary_schools = Count(schools, "primary");
  plan.junior_schools =
      Count(schools, "junior") + Count(schools, "senior") + Count(schools, "vocational");
  plan.nine_year_schools = Count(schools, "nine_year");
  plan.teaching_points = Count(schools, "teaching_points");
  plan.special_schools = Count(schools, "special");
}

AbsenceRule ReadRule(settings::Reader& entry) {
  AbsenceRule rule;
  settings::Reader threshold = entry.Map("threshold");
  rule.days = static_cast<int>(threshold.Int("days", {.min = 1, .max = 60}));
  rule.more_than = threshold.String("operator", {.fallback = ">="}) == ">";
  rule.all_half_days = threshold.String("counting", {.fallback = "any_half_day"}) != "any_half_day";
  rule.backdate_days_max = static_cast<int>(entry.Int("backdate_days_max", {.fallback = 14}));
  settings::Reader halves = entry.Map("half_days");
  settings::Reader morning = halves.Map("morning");
  rule.morning_start = morning.TimeOfDay("start");
  rule.morning_due = morning.TimeOfDay("due");
  settings::Reader afternoon = halves.Map("afternoon");
  rule.afternoon_start = afternoon.TimeOfDay("start");
  rule.afternoon_due = afternoon.TimeOfDay("due");
  return rule;
}

// A special school without a stated number gets a few of the others' pupils.
void FillSpecialSchool(CountyPlan& plan) {
  if (plan.special_schools == 0 || plan.special_students > 0) return;
  const std::uint32_t primary = std::min<std::uint32_t>(40, plan.primary_students / 100);
  const std::uint32_t junior = std::min<std::uint32_t>(20, plan.junior_students / 100);
  plan.primary_students -= primary;
  plan.junior_students -= junior;
  plan.special_students = primary + junior;
}

std::uint32_t Shrink(std::uint32_t count, double ratio) {
  if (count == 0) return 0;
  const double factor = ratio < 1 ? std::pow(ratio, 0.7) : ratio;
  return std::max<std::uint32_t>(1, static_cast<std::uint32_t>(std::lround(count * factor)));
}

}  // namespace

std::vector<std::string> CountyIds() {
  std::vector<std::string> ids;
  for (const CountyPlan& plan : Shares()) ids.push_back(plan.id);
  return ids;
}

base::Result<CountyPlan> LoadPlan(const std::string& config_dir, const std::string& county,
                                  base::Date first_day) {
  CountyPlan plan;
  for (CountyPlan& known : Shares()) {
    if (known.id == county) plan = std::move(known);
  }
  if (plan.id.empty()) {
    return base::Error{
        base::Code::kNotFound, "COUNTY_UNKNOWN",
        "no sample for county '" + county + "': use tongan, jianan, chengkou, tiedong or suining"};
  }
  const std::string path = config_dir + "/counties/" + county + ".yaml";
  ASSIGN_OR_RETURN(settings::County about, settings::LoadCounty(path));
  ASSIGN_OR_RETURN(const settings::Document document, settings::Document::Load(path));
  settings::Reader root = document.Root();
  root.Skip("county");
  root.Skip("registry");
  root.Skip("cases");
  plan.name = about.name;
  plan.bureau = about.bureau;
  plan.division = about.division;
  plan.calendar = about.calendar;
  ReadSizes(root.Map("sizes"), plan);
  FillSpecialSchool(plan);
  const auto rules = settings::ReadDated<AbsenceRule>(root, "attendance", "", ReadRule);
  if (const AbsenceRule* rule = rules.At(first_day)) plan.rule = *rule;
  return plan;
}

CountyPlan Scaled(const CountyPlan& plan, std::uint32_t students) {
  if (students == 0 || students == plan.students()) return plan;
  CountyPlan other = plan;
  const double ratio = static_cast<double>(students) / plan.students();
  other.special_students = static_cast<std::uint32_t>(std::lround(plan.special_students * ratio));
  // A special school of a handful is left out, unless nobody else is there.
  if (other.special_students < 6) other.special_students = other.special_schools = 0;
  const std::uint32_t rest = students - other.special_students;
  const double junior_share =
      static_cast<double>(plan.junior_students) / (plan.primary_students + plan.junior_students);
  other.junior_students = static_cast<std::uint32_t>(std::lround(rest * junior_share));
  other.primary_students = rest - other.junior_students;
  other.primary_schools = Shrink(plan.primary_schools, ratio);
  other.junior_schools = Shrink(plan.junior_schools, ratio);
  other.nine_year_schools = Shrink(plan.nine_year_schools, ratio);
  other.teaching_points = Shrink(plan.teaching_points, ratio);
  return other;
}

}  // namespace sample
