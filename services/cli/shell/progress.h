// Progress of long work on stderr: a bar that moves when stderr is a terminal, else a line each 10
// %. Thread-safe: Set may come from the bus client's thread.
#pragma once

#include <cstdint>
#include <mutex>
#include <string>

namespace cli {

class Progress {
 public:
  // `quiet` shows nothing.
  Progress(std::string what, std::uint64_t total, bool quiet = false);
  ~Progress();  // ends the line
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void Set(std::uint64_t done, const std::string& note = {});
  void Add(std::uint64_t more);
  void Finish();

 private:
  void Show(const std::string& note);

  std::mutex mutex_;
  const std::string what_;
  const std::uint64_t total_;
  const bool quiet_;
  const bool terminal_;
  std::uint64_t done_ = 0;
  int shown_permille_ = -1;
  bool line_open_ = false;
};

bool IsTerminal(int fd);

}  // namespace cli
