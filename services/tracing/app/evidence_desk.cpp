// Taking a letter's evidence out of the system: all that both sides signed, with the child's number
// in clear, so on the record as a printing is; then the file.
#include <fmt/format.h>

#include "tracing/app/print_desk.h"
#include "tracing/contract/evidence.h"
#include "tracing/store/codec.h"

namespace tracing {
namespace {

constexpr std::size_t kKeyBytes = 16;

v1::Evidence Frame(const LetterRow& row, base::UtcTime now) {
  const Conversation& c = row.conversation;
  const bool asker = c.side == Side::kAsker;
  v1::Evidence evidence;
  evidence.set_version(1);
  evidence.set_conversation_id(BytesOf(c.id));
  evidence.set_asker((asker ? c.self : c.peer).ToString());
  evidence.set_answerer((asker ? c.peer : c.self).ToString());
  evidence.set_suite(static_cast<v1::CipherSuite>(row.suite));
  evidence.set_exported_by(c.self.ToString());
  *evidence.mutable_exported_at() = ToProto(now);
  return evidence;
}

}  // namespace

base::Result<v1::ExportEvidenceReply> PrintDesk::TakeEvidence(
    const v1::ExportEvidence& request, const baoxue::bus::v1::Actor& actor,
    const std::string& idem_key) {
  if (idem_key.size() != kKeyBytes) {
    return base::Error{base::Code::kInvalidArgument, "KEY_MISSING",
                       "a write needs a 16-byte idempotency key"};
  }
  const ConversationId id = IdFrom(request.conversation_id());
  ASSIGN_OR_RETURN(const LetterRow row, letters_.Get(id));
  ASSIGN_OR_RETURN(const PrintRow record,
                   Record({.idem_key = idem_key, .conversation = id, .by_asker = true, .seq = 0,
                           .item_kind = "evidence", .document_no = row.document_no,
                           .purpose = "导出证据"},
                          actor));
  v1::Evidence evidence = Frame(row, record.at);
  ASSIGN_OR_RETURN(const auto of_asker, letters_.Items(id, true));
  ASSIGN_OR_RETURN(const auto of_answerer, letters_.Items(id, false));
  for (const v1::EvidenceItem& one : of_asker) *evidence.add_of_asker() = one;
  for (const v1::EvidenceItem& one : of_answerer) *evidence.add_of_answerer() = one;
  const std::shared_ptr<const Book> book = letters_.office().book();
  for (const Division division : {row.conversation.self, row.conversation.peer}) {
    const v1::Member* const member = book->directory.Find(division.ToString());
    if (member != nullptr) *evidence.add_members() = *member;
  }
  v1::ExportEvidenceReply reply;
  reply.set_file(EvidenceFile(evidence));
  reply.set_file_name((row.document_no.empty() ? base::ToHex(id.raw) : row.document_no) +
                      ".evidence");
  return reply;
}

}  // namespace tracing
