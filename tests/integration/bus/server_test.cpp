// The server with real sockets: who gets in, what is refused, and what a bad or slow client cannot
// do.

#include <filesystem>
#include <future>
#include <mutex>
#include <stdexcept>
#include <thread>

#include "bus_fixture.h"

namespace bus_test {
namespace {

class ServerTest : public BusTest {};

TEST_F(ServerTest, AnswersOverTcpAndIpc) {
  const auto dir = std::filesystem::temp_directory_path() / ("bus" + std::to_string(getpid()));
  std::filesystem::create_directories(dir);
  for (const std::string& endpoint : {std::string{kAnyPort}, "ipc://" + (dir / "s").string()}) {
    bus::Server server{context_, ServerOn(endpoint), clock_};
    server.Handle("test.Echo", Echo);
    server.HandleAsync("test.Async", [](bus::Request request, bus::Responder responder) {
      responder.Send(request.body + " by " + request.peer);
    });
    ASSERT_TRUE(server.Start().ok());
    bus::Client client{context_, ClientOf({At(server)}), clock_, ids_};
    EXPECT_EQ(client.Call("test.Echo", "hello").value(), "hello") << endpoint;
    EXPECT_EQ(client.Call("test.Async", "hello").value(), "hello by alice") << endpoint;
    EXPECT_EQ(server.stats().accepted, 2u);
    EXPECT_TRUE(harness::WaitUntil([&] { return server.stats().in_flight == 0; }));
  }
  std::filesystem::remove_all(dir);
}

TEST_F(ServerTest, TypedHandlersDecodeAndEncode) {
  bus::Server server{context_, ServerOn(), clock_};
  server.On<baoxue::bus::v1::SetClock, baoxue::bus::v1::SetClockReply>(
      [](const bus::Request&,
         const baoxue::bus::v1::SetClock& request) -> base::Result<baoxue::bus::v1::SetClockReply> {
        baoxue::bus::v1::SetClockReply reply;
        *reply.mutable_now() = request.now();
        return reply;
      });
  ASSERT_TRUE(server.Start().ok());
  bus::Client client{context_, ClientOf({At(server)}), clock_, ids_};
  baoxue::bus::v1::SetClock request;
  request.mutable_now()->set_seconds(17);
  EXPECT_EQ(client.Ask<baoxue::bus::v1::SetClockReply>(request)->now().seconds(), 17);
  EXPECT_EQ(client.Call("baoxue.bus.v1.SetClock", "\xff\xff").error().reason, "BAD_BODY");
}

// Connections stand when the key goes: no request is taken any more, and what was under way ends
// without data. A name that got another key is not the old connection.
TEST_F(ServerTest, ARevokedKeyGetsNoAnswerMoreOnAConnectionThatStands) {
  bus::Server server{context_, ServerOn(), clock_};
  Holder holder;
  server.Handle("test.Echo", Echo);
  server.HandleAsync("test.Slow", holder.Handler());
  ASSERT_TRUE(server.Start().ok());
  const bus::Peer bob{"bob", keys_.bob.public_key, {"test.*"}, {}};
  for (const bus::Peer& instead : {bob, bus::Peer{"alice", keys_.bob.public_key, {"test.*"}, {}}}) {
    context_.SetAccess(keys_.Access());
    RawDealer alice{context_, keys_.alice, At(server)};
    alice.Send("test.Echo", "hello");
    EXPECT_EQ(alice.ReceiveBody(), "hello");
    alice.Send("test.Slow");
    ASSERT_TRUE(holder.WaitFor(1));
    context_.SetAccess(bus::AccessList{{instead}});
    holder.AnswerAll("what she must not see");
    EXPECT_EQ(alice.ReceiveStatus(), "PERMISSION_DENIED/KEY_REVOKED");
    alice.Send("test.Echo", "hello");
    EXPECT_EQ(alice.ReceiveStatus(), "PERMISSION_DENIED/KEY_REVOKED");
    RawDealer other{context_, keys_.bob, At(server)};
    other.Send("test.Echo", "hello");
    EXPECT_EQ(other.ReceiveBody(), "hello");
  }
  // Rights that are taken or given count at once, too.
  context_.SetAccess(bus::AccessList{{{"bob", keys_.bob.public_key, {"test.Echo"}, {}}}});
  RawDealer less{context_, keys_.bob, At(server)};
  less.Send("test.Slow");
  EXPECT_EQ(less.ReceiveStatus(), "PERMISSION_DENIED/NOT_ALLOWED");
}

// libzmq 4.3 admits every key when nobody answers ZAP.
TEST_F(ServerTest, AnUnknownKeyGetsNothing) {
  bus::Server server{context_, ServerOn(), clock_};
  server.Handle("test.Echo", Echo);
  ASSERT_TRUE(server.Start().ok());
  bus::ClientOptions options = ClientOf({At(server)});
  options.keys = keys_.stranger;
  bus::Client stranger{context_, options, clock_, ids_};
  EXPECT_EQ(stranger.Call("test.Echo", "x", Within(milliseconds{400})).error().reason, "NO_REPLY");
  bus::Client alice{context_, ClientOf({At(server)}), clock_, ids_};
  EXPECT_TRUE(alice.Call("test.Echo", "x").ok());
  EXPECT_EQ(server.stats().accepted, 1u);
}

TEST_F(ServerTest, AClientWithoutCurveGetsNothing) {
  bus::Server server{context_, ServerOn(), clock_};
  server.Handle("test.Echo", Echo);
  ASSERT_TRUE(server.Start().ok());
  zmq::socket_t plain{bus::ZmqContext(context_), zmq::socket_type::dealer};
  plain.set(zmq::sockopt::linger, 0);
  plain.connect(server.bound_endpoints().at(0));
  plain.send(zmq::str_buffer("anything"), zmq::send_flags::none);
  RawDealer alice{context_, keys_.alice, At(server)};
  alice.Send("test.Echo", "x");
  EXPECT_EQ(alice.ReceiveStatus(), "OK");
  EXPECT_EQ(server.stats().accepted, 1u);
  EXPECT_EQ(server.stats().bad_frames, 0u);
}

TEST_F(ServerTest, RefusesWhatThePeerMayNotCallAndWhatNobodyKnows) {
  bus::Server server{context_, ServerOn(), clock_};
  server.Handle("test.Echo", Echo);
  server.Handle("test.Secret", Echo);
  ASSERT_TRUE(server.Start().ok());
  RawDealer bob{context_, keys_.bob, At(server)};
  bob.Send("test.Echo");
  EXPECT_EQ(bob.ReceiveStatus(), "OK");
  bob.Send("test.Secret");
  EXPECT_EQ(bob.ReceiveStatus(), "PERMISSION_DENIED/NOT_ALLOWED");
  bob.Send("test.Nonsense");  // not told whether it exists
  EXPECT_EQ(bob.ReceiveStatus(), "PERMISSION_DENIED/NOT_ALLOWED");
  RawDealer alice{context_, keys_.alice, At(server)};
  alice.Send("test.Nonsense");
  EXPECT_EQ(alice.ReceiveStatus(), "NOT_FOUND/UNKNOWN_REQUEST");
  EXPECT_EQ(server.stats().refused_access, 2u);
  EXPECT_EQ(server.stats().refused_unknown, 1u);
}

TEST_F(ServerTest, SurvivesHandlersThatThrowAndAnswersForThoseThatForget) {
  bus::Server server{context_, ServerOn(), clock_};
  server.Handle("test.Throw", [](const bus::Request&) -> Reply { throw std::runtime_error{"x"}; });
  server.HandleAsync("test.AsyncThrow",
                     [](bus::Request, bus::Responder) { throw std::runtime_error{"x"}; });
  server.HandleAsync("test.Forget", [](bus::Request, bus::Responder) {});
  server.Handle("test.Echo", Echo);
  ASSERT_TRUE(server.Start().ok());
  RawDealer alice{context_, keys_.alice, At(server)};
  for (const auto& [type, status] :
       std::vector<std::pair<std::string, std::string>>{{"test.Throw", "INTERNAL/HANDLER_FAILED"},
                                                        {"test.AsyncThrow", "INTERNAL/NO_ANSWER"},
                                                        {"test.Forget", "INTERNAL/NO_ANSWER"},
                                                        {"test.Echo", "OK"}}) {
    alice.Send(type);
    EXPECT_EQ(alice.ReceiveStatus(), status) << type;
  }
}

TEST_F(ServerTest, BatchEndComesAfterTheRequestsAndManyAreAnsweredAtOnce) {
  bus::Server server{context_, ServerOn(), clock_};
  std::vector<std::pair<bus::Responder, Reply>> batch;  // of the socket thread
  std::atomic<int> batches{0};
  server.HandleAsync("test.Batch", [&](bus::Request request, bus::Responder responder) {
    batch.emplace_back(std::move(responder), request.body);
  });
  std::vector<std::thread> writers;
  server.OnBatchEnd([&] {
    ++batches;
    writers.emplace_back([taken = std::exchange(batch, {})]() mutable {
      bus::Responder::SendAll(std::move(taken));
    });
  });
  ASSERT_TRUE(server.Start().ok());
  bus::Client client{context_, ClientOf({At(server)}), clock_, ids_};
  std::atomic<int> answers{0};
  for (int i = 0; i < 500; ++i) {
    client.CallAsync("test.Batch", std::to_string(i), {}, [&, i](Reply reply) {
      if (reply.ok() && *reply == std::to_string(i)) ++answers;
    });
  }
  EXPECT_TRUE(harness::WaitUntil([&] { return answers == 500; })) << answers;
  server.Stop();
  EXPECT_LE(batches, 500);
  EXPECT_GE(batches, 1);
  for (std::thread& writer : writers) writer.join();
}

TEST_F(ServerTest, AFullServerSaysSoAtOnce) {
  for (const bool per_peer : {false, true}) {
    Holder holder;
    bus::ServerOptions options = ServerOn();
    (per_peer ? options.per_peer_in_flight_max : options.in_flight_max) = 2;
    bus::Server server{context_, options, clock_};
    server.HandleAsync("test.Hold", holder.Handler());
    server.Handle("test.Echo", Echo);
    ASSERT_TRUE(server.Start().ok());
    RawDealer alice{context_, keys_.alice, At(server)};
    for (int i = 0; i < 3; ++i) alice.Send("test.Hold");
    EXPECT_EQ(alice.ReceiveStatus(), "RESOURCE_EXHAUSTED/FULL");
    EXPECT_EQ(server.stats().refused_full, 1u);
    EXPECT_EQ(server.stats().in_flight, 2u);
    RawDealer bob{context_, keys_.bob, At(server)};
    bob.Send("test.Echo");
    EXPECT_EQ(bob.ReceiveStatus(), per_peer ? "OK" : "RESOURCE_EXHAUSTED/FULL");
    ASSERT_TRUE(holder.WaitFor(2));
    holder.AnswerAll("now");
    EXPECT_EQ(alice.ReceiveStatus(), "OK");
    EXPECT_EQ(alice.ReceiveStatus(), "OK");
    alice.Send("test.Echo");
    EXPECT_EQ(alice.ReceiveStatus(), "OK");
  }
}

TEST_F(ServerTest, WhatExpiredBeforeAWorkerTookItIsNotRun) {
  std::promise<void> go;
  std::shared_future<void> gone = go.get_future().share();
  std::atomic<int> runs{0};
  bus::ServerOptions options = ServerOn();
  options.workers = 1;
  bus::Server server{context_, options, clock_};
  server.Handle("test.Block", [&](const bus::Request&) -> Reply {
    gone.wait();
    return std::string{};
  });
  server.Handle("test.Count", [&](const bus::Request&) -> Reply {
    ++runs;
    return std::string{};
  });
  ASSERT_TRUE(server.Start().ok());
  RawDealer alice{context_, keys_.alice, At(server)};
  alice.Send("test.Block");
  alice.Send("test.Count", "", 1);
  ASSERT_TRUE(harness::WaitUntil([&] { return server.stats().accepted == 2; }));
  const auto accepted = clock_.Steady();
  ASSERT_TRUE(harness::WaitUntil([&] { return clock_.Steady() > accepted + milliseconds{2}; }));
  go.set_value();
  EXPECT_EQ(alice.ReceiveStatus(), "OK");
  EXPECT_EQ(alice.ReceiveStatus(), "DEADLINE_EXCEEDED/EXPIRED");
  EXPECT_EQ(runs, 0);
  EXPECT_EQ(server.stats().expired, 1u);
}

TEST_F(ServerTest, TheDeadlineComesFromTheRequestWithADefaultAndABound) {
  Holder holder;
  bus::Server server{context_, ServerOn(), clock_};
  server.HandleAsync("test.Hold", holder.Handler());
  ASSERT_TRUE(server.Start().ok());
  RawDealer alice{context_, keys_.alice, At(server)};
  const auto before = clock_.Steady();
  for (const std::uint32_t timeout_ms : {0u, 3000u, 4'000'000'000u}) {
    alice.Send("test.Hold", "", timeout_ms);
  }
  ASSERT_TRUE(holder.WaitFor(3));
  const auto slack = clock_.Steady() - before;
  const auto held = holder.TakeAll();
  for (const auto& [index, expected] : std::vector<std::pair<std::size_t, seconds>>{
           {0, seconds{10}}, {1, seconds{3}}, {2, seconds{600}}}) {
    const auto deadline = held[index].first.deadline;
    EXPECT_GE(deadline, before + expected - milliseconds{5});
    EXPECT_LE(deadline, before + expected + slack);
  }
}

TEST_F(ServerTest, BadFramesAreCountedAndDropped) {
  bus::Server server{context_, ServerOn(), clock_};
  server.Handle("test.Echo", Echo);
  ASSERT_TRUE(server.Start().ok());
  RawDealer alice{context_, keys_.alice, At(server)};
  alice.Send("test.Echo");
  ASSERT_EQ(alice.ReceiveStatus(), "OK");
  alice.SendFrame("");
  alice.SendFrame("hello");
  alice.SendFrame("BAOXUE/2\x01");
  alice.SendFrame(std::string{"BAOXUE/1\xff\xff\xff\xff"} + "x");
  alice.SendFrame(std::string{"BAOXUE/1\x02\0\0\0\xff\xff", 14});
  Envelope envelope;  // a reply, and a request without an id
  envelope.set_kind(baoxue::bus::v1::KIND_REPLY);
  envelope.set_message_id(std::string(16, 'x'));
  envelope.set_type("test.Echo");
  alice.SendFrame(bus::EncodeFrame(envelope, ""));
  envelope.set_kind(baoxue::bus::v1::KIND_REQUEST);
  envelope.set_message_id("short");
  alice.SendFrame(bus::EncodeFrame(envelope, ""));
  for (int i = 0; i < 3; ++i) {  // one message in three parts
    alice.socket().send(zmq::str_buffer("part"),
                        i < 2 ? zmq::send_flags::sndmore : zmq::send_flags::none);
  }
  alice.Send("test.Echo", "still there");
  EXPECT_EQ(alice.ReceiveBody(), "still there");
  EXPECT_EQ(server.stats().bad_frames, 8u);
  EXPECT_EQ(server.stats().accepted, 2u);
}

// A ROUTER without router_mandatory reports success for a peer that is gone.
TEST_F(ServerTest, AReplyToAPeerThatIsGoneIsCounted) {
  Holder holder;
  bus::Server server{context_, ServerOn(), clock_};
  server.HandleAsync("test.Hold", holder.Handler());
  server.Handle("test.Echo", Echo);
  ASSERT_TRUE(server.Start().ok());
  {
    RawDealer alice{context_, keys_.alice, At(server)};
    alice.Send("test.Hold");
    ASSERT_TRUE(holder.WaitFor(1));
  }
  // The server has surely seen it go when each new request of others is past: ask until it is
  // counted.
  EXPECT_TRUE(harness::WaitUntil([&] {
    holder.AnswerAll("anybody?");
    if (server.stats().dropped_replies > 0) return true;
    RawDealer again{context_, keys_.alice, At(server)};
    again.Send("test.Hold");
    return !holder.WaitFor(1);
  }));
  EXPECT_TRUE(harness::WaitUntil([&] { return server.stats().in_flight == 0; }));
}

TEST_F(ServerTest, AClientThatDoesNotReadHurtsOnlyItself) {
  const std::string big(64 << 10, 'x');
  bus::Server server{context_, ServerOn(), clock_};
  server.HandleAsync("test.Big",
                     [&](bus::Request, bus::Responder responder) { responder.Send(big); });
  server.Handle("test.Echo", Echo);
  ASSERT_TRUE(server.Start().ok());
  RawDealer bob{context_, keys_.bob, At(server)};
  zmq::socket_t sleeper{bus::ZmqContext(context_), zmq::socket_type::dealer};
  bus::SetCommonOptions(sleeper, 1, 0);  // takes in one message and reads none
  sleeper.set(zmq::sockopt::sndtimeo, 5000);
  bus::SetCurveClient(sleeper, keys_.alice, keys_.server.public_key);
  sleeper.connect(server.bound_endpoints().at(0));
  Envelope envelope;
  envelope.set_kind(baoxue::bus::v1::KIND_REQUEST);
  envelope.set_type("test.Big");
  envelope.set_timeout_ms(300);
  for (int i = 0; i < 12'000 && server.stats().dropped_replies == 0; ++i) {
    envelope.set_message_id(std::string{base::Bytes(ids_.NextId())});
    ASSERT_TRUE(sleeper.send(zmq::buffer(bus::EncodeFrame(envelope, ""))));
    if (i % 100 == 0) {
      bob.Send("test.Echo", "alive");
      ASSERT_EQ(bob.ReceiveStatus(), "OK");
    }
  }
  // By the deadlines; libzmq itself cuts such a connection only after six seconds without a
  // heartbeat.
  EXPECT_TRUE(harness::WaitUntil([&] { return server.stats().in_flight == 0; }, seconds{5}));
  EXPECT_GT(server.stats().dropped_replies, 0u);
  bob.Send("test.Echo", "alive");
  EXPECT_EQ(bob.ReceiveStatus(), "OK");
}

TEST_F(ServerTest, ARepeatOfARequestUnderWayIsNotASecondPieceOfWork) {
  Holder holder;
  bus::Server server{context_, ServerOn(), clock_};
  server.HandleAsync("test.Hold", holder.Handler());
  ASSERT_TRUE(server.Start().ok());
  RawDealer first{context_, keys_.alice, At(server)};
  RawDealer second{context_, keys_.alice, At(server)};
  Envelope envelope;
  envelope.set_kind(baoxue::bus::v1::KIND_REQUEST);
  envelope.set_type("test.Hold");
  envelope.set_message_id(std::string(16, 'm'));
  first.SendFrame(bus::EncodeFrame(envelope, ""));
  ASSERT_TRUE(holder.WaitFor(1));
  envelope.set_attempt(1);
  second.SendFrame(bus::EncodeFrame(envelope, ""));
  ASSERT_TRUE(harness::WaitUntil([&] { return server.stats().repeated == 1; }));
  EXPECT_EQ(holder.size(), 1u);
  holder.AnswerAll("once");
  EXPECT_EQ(second.ReceiveBody(), "once");
}

TEST_F(ServerTest, DrainFinishesWhatWasAcceptedAndRefusesNewWork) {
  Holder holder;
  bus::Server server{context_, ServerOn(), clock_};
  server.HandleAsync("test.Hold", holder.Handler());
  ASSERT_TRUE(server.Start().ok());
  RawDealer alice{context_, keys_.alice, At(server)};
  alice.Send("test.Hold", "first");
  ASSERT_TRUE(holder.WaitFor(1));
  EXPECT_FALSE(server.Drain(milliseconds{1}));
  alice.Send("test.Hold", "second");
  EXPECT_EQ(alice.ReceiveStatus(), "UNAVAILABLE/DRAINING");
  auto drained = std::async(std::launch::async, [&] { return server.Drain(seconds{5}); });
  holder.AnswerAll("done");
  EXPECT_TRUE(drained.get());
  server.Stop();
  EXPECT_EQ(alice.ReceiveBody(), "done");
}

TEST_F(ServerTest, StopAnswersWhatStillWaitsForAWorker) {
  std::promise<void> go;
  std::shared_future<void> gone = go.get_future().share();
  std::atomic<bool> running{false};
  bus::ServerOptions options = ServerOn();
  options.workers = 1;
  bus::Server server{context_, options, clock_};
  server.Handle("test.Block", [&](const bus::Request&) -> Reply {
    running = true;
    gone.wait();
    return std::string{"finished"};
  });
  ASSERT_TRUE(server.Start().ok());
  RawDealer alice{context_, keys_.alice, At(server)};
  const std::string first = alice.Send("test.Block");
  alice.Send("test.Block");
  ASSERT_TRUE(harness::WaitUntil([&] { return running && server.stats().accepted == 2; }));
  auto stopped = std::async(std::launch::async, [&] { server.Stop(); });
  EXPECT_EQ(alice.ReceiveStatus(), "UNAVAILABLE/STOPPING");
  go.set_value();
  EXPECT_EQ(alice.ReceiveBody(), "finished");
  stopped.get();
}

TEST_F(ServerTest, AResponderMayOutliveItsServer) {
  Holder holder;
  {
    bus::Server server{context_, ServerOn(), clock_};
    server.HandleAsync("test.Hold", holder.Handler());
    ASSERT_TRUE(server.Start().ok());
    RawDealer alice{context_, keys_.alice, At(server)};
    alice.Send("test.Hold");
    ASSERT_TRUE(holder.WaitFor(1));
  }
  holder.AnswerAll("too late");
}

TEST_F(ServerTest, AnEndpointInUseIsAnError) {
  bus::Server first{context_, ServerOn(), clock_};
  ASSERT_TRUE(first.Start().ok());
  bus::Server second{context_, ServerOn(first.bound_endpoints().at(0)), clock_};
  EXPECT_EQ(second.Start().error().reason, "BIND_FAILED");
}

}  // namespace
}  // namespace bus_test
