// A feed has no gap and no double, whoever writes, fails and restarts; positions and keys move with
// the effects they stand for.
#include <gmock/gmock.h>

#include <atomic>
#include <thread>

#include "base/random.h"
#include "fixture.h"

namespace {

using base::Code;
using base::Error;
using store::NewEvent;
using store::Rows;
using store::Session;
using store::Transaction;
using store_test::Do;
using store_test::Said;

base::UtcTime At(std::int64_t ms) { return base::UtcTime{std::chrono::milliseconds{ms}}; }

class EventLogTest : public store_test::StoreTest {
 protected:
  void SetUp() override { MigrateLibrary(); }

  base::Result<std::uint64_t> Append(std::vector<NewEvent> events) {
    return pool_.Transact(
        [&](Transaction& tx) { return store::AppendEvents(tx, "registry", events); });
  }
  std::vector<store::StoredEvent> Read(std::uint64_t after, std::size_t limit) {
    std::vector<store::StoredEvent> events;
    const auto status = pool_.WithSession([&](Session& session) -> base::Status {
      ASSIGN_OR_RETURN(events, store::ReadEvents(session, "registry", after, limit));
      return {};
    });
    EXPECT_TRUE(status.ok()) << Said(status);
    return events;
  }
};

TEST_F(EventLogTest, AnEventComesBackAsItWas) {
  const NewEvent event{.type = "registry.student.registered",
                       .subject = "student/4711",
                       .time = At(1'772'323'200'123),
                       .payload = std::string{"\x00\xFF'\\\x08", 5},
                       .payload_type = "baoxue.registry.v1.StudentRegistered",
                       .correlation_id = std::string{"\x00\x01\xFE\x27 correlation.", 16},
                       .causation_id = ""};
  ASSERT_EQ(*Append({event, event}), 1u);
  ASSERT_EQ(*Append({event}), 3u);
  ASSERT_EQ(*Append({}), 4u);  // nothing: the next one will be 4
  const auto events = Read(0, 10);
  ASSERT_EQ(events.size(), 3u);
  EXPECT_EQ(events[2].seq, 3u);
  EXPECT_EQ(events[2].event.type, event.type);
  EXPECT_EQ(events[2].event.subject, event.subject);
  EXPECT_EQ(events[2].event.time, event.time);
  EXPECT_EQ(events[2].event.payload, event.payload);
  EXPECT_EQ(events[2].event.payload_type, event.payload_type);
  EXPECT_EQ(events[2].event.correlation_id, event.correlation_id);
  EXPECT_EQ(events[2].event.causation_id, "");
  EXPECT_EQ(Read(1, 1).at(0).seq, 2u);
  EXPECT_TRUE(Read(3, 10).empty());
}

TEST_F(EventLogTest, FeedsAreCountedApart) {
  const std::vector<NewEvent> one(1);
  for (const std::string_view feed : {"cases", "attendance", "cases"}) {
    ASSERT_TRUE(
        pool_.Transact([&](Transaction& tx) { return store::AppendEvents(tx, feed, one); }).ok());
  }
  const auto status = pool_.WithSession([](Session& session) -> base::Status {
    ASSIGN_OR_RETURN(const auto cases, store::HeadOf(session, "cases"));
    ASSIGN_OR_RETURN(const auto attendance, store::HeadOf(session, "attendance"));
    ASSIGN_OR_RETURN(const auto none, store::HeadOf(session, "tracing"));
    EXPECT_EQ(cases, 2u);
    EXPECT_EQ(attendance, 1u);
    EXPECT_EQ(none, 0u);
    return {};
  });
  EXPECT_TRUE(status.ok());
}

// Eight writers, half of whose transactions fail after they appended. A reader follows at the same
// time and must never see a number before the ones below it.
TEST_F(EventLogTest, NoGapUnderConcurrentWritersAndRollbacks) {
  constexpr int kWriters = 8;
  constexpr int kRounds = 60;
  // The very first append makes the counter's row; that alone may deadlock, and be run again.
  ASSERT_EQ(*Append({NewEvent{}}), 1u);
  std::atomic<int> left{kWriters};
  std::atomic<std::uint64_t> committed{1};
  std::vector<std::thread> writers;
  for (int w = 0; w < kWriters; ++w) {
    writers.emplace_back([&, w] {
      base::Rng rng{static_cast<std::uint64_t>(w)};
      for (int i = 0; i < kRounds; ++i) {
        const std::vector<NewEvent> events(1 + rng.Below(5),
                                           NewEvent{.type = "t", .subject = std::to_string(w)});
        const bool fail = rng.Chance(5000);
        const auto status = pool_.InTransaction([&](Transaction& tx) -> base::Status {
          ASSIGN_OR_RETURN(const auto first, store::AppendEvents(tx, "registry", events));
          if (fail) return Error{Code::kFailedPrecondition, "NO", std::to_string(first)};
          return {};
        });
        EXPECT_EQ(status.ok(), !fail) << Said(status);
        if (status.ok()) committed += events.size();
      }
      --left;
    });
  }
  std::uint64_t position = 0;
  bool last_look = false;
  while (!last_look) {
    last_look = left == 0;
    for (const auto& stored : Read(position, 7)) {
      EXPECT_EQ(stored.seq, position + 1);
      position = stored.seq;
      last_look = false;
    }
  }
  for (auto& writer : writers) writer.join();
  EXPECT_EQ(position, committed);
  EXPECT_EQ(Seen("SELECT last_seq FROM feed_counter"), std::to_string(committed));
  EXPECT_EQ(pool_.stats().retries, 0u);  // the counter comes last: no deadlock
}

TEST_F(EventLogTest, AFailedAppendTakesNoNumber) {
  for (int n = 0; n < 6; ++n) {
    store::FailPlan plan{.fail_at = n, .error = {Code::kUnavailable, "PLANNED", ""}};
    pool_.set_fail_plan(&plan);
    const bool ok = Append({NewEvent{}, NewEvent{}}).ok();
    pool_.set_fail_plan(nullptr);
    EXPECT_EQ(ok, n == 5) << n;  // BEGIN, counter, its value, events, COMMIT
    EXPECT_EQ(Seen("SELECT COUNT(*) FROM event_log"), ok ? "2" : "0");
    EXPECT_EQ(Seen("SELECT COALESCE(SUM(last_seq), 0) FROM feed_counter"), ok ? "2" : "0");
  }
}

TEST_F(EventLogTest, APositionMovesWithItsEffects) {
  Must("CREATE TABLE effect (n INT PRIMARY KEY) ENGINE=InnoDB");
  const auto apply = [&](std::uint64_t seq, bool fail) {
    return pool_.InTransaction([&](Transaction& tx) -> base::Status {
      ASSIGN_OR_RETURN(const auto position, store::LockPosition(tx, "registry"));
      if (seq <= position) return {};
      RETURN_IF_ERROR(Do(tx, "INSERT INTO effect VALUES (?)", {seq}));
      RETURN_IF_ERROR(store::SavePosition(tx, "registry", seq));
      return fail ? base::Status{Error{Code::kUnavailable, "NO", ""}} : base::Status{};
    });
  };
  EXPECT_FALSE(apply(1, true).ok());
  EXPECT_TRUE(apply(1, false).ok());
  EXPECT_TRUE(apply(1, false).ok());  // again: ignored
  EXPECT_FALSE(apply(2, true).ok());
  EXPECT_EQ(Seen("SELECT GROUP_CONCAT(n) FROM effect"), "1");
  const auto status = pool_.WithSession([](Session& session) -> base::Status {
    ASSIGN_OR_RETURN(const auto at, store::LoadPosition(session, "registry"));
    EXPECT_EQ(at, 1u);
    ASSIGN_OR_RETURN(const auto none, store::LoadPosition(session, "cases"));
    EXPECT_EQ(none, 0u);
    return {};
  });
  EXPECT_TRUE(status.ok());
}

// Two copies of a follower: each event has its effect once, because the position is locked.
TEST_F(EventLogTest, TwoFollowersOfOneFeedDoNotDoubleEffects) {
  Must("CREATE TABLE effect (id INT PRIMARY KEY AUTO_INCREMENT, n INT) ENGINE=InnoDB");
  std::vector<std::thread> followers;
  for (int f = 0; f < 2; ++f) {
    followers.emplace_back([&] {
      for (std::uint64_t seq = 1; seq <= 50; ++seq) {
        const auto status = pool_.InTransaction([&](Transaction& tx) -> base::Status {
          ASSIGN_OR_RETURN(const auto position, store::LockPosition(tx, "registry"));
          if (seq <= position) return {};
          RETURN_IF_ERROR(Do(tx, "INSERT INTO effect (n) VALUES (?)", {seq}));
          return store::SavePosition(tx, "registry", seq);
        });
        EXPECT_TRUE(status.ok()) << Said(status);
      }
    });
  }
  for (auto& follower : followers) follower.join();
  EXPECT_EQ(Seen("SELECT COUNT(*), COUNT(DISTINCT n) FROM effect"), "50\t50");
}

// The same request from eight threads at once, as a client that repeats itself would send it.
TEST_F(EventLogTest, OneKeyHasOneEffectAndOneAnswer) {
  Must("CREATE TABLE effect (id INT PRIMARY KEY AUTO_INCREMENT, who INT) ENGINE=InnoDB");
  const std::string key{"\x00\x01key\xFF'", 7};
  std::vector<std::string> answers(8);
  std::vector<std::thread> threads;
  for (std::size_t t = 0; t < answers.size(); ++t) {
    threads.emplace_back([&, t] {
      const auto reply = pool_.Transact([&](Transaction& tx) -> base::Result<std::string> {
        ASSIGN_OR_RETURN(const auto before, store::FindReply(tx, key));
        if (before) return before->reply;
        RETURN_IF_ERROR(
            Do(tx, "INSERT INTO effect (who) VALUES (?)", {static_cast<std::int64_t>(t)}));
        std::string answer = "done by " + std::to_string(t);
        RETURN_IF_ERROR(store::RememberReply(tx, key, "baoxue.Do", answer, clock_.Now()));
        return answer;
      });
      EXPECT_TRUE(reply.ok()) << Said(reply);
      if (reply.ok()) answers[t] = *reply;
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_THAT(answers, testing::Each(answers[0]));
  EXPECT_EQ("done by " + Seen("SELECT GROUP_CONCAT(who) FROM effect"), answers[0]);
}

TEST_F(EventLogTest, AKeyTakenMeanwhileIsAConflictAndOldKeysAreForgotten) {
  const auto remember = [&](std::string_view key, base::UtcTime at) {
    return pool_.InTransaction(
        [&](Transaction& tx) { return store::RememberReply(tx, key, "t", "r", at); }, 1);
  };
  EXPECT_TRUE(remember("a", At(1000)).ok());
  EXPECT_TRUE(remember("b", At(2000)).ok());
  const auto again = remember("a", At(3000));
  EXPECT_EQ(again.error().code, Code::kConflict);
  EXPECT_EQ(again.error().reason, "RETRY");
  EXPECT_EQ(remember("", At(0)).error().reason, "BAD_IDEMPOTENCY_KEY");
  EXPECT_EQ(remember(std::string(65, 'x'), At(0)).error().reason, "BAD_IDEMPOTENCY_KEY");
  const auto status = pool_.WithSession([](Session& session) -> base::Status {
    ASSIGN_OR_RETURN(const auto forgotten, store::ForgetReplies(session, At(2000)));
    EXPECT_EQ(forgotten, 1u);
    ASSIGN_OR_RETURN(const auto a, store::FindReply(session, "a"));
    EXPECT_FALSE(a.has_value());
    ASSIGN_OR_RETURN(const auto b, store::FindReply(session, "b"));
    EXPECT_EQ(b.value_or(store::Remembered{}).reply, "r");
    EXPECT_EQ(b.value_or(store::Remembered{}).request_type, "t");
    return {};
  });
  EXPECT_TRUE(status.ok()) << Said(status);
}

TEST_F(EventLogTest, TheSuiteClockIsKept) {
  const auto status = pool_.WithSession([](Session& session) -> base::Status {
    ASSIGN_OR_RETURN(const auto none, store::LoadSuiteClock(session));
    EXPECT_FALSE(none.has_value());
    RETURN_IF_ERROR(store::SaveSuiteClock(session, At(1'772'323'200'001)));
    RETURN_IF_ERROR(store::SaveSuiteClock(session, At(1'772'323'200'002)));
    ASSIGN_OR_RETURN(const auto now, store::LoadSuiteClock(session));
    EXPECT_EQ(now, At(1'772'323'200'002));
    return {};
  });
  EXPECT_TRUE(status.ok()) << Said(status);
}

}  // namespace
