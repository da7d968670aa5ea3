// The parts `away` and `hand_over` of the county's rules for letters (config/counties/README.md).
// Problems are recorded in the reader.
#pragma once

#include "settings/reader.h"
#include "tracing/domain/away_rules.h"

namespace tracing {

void ReadAwayRules(settings::Reader& reader, AwayRules& rules);
void ReadHandOverRules(settings::Reader& reader, HandOverRules& rules);

}  // namespace tracing
