// letters: letters answered by machine per second between two whole deployments on this machine,
// signed, sealed, receipted and durable on both sides; and how long one takes at 100 a second.
//
// 绥宁 has a sample county of 1,000 children; 同安 asks for them one after another. A letter counts
// when 同安's feed says that its answer has come, with the receipt for the question held before.
// Floor: the four SM2 signatures and two durable commits of each letter, one in either county's
// MariaDB, by eight threads and nothing else.
#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <map>
#include <mutex>
#include <stdexcept>
#include <thread>

#include "bench/suite/benches.h"
#include "harness/letter_county.h"
#include "store/store.h"
#include "tracing/contract/parcel.h"
#include "tracing/contract/tracing.pb.h"

namespace bench {
namespace {

namespace v1 = baoxue::tracing::v1;
using SteadyClock = std::chrono::steady_clock;

constexpr int kStudents = 1000;
constexpr int kInFlight = 128;
constexpr int kLetters = 2000;
constexpr double kSteadyRate = 100;
constexpr int kFloorThreads = 8;

constexpr const char* kManyLetters = "per_minute: 1000000\nburst: 1000000\n";

using harness::LetterCounty;
using harness::SampleChild;

LetterCounty Start(const std::string& profile, int students) {
  harness::DeploymentOptions options;
  options.bin_dir = BAOXUE_BINARY_DIR "/bin";
  options.config_dir = BAOXUE_SOURCE_DIR "/config";
  options.county = profile;
  options.tcp = true;
  options.mariadb.extra_args = TunedMariaDb();
  return LetterCounty{options, kManyLetters, students};
}

// Sends letters and hears of their answers.
class Stopwatch {
 public:
  explicit Stopwatch(const LetterCounty& county)
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
  double Run(const std::vector<SampleChild>& children, int letters, double rate,
             std::uint32_t first) {
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
      Send(harness::InquiryAbout(children[static_cast<std::size_t>(i) % children.size()], "430527",
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
double Floor(LetterCounty& asker, LetterCounty& answerer) {
  constexpr int kRounds = 300;
  const base::SystemClock clock;
  std::vector<std::unique_ptr<store::Pool>> pools;
  for (LetterCounty* const county : {&asker, &answerer}) {
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
  LetterCounty tongan = Start("tongan", 0);
  LetterCounty suining = Start("suining", kStudents);
  tongan.Join(suining);
  suining.Join(tongan);
  const std::vector<SampleChild> children = suining.Children();
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
