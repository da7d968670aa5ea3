// Decides whether a row of a list may be taken: each refusal has a reason code and a Chinese text
// that names the column and says how to mend it.
//
// The ladder, in this order; a row shows every refusal, the first counts as its reason:
//   (unreadable cells: see normalise.h)
//   REQUIRED_EMPTY, NAME_BAD,
//   ID_EXCEL_DAMAGED, ID_OLD_LENGTH, ID_LENGTH, ID_CHARACTERS, ID_PROVINCE, ID_BIRTHDAY,
//   ID_CHECK_DIGIT, ID_FORM (other documents), ID_BIRTH_MISMATCH, ID_SEX_MISMATCH,
//   BIRTH_IMPLAUSIBLE, STUDENT_NO_BAD, STUDENT_NO_MISMATCH,
//   SCHOOL_CODE_BAD, SCHOOL_UNKNOWN, CLASS_NO_BAD, CLASS_GRADE_UNKNOWN, GUARDIAN_ID_EXCEL_DAMAGED,
//   VALIDITY_BAD, GROUP_MISSING, PARENT_SCHOOL_UNKNOWN
// Warnings: SCHOOL_CODE_PROVINCE, GUARDIAN_ID_BAD, CLASS_NEW.
// Texts never hold an identity number. Days are civil days. Pure and thread-safe.
// Source: design/domain.md 3.2, 3.4; GB 11643-1999.
#pragma once

#include "base/date.h"
#include "registry/domain/normalise.h"
#include "registry/domain/places.h"
#include "registry/domain/policy.h"

namespace registry {

struct RowContext {
  const Policy& policy;
  const Places& places;
  base::Date today = {};
};

// What kind of document the row's identity number is.
enum class IdDocument { kResident, kOther, kNone };
IdDocument DocumentOf(const Record& row);

// Each adds to `notes`.
void CheckRosterRow(const Record& row, const RowContext& context, RowNotes& notes);
void CheckSchoolAgeRow(const Record& row, const RowContext& context, RowNotes& notes);
// `group` is the group of the whole list; empty: the row must name one.
void CheckGroupRow(const Record& row, std::string_view group, const RowContext& context,
                   RowNotes& notes);
void CheckSchoolRow(const Record& row, RowNotes& notes);
void CheckClassRow(const Record& row, const RowContext& context, RowNotes& notes);

// The columns about the person alone, for someone who is registered one by one.
void CheckPersonColumns(const Record& row, const RowContext& context, RowNotes& notes);

// For identity numbers of people (students, list persons): adds the refusals of the ladder.
void CheckIdentity(const Record& row, base::Date today, RowNotes& notes);

// Fills in what the identity number says when the row leaves it out (birthday and sex of group
// lists).
void CompleteFromIdentity(Record& row, base::Date today);

}  // namespace registry
