#include "settings/county.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

namespace settings {
namespace {

using ::testing::HasSubstr;

constexpr const char* kProfile = R"(
county:
  id: tongan
  name: 厦门市同安区
  bureau: 厦门市同安区教育局
  division: "350212"
  calendar: ../calendars/2026-2027-fujian.yaml
  fallback_inbox: {body: 同安区教育局, person_id: T0001, person: 值班员}
  documents:
    - {id: S1, title: 控辍保学方案, number: 同教〔2020〕5号, date: 2020-05-06, issuer: 同安区教育局}
    - {id: S2, title: 没有文号的通知}
attendance: {anything: goes}
)";

County Read(const std::string& yaml, std::string& problems) {
  auto document = Document::Parse(yaml, "/c/counties/tongan.yaml");
  EXPECT_TRUE(document.ok());
  Reader root = document->Root();
  root.Skip("attendance");
  County county = ReadCounty(root.Map("county"));
  const base::Status status = document->Finish();
  problems = status.ok() ? "" : status.error().detail;
  return county;
}

TEST(County, ReadsTheSection) {
  std::string problems;
  const County county = Read(kProfile, problems);
  EXPECT_EQ(problems, "");
  EXPECT_EQ(county.id, "tongan");
  EXPECT_EQ(county.division, "350212");
  EXPECT_EQ(county.calendar, "/c/calendars/2026-2027-fujian.yaml");
  EXPECT_EQ(county.fallback_inbox.person_id, "T0001");
  ASSERT_EQ(county.documents.size(), 2u);
  EXPECT_EQ(county.documents[0].date->ToString(), "2020-05-06");
  EXPECT_FALSE(county.documents[1].date.has_value());
}

TEST(County, SomebodyMustAnswerForTheInbox) {
  std::string yaml = kProfile;
  yaml.replace(yaml.find(", person_id: T0001"), 18, "");
  std::string problems;
  Read(yaml, problems);
  EXPECT_THAT(problems, HasSubstr(":8: county.fallback_inbox.person_id: missing"));
}

TEST(County, DivisionAndDocumentIdsAreChecked) {
  std::string yaml = kProfile;
  yaml.replace(yaml.find("350212"), 6, "35021x");
  yaml.replace(yaml.find("id: S2"), 6, "id: S1");
  std::string problems;
  Read(yaml, problems);
  EXPECT_THAT(problems, HasSubstr("county.division: must be six digits"));
  EXPECT_THAT(problems, HasSubstr("county.documents[1].id: two documents have this id"));
}

// Every profile under config/counties has a county section that loads and names a calendar.
TEST(County, EveryProfileOfTheProjectLoads) {
  const std::filesystem::path folder = std::filesystem::path{BAOXUE_SOURCE_DIR} / "config/counties";
  int seen = 0;
  for (const auto& entry : std::filesystem::directory_iterator{folder}) {
    if (entry.path().extension() != ".yaml") continue;
    ++seen;
    const auto county = LoadCounty(entry.path().string());
    ASSERT_TRUE(county.ok()) << county.error().detail;
    EXPECT_EQ(county->id, entry.path().stem().string());
    EXPECT_TRUE(std::filesystem::exists(county->calendar)) << county->calendar;
  }
  EXPECT_GE(seen, 5);
}

}  // namespace
}  // namespace settings
