#include "tables/package.h"

#include <fmt/format.h>
#include <zip.h>

#include <algorithm>

#include "tables/text.h"

namespace tables {
namespace {

// A workbook has some dozens of parts; pictures come on top.
constexpr zip_int64_t kEntriesMax = 10'000;
constexpr std::uint64_t kRatioFromBytes = 1u << 20;

base::Error NotWhole() {
  return Refuse("BAD_XLSX", "文件不完整或已损坏。请用 Excel 或 WPS 打开后另存为 XLSX 再试");
}

}  // namespace

Part::Part(Package& package, zip_file* file, std::uint64_t packed, std::uint64_t size)
    : package_(&package), file_(file), packed_(packed), size_(size) {}

Part::Part(Part&& other) noexcept
    : package_(other.package_),
      file_(std::exchange(other.file_, nullptr)),
      packed_(other.packed_),
      size_(other.size_),
      done_(other.done_) {}

Part::~Part() {
  if (file_ != nullptr) zip_fclose(file_);
}

base::Result<std::size_t> Part::Read(char* to, std::size_t bytes_max) {
  const zip_int64_t n = zip_fread(file_, to, bytes_max);
  if (n < 0) return NotWhole();
  const auto bytes = static_cast<std::uint64_t>(n);
  done_ += bytes;
  package_->unpacked_ += bytes;
  const Limits& limits = package_->limits_;
  if (package_->unpacked_ > limits.bytes_max) {
    return Refuse("XLSX_LIMIT", fmt::format("文件展开后超过 {} MiB", limits.bytes_max >> 20));
  }
  if (done_ > kRatioFromBytes && done_ / limits.ratio_max > packed_) {
    return Refuse("XLSX_LIMIT", fmt::format("文件展开后超过原来的 {} 倍,不像正常的表格。"
                                            "请删除空白行列后另存,或改用 CSV",
                                            limits.ratio_max));
  }
  return static_cast<std::size_t>(bytes);
}

int Part::PermilleRead() const {
  if (size_ == 0 || done_ >= size_) return 1000;
  return static_cast<int>(done_ * 1000 / size_);
}

base::Result<std::unique_ptr<Package>> Package::OpenFile(const std::string& path,
                                                         const Limits& limits) {
  std::unique_ptr<Package> package{new Package{limits}};
  int error = 0;
  package->zip_ = zip_open(path.c_str(), ZIP_RDONLY, &error);
  if (package->zip_ == nullptr) return NotWhole();
  RETURN_IF_ERROR(package->CheckEntries());
  return package;
}

base::Result<std::unique_ptr<Package>> Package::OpenBytes(std::string bytes,
                                                          const Limits& limits) {
  std::unique_ptr<Package> package{new Package{limits}};
  package->bytes_ = std::move(bytes);
  zip_error_t error = {};
  zip_source_t* const source =
      zip_source_buffer_create(package->bytes_.data(), package->bytes_.size(), 0, &error);
  if (source == nullptr) return NotWhole();
  package->zip_ = zip_open_from_source(source, ZIP_RDONLY, &error);
  if (package->zip_ == nullptr) {
    zip_source_free(source);
    return NotWhole();
  }
  RETURN_IF_ERROR(package->CheckEntries());
  return package;
}

Package::~Package() {
  if (zip_ != nullptr) zip_discard(zip_);
}

base::Status Package::CheckEntries() const {
  if (zip_get_num_entries(zip_, 0) <= kEntriesMax) return {};
  return Refuse("XLSX_LIMIT", fmt::format("文件内的部件超过 {} 个", kEntriesMax));
}

bool Package::Has(const std::string& name) const {
  return zip_name_locate(zip_, name.c_str(), ZIP_FL_NOCASE) >= 0;
}

base::Result<Part> Package::Open(const std::string& name) {
  const zip_int64_t index = zip_name_locate(zip_, name.c_str(), ZIP_FL_NOCASE);
  zip_stat_t info = {};
  if (index < 0 || zip_stat_index(zip_, static_cast<zip_uint64_t>(index), 0, &info) != 0) {
    return Refuse("BAD_XLSX", fmt::format("文件缺少部件 {}", name));
  }
  zip_file* const file = zip_fopen_index(zip_, static_cast<zip_uint64_t>(index), 0);
  if (file == nullptr) return NotWhole();
  const std::uint64_t packed = (info.valid & ZIP_STAT_COMP_SIZE) != 0 ? info.comp_size : 0;
  const std::uint64_t size = (info.valid & ZIP_STAT_SIZE) != 0 ? info.size : 0;
  return Part{*this, file, packed, size};
}

}  // namespace tables
