// Names of people and villages, for people who do not exist.
// Pure: everything follows from the Rng that is passed in.
#pragma once

#include <cstdint>
#include <string>

#include "base/random.h"

namespace sample {

enum class Sex : std::uint8_t { kMale, kFemale };

// Indexes into the tables below, small enough to keep one for every student.
struct NameParts {
  std::uint8_t surname = 0;
  std::uint8_t first = 0;
  std::uint8_t second = 0;  // 255: a given name of one character
  friend auto operator<=>(const NameParts&, const NameParts&) = default;
};

NameParts DrawName(base::Rng& rng, Sex sex);
// The same family.
NameParts DrawName(base::Rng& rng, Sex sex, std::uint8_t surname);
std::string NameText(NameParts parts, Sex sex);

// "石板村", the same for the same number.
std::string VillageName(std::uint64_t number);

}  // namespace sample
