// Texts that somebody else wrote, made fit for a screen, a sheet or a column of a table.
//
// Values only; pure and thread-safe.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace base {

// Well-formed UTF-8: bytes that are none become U+FFFD, control characters (those of the upper half
// too) blanks, marks that turn the direction of writing and line separators are dropped. Line feeds
// stay.
std::string PlainText(std::string_view text);
// The same on one line, and no longer than `characters`.
std::string PlainLine(std::string_view text, std::size_t characters);

}  // namespace base
