#include "tracing/domain/chain.h"

#include <algorithm>

namespace tracing {
namespace {

void Put(std::string& out, std::uint64_t value, int bytes) {
  for (int shift = (bytes - 1) * 8; shift >= 0; shift -= 8) {
    out.push_back(static_cast<char>(value >> shift & 0xff));
  }
}
template <std::size_t N>
void Put(std::string& out, const std::array<std::uint8_t, N>& bytes) {
  out.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
}

}  // namespace

std::string LinkBytes(const ChainLink& link) {
  std::string out = "baoxue-chain/1";
  out.reserve(128);
  Put(out, link.conversation.raw);
  Put(out, link.by_asker ? 1 : 0, 1);
  Put(out, link.seq, 4);
  Put(out, static_cast<std::uint64_t>(link.kind), 2);
  Put(out, link.seen, 4);
  Put(out, link.hash);
  Put(out, link.previous);
  return out;
}

Digest NextHead(const ChainLink& link, const HashFn& hash) { return hash(LinkBytes(link)); }

std::size_t CommonPrefix(const std::vector<Digest>& a, const std::vector<Digest>& b) {
  const auto n = std::min(a.size(), b.size());
  std::size_t i = 0;
  while (i < n && a[i] == b[i]) ++i;
  return i;
}

ConversationId ConversationOf(const AskKey& key, const HashFn& hash) {
  std::string bytes = "baoxue-ask/1";
  Put(bytes, key.asker.raw(), 4);
  Put(bytes, key.answerer.raw(), 4);
  Put(bytes, static_cast<std::uint64_t>(key.kind), 1);
  Put(bytes, static_cast<std::uint64_t>(key.case_id), 8);
  Put(bytes, static_cast<std::uint64_t>(key.student_id), 8);
  Put(bytes, key.ordinal, 4);
  const Digest digest = hash(bytes);
  ConversationId id;
  std::copy_n(digest.begin(), id.raw.size(), id.raw.begin());
  return id;
}

}  // namespace tracing
