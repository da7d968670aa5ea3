// Whom an event of the registry's own feed is about, for tables in memory that follow it. Pure and
// thread-safe.
#pragma once

#include <charconv>
#include <cstdint>
#include <string_view>

namespace registry {

// "student/4711" -> 4711; 0: not a student.
inline std::int64_t StudentOf(std::string_view subject) {
  constexpr std::string_view kPrefix = "student/";
  if (!subject.starts_with(kPrefix)) return 0;
  subject.remove_prefix(kPrefix.size());
  std::int64_t id = 0;
  const auto read = std::from_chars(subject.data(), subject.data() + subject.size(), id);
  return read.ec == std::errc{} ? id : 0;
}

}  // namespace registry
