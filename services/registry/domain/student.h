// Student: what the registry holds of one child, and the words for status and change.
//
// Status numbers are those of JY/T 1001 学生当前状态码 that the compulsory stage uses; 98 is the
// county's own. Change numbers are those of 学籍异动类别码; from 100 on the county's own. Days are
// civil days. Plain values. Source: design/domain.md 3.1, 3.3.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/date.h"
#include "base/id.h"
#include "registry/domain/identity_number.h"
#include "registry/domain/places.h"
#include "registry/domain/record.h"

namespace registry {

using StudentId = base::Id<struct StudentIdTag>;

enum class StudentStatus {
  kNone = 0,  // not in the registry
  kEnrolled = 1,
  kSuspended = 2,
  kReturned = 5,
  kLost = 6,
  kGraduated = 7,
  kCompleted = 8,
  kTransferredOut = 10,
  kDeceased = 11,
  kPlaceKept = 12,
  kWhereaboutsUnknown = 15,
  kLeftOverAge = 98,
  kOther = 99,
};
std::string_view StatusText(StudentStatus status);
// 在读 or 复学.
bool InSchool(StudentStatus status);
// Still the county's to look after: not gone by transfer, graduation, death or age.
bool OnTheRoll(StudentStatus status);

enum class ChangeKind {
  kUnspecified = 0,
  kSkipGrade = 4,
  kSuspend = 11,
  kResume = 12,
  kRestore = 17,
  kKeep = 19,
  kTransferOut = 21,
  kTransferIn = 22,
  kChangeClass = 29,
  kDeath = 51,
  kDataChange = 99,  // no change of enrolment: other columns (import, correction)
  kRegister = 100,
  kDefer = 101,
  kGraduate = 102,
  kLeaveOverAge = 103,
  kHomeTeaching = 104,
  kEndHomeTeaching = 105,
};
std::string_view ChangeText(ChangeKind kind);

struct Student {
  StudentId id = {};
  int version = 0;
  std::string name = {};
  Sex sex = Sex::kUnknown;
  base::Date birth = {};
  std::string school_code = {};
  ClassId class_id = {};
  std::string seat_no = {};
  StudentStatus status = StudentStatus::kNone;
  bool boarding = false;
  bool home_teaching = false;
  bool non_local = false;  // hukou outside the county
  std::string hukou_division = {};
  base::Date status_since = {};          // effective day of the last change of enrolment
  std::optional<base::Date> until = {};  // end of a suspension or deferral
  int suspensions_in_row = 0;            // since the last time in school
  std::string student_no =
      {};               // only J and L numbers; a G number is derived from the identity number
  Record details = {};  // every template column, identity number included
};

// Attendance counts the student in the class: in school, or marked as lost but still on the class's
// list, with a class and not taught at home.
bool ExpectedInClass(const Student& student);

// "G…", "J…", "L…" as it stands in full; mask it before it leaves the service.
std::string StudentNoOf(const Student& student);

// Takes over into the typed members what the details say (name, sex, birth, boarding, hukou, seat).
void RefreshFromDetails(Student& student, std::string_view county_division);

}  // namespace registry
