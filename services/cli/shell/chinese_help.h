// What CLI11 tells people, in Chinese: the help of a command, and one line on what is wrong on the
// line that was typed. For args.cpp only; CLI11 goes no further. Pure. Not thread-safe.
#pragma once

#include <CLI/CLI.hpp>
#include <memory>
#include <string>

namespace cli {

// Columns by how wide a terminal shows them; long explanations go on below.
std::shared_ptr<CLI::Formatter> ChineseHelp();

// What is wrong, where (option and value), and which help to read: two lines. A number that may be
// an identity number is not repeated. `root` is as the parse that threw `error` left it.
std::string WhatIsWrong(const CLI::App& root, const CLI::ParseError& error);

}  // namespace cli
