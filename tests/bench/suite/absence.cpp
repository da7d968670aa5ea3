// absence_to_case: from the acknowledgement of the third absence to the committed case row, under
// 1,000 roll calls a second.
#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <mutex>
#include <thread>
#include <unordered_map>

#include "bench/suite/benches.h"
#include "bench/suite/load.h"

namespace bench {
namespace {

namespace av1 = baoxue::attendance::v1;
using SteadyClock = std::chrono::steady_clock;

constexpr int kProbes = 200;

// The class takes three mornings in a row with its first student missing; the time of the third
// acknowledgement.
SteadyClock::time_point MissThreeDays(Environment& environment, const ClassList& c,
                                      const std::vector<base::Date>& days) {
  SteadyClock::time_point acknowledged;
  for (const base::Date day : days) {
    Submit submit;
    submit.set_class_id(c.class_id);
    PutDate(day, submit.mutable_day());
    submit.set_half(av1::HALF_DAY_MORNING);
    auto* exception = submit.add_exceptions();
    exception->set_student_id(c.students.front());
    exception->set_mark(av1::MARK_ABSENT);
    bus::CallOptions call;
    call.actor = BenchActor();
    Must(environment.client("attendance").Ask<av1::SubmitRollCallReply>(submit, call));
    acknowledged = SteadyClock::now();
  }
  return acknowledged;
}

// Polls the table for the student's case; milliseconds since `from`.
double AwaitCase(store::Session& session, std::int64_t student, SteadyClock::time_point from) {
  const auto give_up = from + std::chrono::seconds{10};
  while (SteadyClock::now() < give_up) {
    auto rows =
        Must(session.Query("SELECT 1 AS found FROM case_file WHERE student_id = ?", {student}));
    if (rows.Next()) {
      return std::chrono::duration<double, std::milli>(SteadyClock::now() - from).count();
    }
  }
  throw std::runtime_error(fmt::format("no case for student {} after 10 s", student));
}

// The floor: one INSERT, committed, on the same busy machine.
double InsertMillis(store::Session& session, int number) {
  const auto begun = SteadyClock::now();
  (void)Must(session.Execute("INSERT INTO bench_floor (id) VALUES (?)", {number}));
  return std::chrono::duration<double, std::milli>(SteadyClock::now() - begun).count();
}

}  // namespace

std::vector<Figure> AbsenceToCase() {
  Environment& environment = BigCounty();
  const auto& classes = environment.Classes();
  const auto days =
      environment.SchoolDays(*base::Date::FromYmd(2027, 1, 11), *base::Date::FromYmd(2027, 1, 13));
  store::PoolOptions options = environment.suite().mysql;
  options.database = environment.suite().services.at("cases").database;
  base::SystemClock clock;
  store::Pool pool{options, clock};

  std::atomic<bool> probing{true};
  std::thread background{[&] {
    base::Rng random{5};
    const auto early = environment.SchoolDays(*base::Date::FromYmd(2026, 9, 1),
                                              *base::Date::FromYmd(2026, 12, 31));
    LoadOptions load;
    load.in_flight = 4;
    load.rate_max = 1000;
    load.duration = std::chrono::seconds{120};
    RunLoad(
        environment.context(), environment.Dial("attendance"), load,
        [&](Submit& submit) {
          const ClassList& c = classes[kProbes + random.Below(classes.size() - kProbes)];
          submit.set_class_id(c.class_id);
          PutDate(early[random.Below(early.size())], submit.mutable_day());
          submit.set_half(av1::HALF_DAY_MORNING);
          auto* exception = submit.add_exceptions();
          exception->set_student_id(c.students[random.Below(c.students.size())]);
          exception->set_mark(av1::MARK_SICK_LEAVE);
        },
        [&] { return probing.load(); });
  }};
  std::vector<double> millis;
  std::vector<double> floor;
  const auto status = pool.WithSession([&](store::Session& session) -> base::Status {
    (void)Must(session.Execute("CREATE TABLE IF NOT EXISTS bench_floor (id INT PRIMARY KEY)"));
    for (int i = 0; i < kProbes; ++i) {
      const ClassList& c = classes[static_cast<std::size_t>(i)];
      const auto acknowledged = MissThreeDays(environment, c, days);
      millis.push_back(AwaitCase(session, c.students.front(), acknowledged));
      floor.push_back(InsertMillis(session, i));
    }
    (void)Must(session.Execute("DROP TABLE bench_floor"));
    return {};
  });
  probing = false;
  background.join();
  if (!status.ok()) throw std::runtime_error(status.error().ToString());
  std::sort(millis.begin(), millis.end());
  std::sort(floor.begin(), floor.end());
  Figure figure{"absence_to_case",     Quantile(millis, 0.99), "ms",
                Quantile(millis, 0.5), Quantile(millis, 0.99), Quantile(floor, 0.99)};
  figure.must = "p99 < 300 ms";
  figure.reached = figure.p99_ms < 300;
  figure.floor_is = "p99 of one committed INSERT at the same time";
  return {figure};
}

}  // namespace bench
