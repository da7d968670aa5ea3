#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "cli/sample/csv_file.h"
#include "cli/sample/sample.h"

namespace {

namespace fs = std::filesystem;

std::string Read(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

class SampleFiles : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::path(::testing::TempDir()) /
              ::testing::UnitTest::GetInstance()->current_test_info()->name();
    fs::remove_all(folder_);
    fs::create_directories(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }

  sample::Truth Generate(const std::string& name, std::uint64_t seed) {
    auto setting = sample::LoadSetting(BAOXUE_SOURCE_DIR "/config", "chengkou", {.weeks = 4});
    EXPECT_TRUE(setting.ok()) << setting.error().ToString();
    auto truth =
        sample::Generate(*setting, {.seed = seed, .students = 800}, (folder_ / name).string());
    EXPECT_TRUE(truth.ok()) << truth.error().ToString();
    return *truth;
  }
  fs::path folder_;
};

TEST_F(SampleFiles, TheSameSeedGivesTheSameBytes) {
  Generate("one", 7);
  Generate("two", 7);
  Generate("other", 8);
  int files = 0;
  for (const auto& entry : fs::recursive_directory_iterator(folder_ / "one")) {
    if (!entry.is_regular_file()) continue;
    ++files;
    const fs::path name = fs::relative(entry.path(), folder_ / "one");
    EXPECT_EQ(Read(entry.path()), Read(folder_ / "two" / name)) << name;
    EXPECT_GT(fs::file_size(entry.path()), 10u) << name;
  }
  EXPECT_GE(files, 7);
  EXPECT_NE(Read(folder_ / "one" / "roster.csv"), Read(folder_ / "other" / "roster.csv"));
}

TEST_F(SampleFiles, TruthIsReadBackAsItWasWritten) {
  const sample::Truth written = Generate("one", 3);
  const auto read = sample::ReadTruth((folder_ / "one" / "truth.json").string());
  ASSERT_TRUE(read.ok()) << read.error().ToString();
  EXPECT_EQ(read->students, 800u);
  EXPECT_EQ(read->missing, written.missing);
  ASSERT_EQ(read->cases.size(), written.cases.size());
  for (std::size_t i = 0; i < written.cases.size(); ++i) {
    EXPECT_EQ(read->cases[i].student, written.cases[i].student);
    EXPECT_EQ(read->cases[i].opens_on, written.cases[i].opens_on);
    EXPECT_EQ(read->cases[i].withdrawn_on, written.cases[i].withdrawn_on);
  }
  EXPECT_GE(written.cases.size(), 15u);
  EXPECT_GE(written.near_misses.size(), 8u);
}

TEST_F(SampleFiles, EveryClassThatDidNotForgetHasOneRow) {
  const sample::Truth truth = Generate("one", 5);
  std::ifstream file(folder_ / "one" / "rollcalls.csv");
  std::uint64_t rows = 0;
  for (std::string line; std::getline(file, line);) ++rows;
  std::ifstream later_file(folder_ / "one" / "later.csv");
  std::uint64_t late = 0;
  for (std::string line; std::getline(later_file, line);) {
    if (line.find("补点名") != std::string::npos) ++late;
  }
  EXPECT_EQ(rows - 1 + late, truth.roll_calls);
}

TEST_F(SampleFiles, ATruthThatIsNoneIsRefused) {
  const fs::path path = folder_ / "truth.json";
  std::ofstream(path) << "{\"county\": 3";
  EXPECT_EQ(sample::ReadTruth(path.string()).error().reason, "BAD_TRUTH");
  EXPECT_EQ(sample::ReadTruth((folder_ / "none.json").string()).error().reason, "NO_FILE");
}

TEST_F(SampleFiles, AFullDiskIsToldOnClose) {
  sample::CsvFile file("/dev/full");
  file.Row({"a", "b"});
  EXPECT_EQ(file.Close().error().reason, "FILE_NOT_WRITTEN");
}

TEST_F(SampleFiles, CellsAreQuotedOnlyWhereTheyMustBe) {
  const fs::path path = folder_ / "quote.csv";
  sample::CsvFile file(path.string());
  file.Row({"a,b", "say \"x\"", "plain"});
  ASSERT_TRUE(file.Close().ok());
  EXPECT_EQ(Read(path), "\xEF\xBB\xBF\"a,b\",\"say \"\"x\"\"\",plain\r\n");
}

TEST_F(SampleFiles, UnknownCountiesAndSizesAreRefused) {
  EXPECT_EQ(sample::LoadSetting(BAOXUE_SOURCE_DIR "/config", "atlantis", {}).error().reason,
            "COUNTY_UNKNOWN");
  auto setting = sample::LoadSetting(BAOXUE_SOURCE_DIR "/config", "tiedong", {.weeks = 1});
  ASSERT_TRUE(setting.ok());
  EXPECT_EQ(sample::Generate(*setting, {.students = 3}, folder_.string()).error().reason,
            "TOO_FEW_STUDENTS");
}

}  // namespace
