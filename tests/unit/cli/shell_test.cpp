// What every command works with: words, tables, JSON, exit codes.
#include "cli/shell/shell.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>

#include "attendance/contract/attendance.pb.h"
#include "bus/envelope.pb.h"
#include "cli/shell/args.h"
#include "cli/shell/files.h"
#include "cli/shell/json.h"
#include "cli/shell/text_table.h"
#include "cli/shell/values.h"
#include "harness/temp_dir.h"
#include "registry/contract/registry.pb.h"

namespace {

namespace attendance = baoxue::attendance::v1;
namespace registry = baoxue::registry::v1;

mode_t ModeOf(const std::string& path) {
  struct stat info {};
  EXPECT_EQ(::stat(path.c_str(), &info), 0) << path;
  return info.st_mode & 0777;
}

// Letters, attachments and evidence hold identity numbers, whatever the account's umask is.
TEST(Files, WhatNamesAChildIsForItsOwnerAlone) {
  const mode_t before = ::umask(0022);
  const harness::TempDir dir{"files"};
  ASSERT_TRUE(cli::WriteFile(dir.File("letter.pdf"), "body").ok());
  EXPECT_EQ(ModeOf(dir.File("letter.pdf")), 0600u);
  harness::WriteFile(dir.File("old.evidence"), "longer than what comes");
  std::filesystem::permissions(dir.File("old.evidence"), std::filesystem::perms{0644});
  ASSERT_TRUE(cli::WriteFile(dir.File("old.evidence"), "new").ok());
  EXPECT_EQ(ModeOf(dir.File("old.evidence")), 0600u);
  EXPECT_EQ(harness::ReadFile(dir.File("old.evidence")), "new");
  ASSERT_TRUE(cli::WriteFile(dir.File("own"), "d", cli::FileFor::kEverybody).ok());
  EXPECT_EQ(ModeOf(dir.File("own")), 0644u);
  ::umask(before);
  EXPECT_EQ(cli::WriteFile(dir.File("no/such"), "x").error().reason, "CANNOT_WRITE");
  EXPECT_TRUE(cli::WriteFile("/dev/null", "x").ok());
  EXPECT_EQ(cli::WriteFile("/dev/full", "x").error().reason, "CANNOT_WRITE");
}

TEST(TextTable, ChineseTakesTwoCells) {
  EXPECT_EQ(cli::DisplayWidth("abc"), 3u);
  EXPECT_EQ(cli::DisplayWidth("同安区"), 6u);
  EXPECT_EQ(cli::DisplayWidth("a同b"), 4u);
  EXPECT_EQ(cli::DisplayWidth("Ａ，"), 4u);  // full-width forms
  EXPECT_EQ(cli::DisplayWidth("é"), 1u);
  EXPECT_EQ(cli::DisplayWidth("\xE5\x90"), 2u);  // a cut character: one cell a byte, no crash
}

TEST(TextTable, ColumnsAlignUnderMixedWidths) {
  cli::TextTable table({"姓名", "天数"});
  table.RightAligned(1);
  table.Row({"张三", "3"});
  table.Row({"Abc", "12"});
  EXPECT_EQ(table.ToString(),
            "姓名  天数\n"
            "----  ----\n"
            "张三     3\n"
            "Abc     12\n");
}

TEST(TextTable, LongCellsAreCutBetweenCharacters) {
  EXPECT_EQ(cli::CutToWidth("同安区教育局", 5), "同安…");
  EXPECT_EQ(cli::CutToWidth("同安区", 6), "同安区");
  cli::TextTable table({"a"});
  table.WidthMax(0, 4).Row({"第一行\n第二行"});
  EXPECT_EQ(table.ToString(), "a\n---\n第…\n");
}

TEST(TextTable, LongTextsGoOnBelow) {
  using Lines = std::vector<std::string>;
  EXPECT_EQ(cli::WrapToWidth("同安区教育局", 8), (Lines{"同安区教", "育局"}));
  EXPECT_EQ(cli::WrapToWidth("one two three", 8), (Lines{"one two", "three"}));
  EXPECT_EQ(cli::WrapToWidth("写到 out/of/the/way 里", 8), (Lines{"写到", "out/of/the/way", "里"}));
  EXPECT_EQ(cli::WrapToWidth("同安，区", 4), (Lines{"同", "安，", "区"}));  // no sign goes first
  EXPECT_EQ(cli::WrapToWidth("", 8), Lines{});
}

TEST(Json, MessagesSpeakTheContractsNames) {
  attendance::SubmitRollCall call;
  call.set_class_id(9007199254740993);  // beyond what a double holds
  *call.mutable_day() = cli::ToProto(*base::Date::FromYmd(2026, 9, 1));
  call.set_half(attendance::HALF_DAY_AFTERNOON);
  auto* exception = call.add_exceptions();
  exception->set_student_id(7);
  exception->set_mark(attendance::MARK_SICK_LEAVE);
  EXPECT_EQ(cli::ToJson(call),
            R"({"class_id":9007199254740993,"day":"2026-09-01","half":"AFTERNOON",)"
            R"("exceptions":[{"student_id":7,"mark":"SICK_LEAVE"}],"taken_at":null})");
}

TEST(Json, InstantsBytesMapsAndBadText) {
  baoxue::bus::v1::Event event;
  event.set_seq(3);
  event.set_payload("\x01\xff");
  event.set_subject("\xff");
  *event.mutable_time() = cli::ToProto(base::InstantAt(*base::Date::FromYmd(2026, 9, 1), 8 * 60));
  const std::string json = cli::ToJson(event);
  EXPECT_NE(json.find(R"("time":"2026-09-01T00:00:00.000Z")"), std::string::npos) << json;
  EXPECT_NE(json.find(R"("payload":"01ff")"), std::string::npos) << json;
  EXPECT_NE(json.find("\xEF\xBF\xBD"), std::string::npos) << json;
  registry::Student student;
  (*student.mutable_details())["民族"] = "汉族";
  EXPECT_NE(cli::ToJson(student).find(R"("details":{"民族":"汉族"})"), std::string::npos);
}

TEST(Json, ObjectsKeepTheirOrder) {
  const std::string json =
      cli::JsonObject{}.Text("b", "x\"y").Number("a", std::int64_t{-1}).Bool("c", true).ToString();
  EXPECT_EQ(json, R"({"b":"x\"y","a":-1,"c":true})");
  EXPECT_EQ(cli::JsonArray({json, "1"}), "[" + json + ",1]");
}

TEST(Values, WordsOfPeopleBecomeMarksAndHalfDays) {
  EXPECT_EQ(*cli::ReadMark("旷课"), attendance::MARK_ABSENT);
  EXPECT_EQ(*cli::ReadMark("absent"), attendance::MARK_ABSENT);
  EXPECT_EQ(*cli::ReadMark("6"), attendance::MARK_ABSENT);
  EXPECT_EQ(cli::ReadMark("逃").error().reason, "BAD_MARK");
  EXPECT_EQ(*cli::ReadHalf("下午"), attendance::HALF_DAY_AFTERNOON);
  EXPECT_EQ(cli::ReadHalf("晚上").error().reason, "BAD_HALF_DAY");
  baoxue::bus::v1::Date day;
  EXPECT_EQ(cli::ReadDate("2026-02-30", &day).error().reason, "BAD_DATE");
  EXPECT_TRUE(cli::ReadDate("2026-02-28", &day).ok());
  EXPECT_EQ(cli::Show(day), "2026-02-28");
  EXPECT_EQ(cli::Show(baoxue::bus::v1::Date{}), "");
}

TEST(Values, AnActorIsPersonRoleAndBody) {
  const auto actor = cli::ReadActor("张三/principal/2135000001/分校");
  EXPECT_EQ(actor.person_id(), "张三");
  EXPECT_EQ(actor.role(), "principal");
  EXPECT_EQ(actor.body(), "2135000001/分校");
  EXPECT_EQ(cli::ReadActor("李四").role(), "");
}

TEST(Values, ThousandsAreGrouped) {
  EXPECT_EQ(cli::WithCommas(0), "0");
  EXPECT_EQ(cli::WithCommas(999), "999");
  EXPECT_EQ(cli::WithCommas(119003), "119,003");
  EXPECT_EQ(cli::WithCommas(1234567), "1,234,567");
}

TEST(ExitCodes, TellWhoseFaultItIs) {
  using base::Code;
  const auto code = [](Code c) { return cli::ExitCodeFor({c, "X", ""}); };
  EXPECT_EQ(code(Code::kInvalidArgument), cli::kRefused);
  EXPECT_EQ(code(Code::kFailedPrecondition), cli::kRefused);
  EXPECT_EQ(code(Code::kNotFound), cli::kRefused);
  EXPECT_EQ(code(Code::kPermissionDenied), cli::kRefused);
  EXPECT_EQ(code(Code::kUnavailable), cli::kNoService);
  EXPECT_EQ(code(Code::kDeadlineExceeded), cli::kNoService);
  EXPECT_EQ(code(Code::kResourceExhausted), cli::kNoService);
  EXPECT_EQ(code(Code::kInternal), cli::kNoService);
  EXPECT_EQ(cli::ExitCodeFor(cli::WrongWords("no")), cli::kUsage);
}

// argv for Parse.
struct Line {
  explicit Line(std::vector<std::string> w) : words(std::move(w)) {
    for (std::string& word : words) pointers.push_back(word.data());
  }
  std::vector<std::string> words;
  std::vector<char*> pointers;
};

struct Parsed {
  cli::Arguments::Outcome outcome = {};
  std::string day = {};
  std::vector<std::string> proof = {};
  std::int64_t count = 0;
  bool ran = false;
};

Parsed Parse(std::vector<std::string> words) {
  Parsed parsed;
  cli::Arguments arguments("x", "about", "1");
  cli::Command take = arguments.Root().Sub("roll", "about").NeedsSub().Sub("take", "about");
  take.Text("--day", parsed.day, "day", cli::Need::kRequired)
      .List("--proof", parsed.proof, "proof")
      .Number("COUNT", parsed.count, "count");
  take.Run([&]() -> base::Status {
    parsed.ran = true;
    return {};
  });
  Line line(std::move(words));
  ::testing::internal::CaptureStderr();
  ::testing::internal::CaptureStdout();
  parsed.outcome = arguments.Parse(static_cast<int>(line.pointers.size()), line.pointers.data());
  ::testing::internal::GetCapturedStderr();
  ::testing::internal::GetCapturedStdout();
  if (!parsed.outcome.stop) (void)arguments.chosen()();
  return parsed;
}

TEST(Arguments, ACommandIsChosenWithItsOptions) {
  const Parsed parsed =
      Parse({"x", "roll", "take", "--day", "2026-09-01", "--proof", "a:1", "--proof", "b:2", "7"});
  EXPECT_FALSE(parsed.outcome.stop);
  EXPECT_TRUE(parsed.ran);
  EXPECT_EQ(parsed.day, "2026-09-01");
  EXPECT_EQ(parsed.proof, (std::vector<std::string>{"a:1", "b:2"}));
  EXPECT_EQ(parsed.count, 7);
}

TEST(Arguments, WrongWordsExitTwoAndHelpExitsZero) {
  for (const auto& words :
       std::vector<std::vector<std::string>>{{"x"},
                                             {"x", "roll"},
                                             {"x", "roll", "take"},
                                             {"x", "dance"},
                                             {"x", "roll", "take", "--day", "d", "seven"}}) {
    const Parsed parsed = Parse(words);
    EXPECT_TRUE(parsed.outcome.stop);
    EXPECT_EQ(parsed.outcome.exit_code, 2) << words.size();
    EXPECT_FALSE(parsed.ran);
  }
  EXPECT_EQ(Parse({"x", "--help"}).outcome.exit_code, 0);
}

}  // namespace
