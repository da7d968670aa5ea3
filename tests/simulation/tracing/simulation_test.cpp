// The letter protocol over a bad network: seeds are printed; those of seeds.txt come first.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <string>

#include "simulation/tracing/invariants.h"

namespace simulation {
namespace {

std::string RunOf(const Options& options, Tally* tally = nullptr) {
  World world(options);
  world.Run();
  CheckAtEnd(world);
  if (tally != nullptr) *tally = world.tally();
  std::string text;
  for (const auto& violation : world.ledger().violations) text += violation + "\n";
  return text;
}

Options Of(int counties, std::uint64_t seed, std::string_view mode) {
  Options options;
  options.counties = counties;
  options.seed = seed;
  if (mode == "restored") return Restored(options);
  return mode == "hectic" ? Hectic(options) : mode == "quiet" ? Quiet(options) : options;
}

TEST(TracingSimulation, SeedsThatOnceFailedPass) {
  std::ifstream file(BAOXUE_SOURCE_DIR "/tests/simulation/tracing/seeds.txt");
  std::string line;
  int runs = 0;
  while (std::getline(file, line)) {
    std::istringstream words(line);
    std::string mode;
    int counties = 0;
    std::uint64_t seed = 0;
    if (!(words >> mode >> counties >> seed) || mode.starts_with("#")) continue;
    EXPECT_EQ(RunOf(Of(counties, seed, mode)), "") << line;
    runs += 1;
  }
  EXPECT_GE(runs, 10);
}

TEST(TracingSimulation, AQuietNetworkDeliversEverything) {
  Tally tally;
  EXPECT_EQ(RunOf(Of(20, 1, "quiet"), &tally), "");
  EXPECT_GE(tally.letters, 240U);
  EXPECT_EQ(tally.dropped + tally.crashes + tally.restores + tally.parked, 0U);
}

TEST(TracingSimulation, ABadNetworkHoldsAllInvariants) {
  fmt::print("normal, counties 30, seeds 1001 to 1030\n");
  for (std::uint64_t seed = 1001; seed <= 1030; ++seed) {
    EXPECT_EQ(RunOf(Of(30, seed, "normal")), "") << "counties 30 seed " << seed;
  }
}

// One kill a run: before and after every single commit of a small country's year.
TEST(TracingSimulation, AKillAtEveryCommitHoldsAllInvariants) {
  Options options = Of(3, 11, "quiet");
  options.letters_per_county = 4;
  Tally calm;
  EXPECT_EQ(RunOf(options, &calm), "");
  EXPECT_GT(calm.commits, 50U);
  std::uint64_t kills = 0;
  for (options.crash_at = 2; options.crash_at < 2 * calm.commits; ++options.crash_at) {
    Tally tally;
    EXPECT_EQ(RunOf(options, &tally), "") << "counties 3 seed 11 crash_at " << options.crash_at;
    kills += tally.crashes;
  }
  EXPECT_GT(kills, calm.commits);  // a step that was refused has no commit to die after
}

// Far more faults than any real network has; together they must have met every case.
TEST(TracingSimulation, AHecticNetworkHoldsAllInvariants) {
  Tally all;
  fmt::print("hectic, counties 10, seeds 2001 to 2060\n");
  for (std::uint64_t seed = 2001; seed <= 2060; ++seed) {
    Tally tally;
    EXPECT_EQ(RunOf(Of(10, seed, "hectic"), &tally), "") << "hectic, counties 10 seed " << seed;
    all.crashes += tally.crashes;
    all.restores += tally.restores;
    all.adopted += tally.adopted;
    all.overtaken += tally.overtaken;
    all.crossed += tally.crossed;
    all.parked += tally.parked;
    all.unknown_kinds += tally.unknown_kinds;
    all.copies += tally.copies;
    all.forwarded += tally.forwarded;
    all.reopened += tally.reopened;
  }
  EXPECT_GT(all.crashes, 100U);
  EXPECT_GT(all.restores, 50U);
  EXPECT_GT(all.adopted, 50U);
  EXPECT_GT(all.overtaken, 5U);
  EXPECT_GT(all.crossed, 5U);
  EXPECT_GT(all.parked, 5U);
  EXPECT_GT(all.unknown_kinds, 10U);
  EXPECT_GT(all.copies, 5U);
  EXPECT_GT(all.forwarded, 50U);
  EXPECT_GT(all.reopened, 50U);
}

// Halves that do not hear each other, or only one the other, for up to a week and again and again.
TEST(TracingSimulation, ACountryThatFallsApartHoldsAllInvariants) {
  fmt::print("normal with 40 splits, counties 12, seeds 4001 to 4012\n");
  std::uint64_t apart = 0;
  Options options = Of(12, 0, "normal");
  options.splits = 40;
  for (options.seed = 4001; options.seed <= 4012; ++options.seed) {
    Tally tally;
    EXPECT_EQ(RunOf(options, &tally), "") << "splits 40, counties 12 seed " << options.seed;
    EXPECT_GE(tally.letters, 100U);
    apart += tally.apart;
  }
  EXPECT_GT(apart, 1000U);
  fmt::print("hectic with 40 splits, counties 10, seeds 11 to 60\n");
  options = Of(10, 0, "hectic");
  options.splits = 40;
  for (options.seed = 11; options.seed <= 60; ++options.seed) {
    EXPECT_EQ(RunOf(options), "") << "hectic, splits 40, counties 10 seed " << options.seed;
  }
  // A number whose letter was overtaken after a restore is given out again, if nobody holds it.
  EXPECT_EQ(RunOf(Of(8, 67, "restored")), "") << "restored, counties 8 seed 67";
  options = Of(8, 75, "restored");
  options.splits = 30;
  EXPECT_EQ(RunOf(options), "") << "restored, splits 30, counties 8 seed 75";
}

// Every county is restored while most messages are hours late, from before the restore to after it.
TEST(TracingSimulation, LateMessagesOfBeforeARestoreDoNoHarm) {
  fmt::print("restored, counties 5, seeds 3001 to 3004\n");
  Options options = Of(5, 0, "restored");
  for (options.seed = 3001; options.seed <= 3004; ++options.seed) {
    Tally tally;
    EXPECT_EQ(RunOf(options, &tally), "") << "restored, counties 5 seed " << options.seed;
    EXPECT_EQ(tally.restores, 5U);
  }
}

TEST(TracingSimulation, TheSameSeedIsTheSameRun) {
  Tally one;
  Tally two;
  RunOf(Of(10, 7, "hectic"), &one);
  RunOf(Of(10, 7, "hectic"), &two);
  EXPECT_EQ(one.events, two.events);
  EXPECT_EQ(one.messages, two.messages);
}

// What is broken on purpose must be seen, each by its own invariant.
TEST(TracingSimulation, CanariesAreSeen) {
  const std::pair<Canary, std::string_view> canaries[] = {
      {Canary::kOfficerTwice, "OFFICER_TWICE"}, {Canary::kSilentLoss, "NOT_DELIVERED"},
      {Canary::kFreshIds, "LETTER_TWICE"},      {Canary::kRewrittenLog, "LOGS_DIFFER"},
      {Canary::kReopens, "CLOSED_LEFT"},        {Canary::kNewReceipt, "RECEIPT_CHANGED"}};
  for (const auto& [canary, expected] : canaries) {
    Options options = Of(20, 3, "normal");
    options.silent_percent = 0;
    options.restored_percent = 20;
    options.canary = canary;
    EXPECT_NE(RunOf(options).find(expected), std::string::npos) << expected;
  }
}

}  // namespace
}  // namespace simulation
