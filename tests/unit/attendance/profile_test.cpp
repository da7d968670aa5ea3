#include "attendance/app/profile.h"

#include <gmock/gmock.h>

#include "unit/attendance/town.h"

namespace attendance {
namespace {

using testing::D;
using ::testing::HasSubstr;

constexpr const char* kGood = R"(attendance:
  - from: 2024-11-28
    source: S3
    threshold: {days: 3, operator: ">=", counting: any_half_day, marks: [absent, unknown]}
    backdate_days_max: 14
    half_days:
      morning: {start: "07:50", due: "09:00"}
      afternoon: {start: "14:00", due: "15:00"}
    chronic: {window_school_days: 20, rate_basis_points: 2000, min_half_days: 8}
  - from: 2026-10-08
    source: 新规定
    threshold: {days: 5, operator: ">", counting: all_half_days, marks: [absent]}
    half_days:
      morning: {start: "08:00", due: "09:10"}
      afternoon: {start: "14:30", due: "15:30"}
    chronic: {marks: [absent]}
)";

struct Read {
  RuleBook rules = {};
  std::string problems = {};
};
Read ReadText(const std::string& yaml) {
  const auto document = settings::Document::Parse(yaml, "test.yaml");
  EXPECT_TRUE(document.ok()) << document.error().ToString();
  settings::Reader root = document->Root();
  Read read{.rules = ReadRules(root)};
  const base::Status status = document->Finish();
  if (!status.ok()) read.problems = status.error().detail;
  return read;
}
std::string With(const std::string& from, const std::string& to) {
  std::string yaml = kGood;
  const auto at = yaml.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return yaml.replace(at, from.size(), to);
}

TEST(ProfileTest, EveryKeyArrives) {
  const Read read = ReadText(kGood);
  ASSERT_EQ(read.problems, "");
  ASSERT_EQ(read.rules.entries().size(), 2u);
  const Rule& first = read.rules.At(D("2026-09-01"));
  EXPECT_EQ(first.source, "S3");
  EXPECT_EQ(first.threshold, (Threshold{.days = 3}));
  EXPECT_EQ(first.backdate_days_max, 14);
  EXPECT_EQ(first.half_days[0], (HalfDayTimes{7 * 60 + 50, 9 * 60}));
  EXPECT_EQ(first.half_days[1], (HalfDayTimes{14 * 60, 15 * 60}));
  EXPECT_EQ(first.chronic, (ChronicRule{20, 2000, 8}));
  const Rule& second = read.rules.At(D("2026-10-08"));
  EXPECT_EQ(second.threshold.NeededDays(), 6);
  EXPECT_EQ(second.threshold.counting, Counting::kAllHalfDays);
  EXPECT_EQ(second.threshold.marks, MarkSet{}.With(Mark::kAbsent));
  EXPECT_EQ(second.chronic.marks, MarkSet{}.With(Mark::kAbsent));
  EXPECT_EQ(second.backdate_days_max, 14);  // the default
}

TEST(ProfileTest, EveryBoundIsKept) {
  struct Case {
    const char* from;
    const char* to;
    const char* problem;
  };
  for (const Case& c : {
           Case{"days: 3", "days: 0", "attendance[0].threshold.days"},
           Case{"days: 3", "days: 61", "attendance[0].threshold.days"},
           Case{"operator: \">=\"", "operator: \"=\"", "attendance[0].threshold.operator"},
           Case{"any_half_day", "some_half_day", "attendance[0].threshold.counting"},
           Case{"[absent, unknown]", "[absent, late]", "attendance[0].threshold.marks"},
           Case{"[absent, unknown]", "[sick_leave]", "attendance[0].threshold.marks"},
           Case{"[absent, unknown]", "[]", "attendance[0].threshold.marks"},
           Case{"backdate_days_max: 14", "backdate_days_max: 401", "backdate_days_max"},
           Case{"\"09:00\"", "\"07:50\"", "attendance[0].half_days.morning.due"},
           Case{"\"14:00\"", "\"07:00\"", "attendance[0].half_days.afternoon"},
           Case{"\"07:50\"", "\"25:00\"", "attendance[0].half_days.morning.start"},
           Case{"window_school_days: 20", "window_school_days: 4", "window_school_days"},
           Case{"rate_basis_points: 2000", "rate_basis_points: 10001", "rate_basis_points"},
           Case{"min_half_days: 8", "min_half_days: 0", "min_half_days"},
           Case{"2026-10-08", "2024-11-28", "attendance[1].from"},
           Case{"chronic:", "cronic:", "attendance[0].cronic"},
       }) {
    EXPECT_THAT(ReadText(With(c.from, c.to)).problems, HasSubstr(c.problem)) << c.to;
  }
}

TEST(ProfileTest, AllProblemsAtOnce) {
  std::string yaml = With("days: 3", "days: 99");
  yaml.replace(yaml.find("min_half_days: 8"), 16, "min_half_days: 999");
  const std::string problems = ReadText(yaml).problems;
  EXPECT_THAT(problems, HasSubstr("threshold.days"));
  EXPECT_THAT(problems, HasSubstr("min_half_days"));
}

TEST(ProfileTest, ASectionIsNeeded) {
  EXPECT_THAT(ReadText("other: 1\n").problems, HasSubstr("attendance"));
}

class CountyProfile : public ::testing::TestWithParam<const char*> {};
TEST_P(CountyProfile, LoadsWithItsCalendar) {
  const auto profile =
      LoadProfile(std::string{BAOXUE_SOURCE_DIR} + "/config/counties/" + GetParam() + ".yaml");
  ASSERT_TRUE(profile.ok()) << profile.error().ToString();
  EXPECT_FALSE(profile->county.empty());
  EXPECT_FALSE(profile->rules.entries().front().source.empty());
  EXPECT_TRUE(profile->days.county.IsSchoolDay(D("2026-10-10")));  // make-up Saturday
  EXPECT_FALSE(profile->days.county.IsSchoolDay(D("2026-10-01")));
}
INSTANTIATE_TEST_SUITE_P(All, CountyProfile,
                         ::testing::Values("tiedong", "jianan", "chengkou", "tongan", "suining"),
                         [](const auto& param) { return std::string{param.param}; });

TEST(ProfileTest, TonganFiresOnTheThirdDay) {
  const auto profile = LoadProfile(std::string{BAOXUE_SOURCE_DIR} + "/config/counties/tongan.yaml");
  ASSERT_TRUE(profile.ok()) << profile.error().ToString();
  EXPECT_EQ(profile->rules.At(D("2026-09-01")).threshold.NeededDays(), 3);
}

}  // namespace
}  // namespace attendance
