#include "bus/sockets.h"

#include "bus/context.h"

namespace bus {
namespace {

// A peer that says nothing for this long is taken for gone. Any traffic counts as a heartbeat.
constexpr int kHeartbeatMs = 2000;
constexpr int kHeartbeatTimeoutMs = 6000;
constexpr int kHandshakeMs = 5000;
constexpr int kConnectTimeoutMs = 3000;
constexpr int kReconnectMs = 50;
constexpr int kReconnectMaxMs = 1000;
constexpr int kListenBacklog = 1024;
constexpr int kRequestsMax = 4096;
// CURVE adds a nonce, a flag and an authenticator to each frame.
constexpr std::int64_t kCurveSlack = 1024;

}  // namespace

zmq::context_t& ZmqContext(Context& context) { return context.impl().zmq; }

void SetCurveClient(zmq::socket_t& socket, const KeyPair& keys, std::string_view server_key) {
  socket.set(zmq::sockopt::curve_publickey, keys.public_key);
  socket.set(zmq::sockopt::curve_secretkey, keys.secret_key);
  socket.set(zmq::sockopt::curve_serverkey, std::string{server_key});
}

void SetCurveServer(zmq::socket_t& socket, const KeyPair& keys, std::string_view domain) {
  socket.set(zmq::sockopt::curve_server, true);
  socket.set(zmq::sockopt::curve_publickey, keys.public_key);
  socket.set(zmq::sockopt::curve_secretkey, keys.secret_key);
  socket.set(zmq::sockopt::zap_domain, std::string{domain});
  socket.set(zmq::sockopt::backlog, kListenBacklog);
}

void SetCommonOptions(zmq::socket_t& socket, int messages_max, int linger_ms) {
  socket.set(zmq::sockopt::sndhwm, messages_max);
  socket.set(zmq::sockopt::rcvhwm, messages_max);
  socket.set(zmq::sockopt::linger, linger_ms);
  socket.set(zmq::sockopt::maxmsgsize, static_cast<std::int64_t>(kMessageBytesMax) + kCurveSlack);
  socket.set(zmq::sockopt::handshake_ivl, kHandshakeMs);
  socket.set(zmq::sockopt::heartbeat_ivl, kHeartbeatMs);
  socket.set(zmq::sockopt::heartbeat_timeout, kHeartbeatTimeoutMs);
  socket.set(zmq::sockopt::heartbeat_ttl, kHeartbeatTimeoutMs);
  socket.set(zmq::sockopt::connect_timeout, kConnectTimeoutMs);
  socket.set(zmq::sockopt::reconnect_ivl, kReconnectMs);
  socket.set(zmq::sockopt::reconnect_ivl_max, kReconnectMaxMs);
  socket.set(zmq::sockopt::tcp_keepalive, 1);
  socket.set(zmq::sockopt::tcp_keepalive_idle, 30);
  socket.set(zmq::sockopt::tcp_keepalive_intvl, 10);
  socket.set(zmq::sockopt::tcp_keepalive_cnt, 3);
}

void SetDealer(zmq::socket_t& socket, const KeyPair& keys, const Endpoint& endpoint) {
  SetCommonOptions(socket, kRequestsMax, 0);
  // Without it a DEALER queues for servers that are not there, and "sent" means nothing.
  socket.set(zmq::sockopt::immediate, true);
  SetCurveClient(socket, keys, endpoint.server_key);
  socket.connect(endpoint.address);
}

zmq::socket_t DialRequests(Context& context, const KeyPair& keys, const Endpoint& endpoint) {
  zmq::socket_t socket{ZmqContext(context), zmq::socket_type::dealer};
  SetDealer(socket, keys, endpoint);
  return socket;
}

}  // namespace bus
