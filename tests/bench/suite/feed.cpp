// fact_to_event: from the commit of a changed fact in the registry to the event at a live
// subscriber. feed_catch_up: a subscriber that was away reads a million events.
#include <fmt/format.h>

#include <algorithm>
#include <condition_variable>
#include <mutex>

#include "bench/suite/benches.h"
#include "bench/suite/subsidy_stage.h"
#include "registry/contract/registry.pb.h"
#include "store/event_log.h"
#include "subsidy/app/events.h"

namespace bench {
namespace {

namespace registry = baoxue::registry::v1;
using SteadyClock = std::chrono::steady_clock;

// A subscriber that only counts, with the office's key.
class Office {
 public:
  Office(SubsidyStage& stage, std::uint64_t from) : position_(from) {
    bus::ClientOptions dial = stage.Dial("subsidy-office");
    bus::Follower::Options options;
    options.feed = "subsidy";
    options.keys = dial.keys;
    options.batch_max = 2000;
    for (const std::string& address : stage.suite().services.at("subsidy").events) {
      options.events.push_back({address, dial.endpoints.front().server_key});
    }
    client_ = std::make_unique<bus::Client>(stage.context(), std::move(dial), stage.clock(),
                                            stage.ids());
    follower_ = std::make_unique<bus::Follower>(
        stage.context(), options, *client_,
        [this]() -> base::Result<std::uint64_t> { return position(); },
        [this](const std::vector<bus::Event>& events) -> base::Result<std::uint64_t> {
          const std::lock_guard lock{mutex_};
          position_ = events.back().seq();
          moved_.notify_all();
          return position_;
        },
        stage.clock());
    follower_->Start();
  }
  std::uint64_t position() {
    const std::lock_guard lock{mutex_};
    return position_;
  }
  void Await(std::uint64_t seq) {
    std::unique_lock lock{mutex_};
    if (!moved_.wait_for(lock, std::chrono::seconds{60}, [&] { return position_ >= seq; })) {
      throw std::runtime_error(fmt::format("still at {} of {}", position_, seq));
    }
  }

 private:
  std::unique_ptr<bus::Client> client_;
  std::mutex mutex_;
  std::condition_variable moved_;
  std::uint64_t position_;
  std::unique_ptr<bus::Follower> follower_;
};

void TellGroups(SubsidyStage& stage, std::int64_t student, bool poor) {
  registry::GroupsChanged groups;
  groups.set_student_id(student);
  if (poor) {
    registry::GroupTag& tag = *groups.add_groups();
    tag.set_group("低保");
    tag.set_source("民政");
    PutDate(*base::Date::FromYmd(2026, 1, 1), tag.mutable_valid_from());
  }
  host::Host& host = stage.registry().host();
  const store::NewEvent event{.type = "registry.groups.changed",
                              .subject = fmt::format("student/{}", student),
                              .time = host.clock().Now(),
                              .payload = groups.SerializeAsString(),
                              .payload_type = groups.GetDescriptor()->full_name()};
  const base::Status done = host.pool().InTransaction([&](store::Transaction& tx) -> base::Status {
    const auto first = store::AppendEvents(tx, "registry", {&event, 1});
    return first.ok() ? base::Status{} : base::Status{first.error()};
  });
  if (!done.ok()) throw std::runtime_error(done.error().ToString());
  host.NotifyFeed();
}

std::uint64_t HeadOf(SubsidyStage& stage) {
  std::uint64_t head = 0;
  const base::Status done = stage.pool().WithSession([&](store::Session& session) -> base::Status {
    ASSIGN_OR_RETURN(head, store::HeadOf(session, "subsidy"));
    return {};
  });
  if (!done.ok()) throw std::runtime_error(done.error().ToString());
  return head;
}

// One commit to the same feed and its event at the same subscriber, nothing decided: p99 in ms.
double BareCommitAndEvent(SubsidyStage& stage, Office& office, int probes) {
  host::Host& host = stage.subsidy().host();
  const subsidy::Benefit benefit{.id = "living_boarding", .name = "生活补助(寄宿)"};
  const subsidy::DecisionRow decision{
      .student = subsidy::StudentId{1}, .term = "2026秋", .no = 1, .school_code = "2135000001"};
  const store::NewEvent event = EligibilityEvent(
      decision, {subsidy::ChangeKind::kGranted, benefit.id, 0, 62500}, benefit);
  std::vector<double> millis;
  for (int i = 0; i < probes; ++i) {
    const std::uint64_t head = HeadOf(stage);
    const auto begun = SteadyClock::now();
    const base::Status done =
        host.pool().InTransaction([&](store::Transaction& tx) -> base::Status {
          const auto first = store::AppendEvents(tx, "subsidy", {&event, 1});
          return first.ok() ? base::Status{} : base::Status{first.error()};
        });
    if (!done.ok()) throw std::runtime_error(done.error().ToString());
    host.NotifyFeed();
    office.Await(head + 1);
    millis.push_back(
        std::chrono::duration<double, std::milli>(SteadyClock::now() - begun).count());
  }
  std::sort(millis.begin(), millis.end());
  return Quantile(millis, 0.99);
}

// The same events read from the log by the same statement, and nothing sent.
double RawRead(SubsidyStage& stage, std::uint64_t events) {
  constexpr std::uint32_t kBatch = 2000;
  std::uint64_t bytes = 0;
  const auto begun = SteadyClock::now();
  for (std::uint64_t after = 0; after < events;) {
    const auto read = [&](store::Session& session) -> base::Status {
      ASSIGN_OR_RETURN(const auto batch, store::ReadEvents(session, "subsidy", after, kBatch));
      for (const store::StoredEvent& event : batch) bytes += event.event.payload.size();
      after = batch.empty() ? events : batch.back().seq;
      return {};
    };
    const base::Status done = stage.pool().WithSession(read);
    if (!done.ok()) throw std::runtime_error(done.error().ToString());
  }
  const double seconds = std::chrono::duration<double>(SteadyClock::now() - begun).count();
  return bytes == 0 ? 0 : static_cast<double>(events) / seconds;
}

}  // namespace

std::vector<Figure> FactToEvent() {
  constexpr int kProbes = 300;
  constexpr int kStudents = 20000;
  SubsidyStage stage;
  stage.FillCounty(kStudents);
  const auto prepared = stage.MakeOffice();
  while (Must(AssessDue(*prepared, 2000)) > 0) {
  }
  stage.StartServices();
  const std::uint64_t before = HeadOf(stage);
  Office office{stage, before};
  TellGroups(stage, 1, true);  // the way is open
  office.Await(before + 1);
  std::vector<double> millis;
  for (int i = 1; i <= kProbes; ++i) {
    const std::int64_t student = 10 * i + 1 + i % 8;  // whoever was on no list
    if (CountyState(student).status != 1) continue;
    const std::uint64_t head = HeadOf(stage);
    const auto begun = SteadyClock::now();
    TellGroups(stage, student, true);
    office.Await(head + 1);
    millis.push_back(
        std::chrono::duration<double, std::milli>(SteadyClock::now() - begun).count());
  }
  std::sort(millis.begin(), millis.end());
  Figure figure;
  figure.name = "fact_to_event";
  figure.p50_ms = Quantile(millis, 0.5);
  figure.p99_ms = Quantile(millis, 0.99);
  figure.value = figure.p99_ms;
  figure.unit = "ms p99";
  figure.must = "p99 under 100 ms";
  figure.reached = figure.p99_ms < 100;
  figure.floor = BareCommitAndEvent(stage, office, kProbes);
  figure.floor_is = "one commit to that feed and its event at that subscriber, nothing decided";
  return {figure};
}

std::vector<Figure> FeedCatchUp() {
  constexpr std::uint64_t kEvents = 1'000'000;
  constexpr std::uint64_t kSlice = 5000;
  SubsidyStage stage;
  const subsidy::Benefit benefit{.id = "living_boarding", .name = "生活补助(寄宿)"};
  for (std::uint64_t at = 0; at < kEvents; at += kSlice) {
    std::vector<store::NewEvent> events;
    for (std::uint64_t i = 0; i < kSlice; ++i) {
      const subsidy::DecisionRow decision{
          .student = subsidy::StudentId{static_cast<std::int64_t>(1 + (at + i) % kCountyStudents)},
          .term = "2026秋",
          .no = 1,
          .rule_version = "0123456789abcdef0123456789abcdef",
          .school_code = "2135000001",
          .cause = "registry.groups.changed #1"};
      events.push_back(EligibilityEvent(
          decision, {subsidy::ChangeKind::kGranted, benefit.id, 0, 62500}, benefit));
    }
    const auto append = [&](store::Transaction& tx) -> base::Status {
      const auto first = store::AppendEvents(tx, "subsidy", events);
      return first.ok() ? base::Status{} : base::Status{first.error()};
    };
    const base::Status done = stage.pool().InTransaction(append);
    if (!done.ok()) throw std::runtime_error(done.error().ToString());
  }
  stage.StartServices();
  const auto begun = SteadyClock::now();
  Office office{stage, 0};
  office.Await(kEvents);
  const double seconds = std::chrono::duration<double>(SteadyClock::now() - begun).count();
  Figure figure;
  figure.name = "feed_catch_up";
  figure.value = static_cast<double>(kEvents) / seconds;
  figure.unit = "events/s";
  figure.must = "50,000 events/s";
  figure.reached = figure.value >= 50000;
  figure.floor = RawRead(stage, kEvents);
  figure.floor_is = "the same events read from the log, nothing cut, sent or applied";
  return {figure};
}

}  // namespace bench
