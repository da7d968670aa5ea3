// What falls due in the list of children who live elsewhere.
#include <fmt/format.h>

#include "tracing/app/away_desk.h"
#include "tracing/store/codec.h"

namespace tracing {
namespace {

using base::Code;
using base::Error;

constexpr std::uint32_t kRowsAtOnce = 200;
constexpr std::size_t kKeyBytes = 16;

constexpr std::string_view kMovedOn = "AWAY_MOVED_ON";  // somebody was faster

// Refused for what the row or the county says, not for something that passes by itself.
bool NeedsOfficer(const Error& error) {
  const bool waits = error.reason == "NO_OWN_KEY" || error.reason == "NUMBERS_FROZEN" ||
                     error.reason == "RESTORE_UNCONFIRMED";
  return error.code == Code::kInvalidArgument ||
         (error.code == Code::kFailedPrecondition && !waits);
}

}  // namespace

base::Result<std::uint64_t> AwayDesk::RunDue() {
  std::vector<std::int64_t> ids;
  RETURN_IF_ERROR(letters_.pool().WithSession([&](store::Session& session) -> base::Status {
    ASSIGN_OR_RETURN(ids, DueAway(session, letters_.Now(), kRowsAtOnce));
    return {};
  }));
  std::uint64_t done = 0;
  std::optional<Error> failed;
  for (const std::int64_t id : ids) {
    const auto moved = RunOne(id);
    if (!moved.ok()) {
      failed = moved.error();
      if (failed->code == Code::kUnavailable || failed->code == Code::kDeadlineExceeded) break;
      continue;  // one bad row holds up no other
    }
    if (*moved) ++done;
  }
  if (failed && done == 0) return *failed;
  return done;
}

base::Result<bool> AwayDesk::RunOne(std::int64_t away_id) {
  AwayRow row;
  RETURN_IF_ERROR(letters_.pool().WithSession([&](store::Session& session) -> base::Status {
    ASSIGN_OR_RETURN(std::optional<AwayRow> found, FindAway(session, away_id));
    if (!found) return Error{Code::kNotFound, "NO_AWAY", ""};
    row = *std::move(found);
    return {};
  }));
  const auto due = NextDue(row.child, ContextNow());
  const bool is_due = due && due->at <= letters_.Now();
  // Nobody is written about or visited who sits in one of our classes.
  if (row.look || (is_due && due->task != AwayTask::kOverAge)) {
    ASSIGN_OR_RETURN(const AwayDetails details, OpenDetails(row, *letters_.office().keyring));
    if (!details.id_number().empty()) {
      ASSIGN_OR_RETURN(const Known known, registry_(details.id_number(), row.person_id == 0));
      if (known.here) {
        RETURN_IF_ERROR(CameBack(away_id, *known.here));
        return true;
      }
      if (row.person_id == 0) row.person_id = known.person_id;
    }
    if (is_due && !row.look && due->task == AwayTask::kAsk) return AskByLetter(row, details);
  }
  if (row.look || !is_due) {
    RETURN_IF_ERROR(InTransaction([&](store::Transaction& tx, Events&) -> base::Status {
      ASSIGN_OR_RETURN(AwayRow locked, MustLock(tx, away_id));
      locked.look = false;
      return SaveQuietly(tx, locked);
    }));
    return true;
  }
  return RunTask(row, *due);
}

base::Result<bool> AwayDesk::RunTask(const AwayRow& seen, const AwayDue& due) {
  bool moved = false;
  RETURN_IF_ERROR(InTransaction([&](store::Transaction& tx, Events& events) -> base::Status {
    moved = false;
    ASSIGN_OR_RETURN(AwayRow row, MustLock(tx, seen.away_id));
    if (row.version != seen.version) return {};  // somebody was faster: looked at again
    if (row.person_id == 0) row.person_id = seen.person_id;
    const AwayContext context = ContextNow();
    Step step{.text = "", .actor = Machine()};
    if (due.task == AwayTask::kVisit) {
      row.child = Visited(row.child, context.today);
      step.kind = step.event = "visit";
      step.text = "定期回访监护人，了解就读情况，取得异地入学手续或有效证明";
      events.push_back(WantVisit(row, step.text));
    } else if (due.task == AwayTask::kMissing) {
      row.child = Missing(row.child, context.today);
      step.kind = step.event = "proof_missing";
      step.suspect = context.rules.suspect;
      step.text = "期限内未取得异地就读证明";
      if (context.rules.visit_missing) {
        events.push_back(WantVisit(row, "未取得异地就读证明，请入户或电话核实就读情况"));
      }
    } else if (due.task == AwayTask::kOverAge) {
      row.child = TooOld(row.child);
      step.kind = step.event = "over_age";
      step.text = "已超过义务教育年龄，不再跟踪";
    } else {
      return {};
    }
    moved = true;
    return Save(tx, row, step, events);
  }));
  return moved;
}

base::Result<std::optional<MachineLetter>> AwayDesk::OnwardOf(const AwayRow& row) {
  std::optional<MachineLetter> onward;
  if (!row.conversation) return onward;
  RETURN_IF_ERROR(letters_.pool().WithSession([&](store::Session& session) -> base::Status {
    ASSIGN_OR_RETURN(const std::vector<MachineLetter> all,
                     MachineLettersOf(session, *row.conversation));
    for (const MachineLetter& one : all) {
      if (one.kind == MachineKind::kOnward && one.to == row.child.division) onward = one;
    }
    return {};
  }));
  return onward;
}

v1::DraftLetter AwayDesk::Search(const AwayRow& row, const AwayDetails& details) const {
  const Office& office = letters_.office();
  v1::DraftLetter draft;
  draft.set_kind(v1::LETTER_KIND_XC);
  draft.set_to(row.child.division.ToString());
  draft.set_ordinal(static_cast<std::uint32_t>(row.letters + 1));
  v1::SearchLetter& letter = *draft.mutable_search();
  *letter.mutable_child() = ChildFrom(row, details, office);
  PutDate(row.left_on, letter.mutable_last_seen());
  letter.set_known_destination(row.school.empty() ? details.address() : row.school);
  letter.set_request("该生户籍在我县，随家庭在贵地居住。请协查是否在贵地就读，"
                     "并告知就读学校及起始日期，作为本学期异地就读证明");
  letter.mutable_contact()->set_body(office.bureau);
  letter.mutable_contact()->set_person(office.inbox.name());
  return draft;
}

// Letter and row are one transaction: an answer always finds the row that asked. A child who moved
// on is asked after by the letter that asks on, with its chain, and by no second one.
base::Result<bool> AwayDesk::AskByLetter(const AwayRow& seen, const AwayDetails& details) {
  ASSIGN_OR_RETURN(const std::optional<MachineLetter> onward, OnwardOf(seen));
  bool saved = false;
  Because because;
  because.may_be_unknown = true;
  because.also = [&](store::Transaction& tx, const LetterRow& letter, Events& events) {
    saved = true;
    return SaveAsked(tx, seen, onward, letter.conversation.id, events);
  };
  const auto draft = [&]() -> base::Result<Outcome> {
    if (onward && onward->state == MachineState::kRefused) {
      return Error{Code::kFailedPrecondition, "NO_THIRD", onward->why};
    }
    if (onward) return letters_.WriteOnward(*onward, because);
    const v1::DraftLetter letter = Search(seen, details);
    const std::string intention = fmt::format("away/{}/{}", seen.away_id, letter.ordinal());
    return letters_.Draft(
        letter, Machine(),
        {.key = security::Sha256(intention).substr(0, kKeyBytes),
         .request_type = "tracing.away.ask"},
        [](const LetterRow& row) { return BytesOf(row.conversation.id); }, because);
  };
  const auto outcome = draft();
  if (!outcome.ok() && outcome.error().reason == kMovedOn) return true;  // is looked at again
  if (!outcome.ok() && !NeedsOfficer(outcome.error())) return outcome.error();
  if (outcome.ok()) sent_(*outcome);
  if (outcome.ok() && saved) return true;
  // Written already by the chore of onward letters, or for an officer to see why not.
  const base::Result<ConversationId> letter =
      outcome.ok() ? base::Result<ConversationId>{IdFrom(outcome->reply)} : outcome.error();
  const base::Status kept = InTransaction([&](store::Transaction& tx, Events& events) {
    return SaveAsked(tx, seen, onward, letter, events);
  });
  if (!kept.ok() && kept.error().reason != kMovedOn) return kept.error();
  return true;
}

base::Status AwayDesk::SaveAsked(store::Transaction& tx, const AwayRow& seen,
                                 const std::optional<MachineLetter>& onward,
                                 const base::Result<ConversationId>& letter, Events& events) {
  ASSIGN_OR_RETURN(AwayRow row, MustLock(tx, seen.away_id));
  if (row.version != seen.version) {
    return Error{Code::kFailedPrecondition, std::string{kMovedOn}, ""};
  }
  if (row.person_id == 0) row.person_id = seen.person_id;
  row.child = Asked(row.child, ContextNow());
  Step step{.kind = "asked", .text = "", .event = "asked", .actor = Machine()};
  if (!letter.ok()) {  // the proof will be missing in time; until then an officer sees why
    step.kind = "unsent";
    step.event = "";
    step.text = letter.error().detail;
    return Save(tx, row, step, events);
  }
  step.conversation = *letter;
  if (onward) {
    MachineLetter written = *onward;
    written.state = MachineState::kWritten;
    written.written = *letter;
    written.next_at.reset();
    RETURN_IF_ERROR(UpdateMachineLetter(tx, written));
  } else {
    row.letters += 1;
  }
  step.text = fmt::format("协查函，发往{}", row.child.division.ToString());
  return Save(tx, row, step, events);
}

base::Status AwayDesk::CameBack(std::int64_t away_id, const Here& here) {
  return InTransaction([&](store::Transaction& tx, Events& events) -> base::Status {
    ASSIGN_OR_RETURN(AwayRow row, MustLock(tx, away_id));
    row.look = false;
    if (!IsTracked(row.child.state) && row.child.state != AwayState::kReview) {
      return SaveQuietly(tx, row);
    }
    const Step step{.kind = "back",
                    .text = "学籍系统显示已在本县就读：" + here.school,
                    .event = "back",
                    .actor = Machine(),
                    .conversation = {},
                    .was_missing = MissingTold(row.child)};
    row.child.state = AwayState::kBack;
    row.student_id = here.student_id;
    return Save(tx, row, step, events);
  });
}

}  // namespace tracing
