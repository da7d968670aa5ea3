// tracing_simulation --counties N --seed S [--letters L] [--quiet-network]
//                    [--hectic] [--restored] [--canary NAME]
// A school year of letters; prints figures and violations, exits 1 if there are any.
// Full size: --counties 2850 --letters 168.
#include <fmt/format.h>
#include <sys/resource.h>

#include <chrono>
#include <cstdlib>
#include <cstring>
#include <string>

#include "base/clock.h"
#include "simulation/tracing/invariants.h"

namespace {

void Print(const simulation::World& world) {
  const auto& t = world.tally();
  fmt::print("letters taken {}  items {}  answered by machine {}  to officers {}\n", t.letters,
             t.items, t.by_machine, t.to_officer);
  fmt::print("forwarded {}  reopened {}  copies {}  crossed {}  unknown kinds {}\n", t.forwarded,
             t.reopened, t.copies, t.crossed, t.unknown_kinds);
  fmt::print("messages {}  lost {} ({} to the other half)  doubled {}  late {}  corrupted {}  "
             "duplicates answered {}\n",
             t.messages, t.dropped, t.apart, t.doubled, t.late, t.corrupted, t.duplicates);
  fmt::print("crashes {}  restores {}  adopted {}  overtaken {}  rewound {}  stuck {}  parked {}\n",
             t.crashes, t.restores, t.adopted, t.overtaken, t.rewound, t.stuck, t.parked);
}

}  // namespace

int main(int argc, char** argv) {
  simulation::Options options;
  for (int i = 1; i < argc; ++i) {
    const std::string_view arg = argv[i];
    const auto number = [&] { return i + 1 < argc ? std::strtoll(argv[++i], nullptr, 10) : 0; };
    if (arg == "--counties") {
      options.counties = static_cast<int>(number());
    } else if (arg == "--seed") {
      options.seed = static_cast<std::uint64_t>(number());
    } else if (arg == "--letters") {
      options.letters_per_county = static_cast<int>(number());
    } else if (arg == "--splits") {
      options.splits = static_cast<int>(number());
    } else if (arg == "--quiet-network") {
      options = simulation::Quiet(options);
    } else if (arg == "--hectic") {
      options = simulation::Hectic(options);
    } else if (arg == "--restored") {
      options = simulation::Restored(options);
    } else if (arg == "--canary" && i + 1 < argc) {
      const auto canary = simulation::CanaryFromName(argv[++i]);
      if (!canary) return 2;
      options.canary = *canary;
    } else {
      fmt::print(stderr, "unknown argument {}\n", arg);
      return 2;
    }
  }
  if (options.counties < 2) return 2;
  const base::SystemClock clock;
  const auto begin = clock.Now();
  simulation::World world(options);
  world.Run();
  simulation::CheckAtEnd(world);
  const auto took = clock.Now() - begin;
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  fmt::print("seed {}  counties {}  events {}  {:.1f} s  {} MiB\n", options.seed,
             options.counties, world.tally().events, static_cast<double>(took.count()) / 1000.0,
             usage.ru_maxrss / 1024);
  Print(world);
  for (const auto& text : world.ledger().violations) fmt::print("VIOLATION {}\n", text);
  return world.ledger().violations.empty() ? 0 : 1;
}
