#include "cli/sample/county.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <numeric>

#include "base/check.h"

namespace sample {
namespace {

constexpr std::array<std::string_view, 9> kGrades{"一年级", "二年级", "三年级", "四年级", "五年级",
                                                  "六年级", "七年级", "八年级", "九年级"};
constexpr std::uint32_t kClassMax = 50;  // domain.md 8: about 45
constexpr std::uint32_t kSpecialClassMax = 12;
constexpr std::uint32_t kPointStudents = 22;  // a teaching point, on average
constexpr int kPointGrades = 3;

// `total` in shares of `weights`, exactly.
std::vector<std::uint32_t> Split(std::uint32_t total, const std::vector<std::uint64_t>& weights) {
  const std::uint64_t sum = std::accumulate(weights.begin(), weights.end(), std::uint64_t{0});
  std::vector<std::uint32_t> parts;
  std::uint64_t so_far = 0;
  std::uint32_t given = 0;
  for (const std::uint64_t weight : weights) {
    so_far += weight;
    const auto until = static_cast<std::uint32_t>(total * so_far / sum);
    parts.push_back(until - given);
    given = until;
  }
  return parts;
}

class Builder {
 public:
  Builder(const CountyPlan& plan, base::Date first_day, std::uint64_t seed) : rng_(seed) {
    county_.plan = plan;
    county_.seed = seed;
    county_.school_year = first_day.month() >= 8 ? first_day.year() : first_day.year() - 1;
    own_division_ = static_cast<std::uint32_t>(std::stoul(plan.division));
    county_.numbers = NumberBook{own_division_};
    others_ = OtherDivisions();
  }

  County Run() {
    AddSchools(Stage::kPrimary, county_.plan.primary_schools);
    AddSchools(Stage::kJunior, county_.plan.junior_schools);
    AddSchools(Stage::kNineYear, county_.plan.nine_year_schools);
    AddSchools(Stage::kSpecial, county_.plan.special_schools);
    AddTeachingPoints();
    Distribute();
    for (std::uint32_t i = 0; i < county_.schools.size(); ++i) Fill(i);
    return std::move(county_);
  }

 private:
  void AddSchools(Stage stage, std::uint32_t count) {
    for (std::uint32_t i = 0; i < count; ++i) {
      School school;
      school.stage = stage;
      school.town = static_cast<std::uint32_t>(i % county_.plan.towns.size());
      const auto turn = i / county_.plan.towns.size();
      school.name = SchoolName(stage, county_.plan.towns[school.town], turn);
      Register(std::move(school));
    }
  }

  std::string SchoolName(Stage stage, const std::string& town, std::size_t turn) {
    switch (stage) {
      case Stage::kPrimary:
        return turn == 0 ? town + "中心小学" : fmt::format("{}第{}小学", town, turn + 1);
      case Stage::kJunior:
        return turn == 0 ? town + "初级中学" : fmt::format("{}第{}初级中学", town, turn + 1);
      case Stage::kNineYear:
        return fmt::format("{}第{}九年一贯制学校", town, turn + 1);
      case Stage::kSpecial:
        return county_.plan.name + "特殊教育学校";
    }
    return town;
  }

  void AddTeachingPoints() {
    const std::uint32_t parents = county_.plan.primary_schools;
    for (std::uint32_t i = 0; i < county_.plan.teaching_points; ++i) {
      School point;
      point.teaching_point = true;
      point.parent = parents == 0 ? 0 : i % parents;
      point.town = county_.schools.empty() ? 0 : county_.schools[point.parent].town;
      point.name = fmt::format("{}{}教学点", county_.plan.towns[point.town], VillageName(i));
      Register(std::move(point));
    }
  }

  void Register(School school) {
    const auto sequence = static_cast<std::uint32_t>(900001 + county_.schools.size());
    const char level = school.stage == Stage::kSpecial  ? '5'
                       : school.stage == Stage::kJunior ? '3'
                                                        : '2';
    school.code = SchoolCode(level, county_.plan.division.substr(0, 2), sequence);
    const Sex sex = rng_.Chance(6000) ? Sex::kMale : Sex::kFemale;
    school.principal = NameText(DrawName(rng_, sex), sex);
    county_.schools.push_back(std::move(school));
    primary_.push_back(0);
    junior_.push_back(0);
  }

  // How many pupils of each stage every school has.
  void Distribute() {
    const CountyPlan& plan = county_.plan;
    const std::uint32_t special_junior = plan.special_students / 3;
    const std::uint32_t special_primary = plan.special_students - special_junior;
    const std::uint32_t points =
        std::min(plan.teaching_points * kPointStudents, plan.primary_students / 6);
    Share(plan.primary_students - points, primary_,
          [](const School& s) { return !s.teaching_point && s.stage != Stage::kJunior; });
    Share(points, primary_, [](const School& s) { return s.teaching_point; });
    Share(plan.junior_students, junior_,
          [](const School& s) { return s.stage == Stage::kJunior || s.stage == Stage::kNineYear; });
    for (std::size_t i = 0; i < county_.schools.size(); ++i) {
      if (county_.schools[i].stage != Stage::kSpecial) continue;
      primary_[i] = special_primary;
      junior_[i] = special_junior;
    }
  }

  template <class Picks>
  void Share(std::uint32_t total, std::vector<std::uint32_t>& into, Picks picks) {
    std::vector<std::size_t> which;
    std::vector<std::uint64_t> weights;
    for (std::size_t i = 0; i < county_.schools.size(); ++i) {
      const School& school = county_.schools[i];
      if (school.stage == Stage::kSpecial || !picks(school)) continue;
      which.push_back(i);
      weights.push_back(60 + rng_.Below(90));
    }
    if (which.empty()) return;
    const auto parts = Split(total, weights);
    for (std::size_t k = 0; k < which.size(); ++k) into[which[k]] = parts[k];
  }

  void Fill(std::uint32_t index) {
    School& school = county_.schools[index];
    school.first_class = static_cast<std::uint32_t>(county_.classes.size());
    FillGrades(index, primary_[index], 1, school.teaching_point ? kPointGrades : 6);
    FillGrades(index, junior_[index], 7, 9);
    county_.schools[index].classes =
        static_cast<std::uint32_t>(county_.classes.size()) - school.first_class;
  }

  void FillGrades(std::uint32_t school, std::uint32_t students, int from, int to) {
    if (students == 0) return;
    std::vector<std::uint64_t> weights;
    for (int grade = from; grade <= to; ++grade) weights.push_back(90 + rng_.Below(20));
    const auto parts = Split(students, weights);
    const bool special = county_.schools[school].stage == Stage::kSpecial;
    const std::uint32_t size = special ? kSpecialClassMax : kClassMax;
    for (int grade = from; grade <= to; ++grade) {
      const std::uint32_t in_grade = parts[static_cast<std::size_t>(grade - from)];
      const std::uint32_t classes = (in_grade + size - 1) / size;
      const auto sizes = classes == 0 ? std::vector<std::uint32_t>{}
                                      : Split(in_grade, std::vector<std::uint64_t>(classes, 1));
      for (std::uint32_t i = 0; i < classes; ++i) AddClass(school, grade, i + 1, sizes[i]);
    }
  }

  void AddClass(std::uint32_t school, int grade, std::uint32_t number, std::uint32_t students) {
    SchoolClass added;
    added.school = school;
    added.grade = grade;
    added.number = fmt::format("{}{:02}", grade, number);
    added.name = fmt::format("{}{}班", kGrades[static_cast<std::size_t>(grade - 1)], number);
    added.teacher_id = fmt::format("T{}{}", county_.schools[school].code.substr(4), added.number);
    const Sex sex = rng_.Chance(3200) ? Sex::kMale : Sex::kFemale;
    added.teacher = NameText(DrawName(rng_, sex), sex);
    added.first_student = static_cast<std::uint32_t>(county_.students.size());
    added.students = students;
    const auto index = static_cast<std::uint32_t>(county_.classes.size());
    county_.classes.push_back(std::move(added));
    for (std::uint32_t seat = 1; seat <= students; ++seat) AddStudent(index, grade, seat);
  }

  void AddStudent(std::uint32_t in_class, int grade, std::uint32_t seat) {
    Student student;
    student.in_class = in_class;
    student.seat = static_cast<std::uint16_t>(seat);
    student.sex = rng_.Chance(5250) ? Sex::kMale : Sex::kFemale;
    student.name = DrawName(rng_, student.sex);
    const int age = 5 + grade + (rng_.Chance(200) ? 1 : 0);
    student.birth = BirthAtAge(rng_, county_.school_year, age);
    DrawTraits(student, grade, county_.schools[county_.classes[in_class].school]);
    const bool other = student.Is(kNonLocal);
    student.hukou_division = other ? others_[rng_.Below(others_.size())] : own_division_;
    // The first six digits are where the child was first registered, not where it is now.
    const bool moved = !other && rng_.Chance(600);
    student.id_division = moved ? others_[rng_.Below(others_.size())] : student.hukou_division;
    student.sequence = static_cast<std::uint16_t>(
        county_.numbers.Next(student.id_division, student.birth, student.sex));
    county_.students.push_back(student);
  }

  void DrawTraits(Student& student, int grade, const School& school) {
    const CountyPlan& plan = county_.plan;
    const auto with = [&](std::uint32_t chance_bp, unsigned trait) {
      if (rng_.Chance(chance_bp))
        student.traits = static_cast<std::uint16_t>(student.traits | trait);
    };
    const bool special = school.stage == Stage::kSpecial;
    with(plan.non_local_bp, kNonLocal);
    if (student.Is(kNonLocal)) with(8200, kMigrantWorkers);
    if (!student.Is(kNonLocal) && rng_.Chance(plan.left_behind_bp)) {
      with(10000, rng_.Chance(4500) ? kLeftBehindBoth : kLeftBehindOne);
    }
    with(school.teaching_point ? 0
         : grade <= 6          ? plan.boarding_primary_bp
                               : plan.boarding_junior_bp,
         kBoarding);
    with(12, kOrphan);
    if (!student.Is(kOrphan)) with(16, kUnsupported);
    with(special ? 10000 : 45, kDisabled);
    with(plan.poor_bp, kLiftedPoor);
    with(plan.poor_bp / 6, kMonitored);
    with(plan.poor_bp / 3, kLowIncome);
    with(15, kHardship);
  }

  County county_;
  base::Rng rng_;
  std::uint32_t own_division_ = 0;
  std::vector<std::uint32_t> others_;
  std::vector<std::uint32_t> primary_;
  std::vector<std::uint32_t> junior_;
};

}  // namespace

std::string_view StageChinese(Stage stage) {
  switch (stage) {
    case Stage::kPrimary:
      return "小学";
    case Stage::kJunior:
      return "初中";
    case Stage::kNineYear:
      return "九年一贯制学校";
    case Stage::kSpecial:
      return "特殊教育学校";
  }
  return "";
}

std::string County::IdOf(const Student& student) const {
  return IdNumber(fmt::format("{:06}", student.id_division), student.birth, student.sequence);
}

base::Date BirthAtAge(base::Rng& rng, int school_year, int age) {
  const auto begin = base::Date::FromYmd(school_year - age - 1, 9, 1);
  const auto end = base::Date::FromYmd(school_year - age, 9, 1);
  CHECK(begin && end);
  const auto days = static_cast<std::uint64_t>((*end - *begin).count());
  return *begin + std::chrono::days{static_cast<std::int64_t>(rng.Below(days))};
}

County Build(const CountyPlan& plan, base::Date first_day, std::uint64_t seed) {
  return Builder(plan, first_day, seed).Run();
}

}  // namespace sample
