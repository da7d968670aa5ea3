#include "tracing/endpoints/relay_handlers.h"

#include <fmt/format.h>

#include <future>

#include "host/log.h"
#include "tracing/contract/record_taken.h"
#include "tracing/store/codec.h"

namespace tracing {
namespace {

using base::Code;
using base::Error;

constexpr std::uint32_t kCollectLimit = 100;
constexpr int kPagesMax = 200;  // of one poll
constexpr std::uint32_t kOpenMax = 200;
constexpr std::size_t kRemembered = 100'000;
constexpr std::chrono::seconds kGreetingWait{8};

template <class M>
std::string TypeOf() {
  return std::string{M::descriptor()->full_name()};
}

}  // namespace

RelayHandlers::RelayHandlers(host::Host& host, LetterDesk& letters, Exchange& exchange,
                             Courier& courier, Guard& guard, WhereHandlers& where,
                             RecoveryRoom& recovery, DirectoryNews& news,
                             const ExchangeConfig& config)
    : host_(host), letters_(letters), exchange_(exchange), courier_(courier), guard_(guard),
      where_(where), recovery_(recovery), news_(news), config_(config),
      desk_(host.pool(), letters.office(), config.relay, host.clock()),
      stored_(host.metrics().counter("baoxue_tracing_relay_stored_total",
                                     "Parcels stored in mailboxes, repeats included")),
      collected_(host.metrics().counter("baoxue_tracing_relay_collected_total",
                                        "Parcels collected from our relay")) {}

base::Status RelayHandlers::Register() {
  RegisterDoor();
  host_.server().On<v1::GetRelay, v1::GetRelayReply>(
      [this](const bus::Request&, const v1::GetRelay&) { return List(); });
  exchange_.SetDetour([this](Division peer, const v1::SealedItem& item, const std::string& same,
                             const Exchange::Delivered& done) {
    return Detour(peer, item, same, done);
  });
  where_.SetPost([this](Division to, const v1::BlindQuestion& question) {
    if (!RelayOf(to)) return false;
    v1::Posted posted;
    *posted.mutable_question() = question;
    Post(to, posted, question.question_id(), [](const base::Status&) {});
    return true;
  });
  recovery_.SetMail(
      {.serves = [this](Division peer) { return static_cast<bool>(RelayOf(peer)); },
       .post = [this](Division to, const v1::Posted& posted,
                      const std::string& same) { return PostAndWait(to, posted, same); },
       .again = std::chrono::minutes{config_.relay.repeat_minutes}});
  news_.SetMail(
      {.serves = [this](Division peer) { return static_cast<bool>(RelayOf(peer)); },
       .post = [this](Division to, const v1::Posted& posted, const std::string& same,
                      Stored done) { Post(to, posted, same, std::move(done)); },
       .again = std::chrono::minutes{config_.relay.repeat_minutes}});
  courier_.AddChore({.name = "relay", .due = CountDueRelay, .next = NextRelay,
                     .run = [this] { return Run(); }});
  Report();
  return host_.pool().WithSession([&](store::Session& session) {
    return KeepPollOf(session, config_.relay.through, host_.clock().Now());
  });
}

void RelayHandlers::RegisterDoor() {
  exchange_.On<v1::Deposit, v1::DepositReply>(
      "", [this](const v1::Deposit& deposit, Division from) -> base::Result<v1::DepositReply> {
        RETURN_IF_ERROR(guard_.Admit(from, 0));
        ASSIGN_OR_RETURN(const v1::DepositReply reply, desk_.Deposit(deposit, from));
        stored_.Add();
        if (deposit.to() == letters_.office().self.ToString()) courier_.Look();
        return reply;
      });
  exchange_.On<v1::Collect, v1::CollectReply>(
      "", [this](const v1::Collect& collect, Division from) -> base::Result<v1::CollectReply> {
        RETURN_IF_ERROR(guard_.Admit(from, 0));
        return desk_.Collect(collect, from);
      });
}

Division RelayHandlers::RelayOf(Division peer) const {
  const std::shared_ptr<const Book> book = letters_.office().book();
  const v1::Member* const member = book->directory.Find(peer.ToString());
  if (member == nullptr || member->paper() || !member->endpoints().empty()) return {};
  const auto relay = Division::Parse(member->relay());
  return relay.ok() ? *relay : Division{};
}

bool RelayHandlers::DepositedLately(const std::string& parcel_id) {
  const std::lock_guard lock{mutex_};
  const auto found = deposited_.find(parcel_id);
  const auto wait = std::chrono::minutes{config_.relay.repeat_minutes};
  return found != deposited_.end() && host_.clock().Now() < found->second + wait;
}

void RelayHandlers::Post(Division to, const v1::Posted& posted, const std::string& same,
                         Stored done) {
  const Division relay = RelayOf(to);
  const std::shared_ptr<const Book> book = letters_.office().book();
  const auto addressee = book->directory.SealKey(to.ToString(), host_.clock().Now());
  if (!addressee.ok()) return done(addressee.error());
  const v1::Deposit deposit = PackPosted(posted, letters_.office().self.ToString(), to.ToString(),
                                         same, *addressee);
  const bool repeats = posted.has_item() || posted.has_question() || posted.has_record();
  if (relay && repeats && DepositedLately(deposit.parcel_id())) return done({});
  if (relay == letters_.office().self) {  // we keep the mailbox ourselves
    const auto stored = desk_.Deposit(deposit, letters_.office().self);
    return done(stored.ok() ? base::Status{} : stored.error());
  }
  exchange_.Call(relay ? relay : to, TypeOf<v1::Deposit>(), deposit.SerializeAsString(),
                 [this, id = deposit.parcel_id(), done = std::move(done)](bus::Reply reply) {
                   v1::DepositReply stored;
                   if (!reply.ok()) return done(reply.error());
                   if (!stored.ParseFromString(*reply) || !stored.stored()) {
                     return done(Error{Code::kUnavailable, "NOT_STORED", "中转没有收存"});
                   }
                   {
                     const std::lock_guard lock{mutex_};
                     if (deposited_.size() >= kRemembered) deposited_.clear();
                     deposited_[id] = host_.clock().Now();
                   }
                   done({});
                 });
}

base::Status RelayHandlers::PostAndWait(Division to, const v1::Posted& posted,
                                        const std::string& same) {
  auto promise = std::make_shared<std::promise<base::Status>>();
  auto waiting = promise->get_future();
  Post(to, posted, same, [promise](base::Status status) { promise->set_value(std::move(status)); });
  return waiting.get();
}

// A letter for a county behind a relay. Stored is neither answer nor silence: the item stays due,
// and is not deposited again before repeat_minutes.
bool RelayHandlers::Detour(Division peer, const v1::SealedItem& item, const std::string& same,
                           const Exchange::Delivered& done) {
  if (!RelayOf(peer)) return false;
  v1::Posted posted;
  *posted.mutable_item() = item;
  Post(peer, posted, same, [done](const base::Status& status) {
    if (!status.ok()) return done(status.error());
    done(Error{Code::kFailedPrecondition, "DEPOSITED", "已寄存在中转"});
  });
  return true;
}

base::Result<std::uint64_t> RelayHandlers::Run() {
  ASSIGN_OR_RETURN(std::uint64_t done, desk_.Expire());
  const auto polled = Poll();
  if (polled.ok()) done += *polled;
  ASSIGN_OR_RETURN(const std::vector<ParcelRow> rows, desk_.Due(kOpenMax));
  for (const ParcelRow& row : rows) {
    if (!Open(row)) break;  // who is to be answered is away: the rest waits
  }
  if (!polled.ok()) return polled.error();
  return done + rows.size();
}

base::Result<std::uint64_t> RelayHandlers::Poll() {
  const Division relay = config_.relay.through;
  if (!relay) return std::uint64_t{0};
  std::optional<PollRow> row;
  RETURN_IF_ERROR(host_.pool().WithSession([&](store::Session& session) -> base::Status {
    ASSIGN_OR_RETURN(row, FindPoll(session, relay));
    return {};
  }));
  if (!row || row->next_at > host_.clock().Now()) return std::uint64_t{0};
  const auto fetched = CollectAll(relay);
  row->next_at = host_.clock().Now() + std::chrono::seconds{config_.relay.poll_seconds};
  row->error = fetched.ok() ? "" : fetched.error().reason;
  if (fetched.ok()) {
    row->last_ok_at = host_.clock().Now();
    row->fetched += *fetched;
    collected_.Add(static_cast<double>(*fetched));
  } else {
    host::LogWarnLimited("tracing.relay_away", 60, {{"error", fetched.error().ToString()}});
  }
  RETURN_IF_ERROR(host_.pool().WithSession(
      [&](store::Session& session) { return SavePoll(session, relay, *row); }));
  return fetched.ok() ? *fetched : std::uint64_t{0};
}

// Page by page: what is stored here is confirmed with the question for the next page. A relay that
// never comes to an end is asked again at the next poll.
base::Result<std::uint64_t> RelayHandlers::CollectAll(Division relay) {
  std::uint64_t fetched = 0;
  std::vector<std::string> done;
  for (int page_no = 0; page_no < kPagesMax; ++page_no) {
    ASSIGN_OR_RETURN(const v1::CollectReply page, Collect(relay, done));
    if (page.parcels().empty()) return fetched;
    ASSIGN_OR_RETURN(done, desk_.Keep(page));
    if (done.empty()) return fetched;
    fetched += done.size();
  }
  return fetched;
}

base::Result<v1::CollectReply> RelayHandlers::Collect(Division relay,
                                                      const std::vector<std::string>& done) {
  v1::Collect request;
  request.set_by(letters_.office().self.ToString());
  request.set_limit(kCollectLimit);
  for (const std::string& id : done) request.add_done(id);
  auto promise = std::make_shared<std::promise<bus::Reply>>();
  auto waiting = promise->get_future();
  exchange_.Call(relay, TypeOf<v1::Collect>(), request.SerializeAsString(),
                 [promise](bus::Reply reply) { promise->set_value(std::move(reply)); });
  const bus::Reply reply = waiting.get();
  if (!reply.ok()) return reply.error();
  v1::CollectReply page;
  if (page.ParseFromString(*reply)) return page;
  return Error{Code::kDataCorruption, "BAD_REPLY", "CollectReply"};
}

bool RelayHandlers::Open(const ParcelRow& row) {
  const std::shared_ptr<const Book> book = letters_.office().book();
  const auto posted = UnpackPosted(row.sealed, row.depositor.ToString(),
                                   letters_.office().self.ToString(), book->keys);
  base::Status dealt;
  if (posted.ok()) {
    dealt = DealWith(row, *posted);
  } else {
    // The relay may have forged it: that counts only against what it brings in this name.
    guard_.Strike(row.depositor, Way::kRelay);
    host::LogWarnLimited("tracing.parcel_unreadable", 60,
                         {{"depositor", row.depositor.ToString()},
                          {"reason", posted.error().reason}});
  }
  const base::Status kept = dealt.ok() ? desk_.Finish(row) : desk_.Postpone(row);
  if (!kept.ok() || !dealt.ok()) {
    host::LogWarnLimited("tracing.parcel_failed", 60,
                         {{"error", (dealt.ok() ? kept : dealt).error().ToString()}});
  }
  return dealt.ok() || (dealt.error().code != Code::kUnavailable &&
                        dealt.error().code != Code::kDeadlineExceeded);
}

base::Status RelayHandlers::DealWith(const ParcelRow& row, const v1::Posted& posted) {
  v1::DeliverReply reply;
  v1::Posted back;
  const bool asks = posted.has_question() || posted.has_hello() || posted.has_get_heads() ||
                    posted.has_return_items() || posted.has_record();
  if (asks && Judge(row.depositor, row.sealed.size()) != Decline::kNone) {
    return {};  // asked again, it is answered
  }
  switch (posted.what_case()) {
    case v1::Posted::kItem: return TakeItem(row, posted.item());
    case v1::Posted::kReceipt:
      *reply.mutable_receipt() = posted.receipt();
      return TakeAnswer(row, reply);
    case v1::Posted::kDeclined:
      *reply.mutable_declined() = posted.declined();
      return TakeAnswer(row, reply);
    case v1::Posted::kQuestion: {
      ASSIGN_OR_RETURN(*back.mutable_blind_answer(),
                       where_.Arrive(posted.question(), row.depositor));
      if (IsWhereStrike(back.blind_answer().refused())) guard_.Strike(row.depositor, Way::kRelay);
      return PostAndWait(row.depositor, back, "");
    }
    case v1::Posted::kBlindAnswer: {
      const base::Status taken = where_.Take(row.depositor, posted.blind_answer());
      if (!taken.ok() && taken.error().code == Code::kUnavailable) return taken;
      return {};
    }
    case v1::Posted::kHello:
      *back.mutable_hello_reply() = exchange_.Greet(posted.hello());
      return PostAndWait(row.depositor, back, "");
    case v1::Posted::kHelloReply: {
      const std::lock_guard lock{mutex_};
      if (greetings_.size() >= kRemembered) greetings_.clear();
      greetings_[posted.hello_reply().nonce()] = posted.hello_reply();
      greeted_.notify_all();
      return {};
    }
    case v1::Posted::kGetHeads:
    case v1::Posted::kHeads:
    case v1::Posted::kReturnItems:
    case v1::Posted::kReturned: return recovery_.TakeMail(row.depositor, posted);
    case v1::Posted::kRecord: return TakeRecord(row, posted.record());
    case v1::Posted::kRecordTaken:
      return news_.AnsweredByMail(posted.record_taken(), row.depositor);
    case v1::Posted::WHAT_NOT_SET: break;  // a newer neighbour's
  }
  return {};
}

// Who is shut out at our door does not come in through the relay.
Decline RelayHandlers::Judge(Division depositor, std::size_t bytes) {
  if (guard_.StandOf(depositor) == Stand::kShutOut) return Decline::kShutOut;
  return guard_.Take(depositor, bytes, Way::kRelay);
}

base::Status RelayHandlers::TakeItem(const ParcelRow& row, const v1::SealedItem& item) {
  v1::Deliver request;
  *request.mutable_item() = item;
  v1::Posted back;
  if (const Decline no = Judge(row.depositor, item.sealed().size()); no != Decline::kNone) {
    const auto refusal = letters_.RefuseProven(
        item, row.depositor, no, guard_.RetryAfterSeconds(row.depositor, Way::kRelay));
    if (!refusal) return {};
    *back.mutable_declined() = refusal->declined();
    return PostAndWait(row.depositor, back, "");
  }
  ASSIGN_OR_RETURN(const Outcome outcome, letters_.Arrive(request, row.depositor));
  // Only the signature says whose fault it is; what has none is the relay's word.
  if (LetterDesk::IsStrike(outcome.answer)) {
    guard_.Strike(row.depositor, outcome.proven ? Way::kDoor : Way::kRelay);
  }
  courier_.Take(outcome);
  if (outcome.answer.has_receipt()) *back.mutable_receipt() = outcome.answer.receipt();
  if (outcome.answer.has_declined()) *back.mutable_declined() = outcome.answer.declined();
  return PostAndWait(row.depositor, back, "");
}

// What a member says of itself; it comes into force by the chore of the news.
base::Status RelayHandlers::TakeRecord(const ParcelRow& row, const v1::SignedDirectory& file) {
  const auto back = news_.OfferedByMail(file, row.depositor);
  if (!back.ok()) {
    if (!DirectoryNews::IsStrike(back.error())) return back.error();
    guard_.Strike(row.depositor, Way::kRelay);  // the relay's word alone says who it was
    return {};
  }
  courier_.Look();
  if (back->what_case() == v1::Posted::WHAT_NOT_SET) return {};
  const base::Status posted = PostAndWait(row.depositor, *back, HashOfFile(file));
  // Nobody whom we could answer; who is in earnest offers it again.
  return posted.ok() || posted.error().code == Code::kNotFound ? base::Status{} : posted;
}

base::Status RelayHandlers::TakeAnswer(const ParcelRow& row, const v1::DeliverReply& reply) {
  Parcel parcel{.peer = row.depositor, .seq = 0, .item = {}, .hash = {}};
  ConversationId id;
  if (reply.has_receipt()) {
    v1::Receipt receipt;
    if (!receipt.ParseFromString(reply.receipt().receipt())) return {};
    id = IdFrom(receipt.conversation_id());
  } else {
    v1::Declined declined;
    if (!declined.ParseFromString(reply.declined().declined())) return {};
    id = IdFrom(declined.conversation_id());
    parcel.seq = declined.seq();
    parcel.hash = declined.item_hash();
  }
  const auto outcome = letters_.Answered(id, parcel, reply);
  if (outcome.ok()) {
    courier_.Heard(row.depositor);
    courier_.Take(*outcome);
    return {};
  }
  // What is not signed as it should be, or of no letter of ours, stays without effect.
  if (outcome.error().code == Code::kUnavailable) return outcome.error();
  const std::string& why = outcome.error().reason;
  if (why == "SIGNATURE_BAD" || why == "UNREADABLE" || why == "RECEIPT_OF_ANOTHER") {
    guard_.Strike(row.depositor, Way::kRelay);
  }
  host::LogWarnLimited("tracing.answer_refused", 30,
                       {{"peer", row.depositor.ToString()},
                        {"error", outcome.error().ToString()}});
  return {};
}

base::Result<v1::HelloReply> RelayHandlers::Hello(Division peer, const v1::Hello& hello) {
  v1::Posted posted;
  *posted.mutable_hello() = hello;
  RETURN_IF_ERROR(PostAndWait(peer, posted, ""));
  std::unique_lock lock{mutex_};
  const bool came = greeted_.wait_for(lock, kGreetingWait,
                                      [&] { return greetings_.contains(hello.nonce()); });
  if (came) return greetings_.at(hello.nonce());
  return Error{Code::kUnavailable, "NOT_COLLECTED", "已寄存在中转，对方尚未取走或尚未答复"};
}

base::Result<v1::GetRelayReply> RelayHandlers::List() {
  v1::GetRelayReply reply;
  const RelayRules& rules = config_.relay;
  if (rules.serves_all) reply.add_serves("*");
  for (const Division one : rules.serves) reply.add_serves(one.ToString());
  const std::shared_ptr<const Book> book = letters_.office().book();
  ASSIGN_OR_RETURN(const auto rows, desk_.List());
  for (const MailboxRow& row : rows) {
    v1::RelayMailbox& one = *reply.add_mailboxes();
    one.set_mailbox(row.mailbox.ToString());
    const v1::Member* const member = book->directory.Find(row.mailbox.ToString());
    if (member != nullptr) one.set_mailbox_name(member->name());
    one.set_depositor(row.depositor.ToString());
    one.set_waiting(row.waiting);
    one.set_bytes(row.bytes);
    one.set_stored(row.stored);
    one.set_collected(row.collected);
    one.set_expired(row.expired);
    one.set_refused(row.refused);
    if (row.oldest_at) *one.mutable_oldest_at() = ToProto(*row.oldest_at);
    if (row.last_collected_at) {
      *one.mutable_last_collected_at() = ToProto(*row.last_collected_at);
    }
    if (row.last_expired_at) *one.mutable_last_expired_at() = ToProto(*row.last_expired_at);
  }
  if (!rules.through) return reply;
  reply.set_through(rules.through.ToString());
  RETURN_IF_ERROR(host_.pool().WithSession([&](store::Session& session) -> base::Status {
    ASSIGN_OR_RETURN(const auto poll, FindPoll(session, rules.through));
    if (!poll) return {};
    *reply.mutable_next_at() = ToProto(poll->next_at);
    if (poll->last_ok_at) *reply.mutable_last_ok_at() = ToProto(*poll->last_ok_at);
    reply.set_error(poll->error);
    reply.set_fetched(poll->fetched);
    return {};
  }));
  return reply;
}

void RelayHandlers::Report() {
  if (!config_.relay.through && !config_.relay.serves_all && config_.relay.serves.empty()) return;
  host_.AddHealth("letters:relay", [this] {
    baoxue::bus::v1::DependencyHealth health;
    health.set_name("letters:relay");
    const auto list = List();
    health.set_ok(list.ok() && list->error().empty());
    if (!list.ok()) {
      health.set_detail(list.error().reason);
      return health;
    }
    std::uint64_t waiting = 0;
    std::uint64_t expired = 0;
    for (const v1::RelayMailbox& one : list->mailboxes()) {
      waiting += one.waiting();
      expired += one.expired();
    }
    health.set_lag(waiting);
    std::string text = fmt::format("信箱中待取 {} 件，累计过期 {} 件", waiting, expired);
    if (!list->through().empty()) {
      text += list->error().empty() ? "；本县信箱在 " + list->through()
                                    : "；从 " + list->through() + " 取件失败：" + list->error();
    }
    health.set_detail(text);
    return health;
  });
}

}  // namespace tracing
