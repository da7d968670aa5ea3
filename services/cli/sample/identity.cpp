#include "cli/sample/identity.h"

#include <fmt/format.h>

#include "base/check.h"

namespace sample {

char IdCheck(std::string_view first17) {
  CHECK(first17.size() == 17);
  int sum = 0;
  for (std::size_t i = 0; i < 17; ++i) {
    int weight = 1;
    for (std::size_t k = 0; k < 17 - i; ++k) weight = weight * 2 % 11;
    sum += (first17[i] - '0') * weight;
  }
  return "10X98765432"[sum % 11];
}

std::string IdNumber(std::string_view division, base::Date birth, unsigned sequence) {
  std::string number = fmt::format("{}{:04}{:02}{:02}{:03}", division, birth.year(), birth.month(),
                                   birth.day(), sequence);
  number.push_back(IdCheck(number));
  return number;
}

unsigned NumberBook::Next(std::uint32_t division, base::Date birth, Sex sex) {
  const auto days = static_cast<std::uint64_t>(birth.serial() + 40000);
  const std::uint64_t key =
      (std::uint64_t{division} << 32) | (days << 1) | (sex == Sex::kMale ? 1u : 0u);
  const unsigned n = used_[key]++;
  const unsigned odd = sex == Sex::kMale ? 1 : 0;
  // 900, 902, ... 998 (from the middle for strangers), then 898, 896, ... down to 0.
  const unsigned first = division == home_ ? 0 : 15 + home_ % 35;
  const unsigned even = n < 50 ? 900 + 2 * ((first + n) % 50) : 898 - 2 * (n - 50);
  CHECK(n < 500);
  return even + odd;
}

std::string SchoolCode(char level, std::string_view province, std::uint32_t sequence) {
  return fmt::format("{}1{}{:06}", level, province, sequence);
}

}  // namespace sample
