// One decision under way: what the history adds up to, and the entries that are being appended.
//
// Every change of a case goes through these few moves, so that the rules that always hold (an
// owner, a due date, no clock where it does not belong) are kept in one place: Settle(). Internal
// to cases/domain.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/calendar.h"
#include "cases/domain/engine.h"
#include "cases/domain/facts.h"
#include "cases/domain/profile.h"

namespace cases {

class Run {
 public:
  Run(const History& history, const Context& context, Actor actor);

  const Facts& facts() const { return facts_; }
  // The rules of the day that is being decided about.
  const Profile& profile() const { return context_.profiles.At(Today()); }
  const Context& context() const { return context_; }
  base::UtcTime at() const { return at_; }
  void set_at(base::UtcTime at) { at_ = at; }
  base::Date Today() const { return base::DateAt(at_); }

  // An entry of this kind at the present moment; not yet appended.
  Entry Make(EntryKind kind) const;
  void Append(Entry entry);

  // Into a state, with everything that follows from it. Unknown codes are ignored.
  void Enter(std::string_view code, std::string_view cause, std::string text,
             std::optional<base::Date> until = {}, std::string reference = {});
  // To a level, up or down.
  void Move(int level, std::string_view cause, std::string text);
  // Starts the tasks that wait for `condition` and are not running.
  void Start(std::string_view condition);
  void StartTask(const Task& task, std::optional<base::UtcTime> due = {});
  // Ends the clocks that this act does away with.
  void Satisfy(const Act& act);
  void Suspend(const ClockFacts& clock, base::Date until, std::string text);
  void Resume(const ClockFacts& clock, std::string_view cause);
  void Returned(base::Date day, std::string text, StreakId streak = {});

  // Lets everything happen that falls due by `limit`, in order of time; changed rules take hold
  // at the start of their day. A presence check waits for context().presence.
  void ExpireDue(base::UtcTime limit);
  // What always holds: stale clocks go, somebody answers, something is due.
  void Settle();

  std::vector<Entry> Take() { return std::move(entries_); }

 private:
  void Expire(const ClockFacts& clock);
  void CheckPresence(const ClockFacts& clock, const Task& task, const Presence& presence);
  void ExpiryMoves(const Task& task, const ClockFacts& clock);
  void EndClock(const ClockFacts& clock, EntryKind kind, std::string_view cause);
  void CancelStale();
  bool StandsIdle() const;
  // When rules begin to apply that the last entry did not know yet.
  std::optional<base::UtcTime> NextRules() const;
  const ClockFacts* NextClock(base::UtcTime limit, const std::set<std::string>& waiting) const;
  void EnsureStanding();
  void UpdateResponsible();
  Entry ClockEntry(EntryKind kind, const ClockFacts& clock) const;

  const Context& context_;
  Facts facts_;
  Actor actor_;
  base::UtcTime at_;
  bool presence_used_ = false;
  std::string rules_settled_;  // `from` of the rules that took hold in this run
  std::vector<Entry> entries_;
};

}  // namespace cases
