// Makes the cells of one row canonical, and says which cannot be read.
//
// Canonical forms: dates 2015-09-01; months 201509; yes and no 是/否; sex 男/女; coded values as
// their text; divisions with 6 digits (9 or 12 when they say more); identity numbers upper-case;
// names with "·" and without spaces. Empty cells stay empty. Normalising a canonical row changes
// nothing. A message names the column and how to mend it, and shows at most a few characters of the
// cell, with long runs of digits masked. Reasons: DATE_BAD, MONTH_BAD, YEAR_BAD, YES_NO_BAD,
// SEX_BAD, CODE_UNKNOWN, DIVISION_BAD, NUMBER_BAD, GRADE_BAD, TEXT_TOO_LONG. Warnings:
// DIVISION_UNKNOWN, PHONE_ODD. Pure and thread-safe. Source: design/domain.md 3.2, 3.4.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/date.h"
#include "registry/domain/columns.h"
#include "registry/domain/record.h"
#include "registry/domain/reference.h"

namespace registry {

struct Problem {
  std::string reason = {};  // UPPER_SNAKE, in the contract
  Field field = Field::kNone;
  std::string text = {};  // Chinese
};

struct RowNotes {
  std::vector<Problem> refusals = {};
  std::vector<Problem> warnings = {};
  bool ok() const { return refusals.empty(); }
};

// The cells of one row where they already lie: in a message or in a vector.
using Cells = std::span<const std::string* const>;

// Fills `record` from one row of a list.
void NormaliseRow(const HeaderMap& header, const Reference& reference, Cells cells, Record& record,
                  RowNotes& notes);

// One value given by name (ChangeEnrolment.details); same rules.
void NormaliseCell(const Column& column, const Reference& reference, std::string_view cell,
                   Record& record, RowNotes& notes);

// The forms of a date seen in rosters: 20150901, 2015-09-01, 2015/9/1, 2015.9.1, 2015年9月1日, also
// with a time after it.
std::optional<base::Date> ReadDate(std::string_view text);
// 201509, 2015-09, 2015/9, 2015年9月, or a whole date. Canonical "201509".
std::optional<std::string> ReadMonth(std::string_view text);
// An identity number as people type it: spaces, full-width digits, a leading apostrophe.
std::string NormaliseId(std::string_view text);
// At most 20 characters of a cell for a message, long runs of digits masked.
std::string Quote(std::string_view cell);

// Reads a canonical date of a record.
std::optional<base::Date> DateOf(const Record& record, Field field);

}  // namespace registry
