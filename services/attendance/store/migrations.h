// The schema of attendance's database: migrations/NNN_*.sql.
#pragma once

#include <span>

#include "store/migrations.h"

namespace attendance {

std::span<const store::Migration> Migrations();

}  // namespace attendance
