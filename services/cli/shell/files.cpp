#include "cli/shell/files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <string_view>

namespace cli {
namespace {

bool WriteAll(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

// A file that was there and open to others is closed to them before the first byte.
bool Write(int fd, const std::string& bytes, FileFor readers) {
  struct stat info {};
  if (::fstat(fd, &info) != 0) return false;
  if (S_ISREG(info.st_mode)) {  // not a terminal or a pipe
    if (readers == FileFor::kOwner && ::fchmod(fd, 0600) != 0) return false;
    if (::ftruncate(fd, 0) != 0) return false;
  }
  return WriteAll(fd, bytes);
}

}  // namespace

base::Status WriteFile(const std::string& path, const std::string& bytes, FileFor readers) {
  const mode_t mode = readers == FileFor::kOwner ? 0600 : 0644;
  const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, mode);
  const bool written = fd >= 0 && Write(fd, bytes, readers);
  const bool closed = fd >= 0 && ::close(fd) == 0;
  if (written && closed) return {};
  return base::Error{base::Code::kUnavailable, "CANNOT_WRITE", "不能写入 " + path};
}

}  // namespace cli
