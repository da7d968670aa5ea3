// What follows from a step besides the letter itself: the asking case hears of an answer, the third
// county is asked, the superior gets its copy, the township visits.
#include <algorithm>

#include "tracing/app/letter_desk.h"
#include "tracing/app/letter_events.h"
#include "tracing/domain/reply.h"
#include "tracing/domain/wire.h"

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

base::Status LetterDesk::Follow(store::Transaction& tx, const LetterRow& row,
                                const Record& record, Job& job) {
  if (record.did == Did::kToHousehold) return WantVisit(tx, row, job);
  if (row.conversation.side != Side::kAsker) return {};
  if (record.did == Did::kReply || record.did == Did::kForwardDue || IsNewDate(row, record)) {
    return FollowReply(tx, row, record.seq, job);
  }
  if (record.did != Did::kCopyDue) return {};
  const Division to = row.conversation.mine.items.at(record.seq - 1).to;
  return InsertMachineLetter(tx, {.id = row.conversation.id,
                                  .kind = MachineKind::kCopy,
                                  .seq = record.seq,
                                  .to = to,
                                  .state = to ? MachineState::kWanted : MachineState::kRefused,
                                  .written = {},
                                  .why = to ? "" : "两县没有共同的上级",
                                  .next_at = to ? std::optional{Now()} : std::nullopt});
}

base::Status LetterDesk::FollowReply(store::Transaction& tx, const LetterRow& row,
                                     std::uint32_t seq, Job& job) {
  v1::Item item;
  if (job.arrived == nullptr) {
    item = job.content;  // entered by hand for a county without the software
    for (const ReturnedItem& one : job.returned) {  // or given back after a restore
      if (!one.content.from_asker() && one.content.seq() == seq) item = one.content;
    }
  } else if (!item.ParseFromString(job.arrived->item())) {
    return {};
  }
  Tame(&item);
  const auto reply = ReplyIn(item);
  if (!reply) return {};
  const std::shared_ptr<const Book> book = office_.book();
  const auto name = [&](const std::string& division) {
    const v1::Member* const member = book->directory.Find(division);
    return member == nullptr ? division : member->name();
  };
  ASSIGN_OR_RETURN(const bool forwarding, NameThird(tx, row, seq, *reply, *job.policy));
  const std::string& number = item.document_no();
  job.events.push_back(ReplyEvent(row,
                                  {.reply = *reply,
                                   .seq = seq,
                                   .document_no = number.empty() ? job.by_hand : number,
                                   .peer_name = name(row.conversation.peer.ToString()),
                                   .third_name = name(reply->third_division()),
                                   .forwarding = forwarding},
                                  Now()));
  for (const ReplyTaken& taken : reply_taken_) {
    RETURN_IF_ERROR(taken(tx, row, *reply, number, job.events));
  }
  return {};
}

// R05 and R11 name another county: the machine asks it, or an officer is shown that it may be
// asked. True if the machine does.
base::Result<bool> LetterDesk::NameThird(store::Transaction& tx, const LetterRow& row,
                                         std::uint32_t seq, const v1::ReplyLetter& reply,
                                         const Policy& policy) {
  if (!EffectOf(ReplyCodeOf(reply.code())).asks_third) return false;
  const std::shared_ptr<const Book> book = office_.book();
  auto third = book->divisions.ResolveText(reply.third_division(), base::DateAt(Now()));
  // A county that the directory does not name is asked on paper.
  if (!third.ok() && third.error().reason == "UNKNOWN_DIVISION") {
    third = Division::Parse(reply.third_division());
  }
  if (!third.ok()) return false;  // an address only: an officer reads it
  const Conversation& c = row.conversation;
  MachineLetter onward{.id = c.id, .kind = MachineKind::kOnward, .seq = seq, .to = *third,
                       .state = MachineState::kProposed, .written = {}, .why = {}, .next_at = {}};
  bool known = *third == c.self || *third == c.peer;
  for (const Hop& hop : c.hops) known = known || hop.by == *third;
  if (known) {
    onward.state = MachineState::kRefused;
    onward.why = "该县已经手过此函，请经办人协商";
  } else if (static_cast<int>(c.hops.size()) >= policy.forward_hops_max) {
    onward.state = MachineState::kRefused;
    onward.why = "转办次数已达上限，请经办人协商";
  } else if (policy.approval.forward_automatically) {
    onward.state = MachineState::kWanted;
    onward.next_at = Now();
  }
  RETURN_IF_ERROR(InsertMachineLetter(tx, onward));
  return onward.state == MachineState::kWanted;
}

base::Status LetterDesk::WantVisit(store::Transaction& tx, const LetterRow& row, Job& job) {
  const std::shared_ptr<const Book> book = office_.book();
  const v1::Member* const asker = book->directory.Find(row.conversation.peer.ToString());
  ASSIGN_OR_RETURN(const std::optional<DeskSlip> slip, FindSlip(tx, row.conversation.id));
  const auto due = base::InstantAt(
      office_.calendar.AddWorkingDays(base::DateAt(Now()), job.policy->reply.household_days),
      job.policy->deadlines.day_end_minute);
  job.events.push_back(HouseholdEvent(row,
                                      {.asker_name = asker == nullptr ? "" : asker->name(),
                                       .text = "入户核查来函所述儿童的去向",
                                       .town = slip ? slip->town : "",
                                       .person_id = slip ? slip->person_id : 0,
                                       .due = due},
                                      Now()));
  return {};
}

}  // namespace tracing
