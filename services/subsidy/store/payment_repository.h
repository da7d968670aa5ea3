// Payment rolls and their lines, and the money that stands against a decision. Errors: those of
// store::Session; kConflict/RETRY never: rolls take turns by the counter's row lock.
#pragma once

#include <optional>
#include <vector>

#include "subsidy/store/rows.h"

namespace subsidy {

struct RollRow {
  std::int64_t id = 0;
  std::string term = {};
  std::string school_code = {};
  std::string school = {};  // read only
  base::UtcTime made_at = {};
  Actor actor = {};
  std::uint32_t lines = 0;
  std::int64_t total_fen = 0;
  std::string control = {};
  std::int64_t paid_fen = 0, failed_fen = 0, returned_fen = 0;  // read only
};
struct LineRow {
  std::uint32_t no = 0;
  StudentId student = {};
  std::int64_t fen = 0;
  std::string state = "pending";
  std::vector<Amount> amounts = {};
  std::string note = {};
  std::string name = {};          // read only
  std::string school_class = {};  // read only
};

// Who has money to come, locked: each with the open amount.
base::Result<std::vector<StandingRow>> LockPayable(store::Transaction& tx, std::string_view term,
                                                   std::string_view school_code);
base::Status InsertRoll(store::Transaction& tx, const RollRow& roll,
                        const std::vector<LineRow>& lines);
base::Result<std::vector<RollRow>> ListRolls(store::Session& session, std::int64_t roll_id,
                                             std::string_view term, std::string_view school_code);
base::Result<std::vector<LineRow>> ListLines(store::Session& session, std::int64_t roll_id,
                                             std::uint32_t after, std::uint32_t limit);
base::Result<std::vector<LineRow>> LockLines(store::Transaction& tx, std::int64_t roll_id);
base::Status SaveLine(store::Transaction& tx, std::int64_t roll_id, const LineRow& line);

struct MoneyMove {
  std::int64_t paid_fen = 0;
  std::int64_t returned_fen = 0;
  std::int64_t pending_fen = 0;
};
base::Status MoveMoney(store::Transaction& tx, StudentId student, std::string_view term,
                       const MoneyMove& by);

}  // namespace subsidy
