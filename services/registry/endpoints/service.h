// The registry, wired: use cases, handlers, the feed that it follows, and its background worker.
#pragma once

#include <memory>

#include "base/result.h"
#include "host/host.h"
#include "registry/endpoints/config.h"

namespace registry {

// Lives until the service stops.
base::Result<std::shared_ptr<void>> BuildService(host::Host& host,
                                                 std::shared_ptr<const Config> config);

// As main() runs it: profile and reference lists come from suite.yaml's config folder.
host::Definition ServiceDefinition();

}  // namespace registry
