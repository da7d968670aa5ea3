// Conditions from YAML: {fact, is|not}, {groups}, {not_groups}, {all}, {any}; `article` with each.
// Problems go to the document of the reader. Private to the reading of rules.
#pragma once

#include <string_view>
#include <vector>

#include "settings/reader.h"
#include "subsidy/domain/rules.h"

namespace subsidy {

Condition ReadCondition(settings::Reader& reader, const Groups& groups);
// A list of conditions of which all must be met; an absent key is always met.
Condition ReadConditions(settings::Reader& parent, std::string_view key, std::string_view about,
                         const Groups& groups);

}  // namespace subsidy
