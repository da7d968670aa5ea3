#include "registry/endpoints/mark_handlers.h"

#include "registry/endpoints/mapping.h"

namespace registry {
namespace {

base::Result<MarkKey> KeyFrom(std::uint32_t suite, const std::string& nonce) {
  if (suite == 1) return MarkKey{security::LetterSuite::kSm, nonce};
  if (suite == 2) return MarkKey{security::LetterSuite::kEd25519, nonce};
  return base::Error{base::Code::kInvalidArgument, "BAD_MARK", "未知的密码套件"};
}

// The operator's command may call everything; whom a question means is for its answer alone.
base::Status OnlyTracing(const bus::Request& request) {
  if (request.peer == "tracing") return {};
  return base::Error{base::Code::kPermissionDenied, "ONLY_TRACING", "只有协查服务可以这样查询"};
}

}  // namespace

void RegisterMarkHandlers(bus::Server& server, MarkTable& marks) {
  server.On<pb::MatchMark, pb::MatchMarkReply>(
      [&marks](const bus::Request& request,
               const pb::MatchMark& message) -> base::Result<pb::MatchMarkReply> {
        RETURN_IF_ERROR(OnlyTracing(request));
        ASSIGN_OR_RETURN(const MarkKey key, KeyFrom(message.suite(), message.nonce()));
        ASSIGN_OR_RETURN(const MarkTable::Match match, marks.Find(key, message.mark()));
        pb::MatchMarkReply reply;
        reply.set_student_id(match.id.raw());
        reply.set_proof(match.proof);
        reply.set_looked_at(static_cast<std::uint32_t>(match.looked_at));
        return reply;
      });
  server.On<pb::MakeMark, pb::MakeMarkReply>(
      [&marks](const bus::Request& request,
               const pb::MakeMark& message) -> base::Result<pb::MakeMarkReply> {
        RETURN_IF_ERROR(OnlyTracing(request));
        ASSIGN_OR_RETURN(const MarkKey key, KeyFrom(message.suite(), message.nonce()));
        ASSIGN_OR_RETURN(const MarkTable::Made made,
                         marks.Make(StudentId{message.student_id()}, key,
                                    {message.proof_of().begin(), message.proof_of().end()}));
        pb::MakeMarkReply reply;
        reply.set_mark(made.mark);
        for (const std::string& proof : made.proofs) reply.add_proofs(proof);
        reply.set_name(made.name);
        reply.set_id_masked(made.id_masked);
        return reply;
      });
}

}  // namespace registry
