// Brings the settings of a deployment that exists up to the running release, in place.
//
// access.yaml gets the peers, may_call and may_follow that the suite's own services need now and an
// earlier release did not know; with `add_tracing` suite.yaml gets the section of tracing, and
// etc/exchange.yaml and the keys are made. Comments and everything else stay byte for byte; what an
// operator took back (it stands in access.granted, and not in access.yaml) or revoked stays so;
// nothing is ever removed. Each new text is read back and must be the old one with what was added,
// before it takes the old one's place: settings that do not load, or are written in a way that is
// not understood, change nothing. Running it again changes nothing. Not for two at once.
// Errors: those of host::LoadSuite and LoadAccess; kInvalidArgument/BAD_OPTION;
// kFailedPrecondition/BY_HAND (Chinese: what to add and where); kUnavailable/CANNOT_WRITE.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"

namespace cli {

struct SetupUpdate {
  std::string suite_path = {};
  bool add_tracing = false;
  // As in SetupOptions. exchange.yaml that is there already is not changed: another address than
  // the one in it is refused.
  std::string exchange_bind = {};
  std::string exchange_advertise = {};
  std::string letter_suite = "sm";
};

// One Chinese line for each thing that was added or left as the operator made it.
base::Result<std::vector<std::string>> UpdateSetup(const SetupUpdate& update);

}  // namespace cli
