// The state of the service: the ledger, the right to write, and the order in which both are used.
//
// Reading: Read() gives the ledger under a shared lock. Writing: TakeTurn() waits for the turn,
// which is first come, first served; whoever holds it decides on the ledger and calls Commit(),
// which runs one transaction under the fence and takes the changes over after its COMMIT, never
// before. Without a ledger this copy is a standby and answers kUnavailable/STANDBY.
//
// A COMMIT of unknown end is looked up: the fence counts batches, and locking its row waits until
// the other end of a lost connection is done. If that cannot be asked, or the rows contradict the
// ledger, the ledger is dropped and loaded anew (duty.h) before anything else is answered.
// Thread-safe.
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <span>
#include <utility>
#include <vector>

#include "attendance/app/profile.h"
#include "attendance/app/write_gate.h"
#include "attendance/domain/effects.h"
#include "attendance/domain/ledger.h"
#include "attendance/domain/pending.h"
#include "attendance/store/fence.h"
#include "attendance/store/roll_call_rows.h"
#include "base/clock.h"
#include "store/store.h"

namespace attendance {

base::Error Standby();

// What a copy needs to write.
struct Mandate {
  std::unique_ptr<Ledger> ledger = {};
  std::map<Actor, ActorNumber> actors = {};
  std::uint64_t epoch = 0;
  std::uint64_t batches = 0;
  std::uint64_t roster_seq = 0;  // registry's events that the ledger holds
  std::optional<HalfDay> last_closed = {};
  base::Date loaded_on = {};
};

class Office {
 public:
  // Everything passed in outlives the office. `notify_feed`: a commit has appended events.
  Office(store::Pool& pool, const base::Clock& clock, Profile profile,
         std::function<void()> notify_feed);

  store::Pool& pool() { return pool_; }
  const base::Clock& clock() const { return clock_; }
  const Profile& profile() const { return profile_; }
  const RuleBook& rules() const { return profile_.rules; }
  bool active() const { return active_; }

  // Calls `look(const Ledger&)` while nothing changes. Keep it short: writers wait.
  template <class Look>
  auto Read(const Look& look) const -> base::Result<std::invoke_result_t<Look, const Ledger&>> {
    const std::shared_lock lock{ledger_mutex_};
    if (!mandate_.ledger) return Standby();
    return look(std::as_const(*mandate_.ledger));
  }
  template <class Look>
  auto ReadMandate(const Look& look) const
      -> base::Result<std::invoke_result_t<Look, const Mandate&>> {
    const std::shared_lock lock{ledger_mutex_};
    if (!mandate_.ledger) return Standby();
    return look(mandate_);
  }

  class Turn;
  Turn TakeTurn();
  // Tells whoever loads ledgers that one is wanted.
  void OnDropped(std::function<void()> callback) { dropped_ = std::move(callback); }

  // Registry's feed has moved: the next turn takes it in first (roster.h).
  std::atomic<bool> roster_moved{false};

  struct Stats {
    std::uint64_t epoch = 0, students = 0, classes = 0;
    bool active = false;
  };
  Stats stats() const;

 private:
  using Work = std::function<base::Status(store::Transaction&)>;
  base::Status LookUp(std::uint64_t epoch, std::uint64_t batch);

  store::Pool& pool_;
  const base::Clock& clock_;
  const Profile profile_;
  std::function<void()> notify_feed_;
  std::function<void()> dropped_;
  WriteGate gate_;
  std::atomic<bool> active_{false};
  mutable std::shared_mutex ledger_mutex_;  // the ledger's content; the turn alone changes it
  Mandate mandate_;                         // all but the ledger's content: of the turn
};

class Office::Turn {
 public:
  explicit Turn(Office& office) : office_(office), lock_(office.gate_) {}

  Office& office() { return office_; }
  const Ledger* ledger() const { return office_.mandate_.ledger.get(); }  // null: standby
  std::uint64_t roster_seq() const { return office_.mandate_.roster_seq; }
  std::optional<HalfDay> last_closed() const { return office_.mandate_.last_closed; }

  // Runs `work` and COMMIT under the fence; then `pending` is part of the ledger and `after` has
  // run. Errors: kUnavailable when nothing was written, or when that could not be found out
  // (STANDBY, LEDGER_RELOADED, OUTCOME_PENDING: repeating with the same key is safe); others of
  // `work`.
  base::Status Commit(Pending&& pending, const Work& work,
                      const std::function<void(Mandate&)>& after = {});
  // The number of an actor. A new one is known once `work` has saved it and is committed.
  ActorNumber NumberOf(const Actor& actor);
  base::Status SaveNewActors(store::Transaction& tx) const { return AddActors(tx, new_actors_); }

  // Changes that come from MySQL itself and need no transaction.
  void Change(const std::function<void(Mandate&)>& change);
  void Install(Mandate mandate);
  void Drop();
  void NotifyFeed() { office_.notify_feed_(); }

 private:
  Office& office_;
  std::unique_lock<WriteGate> lock_;
  std::map<Actor, ActorNumber> new_actors_;
};

}  // namespace attendance
