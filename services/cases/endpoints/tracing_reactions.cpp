#include "cases/endpoints/tracing_reactions.h"

#include <fmt/format.h>

#include "cases/endpoints/mapping.h"
#include "host/log.h"
#include "security/security.h"
#include "tracing/contract/tracing.pb.h"

namespace cases {
namespace {

namespace tracing = baoxue::tracing::v1;

// "R01 在我地就读有学籍" -> the name alone.
std::string NameOnly(const std::string& code_name) {
  const std::size_t space = code_name.find(' ');
  return space == std::string::npos ? code_name : code_name.substr(space + 1);
}

LetterReply ReplyFrom(const tracing::ReplyReceived& message, base::UtcTime at) {
  LetterReply reply;
  reply.at = at;
  LetterNews& letter = reply.letter;
  letter.conversation = security::Hex(message.conversation_id());
  reply.reference = fmt::format("letter/{}/{}", letter.conversation, message.seq());
  letter.county = message.peer_name().empty() ? message.peer() : message.peer_name();
  letter.division = message.peer();
  letter.asked_no = message.asked_document_no();
  letter.document_no = message.document_no();
  letter.code = fmt::format("R{:02}", message.code());
  letter.code_name = NameOnly(message.code_name());
  letter.school = message.school();
  letter.third = message.third_name().empty() ? message.third_division() : message.third_name();
  letter.persuasions = static_cast<int>(std::min(message.persuasions(), 10'000u));
  letter.proofs = static_cast<int>(std::min(message.proofs(), 10'000u));
  letter.by_machine = message.by_machine();
  letter.forwarded = message.forwarding();
  if (message.has_since()) reply.since = DateFrom(message.since());
  if (message.has_until()) reply.until = DateFrom(message.until());
  return reply;
}

}  // namespace

TracingReactions::TracingReactions(host::Host& host, CaseDesk& desk, host::Counter unreadable)
    : host_(host), desk_(desk), unreadable_(unreadable) {}

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
  const DescribeEvents& describe = desk_.describe();
  CaseWriter writer{tx, desk_.rules(), desk_.Now(), describe};
  FeedDesk feed{writer};
  for (const bus::Event& event : events) RETURN_IF_ERROR(OnEvent(feed, event));
  return writer.Finish();
}

// One line for each event that means something here.
base::Status TracingReactions::OnEvent(FeedDesk& feed, const bus::Event& event) {
  if (event.type() == "tracing.reply.received") return OnReply(feed, event);
  if (event.type() == "tracing.where.here") return OnWhere(feed, event);
  return {};
}

// A county says that the child goes to school there: nothing is proven yet, an officer reads it and
// writes.
base::Status TracingReactions::OnWhere(FeedDesk& feed, const bus::Event& event) {
  tracing::WhereChanged message;
  if (!message.ParseFromString(event.payload()) || message.here().empty() ||
      message.here_names().empty()) {
    return Unreadable(event);
  }
  LetterReply reply;
  reply.at = TimeFrom(event.time());
  LetterNews& news = reply.letter;
  news.conversation = security::Hex(message.question_id());
  news.division = message.here(0);
  news.county = message.here_names(0);
  news.code = "WHERE";
  news.code_name = "对“这孩子在哪里”签名答复：在我地，可发协查函核实";
  reply.reference = fmt::format("where/{}/{}", news.conversation, news.division);
  return feed.Reply(CaseId{message.case_id()}, {.student = StudentId{message.student_id()}},
                    reply);
}

base::Status TracingReactions::OnReply(FeedDesk& feed, const bus::Event& event) {
  tracing::ReplyReceived message;
  if (!message.ParseFromString(event.payload()) || message.conversation_id().empty()) {
    return Unreadable(event);
  }
  return feed.Reply(CaseId{message.case_id()}, {.student = StudentId{message.student_id()}},
                    ReplyFrom(message, TimeFrom(event.time())));
}

base::Status TracingReactions::Unreadable(const bus::Event& event) {
  unreadable_.Add();
  host::LogWarnLimited("cases.event_unreadable", 60,
                       {{"feed", event.feed()}, {"type", event.type()}, {"seq", event.seq()}});
  return {};
}

}  // namespace cases
