#include "tracing/app/letter_events.h"

#include <fmt/format.h>

#include <algorithm>

#include "security/security.h"
#include "tracing/contract/parcel.h"
#include "tracing/domain/wire.h"
#include "tracing/store/codec.h"

namespace tracing {
namespace {

store::NewEvent Event(std::string type, const LetterRow& row, const google::protobuf::Message& body,
                      base::UtcTime now) {
  return {.type = std::move(type),
          .subject = "letter/" + base::ToHex(row.conversation.id.raw),
          .time = now,
          .payload = body.SerializeAsString(),
          .payload_type = body.GetDescriptor()->full_name(),
          .correlation_id = BytesOf(row.conversation.id),
          .causation_id = {}};
}

v1::LetterChanged Changed(const LetterRow& row, const std::string& peer_name) {
  const Conversation& c = row.conversation;
  const Facts facts = Fold(c);
  v1::LetterChanged out;
  out.set_conversation_id(BytesOf(c.id));
  out.set_kind(static_cast<v1::LetterKind>(c.kind));
  out.set_incoming(c.side == Side::kAnswerer);
  out.set_document_no(row.document_no);
  out.set_peer(c.peer.ToString());
  out.set_peer_name(peer_name);
  out.set_state(static_cast<v1::LetterState>(facts.state));
  out.set_case_id(row.case_id);
  out.set_student_id(row.student_id);
  out.set_stuck(std::string{StuckName(c.stuck)});
  out.set_stuck_text(std::string{StuckChinese(c.stuck)});
  if (facts.reply_by != base::Date{}) {
    *out.mutable_reply_by() = ToProto(base::InstantAt(facts.reply_by, 0));
  }
  out.set_urges(static_cast<std::uint32_t>(facts.urges));
  out.set_version(c.version);
  return out;
}

std::string_view NameOf(Did did) {
  switch (did) {
    case Did::kReceived: return "received";
    case Did::kToOfficer: return "for_officer";
    case Did::kStuck:
    case Did::kParked: return "stuck";
    case Did::kUnstuck: return "unstuck";
    case Did::kCopyDue: return "copied";
    case Did::kAdopted: return "adopted";
    case Did::kOvertaken: return "overtaken";
    case Did::kStateDiffers: return "state_differs";
    default: return "";
  }
}

}  // namespace

std::vector<store::NewEvent> EventsOf(const Record& record, const LetterRow& row,
                                      const std::string& peer_name, base::UtcTime now) {
  const std::string name{record.did == Did::kState ? LetterStateName(record.to)
                                                   : NameOf(record.did)};
  if (name.empty()) return {};
  return {Event("tracing.letter." + name, row, Changed(row, peer_name), now)};
}

store::NewEvent ReplyEvent(const LetterRow& row, const ReplyNews& news, base::UtcTime now) {
  const Meaning meaning = EffectOf(ReplyCodeOf(news.reply.code()));
  const v1::ReplyLetter& reply = news.reply;
  v1::ReplyReceived out;
  out.set_conversation_id(BytesOf(row.conversation.id));
  out.set_kind(static_cast<v1::LetterKind>(row.conversation.kind));
  out.set_peer(row.conversation.peer.ToString());
  out.set_peer_name(news.peer_name);
  out.set_document_no(news.document_no);
  out.set_asked_document_no(row.document_no);
  out.set_seq(news.seq);
  out.set_code(ReplyCodeOf(reply.code()));
  out.set_code_name(meaning.name);
  // A line that names a document is not the document: it proves nothing to the asking case.
  const auto proofs =
      std::count_if(reply.proof().begin(), reply.proof().end(),
                    [](const v1::Attachment& one) { return !one.content().empty(); });
  out.set_has_proof(proofs > 0);
  out.set_proofs(static_cast<std::uint32_t>(proofs));
  out.set_third_division(reply.third_division());
  out.set_third_name(news.third_name);
  out.set_forwarding(news.forwarding);
  if (reply.has_until()) *out.mutable_until() = reply.until();
  if (reply.has_since()) *out.mutable_since() = reply.since();
  out.set_case_id(row.case_id);
  out.set_student_id(row.student_id);
  out.set_by_machine(reply.by_machine());
  out.set_school(security::MaskText(reply.school()));
  out.set_persuasions(reply.persuasions());
  out.set_last_paid_term(reply.last_paid_term());
  out.set_last_paid_fen(reply.last_paid_fen());
  return Event("tracing.reply.received", row, out, now);
}

store::NewEvent HouseholdEvent(const LetterRow& row, const HouseholdNews& news, base::UtcTime now) {
  const Conversation& c = row.conversation;
  v1::HouseholdTaskWanted out;
  out.set_conversation_id(BytesOf(c.id));
  out.set_kind(static_cast<v1::LetterKind>(c.kind));
  out.set_asker(c.peer.ToString());
  out.set_asker_name(news.asker_name);
  out.set_document_no(row.document_no);
  out.set_person_id(news.person_id);
  out.set_town(news.town);
  *out.mutable_due() = ToProto(news.due);
  out.set_text(news.text);
  out.set_reference(fmt::format("letter/{}/{}", base::ToHex(c.id.raw), Fold(c).round));
  out.set_purpose("letter");
  return Event("tracing.household.wanted", row, out, now);
}

}  // namespace tracing
