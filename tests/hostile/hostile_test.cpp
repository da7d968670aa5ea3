// Every settings file of this folder is refused by the loader that its folder is named after, with
// exactly the message that stands beside it in a .txt file.

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <map>
#include <string>
#include <vector>

#include "attendance/app/profile.h"
#include "cases/endpoints/profile_reader.h"
#include "host/suite.h"
#include "registry/endpoints/config.h"
#include "settings/calendar.h"
#include "tracing/endpoints/config.h"

namespace {

namespace fs = std::filesystem;

const fs::path kRoot = BAOXUE_SOURCE_DIR "/tests/hostile";

template <class T>
base::Status StatusOf(const base::Result<T>& loaded) {
  return loaded.ok() ? base::Status{} : base::Status{loaded.error()};
}

using Loader = std::function<base::Status(const std::string&)>;

const std::map<std::string, Loader>& Loaders() {
  static const std::map<std::string, Loader> kLoaders = {
      {"suite", [](const std::string& path) { return StatusOf(host::LoadSuite(path)); }},
      {"access", [](const std::string& path) { return StatusOf(host::LoadAccess(path)); }},
      {"calendar", [](const std::string& path) { return StatusOf(settings::LoadCalendar(path)); }},
      {"attendance",
       [](const std::string& path) { return StatusOf(attendance::LoadProfile(path)); }},
      {"registry",
       [](const std::string& path) {
         return StatusOf(registry::LoadConfig(path, BAOXUE_SOURCE_DIR "/config"));
       }},
      {"cases", [](const std::string& path) { return StatusOf(cases::LoadLadder(path)); }},
      {"exchange",
       [](const std::string& path) {
         tracing::PolicyEntry entry;
         entry.policy.number_prefix = "同教";
         tracing::PolicyBook policies{{entry}};
         tracing::ExchangeConfig exchange;
         return tracing::ReadExchange(path, tracing::Division::Parse("350212").value(), policies,
                                      exchange);
       }},
  };
  return kLoaders;
}

std::string ReadAll(const fs::path& path) {
  std::ifstream in{path, std::ios::binary};
  return {std::istreambuf_iterator<char>{in}, {}};
}

std::vector<fs::path> Files() {
  std::vector<fs::path> files;
  for (const auto& [folder, loader] : Loaders()) {
    for (const auto& entry : fs::directory_iterator{kRoot / folder}) {
      if (entry.path().extension() == ".yaml") files.push_back(entry.path());
    }
  }
  std::sort(files.begin(), files.end());
  return files;
}

// REASON, then what the operator reads, without the folder of this checkout.
std::string Said(const base::Status& status, const std::string& folder) {
  if (status.ok()) return "accepted\n";
  std::string text = status.error().reason + "\n" + status.error().detail + "\n";
  for (std::size_t at; (at = text.find(folder)) != std::string::npos;) {
    text.erase(at, folder.size());
  }
  return text;
}

class HostileTest : public ::testing::TestWithParam<fs::path> {};

TEST_P(HostileTest, IsRefusedWithItsFileLineAndReason) {
  const fs::path folder = GetParam().parent_path();
  const base::Status status = Loaders().at(folder.filename().string())(GetParam().string());
  fs::path expected = GetParam();
  EXPECT_FALSE(status.ok());
  EXPECT_EQ(Said(status, folder.string() + "/"), ReadAll(expected.replace_extension(".txt")));
}

INSTANTIATE_TEST_SUITE_P(Settings, HostileTest, ::testing::ValuesIn(Files()),
                         [](const auto& test) {
                           return test.param.parent_path().filename().string() + "_" +
                                  test.param.stem().string();
                         });

// The folders hold nothing that no loader reads.
TEST(Hostile, EveryFolderHasALoaderAndFiles) {
  std::map<std::string, int> counted;
  for (const fs::path& file : Files()) ++counted[file.parent_path().filename().string()];
  EXPECT_EQ(counted.size(), Loaders().size());
  for (const auto& entry : fs::directory_iterator{kRoot}) {
    if (!entry.is_directory()) continue;
    EXPECT_TRUE(counted.contains(entry.path().filename().string())) << entry.path();
  }
}

}  // namespace
