#include "tracing/endpoints/print_handlers.h"

#include "host/log.h"
#include "security/security.h"
#include "tracing/endpoints/mapping.h"

namespace tracing {

void PrintHandlers::Register() {
  host_.server().On<v1::PrintLetter, v1::PrintLetterReply>(
      [this](const bus::Request& request,
             const v1::PrintLetter& message) -> base::Result<v1::PrintLetterReply> {
        ASSIGN_OR_RETURN(const auto actor, ActorFrom(request.envelope));
        ASSIGN_OR_RETURN(v1::PrintLetterReply reply,
                         desk_.Print(message, actor, request.envelope.idempotency_key()));
        host::LogInfo("tracing.item_printed",
                      {{"print_no", std::to_string(reply.record().print_no())},
                       {"person_id", actor.person_id()},
                       {"kind", reply.record().kind()}});
        return reply;
      });
  host_.server().On<v1::TakeAttachment, v1::TakeAttachmentReply>(
      [this](const bus::Request& request,
             const v1::TakeAttachment& message) -> base::Result<v1::TakeAttachmentReply> {
        ASSIGN_OR_RETURN(const auto actor, ActorFrom(request.envelope));
        ASSIGN_OR_RETURN(v1::TakeAttachmentReply reply,
                         desk_.Take(message, actor, request.envelope.idempotency_key()));
        host::LogInfo("tracing.attachment_taken",
                      {{"print_no", std::to_string(reply.record().print_no())},
                       {"person_id", actor.person_id()}});
        return reply;
      });
  host_.server().On<v1::ExportEvidence, v1::ExportEvidenceReply>(
      [this](const bus::Request& request,
             const v1::ExportEvidence& message) -> base::Result<v1::ExportEvidenceReply> {
        ASSIGN_OR_RETURN(const auto actor, ActorFrom(request.envelope));
        ASSIGN_OR_RETURN(v1::ExportEvidenceReply reply,
                         desk_.TakeEvidence(message, actor, request.envelope.idempotency_key()));
        host::LogInfo("tracing.evidence_taken",
                      {{"person_id", actor.person_id()},
                       {"letter", security::Hex(message.conversation_id())}});
        return reply;
      });
  host_.server().On<v1::ListPrints, v1::ListPrintsReply>(
      [this](const bus::Request&, const v1::ListPrints& message) { return desk_.List(message); });
  host_.server().On<v1::PutPaperOffice, v1::PutPaperOfficeReply>(
      [this](const bus::Request& request,
             const v1::PutPaperOffice& message) -> base::Result<v1::PutPaperOfficeReply> {
        ASSIGN_OR_RETURN(const auto actor, ActorFrom(request.envelope));
        ASSIGN_OR_RETURN(v1::PutPaperOfficeReply reply, desk_.PutOffice(message, actor));
        RETURN_IF_ERROR(directory_.Load());
        RETURN_IF_ERROR(changed_());
        return reply;
      });
}

}  // namespace tracing
