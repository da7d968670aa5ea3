// `baoxue follow` for programs outside: valid CloudEvents 1.0, in order, without a gap, from where
// the reader stopped.
#include <gtest/gtest.h>

#include <regex>
#include <sstream>

#include "acceptance/stage.h"
#include "harness/wait.h"

namespace {

using acceptance::Stage;
using nlohmann::json;

std::vector<json> Lines(const std::string& text) {
  std::vector<json> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) {
    lines.push_back(json::parse(line, nullptr, false));
    EXPECT_FALSE(lines.back().is_discarded()) << line;
  }
  return lines;
}

// CloudEvents 1.0, section "Context Attributes" and the JSON format.
void ExpectCloudEvent(const json& event, const std::string& feed) {
  ASSERT_TRUE(event.is_object());
  EXPECT_EQ(event["specversion"], "1.0");
  for (const char* required : {"id", "source", "type"}) {
    ASSERT_TRUE(event[required].is_string()) << event;
    EXPECT_FALSE(event[required].get<std::string>().empty());
  }
  EXPECT_TRUE(event["type"].get<std::string>().starts_with(feed + ".")) << event;
  static const std::regex kRfc3339(R"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z)");
  EXPECT_TRUE(std::regex_match(event["time"].get<std::string>(), kRfc3339)) << event;
  EXPECT_EQ(event["datacontenttype"], "application/json");
  EXPECT_TRUE(event["data"].is_object()) << event;
  static const std::regex kName("[a-z0-9]+");
  for (const auto& [name, value] : event.items()) {
    EXPECT_TRUE(std::regex_match(name, kName)) << name;
  }
}

std::uint64_t Sequence(const json& event) {
  return std::stoull(event["sequence"].get<std::string>());
}

class Follow : public ::testing::Test {
 protected:
  std::vector<json> Once(const std::string& feed, const std::string& position) {
    const auto result = stage_.deployment().Cli(
        {"--quiet", "follow", feed, "--once", "--position-file", stage_.File(position)});
    EXPECT_EQ(result.exit_code, 0) << result.output;
    return Lines(result.output);
  }
  std::uint64_t Head(const std::string& feed) { return stage_.Ask({"doctor"})[feed]["feed_head"]; }

  Stage stage_{{.county = "chengkou", .students = 400, .weeks = 2}};
};

TEST_F(Follow, AllThreeFeedsWithoutAGapAndOnFromWhereItStopped) {
  stage_.ImportSample();
  const auto first = Once("registry", "registry.position");
  ASSERT_FALSE(first.empty());
  stage_.Ask({"rehearse", "--sample", stage_.folder()});
  for (const std::string feed : {"registry", "attendance", "cases"}) {
    const auto events = Once(feed, feed + "-all.position");
    ASSERT_EQ(events.size(), Head(feed)) << feed;
    for (std::size_t i = 0; i < events.size(); ++i) {
      ExpectCloudEvent(events[i], feed);
      EXPECT_EQ(Sequence(events[i]), i + 1);
    }
    EXPECT_TRUE(Once(feed, feed + "-all.position").empty());
  }
  // The reader that stopped after the import gets the rest, and only that.
  const auto rest = Once("registry", "registry.position");
  ASSERT_EQ(first.size() + rest.size(), Head("registry"));
  if (!rest.empty()) {
    EXPECT_EQ(Sequence(rest.front()), Sequence(first.back()) + 1);
  }
}

TEST_F(Follow, LiveEventsArriveWithoutAskingAgain) {
  stage_.ImportSample();
  harness::ChildProcess reader(
      {.argv = {BAOXUE_BINARY_DIR "/bin/baoxue", "--config", stage_.deployment().suite_path(),
                "--quiet", "follow", "cases", "--position-file", stage_.File("live.position")},
       .output_file = stage_.File("live.jsonl")});
  const auto students = stage_.Ask({"student", "list", "--limit", "1"});
  stage_.Ask({"case", "open", std::to_string(students[0]["student_id"].get<std::int64_t>()),
              "--reason", "家长来电"});
  EXPECT_TRUE(harness::WaitUntil([&] {
    return reader.Output().find("cases.case.opened") != std::string::npos;
  })) << reader.Output();
  EXPECT_EQ(reader.Terminate(), 0);
  for (const json& event : Lines(reader.Output())) ExpectCloudEvent(event, "cases");
}

}  // namespace
