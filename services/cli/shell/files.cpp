#include "cli/shell/files.h"

#include <fstream>

namespace cli {

base::Status WriteFile(const std::string& path, const std::string& bytes) {
  std::ofstream out{path, std::ios::binary | std::ios::trunc};
  out << bytes;
  out.flush();
  if (!out) return base::Error{base::Code::kUnavailable, "CANNOT_WRITE", "不能写入 " + path};
  return {};
}

}  // namespace cli
