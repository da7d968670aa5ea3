// The command itself: exit codes, refusals in Chinese, refused rows as a file, real time.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "acceptance/stage.h"

namespace {

using acceptance::Stage;
using nlohmann::json;
using ::testing::HasSubstr;

TEST(CommandLine, ARosterWithBadRowsIsTakenInPartsAndTheRestIsHandedBack) {
  Stage stage({.county = "tiedong", .students = 120, .weeks = 1});
  stage.Ask({"import", stage.folder() + "/schools.csv", "--kind", "schools", "--yes"});
  stage.Ask({"import", stage.folder() + "/classes.csv", "--kind", "classes", "--yes"});
  // The first pupil's identity number went through a spreadsheet.
  std::ifstream in(stage.folder() + "/roster.csv");
  std::string header, first, rest;
  std::getline(in, header);
  std::getline(in, first);
  rest.assign(std::istreambuf_iterator<char>(in), {});
  std::vector<std::string> cells{""};
  for (const char c : first) {
    if (c == ',') {
      cells.emplace_back();
    } else {
      cells.back().push_back(c);
    }
  }
  cells[12] = "2.10302E+17";
  first = cells[0];
  for (std::size_t i = 1; i < cells.size(); ++i) first += "," + cells[i];
  const std::string path = stage.File("roster.csv");
  harness::WriteFile(path, header + "\n" + first + "\n" + rest);

  const auto strict = stage.Run({"import", path, "--kind", "roster", "--yes", "--strict"});
  EXPECT_EQ(strict.exit_code, 1);
  EXPECT_THAT(strict.output, HasSubstr("ROWS_REFUSED"));
  const json dry = stage.Ask({"import", path, "--kind", "roster", "--dry-run"});
  EXPECT_EQ(dry["applied"], false);
  EXPECT_EQ(stage.Ask({"report", "--examples", "0"})["registry"]["students"], 0);

  const std::string refused = stage.File("refused.csv");
  const json taken = stage.Ask({"import", path, "--kind", "roster", "--yes", "--refused", refused});
  EXPECT_EQ(taken["import"]["added"], 119);
  EXPECT_EQ(taken["import"]["refused"], 1);
  const std::string text = harness::ReadFile(refused);
  EXPECT_THAT(text, HasSubstr("原因"));
  EXPECT_THAT(text, HasSubstr("2.10302E+17"));
  EXPECT_THAT(text, HasSubstr("表格软件"));
}

TEST(CommandLine, RefusalsAreOneUnknownServicesAreThree) {
  Stage stage({.county = "tiedong", .students = 120, .weeks = 1});
  stage.ImportSample();
  const auto unknown =
      stage.Run({"rollcall", "take", "999999", "--day", "2026-09-01", "--half", "上午"});
  EXPECT_EQ(unknown.exit_code, 1);
  EXPECT_THAT(unknown.output, HasSubstr("CLASS_UNKNOWN"));
  EXPECT_EQ(stage.Run({"rollcall", "take"}).exit_code, 2);
  EXPECT_EQ(
      harness::RunProgram({BAOXUE_BINARY_DIR "/bin/baoxue", "--config", "/nowhere.yaml", "doctor"})
          .exit_code,
      2);
  stage.deployment().Kill9("cases");
  const auto gone = stage.deployment().Cli({"--timeout", "1", "case", "summary"});
  EXPECT_EQ(gone.exit_code, 3);
  EXPECT_THAT(gone.output, HasSubstr("baoxue doctor"));
  EXPECT_EQ(stage.deployment().Cli({"--timeout", "1", "doctor"}).exit_code, 3);
}

TEST(CommandLine, ATeachersDay) {
  Stage stage({.county = "tiedong", .students = 120, .weeks = 1});
  stage.ImportSample();
  const std::string first = stage.truth().first_day.ToString();
  stage.Ask({"clock", "set", first + "T08:00"});
  const json classes = stage.Ask({"class", "list"})["classes"];
  const std::string name = classes[0]["school_code"].get<std::string>() + "/" +
                           classes[0]["class_no"].get<std::string>();
  const json taken = stage.Ask(
      {"rollcall", "take", name, "--day", first, "--half", "上午", "--except", "1:旷课;2:病假"});
  EXPECT_EQ(taken["exceptions"], 2);
  const json again =
      stage.Ask({"rollcall", "take", name, "--day", first, "--half", "上午", "--except", "2:病假"});
  EXPECT_EQ(again["replaced"], true);
  const json kept =
      stage.Ask({"rollcall", "show", name, "--day", first, "--half", "上午", "--all"});
  EXPECT_EQ(kept["roll_calls"].size(), 2u);

  const std::string child = name + "/1";
  const json leave = stage.Ask({"leave", "request", child, "--from", first, "--reason", "发烧"});
  const std::string number = std::to_string(leave["leave"]["leave_id"].get<std::int64_t>());
  EXPECT_EQ(stage.Ask({"leave", "approve", number})["leave"]["state"], "approved");
  const auto twice = stage.Run({"leave", "approve", number});
  EXPECT_EQ(twice.exit_code, 1);
  EXPECT_THAT(twice.output, HasSubstr("LEAVE_DECIDED"));

  const json shown = stage.Ask({"student", "show", child});
  EXPECT_THAT(shown["id_masked"].get<std::string>(), HasSubstr("****"));
  const std::string id = std::to_string(shown["student_id"].get<std::int64_t>());
  const json opened = stage.Ask({"--as", "王老师/homeroom_teacher/某校", "case", "open", id,
                                 "--reason", "家长来电称不再上学"});
  const std::string case_id = std::to_string(opened["case"]["case_id"].get<std::int64_t>());
  const json acted =
      stage.Ask({"--as", "王老师/homeroom_teacher/某校", "case", "act", case_id, "contact",
                 "--method", "电话", "--outcome", "已说明", "--counterpart", "监护人"});
  EXPECT_EQ(acted["case_id"].dump(), case_id);
  EXPECT_THAT(stage.Run({"case", "show", case_id}).output, HasSubstr("王老师"));
  EXPECT_EQ(stage.Ask({"ledger", "suspected"})["total"], 1);
}

TEST(CommandLine, ARealDeploymentKeepsItsTime) {
  Stage stage({.county = "tiedong", .students = 120, .weeks = 1, .rehearsal = false});
  const auto moved = stage.Run({"clock", "advance", "--days", "1"});
  EXPECT_EQ(moved.exit_code, 1);
  EXPECT_THAT(moved.output, HasSubstr("NOT_A_REHEARSAL"));
}

}  // namespace
