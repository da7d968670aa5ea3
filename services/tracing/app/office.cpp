#include "tracing/app/office.h"

namespace tracing {

const security::LetterKey* Book::SigningKey(base::UtcTime now) const {
  const base::Date today = base::DateAt(now);
  const security::LetterKey* best = nullptr;
  for (const security::LetterKey& key : keys) {
    if (!key.key().UsableOn(today).ok()) continue;
    const std::string& own = key.key().owner;
    if (directory.Find(own) != nullptr && !directory.SignKey(own, key.id(), now).ok()) continue;
    if (best == nullptr || key.key().valid.begin < best->key().valid.begin) best = &key;
  }
  return best;
}

const v1::Member* Book::Reachable(Division division, base::UtcTime now) const {
  const std::string code = division.ToString();
  const v1::Member* const member = directory.Find(code);
  if (member == nullptr || member->paper()) return nullptr;
  return directory.SealKey(code, now).ok() ? member : nullptr;
}

std::string Book::NameOf(Division division) const {
  const v1::Member* const member = directory.Find(division.ToString());
  return member == nullptr ? division.ToString() : member->name();
}

}  // namespace tracing
