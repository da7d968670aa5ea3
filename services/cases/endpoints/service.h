// cases as host::Run starts it: its settings, and its wiring.
#pragma once

#include "host/host.h"

namespace cases {

host::Definition CasesDefinition();

}  // namespace cases
