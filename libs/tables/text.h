// What happens to the text of one cell on its way in and out. Private to libs/tables.
// Pure and thread-safe.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace tables {

// Takes off surrounding white space: ASCII, U+00A0, U+2000..U+200F, U+2028..U+202F, U+205F, U+3000,
// U+FEFF. The direction marks among them come with numbers copied out of system dialogs.
void Trim(std::string& cell);

// Formula injection: the text with an apostrophe in front if a spreadsheet would run it, or if
// RemoveGuard would take one off; RemoveGuard(AddGuard(x)) == x for every x.
bool NeedsGuard(std::string_view cell);
void RemoveGuard(std::string& cell);

// How many decimals (0 or 2) a plain number has: "17", "-312.50", at most 15 digits. Nothing for
// any other text, and for a code that begins with 0.
std::optional<int> DecimalsOf(std::string_view cell);

// "第12行第5列".
std::string Place(std::uint64_t row, std::uint64_t column);
base::Error Refuse(const char* reason, std::string detail);

}  // namespace tables
