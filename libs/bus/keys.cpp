// Key files: <name>.pub for everybody, <name>.key for the owner alone.

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zmq.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "bus/bus.h"

namespace bus {
namespace {

constexpr std::size_t kKeyChars = 40;
constexpr mode_t kOthers = 077;

class File {
 public:
  explicit File(int fd) : fd_(fd) {}
  ~File() {
    if (fd_ >= 0) close(fd_);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  int fd() const { return fd_; }

 private:
  int fd_;
};

bool IsKey(const std::string& text) {
  std::array<std::uint8_t, 32> raw{};
  return text.size() == kKeyChars && zmq_z85_decode(raw.data(), text.c_str()) != nullptr;
}

// `others_max` are the permission bits that others may have.
base::Result<std::string> ReadKey(const std::string& path, mode_t others_max) {
  const File file{open(path.c_str(), O_RDONLY | O_CLOEXEC)};
  if (file.fd() < 0) {
    const base::Code code = errno == EACCES ? base::Code::kPermissionDenied : base::Code::kNotFound;
    return base::Error{code, "NO_KEY", path + ": " + std::strerror(errno)};
  }
  struct stat info {};
  if (fstat(file.fd(), &info) != 0 || (info.st_mode & kOthers & ~others_max) != 0) {
    return base::Error{base::Code::kPermissionDenied, "KEY_MODE",
                       path + ": others may read this secret; chmod 600 it"};
  }
  std::array<char, 128> buffer{};
  const ssize_t size = read(file.fd(), buffer.data(), buffer.size());
  std::string text(buffer.data(), size > 0 ? static_cast<std::size_t>(size) : 0);
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
  if (!IsKey(text)) {
    return base::Error{base::Code::kInvalidArgument, "BAD_KEY", path + ": not a Z85 key"};
  }
  return text;
}

// Whole or not at all: written beside it, then renamed.
base::Status WriteKey(const std::string& path, const std::string& key, mode_t mode) {
  const auto failed = [&](const char* step) {
    return base::Error{base::Code::kUnavailable, "KEY_WRITE",
                       path + ": " + step + ": " + std::strerror(errno)};
  };
  const std::string beside = path + ".new";
  unlink(beside.c_str());
  {
    const File file{open(beside.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)};
    if (file.fd() < 0) return failed("open");
    const std::string line = key + "\n";
    if (write(file.fd(), line.data(), line.size()) != static_cast<ssize_t>(line.size())) {
      return failed("write");
    }
    if (fchmod(file.fd(), mode) != 0 || fsync(file.fd()) != 0) return failed("fsync");
  }
  if (rename(beside.c_str(), path.c_str()) != 0) return failed("rename");
  return {};
}

}  // namespace

KeyPair MakeKeyPair() {
  std::array<char, kKeyChars + 1> public_key{};
  std::array<char, kKeyChars + 1> secret_key{};
  CHECK(zmq_curve_keypair(public_key.data(), secret_key.data()) == 0);
  return {public_key.data(), secret_key.data()};
}

base::Result<KeyPair> LoadKeyPair(const std::string& dir, const std::string& name) {
  KeyPair keys;
  ASSIGN_OR_RETURN(keys.public_key, LoadPublicKey(dir, name));
  ASSIGN_OR_RETURN(keys.secret_key, ReadKey(dir + "/" + name + ".key", 0));
  std::array<char, kKeyChars + 1> derived{};
  if (zmq_curve_public(derived.data(), keys.secret_key.c_str()) != 0 ||
      keys.public_key != derived.data()) {
    return base::Error{base::Code::kInvalidArgument, "BAD_KEY",
                       dir + "/" + name + ".pub does not belong to its .key"};
  }
  return keys;
}

base::Result<std::string> LoadPublicKey(const std::string& dir, const std::string& name) {
  return ReadKey(dir + "/" + name + ".pub", kOthers);
}

base::Status SaveKeyPair(const std::string& dir, const std::string& name, const KeyPair& keys) {
  if (!IsKey(keys.public_key) || !IsKey(keys.secret_key)) {
    return base::Error{base::Code::kInvalidArgument, "BAD_KEY", name};
  }
  RETURN_IF_ERROR(WriteKey(dir + "/" + name + ".key", keys.secret_key, 0600));
  return WriteKey(dir + "/" + name + ".pub", keys.public_key, 0644);
}

}  // namespace bus
