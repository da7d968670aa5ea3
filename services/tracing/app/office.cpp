#include "tracing/app/office.h"

namespace tracing {

const security::LetterKey* Book::SigningKey(base::UtcTime now) const {
  const base::Date today = base::DateAt(now);
  const security::LetterKey* best = nullptr;
  for (const security::LetterKey& key : keys) {
    if (!key.key().UsableOn(today).ok()) continue;
    if (best == nullptr || best->key().valid.end < key.key().valid.end) best = &key;
  }
  return best;
}

const v1::Member* Book::Reachable(Division division, base::UtcTime now) const {
  const std::string code = division.ToString();
  const v1::Member* const member = directory.Find(code);
  if (member == nullptr || member->paper()) return nullptr;
  return directory.SealKey(code, now).ok() ? member : nullptr;
}

}  // namespace tracing
