#include "tracing/app/letter_files.h"

#include "base/utf8.h"
#include "security/security.h"

namespace tracing {
namespace {

constexpr std::size_t kNameBytesMax = 200;

std::string NameOf(const std::string& given) {
  const std::size_t slash = given.find_last_of("/\\");
  std::string name = base::ReplaceBadUtf8(
      slash == std::string::npos ? given : given.substr(slash + 1));
  for (char& c : name) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) c = ' ';
  }
  name = security::MaskText(name);
  if (name.size() > kNameBytesMax) name.resize(base::Utf8Prefix(name.substr(0, kNameBytesMax)));
  return name.empty() ? "附件" : name;
}

using Files = google::protobuf::RepeatedPtrField<v1::Attachment>;

Files* FilesOf(v1::Item* content) {
  switch (content->content_case()) {
    case v1::Item::kInquiry: return content->mutable_inquiry()->mutable_attachments();
    case v1::Item::kPersuasion: return content->mutable_persuasion()->mutable_attachments();
    case v1::Item::kReply: return content->mutable_reply()->mutable_proof();
    case v1::Item::kSupplement: return content->mutable_supplement()->mutable_attachments();
    default: return nullptr;
  }
}

}  // namespace

base::Status PrepareFiles(const Policy& policy, v1::Item* content) {
  Files* const files = FilesOf(content);
  if (files == nullptr) return {};
  std::vector<FileFacts> facts;
  for (v1::Attachment& one : *files) {
    one.set_name(NameOf(one.name()));
    const FileKind* const kind = KindOfFile(one.content());
    one.set_media_type(kind == nullptr ? "" : std::string{kind->media_type});
    facts.push_back({.name = one.name(), .size = one.content().size(), .kind = kind});
  }
  return CheckFiles(facts, policy.attachments, policy.limits.letter_bytes_max);
}

}  // namespace tracing
