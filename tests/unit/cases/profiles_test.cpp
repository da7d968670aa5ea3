// The five counties' files load and say what their documents say.
#include "cases/endpoints/profile_reader.h"

#include <fmt/format.h>

#include "unit/cases/story.h"

namespace cases::testing {
namespace {

CountyLadder Load(const std::string& county) {
  auto ladder = LoadLadder(std::string{BAOXUE_SOURCE_DIR} + "/config/counties/" + county + ".yaml");
  EXPECT_TRUE(ladder.ok()) << ladder.error().ToString();
  return ladder.ok() ? *std::move(ladder) : CountyLadder{.profiles = {.entries = {SmallProfile()}}};
}

const Profile& Now(const CountyLadder& ladder) { return ladder.profiles.At(Day("2026-09-09")); }

class EveryCounty : public ::testing::TestWithParam<const char*> {};

TEST_P(EveryCounty, LoadsWithFiveLevelsAllStatesAndSources) {
  const CountyLadder ladder = Load(GetParam());
  const Profile& profile = Now(ladder);
  EXPECT_EQ(ladder.county.id, GetParam());
  EXPECT_EQ(profile.levels.size(), 5u);
  for (const char* code : {"00", "10", "20", "30", "31", "32", "33", "40", "41", "42", "43", "44",
                           "45", "46", "47", "48", "49", "80", "90"}) {
    EXPECT_NE(profile.FindState(code), nullptr) << code;
  }
  for (const Level& level : profile.levels) EXPECT_FALSE(level.source.empty()) << level.number;
  for (const Task& task : profile.tasks) EXPECT_FALSE(task.source.empty()) << task.id;
  EXPECT_FALSE(profile.source.empty());
  EXPECT_FALSE(profile.inbox.body.empty());
}

TEST_P(EveryCounty, WalksToTheTopByItself) {
  // Nobody does anything but the persuasions that gates ask for: time alone moves the case up.
  const CountyLadder ladder = Load(GetParam());
  Story story{ladder.profiles, AutumnCalendar()};
  story.Suspect("2026-09-09 08:30", "2026-09-07");
  EXPECT_EQ(story.Known().state, "10");
  for (int day = 10; day <= 30; ++day) {
    story.Wait(fmt::format("2026-09-{:02} 23:00", day));
    if (day == 10 || day == 11) {
      EXPECT_DONE(story.Do(fmt::format("2026-09-{:02} 09:00", day + 1), Persuasion("家访")));
      EXPECT_DONE(story.Do(fmt::format("2026-09-{:02} 10:00", day + 1), Persuasion("联合")));
    }
  }
  story.Wait("2026-11-30 23:00");
  EXPECT_EQ(story.Known().level, 4);
  EXPECT_TRUE(story.See("2026-11-30 23:00").next_due.has_value());
}

// domain.md 6.2: what each answer to a letter does to the case that asked, told to a case at work.
TEST_P(EveryCounty, EveryReplyCodeDoesWhatTheNationalRulesSay) {
  using Action = LetterAction;
  struct Row {
    const char* code;
    Action action;
    const char* state;      // after the answer
    const char* proposed;
  };
  const Row rows[] = {{"R01", Action::kPerform, "41", ""},   {"R02", Action::kSuspend, "10", ""},
                      {"R03", Action::kNote, "10", ""},      {"R04", Action::kNote, "10", ""},
                      {"R05", Action::kAsk, "10", ""},       {"R06", Action::kRead, "10", ""},
                      {"R07", Action::kPropose, "10", "48"}, {"R08", Action::kPropose, "10", "47"},
                      {"R09", Action::kPropose, "10", "42|43|44"},
                      {"R10", Action::kPropose, "10", "46"}, {"R11", Action::kAsk, "10", ""},
                      {"R12", Action::kExtend, "10", ""},    {"R99", Action::kRead, "10", ""},
                      {"R55", Action::kRead, "10", ""}};
  const CountyLadder ladder = Load(GetParam());
  for (const Row& row : rows) {
    EXPECT_EQ(Now(ladder).triggers.LetterRuleFor(row.code).action, row.action) << row.code;
    Story story{ladder.profiles, AutumnCalendar()};
    story.Suspect("2026-09-09 08:30", "2026-09-07");
    LetterReply reply;
    reply.at = At("2026-09-10 10:00");
    reply.reference = "letter/c0/2";
    reply.letter.code = row.code;
    reply.until = Day("2026-09-28");
    EXPECT_DONE(story.Give("2026-09-10 10:00", reply));
    EXPECT_EQ(story.Known().state, row.state) << row.code;
    std::string proposed;
    for (const Entry& entry : story.history()) {
      if (entry.kind == EntryKind::kClosingProposed) proposed = entry.cause;
    }
    EXPECT_EQ(proposed, row.proposed) << row.code;
    const bool read = row.action == Action::kRead;
    EXPECT_EQ(story.ClockStory("read_reply"), read ? "started" : "") << row.code;
    const bool open = std::string_view{row.proposed}.size() > 0;
    EXPECT_EQ(story.ClockStory("reply_closing"), open ? "started" : "") << row.code;
    EXPECT_EQ(story.ClockStory("review"), row.action == Action::kPerform ? "started" : "");
    EXPECT_TRUE(story.See("2026-09-10 10:01").next_due.has_value()) << row.code;
  }
}

INSTANTIATE_TEST_SUITE_P(Counties, EveryCounty,
                         ::testing::Values("tiedong", "tongan", "jianan", "chengkou", "suining"));

TEST(Tiedong, FiveLevelsByName) {
  const CountyLadder ladder = Load("tiedong");
  std::vector<std::string> names;
  for (const Level& level : Now(ladder).levels) names.push_back(level.name);
  EXPECT_EQ(names, (std::vector<std::string>{"班主任", "学校", "区教育局", "区政府", "司法部门"}));
}

TEST(Tiedong, MarksWithinAWeekOfTheReport) {
  const CountyLadder ladder = Load("tiedong");
  Story story{ladder.profiles, AutumnCalendar()};
  story.Suspect("2026-09-09 08:30", "2026-09-07");
  EXPECT_DONE(story.Do("2026-09-09 10:00", Persuasion()));
  EXPECT_DONE(story.Do("2026-09-09 11:00", Kind("report")));
  EXPECT_EQ(story.Known().FindClock("mark")->due, At("2026-09-16 17:30"));
}

TEST(Tongan, ThreeDaysMakeItTheSchoolsCase) {
  const CountyLadder ladder = Load("tongan");
  Story story{ladder.profiles, AutumnCalendar()};
  story.Suspect("2026-09-09 08:30", "2026-09-07");
  EXPECT_EQ(story.Known().level, 2);
  EXPECT_EQ(story.See("2026-09-09 08:30").responsible.level, "学校");
  EXPECT_DONE(story.Do("2026-09-09 11:00", Report(), Principal()));
  EXPECT_EQ(story.See("2026-09-09 11:00").level_name, "街道（镇）和区教育局");
}

TEST(Jianan, ThreePersuasionsBeforeTheJointTeam) {
  const CountyLadder ladder = Load("jianan");
  Story story{ladder.profiles, AutumnCalendar()};
  story.Suspect("2026-09-09 08:30", "2026-09-07");
  EXPECT_DONE(story.Do("2026-09-09 10:00", Persuasion("家访")));
  EXPECT_DONE(story.Do("2026-09-09 11:00", Kind("report")));
  EXPECT_REFUSED(story.Do("2026-09-10 11:00", Report(), Principal()), "PERSUASIONS_MISSING",
                 "需要在2个不同日期的3次劝返，已记录1次");
  EXPECT_DONE(story.Do("2026-09-10 12:00", Persuasion()));
  EXPECT_DONE(story.Do("2026-09-10 13:00", Persuasion()));
  EXPECT_DONE(story.Do("2026-09-10 14:00", Report(), Principal()));
  EXPECT_EQ(story.See("2026-09-10 14:00").responsible.body, "大同街道");
  const Task* visits = Now(ladder).FindTask("home_teaching");
  ASSERT_NE(visits, nullptr);
  EXPECT_EQ(visits->due.count, 15) << "twice a month";
}

TEST(Profiles, SayEveryProblem) {
  Profile bad = SmallProfile();
  bad.levels[1].number = 7;
  bad.tasks[0].done_by = {"note", "expel"};
  bad.tasks[1].start = {"sometimes", "level:9", "state:77"};
  bad.triggers.returned_state = "10";
  const base::Status status = Validate(bad);
  ASSERT_FALSE(status.ok());
  for (const char* part : {"levels are 1, 2, 3", "'note' is an edit", "no act 'expel'",
                           "start 'sometimes'", "no level 9", "no state '77'", "phase watch"}) {
    EXPECT_NE(status.error().detail.find(part), std::string::npos) << part;
  }
}

}  // namespace
}  // namespace cases::testing
