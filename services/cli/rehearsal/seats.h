// Which ids the registry gave to the classes and seats that a sample names.
// Loaded once, with many requests under way. Errors: those of the registry.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/result.h"
#include "cli/shell/shell.h"
#include "registry/contract/registry.pb.h"

namespace cli {

class Seats {
 public:
  static base::Result<Seats> Load(Shell& shell);

  // 0 if there is none.
  std::int64_t ClassId(std::string_view school, std::string_view class_no) const;
  std::int64_t StudentId(std::int64_t class_id, std::string_view seat) const;
  std::size_t classes() const { return classes_.size(); }
  std::size_t students() const { return students_; }

 private:
  void Add(const baoxue::registry::v1::ListStudentsReply& page);

  std::unordered_map<std::string, std::int64_t> classes_;
  std::unordered_map<std::int64_t, std::unordered_map<std::string, std::int64_t>> seats_;
  std::size_t students_ = 0;
};

}  // namespace cli
