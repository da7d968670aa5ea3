// Files of dropped-out migrant students that go to the household's county at term end.
//
// Which dropouts are confirmed comes from the feed of cases: the case's state is what the
// registry's ledger of dropouts is kept from as well, and it carries the case that is to be
// settled. When the term has ended the registry is asked where the household is; another county's
// gets one 告知函, drafted under a key made from the case; its acknowledgement settles it. Rows and
// events are committed together. Thread-safe. Errors: those of libs/store and of the registry.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "tracing/app/letter_desk.h"
#include "tracing/contract/away.pb.h"
#include "tracing/store/hand_over_repository.h"

namespace tracing {

class HandOverDesk {
 public:
  // A student's household, and what the letter may say of the child. kNotFound: no such student.
  struct Student {
    std::string household = {};            // division; empty: not known
    std::function<base::Result<v1::Child>()> child = {};  // each call is put on record
  };
  using Registry = std::function<base::Result<Student>(std::int64_t student_id,
                                                       std::int64_t case_id)>;
  using Sent = std::function<void(const Outcome&)>;

  HandOverDesk(LetterDesk& letters, Registry registry, Sent sent);

  // What a case's event says of it.
  struct CaseFact {
    std::int64_t case_id = 0;
    std::int64_t student_id = 0;
    std::string state = {};
    int persuasions = 0;
    int version = 0;
    base::Date on = {};
  };
  base::Status Heard(store::Transaction& tx, const CaseFact& fact);
  // Does what is due; returns how many cases moved on. What fails stays due.
  base::Result<std::uint64_t> RunDue();
  base::Result<v1::ListHandOversReply> List(const v1::ListHandOvers& request);
  // After a change of rules or calendar.
  base::Status PlanAll();

 private:
  base::Status RunOne(std::int64_t case_id);
  base::Status Settle(std::int64_t case_id);
  base::Status Postpone(std::int64_t case_id, HandOverStand stand, Division household,
                        const std::string& note);
  base::Result<Outcome> Write(const HandOverRow& row, Division household, v1::Child child);
  std::optional<base::UtcTime> Next(Bound bound) const;
  store::NewEvent Event(const HandOverRow& row, std::string_view name,
                        const std::string& document_no) const;
  base::Status InTransaction(
      const std::function<base::Status(store::Transaction&, std::vector<store::NewEvent>&)>& work);

  LetterDesk& letters_;
  const Registry registry_;
  const Sent sent_;
};

}  // namespace tracing
