// Taking an attachment out of the system: on the record as a printing is, and then the bytes.
#include <fmt/format.h>

#include "base/plain_text.h"
#include "tracing/app/letter_words.h"
#include "tracing/app/print_desk.h"
#include "tracing/domain/attachments.h"
#include "tracing/store/codec.h"

namespace tracing {
namespace {

using base::Code;
using base::Error;

constexpr std::size_t kKeyBytes = 16;

}  // namespace

base::Result<v1::TakeAttachmentReply> PrintDesk::Take(const v1::TakeAttachment& request,
                                                      const baoxue::bus::v1::Actor& actor,
                                                      const std::string& idem_key) {
  if (idem_key.size() != kKeyBytes) {
    return Error{Code::kInvalidArgument, "KEY_MISSING", "a write needs a 16-byte idempotency key"};
  }
  const ConversationId id = IdFrom(request.conversation_id());
  ASSIGN_OR_RETURN(const LetterRow letter, letters_.Get(id));
  v1::Item item;
  if (request.seq() == 0) {
    ASSIGN_OR_RETURN(item, letters_.DraftOf(letter));
  } else {
    auto found = letters_.ItemOf(id, request.of_asker(), request.seq());
    if (!found.ok() && found.error().code == Code::kNotFound) {
      return Error{Code::kNotFound, "NO_SUCH_ITEM",
                   fmt::format("这封函件没有第{}件", request.seq())};
    }
    ASSIGN_OR_RETURN(item, std::move(found));
  }
  const std::vector<const v1::Attachment*> files = AttachmentsOf(item);
  if (request.number() == 0 || request.number() > files.size() ||
      files[request.number() - 1]->content().empty()) {
    return Error{Code::kNotFound, "NO_ATTACHMENT",
                 fmt::format("该件没有第{}个附件的文件", request.number())};
  }
  const v1::Attachment& file = *files[request.number() - 1];
  const std::string what = fmt::format("附件{}", request.number());
  v1::PrintLetter purpose;
  purpose.set_purpose(request.purpose().empty() ? what : what + "：" + request.purpose());
  ASSIGN_OR_RETURN(const PrintRow row,
                   Record({.idem_key = idem_key, .conversation = id,
                           .by_asker = request.seq() == 0 || request.of_asker(),
                           .seq = request.seq(), .item_kind = "attachment",
                           .document_no = base::PlainLine(item.document_no(), kDocumentNoMax),
                           .purpose = purpose.purpose()},
                          actor));
  v1::TakeAttachmentReply reply;
  reply.set_content(file.content());
  reply.set_name(base::PlainLine(file.name(), kNameMax));
  const FileKind* const kind = KindOfFile(file.content());
  reply.set_media_type(kind == nullptr ? "" : std::string{kind->media_type});
  // Its author's name for it may be a path, or pretend to be another kind of file.
  reply.set_file_name(fmt::format("{}-{}{}-附件{}.{}", base::ToHex(id.raw),
                                  request.of_asker() ? "发函方" : "回函方", request.seq(),
                                  request.number(), kind == nullptr ? "bin" : kind->name));
  PutRecord(row, reply.mutable_record());
  return reply;
}

}  // namespace tracing
