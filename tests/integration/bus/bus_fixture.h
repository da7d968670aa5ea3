// What the tests of the bus need: keys of a server and some clients, their access list, and a
// DEALER that is driven by hand.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <vector>
#include <zmq.hpp>

#include "bus/bus.h"
#include "bus/sockets.h"
#include "harness/wait.h"

namespace bus_test {

using base::Code;
using bus::Envelope;
using bus::Reply;
using std::chrono::milliseconds;
using std::chrono::seconds;

inline constexpr const char* kAnyPort = "tcp://127.0.0.1:*";

// Keys and clocks; no socket.
struct Keys {
  bus::KeyPair server = bus::MakeKeyPair();
  bus::KeyPair alice = bus::MakeKeyPair();     // may call test.*
  bus::KeyPair bob = bus::MakeKeyPair();       // may call test.Echo only, follows nothing
  bus::KeyPair stranger = bus::MakeKeyPair();  // on no list
  bus::AccessList Access() const {
    return bus::AccessList{{{"alice", alice.public_key, {"test.*", "baoxue.bus.*"}, {"log"}},
                            {"bob", bob.public_key, {"test.Echo"}, {}}}};
  }
};

class BusTest : public ::testing::Test {
 protected:
  bus::ServerOptions ServerOn(std::string endpoint = kAnyPort) const {
    bus::ServerOptions options;
    options.endpoints = {std::move(endpoint)};
    options.keys = keys_.server;
    options.name = "test";
    options.workers = 2;
    return options;
  }
  bus::Endpoint At(const std::string& address) const { return {address, keys_.server.public_key}; }
  bus::Endpoint At(const bus::Server& server) const { return At(server.bound_endpoints().at(0)); }
  bus::ClientOptions ClientOf(std::vector<bus::Endpoint> endpoints) const {
    bus::ClientOptions options;
    options.endpoints = std::move(endpoints);
    options.keys = keys_.alice;
    options.name = "alice";
    return options;
  }
  static bus::CallOptions Within(milliseconds timeout) {
    bus::CallOptions options;
    options.timeout = timeout;
    return options;
  }

  Keys keys_;
  base::SystemClock clock_;
  base::RandomIds ids_;
  bus::Context context_{keys_.Access()};
};

inline Reply Echo(const bus::Request& request) { return request.body; }

// A DEALER without any of the client's manners.
class RawDealer {
 public:
  RawDealer(bus::Context& context, const bus::KeyPair& keys, const bus::Endpoint& endpoint)
      : socket_(bus::DialRequests(context, keys, endpoint)) {
    socket_.set(zmq::sockopt::rcvtimeo, 5000);
    socket_.set(zmq::sockopt::sndtimeo, 5000);
  }
  // Returns the message id.
  std::string Send(const std::string& type, const std::string& body = {},
                   std::uint32_t timeout_ms = 0) {
    Envelope envelope;
    envelope.set_kind(baoxue::bus::v1::KIND_REQUEST);
    envelope.set_type(type);
    envelope.set_message_id(std::string{base::Bytes(ids_.NextId())});
    envelope.set_timeout_ms(timeout_ms);
    SendFrame(bus::EncodeFrame(envelope, body));
    return envelope.message_id();
  }
  void SendFrame(const std::string& frame) { ASSERT_TRUE(socket_.send(zmq::buffer(frame))); }
  // The next reply: its envelope and body. Nothing after five seconds.
  std::optional<std::pair<Envelope, std::string>> Receive() {
    zmq::message_t frame;
    if (!socket_.recv(frame)) return std::nullopt;
    std::pair<Envelope, std::string> reply;
    std::string_view body;
    if (!bus::DecodeFrame(frame.to_string_view(), reply.first, body).ok()) return std::nullopt;
    reply.second = body;
    return reply;
  }
  // The body of the next reply.
  std::string ReceiveBody() {
    const auto reply = Receive();
    return reply ? reply->second : "silence";
  }
  // "CODE/REASON" or "OK" of the next reply.
  std::string ReceiveStatus() {
    const auto reply = Receive();
    if (!reply) return "silence";
    const auto& status = reply->first.status();
    return status.reason().empty() ? status.code() : status.code() + "/" + status.reason();
  }
  zmq::socket_t& socket() { return socket_; }

 private:
  base::RandomIds ids_;
  zmq::socket_t socket_;
};

// Holds what an async handler was given until the test answers.
class Holder {
 public:
  bus::Server::AsyncHandler Handler() {
    return [this](bus::Request request, bus::Responder responder) {
      const std::lock_guard lock{mutex_};
      held_.emplace_back(std::move(request), std::move(responder));
    };
  }
  std::size_t size() const {
    const std::lock_guard lock{mutex_};
    return held_.size();
  }
  bool WaitFor(std::size_t count) const {
    return harness::WaitUntil([&] { return size() >= count; });
  }
  std::vector<std::pair<bus::Request, bus::Responder>> TakeAll() {
    const std::lock_guard lock{mutex_};
    return std::exchange(held_, {});
  }
  void AnswerAll(const std::string& body) {
    for (auto& [request, responder] : TakeAll()) responder.Send(body);
  }

 private:
  mutable std::mutex mutex_;
  std::vector<std::pair<bus::Request, bus::Responder>> held_;
};

}  // namespace bus_test
