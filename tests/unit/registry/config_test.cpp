// The settings that are shipped load, and the reference lists hold what the rules rely on.
#include "registry/endpoints/config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "people.h"
#include "registry/domain/columns.h"

namespace registry {
namespace {

using testing::Day;

const std::string kConfig = BAOXUE_SOURCE_DIR "/config";

TEST(RegistryConfig, EveryCountyLoads) {
  for (const char* county : {"tongan", "chengkou", "tiedong", "jianan", "suining"}) {
    const auto config = LoadConfig(kConfig + "/counties/" + county + ".yaml", kConfig);
    ASSERT_TRUE(config.ok()) << config.error().ToString();
    const Policy policy = config->policies.At(Day(2026, 9, 1));
    EXPECT_EQ(policy.age_min, 6) << county;
    EXPECT_EQ(policy.age_max, 15) << county;
    EXPECT_EQ(policy.overage_general, 17) << county;
    EXPECT_EQ(policy.suspend_months_max, 12) << county;
    EXPECT_EQ(CutoffFor(policy, Day(2026, 9, 1)), Day(2026, 8, 31));
    EXPECT_EQ(CutoffFor(policy, Day(2026, 8, 31)), Day(2025, 8, 31));
    EXPECT_EQ(config->county.division.size(), 6u);
    EXPECT_NE(config->reference.divisions.NameOf(config->county.division), nullptr) << county;
  }
}

TEST(RegistryConfig, BetweenTwoSchoolYearsBothCountForAMatch) {
  const Policy policy;
  // Six on 31 August 2026: must enter then, so an August match looks for the child already.
  EXPECT_EQ(MatchAgeOn(policy, Day(2020, 8, 31), Day(2026, 8, 1)).coming, 6);
  EXPECT_EQ(MatchAgeOn(policy, Day(2020, 8, 31), Day(2026, 6, 1)).coming, 5);
  // Sixteen on that day: still of school age until then.
  EXPECT_EQ(MatchAgeOn(policy, Day(2010, 8, 31), Day(2026, 8, 30)).present, 15);
  EXPECT_EQ(MatchAgeOn(policy, Day(2010, 8, 31), Day(2026, 9, 1)).present, 16);
}

TEST(RegistryConfig, TheLatestEntryNotAfterTheDayApplies) {
  Policy first;
  first.age_max = 15;
  Policy second;
  second.age_max = 16;
  const PolicyBook book{{{Day(2024, 1, 1), first}, {Day(2026, 9, 1), second}}};
  EXPECT_EQ(book.At(Day(2023, 1, 1)).age_max, 15);
  EXPECT_EQ(book.At(Day(2026, 8, 31)).age_max, 15);
  EXPECT_EQ(book.At(Day(2026, 9, 1)).age_max, 16);
}

TEST(RegistryReference, HasEveryListThatAColumnNames) {
  const auto reference = LoadReference(kConfig + "/reference");
  ASSERT_TRUE(reference.ok()) << reference.error().ToString();
  for (const ImportKind kind : {ImportKind::kRoster, ImportKind::kSchoolAge, ImportKind::kGroup,
                                ImportKind::kSchools, ImportKind::kClasses}) {
    for (const Column& column : ColumnsOf(kind)) {
      if (column.kind != FieldKind::kCode) continue;
      const CodeList* list = reference->List(column.list);
      ASSERT_NE(list, nullptr) << column.list;
      EXPECT_GT(list->size(), 2u) << column.list;
    }
  }
  EXPECT_EQ(reference->List("民族")->size(), 58u);
}

TEST(RegistryReference, TheTextsThatRulesCompareAreThose) {
  const auto reference = LoadReference(kConfig + "/reference");
  ASSERT_TRUE(reference.ok());
  const auto text = [&](const char* list, const char* value) {
    const std::string* found = reference->List(list)->Find(value);
    return found == nullptr ? std::string{} : *found;
  };
  EXPECT_EQ(text("就读方式", "2"), "住校");
  EXPECT_EQ(text("就读方式", "寄宿"), "住校");
  EXPECT_EQ(text("身份证件类型", "1"), "居民身份证");
  EXPECT_EQ(text("身份证件类型", "无"), "无户籍");
  EXPECT_EQ(text("残疾类型", "0"), "无");
  EXPECT_EQ(text("学段", "九年一贯制学校"), "九年一贯制");
  EXPECT_EQ(text("学段", "特殊教育学校"), "特殊教育");
  EXPECT_EQ(text("是否留守儿童", "双亲留守"), "双亲留守儿童");
  EXPECT_EQ(text("民族", "汉"), "汉族");
  EXPECT_EQ(text("成员关系", "祖父"), "祖父");
}

TEST(RegistryReference, DivisionsAreKnownByTheirFirstDigits) {
  const auto reference = LoadReference(kConfig + "/reference");
  ASSERT_TRUE(reference.ok());
  const Divisions& divisions = reference->divisions;
  EXPECT_EQ(*divisions.NameOf("35"), "福建省");
  EXPECT_EQ(*divisions.NameOf("350212"), "同安区");
  EXPECT_EQ(divisions.Check("350212"), DivisionCheck::kOk);
  EXPECT_EQ(divisions.Check("440604000000"), DivisionCheck::kOk);
  EXPECT_EQ(divisions.Check("351912"), DivisionCheck::kPrefectureUnknown);
  EXPECT_EQ(divisions.Check("990000"), DivisionCheck::kProvince);
  EXPECT_EQ(divisions.ProvinceNamedIn("在广东打工"), "44");
}

TEST(RegistryConfig, SaysWhatIsWrongAndWhere) {
  const auto none = LoadConfig(kConfig + "/counties/nowhere.yaml", kConfig);
  ASSERT_FALSE(none.ok());
  EXPECT_EQ(none.error().reason, "NO_FILE");
  EXPECT_EQ(LoadReference("/nonexistent").error().reason, "NO_FILE");
}

}  // namespace
}  // namespace registry
