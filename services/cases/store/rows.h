// The rows that this service keeps besides histories. Values only.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cases/domain/types.h"

namespace cases {

// Whom a case is about: a student, or a child of the school-age list without one.
struct Subject {
  StudentId student = {};
  PersonId person = {};
  std::int64_t Key() const { return student ? student.raw() : -person.raw(); }
  friend bool operator==(const Subject&, const Subject&) = default;
};

struct CaseRow {
  CaseId id = {};
  Subject subject = {};
  int version = 0;
  std::string state = {};
  std::string phase = {};
  int level = 0;
  std::string found_by = {};
  StreakId streak = {};
  Contacts contacts = {};  // town and teacher are not stored here
  Party responsible = {};
  base::UtcTime opened_at = {};
  std::optional<base::UtcTime> closed_at = {};
  std::optional<base::UtcTime> next_due = {};
  std::optional<base::Date> first_absent = {};
  int persuasions = 0;
  std::optional<base::Date> last_persuasion = {};
  int overdue_tasks = 0;
  std::string reason_code = {};
  std::string profile_from = {};
  bool open = true;
};

struct ClockRow {
  std::int64_t id = 0;
  CaseId case_id = {};
  std::string clock = {};
  int step = 0;
  std::string name = {};
  std::string state = {};  // open, overdue, suspended, done, cancelled, missed
  int level = 0;
  Unit unit = Unit::kCalendarDays;
  Party owner = {};
  base::UtcTime started = {};
  base::UtcTime due = {};
  std::optional<base::UtcTime> next_at = {};
  std::optional<base::UtcTime> ended = {};
  std::string student_name = {};  // of the case; only read
};

struct StudentPlace {
  StudentId student = {};
  std::string name = {};
  std::string school_code = {};
  ClassId class_id = {};
  bool non_local = false;
  int version = 0;
};
struct ClassPlace {
  ClassId class_id = {};
  std::string school_code = {};
  std::string name = {};
  std::string teacher_id = {};
  std::string teacher = {};
};
struct SchoolPlace {
  std::string school_code = {};
  std::string name = {};
  std::string town = {};
};

struct CaseFilter {
  std::string state = {};
  int level = 0;
  std::string school_code = {};
  bool open_only = false;
  bool overdue_only = false;
  StudentId student = {};
  CaseId after = {};
  std::uint32_t limit = 100;
};
struct TaskFilter {
  bool overdue_only = false;
  std::string body = {};
  std::string person_id = {};
  std::uint32_t limit = 100;
};

struct CaseCounts {
  std::uint64_t opened = 0, open = 0, closed = 0, withdrawn = 0, overdue_tasks = 0,
                persuasions = 0;
  struct OfLevel {
    int level = 0;
    std::uint64_t open = 0, overdue = 0;
  };
  std::vector<OfLevel> levels = {};
  std::vector<std::pair<std::string, std::uint64_t>> states = {};
};

}  // namespace cases
