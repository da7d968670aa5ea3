// Reads a table to its end and checks what the reader promises of any input.
#pragma once

#include <string>

namespace fuzz {

void ReadAndCheck(std::string bytes);

}  // namespace fuzz
