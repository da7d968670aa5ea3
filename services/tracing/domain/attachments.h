// Files that go with a letter: which kinds, how large, how many, as the profile says.
//
// The kind is judged by the file's bytes, never by its name. Errors: kInvalidArgument/
// ATTACHMENT_EMPTY, ATTACHMENT_TYPE, ATTACHMENT_TOO_LARGE, ATTACHMENTS_TOO_MANY; details Chinese,
// with the limit. Pure and thread-safe.
// Source of the kinds: what offices scan and exchange; OFD is GB/T 33190-2016.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "tracing/domain/policy.h"

namespace tracing {

struct FileKind {
  std::string_view name = {};        // pdf, jpg, png, ofd: as profiles say; also the extension
  std::string_view media_type = {};
  std::string_view chinese = {};
};
const std::vector<FileKind>& FileKinds();
// Null: no kind that is known here.
const FileKind* KindOfFile(std::string_view bytes);

struct FileFacts {
  std::string name = {};             // for the refusal
  std::size_t size = 0;
  const FileKind* kind = nullptr;
};
// All files of one item. `item_bytes_max`: what a neighbour takes at most, text included.
base::Status CheckFiles(const std::vector<FileFacts>& files, const AttachmentRules& rules,
                        int item_bytes_max);

}  // namespace tracing
