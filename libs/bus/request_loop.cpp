#include "bus/request_loop.h"

#include <algorithm>
#include <cstring>

#include "bus/codec.h"
#include "bus/context.h"
#include "bus/sockets.h"
#include "host/log.h"

namespace bus {
namespace {

using std::chrono::milliseconds;

// Taken in before replies get their turn again.
constexpr int kReceiveMax = 1024;
// Per connection, waiting in libzmq. Replies may be big and libzmq counts messages, not bytes: few
// of them wait there, what does not fit is held here.
constexpr int kRequestsWaitingMax = 1024;
constexpr int kRepliesWaitingMax = 256;
constexpr std::size_t kHeldMax = 4096;
constexpr std::size_t kHeldBytesMax = 64u << 20;
constexpr milliseconds kHeldFor{5000};
constexpr milliseconds kHeldRetry{2};
constexpr milliseconds kIdlePoll{1000};
constexpr int kLingerMs = 3000;  // for the last answers, on a starved machine too
constexpr std::uint32_t kTimeoutDefaultMs = 10'000;
constexpr std::uint32_t kTimeoutMaxMs = 600'000;

std::uint64_t KeyOf(const std::string& message_id) {
  std::uint64_t parts[2] = {};
  static_assert(sizeof parts == kIdBytes);
  std::memcpy(parts, message_id.data(), kIdBytes);
  return (parts[0] ^ parts[1]) | 1;  // never 0
}

void Count(std::atomic<std::uint64_t>& counter) {
  counter.store(counter.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
}

}  // namespace

RequestLoop::RequestLoop(const Context& context, const ServerOptions& options,
                         const Routes& routes, const std::function<void()>& batch_end,
                         WorkerPool& workers, const base::Clock& clock)
    : context_(context),
      options_(options),
      routes_(routes),
      batch_end_(batch_end),
      workers_(workers),
      clock_(clock) {
  reply_.set_kind(baoxue::bus::v1::KIND_REPLY);
  reply_.set_sender(options.name);
}

base::Status RequestLoop::Bind(zmq::context_t& context, std::vector<std::string>& bound) {
  std::string at;
  try {
    socket_ = zmq::socket_t{context, zmq::socket_type::router};
    SetCommonOptions(socket_, kRequestsWaitingMax, kLingerMs);
    socket_.set(zmq::sockopt::sndhwm, kRepliesWaitingMax);
    // Without it a reply to a connection that is gone or full vanishes and "sent" is reported.
    socket_.set(zmq::sockopt::router_mandatory, true);
    SetCurveServer(socket_, options_.keys, kRequestsDomain);
    for (const std::string& endpoint : options_.endpoints) {
      at = endpoint;
      socket_.bind(endpoint);
      bound.push_back(socket_.get(zmq::sockopt::last_endpoint));
    }
  } catch (const zmq::error_t& error) {
    socket_.close();
    bound.clear();
    return base::Error{base::Code::kUnavailable, "BIND_FAILED", at + ": " + error.what()};
  }
  return {};
}

void RequestLoop::Run() {
  while (!stopping_.load(std::memory_order_relaxed)) {
    now_ = clock_.Steady();
    const bool received = ReceiveMany();
    const bool sent = SendMany();
    if (!held_.empty()) RetryHeld();
    if (!received && !sent) Wait();
  }
  SendMany();
  RetryHeld();
  answers_->Close();
  socket_.close();
}

void RequestLoop::Stop() {
  stopping_.store(true);
  answers_->Signal();
}

bool RequestLoop::WaitIdle(milliseconds timeout) {
  std::unique_lock lock{idle_mutex_};
  return idle_.wait_for(lock, timeout, [this] { return counters_.in_flight.load() == 0; });
}

void RequestLoop::Wait() {
  if (!answers_->FallAsleep()) return;
  zmq::pollitem_t items[] = {{socket_.handle(), 0, ZMQ_POLLIN, 0},
                             {nullptr, answers_->fd(), ZMQ_POLLIN, 0}};
  const milliseconds timeout = held_.empty() ? kIdlePoll : kHeldRetry;
  if (!stopping_.load()) zmq_poll(items, 2, timeout.count());
  answers_->WakeUp();
}

// ---- receiving ----------------------------------------------------------------------------------

bool RequestLoop::ReceiveMany() {
  int received = 0;
  while (received < kReceiveMax && ReceiveOne()) ++received;
  if (std::exchange(async_delivered_, false) && batch_end_) batch_end_();
  if (!work_.empty()) workers_.Push(work_);
  return received > 0;
}

bool RequestLoop::ReceiveOne() {
  if (zmq_msg_recv(route_.handle(), socket_.handle(), ZMQ_DONTWAIT) < 0) {
    CHECK(errno == EAGAIN || errno == EINTR);
    return false;
  }
  if (!route_.more() || zmq_msg_recv(frame_.handle(), socket_.handle(), ZMQ_DONTWAIT) < 0) {
    BadFrame(nullptr, 0);
    return true;
  }
  if (frame_.more()) {
    BadFrame(PeerOf(zmq_msg_gets(frame_.handle(), "User-Id")), frame_.size());
    SkipParts();
    return true;
  }
  Dispatch();
  return true;
}

void RequestLoop::SkipParts() {
  while (frame_.more()) {
    if (zmq_msg_recv(frame_.handle(), socket_.handle(), ZMQ_DONTWAIT) < 0) return;
  }
}

RequestLoop::PeerState* RequestLoop::PeerOf(const char* user_id) {
  if (user_id == nullptr) return nullptr;
  FollowAccess();
  const std::string_view key{user_id};
  const auto found = peers_.find(key);
  if (found != peers_.end()) return &found->second;
  const Peer* peer = access_->FindKey(key);
  if (peer == nullptr) return nullptr;
  PeerState& state = peers_[std::string{key}];
  state.peer = peer;
  state.name = peer->name;
  return &state;
}

// Rights are looked up anew for everybody when the list has changed.
void RequestLoop::FollowAccess() {
  const std::uint64_t version = context_.access_version();
  if (version == access_version_) return;
  access_version_ = version;
  access_ = context_.access();
  for (auto& [key, state] : peers_) {
    state.peer = access_->FindKey(key);
    state.may_call.clear();
    if (state.peer != nullptr) state.name = state.peer->name;
  }
}

void RequestLoop::BadFrame(PeerState* peer, std::size_t bytes) {
  Count(counters_.bad_frames);
  if (peer == nullptr) {
    host::LogWarnLimited("bus.bad_frame", 60, {{"peer", "?"}, {"bytes", std::uint64_t{bytes}}});
  } else if (peer->bad_frames++ == 0) {
    host::LogWarn("bus.bad_frame", {{"peer", peer->name}, {"bytes", std::uint64_t{bytes}}});
  }
}

bool RequestLoop::Allowed(PeerState& peer, const Route* route, std::string_view type) {
  if (route == nullptr) return AccessList::MayCall(*peer.peer, type);
  const auto [it, unknown] = peer.may_call.try_emplace(route, false);
  if (unknown) it->second = AccessList::MayCall(*peer.peer, type);
  return it->second;
}

// The same request again while the first is under way: not a second piece of work. The answer goes
// to the connection that asked last.
bool RequestLoop::Repeated(const PeerState& peer) {
  const std::string& message_id = request_.envelope.message_id();
  const std::uint64_t key = KeyOf(message_id);
  for (auto it = keys_.begin();; ++it) {
    it = std::find(it, keys_.end(), key);
    if (it == keys_.end()) return false;
    Slot& slot = slots_[static_cast<std::size_t>(it - keys_.begin())];
    if (slot.peer != &peer || slot.message_id != message_id) continue;
    slot.route.assign(View(route_));
    Count(counters_.repeated);
    return true;
  }
}

// One ladder of refusals: frame, key, right, type, drain, room.
void RequestLoop::Dispatch() {
  PeerState* peer = PeerOf(zmq_msg_gets(frame_.handle(), "User-Id"));
  std::string_view body;
  Envelope& envelope = request_.envelope;
  if (peer == nullptr || !DecodeFrame(View(frame_), envelope, body).ok() ||
      envelope.kind() != baoxue::bus::v1::KIND_REQUEST ||
      envelope.message_id().size() != kIdBytes) {
    return BadFrame(peer, frame_.size());
  }
  if (peer->peer == nullptr) {
    return Refuse(base::Code::kPermissionDenied, "KEY_REVOKED", counters_.refused_access);
  }
  const auto found = routes_.find(std::string_view{envelope.type()});
  const Route* route = found == routes_.end() ? nullptr : &found->second;
  if (!Allowed(*peer, route, envelope.type())) {
    return Refuse(base::Code::kPermissionDenied, "NOT_ALLOWED", counters_.refused_access);
  }
  if (route == nullptr) {
    return Refuse(base::Code::kNotFound, "UNKNOWN_REQUEST", counters_.refused_unknown);
  }
  if (envelope.attempt() > 0 && Repeated(*peer)) return;
  if (draining_.load(std::memory_order_relaxed)) {
    return Refuse(base::Code::kUnavailable, "DRAINING", counters_.refused_draining);
  }
  if (peer->in_flight >= options_.per_peer_in_flight_max ||
      counters_.in_flight.load(std::memory_order_relaxed) >=
          static_cast<std::uint64_t>(options_.in_flight_max)) {
    return Refuse(base::Code::kResourceExhausted, "FULL", counters_.refused_full);
  }
  Accept(*route, *peer, body);
}

void RequestLoop::Refuse(base::Code code, std::string_view reason,
                         std::atomic<std::uint64_t>& counter) {
  Count(counter);
  zmq::message_t frame =
      EncodeReply(request_.envelope.message_id(), base::Error{code, std::string{reason}, ""});
  if (Send(View(route_), frame) != Sent::kYes) Count(counters_.dropped_replies);
}

void RequestLoop::Accept(const Route& route, PeerState& peer, std::string_view body) {
  const std::uint32_t index = TakeSlot();
  Slot& slot = slots_[index];
  const std::uint32_t asked = request_.envelope.timeout_ms();
  slot.route.assign(View(route_));
  slot.message_id = request_.envelope.message_id();
  slot.peer = &peer;
  keys_[index] = KeyOf(slot.message_id);
  slot.deadline =
      now_ + milliseconds{asked == 0 ? kTimeoutDefaultMs : std::min(asked, kTimeoutMaxMs)};
  ++peer.in_flight;
  counters_.in_flight.fetch_add(1, std::memory_order_relaxed);
  Count(counters_.accepted);
  request_.body.assign(body);
  request_.peer = peer.name;
  request_.role = peer.peer->role;
  request_.deadline = slot.deadline;
  Responder responder{answers_, index};
  if (!route.async_handler) {
    work_.push_back({std::move(request_), std::move(responder), &route.handler});
  } else {
    async_delivered_ = true;
    try {
      route.async_handler(std::move(request_), std::move(responder));
    } catch (const std::exception& error) {
      // The responder has been dropped: INTERNAL/NO_ANSWER is on its way.
      LogHandlerFailed(route.type, peer.name, error);
    }
  }
  request_ = Request{};
}

// ---- sending ------------------------------------------------------------------------------------

std::uint32_t RequestLoop::TakeSlot() {
  if (free_slots_.empty()) {
    slots_.emplace_back();
    keys_.push_back(0);
    return static_cast<std::uint32_t>(slots_.size() - 1);
  }
  const std::uint32_t slot = free_slots_.back();
  free_slots_.pop_back();
  return slot;
}

void RequestLoop::Finish(std::uint32_t slot) {
  --slots_[slot].peer->in_flight;
  keys_[slot] = 0;
  free_slots_.push_back(slot);
  if (counters_.in_flight.fetch_sub(1) == 1 && draining_.load()) {
    const std::lock_guard lock{idle_mutex_};
    idle_.notify_all();
  }
}

bool RequestLoop::SendMany() {
  answers_->Take(taken_);
  for (Answer& answer : taken_) SendAnswer(answer);
  return !taken_.empty();
}

void RequestLoop::SendAnswer(Answer& answer) {
  const Slot& slot = slots_[answer.slot];
  FollowAccess();
  // A key that was revoked meanwhile gets no data.
  if (slot.peer->peer == nullptr) {
    answer.reply = base::Error{base::Code::kPermissionDenied, "KEY_REVOKED", ""};
  }
  zmq::message_t frame = EncodeReply(slot.message_id, answer.reply);
  Count(counters_.answered);
  switch (Send(slot.route, frame)) {
    case Sent::kYes:
      return Finish(answer.slot);
    case Sent::kFull:
      if (held_.size() < kHeldMax && held_bytes_ + frame.size() <= kHeldBytesMax) {
        held_bytes_ += frame.size();
        // After its deadline nobody waits for it.
        held_.push_back({answer.slot, std::move(frame), std::min(now_ + kHeldFor, slot.deadline)});
        return;
      }
      break;
    case Sent::kGone:
      break;
  }
  Count(counters_.dropped_replies);
  Finish(answer.slot);
}

// Replies of clients that do not read keep their place in flight until they fit or are too old.
void RequestLoop::RetryHeld() {
  for (std::size_t left = held_.size(); left > 0; --left) {
    Held held = std::move(held_.front());
    held_.pop_front();
    const std::size_t bytes = held.frame.size();
    FollowAccess();
    const Slot& slot = slots_[held.slot];
    const Sent sent = slot.peer->peer == nullptr ? Sent::kGone : Send(slot.route, held.frame);
    if (sent == Sent::kFull && now_ < held.until) {
      held_.push_back(std::move(held));
      continue;
    }
    held_bytes_ -= bytes;
    if (sent != Sent::kYes) Count(counters_.dropped_replies);
    Finish(held.slot);
  }
}

zmq::message_t RequestLoop::EncodeReply(const std::string& message_id, const Reply& reply) {
  reply_.set_message_id(message_id);
  baoxue::bus::v1::Status& status = *reply_.mutable_status();
  std::string_view body;
  if (reply.ok()) {
    status.Clear();
    status.set_code("OK");
    body = *reply;
  } else {
    PutError(reply.error(), status);
  }
  const std::size_t bytes = FrameBytes(reply_, body);
  if (bytes > kMessageBytesMax) {
    host::LogWarnLimited("bus.reply_too_large", 10, {{"bytes", std::uint64_t{bytes}}});
    return EncodeReply(message_id, base::Error{base::Code::kInternal, "REPLY_TOO_LARGE", ""});
  }
  zmq::message_t frame{bytes};
  WriteFrame(reply_, body, static_cast<char*>(frame.data()));
  return frame;
}

RequestLoop::Sent RequestLoop::Send(std::string_view route, zmq::message_t& frame) {
  // router_mandatory judges the connection on the first part; the second always follows.
  if (zmq_send(socket_.handle(), route.data(), route.size(), ZMQ_SNDMORE | ZMQ_DONTWAIT) < 0) {
    return errno == EAGAIN ? Sent::kFull : Sent::kGone;
  }
  return zmq_msg_send(frame.handle(), socket_.handle(), ZMQ_DONTWAIT) < 0 ? Sent::kGone
                                                                          : Sent::kYes;
}

}  // namespace bus
