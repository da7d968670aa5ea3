// Tables roll_call and actor: the roll calls as they came in, and who took them.
//
// A batch of roll calls is one INSERT; rows are never changed. Errors: those of libs/store, and
// kDataCorruption/BAD_PACKED_MARKS.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "attendance/domain/packed_marks.h"
#include "attendance/domain/pending.h"
#include "store/store.h"

namespace attendance {

inline constexpr std::size_t kKeyBytes = 16;  // of an idempotency key
using ActorNumber = std::uint32_t;

// One INSERT of many roll calls, built while they are accepted.
class RollCallInsert {
 public:
  // `key` has kKeyBytes bytes.
  void Add(ClassId class_id, const Sheet& sheet, std::string_view key, ActorNumber actor,
           base::UtcTime recorded_at, std::optional<base::UtcTime> taken_at);
  std::size_t rows() const { return rows_; }
  base::Status Run(store::Session& session) const;

 private:
  std::string sql_;
  std::string packed_;
  std::size_t rows_ = 0;
};

struct StoredRollCall {
  ClassId class_id = {};
  HalfDay half_day = {};
  int revision = 0;
  std::string key = {};
  int expected = 0;
  Actor actor = {};
  base::UtcTime recorded_at = {};
  std::optional<base::UtcTime> taken_at = {};
  std::vector<Exception> exceptions = {};
};

// All revisions of one roll call, the latest first.
base::Result<std::vector<StoredRollCall>> FindRollCalls(store::Session& session, ClassId class_id,
                                                        HalfDay half_day);

// Which roll call, and under which idempotency key.
struct KeyedHalfDay {
  ClassId class_id = {};
  HalfDay half_day = {};
  std::string_view key = {};
};
// The first answers to those of `asked` that were recorded under that very key, in the same order.
struct FirstAnswer {
  int revision = 0;
  int expected = 0;
  int exceptions = 0;
};
base::Result<std::vector<std::optional<FirstAnswer>>> FindFirstAnswers(
    store::Session& session, std::span<const KeyedHalfDay> asked);

// Every row of the days from `from` on, in order of half-day, class and revision. `exceptions`
// points into a buffer that lives for the call.
using LoadRow = std::function<void(ClassId, HalfDay, int revision, std::string_view key,
                                   std::span<const Exception> exceptions)>;
base::Status LoadRollCalls(store::Session& session, base::Date from, const LoadRow& row);

// The latest roll calls of one class on the given days (for histories older than the ledger).
base::Result<std::vector<StoredRollCall>> FindClassDays(store::Session& session, ClassId class_id,
                                                        std::span<const base::Date> days);

base::Status LoadActors(store::Session& session,
                        const std::function<void(ActorNumber, Actor)>& actor);
base::Status AddActors(store::Session& session, const std::map<Actor, ActorNumber>& actors);

}  // namespace attendance
