// The subsidy service as the host runs it: rules of the county from config/subsidy, its calendar,
// handlers, the registry's feed, and the keeper.
#pragma once

#include "host/host.h"
#include "subsidy/app/office.h"
#include "subsidy/endpoints/rule_reader.h"

namespace subsidy {

// Declared for the embedded migrations too.
host::Definition SubsidyDefinition();

// <config_dir>/subsidy/<county>.yaml, or national.yaml where a county has none of its own.
std::string RulesPath(const std::string& config_dir, const std::string& county);

}  // namespace subsidy
