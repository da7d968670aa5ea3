// The parts of an XLSX file, unpacked as streams under limits. Private to libs/tables.
//
// A package is a zip archive. What its directory says about sizes is not believed: bytes are
// counted while they come out, all parts together, and a part that grows beyond ratio_max is
// refused, so a small file cannot fill memory or time.
// Errors: kInvalidArgument/BAD_XLSX, XLSX_LIMIT. One thread.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/result.h"
#include "tables/tables.h"

struct zip;
struct zip_file;

namespace tables {

class Package;

class Part {
 public:
  Part(Package& package, zip_file* file, std::uint64_t packed, std::uint64_t size);
  Part(Part&& other) noexcept;
  Part& operator=(Part&&) = delete;
  ~Part();

  // The number of bytes put at `to`; 0 at the end.
  base::Result<std::size_t> Read(char* to, std::size_t bytes_max);
  int PermilleRead() const;

 private:
  Package* package_;
  zip_file* file_;
  std::uint64_t packed_;
  std::uint64_t size_;  // as the directory says; for progress only
  std::uint64_t done_ = 0;
};

class Package {
 public:
  static base::Result<std::unique_ptr<Package>> OpenFile(const std::string& path,
                                                         const Limits& limits);
  static base::Result<std::unique_ptr<Package>> OpenBytes(std::string bytes, const Limits& limits);
  Package(const Package&) = delete;
  Package& operator=(const Package&) = delete;
  ~Package();

  bool Has(const std::string& name) const;
  base::Result<Part> Open(const std::string& name);

 private:
  friend class Part;
  explicit Package(const Limits& limits) : limits_(limits) {}
  base::Status CheckEntries() const;

  Limits limits_;
  std::string bytes_ = {};
  zip* zip_ = nullptr;
  std::uint64_t unpacked_ = 0;
};

}  // namespace tables
