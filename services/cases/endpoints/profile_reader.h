// YAML -> Profiles: the `cases` section of config/counties/<id>.yaml with the state list that it
// builds on (config/ladder/*.yaml).
//
// An entry's `base` names a file of states, standing duty, watch and triggers; what the entry
// says itself replaces it (states by code, the others whole). Days are civil days, times of day
// local. Errors: kNotFound/NO_FILE, kInvalidArgument/BAD_YAML, BAD_SETTINGS with every problem
// and its line, BAD_PROFILE with every reference that leads nowhere. Immutable after loading.
#pragma once

#include <string>

#include "base/result.h"
#include "cases/domain/profile.h"
#include "settings/county.h"

namespace cases {

struct CountyLadder {
  settings::County county = {};
  Profiles profiles = {};
};

base::Result<CountyLadder> LoadLadder(const std::string& county_profile_path);

}  // namespace cases
