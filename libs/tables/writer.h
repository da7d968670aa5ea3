// The two writers behind Create. Private to libs/tables; what they promise stands in tables.h.
#pragma once

#include <memory>
#include <string>

#include "tables/tables.h"

namespace tables {

using Columns = std::set<std::size_t>;

base::Result<std::unique_ptr<Writer>> CreateCsv(const std::string& path, const Columns& numbers);
base::Result<std::unique_ptr<Writer>> CreateXlsx(const std::string& path, const std::string& sheet,
                                                 const Columns& numbers);

// A file under construction: written beside its place and moved there when it is whole. A path that
// is a device or a pipe is written directly.
class NewFile {
 public:
  explicit NewFile(std::string path);
  NewFile(const NewFile&) = delete;
  NewFile& operator=(const NewFile&) = delete;
  ~NewFile();
  const std::string& working_path() const { return working_path_; }
  // Errors: kUnavailable/FILE_WRITE.
  base::Status MoveToPlace();

 private:
  std::string path_;
  std::string working_path_;
  bool in_place_ = false;
};

base::Error CannotWrite(const std::string& path);

}  // namespace tables
