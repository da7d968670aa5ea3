// Feeds with real sockets: followers end with exactly the publisher's events, once each, in order,
// whatever was lost, away or restarted.

#include <cstring>
#include <mutex>
#include <utility>

#include "bus_fixture.h"

namespace bus_test {
namespace {

using bus::Event;
using bus::EventBatch;
using bus::Follower;
using bus::Publisher;

// An event log that lives longer than its publisher.
class MemoryLog {
 public:
  void Append(int count, std::size_t payload_bytes = 8) {
    const std::lock_guard lock{mutex_};
    for (int i = 0; i < count; ++i) {
      Event event;
      event.set_seq(events_.size() + 1);
      event.set_feed("log");
      event.set_type("test.happened");
      event.set_payload(std::string(payload_bytes, static_cast<char>('a' + i % 26)));
      events_.push_back(std::move(event));
    }
  }
  base::Result<EventBatch> Read(std::uint64_t after, std::uint32_t limit) {
    const std::lock_guard lock{mutex_};
    if (broken_) return base::Error{Code::kUnavailable, "DB_AWAY", ""};
    EventBatch batch;
    batch.set_feed("log");
    batch.set_head(events_.size());
    for (std::size_t i = after; i < events_.size() && i < after + limit; ++i) {
      *batch.add_events() = events_[i];
    }
    return batch;
  }
  std::uint64_t head() const {
    const std::lock_guard lock{mutex_};
    return events_.size();
  }
  void set_broken(bool broken) {
    const std::lock_guard lock{mutex_};
    broken_ = broken;
  }

 private:
  mutable std::mutex mutex_;
  std::vector<Event> events_;
  bool broken_ = false;
};

// A subscriber's database: effects and position, changed together.
class MemoryEffects {
 public:
  base::Result<std::uint64_t> Load() {
    const std::lock_guard lock{mutex_};
    return position_;
  }
  base::Result<std::uint64_t> Apply(const std::vector<Event>& events) {
    const std::lock_guard lock{mutex_};
    if (failures_ > 0) {
      --failures_;
      return base::Error{Code::kUnavailable, "DB_AWAY", ""};
    }
    for (const Event& event : events) {
      if (event.seq() <= position_) {  // another copy was faster
        ++repeats_;
        continue;
      }
      seqs_.push_back(event.seq());
      position_ = event.seq();
    }
    ++batches_;
    if (std::exchange(lose_answer_, false)) {
      return base::Error{Code::kUnknownOutcome, "CONNECTION_LOST", ""};
    }
    return position_;
  }
  // Exactly 1, 2, ..., head.
  bool Complete(std::uint64_t head) const {
    const std::lock_guard lock{mutex_};
    if (seqs_.size() != head) return false;
    for (std::size_t i = 0; i < seqs_.size(); ++i) {
      if (seqs_[i] != i + 1) return false;
    }
    return true;
  }
  void FailNext(int times) {
    const std::lock_guard lock{mutex_};
    failures_ = times;
  }
  // The next commit succeeds, but its answer is lost.
  void LoseNextAnswer() {
    const std::lock_guard lock{mutex_};
    lose_answer_ = true;
  }
  // Events that were offered again.
  std::size_t repeats() const {
    const std::lock_guard lock{mutex_};
    return repeats_;
  }
  std::size_t batches() const {
    const std::lock_guard lock{mutex_};
    return batches_;
  }

 private:
  mutable std::mutex mutex_;
  std::vector<std::uint64_t> seqs_;
  std::uint64_t position_ = 0;
  int failures_ = 0;
  bool lose_answer_ = false;
  std::size_t repeats_ = 0;
  std::size_t batches_ = 0;
};

class FeedTest : public BusTest {
 protected:
  // A service with a feed: it publishes and answers FetchEvents.
  struct Service {
    std::unique_ptr<bus::Server> server = {};
    std::unique_ptr<Publisher> publisher = {};
    void Append(MemoryLog& log, int count, std::size_t bytes = 8) const {
      log.Append(count, bytes);
      publisher->Notify();
    }
  };
  // The last position that a follower reported without wanting events.
  std::atomic<std::uint64_t> reported_{0};
  Service Serve(const std::string& requests = kAnyPort, const std::string& events = kAnyPort) {
    Service service;
    service.server = std::make_unique<bus::Server>(context_, ServerOn(requests), clock_);
    service.server->On<baoxue::bus::v1::FetchEvents, EventBatch>(
        [this](const bus::Request&, const baoxue::bus::v1::FetchEvents& request) {
          if (request.limit() == 0) reported_ = request.after();
          return log_.Read(request.after(), request.limit());
        });
    // libzmq gives a closed socket's port back a little later.
    EXPECT_TRUE(harness::WaitUntil([&] { return service.server->Start().ok(); }));
    Publisher::Options options;
    options.feed = "log";
    options.endpoints = {events};
    options.keys = keys_.server;
    options.batch_max = 100;
    service.publisher = std::make_unique<Publisher>(
        context_, options,
        [this](std::uint64_t after, std::uint32_t limit) { return log_.Read(after, limit); },
        clock_);
    EXPECT_TRUE(harness::WaitUntil([&] { return service.publisher->Start().ok(); }));
    return service;
  }
  std::unique_ptr<bus::Client> Requests(const Service& service) {
    return std::make_unique<bus::Client>(context_, ClientOf({At(*service.server)}), clock_, ids_);
  }
  std::unique_ptr<Follower> Follow(const Service& service, bus::Client& requests,
                                   MemoryEffects& effects, const bus::KeyPair* keys = nullptr) {
    Follower::Options options;
    options.feed = "log";
    options.events = {At(service.publisher->bound_endpoints().at(0))};
    options.keys = keys != nullptr ? *keys : keys_.alice;
    options.batch_max = 100;
    auto follower = std::make_unique<Follower>(
        context_, options, requests, [&effects] { return effects.Load(); },
        [&effects](const std::vector<Event>& events) { return effects.Apply(events); }, clock_);
    follower->Start();
    return follower;
  }
  bool CaughtUp(const MemoryEffects& effects) {
    return harness::WaitUntil([&] { return effects.Complete(log_.head()); }, seconds{30});
  }

  MemoryLog log_;
};

TEST_F(FeedTest, FetchesWhatWasThereAndThenGoesLive) {
  log_.Append(250);
  const Service service = Serve();
  const auto requests = Requests(service);
  MemoryEffects effects;
  const auto follower = Follow(service, *requests, effects);
  ASSERT_TRUE(CaughtUp(effects));
  EXPECT_EQ(follower->stats().fetched, 250u);
  // Live from the moment that the subscription stands; its first heartbeat shows that.
  ASSERT_TRUE(harness::WaitUntil([&] {
    service.Append(log_, 1);
    return CaughtUp(effects) && follower->stats().live > 0;
  }));
  const auto before = follower->stats();
  for (int i = 0; i < 50; ++i) service.Append(log_, 3);
  ASSERT_TRUE(CaughtUp(effects));
  const auto after = follower->stats();
  EXPECT_EQ(after.live - before.live, 150u);
  EXPECT_EQ(after.gaps, before.gaps);
  EXPECT_EQ(after.head, log_.head());
  EXPECT_EQ(after.position, log_.head());
}

TEST_F(FeedTest, LostFramesAreFetched) {
  const Service service = Serve();
  const auto requests = Requests(service);
  MemoryEffects effects;
  const auto follower = Follow(service, *requests, effects);
  ASSERT_TRUE(harness::WaitUntil([&] {
    service.Append(log_, 1);
    return CaughtUp(effects) && follower->stats().live > 0;
  }));
  service.publisher->set_drop_every(3);
  for (int i = 0; i < 6; ++i) {
    service.Append(log_, 250);  // three frames
    ASSERT_TRUE(CaughtUp(effects)) << i;
  }
  EXPECT_GE(follower->stats().gaps, 2u);
  EXPECT_EQ(follower->stats().errors, 0u);
}

TEST_F(FeedTest, AFollowerThatWasAwayEndsTheSame) {
  const Service service = Serve();
  const auto requests = Requests(service);
  MemoryEffects effects;
  auto follower = Follow(service, *requests, effects);
  service.Append(log_, 10);
  ASSERT_TRUE(CaughtUp(effects));
  follower.reset();
  service.Append(log_, 500);
  EXPECT_FALSE(effects.Complete(log_.head()));
  follower = Follow(service, *requests, effects);
  ASSERT_TRUE(CaughtUp(effects));
  EXPECT_EQ(follower->stats().fetched + follower->stats().live, 500u);
}

TEST_F(FeedTest, ThePublisherMayRestart) {
  Service service = Serve();
  const std::string requests_at = service.server->bound_endpoints().at(0);
  const std::string events_at = service.publisher->bound_endpoints().at(0);
  const auto requests = Requests(service);
  MemoryEffects effects;
  const auto follower = Follow(service, *requests, effects);
  for (int round = 0; round < 3; ++round) {
    service.Append(log_, 20);
    ASSERT_TRUE(CaughtUp(effects)) << round;
    service = {};
    log_.Append(20);  // committed, never published
    service = Serve(requests_at, events_at);
    ASSERT_TRUE(CaughtUp(effects)) << round;
  }
}

TEST_F(FeedTest, TwoFollowersHaveTheSameEvents) {
  const Service service = Serve();
  const auto requests = Requests(service);
  MemoryEffects first;
  MemoryEffects second;
  const auto follower = Follow(service, *requests, first);
  service.publisher->set_drop_every(3);
  service.Append(log_, 30);
  const auto other = Follow(service, *requests, second);
  for (int i = 0; i < 30; ++i) service.Append(log_, 7);
  EXPECT_TRUE(CaughtUp(first));
  EXPECT_TRUE(CaughtUp(second));
}

// Two copies of one service write to one database: each event has its effects once.
TEST_F(FeedTest, TwoCopiesOfAFollowerShareOnePosition) {
  const Service service = Serve();
  const auto requests = Requests(service);
  MemoryEffects shared;
  const auto follower = Follow(service, *requests, shared);
  const auto copy = Follow(service, *requests, shared);
  for (int i = 0; i < 50; ++i) service.Append(log_, 5);
  ASSERT_TRUE(CaughtUp(shared));
  EXPECT_TRUE(harness::WaitUntil([&] {
    return follower->stats().position == log_.head() && copy->stats().position == log_.head();
  }));
}

TEST_F(FeedTest, ADatabaseThatIsAwayIsTriedAgain) {
  const Service service = Serve();
  const auto requests = Requests(service);
  MemoryEffects effects;
  effects.FailNext(3);
  const auto follower = Follow(service, *requests, effects);
  service.Append(log_, 10);
  ASSERT_TRUE(CaughtUp(effects));
  EXPECT_EQ(follower->stats().errors, 3u);
  log_.set_broken(true);
  service.publisher->Notify();
  log_.Append(10);
  log_.set_broken(false);
  service.publisher->Notify();
  EXPECT_TRUE(CaughtUp(effects));
}

TEST_F(FeedTest, ACommitWhoseAnswerWasLostIsNotAppliedAgain) {
  const Service service = Serve();
  const auto requests = Requests(service);
  MemoryEffects effects;
  effects.LoseNextAnswer();
  const auto follower = Follow(service, *requests, effects);
  service.Append(log_, 10);
  ASSERT_TRUE(CaughtUp(effects));
  service.Append(log_, 10);
  ASSERT_TRUE(CaughtUp(effects));
  EXPECT_EQ(follower->stats().errors, 1u);
  EXPECT_EQ(effects.repeats(), 0u);
}

TEST_F(FeedTest, BurstsAreFewTransactions) {
  const Service service = Serve();
  const auto requests = Requests(service);
  MemoryEffects effects;
  const auto follower = Follow(service, *requests, effects);
  ASSERT_TRUE(harness::WaitUntil([&] { return follower->stats().errors == 0; }));
  service.Append(log_, 5000);
  ASSERT_TRUE(CaughtUp(effects));
  EXPECT_LE(effects.batches(), 120u);
}

// More than one message may hold, in one batch of the log.
TEST_F(FeedTest, BigEventsTravelInSeveralFramesAndReplies) {
  log_.Append(42, 400 << 10);
  const Service service = Serve();
  const auto requests = Requests(service);
  MemoryEffects effects;
  const auto follower = Follow(service, *requests, effects);
  ASSERT_TRUE(harness::WaitUntil(
      [&] {
        service.Append(log_, 1);
        return CaughtUp(effects) && follower->stats().live > 0;
      },
      seconds{60}));
  EXPECT_EQ(follower->stats().errors, 0u);
  service.Append(log_, 42, 400 << 10);
  EXPECT_TRUE(CaughtUp(effects));
  EXPECT_EQ(follower->stats().gaps, 0u);
}

// Bob's key is known, but may not follow.
TEST_F(FeedTest, WhoMayNotFollowIsRefusedAtTheDoor) {
  const Service service = Serve();
  const auto handshake_of = [&](const bus::KeyPair& keys, const std::string& name) {
    zmq::socket_t socket{bus::ZmqContext(context_), zmq::socket_type::sub};
    bus::SetCommonOptions(socket, 10, 0);
    bus::SetCurveClient(socket, keys, keys_.server.public_key);
    const std::string address = "inproc://door." + name;
    EXPECT_EQ(zmq_socket_monitor(socket.handle(), address.c_str(),
                                 ZMQ_EVENT_HANDSHAKE_SUCCEEDED | ZMQ_EVENT_HANDSHAKE_FAILED_AUTH),
              0);
    zmq::socket_t monitor{bus::ZmqContext(context_), zmq::socket_type::pair};
    monitor.set(zmq::sockopt::rcvtimeo, 5000);
    monitor.set(zmq::sockopt::linger, 0);
    monitor.connect(address);
    socket.connect(service.publisher->bound_endpoints().at(0));
    zmq::message_t event;
    std::uint16_t number = 0;
    if (monitor.recv(event)) std::memcpy(&number, event.data(), sizeof number);
    zmq_socket_monitor(socket.handle(), nullptr, 0);
    return int{number};
  };
  EXPECT_EQ(handshake_of(keys_.alice, "alice"), ZMQ_EVENT_HANDSHAKE_SUCCEEDED);
  EXPECT_EQ(handshake_of(keys_.bob, "bob"), ZMQ_EVENT_HANDSHAKE_FAILED_AUTH);
  EXPECT_EQ(handshake_of(keys_.stranger, "stranger"), ZMQ_EVENT_HANDSHAKE_FAILED_AUTH);
}

// A connection as a program of anybody's makes it, that takes whatever comes.
class RawSub {
 public:
  RawSub(bus::Context& context, const bus::KeyPair& keys, const bus::Endpoint& endpoint)
      : socket_(bus::ZmqContext(context), zmq::socket_type::sub) {
    bus::SetCommonOptions(socket_, 1000, 0);
    bus::SetCurveClient(socket_, keys, endpoint.server_key);
    socket_.set(zmq::sockopt::rcvtimeo, 50);
    socket_.set(zmq::sockopt::subscribe, "");  // not what followers ask for: everything
    socket_.connect(endpoint.address);
  }
  // The next batch that is there, heartbeats too.
  std::optional<EventBatch> Next() {
    zmq::message_t frame;
    if (!socket_.recv(frame)) return std::nullopt;
    Envelope envelope;
    std::string_view body;
    EventBatch batch;
    EXPECT_TRUE(bus::DecodeFrame(frame.to_string_view(), envelope, body).ok());
    EXPECT_TRUE(batch.ParseFromArray(body.data(), static_cast<int>(body.size())));
    return batch;
  }
  // Waits for a frame that tells this head.
  bool Sees(std::uint64_t head) {
    return harness::WaitUntil([&] {
      const auto batch = Next();
      return batch && batch->head() >= head;
    });
  }

 private:
  zmq::socket_t socket_;
};

// Alice is live when her key goes off the list, or another key gets her name; carol stays.
TEST_F(FeedTest, ARevokedKeyGetsNoFrameMoreOnAConnectionThatStands) {
  const Service service = Serve();
  const bus::KeyPair carol = bus::MakeKeyPair();
  const bus::Peer alice_peer{"alice", keys_.alice.public_key, {}, {"log"}};
  const bus::Peer carol_peer{"carol", carol.public_key, {}, {"log"}};
  const bus::Peer other_alice{"alice", keys_.stranger.public_key, {}, {"log"}};
  const bus::Peer mute_alice{"alice", keys_.alice.public_key, {}, {"other"}};
  const bus::Endpoint door = At(service.publisher->bound_endpoints().at(0));
  for (const auto& after : {std::vector<bus::Peer>{carol_peer}, {carol_peer, other_alice},
                            {carol_peer, mute_alice}}) {
    context_.SetAccess(bus::AccessList{{alice_peer, carol_peer}});
    RawSub alice{context_, keys_.alice, door};
    RawSub stays{context_, carol, door};
    service.Append(log_, 1);
    ASSERT_TRUE(alice.Sees(log_.head()));
    ASSERT_TRUE(stays.Sees(log_.head()));
    const std::uint64_t before = log_.head();
    context_.SetAccess(bus::AccessList{after});
    service.Append(log_, 3);
    ASSERT_TRUE(stays.Sees(before + 3));
    service.Append(log_, 1);
    ASSERT_TRUE(stays.Sees(before + 4));
    while (const auto batch = alice.Next()) EXPECT_LE(batch->head(), before);
  }
}

TEST_F(FeedTest, ARoleGetsFramesOfItsOwn) {
  const Service service = Serve();
  const bus::KeyPair office = bus::MakeKeyPair();
  const bus::Peer alice_peer{"alice", keys_.alice.public_key, {}, {"log"}};
  const bus::Peer office_peer{"office", office.public_key, {}, {"log"}, "office"};
  context_.SetAccess(bus::AccessList{{alice_peer, office_peer}});
  const bus::Endpoint door = At(service.publisher->bound_endpoints().at(0));
  RawSub whole{context_, keys_.alice, door};
  RawSub cut{context_, office, door};
  ASSERT_TRUE(whole.Sees(0));
  ASSERT_TRUE(cut.Sees(0));
  service.Append(log_, 1);
  const auto next = [](RawSub& from) {
    std::optional<EventBatch> batch;
    EXPECT_TRUE(harness::WaitUntil([&] {
      batch = from.Next();
      return batch && batch->events_size() == 1;
    }));
    return batch.value_or(EventBatch{});
  };
  EXPECT_EQ(next(whole).events(0).payload().size(), 8u);
  const EventBatch seen = next(cut);
  // Nothing is declared for it of a type that nobody knows.
  EXPECT_EQ(seen.events(0).payload(), "");
  EXPECT_EQ(seen.events(0).seq(), 1u);
  EXPECT_EQ(seen.events(0).type(), "test.happened");
}

TEST_F(FeedTest, AFollowerTellsHowFarItIs) {
  const Service service = Serve();
  const auto requests = Requests(service);
  MemoryEffects effects;
  const auto follower = Follow(service, *requests, effects);
  ASSERT_TRUE(harness::WaitUntil([&] {
    service.Append(log_, 1);
    return CaughtUp(effects) && follower->stats().live > 0;
  }));
  EXPECT_TRUE(harness::WaitUntil([&] { return reported_ == log_.head(); }, seconds{20}));
}

TEST_F(FeedTest, AWrongAddressIsTheCallersException) {
  const Service service = Serve();
  const auto requests = Requests(service);
  Follower::Options options;
  options.feed = "log";
  options.events = {At("nonsense")};
  options.keys = keys_.alice;
  Follower follower{context_,
                    options,
                    *requests,
                    [] { return base::Result<std::uint64_t>{0}; },
                    [](const std::vector<Event>&) { return base::Result<std::uint64_t>{0}; },
                    clock_};
  EXPECT_THROW(follower.Start(), zmq::error_t);
}

TEST_F(FeedTest, StopIsPromptWhileNothingAnswers) {
  Service service = Serve();
  const auto requests = Requests(service);
  MemoryEffects effects;
  const auto follower = Follow(service, *requests, effects);
  service = {};  // nobody answers FetchEvents any more
  const auto before = clock_.Steady();
  follower->Stop();
  EXPECT_LT(clock_.Steady() - before, seconds{1});
}

}  // namespace
}  // namespace bus_test
