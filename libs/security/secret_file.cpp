#include "security/secret_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

namespace security {
namespace {

constexpr std::size_t kFileBytesMax = 64u << 10;

base::Error CannotWrite(const std::string& path) {
  return base::Error{base::Code::kUnavailable, "KEY_FILE_WRITE",
                     fmt::format("{}: {}", path, std::strerror(errno))};
}

class File {
 public:
  explicit File(int fd) : fd_(fd) {}
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  ~File() {
    if (fd_ >= 0) ::close(fd_);
  }
  int fd() const { return fd_; }

 private:
  int fd_;
};

}  // namespace

base::Error BadKeyFile(const std::string& path, std::string_view what) {
  return base::Error{base::Code::kDataCorruption, "KEY_FILE_BAD",
                     fmt::format("{}: {}", path, what)};
}
base::Status WriteSecretFile(const std::string& path, const std::string& text) {
  const File file{::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600)};
  if (file.fd() < 0 && errno == EEXIST) {
    return base::Error{base::Code::kAlreadyExists, "KEY_FILE_EXISTS",
                       fmt::format("{} exists; its keys are never replaced", path)};
  }
  if (file.fd() < 0) return CannotWrite(path);
  const bool written =
      ::write(file.fd(), text.data(), text.size()) == static_cast<ssize_t>(text.size()) &&
      ::fsync(file.fd()) == 0;
  if (!written) {
    const base::Error error = CannotWrite(path);
    ::unlink(path.c_str());
    return error;
  }
  const std::string folder = std::filesystem::path{path}.parent_path().string();
  const File at{::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  if (at.fd() < 0 || ::fsync(at.fd()) != 0) return CannotWrite(path);
  return {};
}

base::Result<std::string> ReadSecretFile(const std::string& path) {
  const File file{::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
  struct stat info = {};
  if (file.fd() < 0 || ::fstat(file.fd(), &info) != 0) {
    return base::Error{base::Code::kNotFound, "NO_KEY_FILE",
                       fmt::format("{}: {}", path, std::strerror(errno))};
  }
  if (!S_ISREG(info.st_mode) || info.st_size > static_cast<off_t>(kFileBytesMax)) {
    return BadKeyFile(path, "not a key file");
  }
  if ((info.st_mode & 077) != 0) {
    return base::Error{base::Code::kPermissionDenied, "KEY_FILE_MODE",
                       fmt::format("{} is open to others; chmod 600 it", path)};
  }
  std::string text(static_cast<std::size_t>(info.st_size), '\0');
  const ssize_t n = ::read(file.fd(), text.data(), text.size());
  if (n < 0) return BadKeyFile(path, std::strerror(errno));
  text.resize(static_cast<std::size_t>(n));
  return text;
}

}  // namespace security
