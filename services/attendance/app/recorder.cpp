#include "attendance/app/recorder.h"

#include <unordered_map>

#include "attendance/app/events.h"
#include "attendance/app/roster.h"
#include "host/log.h"

namespace attendance {

using base::Code;
using base::Error;
using base::Status;

namespace {

constexpr std::size_t kNone = static_cast<std::size_t>(-1);

// One transaction's worth of roll calls.
class Batch {
 public:
  Batch(Office::Turn& turn, std::span<const Submission> submissions)
      : turn_(turn),
        ledger_(*turn.ledger()),
        submissions_(submissions),
        pending_(ledger_),
        now_(turn.office().clock().Now()) {}

  Status Run(RollCallAnswers& answers) {
    RETURN_IF_ERROR(FindRepeated());
    for (std::size_t i = 0; i < submissions_.size(); ++i) answers.push_back(Decide(i, answers));
    if (insert_.rows() == 0) return {};
    const RuleBook& rules = turn_.office().rules();
    const Effects effects = Judge(pending_, rules);
    const Telling telling{.why = "点名更正或补点名", .now = now_};
    const Status stored = turn_.Commit(std::move(pending_), [&](store::Transaction& tx) -> Status {
      RETURN_IF_ERROR(turn_.SaveNewActors(tx));
      RETURN_IF_ERROR(insert_.Run(tx));
      return SaveEffects(tx, ledger_, rules, effects, telling);
    });
    RETURN_IF_ERROR(stored);
    if (!effects.events.empty() || !effects.chronic.empty()) turn_.NotifyFeed();
    return {};
  }

 private:
  // The answers in MySQL to keys that the ledger seems to know.
  Status FindRepeated() {
    std::vector<std::size_t> at;
    std::vector<KeyedHalfDay> asked;
    for (std::size_t i = 0; i < submissions_.size(); ++i) {
      const RollCallCommand& command = submissions_[i].command;
      const std::optional<ClassIndex> c = ledger_.FindClass(command.class_id);
      if (!c || !ledger_.horizon().Contains(command.half_day.day)) continue;
      if (!ledger_.MayHaveSeen(*c, ledger_.SlotOf(command.half_day), command.key_tag)) continue;
      at.push_back(i);
      asked.push_back({command.class_id, command.half_day, submissions_[i].key});
    }
    if (asked.empty()) return {};
    std::vector<std::optional<FirstAnswer>> found;
    RETURN_IF_ERROR(turn_.office().pool().WithSession([&](store::Session& session) -> Status {
      ASSIGN_OR_RETURN(found, FindFirstAnswers(session, asked));
      return {};
    }));
    for (std::size_t j = 0; j < at.size(); ++j) {
      if (found[j]) repeated_[at[j]] = *found[j];
    }
    return {};
  }

  base::Result<RollCallAnswer> Decide(std::size_t i, const RollCallAnswers& answers) {
    const Submission& submission = submissions_[i];
    if (!repeated_.empty()) {
      if (const auto first = repeated_.find(i); first != repeated_.end()) {
        return RollCallAnswer{first->second.revision, first->second.revision > 1,
                              first->second.expected, first->second.exceptions};
      }
    }
    const RollCallCommand& command = submission.command;
    if (const std::size_t first = FindInBatch(i); first != kNone) return answers[first];
    ASSIGN_OR_RETURN(const Sheet sheet,
                     DecideRollCall(pending_, turn_.office().rules(), command, now_));
    pending_.Add(sheet);
    insert_.Add(command.class_id, sheet, submission.key, turn_.NumberOf(submission.actor), now_,
                submission.taken_at);
    Remember(i);
    return RollCallAnswer{sheet.revision, sheet.revision > 1, sheet.expected,
                          static_cast<int>(sheet.exceptions.size())};
  }

  static std::uint64_t HalfDayKey(const RollCallCommand& command) {
    return Mix(static_cast<std::uint64_t>(command.class_id.raw()) ^
               Mix(static_cast<std::uint64_t>(command.half_day.day.serial()) * 2 +
                   static_cast<std::uint64_t>(command.half_day.half)));
  }
  // An accepted one of this batch with the same half-day and key.
  std::size_t FindInBatch(std::size_t i) const {
    const auto last = latest_.find(HalfDayKey(submissions_[i].command));
    if (last == latest_.end()) return kNone;
    for (std::size_t j = last->second; j != kNone; j = before_.at(j)) {
      if (submissions_[j].key == submissions_[i].key &&
          submissions_[j].command.class_id == submissions_[i].command.class_id &&
          submissions_[j].command.half_day == submissions_[i].command.half_day) {
        return j;
      }
    }
    return kNone;
  }
  void Remember(std::size_t i) {
    const auto [at, added] = latest_.try_emplace(HalfDayKey(submissions_[i].command), i);
    before_[i] = added ? kNone : std::exchange(at->second, i);
  }

  Office::Turn& turn_;
  const Ledger& ledger_;
  const std::span<const Submission> submissions_;
  Pending pending_;
  const base::UtcTime now_;
  RollCallInsert insert_;
  std::unordered_map<std::size_t, FirstAnswer> repeated_;
  std::unordered_map<std::uint64_t, std::size_t> latest_;  // half-day -> last accepted
  std::unordered_map<std::size_t, std::size_t> before_;    // accepted -> the one before it
};

bool MayPass(const Error& error) {
  return error.code == Code::kUnavailable || error.code == Code::kResourceExhausted ||
         error.code == Code::kUnknownOutcome;
}

RollCallAnswers AllFail(std::size_t count, const Error& error) {
  return RollCallAnswers(count, base::Result<RollCallAnswer>{error});
}

RollCallAnswers RecordIn(Office::Turn& turn, std::span<const Submission> submissions) {
  if (turn.ledger() == nullptr) return AllFail(submissions.size(), Standby());
  RollCallAnswers answers;
  answers.reserve(submissions.size());
  const Status status = Batch{turn, submissions}.Run(answers);
  if (status.ok()) return answers;
  if (MayPass(status.error())) return AllFail(submissions.size(), status.error());
  if (submissions.size() == 1) {
    host::LogError("attendance.roll_call_not_stored", {{"error", status.error().ToString()}});
    return AllFail(1, status.error());
  }
  answers.clear();
  for (std::size_t i = 0; i < submissions.size(); ++i) {
    answers.push_back(RecordIn(turn, submissions.subspan(i, 1)).front());
  }
  return answers;
}

}  // namespace

RollCallAnswers Recorder::Record(std::span<const Submission> submissions) {
  Office::Turn turn = office_.TakeTurn();
  if (turn.ledger() == nullptr) return AllFail(submissions.size(), Standby());
  if (office_.roster_moved.exchange(false)) {
    const Status synced = SyncRoster(turn);
    if (!synced.ok()) {
      office_.roster_moved = true;
      return AllFail(submissions.size(), synced.error());
    }
  }
  return RecordIn(turn, submissions);
}

}  // namespace attendance
