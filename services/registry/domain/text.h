// Texts as people and programs write them, made one: width, spaces, header cells, names.
//
// All functions are idempotent: running them on their own result changes nothing. UTF-8 in and out;
// bytes that are not UTF-8 pass through. Pure and thread-safe.
#pragma once

#include <string>
#include <string_view>

namespace registry {

// Full-width letters, digits and signs to ASCII, white space of every kind to one space, trimmed.
std::string CleanText(std::string_view text);
void CleanTextTo(std::string_view text, std::string& out);

// A header cell for comparison: clean, without spaces, asterisks, colons, quotes, and without a
// bracketed remark at its end ("上下学距离(公里)", "性别 *").
std::string HeaderKey(std::string_view cell);

// A person's name: clean; no spaces beside Chinese characters; every middle dot as "·" (U+00B7).
std::string CleanName(std::string_view text);

// Number of characters (code points).
std::size_t Characters(std::string_view utf8);

// The first `most` characters.
std::string Shortened(std::string_view utf8, std::size_t most);

// Reads the code point at `at` and moves past it; U+FFFD for a bad byte.
char32_t NextCodePoint(std::string_view utf8, std::size_t& at);

}  // namespace registry
