#include <gtest/gtest.h>

#include <set>

#include "cli/sample/county.h"
#include "cli/sample/roster.h"
#include "cli/sample/sample.h"

namespace {

sample::County Small(const std::string& id, std::uint32_t students, std::uint64_t seed = 1) {
  auto setting = sample::LoadSetting(BAOXUE_SOURCE_DIR "/config", id, {});
  EXPECT_TRUE(setting.ok()) << setting.error().ToString();
  return sample::Build(sample::Scaled(setting->plan, students), setting->first_day, seed);
}

TEST(SampleIdentity, CheckCharacterOfTheStandardsExample) {
  EXPECT_EQ(sample::IdCheck("11010519491231002"), 'X');
}

TEST(SampleIdentity, NumbersOfOneDayRunOnBelowNineHundred) {
  sample::NumberBook book;
  const auto day = *base::Date::FromYmd(2018, 5, 6);
  std::set<unsigned> seen;
  for (int i = 0; i < 80; ++i) {
    const unsigned number = book.Next(350212, day, sample::Sex::kFemale);
    EXPECT_EQ(number % 2, 0u);
    EXPECT_TRUE(seen.insert(number).second);
  }
  EXPECT_TRUE(seen.contains(900));
  EXPECT_TRUE(seen.contains(898));
}

// Two sample counties exchange letters: what one hands out for the other's division is free there.
TEST(SampleIdentity, CountiesDoNotGiveOneNumberToTwoChildren) {
  sample::NumberBook tongan{350212};
  sample::NumberBook suining{430527};
  const auto day = *base::Date::FromYmd(2018, 5, 6);
  std::set<unsigned> seen;
  for (const std::uint32_t division : {430527u, 350212u, 411003u}) {
    seen.clear();
    for (int i = 0; i < 8; ++i) {
      EXPECT_TRUE(seen.insert(tongan.Next(division, day, sample::Sex::kMale)).second);
      EXPECT_TRUE(seen.insert(suining.Next(division, day, sample::Sex::kMale)).second);
    }
  }
}

TEST(SampleCounty, SizesAreThoseOfTheDocuments) {
  const sample::County tongan = Small("tongan", 0);
  std::uint32_t primary = 0;
  std::uint32_t junior = 0;
  std::uint32_t special = 0;
  for (const sample::Student& student : tongan.students) {
    if (tongan.school_of(student).stage == sample::Stage::kSpecial) {
      ++special;
    } else if (tongan.classes[student.in_class].grade <= 6) {
      ++primary;
    } else {
      ++junior;
    }
  }
  EXPECT_EQ(primary, 85544u);
  EXPECT_EQ(junior, 33459u);
  EXPECT_EQ(special, 215u);
  EXPECT_EQ(tongan.schools.size(), 97u);
  const sample::County chengkou = Small("chengkou", 0);
  EXPECT_EQ(chengkou.students.size(), 28020u);
  EXPECT_EQ(chengkou.schools.size(), 110u);
  EXPECT_EQ(Small("tiedong", 0).students.size(), 9141u);
}

TEST(SampleCounty, AScaledCountyHasExactlyThatManyStudents) {
  for (const std::string& id : sample::CountyIds()) {
    for (const std::uint32_t students : {100u, 1500u, 119003u}) {
      EXPECT_EQ(Small(id, students).students.size(), students) << id;
    }
  }
}

TEST(SampleCounty, EveryStudentHasANumberOfItsOwnThatTellsBirthdayAndSex) {
  const sample::County county = Small("tongan", 20000);
  std::set<std::string> numbers;
  for (const sample::Student& student : county.students) {
    const std::string id = county.IdOf(student);
    ASSERT_EQ(id.size(), 18u);
    EXPECT_EQ(sample::IdCheck(std::string_view{id}.substr(0, 17)), id[17]);
    EXPECT_EQ((id[16] - '0') % 2 == 1, student.sex == sample::Sex::kMale);
    EXPECT_TRUE(numbers.insert(id).second);
  }
}

TEST(SampleCounty, ClassNumbersAndSeatsAreUnique) {
  const sample::County county = Small("suining", 5000);
  std::set<std::pair<std::uint32_t, std::string>> classes;
  for (const sample::SchoolClass& in : county.classes) {
    EXPECT_TRUE(classes.insert({in.school, in.number}).second);
    EXPECT_LE(in.students, 50u);
    for (std::uint32_t i = 0; i < in.students; ++i) {
      EXPECT_EQ(county.students[in.first_student + i].seat, i + 1);
    }
  }
}

TEST(SampleRoster, HasTheTemplatesSeventyOneColumns) {
  const sample::County county = Small("jianan", 300);
  EXPECT_EQ(sample::RosterHeader().size(), 71u);
  for (std::uint32_t i = 0; i < county.students.size(); ++i) {
    EXPECT_EQ(sample::RosterRow(county, i).size(), 71u);
  }
}

}  // namespace
