// The county's rules for letters: section `tracing` of config/counties/<id>.yaml, a dated list.
//
// Which entry applies when: domain/policy.h. Keys: config/counties/README.md.
// Errors: kNotFound/NO_FILE, kInvalidArgument/BAD_YAML, kInvalidArgument/BAD_SETTINGS with every
// problem. Source of the values: the profile's `source` lines.
#pragma once

#include <string>

#include "base/result.h"
#include "tracing/domain/policy.h"

namespace tracing {

base::Result<PolicyBook> LoadPolicies(const std::string& county_profile_path);

}  // namespace tracing
