// What well-formed UTF-8 is (RFC 3629: no overlong forms, no surrogates, nothing above U+10FFFF).
// Pure and thread-safe.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace base {

// The length of the well-formed sequence at `pos`, 1..4; 0 if there is none or it is cut off.
std::size_t Utf8Length(std::string_view text, std::size_t pos);

// The length of the longest well-formed prefix; text.size() if all of it is well-formed.
std::size_t Utf8Prefix(std::string_view text);
inline bool IsUtf8(std::string_view text) { return Utf8Prefix(text) == text.size(); }

// True for 1..3 bytes that begin a sequence and lack its end: more bytes could make it well-formed.
bool IsCutUtf8(std::string_view tail);

// Every byte that is not part of a well-formed sequence becomes U+FFFD.
std::string ReplaceBadUtf8(std::string_view text);

}  // namespace base
