// The help of the whole command, and what is said of a wrong line: all of it Chinese.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <iterator>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "cli/commands/all.h"
#include "cli/shell/text_table.h"

namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

// CJK unified ideographs are three bytes, E4 to E9 first.
bool HasChinese(const std::string& text) {
  for (std::size_t i = 0; i + 2 < text.size(); ++i) {
    const auto lead = static_cast<unsigned char>(text[i]);
    if (lead >= 0xE4 && lead <= 0xE9) return true;
  }
  return false;
}

struct Said {
  int exit_code = 0;
  bool stop = false;
  std::string out = {};
  std::string err = {};
};

// A parser is for one line; what it has seen stays with it.
Said Say(std::vector<std::string> words) {
  cli::Shell shell;
  cli::Arguments arguments{"baoxue", cli::kAbout, "0.1.0"};
  cli::AddAll(shell, arguments);
  words.insert(words.begin(), "build/bin/baoxue");
  std::vector<char*> pointers;
  for (std::string& word : words) pointers.push_back(word.data());
  ::testing::internal::CaptureStderr();
  ::testing::internal::CaptureStdout();
  const auto outcome = arguments.Parse(static_cast<int>(pointers.size()), pointers.data());
  Said said{.exit_code = outcome.exit_code, .stop = outcome.stop};
  said.out = ::testing::internal::GetCapturedStdout();
  said.err = ::testing::internal::GetCapturedStderr();
  return said;
}

std::vector<std::string> Split(const std::string& path) {
  std::istringstream in{path};
  return {std::istream_iterator<std::string>{in}, {}};
}

class Help : public ::testing::Test {
 protected:
  Help() { cli::AddAll(shell_, arguments_); }

  cli::Shell shell_;
  cli::Arguments arguments_{"baoxue", cli::kAbout, "0.1.0"};
};

TEST_F(Help, EveryCommandAndOptionIsExplainedInChinese) {
  std::size_t commands = 0;
  for (const auto& words : arguments_.AllWords()) {
    ++commands;
    EXPECT_TRUE(HasChinese(words.about)) << words.path << ": " << words.about;
    for (const auto& [name, about] : words.explained) {
      EXPECT_TRUE(HasChinese(about)) << words.path << " " << name << ": " << about;
    }
  }
  EXPECT_GT(commands, 100u);
}

// Names of acts, kinds and states stay; whoever reads them is told what they mean.
TEST_F(Help, EveryWordThatAnOptionTakesHasAMeaning) {
  const std::set<std::string> proper{"completion SHELL"};
  std::size_t choices = 0;
  for (const auto& words : arguments_.AllWords()) {
    for (const auto& [option, choice] : words.choices) {
      ++choices;
      if (proper.contains(words.path + " " + option)) continue;
      EXPECT_TRUE(choice.name.empty() || HasChinese(choice.name) || HasChinese(choice.chinese))
          << words.path << " " << option << ": " << choice.name;
    }
  }
  EXPECT_GT(choices, 80u);
}

// The parser's own words, and a help that fits a terminal.
TEST_F(Help, TheHelpOfEveryCommandIsChineseAndFits) {
  for (const auto& words : arguments_.AllWords()) {
    std::vector<std::string> line = Split(words.path);
    line.push_back("--help");
    const Said said = Say(line);
    EXPECT_EQ(said.exit_code, 0) << words.path;
    EXPECT_THAT(said.out, HasSubstr("用法: baoxue"));
    for (const char* english : {"Usage", "Options", "OPTIONS", "Subcommand", "SUBCOMMAND",
                                "Positionals", "REQUIRED", "TEXT", "INT", "Env:", "Print this"}) {
      EXPECT_THAT(said.out, Not(HasSubstr(english))) << words.path;
    }
    std::size_t at = 0;
    while (at < said.out.size()) {
      const std::size_t end = said.out.find('\n', at);
      EXPECT_LE(cli::DisplayWidth(said.out.substr(at, end - at)), 100u)
          << words.path << ": " << said.out.substr(at, end - at);
      at = end + 1;
    }
  }
}

// Scripts ask whether the command knows a subcommand by this.
TEST_F(Help, SubcommandsBeginTheirLines) {
  EXPECT_THAT(Say({"--help"}).out, HasSubstr("\n  transfer  "));
}

struct Wrong {
  std::vector<std::string> words;
  std::string says;
  std::string help;  // which is to be read
};
void PrintTo(const Wrong& wrong, std::ostream* out) { *out << wrong.says; }

class WrongLine : public Help, public ::testing::WithParamInterface<Wrong> {};

TEST_P(WrongLine, IsToldInChineseWithWhereAndHowToMendIt) {
  const Said said = Say(GetParam().words);
  EXPECT_TRUE(said.stop);
  EXPECT_EQ(said.exit_code, 2);
  EXPECT_EQ(said.out, "");
  EXPECT_THAT(said.err, StartsWith("baoxue: " + GetParam().says)) << said.err;
  EXPECT_THAT(said.err, EndsWith("\n用法见：" + GetParam().help + " --help\n")) << said.err;
}

INSTANTIATE_TEST_SUITE_P(
    Lines, WrongLine,
    ::testing::Values(
        Wrong{{}, "缺少命令", "baoxue"}, Wrong{{"letter"}, "缺少命令", "baoxue letter"},
        Wrong{{"dance"}, "没有“dance”这个命令\n", "baoxue"},
        Wrong{{"letter", "drfat"}, "没有“drfat”这个命令，是不是 draft？", "baoxue letter"},
        Wrong{{"rollcall", "take"},
              "缺少 CLASS（班级）、--day（日期，如 2026-09-01）、--half（上午 或 下午）",
              "baoxue rollcall take"},
        Wrong{{"leave", "refuse", "1"}, "缺少 --reason（理由）", "baoxue leave refuse"},
        Wrong{{"letter", "draft", "--too", "350212"}, "没有“--too”这个选项，是不是 --to？",
              "baoxue letter draft"},
        Wrong{{"case", "show", "1", "2"}, "多余的内容：“2”", "baoxue case show"},
        Wrong{{"case", "show", "1", "350212201601011234"}, "多余的内容：(一串号码)",
              "baoxue case show"},
        Wrong{{"case", "list", "--limit", "ten"}, "--limit: 应为整数，不能是“ten”",
              "baoxue case list"},
        Wrong{{"case", "list", "--limit"}, "--limit（最多列多少条）后面缺少内容",
              "baoxue case list"},
        Wrong{{"case", "list", "--limit", "1", "--limit", "2"}, "--limit 只能写一次",
              "baoxue case list"},
        Wrong{{"case", "list", "--overdue=soon"}, "--overdue 是开关，后面不写内容",
              "baoxue case list"},
        Wrong{{"transfer", "list", "--direction", "up"},
              "--direction: 没有“up”，可以是：out 转出，in 转入", "baoxue transfer list"}));

TEST_F(Help, NumbersAreDecimal) {
  EXPECT_FALSE(Say({"case", "list", "--limit", "010"}).stop);
}

}  // namespace
