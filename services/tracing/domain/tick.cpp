// What time brings: repeats, urging, the superior's copy, giving up, closing.
#include <algorithm>

#include "tracing/domain/deadlines.h"
#include "tracing/domain/reply.h"
#include "tracing/domain/step.h"

namespace tracing {
namespace {

void Earlier(std::optional<base::UtcTime>& wake, base::UtcTime at) {
  if (!wake || at < *wake) wake = at;
}

// When an answer that nobody closes is closed; nothing: never by itself.
std::optional<base::UtcTime> CloseAt(const Conversation& c, const Facts& facts,
                                     const Context& context) {
  if (!ExpectsReply(c.kind)) {
    // Whoever answers all the same, before our closing is there, changes nothing about that.
    // Nobody acknowledges what came by post: its receipt is all that there will be.
    const bool read = facts.state == LetterState::kAcknowledged ||
                      facts.state == LetterState::kInterim ||
                      facts.state == LetterState::kAnswered ||
                      (c.paper && facts.state == LetterState::kReceipted);
    return read ? std::optional{base::UtcTime{}} : std::nullopt;
  }
  const bool is_final = facts.state == LetterState::kAnswered && facts.answer_seq &&
                        EffectOf(facts.code).is_final;
  if (!is_final) return std::nullopt;
  const base::Date taken = base::DateAt(c.answerer().items[*facts.answer_seq - 1].taken);
  const Deadlines& rules = context.PolicyOn(taken).deadlines;
  if (rules.close_days == 0) return std::nullopt;
  return base::InstantAt(context.calendar.AddWorkingDays(taken, rules.close_days),
                         rules.day_end_minute);
}

// By the rules of the day on which the round began to count.
std::optional<RoundTimes> RoundOf(const Conversation& c, const Facts& facts,
                                  const Context& context) {
  const auto day = CountedFrom(c, facts);
  if (!day) return std::nullopt;
  return TimesOf(c, facts, context.PolicyOn(*day), context.calendar);
}

// The highest step of urging that is due and was not written.
int UrgeDue(const RoundTimes& times, const Facts& facts, base::UtcTime now) {
  int due = 0;
  for (std::size_t i = 0; i < times.urges.size(); ++i) {
    if (times.urges[i] <= now) due = static_cast<int>(i) + 1;
  }
  return due > facts.urges ? due : 0;
}

}  // namespace

base::Status Stepper::On(const Tick&) {
  if (c_.stage == Stage::kApproved) TryOpen();
  if (c_.stage != Stage::kLive) return {};
  Deliver();
  if (!IsAsker()) return {};
  const Facts facts = Fold(c_);
  TickDeadlines(facts);
  TickClosing(facts);
  return {};
}

// The row that says when it is tried again is the shell's; here only whether people are to see it.
base::Status Stepper::On(const LookUpFailed& input) {
  if (c_.stage == Stage::kLive && c_.desk == Desk::kMachine && input.lasts) {
    SetStuck(Stuck::kLookUpFails);
  }
  return {};
}

// Frozen numbers and unconfirmed peers put it off; the next Tick tries again.
void Stepper::TickDeadlines(const Facts& facts) {
  if (!AwaitsAnswer(facts.state)) return;
  const auto times = RoundOf(c_, facts, ctx_);
  if (!times) return;
  if (times->expire <= ctx_.now) {
    (void)Post({.kind = ItemKind::kExpire}).ok();
    return;
  }
  if (const int step = UrgeDue(*times, facts, ctx_.now); step > 0) {
    (void)Post({.kind = ItemKind::kUrge, .step = static_cast<std::uint16_t>(step)}).ok();
  }
  if (times->copy <= ctx_.now && !facts.copied) {
    const Division to = CopyGoesTo(c_.self, c_.peer, ctx_.policy);
    if (Post({.kind = ItemKind::kCopy, .step = 1, .to = to}).ok()) {
      Note(Did::kCopyDue, true, c_.mine.size());
    }
  }
}

void Stepper::TickClosing(const Facts& facts) {
  const auto at = CloseAt(c_, facts, ctx_);
  if (at && *at <= ctx_.now) (void)Post({.kind = ItemKind::kClose, .by_machine = true}).ok();
}

std::optional<base::UtcTime> WakeOf(const Conversation& c, const Context& context) {
  std::optional<base::UtcTime> wake;
  // What a restored backup holds up is tried again at the pace of the longest repeat.
  const auto later =
      context.now + std::chrono::milliseconds{context.policy.delivery.retry_max_ms};
  if (c.stage == Stage::kApproved) return later;
  if (c.stage != Stage::kLive) return wake;
  if (c.delivered < c.mine.size() && c.stuck != Stuck::kParked && !c.paper) {
    Earlier(wake, c.next_try);
  }
  if (c.side == Side::kAnswerer) return wake;
  const Facts facts = Fold(c);
  const bool can_write = context.peer_confirmed && context.own_key;
  if (const auto at = CloseAt(c, facts, context)) {
    Earlier(wake, can_write ? std::max(*at, context.now) : later);
  }
  if (!AwaitsAnswer(facts.state)) return wake;
  const auto times = RoundOf(c, facts, context);
  if (!times) return wake;
  Earlier(wake, times->expire);
  if (!facts.copied) Earlier(wake, times->copy);
  for (std::size_t i = static_cast<std::size_t>(facts.urges); i < times->urges.size(); ++i) {
    Earlier(wake, times->urges[i]);
  }
  // Something that was due could not be written now.
  if (wake && *wake <= context.now) wake = later;
  return wake;
}

}  // namespace tracing
