// The use cases of officials and of deadlines: each is one transaction, retried as a whole.
//
// Writes are idempotent by the caller's key: the first answer is kept with its effects. Reads
// take no lock. Thread-safe. Errors: those of Decide and of libs/store; kNotFound/NO_CASE,
// STUDENT_UNKNOWN; kConflict/VERSION_MISMATCH; kInvalidArgument/KEY_MISSING, KEY_REUSED,
// SUBJECT_MISSING.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "cases/app/case_writer.h"
#include "cases/app/rules.h"

namespace cases {

// A case with everything that a screen shows of it.
struct Sheet {
  CaseRow row = {};
  History history = {};
  View view = {};
};

// The caller's key and how the first answer is kept.
struct Once {
  std::string key = {};
  std::string request_type = {};
};

struct OpenByHand {
  Subject subject = {};
  Signal signal = {};
};
struct DoAct {
  CaseId id = {};
  int expected_version = 0;  // 0: any
  Act act = {};
  Actor actor = {};
  std::optional<std::vector<std::string>> groups = {};  // what the registry just said
};
struct PresenceQuestion {
  StudentId student = {};
  base::Date since = {};
};

class CaseDesk {
 public:
  // All references outlive the desk. `describe` must not throw.
  CaseDesk(store::Pool& pool, const Rules& rules, const base::Clock& clock,
           DescribeEvents describe);

  using EncodeOpened = std::function<std::string(const Sheet&, bool attached)>;
  base::Result<std::string> Open(const OpenByHand& command, const Once& once,
                                 const EncodeOpened& encode);
  using EncodeSheet = std::function<std::string(const Sheet&)>;
  base::Result<std::string> Do(const DoAct& command, const Once& once, const EncodeSheet& encode);

  // By id, else by subject (the open case, else the latest).
  base::Result<Sheet> Get(CaseId id, Subject subject, const Actor* actor = nullptr);
  // The same case as it would look with these groups; nothing is saved.
  Sheet WithGroups(const Sheet& sheet, std::vector<std::string> groups,
                   const Actor* actor = nullptr) const;
  // Whether this act on the case depends on groups that nobody has asked about; and whose.
  base::Result<std::optional<StudentId>> GroupsToAsk(CaseId id, const Act& act);

  base::Result<std::vector<CaseRow>> List(const CaseFilter& filter);
  base::Result<std::uint64_t> Count(const CaseFilter& filter);
  base::Result<std::vector<ClockRow>> Tasks(const TaskFilter& filter);
  base::Result<std::uint64_t> CountTasksOf(const TaskFilter& filter);
  base::Result<CaseCounts> Counts();

  // ---- deadlines ----
  base::Result<std::vector<CaseId>> Due(std::uint32_t limit);
  base::Result<std::uint64_t> CountDue();
  base::Result<std::optional<base::UtcTime>> NextDue();
  // Whether a watch check of this case is due, and what attendance must be asked.
  base::Result<std::optional<PresenceQuestion>> PresenceToAsk(CaseId id);
  // Lets everything happen that is due in this case; a second run finds nothing. True if anything
  // did.
  base::Result<bool> RunDeadlines(CaseId id, std::optional<Presence> presence);

  const Rules& rules() const { return rules_; }
  const DescribeEvents& describe() const { return describe_; }
  base::UtcTime Now() const { return clock_.Now(); }

 private:
  base::Result<std::string> Remembered(store::Transaction& tx, const Once& once,
                                       const std::function<base::Result<std::string>()>& work);
  Sheet SheetOf(const Written& written, const Actor* actor) const;

  store::Pool& pool_;
  const Rules& rules_;
  const base::Clock& clock_;
  DescribeEvents describe_;
};

}  // namespace cases
