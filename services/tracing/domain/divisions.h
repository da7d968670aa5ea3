// Which division answers for a code today: codes that were merged or renamed resolve.
//
// Letters are addressed by division, never by server and never by the first six digits of an
// identity number (no function here takes one). A code that became several divisions is for an
// officer to choose. Errors of Resolve: kNotFound/UNKNOWN_DIVISION, kFailedPrecondition/
// DIVISION_SPLIT (detail names them), kDataCorruption/DIVISION_LOOP. Pure; thread-safe once built.
// Source of codes: GB/T 2260; of changes: the directory, each with its own source.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "tracing/domain/types.h"

namespace tracing {

struct DivisionChange {
  Division from = {};
  std::vector<Division> became = {};  // one: merged or renamed; several: split
  base::Date on = {};
};

class Divisions {
 public:
  Divisions() = default;
  Divisions(std::vector<Division> members, std::vector<DivisionChange> changes);
  // The member that answers for `code` on `day`; a town's or street's county is found by its
  // first six digits (codes of 9 and 12 digits).
  base::Result<Division> Resolve(Division code, base::Date day) const;
  base::Result<Division> ResolveText(std::string_view code, base::Date day) const;
  bool IsMember(Division division) const { return members_.contains(division); }

 private:
  std::map<Division, bool> members_;
  std::map<Division, std::vector<DivisionChange>> changes_;  // by `from`, rising by day
};

}  // namespace tracing
