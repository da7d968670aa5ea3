// The registry's settings: its part of the county's profile (list `registry`, dated entries) and
// the reference lists in config/reference. Immutable after loading. Errors: kNotFound/NO_FILE,
// kInvalidArgument/BAD_YAML, BAD_SETTINGS with every problem and line. The keys are described in
// config/counties/README.md and config/reference/README.md.
#pragma once

#include <string>

#include "base/result.h"
#include "registry/domain/policy.h"
#include "registry/domain/reference.h"
#include "settings/county.h"

namespace registry {

struct Config {
  settings::County county = {};
  PolicyBook policies = {};
  Reference reference = {};
};

// profile: config/counties/<id>.yaml; config_dir: the folder that holds reference/.
base::Result<Config> LoadConfig(const std::string& profile, const std::string& config_dir);

base::Result<Reference> LoadReference(const std::string& folder);

}  // namespace registry
