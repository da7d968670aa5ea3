#include "base/money.h"

#include <fmt/format.h>

namespace base {

std::string Money::ToString() const {
  const std::int64_t absolute = fen_ < 0 ? -fen_ : fen_;
  return fmt::format("{}{}.{:02}", fen_ < 0 ? "-" : "", absolute / 100, absolute % 100);
}

Money Money::ShareHalfUp(std::int64_t basis_points) const {
  const std::int64_t product = fen_ * basis_points;
  return Fen((product + (product < 0 ? -5000 : 5000)) / 10000);
}

}  // namespace base
