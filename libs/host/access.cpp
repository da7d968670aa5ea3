// The access list while the service runs: read again when the file changes or when told to, and in
// force at once for connections that stand.
#include <sys/stat.h>

#include "host/runtime_impl.h"

namespace host {

namespace v1 = baoxue::bus::v1;
using base::Status;

namespace {

constexpr int kComplainEverySeconds = 60;

}  // namespace

// What tells one state of the file from another; empty when there is no file.
std::string Runtime::Impl::AccessSignature() const {
  struct stat info {};
  if (::stat(suite_.access_file.c_str(), &info) != 0) return {};
  return std::to_string(info.st_ino) + '/' + std::to_string(info.st_size) + '/' +
         std::to_string(info.st_mtim.tv_sec) + '.' + std::to_string(info.st_mtim.tv_nsec);
}

// A list that cannot be read changes nothing: a slip of the pen must not stop a county.
Status Runtime::Impl::ReadAccessAgain() {
  const std::lock_guard lock{access_mutex_};
  const std::string signature = AccessSignature();
  auto list = LoadAccess(suite_.access_file);
  if (!list.ok()) {
    access_error_ = list.error().ToString();
    LogErrorLimited("host.access_unreadable", kComplainEverySeconds, {{"error", access_error_}});
    return list.error();
  }
  access_error_.clear();
  access_signature_ = signature;
  LogInfo("host.access_read", {{"peers", static_cast<std::uint64_t>(list->peers().size())}});
  context_->SetAccess(*std::move(list));
  return {};
}

void Runtime::Impl::WatchAccess() {
  bool changed = false;
  {
    const std::lock_guard lock{access_mutex_};
    changed = AccessSignature() != access_signature_;
  }
  if (changed) (void)ReadAccessAgain();
}

v1::DependencyHealth Runtime::Impl::AccessHealth() {
  const std::lock_guard lock{access_mutex_};
  v1::DependencyHealth health;
  health.set_name("access");
  health.set_ok(access_error_.empty());
  health.set_detail(access_error_.empty()
                        ? std::to_string(context_->access()->peers().size()) + " 把钥匙"
                        : access_error_);
  return health;
}

base::Result<v1::ReloadAccessReply> Runtime::Impl::ReloadAccess() {
  RETURN_IF_ERROR(ReadAccessAgain());
  v1::ReloadAccessReply reply;
  for (const bus::Peer& peer : context_->access()->peers()) reply.add_peers(peer.name);
  return reply;
}

}  // namespace host
