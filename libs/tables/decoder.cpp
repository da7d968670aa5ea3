#include "tables/decoder.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unicode/ucnv.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "base/check.h"
#include "base/utf8.h"
#include "tables/text.h"

namespace tables {
namespace {

constexpr std::size_t kChunkBytes = 256u << 10;
// So much text after the first byte that is not ASCII decides between UTF-8 and GB18030.
constexpr std::size_t kDecideBytes = 64u << 10;
// And at least so much, unless the file ends: a single GB18030 character can pass for UTF-8.
constexpr std::size_t kDecideBytesMin = 4u << 10;

void AppendAsUtf8(std::u16string_view wide, std::string& out) {
  for (std::size_t i = 0; i < wide.size(); ++i) {
    std::uint32_t code = wide[i];
    if (code >= 0xD800u && code <= 0xDBFFu && i + 1 < wide.size()) {
      code = 0x10000u + ((code & 0x3FFu) << 10) + (wide[++i] & 0x3FFu);
    }
    if (code < 0x80u) {
      out += static_cast<char>(code);
    } else if (code < 0x800u) {
      out += static_cast<char>(0xC0u | (code >> 6));
      out += static_cast<char>(0x80u | (code & 0x3Fu));
    } else if (code < 0x10000u) {
      out += static_cast<char>(0xE0u | (code >> 12));
      out += static_cast<char>(0x80u | ((code >> 6) & 0x3Fu));
      out += static_cast<char>(0x80u | (code & 0x3Fu));
    } else {
      out += static_cast<char>(0xF0u | (code >> 18));
      out += static_cast<char>(0x80u | ((code >> 12) & 0x3Fu));
      out += static_cast<char>(0x80u | ((code >> 6) & 0x3Fu));
      out += static_cast<char>(0x80u | (code & 0x3Fu));
    }
  }
}

void RemoveNuls(std::string& text, std::size_t from) {
  if (std::memchr(text.data() + from, 0, text.size() - from) == nullptr) return;
  text.erase(std::remove(text.begin() + static_cast<std::ptrdiff_t>(from), text.end(), '\0'),
             text.end());
}

}  // namespace

base::Result<std::unique_ptr<ByteSource>> ByteSource::OpenFile(const std::string& path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) {
    return base::Error{base::Code::kNotFound, "NO_FILE",
                       fmt::format("打不开文件 {}:{}", path, std::strerror(errno))};
  }
  struct stat info = {};
  if (::fstat(fd, &info) != 0 || !S_ISREG(info.st_mode)) {
    ::close(fd);
    return Refuse("NOT_A_TABLE", fmt::format("{} 不是文件", path));
  }
  return std::unique_ptr<ByteSource>{new ByteSource{fd, static_cast<std::uint64_t>(info.st_size)}};
}

ByteSource::ByteSource(std::string bytes) : bytes_(std::move(bytes)), size_(bytes_.size()) {}

ByteSource::~ByteSource() {
  if (fd_ >= 0) ::close(fd_);
}

base::Status ByteSource::Read(std::string& chunk) {
  chunk.resize(kChunkBytes);
  if (fd_ < 0) {
    chunk.resize(std::min<std::size_t>(kChunkBytes, bytes_.size() - done_));
    std::memcpy(chunk.data(), bytes_.data() + done_, chunk.size());
    done_ += chunk.size();
    return {};
  }
  ssize_t n = 0;
  do {
    n = ::read(fd_, chunk.data(), chunk.size());
  } while (n < 0 && errno == EINTR);
  if (n < 0) {
    return base::Error{base::Code::kUnavailable, "FILE_READ",
                       fmt::format("读文件失败:{}", std::strerror(errno))};
  }
  chunk.resize(static_cast<std::size_t>(n));
  done_ += chunk.size();
  return {};
}

Decoder::Decoder(std::unique_ptr<ByteSource> source) : source_(std::move(source)) {}

Decoder::~Decoder() {
  if (converter_ != nullptr) ucnv_close(converter_);
}

const char* Decoder::Name() const { return name_; }

int Decoder::PermilleRead() const {
  if (source_->size() == 0 || source_->done() >= source_->size()) return 1000;
  return static_cast<int>(source_->done() * 1000 / source_->size());
}

void Decoder::UseConverter(const char* icu_name, const char* shown) {
  UErrorCode code = U_ZERO_ERROR;
  converter_ = ucnv_open(icu_name, &code);
  CHECK(U_SUCCESS(code));
  ucnv_setToUCallBack(converter_, UCNV_TO_U_CALLBACK_STOP, nullptr, nullptr, nullptr, &code);
  CHECK(U_SUCCESS(code));
  kind_ = Kind::kConverted;
  name_ = shown;
}

// Decides by a BOM at the start, later by the first bytes that are not ASCII.
bool Decoder::Decide(bool last) {
  if (kind_ == Kind::kStart) {
    if (chunk_.size() < 3 && !last) return false;
    if (chunk_.starts_with("\xEF\xBB\xBF")) {
      chunk_.erase(0, 3);
      kind_ = Kind::kUtf8;
      name_ = "UTF-8 BOM";
      return true;
    }
    if (chunk_.starts_with("\xFF\xFE") || chunk_.starts_with("\xFE\xFF")) {
      const bool little = chunk_[0] == '\xFF';
      chunk_.erase(0, 2);
      UseConverter(little ? "UTF-16LE" : "UTF-16BE", little ? "UTF-16LE" : "UTF-16BE");
      return true;
    }
    kind_ = Kind::kAscii;
  }
  const auto wide = std::find_if(chunk_.begin(), chunk_.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0x80u) != 0;
  });
  if (wide == chunk_.end()) return true;
  std::string_view sample{chunk_};
  sample.remove_prefix(static_cast<std::size_t>(wide - chunk_.begin()));
  if (!last && sample.size() < kDecideBytesMin) return false;
  const bool whole = last && sample.size() <= kDecideBytes;
  sample = sample.substr(0, kDecideBytes);
  const std::size_t good = base::Utf8Prefix(sample);
  if (good == sample.size() || (!whole && base::IsCutUtf8(sample.substr(good)))) {
    kind_ = Kind::kUtf8;
    return true;
  }
  UseConverter("gb18030", "GB18030");
  return true;
}

base::Result<Decoder::Step> Decoder::Append(std::string& out) {
  if (bad_) return Step::kBad;
  const std::size_t before = out.size();
  while (!ended_ && out.size() == before) {
    RETURN_IF_ERROR(source_->Read(next_));
    bool last = next_.empty();
    chunk_ += next_;
    while ((kind_ == Kind::kStart || kind_ == Kind::kAscii) && !Decide(last)) {
      RETURN_IF_ERROR(source_->Read(next_));
      last = next_.empty();
      chunk_ += next_;
    }
    const Step step =
        kind_ == Kind::kConverted ? AppendConverted(out, last) : AppendUtf8(out, last);
    RemoveNuls(out, before);
    ended_ = last || step == Step::kBad;
    bad_ = step == Step::kBad;
  }
  if (out.size() > before) return Step::kMore;
  return bad_ ? Step::kBad : Step::kEnd;
}

Decoder::Step Decoder::AppendUtf8(std::string& out, bool last) {
  const std::size_t good = base::Utf8Prefix(chunk_);
  out.append(chunk_, 0, good);
  chunk_.erase(0, good);
  if (chunk_.empty()) return Step::kMore;
  return !last && base::IsCutUtf8(chunk_) ? Step::kMore : Step::kBad;
}

Decoder::Step Decoder::AppendConverted(std::string& out, bool last) {
  // No encoding here makes more than one UTF-16 unit of a byte; some may wait in the converter.
  wide_.resize(chunk_.size() + 16);
  const char* from = chunk_.data();
  UChar* to = wide_.data();
  UErrorCode code = U_ZERO_ERROR;
  ucnv_toUnicode(converter_, &to, wide_.data() + wide_.size(), &from,
                 chunk_.data() + chunk_.size(), nullptr, last, &code);
  AppendAsUtf8({wide_.data(), static_cast<std::size_t>(to - wide_.data())}, out);
  chunk_.clear();
  return U_SUCCESS(code) ? Step::kMore : Step::kBad;
}

}  // namespace tables
