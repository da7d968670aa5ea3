#include "settings/dated.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace settings {
namespace {

using ::testing::HasSubstr;

Dated<std::int64_t> Read(const std::string& yaml, std::string& problems) {
  auto document = Document::Parse(yaml, "p.yaml");
  EXPECT_TRUE(document.ok());
  Reader root = document->Root();
  auto dated = ReadDated<std::int64_t>(root, "rules", "rules",
                                       [](Reader& entry) { return entry.Int("days"); });
  const base::Status status = document->Finish();
  problems = status.ok() ? "" : status.error().detail;
  return dated;
}

base::Date D(int y, unsigned m, unsigned d) { return *base::Date::FromYmd(y, m, d); }

TEST(Dated, TheLatestEntryNotAfterTheDayApplies) {
  std::string problems;
  const auto rules = Read(
      "rules:\n"
      "  - {from: 2026-01-01, source: S1, days: 3}\n"
      "  - {from: 2026-09-01, source: S2, days: 5}\n",
      problems);
  EXPECT_EQ(problems, "");
  EXPECT_EQ(rules.At(D(2025, 12, 31)), nullptr);
  EXPECT_EQ(*rules.At(D(2026, 1, 1)), 3);
  EXPECT_EQ(*rules.At(D(2026, 8, 31)), 3);
  EXPECT_EQ(*rules.At(D(2026, 9, 1)), 5);
  EXPECT_EQ(rules.EntryAt(D(2030, 1, 1))->source, "S2");
}

TEST(Dated, UnsortedDoubledAndEmptyListsAreProblems) {
  std::string problems;
  Read("rules:\n"
       "  - {from: 2026-09-01, source: a, days: 1}\n"
       "  - {from: 2026-01-01, source: a, days: 1}\n"
       "  - {from: 2026-01-01, source: a, days: 1}\n",
       problems);
  EXPECT_THAT(problems, HasSubstr("p.yaml:3: rules[1].from: entries must stand in rising order"));
  EXPECT_THAT(problems, HasSubstr("p.yaml:4: rules[2].from: two entries start on one day"));
  Read("rules: []\n", problems);
  EXPECT_THAT(problems, HasSubstr("rules: needs at least one entry"));
  Read("rules: [{days: 1, source: a}]\n", problems);
  EXPECT_THAT(problems, HasSubstr("rules[0].from: missing"));
}

}  // namespace
}  // namespace settings
