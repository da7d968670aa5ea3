// rollcall_64x1, rollcall_64x16: class roll calls per second, acknowledged after a durable commit.
#include <fmt/format.h>

#include "bench/suite/benches.h"
#include "bench/suite/load.h"
#include "bench/suite/peers.h"

namespace bench {
namespace {

namespace av1 = baoxue::attendance::v1;

std::unique_ptr<Environment>& Big() {
  static std::unique_ptr<Environment> environment;
  return environment;
}

// Every class, half-day and day of the term once; then the same again as corrections.
class Workload {
 public:
  explicit Workload(Environment& environment) : classes_(environment.Classes()), random_(11) {
    const auto first = base::Date::FromYmd(2026, 9, 1);
    const auto last = base::Date::FromYmd(2027, 1, 15);
    days_ = environment.SchoolDays(*first, *last);
  }

  // One exception a class; one in five of them without leave.
  void Next(Submit& submit) {
    const ClassList& c = classes_[next_ % classes_.size()];
    const std::uint64_t half_day = next_ / classes_.size() % (2 * days_.size());
    ++next_;
    submit.set_class_id(c.class_id);
    PutDate(days_[half_day / 2], submit.mutable_day());
    submit.set_half(half_day % 2 == 0 ? av1::HALF_DAY_MORNING : av1::HALF_DAY_AFTERNOON);
    auto* exception = submit.add_exceptions();
    exception->set_student_id(c.students[random_.Below(c.students.size())]);
    exception->set_mark(random_.Below(5) == 0 ? av1::MARK_ABSENT : av1::MARK_SICK_LEAVE);
  }

  std::uint64_t submitted() const { return next_; }

 private:
  const std::vector<ClassList>& classes_;
  std::vector<base::Date> days_;
  base::Rng random_;
  std::uint64_t next_ = 0;
};

// The floor: the same rows by multi-row INSERT straight through the connector, 1,000 a statement.
double InsertRate(Environment& environment) {
  store::PoolOptions options = environment.deployment().mariadb().FreshDatabase();
  base::SystemClock clock;
  store::Pool pool{options, clock};
  double rate = 0;
  const auto status = pool.WithSession([&](store::Session& session) -> base::Status {
    auto made = session.Execute(
        "CREATE TABLE floor_roll_call (class_id BIGINT NOT NULL, day DATE NOT NULL,"
        " half TINYINT NOT NULL, revision INT NOT NULL, idem_key BINARY(16) NOT NULL,"
        " exceptions VARBINARY(2048) NOT NULL, actor VARCHAR(64) NOT NULL,"
        " recorded_at DATETIME(3) NOT NULL, PRIMARY KEY (class_id, day, half, revision))"
        " ENGINE=InnoDB DEFAULT CHARSET=utf8mb4");
    if (!made.ok()) return made.error();
    const auto begun = std::chrono::steady_clock::now();
    const auto day = *base::Date::FromYmd(2026, 9, 1);
    constexpr int kRows = 300'000;
    int row = 0;
    while (row < kRows) {
      store::BulkInsert insert{session,
                               "INSERT INTO floor_roll_call (class_id, day, half, revision,"
                               " idem_key, exceptions, actor, recorded_at)"};
      for (int i = 0; i < 1000; ++i, ++row) {
        RETURN_IF_ERROR(insert.Add({row % 2600, day + std::chrono::days{row / 5200}, row / 2600 % 2,
                                    1, fmt::format("{:016d}", row), "abcd", "T1", clock.Now()}));
      }
      RETURN_IF_ERROR(insert.Flush());
    }
    const double seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
    rate = kRows / seconds;
    return {};
  });
  if (!status.ok()) throw std::runtime_error(status.error().ToString());
  return rate;
}

std::vector<Figure> Run(const std::string& name, int in_flight, double must_rate, double must_p99) {
  Environment& environment = BigCounty();
  Workload workload{environment};
  LoadOptions load;
  load.in_flight = in_flight;
  const auto result = RunLoad(environment.context(), environment.Dial("attendance"), load,
                              [&](Submit& submit) { workload.Next(submit); });
  const auto drained = std::chrono::steady_clock::now();
  environment.AwaitSettled();
  const double behind =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - drained).count();
  for (const auto& [reason, count] : result.refused) {
    fmt::print("  {}: {} x {}\n", name, reason, count);
  }
  fmt::print("  {}: followers were settled {:.2f} s after the last acknowledgement\n", name,
             behind);
  Figure figure{name, result.rate, "/s", result.p50_ms, result.p99_ms, InsertRate(environment)};
  figure.must = fmt::format("{:.0f}/s, p99 < {:.0f} ms", must_rate, must_p99);
  figure.reached = result.refused.empty() && result.rate >= must_rate && result.p99_ms < must_p99;
  figure.floor_is = "the same rows by 1,000-row INSERTs straight through the connector";
  figure.peers = MeasurePeers(environment, load.clients * in_flight);
  return {figure};
}

}  // namespace

Environment& BigCounty() {
  if (!Big()) {
    fmt::print("making and importing 同安 (119,003 students) ...\n");
    std::fflush(stdout);
    Big() = std::make_unique<Environment>(EnvironmentOptions{});
    Big()->deployment().StartAll();
    Big()->Sample();
    Big()->ImportAll();
    Big()->SetClock("2027-01-15T20:00");
  }
  return *Big();
}

void DropBigCounty() { Big().reset(); }

std::vector<Figure> RollCall64x1() { return Run("rollcall_64x1", 1, 20'000, 15); }
std::vector<Figure> RollCall64x16() { return Run("rollcall_64x16", 16, 60'000, 40); }

}  // namespace bench
