// The Node peers of tests/bench/peers, run against the same MariaDB while our services stand idle.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "bench/suite/environment.h"

namespace bench {

// Roll calls per second of each peer with that many in flight; says on the screen what was left out
// and why (Node 20, wrk or the installed packages are missing).
std::vector<std::pair<std::string, double>> MeasurePeers(Environment& environment, int in_flight);

}  // namespace bench
