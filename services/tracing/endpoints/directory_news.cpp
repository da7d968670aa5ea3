#include "tracing/endpoints/directory_news.h"

#include <algorithm>
#include <chrono>

#include "host/log.h"
#include "tracing/contract/record_taken.h"
#include "tracing/domain/delivery.h"

namespace tracing {
namespace {

using base::Code;
using base::Error;

constexpr std::uint32_t kAtOnce = 200;
// More than the exchange gives one call.
constexpr std::chrono::seconds kWaitMax{10};
constexpr int kDoublingsMax = 5;  // of the wait between deposits

// Refused for what the file says or who signed it, not for something that passes by itself.
bool IsForGood(const Error& error) {
  return error.code == Code::kInvalidArgument || error.code == Code::kPermissionDenied ||
         error.code == Code::kNotFound || error.code == Code::kFailedPrecondition ||
         error.code == Code::kDataCorruption;
}

bool IsLeaving(const v1::SignedDirectory& file) {
  const auto content = ContentOf(file);
  return content.ok() && !content->members().empty() && content->members(0).paper();
}

}  // namespace

// Shared with the calls under way, which may outlive the wait.
struct DirectoryNews::Answers {
  void Put(const std::string& code, Answer answer) {
    const std::lock_guard lock{mutex};
    by_division.emplace(code, std::move(answer));
  }
  std::mutex mutex;
  std::map<std::string, Answer> by_division;
};

DirectoryNews::DirectoryNews(store::Pool& pool, const Office& office, const base::Clock& clock,
                             DirectoryDesk& desk, Exchange& exchange)
    : pool_(pool), office_(office), clock_(clock), desk_(desk), exchange_(exchange),
      rng_(static_cast<std::uint64_t>(clock.Now().time_since_epoch().count())) {}

Chore DirectoryNews::AsChore() {
  Chore chore;
  chore.name = "directory";
  chore.due = [this](store::Session& session, base::UtcTime now) -> base::Result<std::uint64_t> {
    ASSIGN_OR_RETURN(const std::uint64_t members,
                     CountToTell(session, desk_.own_file().serial, now));
    return members + (has_news_ ? 1 : 0);
  };
  // No deadline hangs on it: a rehearsal does not stop for a member that is silent.
  chore.next = [](store::Session&, base::UtcTime) -> base::Result<std::optional<base::UtcTime>> {
    return std::optional<base::UtcTime>{};
  };
  chore.run = [this] { return Run(); };
  return chore;
}

void DirectoryNews::Stop() {
  const std::lock_guard lock{mutex_};
  stopped_ = true;
  wake_.notify_all();
}

base::Result<v1::OfferRecordReply> DirectoryNews::Offered(const v1::OfferRecord& offer,
                                                          Division from) {
  ASSIGN_OR_RETURN(const v1::Directory content, ContentOf(offer.directory()));
  if (content.issuer() != from.ToString()) {
    return Error{Code::kPermissionDenied, "NOT_YOUR_DIRECTORY", "名录文件不是发送县签发的"};
  }
  ASSIGN_OR_RETURN(const bool is_new,
                   desk_.Store(offer.directory(), "", "exchange:" + from.ToString()));
  if (is_new) has_news_ = true;
  v1::OfferRecordReply reply;
  reply.set_serial(content.serial());
  return reply;
}

base::Result<bool> DirectoryNews::Apply() {
  if (!has_news_.exchange(false)) return false;
  const base::Status applied = desk_.Apply();
  if (applied.ok()) return true;
  has_news_ = true;
  return applied.error();
}

base::Result<v1::Posted> DirectoryNews::OfferedByMail(const v1::SignedDirectory& file,
                                                      Division from) {
  v1::OfferRecord offer;
  *offer.mutable_directory() = file;
  const auto reply = Offered(offer, from);
  if (!reply.ok() && (IsStrike(reply.error()) || !IsForGood(reply.error()))) return reply.error();
  v1::Posted back;
  const std::shared_ptr<const Book> book = office_.book();
  const security::LetterKey* const key = book->SigningKey(clock_.Now());
  // Who left looks into no mailbox; without a key nothing can be said, and it is offered again.
  if (key == nullptr || IsLeaving(file)) return back;
  v1::RecordTaken taken;
  taken.set_by(office_.self.ToString());
  taken.set_to(from.ToString());
  taken.set_file_hash(HashOfFile(file));
  if (reply.ok()) taken.set_serial(reply->serial());
  if (!reply.ok()) taken.set_refused(reply.error().reason);
  *back.mutable_record_taken() = SignRecordTaken(taken, *key);
  return back;
}

base::Status DirectoryNews::AnsweredByMail(const v1::SignedRecordTaken& answer, Division from) {
  const std::string peer = from.ToString();
  const auto key = office_.book()->directory.SignKey(peer, answer.key_id(), clock_.Now());
  const auto taken = key.ok() ? OpenRecordTaken(answer, *key) : key.error();
  if (!taken.ok()) {
    host::LogWarnLimited("tracing.record_taken_refused", 60,
                         {{"peer", peer}, {"error", taken.error().ToString()}});
    return {};
  }
  const OwnFile own = desk_.own_file();
  if (taken->by() != peer || taken->to() != office_.self.ToString() ||
      taken->file_hash() != HashOfFile(own.file)) {
    return {};  // of an older file: the newer one is on its way
  }
  return pool_.WithSession([&](store::Session& session) -> base::Status {
    if (taken->refused().empty()) return SaveTold(session, peer, own.serial);
    host::LogWarnLimited("tracing.member_not_told", 60,
                         {{"peer", peer}, {"error", taken->refused()}});
    return NoteRefused(session, peer, taken->refused());
  });
}

std::map<std::string, DirectoryNews::Answer> DirectoryNews::Offer(
    const v1::SignedDirectory& file, const std::vector<std::string>& divisions) {
  v1::OfferRecord offer;
  *offer.mutable_directory() = file;
  v1::Posted posted;
  *posted.mutable_record() = file;
  const auto answers = std::make_shared<Answers>();
  const std::string type{v1::OfferRecord::descriptor()->full_name()};
  const std::string body = offer.SerializeAsString();
  std::size_t asked = 0;
  for (const std::string& code : divisions) {
    const auto division = Division::Parse(code);
    if (!division.ok()) continue;
    ++asked;
    if (ByMail(*division)) {
      mail_.post(*division, posted, "", [answers, code](const base::Status& stored) {
        base::Result<std::uint64_t> held = std::uint64_t{0};
        if (!stored.ok()) held = stored.error();
        answers->Put(code, {.held = std::move(held), .in_mailbox = stored.ok()});
      });
      continue;
    }
    exchange_.Call(*division, type, body, [answers, code](const bus::Reply& reply) {
      base::Result<std::uint64_t> held =
          Error{Code::kDataCorruption, "BAD_REPLY", "OfferRecordReply"};
      v1::OfferRecordReply message;
      if (!reply.ok()) {
        held = reply.error();
      } else if (message.ParseFromString(*reply)) {
        held = message.serial();
      }
      answers->Put(code, {.held = std::move(held)});
    });
  }
  const auto all = [&] {
    const std::lock_guard lock{answers->mutex};
    return answers->by_division.size() >= asked;
  };
  std::unique_lock lock{mutex_};
  constexpr std::chrono::milliseconds kLook{20};
  for (auto waited = std::chrono::milliseconds{0}; waited < kWaitMax && !stopped_ && !all();
       waited += kLook) {
    wake_.wait_for(lock, kLook);
  }
  const std::lock_guard answered{answers->mutex};
  return answers->by_division;
}

base::Result<std::uint64_t> DirectoryNews::Run() {
  std::uint64_t done = 0;
  ASSIGN_OR_RETURN(const bool applied, Apply());
  if (applied) ++done;
  const OwnFile own = desk_.own_file();
  std::vector<Told> members;
  RETURN_IF_ERROR(pool_.WithSession([&](store::Session& session) -> base::Status {
    ASSIGN_OR_RETURN(members, MembersToTell(session, own.serial, clock_.Now(), kAtOnce));
    return {};
  }));
  if (members.empty()) return done;
  std::vector<std::string> divisions;
  for (const Told& member : members) divisions.push_back(member.division);
  const auto answers = Offer(own.file, divisions);
  const Answer none{.held = Error{Code::kDeadlineExceeded, "NO_REPLY", "no answer"}};
  const auto keep = [&](store::Session& session) -> base::Status {
    for (const Told& member : members) {
      const auto answer = answers.find(member.division);
      const Answer& got = answer == answers.end() ? none : answer->second;
      RETURN_IF_ERROR(Keep(session, member, own, got));
      if (got.in_mailbox || (got.held.ok() && *got.held >= own.serial)) ++done;
    }
    return {};
  };
  RETURN_IF_ERROR(pool_.WithSession(keep));
  return done;
}

base::Status DirectoryNews::Keep(store::Session& session, const Told& member, const OwnFile& own,
                                 const Answer& answer) {
  if (answer.held.ok() && !answer.in_mailbox && *answer.held >= own.serial) {
    return SaveTold(session, member.division, own.serial);
  }
  // A newer file has made everybody due in the meantime.
  if (desk_.own_file().serial != own.serial) return {};
  const base::UtcTime now = clock_.Now();
  if (answer.in_mailbox) {
    const auto later = now + mail_.again * (1 << std::min(member.deposits, kDoublingsMax));
    return NoteDeposit(session, member.division, member.deposits + 1, later);
  }
  const std::string why =
      answer.held.ok() ? "holds another file" : answer.held.error().ToString();
  host::LogWarnLimited("tracing.member_not_told", 60,
                       {{"peer", member.division}, {"error", why}});
  const auto later =
      now + Backoff(office_.PolicyAt(now).delivery, member.attempts + 1, rng_.Next());
  return PostponeTold(session, member.division, member.attempts + 1, later, why);
}

LeaveTold DirectoryNews::Farewell(const v1::SignedDirectory& file,
                                  const std::vector<std::string>& divisions) {
  LeaveTold told;
  for (const auto& [division, answer] : Offer(file, divisions)) {
    if (answer.in_mailbox) {
      ++told.in_mailbox;
    } else if (answer.held.ok()) {
      ++told.told;
    }
  }
  return told;
}

}  // namespace tracing
