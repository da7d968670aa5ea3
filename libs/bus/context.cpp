#include "bus/context.h"

#include <google/protobuf/stubs/logging.h>

#include <mutex>

namespace bus {
namespace {

// protobuf writes a line to stderr for every string that is not UTF-8; a bad peer must not be able
// to fill the log. The bus counts and logs bad frames itself.
void SilenceProtobuf() {
  static std::once_flag once;
  std::call_once(once, [] { google::protobuf::SetLogHandler(nullptr); });
}

}  // namespace

Context::Impl::Impl(AccessList list, int io_threads)
    : access(std::make_shared<const AccessList>(std::move(list))), zmq(io_threads) {
  SilenceProtobuf();
  zmq::socket_t socket{zmq, zmq::socket_type::rep};
  socket.set(zmq::sockopt::linger, 0);
  socket.bind("inproc://zeromq.zap.01");
  zap = std::thread{
      [this, moved = std::move(socket)]() mutable { RunZap(std::move(moved), *this); }};
}

std::shared_ptr<const AccessList> Context::Impl::Access() const {
  const std::lock_guard lock{mutex};
  return access;
}

Context::Impl::~Impl() {
  zmq.shutdown();
  zap.join();
}

Context::Context(AccessList access, int io_threads)
    : impl_(std::make_unique<Impl>(std::move(access), io_threads)) {}
Context::~Context() = default;

std::shared_ptr<const AccessList> Context::access() const { return impl_->Access(); }

void Context::SetAccess(AccessList access) {
  auto fresh = std::make_shared<const AccessList>(std::move(access));
  {
    const std::lock_guard lock{impl_->mutex};
    impl_->access.swap(fresh);
  }
  impl_->access_version.fetch_add(1);
}

std::uint64_t Context::access_version() const { return impl_->access_version.load(); }

}  // namespace bus
