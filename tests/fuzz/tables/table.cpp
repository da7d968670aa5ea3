// Any bytes as a roster file: CSV in every encoding, or an XLSX archive.

#include <cstdint>
#include <string>

#include "fuzz/tables/checks.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::ReadAndCheck(std::string{reinterpret_cast<const char*>(data), size});
  return 0;
}
