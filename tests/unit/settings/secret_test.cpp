#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "settings/reader.h"

namespace settings {
namespace {

using ::testing::HasSubstr;

class SecretFrom : public ::testing::Test {
 protected:
  SecretFrom() {
    std::string pattern =
        (std::filesystem::temp_directory_path() / "baoxue-secret-XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
  }
  ~SecretFrom() override { std::filesystem::remove_all(folder_); }

  void Put(const std::string& name, const std::string& text, mode_t mode) {
    std::ofstream{folder_ / name} << text;
    ASSERT_EQ(::chmod((folder_ / name).c_str(), mode), 0);
  }
  // The secret; `problems` gets what Finish says.
  std::string Read(const std::string& value, std::string& problems) {
    auto document = Document::Parse("key: " + value + "\n", (folder_ / "suite.yaml").string());
    EXPECT_TRUE(document.ok());
    const Secret secret = document->Root().SecretFrom("key");
    const base::Status status = document->Finish();
    problems = status.ok() ? "" : status.error().detail;
    return secret.text();
  }

  std::filesystem::path folder_;
};

TEST_F(SecretFrom, ReadsAFileBesideTheDocumentWithoutItsLineEnd) {
  Put("password", "hush hush\r\n", 0600);
  std::string problems;
  EXPECT_EQ(Read("password", problems), "hush hush");
  EXPECT_EQ(problems, "");
}

TEST_F(SecretFrom, RefusesAFileThatEverybodyMayRead) {
  Put("password", "hush\n", 0644);
  std::string problems;
  EXPECT_EQ(Read("password", problems), "");
  EXPECT_THAT(problems, HasSubstr("chmod 600"));
}

TEST_F(SecretFrom, NamesWhatIsMissingOrEmpty) {
  Put("empty", "\n", 0600);
  std::string problems;
  Read("nothing-here", problems);
  EXPECT_THAT(problems, HasSubstr("does not exist"));
  Read("empty", problems);
  EXPECT_THAT(problems, HasSubstr("is empty"));
  Read("env:BAOXUE_NOT_SET_ANYWHERE", problems);
  EXPECT_THAT(problems, HasSubstr("BAOXUE_NOT_SET_ANYWHERE is not set"));
}

}  // namespace
}  // namespace settings
