#include "harness/temp_dir.h"

#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <sstream>
#include <stdexcept>

namespace harness {
namespace {

namespace fs = std::filesystem;
constexpr std::string_view kPrefix = "bx-";

// Removes the folders of test processes that are gone.
void RemoveLeftOvers() {
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator{SystemTempFolder(), ignored}) {
    const std::string name = entry.path().filename().string();
    if (!name.starts_with(kPrefix)) continue;
    const int pid = std::atoi(name.c_str() + kPrefix.size());
    if (pid > 0 && kill(pid, 0) != 0 && errno == ESRCH) fs::remove_all(entry.path(), ignored);
  }
}

}  // namespace

std::string SystemTempFolder() {
  std::error_code error;
  const fs::path path = fs::temp_directory_path(error);
  return error ? "/tmp" : path.string();
}

TempDir::TempDir(std::string_view purpose) {
  static std::once_flag once;
  std::call_once(once, RemoveLeftOvers);
  path_ = SystemTempFolder() + "/" + std::string{kPrefix} + std::to_string(getpid()) + "-" +
          std::string{purpose} + "-XXXXXX";
  if (mkdtemp(path_.data()) == nullptr) throw std::runtime_error("cannot make " + path_);
}

TempDir::~TempDir() {
  std::error_code ignored;
  if (!keep_) fs::remove_all(path_, ignored);
}

void WriteFile(const std::string& path, std::string_view content) {
  std::ofstream out{path, std::ios::binary | std::ios::trunc};
  out << content;
  if (!out.flush()) throw std::runtime_error("cannot write " + path);
}

std::string ReadFile(const std::string& path) {
  std::ifstream in{path, std::ios::binary};
  std::ostringstream text;
  text << in.rdbuf();
  return std::move(text).str();
}

}  // namespace harness
