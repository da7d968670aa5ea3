// Numbers of the contract as the domain's: one that is too large becomes one that nobody knows,
// never another one that somebody knows. Pure.
#pragma once

#include <limits>

#include "tracing/domain/conversation.h"

namespace tracing {

template <class Narrow>
constexpr Narrow NarrowOf(std::int64_t number) {
  constexpr auto kMax = std::numeric_limits<Narrow>::max();
  return number < 0 || number > std::int64_t{kMax} ? kMax : static_cast<Narrow>(number);
}
constexpr ReplyCode ReplyCodeOf(std::int64_t number) { return NarrowOf<ReplyCode>(number); }
constexpr LetterKind LetterKindOf(std::int64_t number) {
  return static_cast<LetterKind>(NarrowOf<std::uint8_t>(number));
}
constexpr ItemKind ItemKindOf(std::int64_t number) {
  return static_cast<ItemKind>(NarrowOf<std::uint16_t>(number));
}
constexpr LetterState LetterStateOf(std::int64_t number) {
  return static_cast<LetterState>(NarrowOf<std::uint8_t>(number));
}

}  // namespace tracing
