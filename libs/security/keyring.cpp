#include <fcntl.h>
#include <fmt/format.h>
#include <openssl/rand.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <filesystem>
#include <map>
#include <optional>
#include <vector>

#include "security/aead.h"
#include "security/secret_file.h"
#include "security/security.h"

namespace security {

struct Keyring::Impl {
  std::map<int, std::unique_ptr<const Key>> seal = {};  // by id
  std::unique_ptr<const Key> index = {};
  int newest = 0;
};

namespace {

constexpr std::string_view kFirstLine = "baoxue-keys 1";
constexpr char kVersion = 1;
constexpr std::size_t kHeadBytes = 2;
constexpr std::size_t kIndexBytes = 16;
constexpr int kKeyIdMax = 255;

base::Error CannotWrite(const std::string& path) {
  return base::Error{base::Code::kUnavailable, "KEY_FILE_WRITE",
                     fmt::format("{}: {}", path, std::strerror(errno))};
}

std::string NewKeyHex() {
  std::array<char, kKeyBytes> key = {};
  CHECK(RAND_priv_bytes(reinterpret_cast<unsigned char*>(key.data()), kKeyBytes) == 1);
  return Hex({key.data(), key.size()});
}

std::optional<std::string> FromHexKey(std::string_view hex) {
  if (hex.size() != 2 * kKeyBytes) return std::nullopt;
  std::string bytes(kKeyBytes, '\0');
  for (std::size_t i = 0; i < kKeyBytes; ++i) {
    unsigned value = 0;
    const char* const at = hex.data() + 2 * i;
    const auto [stop, code] = std::from_chars(at, at + 2, value, 16);
    if (code != std::errc{} || stop != at + 2) return std::nullopt;
    bytes[i] = static_cast<char>(value);
  }
  return bytes;
}

std::vector<std::string_view> Split(std::string_view text, char by) {
  std::vector<std::string_view> parts;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(by), text.size());
    parts.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return parts;
}

// Adds the key of one line; false if the line is not one.
bool AddLine(std::string_view line, Keyring::Impl& impl) {
  const std::vector<std::string_view> words = Split(line, ' ');
  if (words.size() != 3) return false;
  int id = 0;
  const char* const end = words[1].data() + words[1].size();
  const auto [stop, code] = std::from_chars(words[1].data(), end, id);
  const auto bytes = FromHexKey(words[2]);
  if (code != std::errc{} || stop != end || id < 1 || id > kKeyIdMax || !bytes) return false;
  auto key = std::make_unique<const Key>(*bytes);
  if (words[0] == "seal") {
    impl.newest = std::max(impl.newest, id);
    return impl.seal.emplace(id, std::move(key)).second;
  }
  if (words[0] != "index" || id != 1 || impl.index != nullptr) return false;
  impl.index = std::move(key);
  return true;
}

// Version and key id, then the purpose.
std::string Associated(std::string_view head, std::string_view purpose) {
  std::string associated{head};
  associated += purpose;
  return associated;
}

}  // namespace

base::Status Keyring::Create(const std::string& path) {
  return WriteSecretFile(
      path, fmt::format("{}\n# Sealed values are lost without this file: keep a copy "
                        "apart from the database's.\nseal 1 {}\nindex 1 {}\n",
                        kFirstLine, NewKeyHex(), NewKeyHex()));
}

base::Status Keyring::AddSealKey(const std::string& path) {
  ASSIGN_OR_RETURN(const Keyring now, Load(path));
  ASSIGN_OR_RETURN(std::string text, ReadSecretFile(path));
  if (now.impl_->newest >= kKeyIdMax) {
    return base::Error{base::Code::kResourceExhausted, "KEY_IDS_USED_UP", path};
  }
  if (!text.ends_with('\n')) text += '\n';
  text += fmt::format("seal {} {}\n", now.impl_->newest + 1, NewKeyHex());
  const std::string fresh = path + ".new";
  ::unlink(fresh.c_str());  // left by a run that was cut off
  RETURN_IF_ERROR(WriteSecretFile(fresh, text));
  if (::rename(fresh.c_str(), path.c_str()) != 0) return CannotWrite(path);
  return {};
}

base::Result<Keyring> Keyring::Load(const std::string& path) {
  ASSIGN_OR_RETURN(const std::string text, ReadSecretFile(path));
  auto impl = std::make_shared<Impl>();
  const std::vector<std::string_view> lines = Split(text, '\n');
  if (lines.empty() || lines[0] != kFirstLine) return BadKeyFile(path, "not a key file");
  for (std::size_t i = 1; i < lines.size(); ++i) {
    if (lines[i].empty() || lines[i][0] == '#') continue;
    if (!AddLine(lines[i], *impl)) return BadKeyFile(path, fmt::format("line {} is no key", i + 1));
  }
  if (impl->seal.empty() || impl->index == nullptr) return BadKeyFile(path, "a key is missing");
  return Keyring{std::move(impl)};
}

std::string Keyring::Seal(std::string_view purpose, std::string_view plain) const {
  std::array<char, kNonceBytes> nonce = {};
  FillNonce(nonce);
  std::string sealed;
  sealed.reserve(kHeadBytes + kNonceBytes + plain.size() + kTagBytes);
  sealed += kVersion;
  sealed += static_cast<char>(impl_->newest);
  const std::string associated = Associated(sealed, purpose);
  const std::string_view nonce_view{nonce.data(), nonce.size()};
  sealed += nonce_view;
  Encrypt(*impl_->seal.at(impl_->newest), nonce_view, associated, plain, sealed);
  return sealed;
}

base::Result<std::string> Keyring::Open(std::string_view purpose, std::string_view sealed) const {
  const base::Error broken{base::Code::kDataCorruption, "SEAL_BROKEN",
                           fmt::format("a sealed value of {} does not open", purpose)};
  if (sealed.size() < kHeadBytes + kNonceBytes + kTagBytes || sealed[0] != kVersion) return broken;
  const auto key = impl_->seal.find(static_cast<unsigned char>(sealed[1]));
  if (key == impl_->seal.end()) return broken;
  auto plain = Decrypt(*key->second, sealed.substr(kHeadBytes, kNonceBytes),
                       Associated(sealed.substr(0, kHeadBytes), purpose),
                       sealed.substr(kHeadBytes + kNonceBytes));
  if (!plain) return broken;
  return std::move(*plain);
}

std::string Keyring::BlindIndex(std::string_view purpose, std::string_view plain) const {
  const auto mac = Mac(*impl_->index, purpose, plain);
  return std::string{reinterpret_cast<const char*>(mac.data()), kIndexBytes};
}

bool Keyring::IsNewest(std::string_view sealed) const {
  return sealed.size() > kHeadBytes && sealed[0] == kVersion &&
         static_cast<unsigned char>(sealed[1]) == impl_->newest;
}

}  // namespace security
