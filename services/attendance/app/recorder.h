// Records roll calls: many in one transaction, each answered only after its commit.
//
// For each: a repeated idempotency key gets the first answer (of this batch, or of the row in
// MySQL); otherwise it is decided on the ledger with everything before it in the batch. Rows,
// changed streaks and events are one transaction. If that fails for another reason than the
// database being away, the batch is tried one by one, so that one roll call cannot hold up the
// others. Errors of one roll call: the refusals of roll_call.h; kUnavailable (repeat with the same
// key). Thread-safe; batches follow one another.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "attendance/app/office.h"
#include "attendance/domain/roll_call.h"

namespace attendance {

struct Submission {
  RollCallCommand command = {};
  std::string key = {};  // kKeyBytes bytes
  Actor actor = {};
  std::optional<base::UtcTime> taken_at = {};
};
struct RollCallAnswer {
  int revision = 0;
  bool replaced = false;
  int expected = 0;
  int exceptions = 0;
  friend bool operator==(const RollCallAnswer&, const RollCallAnswer&) = default;
};
using RollCallAnswers = std::vector<base::Result<RollCallAnswer>>;

class Recorder {
 public:
  explicit Recorder(Office& office) : office_(office) {}
  // One answer for each, in order.
  RollCallAnswers Record(std::span<const Submission> submissions);

 private:
  Office& office_;
};

}  // namespace attendance
