#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "base/utf8.h"
#include "tables/text.h"
#include "tables/writer.h"

namespace tables {
namespace {

constexpr std::size_t kBufferBytes = 256u << 10;

class CsvWriter final : public Writer {
 public:
  CsvWriter(const std::string& path, const Columns& numbers, base::Status& opened)
      : file_(path), numbers_(numbers) {
    fd_ = ::open(file_.working_path().c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd_ < 0) opened = CannotWrite(path);
    buffer_ = "\xEF\xBB\xBF";
  }
  CsvWriter(const CsvWriter&) = delete;
  CsvWriter& operator=(const CsvWriter&) = delete;
  ~CsvWriter() override {
    if (fd_ >= 0) ::close(fd_);
  }

  base::Status Write(const std::vector<std::string>& cells) override {
    const std::size_t start = buffer_.size();
    for (std::size_t i = 0; i < cells.size(); ++i) {
      if (i > 0) buffer_ += ',';
      if (numbers_.contains(i) && DecimalsOf(cells[i])) {
        buffer_ += cells[i];
      } else if (base::IsUtf8(cells[i])) {
        AppendCell(cells[i]);
      } else {
        AppendCell(base::ReplaceBadUtf8(cells[i]));
      }
    }
    // A record of one empty cell would be an empty line, which is no record.
    if (buffer_.size() == start) buffer_ += "\"\"";
    buffer_ += "\r\n";
    return buffer_.size() < kBufferBytes ? base::Status{} : Flush();
  }

  base::Status Close() override {
    RETURN_IF_ERROR(Flush());
    if (::close(std::exchange(fd_, -1)) != 0) return CannotWrite(file_.working_path());
    return file_.MoveToPlace();
  }

 private:
  void AppendCell(std::string_view cell) {
    const bool guard = NeedsGuard(cell);
    const bool quote = cell.find_first_of(",\"\r\n") != std::string_view::npos ||
                       (!cell.empty() && (cell.front() == ' ' || cell.back() == ' '));
    if (quote) buffer_ += '"';
    if (guard) buffer_ += '\'';
    if (!quote) {
      buffer_ += cell;
      return;
    }
    for (const char c : cell) {
      if (c == '"') buffer_ += '"';
      buffer_ += c;
    }
    buffer_ += '"';
  }

  base::Status Flush() {
    std::string_view rest = buffer_;
    while (!rest.empty()) {
      const ssize_t n = ::write(fd_, rest.data(), rest.size());
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) return CannotWrite(file_.working_path());
      rest.remove_prefix(static_cast<std::size_t>(n));
    }
    buffer_.clear();
    return {};
  }

  NewFile file_;
  const Columns numbers_;
  int fd_ = -1;
  std::string buffer_;
};

}  // namespace

base::Error CannotWrite(const std::string& path) {
  return base::Error{base::Code::kUnavailable, "FILE_WRITE",
                     fmt::format("写不了文件 {}:{}", path, std::strerror(errno))};
}

NewFile::NewFile(std::string path) : path_(std::move(path)), working_path_(path_ + ".part") {
  struct stat info = {};
  if (::stat(path_.c_str(), &info) == 0 && !S_ISREG(info.st_mode)) {
    working_path_ = path_;
    in_place_ = true;
  }
}

NewFile::~NewFile() {
  if (!in_place_) ::unlink(working_path_.c_str());
}

base::Status NewFile::MoveToPlace() {
  if (in_place_) return {};
  if (::rename(working_path_.c_str(), path_.c_str()) != 0) return CannotWrite(path_);
  in_place_ = true;
  return {};
}

base::Result<std::unique_ptr<Writer>> CreateCsv(const std::string& path, const Columns& numbers) {
  base::Status opened;
  auto writer = std::make_unique<CsvWriter>(path, numbers, opened);
  RETURN_IF_ERROR(opened);
  return std::unique_ptr<Writer>{std::move(writer)};
}

base::Result<std::unique_ptr<Writer>> Create(const std::string& path, Format format,
                                             const std::string& sheet,
                                             const std::set<std::size_t>& numbers) {
  return format == Format::kXlsx ? CreateXlsx(path, sheet, numbers) : CreateCsv(path, numbers);
}

}  // namespace tables
