// TempDir: a folder of its own under the system's temp folder, removed with the object.
// The name holds the owner's pid, so folders that a killed test left behind are removed by the next
// one. Paths are short enough for unix sockets. Throws std::runtime_error when it cannot be made.
// A TempDir belongs to one thread.
#pragma once

#include <string>
#include <string_view>

namespace harness {

class TempDir {
 public:
  explicit TempDir(std::string_view purpose = "t");
  ~TempDir();
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;

  const std::string& path() const { return path_; }
  std::string File(std::string_view name) const { return path_ + "/" + std::string{name}; }
  // Leaves the folder behind for a look.
  void Keep() { keep_ = true; }

 private:
  std::string path_;
  bool keep_ = false;
};

// The system's temp folder: $TMPDIR or /tmp.
std::string SystemTempFolder();

void WriteFile(const std::string& path, std::string_view content);
std::string ReadFile(const std::string& path);

}  // namespace harness
