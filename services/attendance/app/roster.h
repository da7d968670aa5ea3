// Registry's feed: into the tables (Project, in the follower's transaction) and from there into the
// ledger (SyncRoster, in the writer's turn), with whatever a changed roster means for streaks.
//
// Of one student the later event wins: what it says holds from its effective day on, and everything
// that was known for later days is dropped. An event that says what the roster says already changes
// no membership. Events of other kinds are skipped. Errors: those of libs/store.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "attendance/app/office.h"
#include "attendance/store/roster_rows.h"
#include "store/store.h"

namespace attendance {

// What registry says of a student from a day on.
struct RosterChange {
  StudentId student = {};
  std::string name = {};
  std::string school_code = {};
  ClassId class_id = {};
  bool expected = false;  // in that class
  base::Date effective = {};
  std::uint64_t seq = 0;
};
struct RosterNews {
  std::vector<SchoolRow> schools = {};
  std::vector<ClassRow> classes = {};
  std::vector<RosterChange> students = {};
};

// `rows` (rising) with the change; true if they differ afterwards.
bool ApplyChange(const RosterChange& change, std::vector<Membership>& rows);

base::Status Project(store::Transaction& tx, const RosterNews& news);

// Classes of the rows must be in the ledger; a row with another class is left out.
Timeline TimelineFrom(const Ledger& ledger, std::span<const Membership> rows);

// Takes in what the tables have and the ledger does not. Errors: also those of Turn::Commit; then
// the next call does it again.
base::Status SyncRoster(Office::Turn& turn);

}  // namespace attendance
