#include "bus/call_loop.h"

#include <algorithm>
#include <cstring>

#include "bus/codec.h"
#include "bus/sockets.h"

namespace bus {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kBackOffFirst{20};
constexpr milliseconds kBackOffMax{1000};
constexpr milliseconds kIdlePoll{1000};
constexpr milliseconds kLinkCheck{500};
// A server that drains or is full is left alone this long if there is another.
constexpr milliseconds kAvoidBusy{200};
constexpr std::size_t kPrefixBytes = 8;

std::string MakePrefix(base::IdSource& ids) {
  const base::Uuid id = ids.NextId();
  return std::string{base::Bytes(id).substr(base::Uuid{}.size() - kPrefixBytes)};
}

std::uint64_t SeedOf(std::string_view prefix) {
  std::uint64_t seed = 0;
  std::memcpy(&seed, prefix.data(), sizeof seed);
  return seed;
}

// Doubled after each silence, and longer for a long body: sending again what is still under way on
// a starved machine would only starve it more.
milliseconds AttemptTimeout(milliseconds first, std::uint32_t silences, std::size_t body_bytes) {
  constexpr std::uint32_t kDoublingsMax = 4;
  constexpr std::size_t kBytesPerMs = 1024;
  return first * (1 << std::min(silences, kDoublingsMax)) + milliseconds{body_bytes / kBytesPerMs};
}

bool MayBeRepeated(base::Code code) {
  return code == base::Code::kUnavailable || code == base::Code::kResourceExhausted ||
         code == base::Code::kUnknownOutcome;
}

std::uint32_t MillisecondsLeft(base::SteadyTime deadline, base::SteadyTime now) {
  const auto left = std::chrono::ceil<milliseconds>(deadline - now).count();
  return static_cast<std::uint32_t>(std::clamp<std::int64_t>(left, 1, 600'000));
}

}  // namespace

CallLoop::CallLoop(Context& context, const ClientOptions& options, const base::Clock& clock,
                   base::IdSource& ids)
    : options_(options), clock_(clock), ids_(ids), rng_(0), prefix_(MakePrefix(ids)) {
  rng_ = base::Rng{SeedOf(prefix_)};
  for (const Endpoint& endpoint : options.endpoints) {
    links_.push_back(std::make_unique<Link>(context, options.keys, endpoint, clock.Steady()));
  }
  thread_ = std::thread{[this] { Run(); }};
}

CallLoop::~CallLoop() { Stop(); }

void CallLoop::Stop() {
  if (!thread_.joinable()) return;
  stopping_.store(true);
  queue_.Signal();
  thread_.join();
}

void CallLoop::Submit(Submitted call) {
  const std::size_t before = in_flight_.fetch_add(1, std::memory_order_relaxed);
  if (before >= static_cast<std::size_t>(options_.in_flight_max)) {
    in_flight_.fetch_sub(1, std::memory_order_relaxed);
    return call.done(base::Error{base::Code::kResourceExhausted, "CLIENT_FULL", ""});
  }
  if (queue_.Push(std::move(call))) return;
  in_flight_.fetch_sub(1, std::memory_order_relaxed);
  call.done(base::Error{base::Code::kUnavailable, "CLIENT_STOPPED", ""});
}

void CallLoop::Run() {
  while (!stopping_.load(std::memory_order_relaxed)) {
    now_ = clock_.Steady();
    TakeSubmitted();
    ReceiveAll();
    FireTimers();
    if (!waiting_.empty()) RetryWaiting();
    CheckLinks();
    Wait();
  }
  queue_.Close();
  TakeSubmitted();
  for (std::uint32_t slot = 0; slot < calls_.size(); ++slot) {
    if (calls_[slot].state == State::kFree) continue;
    Finish(slot, base::Error{base::Code::kUnavailable, "CLIENT_STOPPED", ""});
  }
  links_.clear();
}

void CallLoop::Wait() {
  items_.clear();
  items_.push_back({nullptr, queue_.fd(), ZMQ_POLLIN, 0});
  const short wanted = waiting_.empty() ? ZMQ_POLLIN : ZMQ_POLLIN | ZMQ_POLLOUT;
  for (const auto& link : links_) {
    items_.push_back({link->socket(), 0, wanted, 0});
    items_.push_back({link->monitor(), 0, ZMQ_POLLIN, 0});
  }
  milliseconds timeout = waiting_.empty() ? kIdlePoll : kLinkCheck;
  if (!timers_.empty()) {
    const auto left = std::chrono::ceil<milliseconds>(timers_.next() - clock_.Steady());
    timeout = std::clamp(left, milliseconds{0}, timeout);
  }
  if (!queue_.FallAsleep()) return;
  if (!stopping_.load()) {
    zmq_poll(items_.data(), static_cast<int>(items_.size()), timeout.count());
  }
  queue_.WakeUp();
}

void CallLoop::TakeSubmitted() {
  queue_.Take(taken_);
  for (Submitted& submitted : taken_) {
    const std::uint32_t slot = TakeSlot();
    Call& call = calls_[slot];
    call.what = std::move(submitted);
    call.attempts = 0;
    call.link = -1;
    call.last_error.reset();
    call.silences = 0;
    if (call.what.envelope.idempotency_key().empty()) {
      call.what.envelope.set_idempotency_key(std::string{base::Bytes(ids_.NextId())});
    }
    call.what.envelope.set_message_id(MessageId(slot));
    Attempt(slot);
  }
  taken_.clear();
}

// ---- answers ------------------------------------------------------------------------------------

void CallLoop::ReceiveAll() {
  for (std::size_t i = 0; i < links_.size(); ++i) {
    while (links_[i]->Receive(frame_)) OnFrame(static_cast<int>(i));
  }
}

// Whatever does not belong to a call that is still open is ignored: late and doubled answers.
void CallLoop::OnFrame(int link) {
  links_[static_cast<std::size_t>(link)]->Answered(now_);
  std::string_view body;
  if (!DecodeFrame(View(frame_), reply_, body).ok()) return;
  if (reply_.kind() != baoxue::bus::v1::KIND_REPLY) return;
  const std::optional<std::uint32_t> slot = SlotOf(reply_.message_id());
  if (!slot) return;
  if (reply_.status().code() == "OK") return Finish(*slot, std::string{body});
  base::Error error = GetError(reply_.status());
  if (MayBeRepeated(error.code)) {
    return OnRetryable(calls_[*slot], *slot, link, std::move(error));
  }
  Finish(*slot, std::move(error));
}

void CallLoop::OnRetryable(Call& call, std::uint32_t slot, int link, base::Error error) {
  // Of an earlier attempt: the present one is still open.
  if (call.state != State::kSent || call.link != link) return;
  // As good as no answer: only the repeat, by its key, finds out whether it was done.
  if (error.code == base::Code::kUnknownOutcome) ++call.silences;
  call.last_error = std::move(error);
  links_[static_cast<std::size_t>(link)]->AvoidUntil(now_ + kAvoidBusy);
  BackOff(slot);
}

std::optional<std::uint32_t> CallLoop::SlotOf(const std::string& message_id) const {
  if (message_id.size() != kIdBytes || message_id.compare(0, kPrefixBytes, prefix_) != 0) {
    return std::nullopt;
  }
  std::uint32_t slot = 0;
  std::uint32_t generation = 0;
  std::memcpy(&slot, message_id.data() + kPrefixBytes, sizeof slot);
  std::memcpy(&generation, message_id.data() + kPrefixBytes + sizeof slot, sizeof generation);
  if (slot >= calls_.size() || calls_[slot].generation != generation ||
      calls_[slot].state == State::kFree) {
    return std::nullopt;
  }
  return slot;
}

std::string CallLoop::MessageId(std::uint32_t slot) const {
  std::string id = prefix_;
  id.append(reinterpret_cast<const char*>(&slot), sizeof slot);
  const std::uint32_t generation = calls_[slot].generation;
  id.append(reinterpret_cast<const char*>(&generation), sizeof generation);
  return id;
}

// ---- attempts -----------------------------------------------------------------------------------

std::uint32_t CallLoop::TakeSlot() {
  if (free_.empty()) {
    calls_.emplace_back();
    return static_cast<std::uint32_t>(calls_.size() - 1);
  }
  const std::uint32_t slot = free_.back();
  free_.pop_back();
  return slot;
}

void CallLoop::Attempt(std::uint32_t slot) {
  Call& call = calls_[slot];
  if (now_ >= call.what.deadline) return Expire(slot);
  call.what.envelope.set_timeout_ms(MillisecondsLeft(call.what.deadline, now_));
  call.what.envelope.set_attempt(call.attempts);
  zmq::message_t frame = EncodeMessage(call.what.envelope, call.what.body);
  if (!TrySend(call, frame)) {
    call.state = State::kWaiting;
    waiting_.emplace_back(slot, call.generation);
    return SetTimer(slot, call.what.deadline);
  }
  call.last_error.reset();
  call.state = State::kSent;
  call.sent_at = now_;
  ++call.attempts;
  SetTimer(slot,
           now_ + AttemptTimeout(call.what.attempt_timeout, call.silences, call.what.body.size()));
}

// 0: well and not just tried; higher: try others first.
int CallLoop::Penalty(const Call& call, int link) const {
  return (links_[static_cast<std::size_t>(link)]->avoided(now_) ? 2 : 0) +
         (call.link == link ? 1 : 0);
}

bool CallLoop::TrySend(Call& call, zmq::message_t& frame) {
  const std::size_t count = links_.size();
  const std::size_t first = round_robin_++;
  for (int penalty = 0; penalty <= 3; ++penalty) {
    for (std::size_t i = 0; i < count; ++i) {
      const std::size_t at = (first + i) % count;
      if (Penalty(call, static_cast<int>(at)) != penalty || !links_[at]->Send(frame)) continue;
      call.link = static_cast<int>(at);
      return true;
    }
  }
  return false;
}

void CallLoop::RetryWaiting() {
  for (std::size_t left = waiting_.size(); left > 0; --left) {
    const auto [slot, generation] = waiting_.front();
    waiting_.pop_front();
    const Call& call = calls_[slot];
    if (call.generation != generation || call.state != State::kWaiting) continue;
    Attempt(slot);
    // Still no room: then there is none for the others either.
    if (calls_[slot].generation == generation && calls_[slot].state == State::kWaiting) return;
  }
}

void CallLoop::BackOff(std::uint32_t slot) {
  Call& call = calls_[slot];
  call.state = State::kBackOff;
  const int doublings = std::min<int>(static_cast<int>(call.attempts), 7) - 1;
  const milliseconds most = std::min(kBackOffFirst * (1 << std::max(doublings, 0)), kBackOffMax);
  const auto half = static_cast<std::uint64_t>(most.count() / 2);
  SetTimer(slot, now_ + milliseconds{half + rng_.Below(half + 1)});
}

void CallLoop::SetTimer(std::uint32_t slot, base::SteadyTime when) {
  timers_.Set(slot, std::min(when, calls_[slot].what.deadline));
}

void CallLoop::FireTimers() {
  while (const std::optional<std::uint32_t> slot = timers_.PopDue(now_)) OnTimer(*slot);
}

void CallLoop::OnTimer(std::uint32_t slot) {
  Call& call = calls_[slot];
  if (call.state == State::kSent) {
    Link& link = *links_[static_cast<std::size_t>(call.link)];
    if (link.last_answer() < call.sent_at) link.Silent(now_);
    ++call.silences;
  }
  Attempt(slot);
}

void CallLoop::CheckLinks() {
  for (std::size_t i = 0; i < links_.size(); ++i) {
    if (links_[i]->TakeLost(now_)) OnLost(static_cast<int>(i));
  }
  if (now_ - links_renewed_ < kLinkCheck || in_flight() == 0) return;
  links_renewed_ = now_;
  for (const auto& link : links_) link->Renew(now_);
}

// Calls sent over a connection that broke are silence at once.
void CallLoop::OnLost(int link) {
  for (std::uint32_t slot = 0; slot < calls_.size(); ++slot) {
    Call& call = calls_[slot];
    if (call.state != State::kSent || call.link != link) continue;
    ++call.silences;
    BackOff(slot);
  }
}

// Once there was silence, "unavailable" would say too much: it may have been done.
void CallLoop::Expire(std::uint32_t slot) {
  Call& call = calls_[slot];
  if (call.last_error && call.silences == 0) return Finish(slot, std::move(*call.last_error));
  Finish(slot, base::Error{base::Code::kDeadlineExceeded, "NO_REPLY",
                           call.last_error ? call.last_error->ToString() : std::string{}});
}

void CallLoop::Finish(std::uint32_t slot, Reply reply) {
  Call& call = calls_[slot];
  timers_.Remove(slot);
  const std::function<void(Reply)> done = std::move(call.what.done);
  call.what = {};
  call.state = State::kFree;
  ++call.generation;
  free_.push_back(slot);
  in_flight_.fetch_sub(1, std::memory_order_relaxed);
  done(std::move(reply));
}

}  // namespace bus
