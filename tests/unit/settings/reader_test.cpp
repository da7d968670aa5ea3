#include "settings/reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace settings {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

Document Parsed(std::string_view yaml) {
  auto document = Document::Parse(yaml, "t.yaml");
  EXPECT_TRUE(document.ok()) << (document.ok() ? "" : document.error().ToString());
  return std::move(document).value();
}

std::string Problems(const Document& document) {
  const base::Status status = document.Finish();
  if (status.ok()) return "";
  EXPECT_EQ(status.error().reason, "BAD_SETTINGS");
  EXPECT_EQ(status.error().code, base::Code::kInvalidArgument);
  return status.error().detail;
}

std::string BadYaml(std::string_view yaml) {
  const auto document = Document::Parse(yaml, "t.yaml");
  EXPECT_FALSE(document.ok());
  if (document.ok()) return "";
  EXPECT_EQ(document.error().reason, "BAD_YAML");
  return document.error().detail;
}

TEST(Reader, ReadsEveryKindOfValue) {
  const Document document = Parsed(R"(
port: 17001
name: 同安
quoted: "350212"
draft: true
from: 2026-09-01
due: 16:30
end: "24:00"
hosts: [a, "b"]
days: [2026-09-01, 2026-09-02]
inner: {deep: -3}
list:
  - {n: 1}
  - {n: 2}
)");
  Reader root = document.Root();
  EXPECT_EQ(root.Int("port", {.min = 1, .max = 65535}), 17001);
  EXPECT_EQ(root.String("name"), "同安");
  EXPECT_EQ(root.String("quoted"), "350212");
  EXPECT_TRUE(root.Bool("draft"));
  EXPECT_EQ(root.Date("from").ToString(), "2026-09-01");
  EXPECT_EQ(root.TimeOfDay("due"), 16 * 60 + 30);
  EXPECT_EQ(root.TimeOfDay("end"), 1440);
  EXPECT_THAT(root.Strings("hosts"), ElementsAre("a", "b"));
  EXPECT_EQ(root.Dates("days").size(), 2u);
  EXPECT_EQ(root.Map("inner").Int("deep"), -3);
  std::vector<std::int64_t> numbers;
  for (Reader& item : root.List("list")) numbers.push_back(item.Int("n"));
  EXPECT_THAT(numbers, ElementsAre(1, 2));
  EXPECT_EQ(Problems(document), "");
}

TEST(Reader, AbsentKeysTakeTheirFallback) {
  const Document document = Parsed("");
  Reader root = document.Root();
  EXPECT_EQ(root.Int("a", {.fallback = 7}), 7);
  EXPECT_EQ(root.String("b", {.fallback = "x"}), "x");
  EXPECT_TRUE(root.Bool("c", {.fallback = true}));
  EXPECT_EQ(root.TimeOfDay("d", {.fallback = "08:00"}), 480);
  EXPECT_TRUE(root.Strings("e").empty());
  EXPECT_TRUE(root.List("f").empty());
  EXPECT_FALSE(root.MaybeMap("g").has_value());
  EXPECT_FALSE(root.Has("a"));
  EXPECT_EQ(Problems(document), "");
}

TEST(Reader, ReportsEveryProblemAtOnceWithLineAndPath) {
  const Document document = Parsed(
      "port: 0\n"            // 1
      "name: [1]\n"          // 2
      "draft: yes\n"         // 3
      "from: 2026-02-30\n"   // 4
      "due: 25:00\n"         // 5
      "rules:\n"             // 6
      "  - days: 61\n"       // 7
      "    dayz: 3\n"        // 8
      "  - 5\n"              // 9
      "port: 5\n"            // 10
      "colour: red\n"        // 11
      "text: \"5\"\n");      // 12
  Reader root = document.Root();
  EXPECT_EQ(root.Int("port", {.min = 1, .max = 65535}), 1);
  root.String("name");
  root.Bool("draft");
  root.Date("from");
  root.TimeOfDay("due");
  for (Reader& rule : root.List("rules")) {
    rule.Int("days", {.min = 1, .max = 60});
    rule.Int("days_max", {.fallback = 1});
  }
  root.String("colour", {.one_of = {"blue", "green"}});
  root.Int("text");
  root.String("absent", {.about = "what it is for"});
  const std::string all = Problems(document);
  EXPECT_EQ(all,
            "t.yaml:1: absent: missing (what it is for)\n"
            "t.yaml:1: port: must be 1..65535, is 0\n"
            "t.yaml:2: name: must be a text, is a list\n"
            "t.yaml:3: draft: must be true or false, is 'yes'\n"
            "t.yaml:4: from: must be a day written YYYY-MM-DD, is '2026-02-30'\n"
            "t.yaml:5: due: must be a time of day written HH:MM, is '25:00'\n"
            "t.yaml:7: rules[0].days: must be 1..60, is 61\n"
            "t.yaml:8: rules[0].dayz: unknown key\n"
            "t.yaml:9: rules[1]: must be a mapping, is '5'\n"
            "t.yaml:10: port: the key stands twice, first on line 1\n"
            "t.yaml:11: colour: must be one of blue, green; is 'red'\n"
            "t.yaml:12: text: must be a whole number without quotes, is '5'");
}

TEST(Reader, GuessesWhatAnUnknownKeyWasMeantToBe) {
  const Document document = Parsed("thresold: 3\n");
  document.Root().Int("threshold", {.fallback = 3});
  EXPECT_EQ(Problems(document),
            "t.yaml:1: thresold: unknown key; did you mean 'threshold'?");
}

TEST(Reader, NumbersOutsideTheirTypeAreRefused) {
  const Document document = Parsed("a: 9223372036854775808\nb: 1.5\nc: 0x10\nd: 1_000\ne:\n");
  Reader root = document.Root();
  for (const char* key : {"a", "b", "c", "d", "e"}) root.Int(key);
  const std::string all = Problems(document);
  for (const char* key : {": a: ", ": b: ", ": c: ", ": d: ", ": e: "}) {
    EXPECT_THAT(all, HasSubstr(std::string{key} + "must be a whole number"));
  }
}

TEST(Reader, SkippedAndListedKeysAreNotUnknown) {
  const Document document = Parsed("mine: 1\nother: {x: 1}\nmap: {b: 1, a: 2}\n");
  Reader root = document.Root();
  root.Int("mine");
  root.Skip("other");
  EXPECT_THAT(root.Map("map").Keys(), ElementsAre("b", "a"));
  EXPECT_EQ(Problems(document), "");
}

TEST(Reader, TwoReadersOfOneMappingAskTogether) {
  const Document document = Parsed("m: {a: 1, b: 2}\n");
  document.Root().Map("m").Int("a");
  EXPECT_THAT(Problems(document), HasSubstr("m.b: unknown key"));
  document.Root().Map("m").Int("b");
  EXPECT_EQ(Problems(document), "");
}

TEST(Reader, OwnProblemsStandAtTheirKey) {
  const Document document = Parsed("a: 1\nm:\n  b: 2\n");
  Reader root = document.Root();
  root.Int("a");
  Reader inner = root.Map("m");
  inner.Int("b");
  EXPECT_EQ(inner.LineOf("b"), 3);
  EXPECT_EQ(inner.LineOf("none"), 0);
  inner.Problem("b", "is too much");
  EXPECT_EQ(Problems(document), "t.yaml:3: m.b: is too much");
}

TEST(Reader, AnAbsentMappingNamesWhatItNeeds) {
  const Document document = Parsed("a: 1\n");
  Reader root = document.Root();
  root.Int("a");
  root.Map("mysql", "the database").String("user");
  EXPECT_EQ(Problems(document),
            "t.yaml:1: mysql: missing (the database)\nt.yaml:1: mysql.user: missing");
}

TEST(Reader, EffectiveShowsDefaultsAndHidesSecrets) {
  ::setenv("BAOXUE_TEST_SECRET", "hush", 1);
  const Document document = Parsed("port: 5\npassword: env:BAOXUE_TEST_SECRET\n");
  Reader root = document.Root();
  root.Int("port", {.about = "TCP port"});
  root.Int("threads", {.fallback = 4, .about = "worker threads"});
  EXPECT_EQ(root.SecretFrom("password", "of the database").text(), "hush");
  EXPECT_EQ(document.Effective(),
            "port = 5  # TCP port\n"
            "threads = 4  # worker threads\n"
            "password = ***  # of the database\n");
}

TEST(Reader, PathsAreRelativeToTheDocument) {
  auto document =
      Document::Parse("a: ../calendars/x.yaml\nb: /etc/x\n", "/srv/config/counties/t.yaml");
  ASSERT_TRUE(document.ok());
  EXPECT_EQ(document->Root().Path("a"), "/srv/config/calendars/x.yaml");
  EXPECT_EQ(document->Root().Path("b"), "/etc/x");
}

TEST(Document, RefusesWhatIsNotPlainYaml) {
  EXPECT_THAT(BadYaml("a: &x 1\nb: *x\n"), HasSubstr("t.yaml:2: aliases"));
  EXPECT_THAT(BadYaml("a: 1\n---\nb: 2\n"), HasSubstr("second document"));
  EXPECT_THAT(BadYaml("? [1, 2]\n: 3\n"), HasSubstr("a key must be a plain word"));
  EXPECT_THAT(BadYaml("a: 1\nb: [1, 2\n"), HasSubstr("t.yaml:3: "));
  EXPECT_THAT(BadYaml("a: 1\nb: \xC4\xE3\n"), HasSubstr("t.yaml:2: not UTF-8"));
  EXPECT_THAT(BadYaml("- 1\n"), HasSubstr("the top must be a mapping"));
  EXPECT_THAT(BadYaml("a: \"x\\0y\"\n"), HasSubstr("NUL"));
  EXPECT_THAT(BadYaml(std::string((4u << 20) + 1, '#')), HasSubstr("larger than 4 MiB"));
}

TEST(Document, RefusesDeepNestingWithoutRunningOutOfStack) {
  EXPECT_THAT(BadYaml("a: " + std::string(40, '[') + std::string(40, ']')),
              HasSubstr("nested deeper than 32"));
  EXPECT_FALSE(Document::Parse("a: " + std::string(1'000'000, '['), "t.yaml").ok());
}

TEST(Document, SaysWhichFileIsNotThere) {
  const auto document = Document::Load("/nowhere/suite.yaml");
  ASSERT_FALSE(document.ok());
  EXPECT_EQ(document.error().reason, "NO_FILE");
  EXPECT_EQ(document.error().code, base::Code::kNotFound);
  EXPECT_THAT(document.error().detail, HasSubstr("/nowhere/suite.yaml"));
}

TEST(Document, ALongValueIsCutAtACharacter) {
  std::string long_text;
  for (int i = 0; i < 60; ++i) long_text += "同";
  const Document document = Parsed("a: " + long_text + "\n");
  document.Root().Int("a");
  const std::string all = Problems(document);
  EXPECT_LT(all.size(), 150u);
  EXPECT_THAT(all, HasSubstr("同...'"));
  EXPECT_THAT(all, Not(HasSubstr("\xE5...")));
}

}  // namespace
}  // namespace settings
