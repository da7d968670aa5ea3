// import_roster, reconcile, memory, restart.
#include <fmt/format.h>

#include <algorithm>

#include "bench/suite/benches.h"
#include "harness/wait.h"
#include "registry/contract/registry.pb.h"

namespace bench {
namespace {

namespace rv1 = baoxue::registry::v1;
using SteadyClock = std::chrono::steady_clock;

double Since(SteadyClock::time_point begun) {
  return std::chrono::duration<double>(SteadyClock::now() - begun).count();
}

// The floor of the import: LOAD DATA of the same file into a table of 71 text columns.
double LoadDataSeconds(Environment& environment) {
  auto& mariadb = environment.deployment().mariadb();
  const std::string database = mariadb.FreshDatabase().database;
  std::string columns;
  for (int i = 1; i <= 71; ++i) columns += fmt::format("{}c{} VARCHAR(120)", i > 1 ? "," : "", i);
  mariadb.RunSql("CREATE TABLE roster (" + columns + ") ENGINE=InnoDB CHARSET=utf8mb4", database);
  const auto begun = SteadyClock::now();
  mariadb.RunSql("LOAD DATA INFILE '" + environment.Sample() +
                     "/roster.csv' INTO TABLE roster CHARACTER SET utf8mb4 FIELDS TERMINATED BY ','"
                     " OPTIONALLY ENCLOSED BY '\"' LINES TERMINATED BY '\\n' IGNORE 1 LINES",
                 database);
  return Since(begun);
}

}  // namespace

std::vector<Figure> ImportRoster() {
  DropBigCounty();
  Environment environment{EnvironmentOptions{}};
  environment.deployment().StartAll();
  environment.Sample();
  environment.Import("schools.csv", {"--kind", "schools", "--yes"});
  environment.Import("classes.csv", {"--kind", "classes", "--yes"});
  const auto run = RunMeasured(
      {BAOXUE_BINARY_DIR "/bin/baoxue", "--config", environment.deployment().suite_path(), "import",
       environment.Sample() + "/roster.csv", "--kind", "roster", "--full", "--yes"});
  if (run.exit_code != 0) throw std::runtime_error("import: " + run.output);
  const auto registry = PeakBytes(environment.deployment().Process("registry").pid());
  const auto applied = SteadyClock::now();
  environment.AwaitSettled();
  fmt::print(
      "{}\n  importer {:.0f} MB, registry {:.0f} MB at their largest; followers settled {:.1f} s "
      "later\n",
      run.output, static_cast<double>(run.peak_bytes) / 1e6, static_cast<double>(registry) / 1e6,
      Since(applied));
  Figure figure{"import_roster", run.seconds, "s", 0, 0, LoadDataSeconds(environment)};
  figure.must = "15 s; importer and registry under 300 MB";
  figure.reached = run.seconds < 15 && run.peak_bytes < 300'000'000 && registry < 300'000'000;
  figure.floor_is = "LOAD DATA of the same file into one table of text";
  return {figure};
}

std::vector<Figure> Reconcile() {
  Environment& environment = BigCounty();
  environment.Import("school_age.csv",
                     {"--kind", "school-age", "--source", "公安", "--batch", "2026-07", "--yes"});
  rv1::RunReconciliation run;
  PutDate(*base::Date::FromYmd(2027, 1, 15), run.mutable_on());
  bus::CallOptions call;
  call.actor = BenchActor();
  call.timeout = std::chrono::seconds{60};
  call.attempt_timeout = std::chrono::seconds{60};
  auto& registry = environment.client("registry");
  const auto begun = SteadyClock::now();
  auto reply = Must(registry.Ask<rv1::ReconciliationReply>(run, call));
  const bool done = harness::WaitUntil(
      [&] {
        rv1::GetReconciliation get;
        get.set_run_id(reply.run_id());
        reply = Must(registry.Ask<rv1::ReconciliationReply>(get));
        return reply.state() == "done";
      },
      std::chrono::seconds{120});
  const double seconds = Since(begun);
  if (!done) throw std::runtime_error("reconcile: still " + reply.state() + " after 120 s");
  // The floor: MariaDB reads both lists once.
  auto& mariadb = environment.deployment().mariadb();
  const auto reading = SteadyClock::now();
  const std::string database = environment.suite().services.at("registry").database;
  mariadb.RunSql(
      "SELECT SUM(CRC32(name)) FROM student; SELECT SUM(CRC32(name)) FROM list_person",
      database);
  Figure figure{"reconcile", seconds, "s", 0, 0, Since(reading)};
  fmt::print("  reconcile: {} people against {} students, {} to decide\n", reply.people(),
             reply.students(), reply.needs_decision());
  figure.must = "5 s";
  figure.reached = seconds < 5;
  figure.floor_is = "MariaDB reading both tables once";
  return {figure};
}

std::vector<Figure> Memory() {
  Environment& environment = BigCounty();
  double megabytes = 0;
  for (const auto& name : harness::Deployment::ServiceNames()) {
    const double mine = static_cast<double>(environment.deployment().ResidentBytes(name)) / 1e6;
    fmt::print("  {}: {:.1f} MB\n", name, mine);
    megabytes += mine;
  }
  Figure figure{"memory", megabytes, "MB"};
  figure.must = "200 MB";
  figure.reached = megabytes < 200;
  return {figure};
}

std::vector<Figure> Restart() {
  Environment& environment = BigCounty();
  environment.deployment().StopAll();
  const auto begun = SteadyClock::now();
  environment.deployment().StartAll();
  const double seconds = Since(begun);
  // The floor: the same three programs, started to print their settings.
  const auto bare = SteadyClock::now();
  for (const auto& name : harness::Deployment::ServiceNames()) {
    (void)harness::RunProgram({std::string{BAOXUE_BINARY_DIR "/bin/baoxue-"} + name, "--config",
                               environment.deployment().suite_path(), "--check-config"});
  }
  Figure figure{"restart", seconds, "s", 0, 0, Since(bare)};
  figure.must = "3 s";
  figure.reached = seconds < 3;
  figure.floor_is = "the three programs started with --check-config";
  return {figure};
}

}  // namespace bench
