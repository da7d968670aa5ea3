#include "registry/domain/columns.h"

#include <gtest/gtest.h>

#include <fstream>
#include <set>
#include <sstream>

#include "registry/domain/text.h"

namespace registry {
namespace {

std::vector<std::string> Split(const std::string& line) {
  std::vector<std::string> cells;
  std::stringstream stream(line);
  for (std::string cell; std::getline(stream, cell, ',');) cells.push_back(cell);
  return cells;
}

TEST(Columns, TheTemplateHasSeventyOneColumns) {
  EXPECT_EQ(TemplateHeader(ImportKind::kRoster).size(), 71u);
}

TEST(Columns, TemplatesInTheReferenceFolderAreThoseOfTheCode) {
  const std::pair<ImportKind, const char*> files[] = {{ImportKind::kRoster, "roster"},
                                                      {ImportKind::kSchoolAge, "school_age"},
                                                      {ImportKind::kGroup, "group"},
                                                      {ImportKind::kSchools, "schools"},
                                                      {ImportKind::kClasses, "classes"}};
  for (const auto& [kind, name] : files) {
    std::ifstream file(std::string{BAOXUE_SOURCE_DIR} + "/config/reference/templates/" + name +
                       ".csv");
    std::string line;
    ASSERT_TRUE(std::getline(file, line)) << name;
    EXPECT_EQ(Split(line), TemplateHeader(kind)) << name;
  }
}

TEST(Columns, EveryNameAndAliasMeansOneField) {
  for (const ImportKind kind : {ImportKind::kRoster, ImportKind::kSchoolAge, ImportKind::kGroup,
                                ImportKind::kSchools, ImportKind::kClasses}) {
    std::set<std::string> seen;
    for (const Column& column : ColumnsOf(kind)) {
      std::string forms = std::string{column.name};
      if (!column.aliases.empty()) forms += "|" + std::string{column.aliases};
      std::stringstream stream(forms);
      for (std::string form; std::getline(stream, form, '|');) {
        EXPECT_TRUE(seen.insert(HeaderKey(form)).second) << form;
        EXPECT_EQ(FieldOf(kind, form), column.field) << form;
      }
    }
  }
}

TEST(Columns, AreFoundByNameInAnyOrderAndDress) {
  const auto map =
      MapHeader(ImportKind::kRoster,
                {"班 号", "* 姓名", "身份证号码", "性别：", "出生日期", "学校标识码*",
                 "上下学距离（公里）", "成员一姓名", "家庭成员2联系电话", "是否监护人1"});
  ASSERT_TRUE(map.ok()) << map.error().ToString();
  const Field expected[] = {
      Field::kClassNo,      Field::kName,           Field::kIdNumber, Field::kSex,
      Field::kBirth,        Field::kSchoolCode,     Field::kDistance, Field::kMember1Name,
      Field::kMember2Phone, Field::kMember1Guardian};
  ASSERT_EQ(map->columns.size(), std::size(expected));
  for (std::size_t i = 0; i < std::size(expected); ++i) {
    ASSERT_NE(map->columns[i], nullptr) << i;
    EXPECT_EQ(map->columns[i]->field, expected[i]) << i;
  }
  EXPECT_TRUE(map->unknown.empty());
}

TEST(Columns, KnowsTheThirdImportersExtraColumns) {
  std::vector<std::string> header = TemplateHeader(ImportKind::kRoster);
  header.insert(header.begin() + 15, "校区号");
  for (const char* extra : {"是否农村留守儿童", "是否残疾人", "是否随迁子女", "血压"}) {
    header.emplace_back(extra);
  }
  const auto map = MapHeader(ImportKind::kRoster, header);
  ASSERT_TRUE(map.ok());
  EXPECT_EQ(map->unknown, std::vector<std::string>{"血压"});
  EXPECT_EQ(map->columns[15]->field, Field::kCampusNo);
}

TEST(Columns, RefusesAHeaderWithReasons) {
  const auto missing = MapHeader(ImportKind::kRoster, {"学校标识码", "姓名", "性别", "班号"});
  ASSERT_FALSE(missing.ok());
  EXPECT_EQ(missing.error().reason, "HEADER_MISSING_COLUMNS");
  EXPECT_NE(missing.error().detail.find("「出生日期」、「身份证件号」"), std::string::npos);

  std::vector<std::string> doubled = TemplateHeader(ImportKind::kRoster);
  doubled.emplace_back("身份证号");
  EXPECT_EQ(MapHeader(ImportKind::kRoster, doubled).error().reason, "HEADER_DUPLICATE_COLUMN");

  EXPECT_EQ(MapHeader(ImportKind::kRoster, {"1", "2", ""}).error().reason, "HEADER_EMPTY");
  EXPECT_EQ(MapHeader(ImportKind::kRoster, {}).error().reason, "HEADER_EMPTY");
}

TEST(Columns, EachListAcceptsItsOwnTemplate) {
  for (const ImportKind kind : {ImportKind::kRoster, ImportKind::kSchoolAge, ImportKind::kGroup,
                                ImportKind::kSchools, ImportKind::kClasses}) {
    const auto map = MapHeader(kind, TemplateHeader(kind));
    ASSERT_TRUE(map.ok());
    EXPECT_TRUE(map->unknown.empty());
  }
}

}  // namespace
}  // namespace registry
