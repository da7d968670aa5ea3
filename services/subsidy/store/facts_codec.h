// Frozen facts as text that an auditor can read, and back.
// One line of fields, then one line a tag, tabs between. Errors: kDataCorruption/FACTS_BROKEN.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "subsidy/domain/facts.h"

namespace subsidy {

std::string EncodeFacts(const Facts& facts);
base::Result<Facts> DecodeFacts(std::string_view text);

}  // namespace subsidy
