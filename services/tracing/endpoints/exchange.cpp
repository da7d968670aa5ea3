#include "tracing/endpoints/exchange.h"

#include <algorithm>
#include <condition_variable>
#include <exception>

#include "host/log.h"

namespace tracing {
namespace {

using base::Code;
using base::Error;

constexpr std::chrono::milliseconds kTimeout{5000};
constexpr int kInFlightMax = 1024;
constexpr int kWorkers = 16;  // they wait for a commit that they share
constexpr int kBindAttempts = 100;
constexpr std::chrono::milliseconds kBindPause{50};

}  // namespace

// Everything that hangs on one directory. Members stop in the reverse order.
struct Exchange::Door {
  explicit Door(bus::AccessList access) : context(std::move(access)) {}
  bus::Context context;
  std::unique_ptr<bus::Server> server;
  std::mutex mutex;
  std::map<Division, std::unique_ptr<bus::Client>> clients;
};

Exchange::Exchange(const Office& office, const ExchangeConfig& config, const base::Clock& clock,
                   base::IdSource& ids, Arrive arrive)
    : office_(office), config_(config), clock_(clock), ids_(ids), arrive_(std::move(arrive)) {}

Exchange::~Exchange() { Close(); }

std::shared_ptr<Exchange::Door> Exchange::door() const {
  const std::lock_guard lock{mutex_};
  return door_;
}

std::vector<std::string> Exchange::MayCall(const v1::Member& member) const {
  std::vector<std::string> out{"baoxue.tracing.v1.Deliver", "baoxue.tracing.v1.Hello"};
  for (const Extra& extra : extras_) {
    const auto& able = member.capabilities();
    if (extra.capability.empty() ||
        std::find(able.begin(), able.end(), extra.capability) != able.end()) {
      out.push_back(extra.type);
    }
  }
  return out;
}

base::Status Exchange::Open() {
  const std::lock_guard opening{opening_};
  Close();
  const std::shared_ptr<const Book> book = office_.book();
  std::vector<bus::Peer> peers;
  for (const auto& [division, member] : book->directory.members()) {
    if (division == office_.self.ToString()) continue;
    for (const std::string& key : book->directory.CurveKeys(division, clock_.Now())) {
      peers.push_back({.name = division, .public_key = key,
                       .may_call = MayCall(member), .may_follow = {}});
    }
  }
  auto fresh = std::make_shared<Door>(bus::AccessList{std::move(peers)});
  RETURN_IF_ERROR(Bind(*fresh));
  const std::lock_guard lock{mutex_};
  door_ = std::move(fresh);
  return {};
}

// The address of the door before is free a moment after it was closed.
base::Status Exchange::Bind(Door& door) {
  if (config_.bind.empty()) return {};
  base::Status started;
  for (int attempt = 0; attempt < kBindAttempts; ++attempt) {
    door.server = std::make_unique<bus::Server>(
        door.context,
        bus::ServerOptions{.endpoints = config_.bind, .keys = config_.curve, .name = "exchange",
                           .workers = kWorkers, .in_flight_max = kInFlightMax,
                           .per_peer_in_flight_max = kInFlightMax / 4},
        clock_);
    Serve(door);
    started = door.server->Start();
    if (started.ok()) return started;
    door.server.reset();
    std::mutex mutex;
    std::unique_lock lock{mutex};
    std::condition_variable wait;
    (void)wait.wait_for(lock, kBindPause, [] { return false; });
  }
  return started;
}

void Exchange::Serve(Door& door) {
  for (const Extra& extra : extras_) door.server->Handle(extra.type, extra.answer);
  door.server->On<v1::Deliver, v1::DeliverReply>(
      [this](const bus::Request& request, const v1::Deliver& message)
          -> base::Result<v1::DeliverReply> {
        ASSIGN_OR_RETURN(const Division from, Division::Parse(request.peer));
        return arrive_(message, from);
      });
  door.server->On<v1::Hello, v1::HelloReply>(
      [this](const bus::Request& request,
             const v1::Hello& message) -> base::Result<v1::HelloReply> {
        ASSIGN_OR_RETURN(const Division from, Division::Parse(request.peer));
        if (gate_) RETURN_IF_ERROR(gate_(from, message.ByteSizeLong()));
        return Greet(message);
      });
}

v1::HelloReply Exchange::Greet(const v1::Hello& hello) const {
  const std::shared_ptr<const Book> book = office_.book();
  const security::LetterKey* const key = book->SigningKey(clock_.Now());
  v1::HelloReply reply;
  reply.set_by(office_.self.ToString());
  reply.set_version(kProtocolVersion);
  reply.set_nonce(hello.nonce());
  *reply.mutable_now() = ToProto(clock_.Now());
  if (key != nullptr) {
    reply.set_key_id(key->id());
    reply.set_signature(key->Sign("baoxue-hello/1", hello.nonce() + reply.by()));
  }
  return reply;
}

void Exchange::Close() {
  std::shared_ptr<Door> old;
  {
    const std::lock_guard lock{mutex_};
    old = std::move(door_);
    door_ = nullptr;
  }
  if (old == nullptr) return;
  if (old->server) old->server->Stop();
  old->server.reset();
  // Clients end with the last call that still looks at them.
}

bus::Client* Exchange::ClientOf(Door& door, Division peer, const Office& office,
                                const ExchangeConfig& config, const base::Clock& clock,
                                base::IdSource& ids) {
  const auto known = door.clients.find(peer);
  if (known != door.clients.end()) return known->second.get();
  const std::shared_ptr<const Book> book = office.book();
  const v1::Member* const member = book->Reachable(peer, clock.Now());
  if (member == nullptr || member->endpoints().empty()) return nullptr;
  const std::vector<std::string> keys = book->directory.CurveKeys(peer.ToString(), clock.Now());
  if (keys.empty()) return nullptr;
  bus::ClientOptions options{.endpoints = {}, .keys = config.curve, .name = "exchange"};
  for (const std::string& address : member->endpoints()) {
    options.endpoints.push_back({.address = address, .server_key = keys.front()});
  }
  options.attempt_timeout = kTimeout;
  try {
    auto made = std::make_unique<bus::Client>(door.context, std::move(options), clock, ids);
    return door.clients.emplace(peer, std::move(made)).first->second.get();
  } catch (const std::exception& e) {
    host::LogWarnLimited("tracing.bad_address", 60,
                         {{"peer", peer.ToString()}, {"error", e.what()}});
    return nullptr;
  }
}

void Exchange::Deliver(Division peer, const v1::SealedItem& item, const std::string& same,
                       Delivered done) {
  if (detour_ && detour_(peer, item, same, done)) return;
  v1::Deliver request;
  *request.mutable_item() = item;
  Call(peer, std::string{v1::Deliver::descriptor()->full_name()}, request.SerializeAsString(),
       [done = std::move(done)](bus::Reply reply) {
         if (!reply.ok()) return done(reply.error());
         v1::DeliverReply message;
         if (!message.ParseFromString(*reply)) {
           return done(Error{Code::kDataCorruption, "BAD_REPLY", "DeliverReply"});
         }
         done(std::move(message));
       });
}

void Exchange::Call(Division peer, std::string type, std::string body,
                    std::function<void(bus::Reply)> done) {
  const std::shared_ptr<Door> at = door();
  const Error away{Code::kUnavailable, "NO_ADDRESS", peer.ToString()};
  if (at == nullptr) return done(away);
  bus::CallOptions options;
  options.timeout = kTimeout;
  options.attempt_timeout = kTimeout;
  bus::Client* client = nullptr;
  {
    const std::lock_guard lock{at->mutex};
    client = ClientOf(*at, peer, office_, config_, clock_, ids_);
  }
  if (client == nullptr) return done(away);
  client->CallAsync(std::move(type), std::move(body), std::move(options), std::move(done));
}

base::Result<v1::HelloReply> Exchange::Hello(Division peer, const v1::Hello& hello) {
  const std::shared_ptr<Door> at = door();
  const Error away{Code::kUnavailable, "NO_ADDRESS", "名录中没有对方的地址：" + peer.ToString()};
  if (at == nullptr) return away;
  bus::Client* client = nullptr;
  {
    const std::lock_guard lock{at->mutex};
    client = ClientOf(*at, peer, office_, config_, clock_, ids_);
  }
  if (client == nullptr) return away;
  bus::CallOptions options;
  options.timeout = kTimeout;
  return client->Ask<v1::HelloReply>(hello, options);
}

}  // namespace tracing
