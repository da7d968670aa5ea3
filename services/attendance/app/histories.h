// Questions about one student: the marks of each half-day, and the days of presence in a row.
//
// Days of the terms in memory come from the ledger, older ones from the rows of the student's
// class. Errors: kUnavailable/STANDBY; kNotFound/STUDENT_UNKNOWN; kInvalidArgument/BAD_RANGE; those
// of libs/store. Thread-safe.
#pragma once

#include <vector>

#include "attendance/app/office.h"
#include "attendance/domain/reports.h"

namespace attendance {

struct MarkedHalfDay {
  HalfDay half_day = {};
  HalfRecord record = {};
};

class Histories {
 public:
  explicit Histories(Office& office) : office_(office) {}
  // Both days inclusive, at most 400.
  base::Result<std::vector<MarkedHalfDay>> MarksOf(StudentId student, base::Date from,
                                                   base::Date to);
  base::Result<Presence> PresenceSince(StudentId student, base::Date since);

 private:
  struct OlderDays {
    ClassId class_id = {};
    std::vector<base::Date> days = {};  // school days before the horizon
  };
  base::Result<std::vector<MarkedHalfDay>> OlderMarks(StudentId student,
                                                      const std::vector<OlderDays>& older);
  Office& office_;
};

}  // namespace attendance
