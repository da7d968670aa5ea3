#include "security/sm2.h"

#include <algorithm>
#include <deque>
#include <map>
#include <mutex>

#include "base/check.h"
#include "security/security.h"
#include "security/sm2_curve.h"
#include "security/suite.h"

namespace security {
namespace {

using sm2::Affine;
using sm2::Words;

constexpr std::size_t kNumberBytes = 32;
constexpr std::size_t kPointBytes = 65;
constexpr std::size_t kCombsMax = 64;
constexpr std::string_view kIdentity = "1234567812345678";
// a, b, x and y of the generator.
constexpr unsigned char kCurve[] = {
    0xff, 0xff, 0xff, 0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfc,
    0x28, 0xe9, 0xfa, 0x9e, 0x9d, 0x9f, 0x5e, 0x34, 0x4d, 0x5a, 0x9e, 0x4b, 0xcf, 0x65, 0x09, 0xa7,
    0xf3, 0x97, 0x89, 0xf5, 0x15, 0xab, 0x8f, 0x92, 0xdd, 0xbc, 0xbd, 0x41, 0x4d, 0x94, 0x0e, 0x93,
    0x32, 0xc4, 0xae, 0x2c, 0x1f, 0x19, 0x81, 0x19, 0x5f, 0x99, 0x04, 0x46, 0x6a, 0x39, 0xc9, 0x94,
    0x8f, 0xe3, 0x0b, 0xbf, 0xf2, 0x66, 0x0b, 0xe1, 0x71, 0x5a, 0x45, 0x89, 0x33, 0x4c, 0x74, 0xc7,
    0xbc, 0x37, 0x36, 0xa2, 0xf4, 0xf6, 0x77, 0x9c, 0x59, 0xbd, 0xce, 0xe3, 0x6b, 0x69, 0x21, 0x53,
    0xd0, 0xa9, 0x87, 0x7c, 0xc6, 0x2a, 0x47, 0x40, 0x02, 0xdf, 0x32, 0xe5, 0x21, 0x39, 0xf0, 0xa0};

// ---- DER, definite and short enough for one or two length bytes ----

void Put(std::string& out, char tag, std::string_view content) {
  out += tag;
  if (content.size() >= 0x80) out += '\x81';
  CHECK(content.size() <= 0xff);
  out += static_cast<char>(content.size());
  out += content;
}

void PutNumber(std::string& out, const Words& number) {
  std::string bytes = sm2::ToBytes(number);
  bytes.erase(0, std::min(bytes.find_first_not_of('\0'), bytes.size() - 1));
  if ((static_cast<unsigned char>(bytes.front()) & 0x80) != 0) bytes.insert(0, 1, '\0');
  Put(out, '\x02', bytes);
}

// Takes the next element from the front of `in`; only its one right encoding.
std::optional<std::string_view> Take(std::string_view& in, char tag) {
  if (in.size() < 2 || in[0] != tag) return std::nullopt;
  std::size_t size = static_cast<unsigned char>(in[1]);
  std::size_t head = 2;
  if (size >= 0x80) {
    if (size != 0x81 || in.size() < 3) return std::nullopt;
    size = static_cast<unsigned char>(in[2]);
    if (size < 0x80) return std::nullopt;
    head = 3;
  }
  if (in.size() - head < size) return std::nullopt;
  const std::string_view content = in.substr(head, size);
  in.remove_prefix(head + size);
  return content;
}

std::optional<Words> TakeNumber(std::string_view& in) {
  auto content = Take(in, '\x02');
  if (!content || content->empty()) return std::nullopt;
  const bool negative = (static_cast<unsigned char>(content->front()) & 0x80) != 0;
  const bool padded = content->size() > 1 && content->front() == '\0';
  if (negative || (padded && (static_cast<unsigned char>((*content)[1]) & 0x80) == 0)) {
    return std::nullopt;
  }
  if (padded) content->remove_prefix(1);
  if (content->size() > kNumberBytes) return std::nullopt;
  return sm2::FromBytes(std::string(kNumberBytes - content->size(), '\0') + std::string{*content});
}

// ---- keys ----

std::optional<sm2::Point> PointOf(std::string_view point) {
  if (point.size() != kPointBytes || point.front() != '\x04') return std::nullopt;
  return sm2::PointFrom({.x = sm2::FromBytes(point.substr(1, kNumberBytes)),
                         .y = sm2::FromBytes(point.substr(1 + kNumberBytes))});
}

// The last keys that were used: a county writes to few others, and often.
std::shared_ptr<const sm2::Comb> CombOf(std::string_view point) {
  static std::mutex mutex;
  static std::map<std::string, std::shared_ptr<const sm2::Comb>, std::less<>> known;
  static std::deque<std::string> order;
  {
    const std::lock_guard lock{mutex};
    const auto found = known.find(point);
    if (found != known.end()) return found->second;
  }
  const auto at = PointOf(point);
  if (!at) return nullptr;
  auto made = std::make_shared<const sm2::Comb>(*at);
  const std::lock_guard lock{mutex};
  if (known.emplace(std::string{point}, made).second) order.emplace_back(point);
  if (order.size() > kCombsMax) {
    known.erase(order.front());
    order.pop_front();
  }
  return made;
}

Words RandomScalar() {
  for (;;) {
    std::string bytes = RandomBytes(kNumberBytes);
    const Words k = sm2::FromBytes(bytes);
    Wipe(bytes);
    if (sm2::IsScalar(k)) return k;
  }
}

// SM3(Z | bytes) modulo n.
Words DigestFor(std::string_view point, std::string_view bytes) {
  std::string who;
  who += static_cast<char>(kIdentity.size() * 8 >> 8);
  who += static_cast<char>(kIdentity.size() * 8 & 0xff);
  who += kIdentity;
  who.append(reinterpret_cast<const char*>(kCurve), sizeof kCurve);
  who += point.substr(1);
  return sm2::Reduce(sm2::FromBytes(Sm3(Sm3(who) + std::string{bytes})));
}

// `plain` XOR the key stream of a shared point; nothing if the stream is all zero.
std::optional<std::string> Mask(const std::string& shared, std::string_view plain) {
  std::string stream;
  for (std::uint32_t count = 1; stream.size() < plain.size(); ++count) {
    std::string block = shared;
    for (int shift = 24; shift >= 0; shift -= 8) block += static_cast<char>(count >> shift & 0xff);
    stream += Sm3(block);
    Wipe(block);
  }
  stream.resize(plain.size());
  const bool zero = stream.find_first_not_of('\0') == std::string::npos;
  for (std::size_t i = 0; i < plain.size(); ++i) {
    stream[i] = static_cast<char>(stream[i] ^ plain[i]);
  }
  if (zero) return std::nullopt;
  return stream;
}

}  // namespace

std::string Sm2Sign(std::string_view secret, std::string_view point, std::string_view bytes) {
  const Words d = sm2::FromBytes(secret);
  const Words e = DigestFor(point, bytes);
  const Words inverse = sm2::InvertScalar(sm2::AddScalars(d, Words{1, 0, 0, 0}));
  for (;;) {
    const Words k = RandomScalar();
    const auto at = sm2::AffineOf(sm2::Generator().Multiply(k));
    CHECK(at.has_value());
    const Words r = sm2::AddScalars(e, sm2::Reduce(at->x));
    if (sm2::IsZero(r) || sm2::IsZero(sm2::AddScalars(r, k))) continue;
    const Words s = sm2::MulScalars(inverse, sm2::SubScalars(k, sm2::MulScalars(r, d)));
    if (sm2::IsZero(s)) continue;
    std::string both;
    PutNumber(both, r);
    PutNumber(both, s);
    std::string signature;
    Put(signature, '\x30', both);
    return signature;
  }
}

bool Sm2Verify(std::string_view point, std::string_view bytes, std::string_view signature) {
  auto both = Take(signature, '\x30');
  if (!both || !signature.empty()) return false;
  const auto r = TakeNumber(*both);
  const auto s = r ? TakeNumber(*both) : std::nullopt;
  if (!s || !both->empty() || !sm2::IsScalar(*r) || !sm2::IsScalar(*s)) return false;
  const Words t = sm2::AddScalars(*r, *s);
  const auto comb = CombOf(point);
  if (sm2::IsZero(t) || comb == nullptr) return false;
  const auto at = sm2::AffineOf(sm2::Add(sm2::Generator().Multiply(*s), comb->Multiply(t)));
  if (!at) return false;
  return sm2::AddScalars(DigestFor(point, bytes), sm2::Reduce(at->x)) == *r;
}

std::string Sm2Encrypt(std::string_view point, std::string_view plain) {
  const auto comb = CombOf(point);
  CHECK(comb != nullptr && !plain.empty());
  for (;;) {
    const Words k = RandomScalar();
    const auto open = sm2::AffineOf(sm2::Generator().Multiply(k));
    const auto shared = sm2::AffineOf(comb->Multiply(k));
    CHECK(open && shared);
    const std::string x = sm2::ToBytes(shared->x);
    const std::string y = sm2::ToBytes(shared->y);
    const auto masked = Mask(x + y, plain);
    if (!masked) continue;
    std::string content;
    PutNumber(content, open->x);
    PutNumber(content, open->y);
    Put(content, '\x04', Sm3(x + std::string{plain} + y));
    Put(content, '\x04', *masked);
    std::string sealed;
    Put(sealed, '\x30', content);
    return sealed;
  }
}

std::optional<std::string> Sm2Decrypt(std::string_view secret, std::string_view sealed) {
  auto content = Take(sealed, '\x30');
  if (!content || !sealed.empty()) return std::nullopt;
  const auto x = TakeNumber(*content);
  const auto y = x ? TakeNumber(*content) : std::nullopt;
  const auto check = y ? Take(*content, '\x04') : std::nullopt;
  const auto masked = check ? Take(*content, '\x04') : std::nullopt;
  if (!masked || !content->empty() || masked->empty()) return std::nullopt;
  const auto open = sm2::PointFrom({.x = *x, .y = *y});
  if (!open) return std::nullopt;
  const auto shared = sm2::AffineOf(sm2::Multiply(*open, sm2::FromBytes(secret)));
  if (!shared) return std::nullopt;
  const std::string sx = sm2::ToBytes(shared->x);
  const std::string sy = sm2::ToBytes(shared->y);
  auto plain = Mask(sx + sy, *masked);
  if (!plain) return std::nullopt;
  if (!EqualSecrets(Sm3(sx + *plain + sy), *check)) {
    Wipe(*plain);
    return std::nullopt;
  }
  return plain;
}

}  // namespace security
