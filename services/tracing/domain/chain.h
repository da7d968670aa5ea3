// The hash chain of one direction of a conversation, and the bytes that are hashed.
//
//   head(0)   = 32 zero bytes
//   head(n)   = H("baoxue-chain/1" | conversation | by_asker | seq | kind | seen | hash(n)
//               | head(n-1)), integers big endian
// Each side keeps both directions' chains; the cross-links (`seen`: how many of the other side's
// items the author had taken) make them one. So the two logs agree exactly on what both have, in
// whatever order the network brought it. H is the suite's (SM3, SHA-256).
// Pure and thread-safe.
#pragma once

#include <string>
#include <vector>

#include "tracing/domain/types.h"

namespace tracing {

struct ChainLink {
  ConversationId conversation = {};
  bool by_asker = false;
  std::uint32_t seq = 0;
  ItemKind kind = ItemKind::kNone;
  std::uint32_t seen = 0;
  Digest hash = {};      // of the item's bytes
  Digest previous = {};
};
std::string LinkBytes(const ChainLink& link);  // what is hashed
Digest NextHead(const ChainLink& link, const HashFn& hash);

// Where two logs of one direction first differ: the number of links that both share is returned.
std::size_t CommonPrefix(const std::vector<Digest>& a, const std::vector<Digest>& b);

// The conversation that a case asks for: the same intention has the same id, also after a restored
// backup, so that it can never become two letters.
struct AskKey {
  Division asker = {};
  Division answerer = {};
  LetterKind kind = LetterKind::kNone;
  std::int64_t case_id = 0;
  std::int64_t student_id = 0;
  std::uint32_t ordinal = 0;  // a second letter that is meant
};
ConversationId ConversationOf(const AskKey& key, const HashFn& hash);

}  // namespace tracing
