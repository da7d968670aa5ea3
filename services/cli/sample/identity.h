// Numbers that pass every check and belong to nobody on purpose.
//
// Identity numbers follow GB 11643-1999: 6 division + 8 birth + 3 sequence (odd: male) + check
// (weights 2^(17-i) mod 11). The generator draws sequences from 900 upwards first, so that a sample
// number is recognised at sight; nothing keeps it from coinciding with a living person's.
// School codes are ten digits: level, kind, province, six of sequence (9xxxxx).
// Pure; NumberBook is not thread-safe.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/date.h"
#include "cli/sample/names.h"

namespace sample {

// The check character of the first 17 digits.
char IdCheck(std::string_view first17);
std::string IdNumber(std::string_view division, base::Date birth, unsigned sequence);

// Hands out each (division, birth, sequence) once. Two sample counties that write to each other
// must not give one number to two children: the home county's own numbers begin at 900, those of
// other divisions further up, by the home county (of a crowded day they may still meet).
class NumberBook {
 public:
  explicit NumberBook(std::uint32_t home = 0) : home_(home) {}
  // The next free sequence for this division, day and sex: 900..999 first, then 899 downwards.
  unsigned Next(std::uint32_t division, base::Date birth, Sex sex);

 private:
  std::uint32_t home_;
  std::unordered_map<std::uint64_t, std::uint16_t> used_;
};

std::string SchoolCode(char level, std::string_view province, std::uint32_t sequence);

}  // namespace sample
