// Wires the service into a host: what main() and the tests start.
#pragma once

#include <memory>

#include "attendance/app/profile.h"
#include "host/host.h"

namespace attendance {

// The returned object lives until the host stops. Errors: kInvalidArgument/BAD_SETTINGS.
base::Result<std::shared_ptr<void>> BuildService(host::Host& host, Profile profile);
// As main() runs it: the profile comes from suite.yaml.
host::Definition ServiceDefinition();

}  // namespace attendance
