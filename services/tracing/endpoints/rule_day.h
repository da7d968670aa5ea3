// What was planned ahead by the rules of the day is planned anew on the day on which another entry
// of the profile's section `tracing` begins; everything else asks for the day's rules itself.
//
// A chore of the courier (chore.h). Which entry was planned by is memory only, because each start
// plans by the day's own. A plan that fails is tried again with the others. Thread-safe after
// Start.
#pragma once

#include <atomic>
#include <functional>
#include <vector>

#include "base/clock.h"
#include "tracing/app/office.h"
#include "tracing/endpoints/chore.h"

namespace tracing {

class RuleDay {
 public:
  // Both outlive the chore.
  RuleDay(const Office& office, const base::Clock& clock) : office_(office), clock_(clock) {}
  // May be called more than once for an entry. Before the courier starts.
  using Replan = std::function<base::Status()>;
  void Add(Replan replan) { replans_.push_back(std::move(replan)); }
  // Before anything is planned: from here on a new entry is noticed.
  void Begin() { planned_by_ = &office_.PolicyAt(clock_.Now()); }
  Chore AsChore();

 private:
  base::Result<std::uint64_t> Run();

  const Office& office_;
  const base::Clock& clock_;
  std::vector<Replan> replans_;
  std::atomic<const Policy*> planned_by_ = nullptr;
};

}  // namespace tracing
