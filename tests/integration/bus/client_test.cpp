// The client with real sockets: retries with one key, several endpoints, restarts, deadlines,
// limits.

#include <future>
#include <set>
#include <thread>

#include "bus_fixture.h"

namespace bus_test {
namespace {

class ClientTest : public BusTest {
 protected:
  std::unique_ptr<bus::Server> Serve(const std::string& type, bus::Server::Handler handler,
                                     const std::string& endpoint = kAnyPort) {
    auto server = std::make_unique<bus::Server>(context_, ServerOn(endpoint), clock_);
    server->Handle(type, std::move(handler));
    Start(*server);
    return server;
  }
  // libzmq gives a closed socket's port back a little later.
  static void Start(bus::Server& server) {
    EXPECT_TRUE(harness::WaitUntil([&] { return server.Start().ok(); }));
  }
  // An address that nobody listens on.
  std::string FreeAddress() {
    zmq::socket_t socket{bus::ZmqContext(context_), zmq::socket_type::router};
    socket.bind(kAnyPort);
    return socket.get(zmq::sockopt::last_endpoint);
  }
};

TEST_F(ClientTest, RetriesRefusalsThatPassWithTheSameKeyAndId) {
  for (const Code code : {Code::kUnavailable, Code::kResourceExhausted}) {
    std::mutex mutex;
    std::set<std::string> keys;
    std::set<std::string> ids;
    std::vector<std::uint32_t> attempts;
    const auto server = Serve("test.Flaky", [&](const bus::Request& request) -> Reply {
      const std::lock_guard lock{mutex};
      keys.insert(request.envelope.idempotency_key());
      ids.insert(request.envelope.message_id());
      attempts.push_back(request.envelope.attempt());
      if (attempts.size() < 3) return base::Error{code, "NOT_NOW", ""};
      return std::string{"third time"};
    });
    bus::Client client{context_, ClientOf({At(*server)}), clock_, ids_};
    EXPECT_EQ(client.Call("test.Flaky", "").value(), "third time");
    EXPECT_EQ(keys.size(), 1u);
    EXPECT_EQ(keys.begin()->size(), 16u);
    EXPECT_EQ(ids.size(), 1u);
    EXPECT_EQ(attempts, (std::vector<std::uint32_t>{0, 1, 2}));
  }
}

// The answer of a COMMIT was lost: only a repeat with the same key finds out what became of it.
TEST_F(ClientTest, RepeatsAnUnknownOutcomeWithTheSameKeyUntilItIsKnown) {
  std::mutex mutex;
  std::set<std::string> keys;
  std::vector<std::uint32_t> attempts;
  const auto server = Serve("test.Write", [&](const bus::Request& request) -> Reply {
    const std::lock_guard lock{mutex};
    keys.insert(request.envelope.idempotency_key());
    attempts.push_back(request.envelope.attempt());
    if (attempts.size() == 1) return base::Error{Code::kUnknownOutcome, "COMMIT_UNKNOWN", ""};
    if (attempts.size() == 2) return base::Error{Code::kUnavailable, "DB_DOWN", ""};
    return std::string{"the first answer"};
  });
  bus::Client client{context_, ClientOf({At(*server)}), clock_, ids_};
  const Reply reply = client.Call("test.Write", "");
  ASSERT_TRUE(reply.ok()) << reply.error().ToString();
  EXPECT_EQ(*reply, "the first answer");
  EXPECT_EQ(keys.size(), 1u);
  EXPECT_EQ(attempts, (std::vector<std::uint32_t>{0, 1, 2}));
}

// At the deadline it still is not known, whatever was refused after it.
TEST_F(ClientTest, AnUnknownOutcomeFollowedByRefusalsStaysUnknown) {
  std::atomic<int> asked{0};
  const auto server = Serve("test.Write", [&](const bus::Request&) -> Reply {
    if (++asked == 1) return base::Error{Code::kUnknownOutcome, "COMMIT_UNKNOWN", ""};
    return base::Error{Code::kUnavailable, "DB_DOWN", ""};
  });
  bus::Client client{context_, ClientOf({At(*server)}), clock_, ids_};
  const Reply reply = client.Call("test.Write", "", Within(milliseconds{300}));
  EXPECT_EQ(reply.error().code, Code::kDeadlineExceeded);
  EXPECT_EQ(reply.error().reason, "NO_REPLY");
  EXPECT_GE(asked, 2);
}

TEST_F(ClientTest, PassesOnWhatTheServiceAnsweredAndWhoAsked) {
  const auto server = Serve("test.Refuse", [](const bus::Request& request) -> Reply {
    if (request.envelope.actor().person_id() != "t1") return std::string{"no actor"};
    return base::Error{Code::kFailedPrecondition, "DAY_CLOSED",
                       request.envelope.idempotency_key() + request.envelope.correlation_id()};
  });
  bus::Client client{context_, ClientOf({At(*server)}), clock_, ids_};
  bus::CallOptions options;
  options.idempotency_key = std::string(16, 'k');
  options.correlation_id = std::string(16, 'c');
  options.actor.set_person_id("t1");
  const Reply reply = client.Call("test.Refuse", "", options);
  EXPECT_EQ(reply.error(), (base::Error{Code::kFailedPrecondition, "DAY_CLOSED",
                                        std::string(16, 'k') + std::string(16, 'c')}));
}

TEST_F(ClientTest, TheLastRefusalIsTheAnswerAtTheDeadline) {
  const auto server = Serve("test.Down", [](const bus::Request&) -> Reply {
    return base::Error{Code::kUnavailable, "DB_AWAY", ""};
  });
  bus::Client client{context_, ClientOf({At(*server)}), clock_, ids_};
  const Reply reply = client.Call("test.Down", "", Within(milliseconds{200}));
  EXPECT_EQ(reply.error().reason, "DB_AWAY");
}

TEST_F(ClientTest, WithoutAServerTheDeadlinePasses) {
  bus::Client client{context_, ClientOf({At(FreeAddress())}), clock_, ids_};
  const auto before = clock_.Steady();
  const Reply reply = client.Call("test.Echo", "", Within(milliseconds{200}));
  EXPECT_EQ(reply.error(), (base::Error{Code::kDeadlineExceeded, "NO_REPLY", ""}));
  EXPECT_GE(clock_.Steady() - before, milliseconds{200});
  EXPECT_EQ(client.in_flight(), 0u);
}

// Refused after silence: whether it was done is not known, so "unavailable" would be wrong.
TEST_F(ClientTest, SilenceFollowedByARefusalStaysUnknown) {
  const std::string address = FreeAddress();
  Holder holder;
  auto silent = std::make_unique<bus::Server>(context_, ServerOn(address), clock_);
  silent->HandleAsync("test.Once", holder.Handler());
  Start(*silent);
  bus::Client client{context_, ClientOf({At(address)}), clock_, ids_};
  std::promise<Reply> answer;
  client.CallAsync("test.Once", "", Within(seconds{3}),
                   [&](Reply reply) { answer.set_value(std::move(reply)); });
  ASSERT_TRUE(holder.WaitFor(1));
  silent.reset();
  std::atomic<int> refusals{0};
  const auto refusing = Serve(
      "test.Once",
      [&](const bus::Request&) -> Reply {
        ++refusals;
        return base::Error{Code::kUnavailable, "DB_AWAY", ""};
      },
      address);
  EXPECT_EQ(answer.get_future().get().error().reason, "NO_REPLY");
  EXPECT_GE(refusals, 1);
}

TEST_F(ClientTest, WaitsForAServerThatComesLater) {
  const std::string address = FreeAddress();
  bus::Client client{context_, ClientOf({At(address)}), clock_, ids_};
  std::atomic<bool> answered{false};
  client.CallAsync("test.Echo", "x", {}, [&](Reply reply) { answered = reply.ok(); });
  EXPECT_EQ(client.in_flight(), 1u);
  const auto server = Serve("test.Echo", Echo, address);
  EXPECT_TRUE(harness::WaitUntil([&] { return answered.load(); }));
}

// A connection that breaks is silence at once: the attempt timeout of a minute is not waited for.
TEST_F(ClientTest, ARestartedServerGetsTheRequestAgain) {
  const std::string address = FreeAddress();
  Holder holder;
  auto first = std::make_unique<bus::Server>(context_, ServerOn(address), clock_);
  first->HandleAsync("test.Echo", holder.Handler());
  Start(*first);
  bus::ClientOptions options = ClientOf({At(address)});
  options.attempt_timeout = seconds{60};
  bus::Client client{context_, options, clock_, ids_};
  std::atomic<bool> answered{false};
  client.CallAsync("test.Echo", "x", {}, [&](Reply reply) { answered = reply.ok(); });
  ASSERT_TRUE(holder.WaitFor(1));
  // Dropped only after its server is gone: a killed server answers nothing.
  const auto held = holder.TakeAll();
  const std::string key = held.at(0).first.envelope.idempotency_key();
  first.reset();
  std::string second_key;
  const auto second = Serve(
      "test.Echo",
      [&](const bus::Request& request) -> Reply {
        second_key = request.envelope.idempotency_key();
        return std::string{};
      },
      address);
  EXPECT_TRUE(harness::WaitUntil([&] { return answered.load(); }));
  EXPECT_EQ(key, second_key);
}

TEST_F(ClientTest, SpreadsOverEndpointsAndDoesWithoutADeadOne) {
  std::atomic<int> first_calls{0};
  std::atomic<int> second_calls{0};
  auto first = Serve("test.Echo", [&](const bus::Request&) -> Reply {
    ++first_calls;
    return std::string{};
  });
  const auto second = Serve("test.Echo", [&](const bus::Request&) -> Reply {
    ++second_calls;
    return std::string{};
  });
  bus::Client client{context_, ClientOf({At(*first), At(*second), At(FreeAddress())}), clock_,
                     ids_};
  ASSERT_TRUE(harness::WaitUntil([&] {
    EXPECT_TRUE(client.Call("test.Echo", "").ok());
    return first_calls > 0 && second_calls > 0;
  }));
  first_calls = second_calls = 0;
  for (int i = 0; i < 30; ++i) ASSERT_TRUE(client.Call("test.Echo", "").ok());
  EXPECT_GE(first_calls, 10);
  EXPECT_GE(second_calls, 10);
  first.reset();
  for (int i = 0; i < 30; ++i) ASSERT_TRUE(client.Call("test.Echo", "").ok());
}

TEST_F(ClientTest, ASilentServerIsAvoidedAndItsLateAnswerIgnored) {
  Holder holder;
  bus::Server silent{context_, ServerOn(), clock_};
  silent.HandleAsync("test.Echo", holder.Handler());
  ASSERT_TRUE(silent.Start().ok());
  const auto well = Serve("test.Echo", Echo);
  bus::ClientOptions options = ClientOf({At(silent), At(*well)});
  options.attempt_timeout = milliseconds{50};
  bus::Client client{context_, options, clock_, ids_};
  std::atomic<int> done{0};
  ASSERT_TRUE(harness::WaitUntil([&] {  // until the silent one was tried
    client.CallAsync("test.Echo", "x", {}, [&](Reply reply) {
      EXPECT_EQ(*reply, "x");
      ++done;
    });
    return harness::WaitUntil([&] { return client.in_flight() == 0; }) && holder.size() > 0;
  }));
  const int before = done;
  const std::size_t tried = holder.size();
  for (int i = 0; i < 10; ++i) EXPECT_EQ(client.Call("test.Echo", "y").value(), "y");
  EXPECT_EQ(holder.size(), tried);  // avoided
  holder.AnswerAll("late");
  EXPECT_EQ(client.Call("test.Echo", "z").value(), "z");
  EXPECT_EQ(done, before);
}

TEST_F(ClientTest, RefusesMoreThanItsLimitAndTooLongMessages) {
  Holder holder;
  bus::Server server{context_, ServerOn(), clock_};
  server.HandleAsync("test.Hold", holder.Handler());
  server.Handle("test.Echo", Echo);
  ASSERT_TRUE(server.Start().ok());
  bus::ClientOptions options = ClientOf({At(server)});
  options.in_flight_max = 2;
  bus::Client client{context_, options, clock_, ids_};
  std::atomic<int> answered{0};
  for (int i = 0; i < 2; ++i) {
    client.CallAsync("test.Hold", "", {}, [&](const Reply&) { ++answered; });
  }
  EXPECT_EQ(client.Call("test.Echo", "").error(),
            (base::Error{Code::kResourceExhausted, "CLIENT_FULL", ""}));
  ASSERT_TRUE(holder.WaitFor(2));
  holder.AnswerAll("");
  ASSERT_TRUE(harness::WaitUntil([&] { return answered == 2; }));
  const std::string large(bus::kMessageBytesMax - 1024, 'x');
  const Reply echoed = client.Call("test.Echo", large, Within(seconds{60}));
  ASSERT_TRUE(echoed.ok()) << echoed.error().ToString();
  EXPECT_EQ(echoed->size(), large.size());
  EXPECT_EQ(client.Call("test.Echo", std::string(bus::kMessageBytesMax, 'x')).error().reason,
            "TOO_LARGE");
}

TEST_F(ClientTest, WaitsTwiceAsLongAfterEachSilence) {
  std::mutex mutex;
  std::vector<base::SteadyTime> times;
  std::vector<bus::Responder> kept;
  bus::Server server{context_, ServerOn(), clock_};
  bus::Server other{context_, ServerOn(), clock_};
  for (bus::Server* each : {&server, &other}) {  // two, because one recognises the repeat
    each->HandleAsync("test.Hold", [&](bus::Request, bus::Responder responder) {
      const std::lock_guard lock{mutex};
      times.push_back(clock_.Steady());
      kept.push_back(std::move(responder));
    });
    Start(*each);
  }
  bus::ClientOptions options = ClientOf({At(server), At(other)});
  options.attempt_timeout = milliseconds{40};
  bus::Client client{context_, options, clock_, ids_};
  EXPECT_EQ(client.Call("test.Hold", "", Within(milliseconds{1000})).error().reason, "NO_REPLY");
  const std::lock_guard lock{mutex};
  // At 0 and 40 ms; what follows goes to a server that has it already.
  EXPECT_EQ(times.size(), 2u);
  const auto repeated = server.stats().repeated + other.stats().repeated;
  EXPECT_GE(repeated, 1u);  // at 120, 280 and 600 ms, not 23 times
  EXPECT_LE(repeated, 3u);
}

TEST_F(ClientTest, AReplyThatIsTooLongIsAnError) {
  const auto server = Serve("test.Long", [](const bus::Request&) -> Reply {
    return std::string(bus::kMessageBytesMax, 'x');
  });
  bus::Client client{context_, ClientOf({At(*server)}), clock_, ids_};
  EXPECT_EQ(client.Call("test.Long", "", Within(seconds{60})).error().reason, "REPLY_TOO_LARGE");
}

// libzmq never dials again after its key was refused; the client has to take a new socket.
TEST_F(ClientTest, IsServedOnceItsKeyIsAdmitted) {
  const std::string address = FreeAddress();
  const bus::KeyPair newcomer = bus::MakeKeyPair();
  bus::ClientOptions options = ClientOf({At(address)});
  options.keys = newcomer;
  bus::Client client{context_, options, clock_, ids_};
  {
    const auto server = Serve("test.Echo", Echo, address);
    EXPECT_FALSE(client.Call("test.Echo", "", Within(milliseconds{300})).ok());
  }
  bus::Context other{bus::AccessList{{{"newcomer", newcomer.public_key, {"*"}, {}}}}};
  bus::Server server{other, ServerOn(address), clock_};
  server.Handle("test.Echo", Echo);
  Start(server);
  EXPECT_TRUE(client.Call("test.Echo", "", Within(seconds{15})).ok());
}

TEST_F(ClientTest, ManyThreadsShareOneClient) {
  const auto server = Serve("test.Echo", Echo);
  bus::Client client{context_, ClientOf({At(*server)}), clock_, ids_};
  std::atomic<int> right{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 100; ++i) {
        const std::string body = std::to_string(t) + "/" + std::to_string(i);
        const Reply reply = client.Call("test.Echo", body);
        if (reply.ok() && *reply == body) ++right;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(right, 800);
  EXPECT_EQ(client.in_flight(), 0u);
}

TEST_F(ClientTest, EndingItEndsItsCalls) {
  Holder holder;
  bus::Server server{context_, ServerOn(), clock_};
  server.HandleAsync("test.Hold", holder.Handler());
  ASSERT_TRUE(server.Start().ok());
  std::vector<std::string> reasons;
  {
    bus::Client client{context_, ClientOf({At(server)}), clock_, ids_};
    for (int i = 0; i < 3; ++i) {
      client.CallAsync("test.Hold", "", {},
                       [&](const Reply& reply) { reasons.push_back(reply.error().reason); });
    }
    ASSERT_TRUE(holder.WaitFor(3));
  }
  EXPECT_EQ(reasons, (std::vector<std::string>(3, "CLIENT_STOPPED")));
}

}  // namespace
}  // namespace bus_test
