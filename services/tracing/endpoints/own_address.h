// Whether other counties can reach us at the address that the directory tells them, as the
// self-test and `doctor` say it to the operator.
//
// The exchange works here with any address; only the others notice a wrong one, as our silence. A
// rehearsal plays its counties on one machine, so loopback is right there. Chinese texts. Judging
// is pure; trying takes up to three seconds an address and may run on any thread.
#pragma once

#include <string>
#include <vector>

#include "bus/envelope.pb.h"
#include "tracing/endpoints/config.h"

namespace tracing {

// Each says what is wrong and how to mend it; empty: nothing is seen from here.
std::vector<std::string> AddressProblems(const ExchangeConfig& config);
// The line `letters:address` of `doctor`.
baoxue::bus::v1::DependencyHealth AddressHealth(const ExchangeConfig& config);
// Nothing if the address takes a connection from this machine; else why not.
std::string TryAddress(const std::string& address);

}  // namespace tracing
