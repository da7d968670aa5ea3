#include "store/rows.h"

#include <gtest/gtest.h>

namespace {

using store::Rows;

// Two rows: (id, name, day) = (1, NULL, 2024-02-29), (18446744073709551615, "", NULL).
Rows Sample() {
  auto data = std::make_shared<Rows::Data>();
  data->SetColumns({"id", "name", "day"});
  data->AddCell("1");
  data->AddNull();
  data->AddCell("2024-02-29");
  data->AddCell("18446744073709551615");
  data->AddCell("");
  data->AddNull();
  return Rows{data};
}

TEST(RowsTest, NullAndEmptyAreTold) {
  Rows rows = Sample();
  EXPECT_EQ(rows.size(), 2u);
  ASSERT_TRUE(rows.Next());
  EXPECT_TRUE(rows.IsNull("name"));
  EXPECT_EQ(rows.MaybeText("name"), std::nullopt);
  EXPECT_EQ(rows.Day("day").ToString(), "2024-02-29");
  ASSERT_TRUE(rows.Next());
  EXPECT_FALSE(rows.IsNull("name"));
  EXPECT_EQ(rows.Text("name"), "");
  EXPECT_EQ(rows.MaybeDay("day"), std::nullopt);
  EXPECT_EQ(rows.Uint("id"), 18446744073709551615u);
  EXPECT_FALSE(rows.Next());
  EXPECT_FALSE(rows.Next());
}

TEST(RowsTest, CopiesReadTheirOwnRow) {
  Rows first = Sample();
  ASSERT_TRUE(first.Next());
  EXPECT_EQ(first.Text("id"), "1");
  Rows second = first;
  ASSERT_TRUE(second.Next());
  EXPECT_EQ(second.Text("id"), "18446744073709551615");
  EXPECT_EQ(first.Text("id"), "1");
}

TEST(RowsDeathTest, AMistakeOfTheProgramIsFatal) {
  Rows rows = Sample();
  EXPECT_DEATH((void)rows.Int("id"), "row >= 1");  // before Next()
  ASSERT_TRUE(rows.Next());
  EXPECT_DEATH((void)rows.Text("name"), "cell.null");
  EXPECT_DEATH((void)rows.Text("nmae"), "found < columns");
  EXPECT_DEATH((void)rows.Int("day"), "CHECK|end ==");
  EXPECT_DEATH((void)rows.Day("id"), "size");
  ASSERT_TRUE(rows.Next());
  EXPECT_DEATH((void)rows.Int("id"), "error ==");  // above INT64_MAX: never -1
}

}  // namespace
