// Wires the service tracing; see main.cpp.
#pragma once

#include "host/host.h"

namespace tracing {

host::Definition TracingDefinition();

}  // namespace tracing
