// config/README.md lists every key of suite.yaml with its default and its meaning, as the code has
// them, and no other key.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <sstream>
#include <string>

#include "host/suite.h"

namespace host {
namespace {

// Every section, and the keys that have no default.
constexpr const char* kSmallest = R"(
suite: {county: c, config_dir: c, data_dir: d}
mysql: {socket: s, user: u, password_file: "env:BAOXUE_README_SECRET"}
redis: {socket: s, password_file: "env:BAOXUE_README_SECRET"}
keys_dir: k
access_file: a
seal_key_file: s
log: {}
services:
  NAME: {requests: ["tcp://x"], events: ["tcp://y"]}
)";
const std::set<std::string> kOptional = {"mysql.socket", "mysql.password_file", "redis.socket",
                                         "redis.password_file"};
const std::set<std::string> kRequired = {
    "suite.county",  "suite.config_dir", "suite.data_dir",          "mysql.user",
    "keys_dir",      "access_file",      "seal_key_file",           "services.NAME.requests",
    "services.NAME.events"};

std::string Text(const std::filesystem::path& path) {
  std::ifstream in{path};
  return {std::istreambuf_iterator<char>{in}, {}};
}

// Key -> its row in the README.
std::map<std::string, std::string> ExpectedRows() {
  const auto path = std::filesystem::temp_directory_path() / "baoxue-readme-suite.yaml";
  std::ofstream{path} << kSmallest;
  ::setenv("BAOXUE_README_SECRET", "x", 1);
  const auto effective = EffectiveSuite(path.string());
  std::filesystem::remove(path);
  EXPECT_TRUE(effective.ok()) << effective.error().detail;
  std::map<std::string, std::string> rows;
  if (!effective.ok()) return rows;
  std::istringstream lines{*effective};
  for (std::string line; std::getline(lines, line);) {
    const std::size_t equals = line.find(" = ");
    const std::size_t about = line.find("  # ");
    const std::string key = line.substr(0, equals);
    std::string value = line.substr(equals + 3, about - equals - 3);
    if (kRequired.contains(key)) value = "required";
    if (kOptional.contains(key)) value = "";
    rows[key] = "| `" + key + "` | " + value + " | " + line.substr(about + 4) + " |";
  }
  return rows;
}

TEST(ConfigReadme, ListsEveryKeyOfTheSuiteAsTheCodeHasIt) {
  const std::string readme =
      Text(std::filesystem::path{BAOXUE_SOURCE_DIR} / "config" / "README.md");
  const auto rows = ExpectedRows();
  EXPECT_GT(rows.size(), 25u);
  for (const auto& [key, row] : rows) {
    EXPECT_NE(readme.find(row + "\n"), std::string::npos) << "config/README.md needs\n" << row;
  }
  std::istringstream lines{readme};
  bool in_table = false;
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("## ")) in_table = line == "## suite.yaml";
    if (!in_table || !line.starts_with("| `")) continue;
    const std::string key = line.substr(3, line.find('`', 3) - 3);
    EXPECT_TRUE(rows.contains(key)) << "config/README.md describes an unknown key: " << key;
  }
}

}  // namespace
}  // namespace host
