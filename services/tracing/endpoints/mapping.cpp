#include "tracing/endpoints/mapping.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/plain_text.h"
#include "tracing/domain/deadlines.h"
#include "tracing/store/codec.h"

namespace tracing {
namespace {

constexpr std::uint32_t kLimitDefault = 100;
constexpr std::uint32_t kLimitMax = 1000;

void PutTimeIf(base::UtcTime time, google::protobuf::Timestamp* (v1::Letter::*field)(),
               v1::Letter* out) {
  if (time != base::UtcTime{}) *(out->*field)() = ToProto(time);
}

}  // namespace

void PutLetter(const LetterRow& row, const Book& book, const Office& office, base::UtcTime now,
               v1::Letter* out) {
  const Conversation& c = row.conversation;
  const Facts facts = Fold(c);
  const v1::Member* const peer = book.directory.Find(c.peer.ToString());
  out->set_conversation_id(BytesOf(c.id));
  out->set_kind(static_cast<v1::LetterKind>(c.kind));
  out->set_incoming(c.side == Side::kAnswerer);
  out->set_document_no(row.document_no);
  out->set_peer(c.peer.ToString());
  out->set_peer_name(peer == nullptr ? "" : peer->name());
  out->set_state(static_cast<v1::LetterState>(facts.state));
  out->set_state_name(std::string{LetterStateChinese(facts.state)});
  out->set_student_name(row.student_name);
  out->set_id_masked(row.id_masked);
  out->set_student_id(row.student_id);
  out->set_case_id(row.case_id);
  if (!c.asker().items.empty()) {
    PutTimeIf(c.asker().items.front().at, &v1::Letter::mutable_sent_at, out);
  }
  const base::Date counted = CountedFrom(c, facts).value_or(base::DateAt(now));
  const int day_end = office.policies.At(counted).deadlines.day_end_minute;
  if (facts.reply_by != base::Date{}) {
    *out->mutable_reply_by() =
        ToProto(base::InstantAt(facts.reply_by, day_end));
    out->set_overdue(AwaitsAnswer(facts.state) && base::DateAt(now) > facts.reply_by);
  }
  if (row.acknowledge_by) {
    *out->mutable_acknowledge_by() =
        ToProto(base::InstantAt(*row.acknowledge_by, day_end));
    out->set_acknowledge_overdue(base::DateAt(now) > *row.acknowledge_by);
  }
  PutTimeIf(c.differs_at, &v1::Letter::mutable_differs_since, out);
  out->set_urges(static_cast<std::uint32_t>(facts.urges));
  out->set_stuck(std::string{StuckName(c.stuck)});
  out->set_stuck_text(row.printed ? "已打印，待登记送达" : std::string{StuckChinese(c.stuck)});
  if (c.stuck != Stuck::kNone && c.declined != Decline::kNone) {
    out->set_stuck_text(out->stuck_text() + "：" + std::string{DeclineChinese(c.declined)});
  }
  if (row.stuck_since) *out->mutable_stuck_since() = ToProto(*row.stuck_since);
  PutTimeIf(c.confirmed_at, &v1::Letter::mutable_confirmed_at, out);
  out->set_peer_state(static_cast<v1::LetterState>(c.peer_state));
  out->set_desk(std::string{DeskName(c.desk)});
  out->set_reply_code(static_cast<v1::ReplyCode>(facts.code));
  out->set_version(c.version);
  out->set_paper(c.paper);
  if (c.delivered < c.mine.size()) PutTimeIf(c.next_try, &v1::Letter::mutable_next_attempt, out);
  out->set_attempts(c.attempts);
}

void PutLog(const LetterRow& row, const std::vector<v1::EvidenceItem>& of_asker,
            const std::vector<v1::EvidenceItem>& of_answerer, bool with_items, v1::Letter* out) {
  const Conversation& c = row.conversation;
  const Facts facts = Fold(c);
  for (const auto& [by_asker, index] : Order(c.asker(), c.answerer())) {
    const Item& item = (by_asker ? c.asker() : c.answerer()).items[index];
    v1::LogEntry& entry = *out->add_log();
    entry.set_by_asker(by_asker);
    entry.set_seq(index + 1);
    entry.set_kind(ItemKindName(item.kind));
    entry.set_kind_name(ItemKindChinese(item.kind));
    *entry.mutable_written_at() = ToProto(item.at);
    if (item.taken != base::UtcTime{}) *entry.mutable_taken_at() = ToProto(item.taken);
    entry.set_item_hash(BytesOf(item.hash));
    entry.set_moot(std::find(facts.moot.begin(), facts.moot.end(),
                             std::pair{by_asker, index + 1}) != facts.moot.end());
    if (item.code != 0) entry.set_code(fmt::format("R{:02}", item.code));
    const auto& items = by_asker ? of_asker : of_answerer;
    v1::Item content;
    if (index >= items.size() || !content.ParseFromString(items[index].item().item())) continue;
    entry.set_document_no(base::PlainLine(content.document_no(), kDocumentNoMax));
    entry.set_by_hand(base::PlainLine(content.by_hand(), kNameMax));
    if (with_items) entry.set_item(items[index].item().item());
  }
}

base::UtcTime PrintedSince(base::UtcTime now, const Policy& policy) {
  return now - std::chrono::days{policy.deadlines.post_days};
}

base::Result<LetterFilter> FilterFrom(const v1::ListLetters& request, base::UtcTime now,
                                      const Policy& policy) {
  LetterFilter filter;
  if (request.incoming_only()) filter.incoming = true;
  if (request.outgoing_only()) filter.incoming = false;
  filter.open_only = request.open_only();
  filter.stuck_only = request.stuck_only();
  filter.for_officer_only = request.for_officer_only();
  filter.printed_since = PrintedSince(now, policy);
  if (request.overdue_only()) filter.overdue_on = base::DateAt(now);
  filter.case_id = request.case_id();
  filter.for_approval_only = request.for_approval_only();
  filter.newest_first = request.newest_first();
  filter.document_no = request.document_no();
  if (!request.peer().empty()) {
    ASSIGN_OR_RETURN(filter.peer, Division::Parse(request.peer()));
  }
  filter.after = IdFrom(request.after());
  filter.limit = request.limit() == 0 ? kLimitDefault : std::min(request.limit(), kLimitMax);
  return filter;
}

base::Result<baoxue::bus::v1::Actor> ActorFrom(const bus::Envelope& envelope) {
  if (envelope.actor().person_id().empty() || envelope.actor().role().empty()) {
    return base::Error{base::Code::kInvalidArgument, "ACTOR_MISSING", "需要写明操作人和身份"};
  }
  return envelope.actor();
}

}  // namespace tracing
