#include "registry/domain/normalise.h"

#include <gtest/gtest.h>

#include "people.h"
#include "reference_fixture.h"
#include "registry/domain/text.h"

namespace registry {
namespace {

using testing::Day;
using testing::SmallReference;

std::string One(Field field, const std::string& cell, std::string* reason = nullptr) {
  Record record;
  RowNotes notes;
  NormaliseCell(*FindColumn(ImportKind::kRoster, field), SmallReference(), cell, record, notes);
  if (reason != nullptr) {
    *reason = !notes.refusals.empty()   ? notes.refusals.front().reason
              : !notes.warnings.empty() ? "warning " + notes.warnings.front().reason
                                        : "";
  }
  return std::string{record.Get(field)};
}

std::string ReasonOf(Field field, const std::string& cell) {
  std::string reason;
  One(field, cell, &reason);
  return reason;
}

TEST(Dates, AreReadInAllTheirForms) {
  for (const char* text : {"20150901", "2015-09-01", "2015/09/01", "2015年09月01日", "2015-9-1",
                           "2015/9/1", "2015.9.1", "2015年9月1日", "2015-09-01 00:00:00",
                           "2015/9/1 0:00", "２０１５年９月１日", " 20150901 "}) {
    EXPECT_EQ(One(Field::kBirth, text), "2015-09-01") << text;
  }
  EXPECT_EQ(ReadDate("2016-02-29"), Day(2016, 2, 29));
  for (const char* text : {"2015-02-29", "20151301", "2015-00-10", "15-9-1", "42248", "九月一日",
                           "2015-09", "2015-09-01-02", "201509011", "abc", "2015年9月1日前"}) {
    EXPECT_EQ(ReasonOf(Field::kBirth, text), "DATE_BAD") << text;
  }
}

TEST(Months, AreReadAndWrittenAsSixDigits) {
  for (const char* text : {"202309", "2023-09", "2023/9", "2023年9月", "2023.9", "20230901",
                           "2023-09-01", "２０２３０９"}) {
    EXPECT_EQ(One(Field::kEntryMonth, text), "202309") << text;
  }
  for (const char* text : {"202313", "2023", "23年9月", "九月"}) {
    EXPECT_EQ(ReasonOf(Field::kEntryMonth, text), "MONTH_BAD") << text;
  }
}

TEST(YesNo, HasManyForms) {
  for (const char* text : {"是", "1", "Y", "有", "√"}) EXPECT_EQ(One(Field::kOrphan, text), "是");
  for (const char* text : {"否", "0", "N", "无", "×"}) EXPECT_EQ(One(Field::kOrphan, text), "否");
  EXPECT_EQ(ReasonOf(Field::kOrphan, "也许"), "YES_NO_BAD");
}

TEST(Codes, MayBeCodeOrTextOrBoth) {
  for (const char* text : {"1", "走读", "1-走读", "1 走读", "走读(1)", "１"}) {
    EXPECT_EQ(One(Field::kBoarding, text), "走读") << text;
  }
  EXPECT_EQ(One(Field::kNation, "1"), "汉族");
  EXPECT_EQ(One(Field::kNation, "维吾尔"), "维吾尔族");
  std::string reason;
  One(Field::kBoarding, "飞行", &reason);
  EXPECT_EQ(reason, "CODE_UNKNOWN");
}

TEST(Codes, TheRefusalNamesColumnAndChoices) {
  Record record;
  RowNotes notes;
  NormaliseCell(*FindColumn(ImportKind::kRoster, Field::kBoarding), SmallReference(), "飞行",
                record, notes);
  ASSERT_EQ(notes.refusals.size(), 1u);
  EXPECT_NE(notes.refusals[0].text.find("「就读方式」"), std::string::npos);
  EXPECT_NE(notes.refusals[0].text.find("走读、住校"), std::string::npos);
}

TEST(Sex, IsReadFromCodeAndText) {
  EXPECT_EQ(One(Field::kSex, "1"), "男");
  EXPECT_EQ(One(Field::kSex, "女性"), "女");
  EXPECT_EQ(ReasonOf(Field::kSex, "3"), "SEX_BAD");
}

TEST(DivisionCells, AreCheckedByProvinceAndCutToWhatTheySay) {
  EXPECT_EQ(One(Field::kHukouDivision, "350212"), "350212");
  EXPECT_EQ(One(Field::kHukouDivision, "350212000000"), "350212");
  EXPECT_EQ(One(Field::kHukouDivision, "350212101000"), "350212101");
  EXPECT_EQ(One(Field::kHukouDivision, "350212-同安区"), "350212");
  EXPECT_EQ(ReasonOf(Field::kHukouDivision, "990000"), "DIVISION_BAD");
  EXPECT_EQ(ReasonOf(Field::kHukouDivision, "厦门市"), "DIVISION_BAD");
  EXPECT_EQ(ReasonOf(Field::kHukouDivision, "3502"), "DIVISION_BAD");
  EXPECT_EQ(ReasonOf(Field::kHukouDivision, "359912"), "warning DIVISION_UNKNOWN");
  EXPECT_EQ(One(Field::kHukouDivision, "359912"), "359912");
}

TEST(Others, NumbersYearsGradesPhonesTexts) {
  EXPECT_EQ(One(Field::kDistance, "1.5公里"), "1.5");
  EXPECT_EQ(ReasonOf(Field::kDistance, "很远"), "NUMBER_BAD");
  EXPECT_EQ(ReasonOf(Field::kDistance, "1.2.3"), "NUMBER_BAD");
  EXPECT_EQ(One(Field::kPhone, "138-1234 5678"), "13812345678");
  EXPECT_EQ(ReasonOf(Field::kPhone, "无"), "warning PHONE_ODD");
  EXPECT_EQ(ReasonOf(Field::kAddress, std::string(601, 'a')), "TEXT_TOO_LONG");
  EXPECT_EQ(One(Field::kIdNumber, "'11010519491231002x "), "11010519491231002X");
  const auto grade = [](const std::string& cell) {
    Record record;
    RowNotes notes;
    NormaliseCell(*FindColumn(ImportKind::kClasses, Field::kGrade), SmallReference(), cell, record,
                  notes);
    return notes.ok() ? std::string{record.Get(Field::kGrade)} : notes.refusals[0].reason;
  };
  EXPECT_EQ(grade("三年级"), "3");
  EXPECT_EQ(grade("初二"), "8");
  EXPECT_EQ(grade("9"), "9");
  EXPECT_EQ(grade("高一"), "GRADE_BAD");
  EXPECT_EQ(grade("10"), "GRADE_BAD");
  const auto year = [](const std::string& cell) {
    Record record;
    RowNotes notes;
    NormaliseCell(*FindColumn(ImportKind::kClasses, Field::kEntryYear), SmallReference(), cell,
                  record, notes);
    return notes.ok() ? std::string{record.Get(Field::kEntryYear)} : notes.refusals[0].reason;
  };
  EXPECT_EQ(year("2023级"), "2023");
  EXPECT_EQ(year("23"), "YEAR_BAD");
}

TEST(Names, KeepTheirDotAndLoseTheirSpaces) {
  EXPECT_EQ(CleanName("张 三"), "张三");
  EXPECT_EQ(CleanName("　李　四　"), "李四");
  EXPECT_EQ(CleanName("王芳"), "王芳");
  for (const char* dotted : {"阿依古丽·买买提", "阿依古丽•买买提", "阿依古丽・买买提",
                             "阿依古丽‧买买提", "阿依古丽 · 买买提"}) {
    EXPECT_EQ(CleanName(dotted), "阿依古丽·买买提") << dotted;
  }
  EXPECT_EQ(CleanName("John  Smith"), "John Smith");
  EXPECT_EQ(CleanName("𠮷野太郎"), "𠮷野太郎");
}

TEST(Quotes, NeverShowALongNumber) {
  const std::string id = testing::MakeId("350212", Day(2015, 9, 1), 13);
  const std::string quoted = Quote("号码" + id);
  EXPECT_EQ(quoted.find(id), std::string::npos);
  EXPECT_EQ(quoted.find(id.substr(8, 6)), std::string::npos);
  EXPECT_EQ(Quote("一二三四五六七八九十一二三四五六七八九十一"),
            "一二三四五六七八九十一二三四五六七八九十…");
}

TEST(Header, DressIsTakenOff) {
  EXPECT_EQ(HeaderKey(" *姓 名： "), "姓名");
  EXPECT_EQ(HeaderKey("上下学距离（公里）"), "上下学距离");
  EXPECT_EQ(HeaderKey("(说明)"), "(说明)");
}

}  // namespace
}  // namespace registry
