// Recovery with members that have no door of their own: the same questions, sealed and put into
// mailboxes, answered in the same way.
#include <algorithm>

#include "host/log.h"
#include "tracing/endpoints/recovery.h"
#include "tracing/store/codec.h"

namespace tracing {
namespace {

using base::Code;
using base::Error;

constexpr int kRoundsAtOnce = 4;
constexpr std::size_t kReturnedBytesMax = 1 << 20;  // the rest is asked for in the next round
constexpr std::size_t kFetchingMax = 10'000;
constexpr std::chrono::seconds kAgainFirst{5};
constexpr std::chrono::seconds kAgainLongest{600};
constexpr int kDoublingsMax = 8;

// What no other try will change; the asker asks again if it is in earnest.
bool IsForGood(const Error& error) {
  return error.code == Code::kInvalidArgument || error.code == Code::kPermissionDenied ||
         error.code == Code::kNotFound || error.code == Code::kFailedPrecondition ||
         error.code == Code::kDataCorruption;
}

}  // namespace

base::Status RecoveryRoom::AskByMail(const DueMember& member) {
  {
    const std::lock_guard lock{mutex_};
    courses_[member.peer].rounds = 0;
  }
  const base::Status posted = PostHeads(member.peer);
  const int attempts = std::min(member.attempts + 1, kDoublingsMax);
  const auto later = posted.ok() ? std::chrono::seconds{mail_.again}
                                 : std::min(kAgainFirst * (1 << attempts), kAgainLongest);
  RETURN_IF_ERROR(desk_.pool().WithSession([&](store::Session& session) {
    return SaveAsked(session, member.peer, posted.ok() ? 0 : attempts,
                     host_.clock().Now() + later,
                     posted.ok() ? "" : posted.error().ToString());
  }));
  return posted;
}

// The page at which the questions stand. The same question is the same parcel while it waits.
base::Status RecoveryRoom::PostHeads(Division member) {
  const std::uint64_t epoch = desk_.recovery().state()->recovery.epoch;
  std::string after;
  {
    const std::lock_guard lock{mutex_};
    Course& course = courses_[member];
    if (course.epoch != epoch) course = Course{.epoch = epoch};
    after = course.after;
  }
  v1::Posted posted;
  ASSIGN_OR_RETURN(*posted.mutable_get_heads(), restore_.AskHeads(member, after));
  return mail_.post(member, posted, std::to_string(epoch) + "|" + after);
}

base::Status RecoveryRoom::FetchByMail(Division peer, const v1::ReturnItems& request) {
  {
    const std::lock_guard lock{mutex_};
    if (fetching_.size() >= kFetchingMax) fetching_.clear();
    fetching_.insert({peer, IdFrom(request.conversation_id())});
  }
  v1::Posted posted;
  *posted.mutable_return_items() = request;
  return mail_.post(peer, posted,
                    request.conversation_id() + "|" + std::to_string(request.from_caller_after()) +
                        "|" + std::to_string(request.to_caller_after()));
}

base::Status RecoveryRoom::TakeMail(Division from, const v1::Posted& posted) {
  base::Status done;
  if (posted.has_heads()) {
    done = TakeHeads(from, posted.heads());
  } else if (posted.has_returned()) {
    done = TakeItems(from, posted.returned());
  } else {
    done = AnswerMail(from, posted);
  }
  if (done.ok() || !IsForGood(done.error())) return done;
  host::LogWarnLimited("tracing.recovery_mail_refused", 30,
                       {{"peer", from.ToString()}, {"error", done.error().ToString()}});
  return {};
}

base::Status RecoveryRoom::AnswerMail(Division from, const v1::Posted& posted) {
  RETURN_IF_ERROR(Allowed(from, posted.ByteSizeLong()));
  v1::Posted back;
  if (posted.has_get_heads()) {
    ASSIGN_OR_RETURN(*back.mutable_heads(), restore_.TellHeads(posted.get_heads(), from));
  } else {
    v1::ReturnItemsReply& copies = *back.mutable_returned()->mutable_items();
    ASSIGN_OR_RETURN(copies, restore_.Copies(posted.return_items(), from));
    while (copies.items_size() > 1 && copies.ByteSizeLong() > kReturnedBytesMax) {
      copies.mutable_items()->RemoveLast();
    }
    back.mutable_returned()->set_conversation_id(posted.return_items().conversation_id());
  }
  return mail_.post(from, back, "");
}

base::Status RecoveryRoom::TakeHeads(Division from, const v1::SignedHeads& answer) {
  ASSIGN_OR_RETURN(const v1::HeadsTold told, restore_.OpenHeads(answer, from));
  const auto state = desk_.recovery().state();
  if (state->recovery.Confirmed(from) || told.asked_epoch() != state->recovery.epoch) return {};
  {
    const std::lock_guard lock{mutex_};
    Course& course = courses_[from];
    if (course.epoch != told.asked_epoch()) course = Course{.epoch = told.asked_epoch()};
    if (course.after != told.after()) return {};  // a page that was dealt with
  }
  if (told.heads().epoch() > told.asked_epoch()) return BeginAnew(told.heads().epoch());
  RETURN_IF_ERROR(desk_.TakeEpoch(from, told.heads().own_epoch()));
  return TakePage(from, told.heads());
}

// Nothing of it is lacking: the next page, or that was all. A page that was whole stays whole: the
// member takes nothing of ours of before the restore any more, and we send nothing yet.
base::Status RecoveryRoom::TakePage(Division from, const v1::GetHeadsReply& heads) {
  ASSIGN_OR_RETURN(const auto missing, restore_.Compared(from, heads));
  if (missing.empty() && !heads.more()) {
    RETURN_IF_ERROR(ConfirmAndGoOn(from));
    const std::lock_guard lock{mutex_};
    courses_.erase(from);
    return {};
  }
  {
    const std::lock_guard lock{mutex_};
    Course& course = courses_[from];
    course.awaited.clear();
    for (const RestoreDesk::Lacking& one : missing) course.awaited.insert(one.id);
    if (missing.empty()) {
      course.after = heads.next();
      course.rounds = 0;
    }
  }
  if (missing.empty()) return PostHeads(from);
  for (const RestoreDesk::Lacking& one : missing) RETURN_IF_ERROR(Fetch(from, one.id, one.ask));
  return {};
}

// When all that the page lacked is here, it is compared once more.
base::Status RecoveryRoom::TakeItems(Division from, const v1::ItemsReturned& items) {
  const ConversationId id = IdFrom(items.conversation_id());
  {
    const std::lock_guard lock{mutex_};
    if (!fetching_.contains({from, id})) return {};
  }
  ASSIGN_OR_RETURN(const Outcome outcome, desk_.TakeReturned(id, from, items.items()));
  take_(outcome);
  {
    const std::lock_guard lock{mutex_};
    fetching_.erase({from, id});
    const auto course = courses_.find(from);
    if (course == courses_.end() || course->second.awaited.erase(id) == 0 ||
        !course->second.awaited.empty() || ++course->second.rounds > kRoundsAtOnce) {
      return {};  // the chore asks again later
    }
  }
  return PostHeads(from);
}

}  // namespace tracing
