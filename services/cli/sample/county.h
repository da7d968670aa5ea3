// The people and places of one sample county: schools, classes, students.
//
// Build() decides who exists; Household() tells the rest about one student (guardians, addresses,
// telephones) from the seed and the student's index, so nothing of it is kept in memory.
// Days are civil days of the county's zone. Deterministic from (plan, first school day, seed).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/date.h"
#include "cli/sample/identity.h"
#include "cli/sample/names.h"
#include "cli/sample/plan.h"

namespace sample {

enum class Stage : std::uint8_t { kPrimary, kJunior, kNineYear, kSpecial };
std::string_view StageChinese(Stage stage);  // 小学, 初中, 九年一贯制学校, 特殊教育学校

struct School {
  std::string code = {};
  std::string name = {};
  Stage stage = Stage::kPrimary;
  bool teaching_point = false;
  std::uint32_t parent = 0;  // index of the school that a teaching point belongs to
  std::uint32_t town = 0;
  std::uint32_t first_class = 0;
  std::uint32_t classes = 0;
  std::string principal = {};
};

struct SchoolClass {
  std::uint32_t school = 0;
  int grade = 0;            // 1..9
  std::string number = {};  // 班号, unique in the school: "302" is class 2 of grade 3
  std::string name = {};    // 三年级2班
  std::string teacher_id = {};
  std::string teacher = {};
  std::uint32_t first_student = 0;
  std::uint32_t students = 0;
};

// What a student is, beside a student.
enum Trait : std::uint16_t {
  kNonLocal = 1,
  kLeftBehindOne = 2,
  kLeftBehindBoth = 4,
  kBoarding = 8,
  kOrphan = 16,
  kUnsupported = 32,  // 事实无人抚养
  kDisabled = 64,
  kLiftedPoor = 128,  // 脱贫户
  kMonitored = 256,   // 监测户
  kLowIncome = 512,   // 低保
  kHardship = 1024,   // 特困
  kMigrantWorkers = 2048,
};

struct Student {
  std::uint32_t in_class = 0;
  std::uint16_t seat = 0;  // 班内学号, from 1
  std::uint16_t sequence = 0;
  std::uint32_t id_division = 0;  // first six digits of the identity number
  std::uint32_t hukou_division = 0;
  base::Date birth = {};
  NameParts name = {};
  Sex sex = Sex::kMale;
  std::uint16_t traits = 0;
  bool Is(Trait trait) const { return (traits & trait) != 0; }
};

struct County {
  CountyPlan plan = {};
  std::uint64_t seed = 0;
  int school_year = 0;  // 2026: the school year that begins on 1 September 2026
  std::vector<School> schools = {};
  std::vector<SchoolClass> classes = {};
  std::vector<Student> students = {};
  NumberBook numbers{};  // so that people who are in no school get numbers of their own

  const School& school_of(const Student& student) const {
    return schools[classes[student.in_class].school];
  }
  std::string IdOf(const Student& student) const;
  std::string NameOf(const Student& student) const { return NameText(student.name, student.sex); }
};

County Build(const CountyPlan& plan, base::Date first_day, std::uint64_t seed);

struct Member {
  std::string name = {};
  std::string relation = {};  // 父亲, 母亲, 祖父, ...
  std::string id_number = {};
  std::string phone = {};
  std::string work = {};
};
struct Household {
  Member first = {};  // the guardian
  Member second = {};
  std::string hukou_address = {};
  std::string address = {};
  std::string phone = {};
  std::string village = {};
};
Household HouseholdOf(const County& county, std::uint32_t student);

// "福建省泉州市南安市" of a division that the sample uses; the code itself for another.
std::string DivisionName(std::uint32_t division);
// The divisions that non-local families come from.
std::vector<std::uint32_t> OtherDivisions();

// A day of the cohort that completes `age` years by 31 August of the school year.
base::Date BirthAtAge(base::Rng& rng, int school_year, int age);

}  // namespace sample
