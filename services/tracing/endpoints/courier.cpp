#include "tracing/endpoints/courier.h"

#include "host/log.h"
#include "tracing/store/limit_repository.h"

namespace tracing {
namespace {

using base::Code;

constexpr int kThreads = 24;  // most of them wait: for a commit, for the registry
constexpr int kInFlightMax = 64;
constexpr std::size_t kHeldMax = 4096;  // more is found by the next look at the rows
constexpr std::uint32_t kLookMax = 1000;
constexpr std::chrono::milliseconds kLookEvery{1000};

// A limit of whoever is between us and the peer's desk: its relay, its bus, ours.
Decline LimitOf(const base::Error& error) {
  if (error.reason == "DEPOSITOR_FULL") return Decline::kMailboxFull;
  const auto reason = DeclineFromName(error.reason);
  return reason && IsLimit(*reason) ? *reason : Decline::kNone;
}

// Whether nobody answered, as against an answer that says no.
bool IsSilence(const base::Error& error) {
  return error.code == Code::kDeadlineExceeded || error.code == Code::kUnavailable ||
         error.code == Code::kResourceExhausted;
}

}  // namespace

Courier::Courier(host::Host& host, LetterDesk& desk, Exchange& exchange)
    : host_(host),
      desk_(desk),
      exchange_(exchange),
      rng_(0),
      sent_(host.metrics().counter("baoxue_tracing_items_sent_total",
                                   "Items of letters sent to other counties, repeats included")),
      receipts_(host.metrics().counter("baoxue_tracing_receipts_total",
                                       "Signed receipts of other counties")),
      silences_(host.metrics().counter("baoxue_tracing_silences_total",
                                       "Items to which no county answered")),
      answered_by_machine_(host.metrics().counter("baoxue_tracing_machine_replies_total",
                                                  "Letters that the registry could answer")) {
  std::uint64_t seed = 0;
  for (const std::uint8_t byte : host.ids().NextId()) seed = seed * 257 + byte;
  rng_ = base::Rng{seed};
}

Courier::~Courier() { Stop(); }

void Courier::AddChore(Chore chore) { chores_.push_back(std::move(chore)); }

void Courier::Start() {
  threads_.emplace_back([this](const std::stop_token& stop) { Watch(stop); });
  for (int i = 0; i < kThreads; ++i) {
    threads_.emplace_back([this](const std::stop_token& stop) { Work(stop); });
  }
}

void Courier::Stop() {
  {
    const std::lock_guard lock{mutex_};
    stopped_ = true;
  }
  for (std::jthread& thread : threads_) thread.request_stop();
  wake_.notify_all();
  look_.notify_all();
  threads_.clear();
}

std::size_t Courier::busy() const {
  const std::lock_guard lock{mutex_};
  std::size_t held = 0;
  for (const auto& [peer, tasks] : held_) held += tasks.size();
  return tasks_.size() + under_way_ + held;
}

std::map<Division, Lane> Courier::lanes() const {
  const std::lock_guard lock{mutex_};
  return lanes_;
}

void Courier::Push(Task task) {
  const std::lock_guard lock{mutex_};
  if (stopped_) return;
  const bool single = task.kind == Task::Kind::kTick || task.kind == Task::Kind::kLookUp ||
                      task.kind == Task::Kind::kFetch;
  if (single && !queued_.insert({static_cast<int>(task.kind), task.id}).second) return;
  if (task.kind == Task::Kind::kLookUp) looking_up_.insert(task.id);
  tasks_.push_back(std::move(task));
  wake_.notify_one();
}

void Courier::Take(const Outcome& outcome) {
  host_.NotifyFeed();
  for (const std::uint32_t seq : outcome.send) {
    Push({.kind = Task::Kind::kSend, .id = outcome.id, .seq = seq, .peer = outcome.peer,
          .parcel = {}, .reply = {}, .ask = {},
          .written = outcome.written && outcome.written->seq == seq ? outcome.written : nullptr});
  }
  if (outcome.ask) {
    Push({.kind = Task::Kind::kFetch, .id = outcome.id, .peer = outcome.peer, .ask = *outcome.ask});
  }
  if (outcome.restore_suspected) Look();
  if (outcome.look_up) {
    Push({.kind = Task::Kind::kLookUp, .id = outcome.id, .question = outcome.question});
  }
}

void Courier::Look() {
  const std::lock_guard lock{mutex_};
  look_now_ = true;
  look_.notify_all();
}

void Courier::Watch(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    const base::Status looked = Look_();
    if (!looked.ok()) {
      host::LogWarnLimited("tracing.look_failed", 30, {{"error", looked.error().ToString()}});
    }
    std::unique_lock lock{mutex_};
    look_.wait_for(lock, stop, kLookEvery, [this] { return look_now_; });
    look_now_ = false;
  }
}

base::Status Courier::Look_() {
  std::vector<ConversationId> to_look_up;
  std::vector<ConversationId> due;
  RETURN_IF_ERROR(desk_.pool().WithSession([&](store::Session& session) -> base::Status {
    ASSIGN_OR_RETURN(to_look_up, LettersToLookUp(session, kLookMax));
    ASSIGN_OR_RETURN(due, DueLetters(session, desk_.Now(), kLookMax));
    return LookAtChores(session);
  }));
  for (const ConversationId& id : to_look_up) {
    if (!LooksUpLater(id)) Push({.kind = Task::Kind::kLookUp, .id = id});
  }
  for (const ConversationId& id : due) Push({.kind = Task::Kind::kTick, .id = id});
  return {};
}

// It is being looked up just now, or has failed a moment ago.
bool Courier::LooksUpLater(const ConversationId& id) const {
  const std::lock_guard lock{mutex_};
  if (looking_up_.contains(id)) return true;
  const auto later = look_up_later_.find(id);
  return later != look_up_later_.end() && host_.clock().Steady() < later->second;
}

base::Status Courier::LookAtChores(store::Session& session) {
  for (std::size_t i = 0; i < chores_.size(); ++i) {
    ASSIGN_OR_RETURN(const std::uint64_t due, chores_[i].due(session, desk_.Now()));
    if (due == 0) continue;
    {
      const std::lock_guard lock{mutex_};
      if (!chores_queued_.insert(i).second) continue;
    }
    Push({.kind = Task::Kind::kChore, .seq = static_cast<std::uint32_t>(i)});
  }
  return {};
}

void Courier::RunChore(std::size_t which) {
  const base::Result<std::uint64_t> done = chores_[which].run();
  if (!done.ok()) {
    host::LogWarnLimited("tracing.chore_failed", 30, {{"chore", chores_[which].name},
                                                      {"error", done.error().ToString()}});
  }
  host_.NotifyFeed();
  const std::lock_guard lock{mutex_};
  chores_queued_.erase(which);
  if (!done.ok() || *done == 0) return;  // the next look is soon enough
  look_now_ = true;
  look_.notify_all();
}

base::Result<std::uint64_t> Courier::DueRows() {
  std::uint64_t all = 0;
  RETURN_IF_ERROR(desk_.pool().WithSession([&](store::Session& session) -> base::Status {
    ASSIGN_OR_RETURN(all, CountDue(session, desk_.Now()));
    for (const Chore& chore : chores_) {
      ASSIGN_OR_RETURN(const std::uint64_t due, chore.due(session, desk_.Now()));
      all += due;
    }
    return {};
  }));
  return all;
}

base::Result<std::optional<base::UtcTime>> Courier::NextDue() {
  std::optional<base::UtcTime> next;
  RETURN_IF_ERROR(desk_.pool().WithSession([&](store::Session& session) -> base::Status {
    ASSIGN_OR_RETURN(next, NextWake(session, desk_.Now()));
    for (const Chore& chore : chores_) {
      ASSIGN_OR_RETURN(const auto at, chore.next(session, desk_.Now()));
      if (at && (!next || *at < *next)) next = at;
    }
    return {};
  }));
  return next;
}

void Courier::Work(const std::stop_token& stop) {
  while (true) {
    Task task;
    {
      std::unique_lock lock{mutex_};
      if (!wake_.wait(lock, stop, [this] { return !tasks_.empty(); })) return;
      task = std::move(tasks_.front());
      tasks_.pop_front();
      queued_.erase({static_cast<int>(task.kind), task.id});
      ++under_way_;
    }
    Run(task);
    const std::lock_guard lock{mutex_};
    if (task.kind == Task::Kind::kLookUp) looking_up_.erase(task.id);
    --under_way_;
  }
}

void Courier::Run(const Task& task) {
  switch (task.kind) {
    case Task::Kind::kTick: return RunTick(task);
    case Task::Kind::kSend: return RunSend(task);
    case Task::Kind::kAnswered: return RunAnswered(task);
    case Task::Kind::kRefused: return RunRefused(task);
    case Task::Kind::kLookUp: return RunLookUp(task);
    case Task::Kind::kChore: return RunChore(task.seq);
    case Task::Kind::kFetch: {
      const base::Status fetched = fetch_ ? fetch_(task.peer, task.id, task.ask) : base::Status{};
      if (fetched.ok()) return;
      return host::LogWarnLimited("tracing.fetch_failed", 30,
                                  {{"peer", task.peer.ToString()},
                                   {"error", fetched.error().ToString()}});
    }
  }
}

void Courier::RunTick(const Task& task) {
  const auto row = desk_.Get(task.id);
  if (!row.ok()) return;
  if (row->conversation.desk == Desk::kMachine && !LooksUpLater(task.id)) RunLookUp(task);
  bool open = true;
  {
    const std::lock_guard lock{mutex_};
    const auto lane = lanes_.find(row->conversation.peer);
    open = lane == lanes_.end() ||
           lane->second.MaySend(desk_.Now(), desk_.PolicyNow().delivery);
  }
  const auto outcome = desk_.Tick(task.id, open);
  if (outcome.ok()) return Take(*outcome);
  host::LogWarnLimited("tracing.tick_failed", 30, {{"error", outcome.error().ToString()}});
}

void Courier::RunSend(const Task& task) {
  {
    const std::lock_guard lock{mutex_};
    Lane& lane = lanes_[task.peer];
    const auto now = desk_.Now();
    const Delivery& delivery = desk_.office().PolicyAt(now).delivery;
    if (!lane.MaySend(now, delivery)) return;  // its own repeat brings it back
    if (in_flight_[task.peer] >= kInFlightMax) {
      std::deque<Task>& held = held_[task.peer];
      if (held.size() < kHeldMax) held.push_back(task);
      return;
    }
    ++in_flight_[task.peer];
    ++under_way_;
    if (lane.silences >= 3) lane.Sent(now, delivery, rng_.Next());  // the one that probes
  }
  const auto done = [this, task](std::shared_ptr<Parcel> parcel,
                                 base::Result<v1::DeliverReply> reply) {
    if (reply.ok()) {
      Task answered{.kind = Task::Kind::kAnswered, .id = task.id, .seq = task.seq,
                    .peer = task.peer, .parcel = std::move(parcel),
                    .reply = std::make_shared<v1::DeliverReply>(*std::move(reply))};
      Heard(task.peer);
      Push(std::move(answered));
    } else if (const Decline limit = LimitOf(reply.error()); limit != Decline::kNone) {
      Push({.kind = Task::Kind::kRefused, .id = task.id, .seq = task.seq, .peer = task.peer,
            .parcel = std::move(parcel), .reason = limit});
    } else if (IsSilence(reply.error())) {
      Silent(task.peer);
    }
    const std::lock_guard lock{mutex_};
    --in_flight_[task.peer];
    --under_way_;
    const auto held = held_.find(task.peer);
    if (held == held_.end() || held->second.empty() || stopped_) return;
    tasks_.push_back(std::move(held->second.front()));
    held->second.pop_front();
    wake_.notify_one();
  };
  auto parcel = task.written ? desk_.Pack(task.peer, *task.written)
                             : desk_.ToSend(task.id, task.seq);
  if (!parcel.ok()) {
    host::LogWarnLimited("tracing.send_failed", 30, {{"error", parcel.error().ToString()}});
    return done(nullptr, base::Error{Code::kInternal, "NOT_SENT", ""});
  }
  auto shared = std::make_shared<Parcel>(*std::move(parcel));
  sent_.Add();
  exchange_.Deliver(task.peer, shared->item, shared->hash,
                    [done, shared](base::Result<v1::DeliverReply> reply) {
                      done(shared, std::move(reply));
                    });
}

void Courier::Silent(Division peer) {
  silences_.Add();
  const std::lock_guard lock{mutex_};
  Lane& lane = lanes_[peer];
  if (lane.silences < 3) lane.Sent(desk_.Now(), desk_.PolicyNow().delivery, rng_.Next());
}

void Courier::Heard(Division peer) {
  const std::lock_guard lock{mutex_};
  Lane& lane = lanes_[peer];
  const bool was_silent = lane.silences >= 3;
  lane.Heard(desk_.Now());
  if (was_silent) {
    look_now_ = true;
    look_.notify_all();
  }
}

void Courier::RunAnswered(const Task& task) {
  const auto outcome = desk_.Answered(task.id, *task.parcel, *task.reply);
  if (!outcome.ok()) {
    host::LogWarnLimited("tracing.answer_refused", 30,
                         {{"peer", task.peer.ToString()}, {"error", outcome.error().ToString()}});
    return;
  }
  if (task.reply->has_receipt()) receipts_.Add();
  Take(*outcome);
}

// One letter that is not let through says nothing about the others to that county.
void Courier::RunRefused(const Task& task) {
  const auto outcome = desk_.RefusedOnTheWay(task.id, *task.parcel, task.reason);
  if (outcome.ok()) return Take(*outcome);
  host::LogWarnLimited("tracing.refusal_lost", 30, {{"error", outcome.error().ToString()}});
}

// The row stays on the machine's desk and gets its turn again, ever later.
void Courier::LookUpFailed(const ConversationId& id, const base::Error& error) {
  host::LogWarnLimited("tracing.look_up_failed", 30, {{"error", error.ToString()}});
  std::uint64_t random = 0;
  {
    const std::lock_guard lock{mutex_};
    random = rng_.Next();
  }
  const auto noted = desk_.NoteFailedLookUp(id, error.reason, random);
  if (!noted.ok()) {
    host::LogWarnLimited("tracing.look_up_not_noted", 30, {{"error", noted.error().ToString()}});
    return;
  }
  host_.NotifyFeed();
  const std::lock_guard lock{mutex_};
  look_up_later_[id] = host_.clock().Steady() + *noted;
}

// What came just now has no row of failures.
void Courier::LookedUpAtLast(const ConversationId& id) {
  {
    const std::lock_guard lock{mutex_};
    look_up_later_.erase(id);
  }
  const base::Status done = desk_.LookedUpAtLast(id);
  if (done.ok()) return;
  host::LogWarnLimited("tracing.look_up_not_noted", 30, {{"error", done.error().ToString()}});
}

void Courier::RunLookUp(const Task& task) {
  std::optional<Question> question;
  if (task.question) {
    question = *task.question;
  } else {
    auto found = desk_.QuestionOf(task.id);
    if (!found.ok()) return LookUpFailed(task.id, found.error());
    question = *std::move(found);
  }
  if (!question) return;
  const auto facts = LookUp(*question);
  if (!facts.ok()) return LookUpFailed(task.id, facts.error());  // registry or subsidy is away
  const ReplyDecision decision = DecideReply(*facts, desk_.PolicyNow().reply);
  const auto outcome = desk_.Decide(task.id, decision);
  if (!outcome.ok()) {
    // Another look at the same row was faster.
    const std::string& reason = outcome.error().reason;
    if (reason == "ALREADY_DONE" || reason == "WRONG_STATE") return;
    return LookUpFailed(task.id, outcome.error());
  }
  if (!task.question) LookedUpAtLast(task.id);
  if (decision.way == ReplyDecision::Way::kMachine) answered_by_machine_.Add();
  Take(*outcome);
}

}  // namespace tracing
