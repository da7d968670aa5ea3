// The inside of bus::Context: the ZeroMQ context and the ZAP thread that judges every key (RFC 27).
// The ZAP socket is bound before anything else can be made: without a ZAP handler libzmq 4.3 admits
// every key.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <zmq.hpp>

#include "bus/bus.h"

namespace bus {

// The ZAP domains.
inline constexpr std::string_view kRequestsDomain = "requests";
inline constexpr std::string_view kFeedDomainPrefix = "feed:";

// Whether `public_key` (Z85) may connect in this domain, and as whom. Null: refused.
const Peer* Judge(const AccessList& access, std::string_view domain, std::string_view public_key);

// Answers ZAP requests until the context shuts down. The user id that ZeroMQ keeps with a
// connection is the public key, so that a name with a new key is not the old connection.
void RunZap(zmq::socket_t socket, const Context::Impl& context);

struct Context::Impl {
  Impl(AccessList list, int io_threads);
  ~Impl();
  std::shared_ptr<const AccessList> Access() const;

  mutable std::mutex mutex;
  std::shared_ptr<const AccessList> access;  // guarded by mutex
  std::atomic<std::uint64_t> access_version{1};
  zmq::context_t zmq;
  std::thread zap;
};

}  // namespace bus
