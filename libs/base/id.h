// Id<Tag>: an integer id of one kind. It never converts to or from another kind or a bare integer.
// 0 means "none" and is never a stored id.
#pragma once

#include <compare>
#include <cstdint>
#include <functional>

namespace base {

template <class Tag, class Raw = std::int64_t>
class Id {
 public:
  using RawType = Raw;
  constexpr Id() = default;
  constexpr explicit Id(Raw raw) : raw_(raw) {}

  constexpr Raw raw() const { return raw_; }
  constexpr explicit operator bool() const { return raw_ != Raw{}; }
  friend constexpr auto operator<=>(Id, Id) = default;

 private:
  Raw raw_{};
};

}  // namespace base

template <class Tag, class Raw>
struct std::hash<base::Id<Tag, Raw>> {
  std::size_t operator()(base::Id<Tag, Raw> id) const noexcept {
    return std::hash<Raw>{}(id.raw());
  }
};
