// The thread of a feed's XPUB socket. XPUB rather than PUB: it tells who subscribes, and the
// newcomer gets a heartbeat at once.
//
// The socket is in manual mode: whatever a peer asks for, its connection is subscribed to frames
// that begin like those made for its own key (the header with Envelope.audience), so each peer gets
// what its role may see, and nothing more from the moment that its key is off the access list.

#include <cstring>
#include <map>
#include <thread>
#include <zmq.hpp>

#include "bus/bus.h"
#include "bus/codec.h"
#include "bus/context.h"
#include "bus/sockets.h"
#include "bus/view.h"
#include "bus/wake_queue.h"
#include "host/log.h"

namespace bus {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kHeartbeat{1000};
constexpr milliseconds kReadRetry{200};
constexpr std::size_t kFrameEventsBytesMax = 1u << 20;
// Frames waiting for one slow follower; what does not fit is dropped, and fetched by the follower.
constexpr int kFramesMax = 256;
constexpr char kSubscribed = 1;

// Somebody who has subscribed since the start.
struct Audience {
  std::string role = {};
  std::string header = {};  // what each of its frames begins with
};

}  // namespace

struct Publisher::Impl {
  Impl(Context& where, Options how, ReadLog reader, const base::Clock& time)
      : context(where), options(std::move(how)), read(std::move(reader)), clock(time) {
  }

  base::Status Bind();
  void Run();
  bool FindStart();
  bool PublishNew();
  void PublishBatch(EventBatch& batch);
  void SendFrame(std::uint64_t seen_head);
  void SendTo(const Audience& audience, const std::string& body);
  void Wait();
  bool TakeSubscriptions();
  bool Admit(const char* user_id);
  void FollowAccess();

  Context& context;
  const Options options;
  const ReadLog read;
  const base::Clock& clock;
  zmq::socket_t socket;
  std::vector<std::string> bound;
  EventFd wake;
  std::atomic<bool> notified{false};
  std::atomic<bool> stopping{false};
  std::atomic<int> drop_every{0};
  // Of the thread:
  bool started = false;        // knows where the log stood when it began
  std::uint64_t position = 0;  // last event published
  std::uint64_t head = 0;
  std::uint64_t frames = 0;
  base::SteadyTime heartbeat_at = {};
  base::SteadyTime read_at = {};  // not before this, after an error
  EventBatch out;
  std::map<std::string, Audience> audiences;  // by public key
  std::uint64_t access_version = 0;
  std::shared_ptr<const AccessList> access;
  std::thread thread;
};

base::Status Publisher::Impl::Bind() {
  std::string at;
  try {
    socket = zmq::socket_t{context.impl().zmq, zmq::socket_type::xpub};
    SetCommonOptions(socket, kFramesMax, 0);
    socket.set(zmq::sockopt::xpub_manual, true);
    SetCurveServer(socket, options.keys, std::string{kFeedDomainPrefix} + options.feed);
    for (const std::string& endpoint : options.endpoints) {
      at = endpoint;
      socket.bind(endpoint);
      bound.push_back(socket.get(zmq::sockopt::last_endpoint));
    }
  } catch (const zmq::error_t& error) {
    socket.close();
    bound.clear();
    return base::Error{base::Code::kUnavailable, "BIND_FAILED", at + ": " + error.what()};
  }
  return {};
}

void Publisher::Impl::Run() {
  while (!stopping.load()) {
    const base::SteadyTime now = clock.Steady();
    const bool told = notified.exchange(false);
    if (now >= read_at && (told || now >= heartbeat_at || !started)) {
      if (!(started ? PublishNew() : FindStart())) {
        read_at = now + kReadRetry;
        notified.store(true);
      }
    }
    if (started && now >= heartbeat_at) SendFrame(head);
    Wait();
    if (TakeSubscriptions()) heartbeat_at = {};
  }
  socket.close();
}

// What was there before is for the followers to fetch.
bool Publisher::Impl::FindStart() {
  const base::Result<EventBatch> batch = read(0, 1);
  if (!batch.ok()) {
    host::LogWarnLimited("bus.feed_unreadable", 10,
                         {{"feed", options.feed}, {"error", batch.error().reason}});
    return false;
  }
  position = head = batch->head();
  started = true;
  heartbeat_at = {};
  return true;
}

// Publishes until it has caught up with the log.
bool Publisher::Impl::PublishNew() {
  while (!stopping.load()) {
    base::Result<EventBatch> batch = read(position, static_cast<std::uint32_t>(options.batch_max));
    if (!batch.ok()) {
      host::LogWarnLimited("bus.feed_unreadable", 10,
                           {{"feed", options.feed}, {"error", batch.error().reason}});
      return false;
    }
    head = batch->head();
    if (batch->events().empty()) return true;
    PublishBatch(*batch);
    if (position >= head) return true;
  }
  return true;
}

void Publisher::Impl::PublishBatch(EventBatch& batch) {
  std::size_t bytes = 0;
  for (Event& event : *batch.mutable_events()) {
    const std::size_t size = event.ByteSizeLong();
    if (bytes > 0 && bytes + size > kFrameEventsBytesMax) {
      SendFrame(head);
      bytes = 0;
    }
    bytes += size;
    position = event.seq();
    out.add_events()->Swap(&event);
  }
  SendFrame(head);
}

// Sends what is in `out`, or a heartbeat when it is empty: to everybody what his role may see.
void Publisher::Impl::SendFrame(std::uint64_t seen_head) {
  FollowAccess();
  out.set_feed(options.feed);
  out.set_head(seen_head);
  heartbeat_at = clock.Steady() + kHeartbeat;
  const int every = drop_every.load();
  if (every == 0 || ++frames % static_cast<std::uint64_t>(every) != 0) {
    std::map<std::string_view, std::string> bodies;  // by role
    for (const auto& [key, audience] : audiences) {
      const auto [body, fresh] = bodies.try_emplace(audience.role);
      if (fresh && audience.role.empty()) {
        body->second = out.SerializeAsString();
      } else if (fresh) {
        EventBatch cut = out;
        for (Event& event : *cut.mutable_events()) CutForRole(audience.role, event);
        body->second = cut.SerializeAsString();
      }
      SendTo(audience, body->second);
    }
  }
  out.mutable_events()->Clear();
}

void Publisher::Impl::SendTo(const Audience& audience, const std::string& body) {
  const std::size_t bytes = audience.header.size() + body.size();
  if (bytes > kMessageBytesMax) {
    host::LogError("bus.event_too_large", {{"feed", options.feed}, {"seq", position}});
    return;
  }
  zmq::message_t frame{bytes};
  char* data = static_cast<char*>(frame.data());
  std::memcpy(data, audience.header.data(), audience.header.size());
  std::memcpy(data + audience.header.size(), body.data(), body.size());
  zmq_msg_send(frame.handle(), socket.handle(), ZMQ_DONTWAIT);
}

// Who has been taken off the list gets no further frame; who has another role, another view.
void Publisher::Impl::FollowAccess() {
  const std::uint64_t version = context.access_version();
  if (version == access_version) return;
  access_version = version;
  access = context.access();
  for (auto it = audiences.begin(); it != audiences.end();) {
    const Peer* peer = access->FindKey(it->first);
    if (peer == nullptr || !AccessList::MayFollow(*peer, options.feed)) {
      it = audiences.erase(it);
      continue;
    }
    it->second.role = peer->role;
    ++it;
  }
}

void Publisher::Impl::Wait() {
  const base::SteadyTime now = clock.Steady();
  base::SteadyTime until = started ? heartbeat_at : read_at;
  if (notified.load()) until = read_at;
  const auto left = std::chrono::ceil<milliseconds>(until - now);
  zmq::pollitem_t items[] = {{socket.handle(), 0, ZMQ_POLLIN, 0},
                             {nullptr, wake.fd(), ZMQ_POLLIN, 0}};
  if (!stopping.load()) zmq_poll(items, 2, std::clamp(left, milliseconds{0}, kHeartbeat).count());
  wake.Clear();
}

bool Publisher::Impl::TakeSubscriptions() {
  bool subscribed = false;
  zmq::message_t message;
  while (zmq_msg_recv(message.handle(), socket.handle(), ZMQ_DONTWAIT) >= 0) {
    if (!View(message).starts_with(kSubscribed)) continue;
    subscribed = Admit(zmq_msg_gets(message.handle(), "User-Id")) || subscribed;
  }
  return subscribed;
}

// The connection that the last message came from.
bool Publisher::Impl::Admit(const char* user_id) {
  FollowAccess();
  const Peer* peer = user_id == nullptr ? nullptr : access->FindKey(user_id);
  if (peer == nullptr || !AccessList::MayFollow(*peer, options.feed)) return false;
  Envelope envelope;
  envelope.set_type(EventBatch::descriptor()->full_name());
  envelope.set_sender(options.feed);
  envelope.set_audience(user_id);
  Audience& audience = audiences[user_id];
  audience = {.role = peer->role, .header = EncodeFrame(envelope, {})};
  socket.set(zmq::sockopt::subscribe, audience.header);
  return true;
}

Publisher::Publisher(Context& context, Options options, ReadLog read, const base::Clock& clock)
    : impl_(std::make_unique<Impl>(context, std::move(options), std::move(read), clock)) {}

Publisher::~Publisher() { Stop(); }

base::Status Publisher::Start() {
  CHECK(!impl_->thread.joinable());
  RETURN_IF_ERROR(impl_->Bind());
  impl_->thread = std::thread{[this] { impl_->Run(); }};
  return {};
}

std::vector<std::string> Publisher::bound_endpoints() const { return impl_->bound; }

void Publisher::Notify() {
  if (!impl_->notified.exchange(true)) impl_->wake.Signal();
}

void Publisher::Stop() {
  if (!impl_->thread.joinable()) return;
  impl_->stopping.store(true);
  impl_->wake.Signal();
  impl_->thread.join();
}

void Publisher::set_drop_every(int n) { impl_->drop_every.store(n); }

}  // namespace bus
