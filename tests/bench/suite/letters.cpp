// letters: letters answered by machine per second between two whole deployments on this machine,
// signed, sealed, receipted and durable on both sides; and how long one takes at 100 a second.
//
// 绥宁 has a sample county of 1,000 children; 同安 asks for them one after another. A letter counts
// when 同安's feed says that its answer has come, with the receipt for the question held before.
// Floor: the four SM2 signatures and two durable commits of each letter, one in either county's
// MariaDB, by eight threads and nothing else.
#include <fmt/format.h>

#include <algorithm>
#include <condition_variable>
#include <fstream>
#include <map>
#include <mutex>
#include <sstream>
#include <stdexcept>
#include <thread>

#include "bench/suite/benches.h"
#include "store/store.h"
#include "tracing/contract/parcel.h"
#include "tracing/contract/tracing.pb.h"

namespace bench {
namespace {

namespace v1 = baoxue::tracing::v1;
using SteadyClock = std::chrono::steady_clock;

constexpr int kStudents = 1000;
constexpr int kInFlight = 64;
constexpr int kLetters = 2000;
constexpr double kSteadyRate = 100;
constexpr int kFloorThreads = 8;

constexpr const char* kManyLetters =
    "automatic: [HC]\nper_minute: 1000000\nburst: 1000000\n";

struct Child {
  std::string name = {};
  std::string id_number = {};
};

void Check(const harness::RunResult& result) {
  if (result.exit_code != 0) throw std::runtime_error(result.output);
}

std::vector<std::string> Split(const std::string& line) {
  std::vector<std::string> cells;
  std::istringstream in{line};
  for (std::string cell; std::getline(in, cell, ',');) cells.push_back(cell);
  return cells;
}

class County {
 public:
  explicit County(const std::string& profile, bool with_children) {
    harness::DeploymentOptions options;
    options.bin_dir = BAOXUE_BINARY_DIR "/bin";
    options.tcp = true;
    options.mariadb.extra_args = TunedMariaDb();
    options.config_dir = BAOXUE_SOURCE_DIR "/config";
    options.county = profile;
    options.tracing = true;
    options.rehearsal = false;  // repeats need a clock that runs
    deployment_ = std::make_unique<harness::Deployment>(options);
    std::ofstream{deployment_->exchange_path(), std::ios::app}
        << kManyLetters;
    deployment_->StartAll();
    deployment_->Start("tracing");
    if (with_children) {
      Check(deployment_->Cli({"sample", "--county", profile, "--students",
                              std::to_string(kStudents), "--weeks", "1", "--config-dir",
                              options.config_dir, "--out", sample()}));
      Check(deployment_->Cli({"import", "--sample", sample()}, std::chrono::minutes{5}));
    }
    suite_ = host::LoadSuite(deployment_->suite_path()).value();
  }

  std::string sample() const { return deployment_->data_dir() + "/sample"; }
  harness::Deployment& deployment() { return *deployment_; }
  const host::Suite& suite() const { return suite_; }

  void Join(County& other) {
    const std::string file = other.deployment_->data_dir() + "/own.directory";
    const auto exported = other.deployment_->Cli({"--json", "directory", "export", file});
    Check(exported);
    const std::size_t at = exported.output.find("\"fingerprint\": \"") + 16;
    const std::string fingerprint =
        exported.output.substr(at, exported.output.find('"', at) - at);
    Check(deployment_->Cli({"directory", "import", file, "--fingerprint", fingerprint}));
  }

  std::vector<Child> Children() const {
    std::ifstream in{sample() + "/roster.csv"};
    std::string line;
    std::getline(in, line);
    const std::vector<std::string> head = Split(line);
    const auto column = [&](std::string_view name) {
      for (std::size_t i = 0; i < head.size(); ++i) {
        if (head[i].find(name) != std::string::npos) return i;
      }
      throw std::runtime_error("the roster has no such column");
    };
    const std::size_t name = column("姓名");
    const std::size_t number = column("身份证件号");
    std::vector<Child> children;
    while (std::getline(in, line)) {
      const std::vector<std::string> cells = Split(line);
      if (cells.size() > std::max(name, number)) children.push_back({cells[name], cells[number]});
    }
    return children;
  }

 private:
  std::unique_ptr<harness::Deployment> deployment_;
  host::Suite suite_;
};

v1::DraftLetter Inquiry(const Child& child, std::uint32_t ordinal) {
  v1::DraftLetter draft;
  draft.set_kind(v1::LETTER_KIND_HC);
  draft.set_to("430527");
  draft.set_ordinal(ordinal);
  v1::InquiryLetter& letter = *draft.mutable_inquiry();
  letter.mutable_child()->set_name(child.name);
  letter.mutable_child()->set_id_number(child.id_number);
  letter.mutable_child()->set_household_division("430527");
  letter.mutable_last_seen()->set_year(2026);
  letter.mutable_last_seen()->set_month(8);
  letter.mutable_last_seen()->set_day(20);
  v1::Measure& visit = *letter.add_measures();
  visit.set_kind("家访");
  visit.set_text("家中无人");
  *visit.mutable_day() = letter.last_seen();
  letter.set_request("请核查该生去向及就读情况");
  letter.mutable_contact()->set_body("厦门市同安区教育局");
  letter.mutable_contact()->set_person("张科员");
  letter.mutable_contact()->set_phone("0592-0000000");
  return draft;
}

// Sends letters and hears of their answers.
class Stopwatch {
 public:
  explicit Stopwatch(County& county)
      : client_(context_, host::ClientFor(county.suite(), "tracing", "cli").value(), clock_, ids_),
        requests_(context_, host::ClientFor(county.suite(), "tracing", "cli").value(), clock_,
                  ids_) {
    const host::ServiceSettings& service = county.suite().services.at("tracing");
    const auto options = host::ClientFor(county.suite(), "tracing", "cli").value();
    bus::Follower::Options follow{.feed = "tracing", .events = {}, .keys = options.keys};
    for (const std::string& address : service.events) {
      follow.events.push_back(
          {.address = address, .server_key = options.endpoints.front().server_key});
    }
    follower_ = std::make_unique<bus::Follower>(
        context_, follow, requests_, [] { return base::Result<std::uint64_t>{0}; },
        [this](const std::vector<bus::Event>& events) { return Take(events); }, clock_);
    follower_->Start();
  }

  // At most `in_flight` unanswered ones; `rate` 0: as fast as they go. Seconds from the first to
  // the last answer.
  double Run(const std::vector<Child>& children, int letters, double rate, std::uint32_t first) {
    times_.clear();
    const auto begun = SteadyClock::now();
    for (int i = 0; i < letters; ++i) {
      if (rate > 0) {
        std::unique_lock lock{mutex_};
        const auto at = begun + std::chrono::duration_cast<SteadyClock::duration>(
                                    std::chrono::duration<double>(i / rate));
        (void)changed_.wait_until(lock, at, [] { return false; });
      } else {
        std::unique_lock lock{mutex_};
        changed_.wait(lock, [this] { return open_ < kInFlight; });
      }
      const auto ordinal = first + static_cast<std::uint32_t>(i) / children.size();
      Send(Inquiry(children[static_cast<std::size_t>(i) % children.size()],
                   static_cast<std::uint32_t>(ordinal)));
    }
    std::unique_lock lock{mutex_};
    const bool all = changed_.wait_for(lock, std::chrono::minutes{3}, [&] {
      return times_.size() + refused_ >= static_cast<std::size_t>(letters);
    });
    if (!all || refused_ > 0) {
      throw std::runtime_error(fmt::format("{} of {} answered, {} refused: {}", times_.size(),
                                           letters, refused_, refusal_));
    }
    return std::chrono::duration<double>(SteadyClock::now() - begun).count();
  }

  double At(double quantile) {
    const std::lock_guard lock{mutex_};
    std::sort(times_.begin(), times_.end());
    return Quantile(times_, quantile);
  }

 private:
  void Send(const v1::DraftLetter& draft) {
    {
      const std::lock_guard lock{mutex_};
      ++open_;
    }
    bus::CallOptions options;
    options.timeout = std::chrono::seconds{60};
    options.actor.set_person_id("bench");
    options.actor.set_role("bureau_officer");
    const auto begun = SteadyClock::now();
    client_.CallAsync(std::string{v1::DraftLetter::descriptor()->full_name()},
                      draft.SerializeAsString(), std::move(options),
                      [this, begun](bus::Reply reply) {
                        const std::lock_guard lock{mutex_};
                        v1::LetterReply message;
                        if (!reply.ok() || !message.ParseFromString(*reply)) {
                          ++refused_;
                          --open_;
                          if (!reply.ok()) refusal_ = reply.error().ToString();
                        } else {
                          begun_[message.letter().conversation_id()] = begun;
                          Match(message.letter().conversation_id());
                        }
                        changed_.notify_all();
                      });
  }

  base::Result<std::uint64_t> Take(const std::vector<bus::Event>& events) {
    const std::lock_guard lock{mutex_};
    for (const bus::Event& event : events) {
      if (event.type() != "tracing.reply.received") continue;
      answered_[event.correlation_id()] = SteadyClock::now();
      Match(event.correlation_id());
    }
    changed_.notify_all();
    return events.back().seq();
  }

  // Both ends of a letter are known, in whatever order they came.
  void Match(const std::string& id) {
    const auto from = begun_.find(id);
    const auto to = answered_.find(id);
    if (from == begun_.end() || to == answered_.end()) return;
    times_.push_back(
        std::chrono::duration<double, std::milli>(to->second - from->second).count());
    --open_;
    begun_.erase(from);
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::string, SteadyClock::time_point> begun_;
  std::map<std::string, SteadyClock::time_point> answered_;
  std::vector<double> times_;
  int open_ = 0;
  std::size_t refused_ = 0;
  std::string refusal_;
  base::SystemClock clock_;
  base::RandomIds ids_;
  bus::Context context_{bus::AccessList{}};
  bus::Client client_;
  bus::Client requests_;
  std::unique_ptr<bus::Follower> follower_;
};

// What no protocol can do without: four signatures and a commit on either side for each letter.
double Floor(County& asker, County& answerer) {
  constexpr int kRounds = 300;
  const base::SystemClock clock;
  std::vector<std::unique_ptr<store::Pool>> pools;
  for (County* const county : {&asker, &answerer}) {
    store::PoolOptions options = county->suite().mysql;
    options.database = county->suite().services.at("tracing").database;
    pools.push_back(std::make_unique<store::Pool>(options, clock));
    const base::Status made = pools.back()->WithSession([](store::Session& session) {
      const auto created = session.Execute(
          "CREATE TABLE bench_floor (id BIGINT AUTO_INCREMENT PRIMARY KEY, bytes BLOB NOT NULL) "
          "ENGINE=InnoDB");
      return created.ok() ? base::Status{} : base::Status{created.error()};
    });
    if (!made.ok()) throw std::runtime_error(made.error().ToString());
  }
  const auto key = security::LetterKey::Generate(security::LetterSuite::kSm, "350212",
                                                 {.begin = Must(base::Date::Parse("2026-01-01")),
                                                  .end = Must(base::Date::Parse("2027-01-01"))});
  std::atomic<int> failed = 0;
  const auto work = [&] {
    for (int i = 0; i < kRounds; ++i) {
      for (const auto& pool : pools) {
        const std::string signatures =
            key.Sign("item", std::string(900, 'x')) + key.Sign("receipt", std::string(300, 'x'));
        const base::Status done = pool->WithSession([&](store::Session& session) {
          const auto row = session.Execute("INSERT INTO bench_floor (bytes) VALUES (?)",
                                           {store::Value{signatures}});
          return row.ok() ? base::Status{} : base::Status{row.error()};
        });
        if (!done.ok()) ++failed;
      }
    }
  };
  const auto begun = SteadyClock::now();
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < kFloorThreads; ++i) threads.emplace_back(work);
  }
  const double seconds = std::chrono::duration<double>(SteadyClock::now() - begun).count();
  if (failed > 0) throw std::runtime_error("the floor's commits failed");
  return kFloorThreads * kRounds / seconds;
}

}  // namespace

std::vector<Figure> Letters() {
  store::Pool::InitDriver();
  County tongan{"tongan", false};
  County suining{"suining", true};
  tongan.Join(suining);
  suining.Join(tongan);
  const std::vector<Child> children = suining.Children();
  Stopwatch watch{tongan};
  watch.Run(children, 500, 0, 1);  // warm-up
  Figure rate{.name = "letters", .unit = "/s"};
  fmt::print("measuring {} letters\n", kLetters);
  std::fflush(stdout);
  const double seconds = watch.Run(children, kLetters, 0, 1000);
  rate.value = kLetters / seconds;
  rate.p50_ms = watch.At(0.5);
  rate.p99_ms = watch.At(0.99);
  rate.must = "300/s";
  rate.reached = rate.value >= 300;
  Figure steady{.name = "letters_steady", .unit = "/s"};
  const int count = static_cast<int>(kSteadyRate * 10);
  steady.value = count / watch.Run(children, count, kSteadyRate, 2000);
  steady.p50_ms = watch.At(0.5);
  steady.p99_ms = watch.At(0.99);
  steady.must = "p99 < 1 s at 100/s";
  steady.reached = steady.p99_ms < 1000;
  rate.floor = Floor(tongan, suining);
  rate.floor_is = "four SM2 signatures and two commits of each letter, in two MariaDB";
  return {rate, steady};
}

}  // namespace bench
