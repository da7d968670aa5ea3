#include "registry/domain/check_row.h"

#include <gtest/gtest.h>

#include <functional>
#include <optional>

#include "people.h"
#include "reference_fixture.h"
#include "registry/domain/student_number.h"

namespace registry {
namespace {

using testing::Day;
using testing::MakeId;

const base::Date kToday = Day(2026, 8, 20);
constexpr const char* kSchool = "2135000001";

Places SomePlaces() {
  Places places;
  places.Add(School{.code = kSchool, .name = "某小学", .stage = Stage::kPrimary});
  places.Add(School{.code = "3135000002", .name = "某中学", .stage = Stage::kJunior});
  places.Add(SchoolClass{.id = ClassId{1}, .school_code = kSchool, .grade = 6, .class_no = "601"});
  return places;
}

Record GoodRow() {
  Record row;
  row.Set(Field::kSchoolCode, kSchool);
  row.Set(Field::kName, "王芳");
  row.Set(Field::kSex, "女");
  row.Set(Field::kBirth, "2015-03-04");
  row.Set(Field::kIdType, "居民身份证");
  row.Set(Field::kIdNumber, MakeId("350212", Day(2015, 3, 4), 22));
  row.Set(Field::kClassNo, "601");
  return row;
}

RowNotes CheckRow(const Record& row) {
  const Policy policy;
  const Places places = SomePlaces();
  RowNotes notes;
  CheckRosterRow(row, RowContext{policy, places, kToday}, notes);
  return notes;
}

TEST(RosterRow, AGoodRowIsTaken) {
  const RowNotes notes = CheckRow(GoodRow());
  EXPECT_TRUE(notes.ok()) << (notes.ok() ? "" : notes.refusals[0].text);
  EXPECT_TRUE(notes.warnings.empty());
}

struct Case {
  const char* reason;
  std::function<void(Record&)> spoil;
  Field field;
};

std::vector<Case> Cases() {
  const auto set = [](Field field, std::string value) {
    return [field, value](Record& row) { row.Set(field, value); };
  };
  const std::string other = MakeId("350212", Day(2015, 3, 5), 22);
  const std::string boy = MakeId("350212", Day(2015, 3, 4), 21);
  return {
      {"REQUIRED_EMPTY", set(Field::kName, ""), Field::kName},
      {"REQUIRED_EMPTY", set(Field::kSex, ""), Field::kSex},
      {"REQUIRED_EMPTY", set(Field::kBirth, ""), Field::kBirth},
      {"REQUIRED_EMPTY", set(Field::kIdNumber, ""), Field::kIdNumber},
      {"REQUIRED_EMPTY", set(Field::kSchoolCode, ""), Field::kSchoolCode},
      {"REQUIRED_EMPTY", set(Field::kClassNo, ""), Field::kClassNo},
      {"NAME_BAD", set(Field::kName, "王"), Field::kName},
      {"NAME_BAD", set(Field::kName, "王芳2"), Field::kName},
      {"ID_EXCEL_DAMAGED", set(Field::kIdNumber, "1.1E+17"), Field::kIdNumber},
      {"ID_OLD_LENGTH", set(Field::kIdNumber, "350212150304002"), Field::kIdNumber},
      {"ID_LENGTH", set(Field::kIdNumber, "35021220150304"), Field::kIdNumber},
      {"ID_CHARACTERS", set(Field::kIdNumber, "35021220150304O022"), Field::kIdNumber},
      {"ID_PROVINCE", set(Field::kIdNumber, MakeId("990212", Day(2015, 3, 4), 22)),
       Field::kIdNumber},
      {"ID_BIRTHDAY", set(Field::kIdNumber, "350212201513040022"), Field::kIdNumber},
      {"ID_CHECK_DIGIT",
       [](Record& row) {
         std::string id{row.Get(Field::kIdNumber)};
         id[17] = id[17] == '1' ? '2' : '1';
         row.Set(Field::kIdNumber, id);
       },
       Field::kIdNumber},
      {"ID_FORM",
       [](Record& row) {
         row.Set(Field::kIdType, "护照");
         row.Set(Field::kIdNumber, "号");
       },
       Field::kIdNumber},
      {"ID_BIRTH_MISMATCH", set(Field::kIdNumber, other), Field::kBirth},
      {"ID_SEX_MISMATCH", set(Field::kIdNumber, boy), Field::kSex},
      {"BIRTH_IMPLAUSIBLE",
       [](Record& row) {
         row.Set(Field::kBirth, "1985-03-04");
         row.Set(Field::kIdNumber, MakeId("350212", Day(1985, 3, 4), 22));
       },
       Field::kBirth},
      {"STUDENT_NO_BAD", set(Field::kStudentNo, "G123"), Field::kStudentNo},
      {"STUDENT_NO_MISMATCH", set(Field::kStudentNo, "G" + boy), Field::kStudentNo},
      {"SCHOOL_CODE_BAD", set(Field::kSchoolCode, "21350000"), Field::kSchoolCode},
      {"SCHOOL_UNKNOWN", set(Field::kSchoolCode, "2135009999"), Field::kSchoolCode},
      {"CLASS_NO_BAD", set(Field::kClassNo, std::string(25, '1')), Field::kClassNo},
      {"CLASS_GRADE_UNKNOWN", set(Field::kClassNo, "蓝天班"), Field::kClassNo},
      {"GUARDIAN_ID_EXCEL_DAMAGED", set(Field::kMember1IdNumber, "3.5E+17"),
       Field::kMember1IdNumber},
  };
}

TEST(RosterRow, EachSpoiltColumnIsRefusedWithItsReason) {
  for (const Case& c : Cases()) {
    Record row = GoodRow();
    c.spoil(row);
    const RowNotes notes = CheckRow(row);
    ASSERT_EQ(notes.refusals.size(), 1u) << c.reason;
    EXPECT_EQ(notes.refusals[0].reason, c.reason);
    EXPECT_EQ(notes.refusals[0].field, c.field) << c.reason;
    // Names the column, and never shows the number.
    EXPECT_NE(notes.refusals[0].text.find(std::string{"「"} + std::string{NameOf(c.field)}),
              std::string::npos)
        << notes.refusals[0].text;
    const std::string_view id = row.Get(Field::kIdNumber);
    if (id.size() == 18) {
      EXPECT_EQ(notes.refusals[0].text.find(id), std::string::npos);
    }
  }
}

TEST(RosterRow, WhoHasNoNumberSaysSo) {
  Record row = GoodRow();
  row.Set(Field::kIdType, "无户籍");
  row.Set(Field::kIdNumber, "");
  EXPECT_TRUE(CheckRow(row).ok());
}

TEST(RosterRow, NamesOfTwoLettersAndOfMinoritiesAreTaken) {
  for (const char* name :
       {"王芳", "阿依古丽·买买提", "Li", "欧阳娜娜", "𠮷野", "迪丽热巴·迪力木拉提"}) {
    Record row = GoodRow();
    row.Set(Field::kName, name);
    EXPECT_TRUE(CheckRow(row).ok()) << name;
  }
}

TEST(RosterRow, AnUnknownClassIsOnlyAWarningWhenItsGradeIsClear) {
  Record row = GoodRow();
  row.Set(Field::kClassNo, "202102");
  RowNotes notes = CheckRow(row);
  ASSERT_TRUE(notes.ok());
  ASSERT_EQ(notes.warnings.size(), 1u);
  EXPECT_EQ(notes.warnings[0].reason, "CLASS_NEW");
  row.Set(Field::kClassNo, "蓝天班");
  row.Set(Field::kEntryMonth, "202109");
  EXPECT_TRUE(CheckRow(row).ok());
}

TEST(RosterRow, AMistypedGuardianNumberIsOnlyAWarning) {
  Record row = GoodRow();
  row.Set(Field::kMember1IdNumber, "350212198001010011");
  const RowNotes notes = CheckRow(row);
  EXPECT_TRUE(notes.ok());
  ASSERT_EQ(notes.warnings.size(), 1u);
  EXPECT_EQ(notes.warnings[0].reason, "GUARDIAN_ID_BAD");
}

TEST(OtherLists, HaveTheirOwnRefusals) {
  const Policy policy;
  const Places places = SomePlaces();
  const RowContext context{policy, places, kToday};
  Record tag = GoodRow();
  RowNotes notes;
  CheckGroupRow(tag, "", context, notes);
  ASSERT_FALSE(notes.ok());
  EXPECT_EQ(notes.refusals[0].reason, "GROUP_MISSING");
  notes = {};
  CheckGroupRow(tag, "残疾", context, notes);
  EXPECT_TRUE(notes.ok());
  tag.Set(Field::kValidFrom, "2026-01-01");
  tag.Set(Field::kValidTo, "2025-01-01");
  notes = {};
  CheckGroupRow(tag, "残疾", context, notes);
  ASSERT_FALSE(notes.ok());
  EXPECT_EQ(notes.refusals[0].reason, "VALIDITY_BAD");

  Record school;
  school.Set(Field::kSchoolCode, kSchool);
  school.Set(Field::kSchoolName, "某小学");
  school.Set(Field::kStage, "小学");
  notes = {};
  CheckSchoolRow(school, notes);
  EXPECT_TRUE(notes.ok());
  school.Set(Field::kParentCode, kSchool);
  notes = {};
  CheckSchoolRow(school, notes);
  EXPECT_EQ(notes.refusals.at(0).reason, "PARENT_SCHOOL_UNKNOWN");
  school.Set(Field::kParentCode, "12");
  notes = {};
  CheckSchoolRow(school, notes);
  EXPECT_EQ(notes.refusals.at(0).reason, "SCHOOL_CODE_BAD");

  Record school_class;
  school_class.Set(Field::kSchoolCode, "2135009999");
  school_class.Set(Field::kClassNo, "101");
  school_class.Set(Field::kGrade, "1");
  notes = {};
  CheckClassRow(school_class, context, notes);
  EXPECT_EQ(notes.refusals.at(0).reason, "SCHOOL_UNKNOWN");
}

TEST(OtherLists, AGroupRowIsCompletedFromTheNumber) {
  Record row;
  row.Set(Field::kIdNumber, MakeId("350212", Day(2015, 3, 4), 22));
  CompleteFromIdentity(row, kToday);
  EXPECT_EQ(row.Get(Field::kBirth), "2015-03-04");
  EXPECT_EQ(row.Get(Field::kSex), "女");
}

TEST(Grades, AreDerivedFromClassNumberOrEntry) {
  const auto derive = [](Stage stage, std::string_view class_no, std::string_view entry,
                         std::optional<base::Date> birth = {}) {
    return DeriveGrade({.stage = stage,
                        .class_no = class_no,
                        .entry_month = entry,
                        .birth = birth,
                        .today = kToday});
  };
  EXPECT_EQ(derive(Stage::kPrimary, "302", ""), 3);
  EXPECT_EQ(derive(Stage::kPrimary, "0302", ""), 3);
  EXPECT_EQ(derive(Stage::kJunior, "302", ""), std::nullopt);
  EXPECT_EQ(derive(Stage::kPrimary, "202601", ""), 1);
  EXPECT_EQ(derive(Stage::kPrimary, "202101", ""), 6);
  EXPECT_EQ(derive(Stage::kPrimary, "201801", ""), std::nullopt);
  EXPECT_EQ(derive(Stage::kJunior, "202501", ""), 8);
  EXPECT_EQ(derive(Stage::kJunior, "甲班", "202409"), 9);
  EXPECT_EQ(derive(Stage::kPrimary, "甲班", "202609"), 1);
  EXPECT_EQ(derive(Stage::kPrimary, "甲班", ""), std::nullopt);
  // A nine-year school: entered 2025 at seven is grade 2, at thirteen grade 8.
  EXPECT_EQ(derive(Stage::kNineYear, "甲班", "202509", Day(2019, 1, 1)), 2);
  EXPECT_EQ(derive(Stage::kNineYear, "甲班", "202509", Day(2013, 1, 1)), 8);
  EXPECT_EQ(derive(Stage::kNineYear, "甲班", "202209", Day(2016, 1, 1)), 5);
}

TEST(Grades, NameTheClass) {
  EXPECT_EQ(ClassName(3, "302"), "三年级2班");
  EXPECT_EQ(ClassName(1, "202612"), "一年级12班");
  EXPECT_EQ(ClassName(9, "7"), "九年级7班");
  EXPECT_EQ(ClassName(2, "蓝天"), "二年级蓝天班");
}

}  // namespace
}  // namespace registry
