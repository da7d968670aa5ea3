// A term that is played while everything is killed in turn ends as the same term left in peace.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "chaos/county.h"
#include "chaos/faults.h"
#include "harness/wait.h"

namespace {

using chaos::County;
using chaos::Faults;
using nlohmann::json;

constexpr int kStudents = 300;
constexpr int kWeeks = 3;
constexpr int kRounds = 3;
constexpr std::chrono::milliseconds kPauseMax{200};
constexpr std::chrono::minutes kPlayTimeout{4};

std::vector<std::string> Play(const County& county) {
  return {"rehearse", "--sample", county.folder()};
}

// What the play says it did. Stops of the clock are not compared: after a kill it may be asked to
// stop once more where it stood.
json Played(const std::string& output) {
  json said = json::parse(output, nullptr, false);
  if (said.is_discarded()) throw std::runtime_error("the play said:\n" + output);
  said.erase("deadlines");
  return said;
}

std::string Follow(County& county, const std::string& feed) {
  const auto result =
      county.deployment().Cli({"--quiet", "--timeout", "60", "follow", feed, "--once",
                               "--position-file", county.File("away-" + feed)});
  EXPECT_EQ(result.exit_code, 0) << result.output;
  return result.output;
}

struct End {
  json said = {};
  chaos::Picture picture = {};
};

End PlayInPeace() {
  County county(kStudents, kWeeks);
  End end{.said = county.Ask(Play(county))};
  end.said.erase("deadlines");
  chaos::ExpectSound(county);
  end.picture = county.Look();
  return end;
}

// Strikes as long as the play runs.
void Disturb(Faults& faults, harness::ChildProcess& play) {
  while (!faults.Finished() && play.Running()) {
    if (harness::WaitUntil([&] { return !play.Running(); }, faults.Pause(kPauseMax))) return;
    faults.Strike();
  }
}

void ExpectManyCases(const chaos::Picture& picture) {
  EXPECT_GE(picture.at("roll calls").size(), 100u);
  EXPECT_GE(picture.at("cases").size(), 5u);
}

TEST(Term, EndsAsWithoutKills) {
  const End calm = PlayInPeace();
  ExpectManyCases(calm.picture);

  County county(kStudents, kWeeks);
  std::string away = Follow(county, "registry");
  const auto live = county.Beside(
      {"follow", "attendance", "--position-file", county.File("live")}, county.File("live.out"));
  const auto play = county.Beside(Play(county), county.File("play.out"));
  Faults faults(county.deployment(), Faults::Rounds(kRounds), Faults::Seed(1));
  Disturb(faults, *play);
  ASSERT_EQ(play->Wait(kPlayTimeout), 0) << play->Output();
  EXPECT_TRUE(faults.Finished()) << "the play was over after " << faults.kills() << " kills";
  std::cout << "kills under the play: " << faults.kills() << '\n';

  EXPECT_EQ(Played(play->Output()), calm.said);
  chaos::ExpectSound(county);
  chaos::ExpectSame(calm.picture, county.Look());

  // Who was away, and who stayed and lost what was published by those killed.
  away += Follow(county, "registry");
  EXPECT_EQ(chaos::Followed(away), county.Log("registry"));
  for (const std::string feed : {"attendance", "cases"}) {
    EXPECT_EQ(chaos::Followed(Follow(county, feed)), county.Log(feed)) << feed;
  }
  const auto log = county.Log("attendance");
  EXPECT_TRUE(harness::WaitUntil([&] {
    return chaos::Followed(live->Output()).size() >= log.size();
  }));
  EXPECT_EQ(chaos::Followed(live->Output()), log);
}

}  // namespace
