// Decides again about exactly the students whom something may have touched, inside the transaction
// of what touched them.
//
// A standing decision is left alone when the rules of its day are the same and no fact that it
// read has changed (bits against bits, no evaluation). Otherwise it is evaluated: a new decision
// with its frozen facts is kept, and only a changed outcome is an event. Finish() appends the
// events as the last thing before COMMIT. Belongs to the thread of its transaction. Errors: those
// of the store and of Office.
#pragma once

#include <vector>

#include "subsidy/app/facts_at.h"
#include "subsidy/app/office.h"
#include "subsidy/domain/ledger.h"
#include "store/event_log.h"

namespace subsidy {

class Assessor {
 public:
  Assessor(store::Transaction& tx, const Office& office)
      : tx_(tx), office_(office), now_(office.Now()), today_(base::DateAt(now_)) {}

  base::Status Assess(std::vector<StudentId> students, const std::string& cause);
  void Add(store::NewEvent event) { events_.push_back(std::move(event)); }
  base::Status Finish();
  std::size_t events() const { return events_.size(); }
  base::UtcTime now() const { return now_; }

 private:
  // A decision under way.
  struct Found {
    Facts facts = {};
    Bits bits = {};
    base::Date day = {};
  };
  void Decide(const Dossier& dossier, const SubsidyTerm& term, const Found& found,
              const StandingRow* standing, const std::string& cause);
  bool Untouched(const StandingRow& standing, const Found& found) const;
  base::Status AssessSome(const std::vector<StudentId>& students, const std::string& cause);
  void Tell(const DecisionRow& decision, const StandingRow* before);

  store::Transaction& tx_;
  const Office& office_;
  const base::UtcTime now_;
  const base::Date today_;
  std::shared_ptr<const Live> live_ = {};
  std::vector<DecisionRow> decisions_ = {};
  std::vector<StandingRow> standings_ = {};
  std::vector<store::NewEvent> events_ = {};
};

}  // namespace subsidy
