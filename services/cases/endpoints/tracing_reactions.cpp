#include "cases/endpoints/tracing_reactions.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "cases/endpoints/mapping.h"
#include "host/log.h"
#include "security/security.h"
#include "tracing/contract/away.pb.h"
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

constexpr std::string_view kTransferPrefix = "tracing.transfer.";

std::string ReferenceOf(const tracing::TransferChanged& message) {
  return fmt::format("transfer/{}", message.watch_id());
}

// One for as long as the suspicion lives: the next term's says nothing new.
std::string ReferenceOf(const tracing::AwayChanged& message) {
  return fmt::format("away/{}", message.away_id());
}

std::string ArrivalText(const tracing::TransferChanged& message) {
  return fmt::format("转学已到校：{}{}{}", message.other_division(), message.school(),
                     message.document_no().empty() ? "" : "，" + message.document_no());
}

Suspicion MissingFrom(const tracing::TransferChanged& message, const Subject& subject,
                      base::UtcTime at) {
  Suspicion suspicion;
  suspicion.subject = subject;
  Signal& signal = suspicion.signal;
  signal.at = at;
  signal.found_by = "转学";
  signal.reference = ReferenceOf(message);
  signal.reason = fmt::format("转往{}，期限内未确认到校", message.other_division());
  if (message.has_began()) signal.first_absent = DateFrom(message.began());
  return suspicion;
}

}  // namespace

TracingReactions::TracingReactions(host::Host& host, CaseDesk& desk, HouseholdDesk& households,
                                   host::Counter unreadable)
    : host_(host), desk_(desk), households_(households), unreadable_(unreadable) {}

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
  Told told;
  for (const bus::Event& event : events) {
    RETURN_IF_ERROR(OnEvent(feed, event));
    RETURN_IF_ERROR(OnHousehold(tx, event, told));
    RETURN_IF_ERROR(OnLetter(tx, event, told));
  }
  RETURN_IF_ERROR(writer.Finish());
  if (told.empty()) return {};
  const auto appended = store::AppendEvents(tx, kFeed, told);
  if (!appended.ok()) return appended.error();
  return {};
}

// One line for each event that means something here.
base::Status TracingReactions::OnEvent(FeedDesk& feed, const bus::Event& event) {
  if (event.type() == "tracing.reply.received") return OnReply(feed, event);
  if (event.type() == "tracing.where.here") return OnWhere(feed, event);
  if (event.type() == "tracing.letter.refused" || event.type() == "tracing.letter.expired" ||
      event.type() == "tracing.letter.stuck") {
    return OnOwnLetter(feed, event);
  }
  if (event.type().starts_with(kTransferPrefix)) return OnTransfer(feed, event);
  if (event.type() == "tracing.away.proof_missing") return OnProofMissing(feed, event);
  if (event.type() == "tracing.away.proven" || event.type() == "tracing.away.back") {
    return OnProofCame(feed, event);
  }
  if (event.type() == "tracing.hand_over.taken") return OnHandedOver(feed, event);
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
  // A transfer's own letter belongs to its watch, which says what it means.
  if (message.case_id() == 0 && message.kind() == tracing::LETTER_KIND_ZX) return {};
  return feed.Reply(CaseId{message.case_id()}, {.student = StudentId{message.student_id()}},
                    ReplyFrom(message, TimeFrom(event.time())));
}

// The case's letter will not be answered, or does not get there: whoever waits for it must know.
base::Status TracingReactions::OnOwnLetter(FeedDesk& feed, const bus::Event& event) {
  tracing::LetterChanged message;
  if (!message.ParseFromString(event.payload())) return Unreadable(event);
  if (message.incoming() || message.case_id() == 0) return {};
  // A letter on paper that is to be posted: an officer's task over there, no news for the case.
  const bool is_stuck = event.type() == "tracing.letter.stuck";
  if (is_stuck && message.stuck() == "PAPER_WAITING") return {};
  LetterReply reply;
  reply.at = TimeFrom(event.time());
  LetterNews& news = reply.letter;
  news.conversation = security::Hex(message.conversation_id());
  news.division = message.peer();
  news.county = message.peer_name().empty() ? message.peer() : message.peer_name();
  news.asked_no = message.document_no();
  const std::string which = message.document_no().empty() ? "我局函件" : message.document_no();
  if (event.type() == "tracing.letter.refused") {
    news.code = "REFUSED";
    news.code_name = fmt::format("对方不予办理{}，理由见该函，请另行核查", which);
  } else if (event.type() == "tracing.letter.expired") {
    news.code = "EXPIRED";
    news.code_name = fmt::format("{}逾期未复，已停止催办，请另行核查", which);
  } else {
    const bool parked = message.stuck() == "PARKED";
    const bool goes_on = message.stuck() == "PEER_SILENT" || message.stuck() == "PEER_DECLINED";
    news.code = parked ? "PARKED" : "STUCK";
    news.code_name = fmt::format("{}未能送达：{}{}", which, message.stuck_text(),
                                 parked    ? "，请修改后重发或改用纸质函"
                                 : goes_on ? "，系统继续发送"
                                           : "");
  }
  // One entry for each reason and each time that the letter came to it.
  reply.reference = fmt::format("letter/{}/{}/{}", news.conversation, news.code,
                                news.code == "STUCK" ? message.stuck()
                                                     : std::to_string(message.version()));
  return feed.Reply(CaseId{message.case_id()}, {.student = StudentId{message.student_id()}},
                    reply);
}

base::Status TracingReactions::OnTransfer(FeedDesk& feed, const bus::Event& event) {
  const std::string what = event.type().substr(kTransferPrefix.size());
  if (what != "missing" && what != "arrived" && what != "called_off") return {};
  tracing::TransferChanged message;
  if (!message.ParseFromString(event.payload()) || message.student_id() <= 0) {
    return Unreadable(event);
  }
  const base::UtcTime at = TimeFrom(event.time());
  const Subject subject{.student = StudentId{message.student_id()}, .person = {}};
  if (what == "missing") return feed.Suspect(MissingFrom(message, subject, at));
  const bool arrived = what == "arrived";
  if (message.was_missing()) {
    RETURN_IF_ERROR(feed.Withdraw(subject, {.at = at,
                                            .reference = ReferenceOf(message),
                                            .why = arrived ? ArrivalText(message) : "转学已取消"}));
  }
  if (!arrived) return {};
  // A case that was confirmed by then, or that somebody opened while the child was on the way, is
  // not withdrawn: the child is in school elsewhere.
  const auto on = message.has_arrived_on() ? DateFrom(message.arrived_on()) : std::nullopt;
  RegistryBatch batch;
  batch.facts.emplace_back(subject.student,
                           RegistryFact{.at = at,
                                        .event = "transfer_arrived",
                                        .text = ArrivalText(message),
                                        .effective = on.value_or(base::DateAt(at)),
                                        .until = {}});
  return feed.Registry(batch, at);
}

base::Status TracingReactions::OnHousehold(store::Transaction& tx, const bus::Event& event,
                                           Told& told) {
  if (event.type() != "tracing.household.wanted") return {};
  tracing::HouseholdTaskWanted message;
  if (!message.ParseFromString(event.payload()) || message.reference().empty()) {
    return Unreadable(event);
  }
  HouseholdTask task;
  task.reference = message.reference();
  task.conversation = security::Hex(message.conversation_id());
  task.purpose = message.purpose().empty() ? "letter" : message.purpose();
  task.asker = message.asker();
  task.asker_name = message.asker_name();
  task.document_no = message.document_no();
  task.letter_kind = message.kind();
  task.person = PersonId{message.person_id()};
  task.town = message.town();
  task.text = message.text();
  task.wanted_at = TimeFrom(event.time());
  task.due = TimeFrom(message.due());
  return households_.Want(tx, std::move(task), told);
}

// A letter that was answered otherwise, or is over, needs nobody at the household.
base::Status TracingReactions::OnLetter(store::Transaction& tx, const bus::Event& event,
                                        Told& told) {
  constexpr std::array<std::string_view, 5> kEnds{
      "tracing.letter.answered", "tracing.letter.closed", "tracing.letter.withdrawn",
      "tracing.letter.refused", "tracing.letter.forwarded"};
  if (std::find(kEnds.begin(), kEnds.end(), event.type()) == kEnds.end()) return {};
  tracing::LetterChanged message;
  if (!message.ParseFromString(event.payload())) return Unreadable(event);
  if (!message.incoming()) return {};
  const bool over = message.state() == tracing::LETTER_STATE_CLOSED ||
                    message.state() == tracing::LETTER_STATE_WITHDRAWN;
  return households_.Moot(tx, security::Hex(message.conversation_id()), over, told);
}

base::Status TracingReactions::OnProofMissing(FeedDesk& feed, const bus::Event& event) {
  tracing::AwayChanged message;
  if (!message.ParseFromString(event.payload()) || message.away_id() <= 0) {
    return Unreadable(event);
  }
  Suspicion suspicion;
  if (message.student_id() > 0) {
    suspicion.subject.student = StudentId{message.student_id()};
  } else {
    suspicion.subject.person = PersonId{message.person_id()};
  }
  // Known to neither list: the township's task alone follows it.
  if (!message.suspect() || suspicion.subject.Key() == 0) return {};
  suspicion.signal.at = TimeFrom(event.time());
  suspicion.signal.found_by = "摸排";
  suspicion.signal.reference = ReferenceOf(message);
  suspicion.signal.reason = "户籍地追踪：" + message.reason();
  return feed.Suspect(suspicion);
}

// A proof that came late takes the suspicion back; a case that was confirmed by then is read by a
// person.
base::Status TracingReactions::OnProofCame(FeedDesk& feed, const bus::Event& event) {
  tracing::AwayChanged message;
  if (!message.ParseFromString(event.payload()) || message.away_id() <= 0) {
    return Unreadable(event);
  }
  if (!message.was_missing()) return {};
  const bool back = event.type() == "tracing.away.back";
  const std::string why =
      back ? "已返回本县就读" : fmt::format("已取得异地就读证明：{}", message.reason());
  LetterReply reply;
  reply.at = TimeFrom(event.time());
  reply.reference = fmt::format("away/{}/{}", message.away_id(), message.version());
  reply.letter.conversation = security::Hex(message.conversation_id());
  reply.letter.division = reply.letter.county = message.division();
  reply.letter.code = back ? "AWAY_BACK" : "AWAY_PROVEN";
  reply.letter.code_name = why;
  for (const Subject& subject : {Subject{.student = {}, .person = PersonId{message.person_id()}},
                                 Subject{.student = StudentId{message.student_id()}}}) {
    if (subject.Key() == 0) continue;
    RETURN_IF_ERROR(feed.Withdraw(
        subject, {.at = reply.at, .reference = ReferenceOf(message), .why = why}));
    RETURN_IF_ERROR(feed.Reply(CaseId{}, subject, reply));
  }
  return {};
}

base::Status TracingReactions::OnHandedOver(FeedDesk& feed, const bus::Event& event) {
  tracing::HandOverChanged message;
  if (!message.ParseFromString(event.payload()) || message.case_id() <= 0) {
    return Unreadable(event);
  }
  LetterReply reply;
  reply.at = TimeFrom(event.time());
  reply.letter.conversation = security::Hex(message.conversation_id());
  reply.reference = fmt::format("hand_over/{}", message.case_id());
  reply.letter.county = message.peer_name().empty() ? message.peer() : message.peer_name();
  reply.letter.division = message.peer();
  reply.letter.asked_no = reply.letter.document_no = message.document_no();
  reply.letter.code = kHandedOver;
  reply.letter.code_name = "已接收学籍，由户籍地接办";
  return feed.Reply(CaseId{message.case_id()}, {.student = StudentId{message.student_id()}},
                    reply);
}

base::Status TracingReactions::Unreadable(const bus::Event& event) {
  unreadable_.Add();
  host::LogWarnLimited("cases.event_unreadable", 60,
                       {{"feed", event.feed()}, {"type", event.type()}, {"seq", event.seq()}});
  return {};
}

}  // namespace cases
