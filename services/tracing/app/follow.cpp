// What follows from another county's answer: the asking case hears of it.
#include <algorithm>

#include "tracing/app/letter_desk.h"
#include "tracing/app/letter_events.h"
#include "tracing/domain/reply.h"

namespace tracing {
namespace {

// The answer within an item of the answerer: a reply, a forwarding as R11, a new date as R12.
// Nothing: the item answers nothing.
std::optional<v1::ReplyLetter> ReplyIn(const v1::Item& item) {
  v1::ReplyLetter reply;
  if (item.has_reply()) {
    reply = item.reply();
  } else if (item.has_forwarding()) {
    reply.set_code(v1::REPLY_CODE_R11);
    reply.set_third_division(item.forwarding().to());
  } else if (item.has_interim() && item.interim().has_until()) {
    reply.set_code(v1::REPLY_CODE_R12);
    *reply.mutable_until() = item.interim().until();
  } else {
    return std::nullopt;
  }
  return reply;
}

// An interim reply that did not cross with something that came first.
bool IsNewDate(const LetterRow& row, const Record& record) {
  const Conversation& c = row.conversation;
  if (record.did != Did::kReceived || record.seq == 0 || record.seq > c.theirs.size()) return false;
  if (c.theirs.items[record.seq - 1].kind != ItemKind::kInterim) return false;
  for (const auto& [by_asker, seq] : Fold(c).moot) {
    if (!by_asker && seq == record.seq) return false;
  }
  return true;
}

}  // namespace

base::Status LetterDesk::Follow(store::Transaction& tx, const LetterRow& row, const Record& record,
                                Job& job) {
  if (row.conversation.side != Side::kAsker) return {};
  if (record.did == Did::kReply || record.did == Did::kForwardDue || IsNewDate(row, record)) {
    return TellReply(tx, row, record.seq, job);
  }
  return {};
}

base::Status LetterDesk::TellReply(store::Transaction& tx, const LetterRow& row, std::uint32_t seq,
                                   Job& job) const {
  v1::Item item;
  const bool by_asker = row.conversation.side == Side::kAnswerer;
  const auto returned = std::find_if(
      job.returned.begin(), job.returned.end(), [&](const ReturnedItem& one) {
        return one.content.seq() == seq && one.content.from_asker() == by_asker;
      });
  if (returned != job.returned.end()) {
    item = returned->content;
  } else if (job.arrived == nullptr) {
    item = job.content;  // entered by hand for a county without the software
  } else if (!item.ParseFromString(job.arrived->item())) {
    return {};
  }
  const auto reply = ReplyIn(item);
  if (!reply) return {};
  const std::shared_ptr<const Book> book = office_.book();
  const auto name = [&](const std::string& division) {
    const v1::Member* const member = book->directory.Find(division);
    return member == nullptr ? division : member->name();
  };
  job.events.push_back(
      ReplyEvent(row,
                 {.reply = *reply,
                  .seq = seq,
                  .document_no = item.document_no().empty() ? job.by_hand : item.document_no(),
                  .peer_name = name(row.conversation.peer.ToString()),
                  .third_name = name(reply->third_division()),
                  .forwarding = false},
                 Now()));
  for (const ReplyTaken& taken : reply_taken_) {
    RETURN_IF_ERROR(taken(tx, row, *reply, item.document_no(), job.events));
  }
  return {};
}

}  // namespace tracing
