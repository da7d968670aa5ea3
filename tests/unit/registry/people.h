// Made-up people for tests: identity numbers with a valid check character that belong to nobody.
#pragma once

#include <fmt/format.h>

#include <string>

#include "base/date.h"
#include "registry/domain/identity_number.h"

namespace registry::testing {

inline base::Date Day(int year, unsigned month, unsigned day) {
  return *base::Date::FromYmd(year, month, day);
}

// sequence odd: male.
inline std::string MakeId(std::string_view division, base::Date birth, int sequence) {
  const std::string first17 = fmt::format("{}{:04}{:02}{:02}{:03}", division, birth.year(),
                                          birth.month(), birth.day(), sequence);
  return first17 + IdCheckCharacter(first17);
}

}  // namespace registry::testing
