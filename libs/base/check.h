// CHECK(condition): on in release too, for programmer errors only; never on bytes from the
// network, a file, a row or a user.
#pragma once

namespace base {
[[noreturn]] void CheckFailed(const char* condition, const char* file, int line);
}  // namespace base

#define CHECK(condition)                                               \
  do {                                                                 \
    if (!(condition)) [[unlikely]]                                     \
      ::base::CheckFailed(#condition, __FILE__, __LINE__);             \
  } while (false)
