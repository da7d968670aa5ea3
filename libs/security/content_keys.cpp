#include "security/content_keys.h"

namespace security {

ContentKeysOut::~ContentKeysOut() { Wipe(current_.keys); }

ContentKeysOut::Wrapped ContentKeysOut::For(const EvpKey& addressee) {
  const std::lock_guard lock{mutex_};
  if (left_ == 0) {
    Wipe(current_.keys);
    current_.keys = RandomBytes(kContentKeyBytes);
    current_.wrapped = Sm2Wrap(addressee, current_.keys);
    left_ = kLettersMax;
  }
  --left_;
  return current_;
}

ContentKeysIn::~ContentKeysIn() {
  for (auto& [wrapped, keys] : known_) Wipe(keys);
}

std::size_t ContentKeysIn::known() const {
  const std::lock_guard lock{mutex_};
  return known_.size();
}

std::optional<std::string> ContentKeysIn::Open(const EvpKey& mine, std::string_view wrapped) {
  {
    const std::lock_guard lock{mutex_};
    const auto known = known_.find(wrapped);
    if (known != known_.end()) return known->second;
  }
  auto keys = Sm2Unwrap(mine, wrapped);
  if (!keys || keys->size() != kContentKeyBytes) return std::nullopt;
  const std::lock_guard lock{mutex_};
  if (known_.emplace(wrapped, *keys).second) order_.emplace_back(wrapped);
  if (order_.size() > kKnownMax) {
    const auto oldest = known_.find(order_.front());
    Wipe(oldest->second);
    known_.erase(oldest);
    order_.pop_front();
  }
  return keys;
}

}  // namespace security
