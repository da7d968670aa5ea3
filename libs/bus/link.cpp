#include "bus/link.h"

#include <algorithm>
#include <atomic>
#include <cstring>

#include "bus/sockets.h"

namespace bus {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kAvoidFirst{1000};
constexpr int kAvoidDoublings = 4;
// A connection attempt has this long before its socket is replaced.
constexpr milliseconds kDownMax{5000};
constexpr int kEvents = ZMQ_EVENT_DISCONNECTED | ZMQ_EVENT_HANDSHAKE_SUCCEEDED;

std::string MonitorAddress() {
  static std::atomic<std::uint64_t> next{0};
  return "inproc://bus.link." + std::to_string(next.fetch_add(1));
}

}  // namespace

Link::Link(Context& context, const KeyPair& keys, Endpoint endpoint, base::SteadyTime now)
    : context_(context), keys_(keys), endpoint_(std::move(endpoint)) {
  Open(now);
}

Link::~Link() { Close(); }

void Link::Open(base::SteadyTime now) {
  zmq::socket_t socket{ZmqContext(context_), zmq::socket_type::dealer};
  const std::string address = MonitorAddress();
  // Before dialling, so that no event is missed.
  CHECK(zmq_socket_monitor(socket.handle(), address.c_str(), kEvents) == 0);
  monitor_ = zmq::socket_t{ZmqContext(context_), zmq::socket_type::pair};
  monitor_.set(zmq::sockopt::linger, 0);
  monitor_.connect(address);
  SetDealer(socket, keys_, endpoint_);
  socket_ = std::move(socket);
  connected_ = false;
  silences_ = 0;
  down_since_ = now;
}

void Link::Close() {
  zmq_socket_monitor(socket_.handle(), nullptr, 0);
  monitor_.close();
  socket_.close();
}

bool Link::Send(zmq::message_t& frame) {
  return zmq_msg_send(frame.handle(), socket_.handle(), ZMQ_DONTWAIT) >= 0;
}

bool Link::Receive(zmq::message_t& frame) {
  return zmq_msg_recv(frame.handle(), socket_.handle(), ZMQ_DONTWAIT) >= 0;
}

bool Link::TakeLost(base::SteadyTime now) {
  bool lost = false;
  zmq::message_t part;
  while (zmq_msg_recv(part.handle(), monitor_.handle(), ZMQ_DONTWAIT) >= 0) {
    std::uint16_t event = 0;
    if (part.size() >= sizeof event) std::memcpy(&event, part.data(), sizeof event);
    while (part.more()) {
      if (zmq_msg_recv(part.handle(), monitor_.handle(), ZMQ_DONTWAIT) < 0) break;
    }
    if (event == ZMQ_EVENT_HANDSHAKE_SUCCEEDED) {
      connected_ = true;
      avoid_until_ = {};
    } else if (event == ZMQ_EVENT_DISCONNECTED) {
      lost = lost || connected_;
      if (connected_) down_since_ = now;
      connected_ = false;
    }
  }
  return lost;
}

void Link::Answered(base::SteadyTime now) {
  silences_ = 0;
  last_answer_ = now;
  avoid_until_ = {};
}

void Link::Silent(base::SteadyTime now) {
  if (avoided(now)) return;  // one silence, told by many requests
  avoid_until_ = now + kAvoidFirst * (1 << std::min(silences_, kAvoidDoublings));
  ++silences_;
}

void Link::Renew(base::SteadyTime now) {
  if (connected_ || now - down_since_ < kDownMax) return;
  Close();
  Open(now);
}

}  // namespace bus
