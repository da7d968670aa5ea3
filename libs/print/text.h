// What of a text may be laid out. Private to libs/print. Pure and thread-safe.
#pragma once

#include <string>
#include <string_view>

namespace print {

// Well-formed UTF-8 without control characters (but line feeds) and without direction marks.
std::string Printable(std::string_view text);

}  // namespace print
