#include "subsidy/endpoints/tracing_reactions.h"

#include "base/plain_text.h"
#include "host/log.h"
#include "tracing/contract/tracing.pb.h"

namespace subsidy {
namespace {

// What a stranger wrote, as the table holds it.
constexpr std::size_t kTermBytesMax = 16;  // "2026秋"
constexpr std::size_t kDocumentNoMax = 64;

}  // namespace

void TracingReactions::Follow() {
  if (!host_.suite().services.contains("tracing")) return;
  host_.FollowBatches(
      "tracing",
      [this](store::Transaction& tx, const std::vector<bus::Event>& events) {
        return OnTracing(tx, events);
      },
      [this] { host_.NotifyFeed(); });
}

base::Status TracingReactions::OnTracing(store::Transaction& tx,
                                         const std::vector<bus::Event>& events) {
  std::vector<PaidElsewhere> paid;
  for (const bus::Event& event : events) {
    if (event.type() != "tracing.reply.received") continue;
    baoxue::tracing::v1::ReplyReceived reply;
    const bool parsed = reply.ParseFromString(event.payload());
    if (parsed && reply.last_paid_term().empty()) continue;
    if (!parsed || reply.student_id() <= 0 || reply.last_paid_fen() < 0 ||
        reply.last_paid_term().size() > kTermBytesMax || reply.peer().size() != 6) {
      host::LogWarnLimited("subsidy.event_unreadable", 60,
                           {{"feed", event.feed()}, {"type", event.type()}, {"seq", event.seq()}});
      continue;
    }
    paid.push_back({.student = StudentId{reply.student_id()},
                    .term = reply.last_paid_term(),
                    .division = reply.peer(),
                    .fen = reply.last_paid_fen(),
                    .letter = base::PlainLine(reply.document_no(), kDocumentNoMax)});
  }
  return TakePaidElsewhere(tx, office_, paid);
}

}  // namespace subsidy
