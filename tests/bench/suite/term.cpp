// term_replay: one term of the whole county, played in rehearsal time by the operator's command.
#include <fmt/format.h>

#include "bench/suite/benches.h"

namespace bench {

std::vector<Figure> TermReplay() {
  DropBigCounty();
  Environment environment{EnvironmentOptions{.term = true}};
  environment.deployment().StartAll();
  environment.Sample();
  environment.ImportAll();
  const auto run = RunMeasured({BAOXUE_BINARY_DIR "/bin/baoxue", "--config",
                                environment.deployment().suite_path(), "rehearse", "--sample",
                                environment.Sample()});
  if (run.exit_code != 0) throw std::runtime_error("rehearse: " + run.output);
  fmt::print("{}\n", run.output);
  // The floor: MariaDB copies the stored roll calls into an empty table of the same shape.
  auto& mariadb = environment.deployment().mariadb();
  const std::string database = environment.suite().services.at("attendance").database;
  const auto begun = std::chrono::steady_clock::now();
  mariadb.RunSql(
      "CREATE TABLE bench_copy LIKE roll_call; INSERT INTO bench_copy SELECT r.* FROM roll_call r;"
      "DROP TABLE bench_copy",
      database);
  const double copy =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
  Figure figure{"term_replay", run.seconds, "s", 0, 0, copy};
  figure.must = "120 s";
  figure.reached = run.seconds < 120;
  figure.floor_is = "MariaDB copying the stored roll calls into an empty table";
  return {figure};
}

}  // namespace bench
