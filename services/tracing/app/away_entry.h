// What a township's ledger says of a child who lives elsewhere, checked and made a row; and the
// rows of its lists.
//
// Columns of a list are found by name with aliases. A row is refused for every reason at once, with
// the column's name; a row about a child who is on the list already changes what it says otherwise,
// and an empty cell says nothing. Identity numbers are checked by GB 11643's check digit.
// Errors of Check: kInvalidArgument/CHILD_MISSING, BAD_ID_NUMBER, BAD_BIRTH, TOWN_MISSING,
// LEFT_ON_MISSING, LEFT_ON_FUTURE, BAD_DIVISION, LIVES_HERE, BAD_WHY, TEXT_TOO_LONG; details
// Chinese and without the number. Pure and thread-safe.
// Source of the columns: S4 二(三) (举家搬迁户籍未迁出, 外出务工随迁, 监护人, 异地入学手续或有效证明).
#pragma once

#include <string>
#include <vector>

#include "security/security.h"
#include "tracing/app/office.h"
#include "tracing/contract/away.pb.h"
#include "tracing/domain/letters.h"
#include "tracing/store/away_repository.h"
#include "tracing/store/away_stored.pb.h"

namespace tracing {

namespace v1 = baoxue::tracing::v1;
using AwayDetails = baoxue::tracing::stored::v1::AwayDetails;

// All that is wrong with an entry; empty: nothing.
std::vector<base::Error> ProblemsOf(const v1::AwayEntry& entry, const Office& office,
                                    base::Date today);
base::Status Check(const v1::AwayEntry& entry, const Office& office, base::Date today);

// Where a child is said to live: most counties are in no directory and are asked on paper, so any
// county's code that can be one counts. Nothing: none, or no code.
Division PlaceIn(const Book& book, const std::string& code, base::Date today);
// The blind index under which a child is known.
std::string AwayKeyOf(const v1::Child& child, const security::Keyring& keyring);
// Puts what the entry says into the row; what it is silent about stays. True if anything changed.
// Precondition: ProblemsOf is empty.
bool PutEntry(const v1::AwayEntry& entry, const Office& office, AwayRow& row,
              AwayDetails& details);
std::string SealDetails(const AwayDetails& details, const security::Keyring& keyring);
base::Result<AwayDetails> OpenDetails(const AwayRow& row, const security::Keyring& keyring);
// The child as letters name it.
v1::Child ChildFrom(const AwayRow& row, const AwayDetails& details, const Office& office);

struct AwayList {
  struct Line {
    std::uint64_t number = 0;
    v1::AwayEntry entry = {};
    std::vector<base::Error> problems = {};
  };
  std::vector<Line> lines = {};
  std::vector<std::string> unknown_columns = {};
};
// Errors: kInvalidArgument/HEADER_MISSING_COLUMNS, HEADER_DUPLICATE_COLUMN, TOO_MANY_ROWS.
base::Result<AwayList> ReadAwayList(const v1::ImportAway& list, const Office& office,
                                    base::Date today);
// The header's column, the first is 1, that a problem's text begins with; 0: the row as a whole.
std::uint32_t ColumnOfProblem(const v1::ImportAway& list, const std::string& detail);

}  // namespace tracing
