// baoxue_bench [NAME...]: runs the named benchmarks (all without a name), prints a table and writes
// bench.json. tests/bench/run builds it, runs the Node peers and then this.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>

#include "bench/suite/benches.h"

namespace {

struct Named {
  const char* name;
  std::vector<bench::Figure> (*run)();
};

// Those that share the big county stand together, and those that fill it with roll calls last.
constexpr Named kBenches[] = {
    {"import_roster", bench::ImportRoster},
    {"memory", bench::Memory},
    {"reconcile", bench::Reconcile},
    {"blind_question", bench::BlindQuestion},
    {"find_likely", bench::FindLikely},
    {"rollcall_64x1", bench::RollCall64x1},
    {"rollcall_64x16", bench::RollCall64x16},
    {"absence_to_case", bench::AbsenceToCase},
    {"restart", bench::Restart},
    {"term_replay", bench::TermReplay},
    {"eligibility_core", bench::EligibilityCore},
    {"eligibility_county", bench::EligibilityCounty},
    {"fact_to_event", bench::FactToEvent},
    {"feed_catch_up", bench::FeedCatchUp},
    {"letters", bench::Letters},
};

int RunAll(const std::vector<std::string>& names, const std::string& json) {
  std::vector<bench::Figure> figures;
  int failed = 0;
  for (const Named& named : kBenches) {
    if (!names.empty() && std::find(names.begin(), names.end(), named.name) == names.end())
      continue;
    fmt::print("== {}\n", named.name);
    std::fflush(stdout);
    try {
      const auto found = named.run();
      figures.insert(figures.end(), found.begin(), found.end());
      bench::PrintTable(found);
    } catch (const std::exception& e) {
      fmt::print(stderr, "{} failed: {}\n", named.name, e.what());
      ++failed;
    }
  }
  bench::DropBigCounty();
  bench::PrintTable(figures);
  bench::WriteJson(figures, json);
  return failed == 0 ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  std::vector<std::string> names;
  std::string json = "bench.json";
  CLI::App app{"baoxue benchmarks"};
  app.add_option("names", names, "which; all without one");
  app.add_option("--json", json, "file for the figures");
  CLI11_PARSE(app, argc, argv);
  for (const auto& name : names) {
    const bool known = std::any_of(std::begin(kBenches), std::end(kBenches),
                                   [&](const Named& named) { return name == named.name; });
    if (!known) {
      fmt::print(stderr, "no benchmark is called {}\n", name);
      return 2;
    }
  }
  return RunAll(names, json);
}
