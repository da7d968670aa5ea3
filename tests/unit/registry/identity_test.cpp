#include <gtest/gtest.h>

#include "people.h"
#include "registry/domain/identity_number.h"
#include "registry/domain/student_number.h"

namespace registry {
namespace {

using testing::Day;
using testing::MakeId;

const base::Date kToday = Day(2026, 9, 1);

TEST(IdentityNumber, AcceptsThePublishedVector) {
  const IdCheck check = CheckIdentityNumber("11010519491231002X", kToday);
  ASSERT_TRUE(check.ok());
  EXPECT_EQ(check.birth, Day(1949, 12, 31));
  EXPECT_EQ(check.sex, Sex::kFemale);
}

TEST(IdentityNumber, NamesEachProblem) {
  struct Case {
    const char* text;
    IdProblem problem;
  };
  const Case cases[] = {
      {"1.1E+17", IdProblem::kExcelDamaged},
      {"3.50212E17", IdProblem::kExcelDamaged},
      {"350212201509010000", IdProblem::kExcelDamaged},
      {"350212150901001", IdProblem::kOldLength},
      {"35021220150901", IdProblem::kLength},
      {"", IdProblem::kLength},
      {"35021220150901A013", IdProblem::kCharacters},
      {"11010519491231002x", IdProblem::kCharacters},
      {"991234201509010011", IdProblem::kProvince},
      {"350212201513010017", IdProblem::kBirthday},
      {"350212201502290017", IdProblem::kBirthday},
      {"350212203009010017", IdProblem::kBirthday},
      {"110105194912310021", IdProblem::kCheckDigit},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(CheckIdentityNumber(c.text, kToday).problem, c.problem) << c.text;
  }
}

TEST(IdentityNumber, EveryMistypedDigitIsFound) {
  const std::string id = MakeId("350212", Day(2015, 3, 4), 123);
  ASSERT_TRUE(CheckIdentityNumber(id, kToday).ok());
  for (std::size_t i = 0; i < 17; ++i) {
    for (char digit = '0'; digit <= '9'; ++digit) {
      if (digit == id[i]) continue;
      std::string wrong = id;
      wrong[i] = digit;
      EXPECT_FALSE(CheckIdentityNumber(wrong, kToday).ok()) << "position " << i;
    }
  }
}

TEST(IdentityNumber, ALeapDayIsABirthday) {
  const std::string id = MakeId("350212", Day(2016, 2, 29), 2);
  const IdCheck check = CheckIdentityNumber(id, kToday);
  ASSERT_TRUE(check.ok());
  EXPECT_EQ(check.birth, Day(2016, 2, 29));
  EXPECT_EQ(check.sex, Sex::kFemale);
}

TEST(IdentityNumber, ARealNumberThatEndsInThreeZerosIsNotDamaged) {
  for (int sequence = 0; sequence < 1000; sequence += 10) {
    const std::string id = MakeId("350212", Day(2015, 9, 1), sequence);
    EXPECT_TRUE(CheckIdentityNumber(id, kToday).ok()) << sequence;
  }
}

TEST(StudentNumber, KnowsItsThreeForms) {
  const std::string id = MakeId("350212", Day(2015, 9, 1), 11);
  EXPECT_EQ(StudentNoKindOf("G" + id), StudentNoKind::kFormal);
  EXPECT_EQ(StudentNoKindOf(FormalStudentNoWithoutId("350212", Day(2015, 9, 1), 7)),
            StudentNoKind::kFormalWithoutId);
  EXPECT_EQ(StudentNoKindOf(TemporaryStudentNo("350212", Day(2015, 9, 1), 42)),
            StudentNoKind::kTemporary);
  std::string wrong = "G" + id;
  wrong[18] = wrong[18] == '1' ? '2' : '1';
  EXPECT_FALSE(StudentNoKindOf(wrong));
  EXPECT_FALSE(StudentNoKindOf("X" + id));
  EXPECT_FALSE(StudentNoKindOf("G" + id.substr(0, 17)));
  EXPECT_FALSE(StudentNoKindOf("L35021220150901A042"));
  EXPECT_FALSE(StudentNoKindOf(""));
}

TEST(StudentNumber, MasksOnlyWhatHoldsAnIdentityNumber) {
  const std::string id = MakeId("350212", Day(2015, 9, 1), 11);
  const std::string masked = MaskStudentNo("G" + id);
  EXPECT_EQ(masked, "G3502**********" + id.substr(14));
  const std::string temporary = TemporaryStudentNo("350212", Day(2015, 9, 1), 42);
  EXPECT_EQ(MaskStudentNo(temporary), temporary);
}

TEST(SchoolCode, HasTenDigits) {
  EXPECT_TRUE(IsSchoolCode("2142001636"));
  EXPECT_TRUE(SchoolCodeProvinceKnown("2142001636"));
  EXPECT_TRUE(IsSchoolCode("2199001636"));
  EXPECT_FALSE(SchoolCodeProvinceKnown("2199001636"));
  EXPECT_FALSE(IsSchoolCode("214200163"));
  EXPECT_FALSE(IsSchoolCode("21420016360"));
  EXPECT_FALSE(IsSchoolCode("21420O1636"));
}

}  // namespace
}  // namespace registry
