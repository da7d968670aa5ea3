// ZeroMQ behind one door: who we are, requests, replies, feeds.
//
// Frame: one ZeroMQ frame "BAOXUE/1" | u32 little-endian envelope size | Envelope | body. One frame
// rather than three because CURVE seals each frame on its own.
// Every socket is CURVE; a ZAP handler admits only keys of the AccessList and names the peer; each
// request type is checked against what that peer may call. One bad frame is counted, logged once
// per peer and dropped. A full server answers RESOURCE_EXHAUSTED and never grows without bound. A
// ZeroMQ socket lives in one thread; everything public here is thread-safe unless it says
// otherwise.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "base/result.h"
#include "bus/envelope.pb.h"

namespace bus {

using Envelope = baoxue::bus::v1::Envelope;
using Actor = baoxue::bus::v1::Actor;
using Event = baoxue::bus::v1::Event;
using EventBatch = baoxue::bus::v1::EventBatch;

// ---- frames -------------------------------------------------------------------------------------

inline constexpr std::size_t kMessageBytesMax = 16u << 20;

std::string EncodeFrame(const Envelope& envelope, std::string_view body);
// `body` points into `frame`. Errors: kInvalidArgument/BAD_FRAME. Never throws on any bytes.
base::Status DecodeFrame(std::string_view frame, Envelope& envelope, std::string_view& body);

// ---- keys and access ----------------------------------------------------------------------------

struct KeyPair {
  std::string public_key = {};  // Z85, 40 characters
  std::string secret_key = {};
};
KeyPair MakeKeyPair();
// <dir>/<name>.pub and <dir>/<name>.key (0600). Errors: kNotFound/NO_KEY,
// kPermissionDenied/KEY_MODE when others can read the secret.
base::Result<KeyPair> LoadKeyPair(const std::string& dir, const std::string& name);
base::Result<std::string> LoadPublicKey(const std::string& dir, const std::string& name);
base::Status SaveKeyPair(const std::string& dir, const std::string& name, const KeyPair& keys);

struct Peer {
  std::string name = {};
  std::string public_key = {};
  std::vector<std::string> may_call = {};    // message types; a trailing "*" matches any rest
  std::vector<std::string> may_follow = {};  // feeds
  // Of outside programs: sees only what the contract declares for this role (view.h). Empty: all.
  std::string role = {};
};
class AccessList {
 public:
  explicit AccessList(std::vector<Peer> peers = {});
  const Peer* FindKey(std::string_view public_key) const;
  const Peer* FindName(std::string_view name) const;
  static bool MayCall(const Peer& peer, std::string_view type);
  static bool MayFollow(const Peer& peer, std::string_view feed);
  const std::vector<Peer>& peers() const { return peers_; }

 private:
  std::vector<Peer> peers_;
};

// The process's ZeroMQ context with its ZAP handler. One per process; outlives every socket.
// A new list counts at once, for connections that stand too: who is no longer on it, or has another
// key there, gets no further answer and no further event.
class Context {
 public:
  Context(AccessList access, int io_threads = 1);
  ~Context();
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;
  std::shared_ptr<const AccessList> access() const;
  void SetAccess(AccessList access);
  // Grows with each SetAccess: cheap to ask for every message.
  std::uint64_t access_version() const;
  struct Impl;
  Impl& impl() { return *impl_; }

 private:
  std::unique_ptr<Impl> impl_;
};

// ---- server -------------------------------------------------------------------------------------

// One accepted request. Owned by whoever answers it.
struct Request {
  Envelope envelope = {};
  std::string body = {};
  std::string peer = {};  // the name of the key, from the access list
  std::string role = {};  // of that peer
  base::SteadyTime deadline = {};
  // True once the deadline has passed: nobody waits for the answer any more.
  bool Expired(const base::Clock& clock) const { return clock.Steady() >= deadline; }
};

// Encoded reply body, or the error for the caller.
using Reply = base::Result<std::string>;

class AnswerQueue;

// Answers one request, once, from any thread. Dropping it unanswered answers INTERNAL/NO_ANSWER.
// A token of a few words: making and moving one allocates nothing. May outlive its Server.
class Responder {
 public:
  Responder() = default;
  Responder(std::shared_ptr<AnswerQueue> queue, std::uint32_t slot);
  Responder(Responder&& other) noexcept = default;
  Responder& operator=(Responder&& other) noexcept;
  ~Responder();
  void Send(Reply reply);
  // Answers many under one lock with one wake-up: for services that work in batches.
  static void SendAll(std::vector<std::pair<Responder, Reply>> answers);
  // False once it has answered.
  explicit operator bool() const { return queue_ != nullptr; }

 private:
  std::shared_ptr<AnswerQueue> queue_;
  std::uint32_t slot_ = 0;
};

struct ServerOptions {
  std::vector<std::string> endpoints = {};  // to bind; "tcp://127.0.0.1:*" is allowed in tests
  KeyPair keys = {};
  std::string name = {};     // service name, for logs and the reply's sender
  int workers = 4;           // threads for Handle()
  int in_flight_max = 4096;  // accepted and not yet answered
  int per_peer_in_flight_max = 4096;
};

class Server {
 public:
  using Handler = std::function<Reply(const Request&)>;
  using AsyncHandler = std::function<void(Request, Responder)>;

  Server(Context& context, ServerOptions options, const base::Clock& clock);
  ~Server();

  // All handlers are set before Start(). Handle runs on the worker threads; HandleAsync on the
  // socket thread and must return at once.
  void Handle(std::string type, Handler handler);
  void HandleAsync(std::string type, AsyncHandler handler);
  // Called on the socket thread when everything that was waiting has been given to the async
  // handlers, if that was anything: the moment to hand the batch over.
  void OnBatchEnd(std::function<void()> callback);

  // server.On<SubmitLeave, SubmitLeaveReply>([&](const bus::Request&, const SubmitLeave&)
  //   -> base::Result<SubmitLeaveReply> {...});
  template <class Req, class Rep, class F>
  void On(F handler) {
    Handle(std::string{Req::descriptor()->full_name()},
           [handler = std::move(handler)](const Request& request) -> Reply {
             Req message;
             if (!message.ParseFromString(request.body)) {
               return base::Error{base::Code::kInvalidArgument, "BAD_BODY",
                                  "the body is not a " + Req::descriptor()->full_name()};
             }
             base::Result<Rep> reply = handler(request, message);
             if (!reply.ok()) return reply.error();
             return reply->SerializeAsString();
           });
  }

  // Errors: kUnavailable/BIND_FAILED.
  base::Status Start();
  std::vector<std::string> bound_endpoints() const;
  // Refuses new requests (UNAVAILABLE/DRAINING) and waits until those accepted are answered.
  // False if some were not by `timeout`.
  bool Drain(std::chrono::milliseconds timeout);
  void Stop();

  struct Stats {
    std::uint64_t accepted = 0;
    std::uint64_t answered = 0;
    std::uint64_t in_flight = 0;
    std::uint64_t bad_frames = 0;
    std::uint64_t refused_access = 0;
    std::uint64_t refused_unknown = 0;
    std::uint64_t refused_draining = 0;
    std::uint64_t refused_full = 0;
    std::uint64_t expired = 0;          // before a worker took it
    std::uint64_t repeated = 0;         // resent while the first was still under way
    std::uint64_t dropped_replies = 0;  // the peer was gone, or did not read
  };
  Stats stats() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// ---- client -------------------------------------------------------------------------------------

struct Endpoint {
  std::string address = {};
  std::string server_key = {};  // Z85 public key
};

struct ClientOptions {
  std::vector<Endpoint> endpoints = {};  // all of one service; requests are spread over them
  KeyPair keys = {};
  std::string name = {};
  // Resend after this, then after twice this and so on (and 1 s more for each MiB of the body);
  // same idempotency key.
  std::chrono::milliseconds attempt_timeout{3000};
  int in_flight_max = 8192;
};

struct CallOptions {
  std::chrono::milliseconds timeout{10000};  // the whole call, retries included
  // Resend after this; zero: the client's. Set it for requests that work long: a resend is harmless
  // (the same server recognises it), but another endpoint would start the work as well.
  std::chrono::milliseconds attempt_timeout{0};
  std::string idempotency_key = {};  // 16 bytes; made if empty, and kept over retries
  Actor actor = {};
  std::string correlation_id = {};
  std::string causation_id = {};
};

class Client {
 public:
  // Throws zmq::error_t when an address or key of the options is none.
  Client(Context& context, ClientOptions options, const base::Clock& clock, base::IdSource& ids);
  ~Client();

  // Retries UNAVAILABLE, RESOURCE_EXHAUSTED and UNKNOWN (with back-off) and silence until the
  // deadline, always with the same key; a connection that breaks is silence at once. `done` runs on
  // the client's thread and must return at once; only refusals of CallAsync itself (CLIENT_FULL,
  // TOO_LARGE) come on the caller's thread. Errors: what the service answered;
  // kDeadlineExceeded/NO_REPLY; kResourceExhausted/CLIENT_FULL; kInvalidArgument/TOO_LARGE;
  // kUnavailable/CLIENT_STOPPED. Call() must not be used in `done`.
  void CallAsync(std::string type, std::string body, CallOptions options,
                 std::function<void(Reply)> done);
  // Calls that are not finished yet.
  std::size_t in_flight() const;
  Reply Call(std::string type, std::string body, CallOptions options = {});

  template <class Rep, class Req>
  base::Result<Rep> Ask(const Req& request, CallOptions options = {}) {
    Reply reply = Call(std::string{Req::descriptor()->full_name()}, request.SerializeAsString(),
                       std::move(options));
    if (!reply.ok()) return reply.error();
    Rep message;
    if (!message.ParseFromString(*reply)) {
      return base::Error{base::Code::kDataCorruption, "BAD_REPLY", Rep::descriptor()->full_name()};
    }
    return message;
  }

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// ---- feeds --------------------------------------------------------------------------------------

// The fast path out: one thread reads the log from where it stopped and publishes; told of a commit
// by Notify(). It also sends a heartbeat with the head every second. Frames may be lost; followers
// fetch. Each peer gets frames of its own: what its role may see, and none once it is off the list.
class Publisher {
 public:
  struct Options {
    std::string feed = {};
    std::vector<std::string> endpoints = {};
    KeyPair keys = {};
    int batch_max = 500;
  };
  // Reads events with seq > after, at most `limit`; also tells the head.
  using ReadLog = std::function<base::Result<EventBatch>(std::uint64_t after, std::uint32_t limit)>;
  Publisher(Context& context, Options options, ReadLog read, const base::Clock& clock);
  ~Publisher();
  base::Status Start();
  std::vector<std::string> bound_endpoints() const;
  void Notify();
  void Stop();
  // Tests: drops every n-th frame on the floor; 0 none.
  void set_drop_every(int n);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// Follows one feed from a stored position. The next number: apply. A lower one: ignore. A higher
// one: fetch the missing range by request. At start: fetch, then go live. Runs its own thread;
// retries with back-off while the publisher or the own database is away. Tells the publisher its
// position now and then (FetchEvents with limit 0), so that an operator sees who lags.
class Follower {
 public:
  struct Options {
    std::string feed = {};
    std::vector<Endpoint> events = {};  // PUB endpoints
    KeyPair keys = {};
    std::uint32_t batch_max = 500;
  };
  using LoadPosition = std::function<base::Result<std::uint64_t>()>;
  // Applies events in order and stores the position of the last in the same transaction. Returns
  // the stored position, so that a second copy of the service that was faster is noticed.
  using Apply = std::function<base::Result<std::uint64_t>(const std::vector<Event>&)>;

  // `requests` is a client of the publishing service, for FetchEvents.
  Follower(Context& context, Options options, Client& requests, LoadPosition load, Apply apply,
           const base::Clock& clock);
  ~Follower();
  // Throws zmq::error_t when an address or key of the options is none.
  void Start();
  void Stop();
  struct Stats {
    std::uint64_t position = 0, head = 0, gaps = 0, fetched = 0, live = 0, errors = 0,
                  bad_frames = 0;
  };
  Stats stats() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace bus
