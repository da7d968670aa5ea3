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

// Refused for what the row or the county says, not for something that passes by itself.
bool NeedsOfficer(const Error& error) {
  return error.code == Code::kInvalidArgument ||
         (error.code == Code::kFailedPrecondition && error.reason != "NO_OWN_KEY");
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
      ASSIGN_OR_RETURN(const std::optional<Here> here, registry_(details.id_number()));
      if (here) {
        RETURN_IF_ERROR(CameBack(away_id, *here));
        return true;
      }
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

base::Result<bool> AwayDesk::AskByLetter(const AwayRow& seen, const AwayDetails& details) {
  const Office& office = letters_.office();
  v1::DraftLetter draft;
  draft.set_kind(v1::LETTER_KIND_XC);
  draft.set_to(seen.child.division.ToString());
  draft.set_ordinal(static_cast<std::uint32_t>(seen.letters + 1));
  v1::SearchLetter& letter = *draft.mutable_search();
  *letter.mutable_child() = ChildFrom(seen, details, office);
  PutDate(seen.left_on, letter.mutable_last_seen());
  letter.set_known_destination(seen.school.empty() ? details.address() : seen.school);
  letter.set_request("该生户籍在我县，随家庭在贵地居住。请协查是否在贵地就读，"
                     "并告知就读学校及起始日期，作为本学期异地就读证明");
  letter.mutable_contact()->set_body(office.bureau);
  letter.mutable_contact()->set_person(office.inbox.name());
  const std::string intention = fmt::format("away/{}/{}", seen.away_id, draft.ordinal());
  const std::string key = security::Sha256(intention).substr(0, kKeyBytes);
  const auto outcome = letters_.Draft(
      draft, Machine(), {.key = key, .request_type = "tracing.away.ask"},
      [](const LetterRow& row) { return BytesOf(row.conversation.id); });
  if (!outcome.ok() && !NeedsOfficer(outcome.error())) return outcome.error();
  if (outcome.ok()) sent_(*outcome);
  RETURN_IF_ERROR(InTransaction([&](store::Transaction& tx, Events& events) -> base::Status {
    ASSIGN_OR_RETURN(AwayRow row, MustLock(tx, seen.away_id));
    if (row.version != seen.version) return {};  // the next run drafts the same letter
    Step step{.kind = "asked", .text = "", .event = "asked", .actor = Machine()};
    row.child = Asked(row.child, ContextNow());
    if (outcome.ok()) {
      row.letters += 1;
      step.text = fmt::format("协查函，发往{}", draft.to());
      step.conversation = IdFrom(outcome->reply);
    } else {  // the proof will be missing in time; until then an officer sees why
      step.kind = "unsent";
      step.event = "";
      step.text = outcome.error().detail;
    }
    return Save(tx, row, step, events);
  }));
  return true;
}

base::Status AwayDesk::CameBack(std::int64_t away_id, const Here& here) {
  return InTransaction([&](store::Transaction& tx, Events& events) -> base::Status {
    ASSIGN_OR_RETURN(AwayRow row, MustLock(tx, away_id));
    row.look = false;
    if (!IsTracked(row.child.state) && row.child.state != AwayState::kReview) {
      return SaveQuietly(tx, row);
    }
    row.child.state = AwayState::kBack;
    row.student_id = here.student_id;
    return Save(tx, row,
                {.kind = "back", .text = "学籍系统显示已在本县就读：" + here.school,
                 .event = "back", .actor = Machine()},
                events);
  });
}

}  // namespace tracing
