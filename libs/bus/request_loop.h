// The socket thread of a server: owns the ROUTER socket, the table of requests in flight and the
// replies that did not fit. Internal; everything but the counters and Stop() belongs to that
// thread.
#pragma once

#include <condition_variable>
#include <deque>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>
#include <zmq.hpp>

#include "bus/answers.h"
#include "bus/bus.h"
#include "bus/workers.h"

namespace bus {

struct StringHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const {
    return std::hash<std::string_view>{}(text);
  }
};

// One request type: exactly one of the two handlers is set.
struct Route {
  std::string type = {};
  Server::Handler handler = {};
  Server::AsyncHandler async_handler = {};
};
using Routes = std::unordered_map<std::string, Route, StringHash, std::equal_to<>>;

struct LoopCounters {
  std::atomic<std::uint64_t> accepted{0}, answered{0}, bad_frames{0}, refused_full{0},
      refused_access{0}, refused_unknown{0}, refused_draining{0}, dropped_replies{0}, repeated{0},
      in_flight{0};
};

class RequestLoop {
 public:
  RequestLoop(const Context& context, const ServerOptions& options, const Routes& routes,
              const std::function<void()>& batch_end, WorkerPool& workers,
              const base::Clock& clock);
  // Binds; the socket then belongs to the thread that calls Run().
  base::Status Bind(zmq::context_t& context, std::vector<std::string>& bound);
  void Run();

  // From other threads.
  void Stop();
  void BeginDrain() { draining_.store(true); }
  bool WaitIdle(std::chrono::milliseconds timeout);
  const LoopCounters& counters() const { return counters_; }

 private:
  struct PeerState {
    const Peer* peer = nullptr;  // of access_; null: the key has been taken off the list
    std::string name = {};
    int in_flight = 0;
    std::uint64_t bad_frames = 0;
    // Which routes it may call, asked once each.
    std::unordered_map<const Route*, bool> may_call = {};
  };
  // A request that was accepted and whose answer has not gone out.
  struct Slot {
    std::string route = {};  // ROUTER's name of the connection
    std::string message_id = {};
    PeerState* peer = nullptr;
    base::SteadyTime deadline = {};
  };
  // A reply for a connection that is full.
  struct Held {
    std::uint32_t slot = 0;
    zmq::message_t frame;
    base::SteadyTime until = {};
  };
  enum class Sent { kYes, kFull, kGone };

  bool ReceiveMany();
  bool ReceiveOne();
  void SkipParts();
  void Dispatch();
  void Accept(const Route& route, PeerState& peer, std::string_view body);
  bool Repeated(const PeerState& peer);
  bool Allowed(PeerState& peer, const Route* route, std::string_view type);
  void BadFrame(PeerState* peer, std::size_t bytes);
  void Refuse(base::Code code, std::string_view reason, std::atomic<std::uint64_t>& counter);
  PeerState* PeerOf(const char* user_id);
  void FollowAccess();

  bool SendMany();
  void SendAnswer(Answer& answer);
  void RetryHeld();
  zmq::message_t EncodeReply(const std::string& message_id, const Reply& reply);
  Sent Send(std::string_view route, zmq::message_t& frame);
  std::uint32_t TakeSlot();
  void Finish(std::uint32_t slot);
  void Wait();

  const Context& context_;
  std::uint64_t access_version_ = 0;
  std::shared_ptr<const AccessList> access_;
  const ServerOptions& options_;
  const Routes& routes_;
  const std::function<void()>& batch_end_;
  WorkerPool& workers_;
  const base::Clock& clock_;
  const std::shared_ptr<AnswerQueue> answers_ = std::make_shared<AnswerQueue>();
  zmq::socket_t socket_;
  std::unordered_map<std::string, PeerState, StringHash, std::equal_to<>> peers_;  // by key
  std::vector<Slot> slots_;
  std::vector<std::uint64_t> keys_;  // of each slot's message id, to find repeats fast; 0: free
  std::vector<std::uint32_t> free_slots_;
  std::deque<Held> held_;
  std::size_t held_bytes_ = 0;
  base::SteadyTime now_ = {};
  // Reused for every message.
  zmq::message_t route_;
  zmq::message_t frame_;
  Request request_;
  Envelope reply_;
  std::vector<Answer> taken_;
  std::vector<Work> work_;
  bool async_delivered_ = false;
  LoopCounters counters_;
  std::atomic<bool> stopping_{false};
  std::atomic<bool> draining_{false};
  std::mutex idle_mutex_;
  std::condition_variable idle_;
};

}  // namespace bus
