#include "cli/shell/progress.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>

namespace cli {
namespace {
constexpr int kBarCells = 30;
}

bool IsTerminal(int fd) { return ::isatty(fd) == 1; }

Progress::Progress(std::string what, std::uint64_t total, bool quiet)
    : what_(std::move(what)), total_(total), quiet_(quiet), terminal_(IsTerminal(STDERR_FILENO)) {}

Progress::~Progress() {
  const std::lock_guard lock(mutex_);
  if (line_open_) std::fputs("\n", stderr);
}

void Progress::Set(std::uint64_t done, const std::string& note) {
  const std::lock_guard lock(mutex_);
  done_ = std::min(done, total_);
  Show(note);
}

void Progress::Add(std::uint64_t more) {
  const std::lock_guard lock(mutex_);
  done_ = std::min(done_ + more, total_);
  Show({});
}

void Progress::Finish() {
  const std::lock_guard lock(mutex_);
  done_ = total_;
  Show({});
}

void Progress::Show(const std::string& note) {
  if (quiet_) return;
  const int permille = total_ == 0 ? 1000 : static_cast<int>(done_ * 1000 / total_);
  if (terminal_) {
    if (permille == shown_permille_ && note.empty()) return;
    const int filled = permille * kBarCells / 1000;
    fmt::print(stderr, "\r{} [{}{}] {:5.1f}% {}\x1b[K", what_,
               std::string(static_cast<std::size_t>(filled), '#'),
               std::string(static_cast<std::size_t>(kBarCells - filled), '.'), permille / 10.0,
               note);
    std::fflush(stderr);
    line_open_ = permille < 1000;
    if (permille == 1000 && shown_permille_ != 1000) std::fputs("\n", stderr);
  } else {
    if (permille / 100 <= shown_permille_ / 100 && shown_permille_ >= 0) return;
    fmt::print(stderr, "{}: {}% {}\n", what_, permille / 10, note);
  }
  shown_permille_ = permille;
}

}  // namespace cli
