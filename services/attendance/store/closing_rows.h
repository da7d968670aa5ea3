// Table closing: the half-days whose missing roll calls have been told. Errors: those of
// libs/store.
#pragma once

#include <optional>

#include "attendance/domain/types.h"
#include "store/store.h"

namespace attendance {

struct Closing {
  HalfDay half_day = {};
  base::UtcTime due_at = {};
  std::uint64_t classes_missing = 0;
};

base::Result<std::optional<HalfDay>> LastClosing(store::Session& session);
// Errors: kAlreadyExists/DUPLICATE_KEY when that half-day is closed.
base::Status AddClosing(store::Session& session, const Closing& closing, base::UtcTime now);

}  // namespace attendance
