// A started service on real servers: requests, feeds, queues, the rehearsal clock, stopping.
#include <google/protobuf/util/time_util.h>

#include <fstream>
#include <future>

#include "integration/host/fixture.h"

namespace host {
namespace {

namespace v1 = baoxue::bus::v1;
using harness::WaitUntil;
using testing::HasSubstr;

class RuntimeTest : public HostTest {
 protected:
  void SetUpShared(bool rehearsal) {
    SetUpSuite(rehearsal, harness::PrivateMariaDb::Shared(), harness::PrivateRedis::Shared());
  }
  static v1::SetClock ClockAt(base::UtcTime time) {
    v1::SetClock set;
    *set.mutable_now() = google::protobuf::util::TimeUtil::MillisecondsToTimestamp(
        time.time_since_epoch().count());
    return set;
  }
  probe::Control control_;
};

TEST_F(RuntimeTest, TellsThatItIsReadyAndStops) {
  SetUpShared(false);
  auto registry = Start(probe::Registry());
  ASSERT_NE(registry, nullptr);
  const std::string ready_file = dir_.File("v/run/registry.ready");
  std::ifstream in{ready_file};
  pid_t pid = 0;
  ASSERT_TRUE(in >> pid);
  EXPECT_EQ(pid, ::getpid());
  const v1::DoctorReply doctor = Doctor("registry");
  EXPECT_EQ(doctor.service(), "registry");
  EXPECT_TRUE(doctor.ready());
  EXPECT_FALSE(doctor.rehearsal());
  EXPECT_GT(doctor.resident_bytes(), 1000000u);
  ASSERT_EQ(doctor.dependencies_size(), 1);
  EXPECT_EQ(doctor.dependencies(0).name(), "mysql");
  registry->Stop();
  EXPECT_FALSE(std::filesystem::exists(ready_file));
}

TEST_F(RuntimeTest, FollowsAFeedOnceAcrossRestarts) {
  SetUpShared(false);
  auto registry = Start(probe::Registry());
  AppendEvent();
  auto cases = Start(probe::Cases(control_));
  ASSERT_TRUE(registry && cases);
  ASSERT_TRUE(WaitUntil([&] { return RowsSeen(*cases) == 1; }));
  AppendEvent();
  ASSERT_TRUE(WaitUntil([&] { return RowsSeen(*cases) == 2; }));
  EXPECT_TRUE(WaitUntil([&] { return control_.commits >= 2; }));
  cases.reset();
  EXPECT_EQ(control_.stops, 1);
  AppendEvent();
  AppendEvent();
  cases = Start(probe::Cases(control_));
  ASSERT_TRUE(WaitUntil([&] { return RowsSeen(*cases) == 4; }));
  // The row is there a moment before the follower counts it.
  EXPECT_TRUE(WaitUntil([&] {
    const v1::DependencyHealth feed = HealthOf("cases", "feed:registry");
    return feed.ok() && feed.lag() == 0;
  }));
  EXPECT_EQ(Doctor("registry").feed_head(), 4u);
}

TEST_F(RuntimeTest, AnEventThatCannotBeAppliedStopsTheFeedAndShows) {
  SetUpShared(false);
  auto registry = Start(probe::Registry());
  auto cases = Start(probe::Cases(control_));
  ASSERT_TRUE(registry && cases);
  control_.refuse_events = true;
  AppendEvent();
  ASSERT_TRUE(WaitUntil([&] { return !HealthOf("cases", "feed:registry").ok(); }));
  const v1::DependencyHealth feed = HealthOf("cases", "feed:registry");
  EXPECT_THAT(feed.detail(), HasSubstr("PROBE_REFUSES"));
  EXPECT_EQ(feed.lag(), 1u);
  EXPECT_EQ(RowsSeen(*cases), 0u);
  control_.refuse_events = false;
  ASSERT_TRUE(WaitUntil([&] { return RowsSeen(*cases) == 1; }));
  EXPECT_TRUE(WaitUntil([&] { return HealthOf("cases", "feed:registry").ok(); }));
}

TEST_F(RuntimeTest, GivesAFeedOnlyToWhoMayFollow) {
  SetUpShared(false);
  auto registry = Start(probe::Registry());
  ASSERT_NE(registry, nullptr);
  AppendEvent();
  v1::FetchEvents fetch;
  fetch.set_feed("registry");
  fetch.set_limit(10);
  const auto follower = Ask<bus::EventBatch>("registry", fetch, "attendance");
  ASSERT_TRUE(follower.ok()) << follower.error().ToString();
  EXPECT_EQ(follower->head(), 1u);
  ASSERT_EQ(follower->events_size(), 1);
  EXPECT_EQ(follower->events(0).type(), "registry.school.asked");
  // The office's key follows the subsidies only, registry's own key the cases only.
  EXPECT_EQ(Ask<bus::EventBatch>("registry", fetch, "subsidy-office").error().reason,
            "MAY_NOT_FOLLOW");
  EXPECT_EQ(Ask<bus::EventBatch>("registry", fetch, "registry").error().reason, "MAY_NOT_FOLLOW");
  fetch.set_feed("cases");
  EXPECT_EQ(Ask<bus::EventBatch>("registry", fetch).error().reason, "NO_FEED");
}

TEST_F(RuntimeTest, ARealDeploymentHasNoClockToMove) {
  SetUpShared(false);
  auto registry = Start(probe::Registry());
  ASSERT_NE(registry, nullptr);
  const auto set = Ask<v1::SetClockReply>("registry", ClockAt(clock_.Now()));
  ASSERT_FALSE(set.ok());
  EXPECT_EQ(set.error().code, base::Code::kFailedPrecondition);
  EXPECT_EQ(set.error().reason, "NOT_A_REHEARSAL");
  EXPECT_EQ(Ask<v1::GetProgressReply>("registry", v1::GetProgress{}).error().reason,
            "NOT_A_REHEARSAL");
}

TEST_F(RuntimeTest, ARehearsedClockMovesForwardAndSurvives) {
  SetUpShared(true);
  auto cases = Start(probe::Cases(control_));
  ASSERT_NE(cases, nullptr);
  EXPECT_LE(cases->host().clock().Now(), clock_.Now());
  const base::UtcTime to = clock_.Now() + std::chrono::days{40};
  control_.work_is_due = true;
  ASSERT_TRUE(Ask<v1::SetClockReply>("cases", ClockAt(to)).ok());
  EXPECT_EQ(cases->host().clock().Now(), to);
  EXPECT_EQ(control_.clock_moves, 1);
  ASSERT_TRUE(WaitUntil([&] { return control_.jobs_done == 1; }));
  EXPECT_EQ(Ask<v1::SetClockReply>("cases", ClockAt(to - std::chrono::seconds{1})).error().reason,
            "CLOCK_BACKWARD");
  EXPECT_TRUE(Ask<v1::SetClockReply>("cases", ClockAt(to)).ok());
  EXPECT_EQ(Ask<v1::SetClockReply>("cases", v1::SetClock{}).error().reason, "BAD_TIME");
  cases.reset();
  cases = Start(probe::Cases(control_));
  ASSERT_NE(cases, nullptr);
  EXPECT_EQ(cases->host().clock().Now(), to);
}

TEST_F(RuntimeTest, TellsWhatIsUnderWay) {
  SetUpShared(true);
  auto registry = Start(probe::Registry());
  auto cases = Start(probe::Cases(control_));
  ASSERT_TRUE(registry && cases);
  control_.refuse_events = true;
  AppendEvent();
  const auto publisher = Ask<v1::GetProgressReply>("registry", v1::GetProgress{});
  ASSERT_TRUE(publisher.ok()) << publisher.error().ToString();
  EXPECT_EQ(publisher->feed_head(), 1u);
  EXPECT_FALSE(publisher->has_next_due());
  auto follower = Ask<v1::GetProgressReply>("cases", v1::GetProgress{});
  ASSERT_TRUE(follower.ok()) << follower.error().ToString();
  ASSERT_EQ(follower->following_size(), 1);
  EXPECT_EQ(follower->following(0).position(), 0u);
  EXPECT_TRUE(follower->has_next_due());
  control_.refuse_events = false;
  EXPECT_TRUE(WaitUntil([&] {
    follower = Ask<v1::GetProgressReply>("cases", v1::GetProgress{});
    return follower.ok() && follower->following(0).position() == 1 &&
           follower->work_pending() == 0;
  }));
}

TEST_F(RuntimeTest, ListsAndReplaysDeadJobsWithoutNumbersInThem) {
  SetUpShared(false);
  auto cases = Start(probe::Cases(control_));
  ASSERT_NE(cases, nullptr);
  control_.fail_jobs = true;
  control_.work_is_due = true;
  v1::ListJobs list;
  list.set_dead(true);
  v1::ListJobsReply jobs;
  ASSERT_TRUE(WaitUntil([&] {
    const auto reply = Ask<v1::ListJobsReply>("cases", list);
    if (reply.ok()) jobs = *reply;
    return jobs.jobs_size() == 1;
  }));
  EXPECT_EQ(jobs.queues(0).name(), "cases.probe");
  EXPECT_EQ(jobs.jobs(0).kind(), "probe");
  EXPECT_THAT(jobs.jobs(0).error(), HasSubstr("PROBE_FAILS"));
  EXPECT_THAT(jobs.jobs(0).error(), testing::Not(HasSubstr("350212201601011234")));
  EXPECT_FALSE(HealthOf("cases", "queue:cases.probe").ok());
  control_.fail_jobs = false;
  v1::ReplayJobs replay;
  replay.set_queue("cases.probe");
  const auto replayed = Ask<v1::ReplayJobsReply>("cases", replay);
  ASSERT_TRUE(replayed.ok()) << replayed.error().ToString();
  EXPECT_EQ(replayed->replayed(), 1u);
  EXPECT_TRUE(WaitUntil([&] { return control_.jobs_done >= 1; }));
  replay.set_queue("nothing");
  EXPECT_EQ(Ask<v1::ReplayJobsReply>("cases", replay).error().reason, "NO_QUEUE");
}

TEST_F(RuntimeTest, StopAnswersWhatWasAccepted) {
  SetUpShared(false);
  std::promise<void> entered;
  std::promise<void> leave;
  auto registry = Start(probe::Registry([&] {
    entered.set_value();
    leave.get_future().wait();
  }));
  ASSERT_NE(registry, nullptr);
  auto answer = std::async(std::launch::async, [&] {
    return Ask<probe::registry::RegistrySummary>("registry", probe::registry::GetRegistrySummary{});
  });
  entered.get_future().wait();
  auto stopped = std::async(std::launch::async, [&] { registry->Stop(); });
  ASSERT_TRUE(WaitUntil(
      [&] { return !std::filesystem::exists(dir_.File("v/run/registry.ready")); }));
  // Nothing new is accepted while the old one is still being answered.
  EXPECT_TRUE(WaitUntil([&] {
    return !Ask<probe::registry::ListSchoolsReply>("registry", probe::registry::ListSchools{},
                                                   "cli", std::chrono::milliseconds{300})
                .ok();
  }));
  leave.set_value();
  const auto reply = answer.get();
  ASSERT_TRUE(reply.ok()) << reply.error().ToString();
  EXPECT_EQ(reply->students(), 7u);
  stopped.get();
}

TEST_F(RuntimeTest, MetricsKeepTheirNames) {
  SetUpShared(false);
  auto cases = Start(probe::Cases(control_));
  ASSERT_NE(cases, nullptr);
  const std::string page = cases->host().metrics().Text();
  for (const std::string& name : cases->host().metrics().Names()) {
    EXPECT_THAT(page, HasSubstr("\n" + name)) << name;
  }
  std::string names;
  for (const std::string& name : cases->host().metrics().Names()) names += name + "\n";
  EXPECT_EQ(names, harness::ReadFile(std::string{BAOXUE_SOURCE_DIR} +
                                     "/tests/integration/host/metric_names.txt"));
  EXPECT_THAT(page, HasSubstr("baoxue_cases_db_up 1"));
  EXPECT_THAT(page, HasSubstr("baoxue_cases_ready 1"));
}

TEST_F(RuntimeTest, TwoCopiesOnOneAddressAreRefusedWithAdvice) {
  SetUpShared(false);
  Edit("ipc://" + dir_.File("v/run/registry.requests"), "tcp://127.0.0.1:" +
       std::to_string(harness::FreePort()));
  auto first = Start(probe::Registry());
  ASSERT_NE(first, nullptr);
  const auto second = Runtime::Start(suite_, probe::Registry(),
                                     [](std::chrono::milliseconds) { return false; });
  ASSERT_FALSE(second.ok());
  EXPECT_EQ(second.error().reason, "BIND_FAILED");
  EXPECT_THAT(AdviceFor(second.error(), suite_), HasSubstr("stop the process"));
}

}  // namespace
}  // namespace host
