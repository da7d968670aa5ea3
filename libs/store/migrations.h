// Forward-only, numbered, checksummed schema changes. Each service embeds its own
// store/migrations/NNN_name.sql at build time (embed_migrations in cmake/modules.cmake).
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "store/store.h"

namespace store {

struct Migration {
  int number = 0;              // from 1, rising; a number may be left out
  std::string_view name = {};  // "initial"
  std::string_view sql = {};   // statements separated by ";" at a line's end
};

// The tables of this library itself: event_log, feed_counter, feed_position, idempotency,
// suite_clock. Run before a service's own migrations, under its own series.
std::span<const Migration> LibraryMigrations();

// Creates the database if needed and applies what is missing, under a named lock so that two copies
// of a service may start together. A process killed in the middle is no harm: the next run goes on
// with the statement that had not been noted as done. Errors: kFailedPrecondition/MIGRATION_CHANGED
// (an applied file has another checksum), MIGRATION_NEWER (the database knows a later one),
// MIGRATION_HALF (a statement failed: says which; the next run tries it again),
// kUnavailable/MIGRATION_LOCKED, and SQL errors.
base::Status Migrate(const PoolOptions& options, std::string_view series,
                     std::span<const Migration> migrations, const base::Clock& clock);

}  // namespace store
