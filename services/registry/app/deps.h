// What every use case of the registry is given. All outlive the use cases; thread-safe.
#pragma once

#include <functional>
#include <string>

#include "base/clock.h"
#include "registry/app/vault.h"
#include "registry/domain/enrolment.h"
#include "registry/domain/policy.h"
#include "registry/domain/reference.h"
#include "store/store.h"

namespace registry {

struct Deps {
  store::Pool& pool;
  const Vault& vault;
  const base::Clock& clock;
  const Reference& reference;
  const PolicyBook& policies;
  std::string county_division = {};        // six digits
  std::function<void()> notify_feed = {};  // a commit has appended events

  Policy PolicyToday() const { return policies.At(clock.Today()); }
};

// The name of the registry's own feed.
inline constexpr const char* kFeed = "registry";

// What a write carries besides its body.
struct WriteContext {
  Actor actor = {};
  std::string idempotency_key = {};  // 16 bytes
  std::string request_type = {};
  std::string correlation_id = {};
  std::string causation_id = {};
};

}  // namespace registry
