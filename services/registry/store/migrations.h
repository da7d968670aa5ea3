// The schema of the registry's own database, embedded at build time.
#pragma once

#include <span>

#include "store/migrations.h"

namespace registry {
std::span<const store::Migration> Migrations();
}  // namespace registry
