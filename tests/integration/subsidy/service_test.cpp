// The service over the bus: what the registry tells becomes events at the office; an office that is
// killed at random holds the same ledger; its key opens this feed and nothing else; days and hashes
// prove it.
#include <gmock/gmock.h>

#include <fmt/format.h>

#include <algorithm>
#include <fstream>

#include "harness/child_process.h"
#include "integration/subsidy/service_fixture.h"
#include "security/security.h"

namespace subsidy::testing {
namespace {

using harness::WaitUntil;
using ::testing::HasSubstr;

TEST_F(ServiceTest, AChangedFactIsAnEventAtTheOffice) {
  TellPlaces();
  Subscriber office{context_, suite_, "subsidy-office", clock_, ids_};
  office.Start();
  TellStudent(1, 1, registry::STUDENT_STATUS_ENROLLED, true);
  TellPoor(1, true);
  EXPECT_TRUE(WaitUntil([&] { return office.sums()["1/2026秋/living_boarding"] == 62500; }));
  TellPoor(1, false);
  EXPECT_TRUE(WaitUntil([&] { return !office.sums().contains("1/2026秋/living_boarding"); }));
  v1::GetDecision ask;
  ask.set_student_id(1);
  const auto reply = Ask<v1::DecisionReply>(ask);
  ASSERT_TRUE(reply.ok()) << reply.error().ToString();
  EXPECT_THAT(reply->decision().trace(), HasSubstr("低保:2026-09-01起不在名单上(区民政局,批次2026)"));
  EXPECT_THAT(reply->decision().cause(), HasSubstr("registry.groups.changed"));
}

TEST_F(ServiceTest, TwoOfficesOneKilledAtRandomHoldTheServicesLedger) {
  TellPlaces();
  Subscriber steady{context_, suite_, "subsidy-office", clock_, ids_};
  Subscriber shaky{context_, suite_, "cli", clock_, ids_};
  steady.Start();
  shaky.Start();
  subsidy_->publisher().set_drop_every(3);  // and both lose every third frame
  base::Rng rng{20261122};
  std::map<std::int64_t, int> versions;
  bool up = true;
  for (int i = 0; i < 120; ++i) {
    const auto id = static_cast<std::int64_t>(1 + rng.Below(15));
    if (rng.Chance(5000)) {
      TellStudent(id, ++versions[id],
                  rng.Chance(7000) ? registry::STUDENT_STATUS_ENROLLED
                                   : registry::STUDENT_STATUS_SUSPENDED,
                  rng.Chance(5000));
    } else {
      TellPoor(id, rng.Chance(6000));
    }
    if (!rng.Chance(2000)) continue;
    if (up) {
      shaky.Kill();
    } else {
      shaky.Start();
    }
    up = !up;
  }
  if (!up) shaky.Start();
  Settle();
  const std::uint64_t head = Head();
  EXPECT_GT(head, 40u);
  EXPECT_TRUE(WaitUntil([&] { return steady.position() == head && shaky.position() == head; }));
  const Sums mine = Standings();
  EXPECT_FALSE(mine.empty());
  EXPECT_EQ(steady.sums(), mine);
  EXPECT_EQ(shaky.sums(), mine);
  // Away for as long as it takes: a third one that begins from nothing.
  Subscriber late{context_, suite_, "subsidy-office", clock_, ids_};
  late.Start();
  EXPECT_TRUE(WaitUntil([&] { return late.position() == head; }));
  EXPECT_EQ(late.sums(), mine);
}

TEST_F(ServiceTest, TheOfficesKeyOpensThisFeedAndNothingElse) {
  wire::FetchEvents fetch;
  fetch.set_feed("subsidy");
  fetch.set_limit(10);
  EXPECT_TRUE((Ask<wire::EventBatch>(fetch, "subsidy-office").ok()));
  EXPECT_TRUE((Ask<v1::GetFeedDaysReply>(v1::GetFeedDays{}, "subsidy-office").ok()));
  for (const auto& refused :
       {Ask<v1::DecisionReply>(v1::GetDecision{}, "subsidy-office").ok(),
        Ask<v1::RollReply>(v1::MakeRoll{}, "subsidy-office").ok(),
        Ask<v1::ListEntitlementsReply>(v1::ListEntitlements{}, "subsidy-office").ok()}) {
    EXPECT_FALSE(refused);
  }
  // And of the registry it gets nothing at all.
  auto options = host::ClientFor(suite_, "registry", "subsidy-office");
  bus::Client client{context_, *std::move(options), clock_, ids_};
  fetch.set_feed("registry");
  const auto other =
      client.Ask<wire::EventBatch>(fetch, {.timeout = std::chrono::seconds{5}});
  ASSERT_FALSE(other.ok());
  EXPECT_EQ(other.error().reason, "MAY_NOT_FOLLOW");
}

// While everything runs: the file changes, and the office that is connected gets nothing more.
TEST_F(ServiceTest, ARevokedKeyGetsNothing) {
  TellPlaces();
  TellStudent(1, 1, registry::STUDENT_STATUS_ENROLLED, true);
  Settle();
  Subscriber office{context_, suite_, "subsidy-office", clock_, ids_};
  Subscriber other{context_, suite_, "cli", clock_, ids_};
  office.Start();
  other.Start();
  ASSERT_TRUE(WaitUntil([&] { return office.position() == Head() && Head() > 0; }));
  const std::uint64_t before = office.position();
  std::ifstream in(suite_.access_file);
  std::string text{std::istreambuf_iterator<char>(in), {}};
  // A file that cannot be read changes nothing.
  std::ofstream{suite_.access_file} << "peers: [";
  EXPECT_EQ(Ask<wire::ReloadAccessReply>(wire::ReloadAccess{}).error().reason, "BAD_YAML");
  const auto doctor = Ask<wire::DoctorReply>(wire::Doctor{});
  ASSERT_TRUE(doctor.ok());
  EXPECT_TRUE(std::any_of(doctor->dependencies().begin(), doctor->dependencies().end(),
                          [](const auto& one) { return one.name() == "access" && !one.ok(); }));
  const std::string name = "  - name: subsidy-office\n";
  text.insert(text.find(name) + name.size(), "    revoked: \"2026-09-10\"\n");
  std::ofstream{suite_.access_file} << text;
  const auto reloaded = Ask<wire::ReloadAccessReply>(wire::ReloadAccess{});
  ASSERT_TRUE(reloaded.ok()) << reloaded.error().ToString();
  EXPECT_THAT(reloaded->peers(), ::testing::Not(::testing::Contains("subsidy-office")));
  Subscriber again{context_, suite_, "subsidy-office", clock_, ids_};
  again.Start();
  TellPoor(1, true);
  Settle();
  EXPECT_GT(Head(), before);
  ASSERT_TRUE(WaitUntil([&] { return other.position() == Head(); }));
  wire::FetchEvents fetch;
  fetch.set_feed("subsidy");
  auto options = host::ClientFor(suite_, "subsidy", "subsidy-office");
  bus::Client client{context_, *std::move(options), clock_, ids_};
  ASSERT_FALSE(client.Ask<wire::EventBatch>(fetch, {.timeout = std::chrono::seconds{2}}).ok());
  EXPECT_EQ(office.position(), before);
  EXPECT_EQ(again.position(), 0u);
}

// An edit by hand needs no command: the services look at the file.
TEST_F(ServiceTest, AnEditedAccessListCountsByItself) {
  std::ifstream in(suite_.access_file);
  std::string text{std::istreambuf_iterator<char>(in), {}};
  v1::GetFeedDays ask;
  EXPECT_TRUE((Ask<v1::GetFeedDaysReply>(ask, "subsidy-office").ok()));
  text.erase(text.find("  - name: subsidy-office"));
  std::ofstream{suite_.access_file} << text;
  EXPECT_TRUE(WaitUntil([&] {
    const auto doctor = Ask<wire::DoctorReply>(wire::Doctor{});
    return doctor.ok() && std::none_of(doctor->subscribers().begin(), doctor->subscribers().end(),
                                       [](const auto& one) { return one.role() == "office"; });
  }));
}

TEST_F(ServiceTest, TheOfficeSeesWhatIsDeclaredAndProvesThat) {
  TellPlaces();
  TellStudent(1, 1, registry::STUDENT_STATUS_ENROLLED, true);
  TellPoor(1, true);
  Settle();
  wire::FetchEvents fetch;
  fetch.set_feed("subsidy");
  fetch.set_limit(1000);
  const auto whole = Ask<wire::EventBatch>(fetch);
  const auto cut = Ask<wire::EventBatch>(fetch, "subsidy-office");
  ASSERT_TRUE(whole.ok() && cut.ok());
  ASSERT_EQ(whole->events_size(), cut->events_size());
  ASSERT_GT(cut->events_size(), 2);
  std::string hash(32, '\0');
  for (int i = 0; i < cut->events_size(); ++i) {
    v1::EligibilityChanged all;
    v1::EligibilityChanged seen;
    ASSERT_TRUE(all.ParseFromString(whole->events(i).payload()));
    ASSERT_TRUE(seen.ParseFromString(cut->events(i).payload()));
    EXPECT_NE(all.cause(), "");
    all.clear_cause();
    EXPECT_EQ(seen.SerializeAsString(), all.SerializeAsString());
    const wire::Event& event = cut->events(i);
    hash = security::Sha256(hash + fmt::format("{}|{}|{}|{}", event.seq(), event.type(),
                                               event.subject(),
                                               security::Hex(security::Sha256(event.payload()))));
  }
  const auto days = Ask<v1::GetFeedDaysReply>(v1::GetFeedDays{}, "subsidy-office");
  ASSERT_TRUE(days.ok()) << days.error().ToString();
  ASSERT_EQ(days->days_size(), 1);
  EXPECT_EQ(days->days(0).hash(), security::Hex(hash));
  EXPECT_NE(Ask<v1::GetFeedDaysReply>(v1::GetFeedDays{})->days(0).hash(), security::Hex(hash));
}

TEST_F(ServiceTest, AnOperatorSeesHowFarEachSubscriberIs) {
  TellPlaces();
  TellStudent(1, 1, registry::STUDENT_STATUS_ENROLLED, true);
  Settle();
  const auto of = [&](const std::string& name) {
    const auto doctor = Ask<wire::DoctorReply>(wire::Doctor{});
    EXPECT_TRUE(doctor.ok());
    for (const wire::Subscriber& one : doctor->subscribers()) {
      if (one.name() == name) return one;
    }
    ADD_FAILURE() << name;
    return wire::Subscriber{};
  };
  EXPECT_FALSE(of("subsidy-office").has_last_seen());
  EXPECT_EQ(of("subsidy-office").lag(), Head());
  {
    Subscriber office{context_, suite_, "subsidy-office", clock_, ids_};
    office.Start();
    EXPECT_TRUE(WaitUntil([&] { return of("subsidy-office").position() == Head(); }));
  }
  const auto caught_up = of("subsidy-office");
  EXPECT_EQ(caught_up.role(), "office");
  EXPECT_EQ(caught_up.lag(), 0u);
  EXPECT_TRUE(caught_up.has_last_seen());
  TellPoor(1, true);
  Settle();
  EXPECT_EQ(of("subsidy-office").lag(), Head() - caught_up.position());
  const std::string page = subsidy_->host().metrics().Text();
  EXPECT_THAT(page, HasSubstr(fmt::format(
                        "baoxue_subsidy_subscriber_position{{peer=\"subsidy-office\"}} {}\n",
                        caught_up.position())));
  EXPECT_THAT(page, HasSubstr(fmt::format(
                        "baoxue_subsidy_subscriber_lag_events{{peer=\"subsidy-office\"}} {}\n",
                        Head() - caught_up.position())));
  EXPECT_THAT(page, HasSubstr("baoxue_subsidy_subscriber_last_seen_seconds{peer=\"cli\"} "));
  const std::string seen = "baoxue_subsidy_subscriber_last_seen_seconds{peer=\"subsidy-office\"} ";
  EXPECT_THAT(page, ::testing::Not(HasSubstr(seen + "0\n")));
}

TEST_F(ServiceTest, DaysAndHashesAreWhatASubscriberCounts) {
  TellPlaces();
  for (int id = 1; id <= 5; ++id) {
    TellStudent(id, 1, registry::STUDENT_STATUS_ENROLLED, true);
    TellPoor(id, true);
  }
  Settle();
  wire::FetchEvents fetch;
  fetch.set_feed("subsidy");
  fetch.set_limit(1000);
  const auto batch = Ask<wire::EventBatch>(fetch);
  ASSERT_TRUE(batch.ok());
  std::string hash(32, '\0');
  for (const auto& event : batch->events()) {
    hash = security::Sha256(hash + fmt::format("{}|{}|{}|{}", event.seq(), event.type(),
                                               event.subject(),
                                               security::Hex(security::Sha256(event.payload()))));
  }
  for (int twice = 0; twice < 2; ++twice) {
    const auto days = Ask<v1::GetFeedDaysReply>(v1::GetFeedDays{});
    ASSERT_TRUE(days.ok()) << days.error().ToString();
    ASSERT_EQ(days->days_size(), 1);
    EXPECT_EQ(days->days(0).count(), static_cast<std::uint64_t>(batch->events_size()));
    EXPECT_EQ(days->days(0).last_seq(), batch->head());
    EXPECT_EQ(days->days(0).hash(), security::Hex(hash));
  }
}

// The example for offices without C++, where Debian's python3-zmq is installed.
TEST_F(ServiceTest, ThePythonExampleResumesAndVerifies) {
  if (harness::RunProgram({"/usr/bin/python3", "-c", "import zmq"}, std::chrono::seconds{20})
          .exit_code != 0) {
    GTEST_SKIP() << "#4: python3-zmq is not installed";
  }
  const host::ServiceSettings& service = suite_.services.at("subsidy");
  const auto run = [&](const char* how) {
    return harness::RunProgram(
        {"/usr/bin/python3",
         std::string{BAOXUE_SOURCE_DIR} + "/services/subsidy/contract/examples/follow.py",
         service.requests.front(), service.events.front(), suite_.keys_dir,
         dir_.File("office.json"), how},
        std::chrono::seconds{30});
  };
  TellPlaces();
  TellStudent(1, 1, registry::STUDENT_STATUS_ENROLLED, true);
  Settle();
  const auto first = run("--once");
  EXPECT_EQ(first.exit_code, 0) << first.output;
  EXPECT_THAT(first.output, HasSubstr("1 subsidy.eligibility.granted student/1 "));
  TellPoor(1, true);
  Settle();
  const auto second = run("--verify");
  EXPECT_EQ(second.exit_code, 0) << second.output;
  EXPECT_THAT(second.output, HasSubstr("same"));
  EXPECT_THAT(second.output, ::testing::Not(HasSubstr("\n1 subsidy.")));
  // A day that does not agree is told.
  std::ifstream in(dir_.File("office.json"));
  std::string state{std::istreambuf_iterator<char>(in), {}};
  state.replace(state.find("\"hash\": \"") + 9, 4, "0000");
  std::ofstream{dir_.File("office.json")} << state;
  const auto third = run("--verify");
  EXPECT_EQ(third.exit_code, 1) << third.output;
}

TEST_F(ServiceTest, AWriteNeedsAnActorAndTheRulesCanBeSeen) {
  auto options = host::ClientFor(suite_, "subsidy", "cli");
  bus::Client client{context_, *std::move(options), clock_, ids_};
  const auto refused = client.Ask<v1::RollReply>(v1::MakeRoll{});
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().reason, "ACTOR_MISSING");
  const auto rules = Ask<v1::GetRulesReply>(v1::GetRules{});
  ASSERT_TRUE(rules.ok()) << rules.error().ToString();
  EXPECT_EQ(rules->texts_size(), 2);
  EXPECT_EQ(rules->texts(1).name(), "tongan.yaml");
  EXPECT_EQ(rules->waiting_version(), "");
  EXPECT_TRUE((Ask<v1::SubsidySummary>(v1::GetSubsidySummary{}).ok()));
}

}  // namespace
}  // namespace subsidy::testing
