// ZeroMQ Authentication Protocol, https://rfc.zeromq.org/spec/27/

#include <array>
#include <vector>

#include "bus/context.h"
#include "host/log.h"

namespace bus {
namespace {

constexpr std::size_t kRawKeyBytes = 32;
constexpr int kLogEverySeconds = 10;

// version, request id, domain, address, identity, mechanism, credentials
struct ZapRequest {
  std::vector<zmq::message_t> parts = {};
  std::string part(std::size_t i) const { return parts[i].to_string(); }
  bool valid() const { return parts.size() >= 6 && part(0) == "1.0"; }
};

bool Receive(zmq::socket_t& socket, ZapRequest& request) {
  request.parts.clear();
  for (;;) {
    zmq::message_t part;
    if (!socket.recv(part)) return false;
    const bool more = part.more();
    request.parts.push_back(std::move(part));
    if (!more) return true;
  }
}

const Peer* JudgeRequest(const AccessList& access, const ZapRequest& request) {
  if (!request.valid() || request.parts.size() != 7 || request.part(5) != "CURVE") return nullptr;
  if (request.parts[6].size() != kRawKeyBytes) return nullptr;
  std::array<char, 41> key{};
  zmq_z85_encode(key.data(), static_cast<const std::uint8_t*>(request.parts[6].data()),
                 kRawKeyBytes);
  return Judge(access, request.part(2), key.data());
}

void Answer(zmq::socket_t& socket, const ZapRequest& request, const Peer* peer) {
  const std::string id = request.parts.size() > 1 ? request.part(1) : std::string{};
  const std::array<std::string, 6> parts{"1.0",
                                         id,
                                         peer != nullptr ? "200" : "400",
                                         peer != nullptr ? "OK" : "not on the access list",
                                         peer != nullptr ? peer->public_key : std::string{},
                                         std::string{}};
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const auto flags = i + 1 < parts.size() ? zmq::send_flags::sndmore : zmq::send_flags::none;
    socket.send(zmq::buffer(parts[i]), flags);
  }
}

}  // namespace

const Peer* Judge(const AccessList& access, std::string_view domain, std::string_view public_key) {
  const Peer* peer = access.FindKey(public_key);
  if (peer == nullptr || domain == kRequestsDomain) return peer;
  if (!domain.starts_with(kFeedDomainPrefix)) return nullptr;
  domain.remove_prefix(kFeedDomainPrefix.size());
  return AccessList::MayFollow(*peer, domain) ? peer : nullptr;
}

void RunZap(zmq::socket_t socket, const Context::Impl& context) {
  ZapRequest request;
  for (;;) {
    try {
      if (!Receive(socket, request)) continue;
      const std::shared_ptr<const AccessList> access = context.Access();
      const Peer* peer = JudgeRequest(*access, request);
      if (peer == nullptr) {
        host::LogWarnLimited("bus.peer_refused", kLogEverySeconds,
                             {{"domain", request.valid() ? request.part(2) : "?"},
                              {"address", request.valid() ? request.part(3) : "?"}});
      }
      Answer(socket, request, peer);
    } catch (const zmq::error_t& error) {
      if (error.num() == ETERM || error.num() == ENOTSOCK) return;
      // Without this thread libzmq would admit every key: rather no process than that.
      CHECK(error.num() == EINTR);
    }
  }
}

}  // namespace bus
