// Load, decide, save: what every change of a case goes through, inside one transaction.
//
// The case's row is locked before its history is read, so decisions about one case follow one
// another. Events gather until Finish(), which appends them as the last thing before COMMIT (it
// takes the feed's counter). Belongs to the thread of its transaction. Errors: those of Decide,
// of libs/store; kNotFound/NO_CASE; kConflict/RETRY when another transaction was faster (the
// transaction runs again).
#pragma once

#include <optional>
#include <vector>

#include "cases/app/rules.h"
#include "cases/domain/engine.h"
#include "cases/store/case_repository.h"
#include "store/store.h"

namespace cases {

// A case after a command; `added` is empty when the command changed nothing.
struct Written {
  CaseId id = {};
  Subject subject = {};
  History history = {};
  std::vector<Entry> added = {};
  bool opened = false;
};

class CaseWriter {
 public:
  CaseWriter(store::Transaction& tx, const Rules& rules, base::UtcTime now,
             const DescribeEvents& describe)
      : tx_(tx), rules_(rules), now_(now), describe_(describe) {}

  base::Result<Written> Give(CaseId id, const Command& command,
                             std::optional<Presence> presence = {});
  // To the subject's open case; nothing happens without one.
  base::Result<std::optional<Written>> GiveOpen(Subject subject, const Command& command);
  // Opens, attaches or reopens. Nothing if the signal is a remark and there is no open case.
  base::Result<std::optional<Written>> Take(Subject subject, const Signal& signal);

  base::Status Finish();
  std::size_t events() const { return events_.size(); }
  store::Transaction& tx() { return tx_; }
  base::UtcTime now() const { return now_; }

 private:
  base::Result<Written> DecideOver(const LockedCase& found, const Command& command,
                                   std::optional<Presence> presence);
  base::Result<std::optional<Written>> Open(Subject subject, const Signal& signal);
  base::Status Save(Written& written, const Facts& before, int from_version);

  store::Transaction& tx_;
  const Rules& rules_;
  base::UtcTime now_;
  const DescribeEvents& describe_;
  std::vector<store::NewEvent> events_;
};

}  // namespace cases
