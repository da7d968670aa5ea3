// Two counties write to each other over a line that loses 30 % of the packets and is cut again and
// again, while every process of both is killed in turn: each letter is answered exactly once.
//
//   BAOXUE_CHAOS_LETTERS=10000 BAOXUE_CHAOS_KILLS=1000 build/release/bin/chaos_letters_test
// Whatever has ended is started again at once, as systemd would.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <iostream>
#include <numeric>
#include <set>
#include <thread>

#include "base/random.h"
#include "harness/letter_county.h"
#include "harness/wait.h"
#include "harness/wire.h"
#include "tracing/contract/evidence.h"
#include "tracing/contract/letter.pb.h"

namespace chaos {
namespace {

namespace v1 = baoxue::tracing::v1;
using std::chrono::milliseconds;
using std::chrono::seconds;
using SteadyClock = std::chrono::steady_clock;

constexpr int kStudents = 500;
constexpr int kWriters = 4;       // of each county
constexpr int kUnansweredMax = 150;
constexpr int kAhead = 5;         // kills that the letters may be ahead
constexpr milliseconds kLook{100};
constexpr milliseconds kPaceMax{2600};  // between two kills of one county; half that on average
constexpr seconds kPatience{300};       // without one more answer

int Given(const char* name, int otherwise) {
  const std::string text = harness::EnvironmentVariable(name);
  return text.empty() ? otherwise : std::atoi(text.c_str());
}

struct Plan {
  int letters = Given("BAOXUE_CHAOS_LETTERS", 200);
  int kills = Given("BAOXUE_CHAOS_KILLS", 20);
  int loss_percent = Given("BAOXUE_CHAOS_LOSS", 30);
  int seed = Given("BAOXUE_CHAOS_SEED", 1);
};

// One county: its processes, who kills and restarts them, and who writes its letters.
class Side {
 public:
  Side(const Plan& plan, const harness::Wire& wire, int side)
      : plan_(plan), side_(side), county_(Options(wire, side), kExchange, kStudents),
        children_(county_.Children()) {}

  ~Side() { Stop(); }

  void Join(Side& other) { county_.Join(other.county_); }
  void Begin(const Side& other) {
    keeper_ = std::jthread{[this](const std::stop_token& stop) { Keep(stop); }};
    for (int i = 0; i < kWriters; ++i) {
      writers_.emplace_back([this, &other](const std::stop_token& stop) { Write(stop, other); });
    }
  }
  void NoMoreKills() { may_kill_ = false; }
  void Stop() {
    for (std::jthread& writer : writers_) writer.request_stop();
    writers_.clear();
    if (keeper_.joinable()) keeper_.request_stop();
    keeper_ = {};
  }

  // Of this county's letters; what the last look said while the server is down.
  int Answered() {
    try {
      answered_ = std::atoi(Sql("SELECT COUNT(*) FROM conversation WHERE asker = 1 AND state = 7")
                                .c_str());
    } catch (const std::runtime_error&) {
    }
    return answered_;
  }
  bool IsQuiet() {
    try {
      return Sql("SELECT COUNT(*) FROM conversation WHERE waiting = 1 OR stuck <> 0 OR "
                 "desk <> 0") == "0\n";
    } catch (const std::runtime_error&) {
      return false;
    }
  }
  std::string Sql(const std::string& sql) {
    return county_.deployment().mariadb().RunSql(sql, database());
  }
  std::string database() const { return county_.suite().services.at("tracing").database; }
  const std::set<std::string>& letters() const { return letters_; }
  int letters_due() const { return plan_.letters / 2; }
  int kills() const { return kills_; }
  const std::map<std::string, int>& killed() const { return killed_; }
  int fell() const { return fell_; }
  const std::string& problem() const { return problem_; }

  base::Result<v1::Evidence> EvidenceOf(const std::string& id) {
    if (!reader_) reader_ = MakeClient();
    v1::ExportEvidence ask;
    ask.set_conversation_id(id);
    bus::CallOptions options;
    options.timeout = seconds{20};
    options.actor.set_person_id("chaos");
    options.actor.set_role("bureau_officer");
    ASSIGN_OR_RETURN(const auto file, reader_->Ask<v1::ExportEvidenceReply>(ask, options));
    return tracing::ParseEvidence(file.file());
  }

 private:
  static constexpr const char* kExchange =
      "per_minute: 1000000\nburst: 1000000\nretry_first_ms: 300\nretry_max_ms: 4000\n";

  static harness::DeploymentOptions Options(const harness::Wire& wire, int side) {
    harness::DeploymentOptions options;
    options.bin_dir = BAOXUE_BINARY_DIR "/bin";
    options.config_dir = BAOXUE_SOURCE_DIR "/config";
    options.county = side == 0 ? "tongan" : "suining";
    options.exchange_bind = "tcp://" + harness::Wire::Address(side) + ":17049";
    options.network_namespace = wire.network_namespace(side);
    return options;
  }
  std::unique_ptr<bus::Client> MakeClient() {
    return std::make_unique<bus::Client>(
        context_, host::ClientFor(county_.suite(), "tracing", "cli").value(), clock_, ids_);
  }

  // Kills and letters wait for each other, so that both go on to the end.
  bool KillDue() const {
    const int share = plan_.kills / 2;
    return may_kill_ && kills_ < share && SteadyClock::now() >= next_kill_ &&
           kills_ <= sent_ * share / std::max(letters_due(), 1);
  }
  bool MayWrite(int index) const {
    const bool paced = !may_kill_ || index * (plan_.kills / 2) <= (kills_ + kAhead) * letters_due();
    return paced && index < answered_ + kUnansweredMax;
  }
  void Keep(const std::stop_token& stop) {
    base::Rng rng{static_cast<std::uint64_t>(plan_.seed * 2 + side_)};
    while (!stop.stop_requested()) {
      try {
        if (KillDue()) {
          Kill(static_cast<int>(rng.Below(6)));
          const auto pause = rng.Below(static_cast<std::uint64_t>(kPaceMax.count()));
          next_kill_ = SteadyClock::now() + milliseconds{pause};
        }
        for (const char* service : kServices) {
          if (county_.deployment().Process(service).Running()) continue;
          ++fell_;  // it cannot start without its database, for example
          county_.deployment().Launch(service);
        }
      } catch (const std::runtime_error& e) {
        problem_ = e.what();
        return;
      }
      (void)harness::WaitUntil([&] { return stop.stop_requested(); }, kLook);
    }
  }
  void Kill(int victim) {
    harness::Deployment& deployment = county_.deployment();
    ++kills_;
    if (victim < 4) {
      const char* const service = kServices[victim];
      ++killed_[service];
      deployment.Kill9(service);
      deployment.Launch(service);
    } else if (victim == 4) {
      ++killed_["mariadb"];
      deployment.mariadb().Restart();
    } else {
      ++killed_["redis"];
      deployment.redis().Restart();
    }
  }

  // Writes the next letter and repeats the request, under the same key, until it is answered.
  void Write(const std::stop_token& stop, const Side& other) {
    const auto client = MakeClient();
    while (!stop.stop_requested()) {
      const int index = next_++;
      if (index >= letters_due()) return;
      (void)harness::WaitUntil(
          [&] { return stop.stop_requested() || MayWrite(index); },
          std::chrono::hours{1});
      const auto child = static_cast<std::size_t>(index) % other.children_.size();
      const auto ordinal = static_cast<std::size_t>(index) / other.children_.size();
      const v1::DraftLetter draft =
          harness::InquiryAbout(other.children_[child], side_ == 0 ? "430527" : "350212",
                                static_cast<std::uint32_t>(ordinal));
      bus::CallOptions options;
      options.timeout = seconds{3};
      options.actor.set_person_id("chaos");
      options.actor.set_role("bureau_officer");
      const base::Uuid key = ids_.NextId();
      options.idempotency_key = std::string{base::Bytes(key)};
      while (!stop.stop_requested()) {
        const auto reply = client->Ask<v1::LetterReply>(draft, options);
        if (!reply.ok()) continue;
        const std::lock_guard lock{mutex_};
        letters_.insert(reply->letter().conversation_id());
        break;
      }
      ++sent_;
    }
  }

  static constexpr const char* kServices[] = {"registry", "attendance", "cases", "tracing"};
  const Plan& plan_;
  const int side_;
  harness::LetterCounty county_;
  std::vector<harness::SampleChild> children_;
  base::SystemClock clock_;
  base::RandomIds ids_;
  bus::Context context_{bus::AccessList{}};
  std::unique_ptr<bus::Client> reader_;
  std::mutex mutex_;
  std::set<std::string> letters_;
  std::atomic<int> next_ = 0;
  std::atomic<int> sent_ = 0;
  std::atomic<int> answered_ = 0;
  std::atomic<int> kills_ = 0;
  std::atomic<bool> may_kill_ = true;
  SteadyClock::time_point next_kill_ = {};
  std::map<std::string, int> killed_;
  int fell_ = 0;
  std::string problem_;
  std::jthread keeper_;
  std::vector<std::jthread> writers_;
};

// The whole play on one line.
class Play {
 public:
  explicit Play(const Plan& plan)
      : plan_(plan), wire_(static_cast<std::uint64_t>(plan.seed)), rng_(
            static_cast<std::uint64_t>(plan.seed) + 1000),
        tongan_(plan, wire_, 0), suining_(plan, wire_, 1) {}

  void Run() {
    tongan_.Join(suining_);
    suining_.Join(tongan_);
    wire_.Lose(plan_.loss_percent);
    const auto begun = SteadyClock::now();
    tongan_.Begin(suining_);
    suining_.Begin(tongan_);
    const bool all = AwaitAnswers();
    tongan_.NoMoreKills();
    suining_.NoMoreKills();
    wire_.Cut(false);
    const auto done = [&] { return tongan_.IsQuiet() && suining_.IsQuiet(); };
    const bool quiet = all && harness::WaitUntil(done, kPatience);
    Say(begun);
    wire_.Lose(0);
    tongan_.Stop();
    suining_.Stop();
    EXPECT_TRUE(all) << tongan_.problem() << suining_.problem();
    EXPECT_TRUE(quiet) << "something is stuck";
    EXPECT_EQ(tongan_.kills() + suining_.kills(), plan_.kills / 2 * 2);
    EXPECT_GT(wire_.lost(), 0u);
  }

  void ExpectAnsweredOnce() {
    std::vector<int> numbers[2];
    int side = 0;
    for (Side* const one : {&tongan_, &suining_}) {
      EXPECT_EQ(static_cast<int>(one->letters().size()), one->letters_due());
      const std::string replies = "FROM event_log WHERE type = 'tracing.reply.received'";
      EXPECT_EQ(one->Sql("SELECT COUNT(*) " + replies), fmt::format("{}\n", one->letters_due()));
      EXPECT_EQ(one->Sql("SELECT COUNT(DISTINCT correlation_id) " + replies),
                fmt::format("{}\n", one->letters_due()));
      EXPECT_EQ(one->Sql("SELECT COUNT(*) FROM conversation"),
                fmt::format("{}\n", plan_.letters / 2 * 2));
      for (const std::string& id : one->letters()) Judge(id, numbers[side], numbers[1 - side]);
      ++side;
    }
    for (std::vector<int>& given : numbers) {
      std::sort(given.begin(), given.end());
      std::vector<int> expected(static_cast<std::size_t>(plan_.letters / 2 * 2));
      std::iota(expected.begin(), expected.end(), 1);
      EXPECT_EQ(given, expected) << "a number was given twice, or one is missing";
    }
  }

 private:
  bool AwaitAnswers() {
    int best = 0;
    auto moved = SteadyClock::now();
    auto said = moved;
    auto turn = moved + seconds{5};
    while (SteadyClock::now() - moved < kPatience) {
      const int answered = tongan_.Answered() + suining_.Answered();
      const int kills = tongan_.kills() + suining_.kills();
      const auto now = SteadyClock::now();
      if (answered + kills > best) {
        best = answered + kills;
        moved = now;
      }
      if (answered >= plan_.letters / 2 * 2 && kills >= plan_.kills / 2 * 2) return true;
      if (now >= turn) {
        wire_.Cut(!wire_.is_cut());
        cuts_ += wire_.is_cut() ? 1 : 0;
        turn = now + (wire_.is_cut() ? seconds{3 + rng_.Below(8)} : seconds{15 + rng_.Below(30)});
      }
      if (now - said > seconds{15}) {
        said = now;
        std::cout << fmt::format("{} of {} answered, {} kills, {} cuts\n", answered, plan_.letters,
                                 kills, cuts_)
                  << std::flush;
      }
      (void)harness::WaitUntil([] { return false; }, seconds{1});
    }
    return false;
  }

  void Say(SteadyClock::time_point begun) {
    const auto took = std::chrono::duration_cast<seconds>(SteadyClock::now() - begun);
    std::cout << fmt::format(
        "{} letters, {} kills, {} cuts in {} s; {} packets carried, {} lost ({:.1f} %); seed {}\n",
        tongan_.Answered() + suining_.Answered(), tongan_.kills() + suining_.kills(), cuts_,
        took.count(), wire_.carried(), wire_.lost(),
        100.0 * static_cast<double>(wire_.lost()) /
            static_cast<double>(std::max<std::uint64_t>(wire_.carried() + wire_.lost(), 1)),
        plan_.seed);
    for (Side* const side : {&tongan_, &suining_}) {
      std::string killed;
      for (const auto& [name, count] : side->killed()) killed += fmt::format(" {} {}", name, count);
      std::cout << fmt::format("{}:{}; ended by themselves {}\n", side->database(), killed,
                               side->fell());
    }
  }

  // One letter and one answer, proven by public keys on both sides, which hold the same.
  void Judge(const std::string& id, std::vector<int>& of_asker, std::vector<int>& of_answerer) {
    const auto mine = tongan_.EvidenceOf(id);
    const auto theirs = suining_.EvidenceOf(id);
    ASSERT_TRUE(mine.ok() && theirs.ok());
    const auto one = tracing::JudgeEvidence(*mine, nullptr);
    const auto two = tracing::JudgeEvidence(*theirs, nullptr);
    EXPECT_TRUE(one.holds() && two.holds());
    EXPECT_EQ(one.asker_head, two.asker_head);
    EXPECT_EQ(one.answerer_head, two.answerer_head);
    ASSERT_EQ(mine->of_asker_size(), 1);
    ASSERT_EQ(mine->of_answerer_size(), 1);
    for (const auto& report : {one, two}) {
      for (const auto& line : report.lines) EXPECT_TRUE(line.receipted);
    }
    const auto number = [](const v1::EvidenceItem& evidence) {
      v1::Item item;
      EXPECT_TRUE(item.ParseFromString(evidence.item().item()));
      const std::size_t at = item.document_no().find("〕");
      return at == std::string::npos ? 0 : std::atoi(item.document_no().substr(at + 3).c_str());
    };
    of_asker.push_back(number(mine->of_asker(0)));
    of_answerer.push_back(number(mine->of_answerer(0)));
  }

  const Plan& plan_;
  harness::Wire wire_;
  base::Rng rng_;
  Side tongan_;
  Side suining_;
  int cuts_ = 0;
};

TEST(Letters, AreAnsweredOnceOverABadLineWhateverIsKilled) {
  if (!harness::Wire::Possible()) {
    GTEST_SKIP() << "#3: needs root and /dev/net/tun (2026-11-22)";
  }
  store::Pool::InitDriver();
  const Plan plan;
  Play play{plan};
  play.Run();
  play.ExpectAnsweredOnce();
}

}  // namespace
}  // namespace chaos
