#include "tracing/domain/attachments.h"

#include <fmt/format.h>

#include <algorithm>

namespace tracing {
namespace {

constexpr int kKilo = 1024;
constexpr std::size_t kRestOfItem = 8;  // an eighth of an item is kept for its words and its seal

base::Error Invalid(std::string_view reason, std::string detail) {
  return {base::Code::kInvalidArgument, std::string{reason}, std::move(detail)};
}

std::string Size(std::size_t bytes) {
  return fmt::format("{} KB", (bytes + kKilo - 1) / kKilo);
}

// Rounded so that what is said fits.
std::string Limit(std::size_t bytes) { return fmt::format("{} KB", bytes / kKilo); }

std::string Allowed(const AttachmentRules& rules) {
  std::string all;
  for (const FileKind& kind : FileKinds()) {
    if (!rules.types.contains(std::string{kind.name})) continue;
    all += (all.empty() ? "" : "、") + std::string{kind.chinese};
  }
  return all;
}

}  // namespace

const std::vector<FileKind>& FileKinds() {
  static const std::vector<FileKind> kinds = {{"pdf", "application/pdf", "PDF"},
                                              {"jpg", "image/jpeg", "JPG"},
                                              {"png", "image/png", "PNG"},
                                              {"ofd", "application/ofd", "OFD"}};
  return kinds;
}

const FileKind* KindOfFile(std::string_view bytes) {
  const auto is = [&](std::string_view name) -> const FileKind* {
    for (const FileKind& kind : FileKinds()) {
      if (kind.name == name) return &kind;
    }
    return nullptr;
  };
  if (bytes.starts_with("%PDF-")) return is("pdf");
  if (bytes.starts_with("\xFF\xD8\xFF")) return is("jpg");
  if (bytes.starts_with("\x89PNG\r\n\x1A\n")) return is("png");
  // A zip archive that holds the document's root, which OFD puts at its top.
  if (bytes.starts_with("PK\x03\x04") && bytes.find("OFD.xml") != std::string_view::npos) {
    return is("ofd");
  }
  return nullptr;
}

base::Status CheckFiles(const std::vector<FileFacts>& files, const AttachmentRules& rules,
                        int item_bytes_max) {
  if (files.size() > static_cast<std::size_t>(rules.count_max)) {
    return Invalid("ATTACHMENTS_TOO_MANY", fmt::format("附件共{}个，超过上限{}个", files.size(),
                                                       rules.count_max));
  }
  const auto room = static_cast<std::size_t>(item_bytes_max);
  const std::size_t total_max =
      std::min(static_cast<std::size_t>(rules.total_bytes_max), room - room / kRestOfItem);
  std::size_t total = 0;
  for (const FileFacts& file : files) {
    if (file.size == 0) {
      return Invalid("ATTACHMENT_EMPTY", fmt::format("附件“{}”是空文件", file.name));
    }
    if (file.kind == nullptr || !rules.types.contains(std::string{file.kind->name})) {
      return Invalid("ATTACHMENT_TYPE", fmt::format("附件“{}”的格式不能随函发送，只能用{}",
                                                    file.name, Allowed(rules)));
    }
    if (file.size > static_cast<std::size_t>(rules.bytes_max)) {
      return Invalid("ATTACHMENT_TOO_LARGE",
                     fmt::format("附件“{}”为{}，超过单个附件上限{}", file.name, Size(file.size),
                                 Limit(static_cast<std::size_t>(rules.bytes_max))));
    }
    total += file.size;
  }
  if (total > total_max) {
    return Invalid("ATTACHMENT_TOO_LARGE", fmt::format("附件合计{}，超过一件函件的上限{}",
                                                       Size(total), Limit(total_max)));
  }
  return {};
}

}  // namespace tracing
