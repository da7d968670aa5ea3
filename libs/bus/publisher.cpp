// The thread of a feed's XPUB socket. XPUB rather than PUB: it tells when somebody subscribes, and
// the newcomer gets a heartbeat at once.

#include <thread>
#include <zmq.hpp>

#include "bus/bus.h"
#include "bus/codec.h"
#include "bus/context.h"
#include "bus/sockets.h"
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

}  // namespace

struct Publisher::Impl {
  Impl(Context& where, Options how, ReadLog reader, const base::Clock& time)
      : context(where), options(std::move(how)), read(std::move(reader)), clock(time) {
    envelope.set_type(EventBatch::descriptor()->full_name());
    envelope.set_sender(options.feed);
  }

  base::Status Bind();
  void Run();
  bool FindStart();
  bool PublishNew();
  void PublishBatch(EventBatch& batch);
  void SendFrame(std::uint64_t seen_head);
  void Wait();
  bool TakeSubscriptions();

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
  Envelope envelope;
  EventBatch out;
  std::thread thread;
};

base::Status Publisher::Impl::Bind() {
  std::string at;
  try {
    socket = zmq::socket_t{context.impl().zmq, zmq::socket_type::xpub};
    SetCommonOptions(socket, kFramesMax, 0);
    socket.set(zmq::sockopt::xpub_verbose, true);
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

// Sends what is in `out`, or a heartbeat when it is empty.
void Publisher::Impl::SendFrame(std::uint64_t seen_head) {
  out.set_feed(options.feed);
  out.set_head(seen_head);
  heartbeat_at = clock.Steady() + kHeartbeat;
  const std::size_t body_bytes = out.ByteSizeLong();
  const std::size_t bytes = kHeaderBytes + envelope.ByteSizeLong() + body_bytes;
  const int every = drop_every.load();
  if (bytes > kMessageBytesMax) {
    host::LogError("bus.event_too_large", {{"feed", options.feed}, {"seq", position}});
  } else if (every == 0 || ++frames % static_cast<std::uint64_t>(every) != 0) {
    zmq::message_t frame{bytes};
    char* data = static_cast<char*>(frame.data());
    WriteFrame(envelope, {}, data);
    out.SerializeWithCachedSizesToArray(
        reinterpret_cast<std::uint8_t*>(data + (bytes - body_bytes)));
    zmq_msg_send(frame.handle(), socket.handle(), ZMQ_DONTWAIT);
  }
  out.mutable_events()->Clear();
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
    subscribed = subscribed || View(message).starts_with(kSubscribed);
  }
  return subscribed;
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
