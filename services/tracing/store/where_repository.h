// All SQL of 「这孩子在哪里」: our questions, whom they were put to, what others asked us. What is sealed
// at rest is sealed before it gets here. Errors: those of libs/store. Functions on a session or
// transaction; no state.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "store/store.h"
#include "tracing/domain/where.h"

namespace tracing {

struct WherePerson {
  std::string person_id = {};
  std::string name = {};
  std::string role = {};
  std::string body = {};
};

struct WhereRow {
  std::string question_id = {};  // 16 bytes
  WhereState state = WhereState::kWaiting;
  std::int64_t student_id = 0;
  std::int64_t case_id = 0;
  std::string student_name = {};
  std::string id_masked = {};
  Division province = {};
  std::string reason = {};
  WherePerson asked_by = {};
  base::UtcTime asked_at = {};
  WherePerson decided_by = {};
  std::optional<base::UtcTime> decided_at = {};
  std::string decision_text = {};
  std::optional<base::UtcTime> expires_at = {};
  std::string sealed = {};
};
struct WhereMemberRow {
  std::string question_id = {};
  Division division = {};
  AskedState state = AskedState::kDue;
  std::string reason = {};
  int attempts = 0;
  std::optional<base::UtcTime> next_at = {};
  std::optional<base::UtcTime> answered_at = {};
  std::string answer = {};
  std::string letter = {};  // conversation; empty: none
};
struct WhereAskedRow {
  Division asker = {};
  std::string question_id = {};
  std::string question_hash = {};
  std::string approved_by = {};
  base::UtcTime first_at = {};
  base::UtcTime last_at = {};
  int times = 0;
  bool here = false;
  std::int64_t student_id = 0;
  std::string answer = {};
};
struct WhereAskerRow {
  Division asker = {};
  std::uint64_t today = 0;
  std::uint64_t questions = 0;
  std::uint64_t here = 0;
  std::map<std::string, std::uint64_t> refused = {};
};

// ---- our questions ----
base::Status InsertWhere(store::Transaction& tx, const WhereRow& row);
base::Result<std::optional<WhereRow>> FindWhere(store::Session& session, const std::string& id);
base::Result<std::optional<WhereRow>> LockWhere(store::Transaction& tx, const std::string& id);
// State, decision, expiry, question.
base::Status UpdateWhere(store::Transaction& tx, const WhereRow& row);
base::Result<std::vector<WhereRow>> ListWhereRows(store::Session& session, bool open_only,
                                                  std::uint32_t limit);
// Questions since `day` began, and those of the child since `child_since`; refused ones not.
base::Result<WhereCount> CountWhere(store::Session& session, std::int64_t student_id,
                                    base::UtcTime day_begin, base::UtcTime child_since);
base::Status InsertWhereMembers(store::Transaction& tx, const std::vector<WhereMemberRow>& rows);
base::Result<std::vector<WhereMemberRow>> WhereMembersOf(store::Session& session,
                                                         const std::string& question_id);
base::Status UpdateWhereMember(store::Transaction& tx, const WhereMemberRow& row);
// Everybody who was asked and has not answered: silent from now on.
base::Status SilenceWhereMembers(store::Transaction& tx, const std::string& question_id);

// ---- what is due ----
base::Result<std::vector<WhereMemberRow>> DueWhereMembers(store::Session& session,
                                                          base::UtcTime now, std::uint32_t limit);
base::Result<std::vector<std::string>> ExpiredWhere(store::Session& session, base::UtcTime now);
base::Result<std::uint64_t> CountDueWhere(store::Session& session, base::UtcTime now);
base::Result<std::optional<base::UtcTime>> NextWhere(store::Session& session, base::UtcTime after);

// ---- what others asked us ----
base::Result<std::optional<WhereAskedRow>> LockWhereAsked(store::Transaction& tx, Division asker,
                                                          const std::string& question_id);
// Errors: kConflict/RETRY if another transaction was first.
base::Status InsertWhereAsked(store::Transaction& tx, const WhereAskedRow& row);
base::Status TouchWhereAsked(store::Transaction& tx, const WhereAskedRow& row);
base::Result<int> CountWhereAsked(store::Session& session, Division asker, base::UtcTime since);
base::Status CountWhereRefusal(store::Session& session, Division asker, base::Date day,
                               const std::string& reason);
base::Result<std::vector<WhereAskedRow>> ListWhereAsked(store::Session& session,
                                                        std::uint32_t limit);
base::Result<std::vector<WhereAskerRow>> TallyWhereAskers(store::Session& session,
                                                          base::UtcTime day_begin);

}  // namespace tracing
