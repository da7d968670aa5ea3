#include "cases/app/case_desk.h"

#include <fmt/format.h>

#include "cases/app/projection.h"
#include "cases/domain/acts.h"
#include "cases/domain/verdict.h"
#include "cases/store/place_repository.h"

namespace cases {
namespace {

using base::Code;
using base::Error;

constexpr std::size_t kKeyBytes = 16;

Error NoCase() { return {Code::kNotFound, "NO_CASE", "没有这个个案"}; }

}  // namespace

CaseDesk::CaseDesk(store::Pool& pool, const Rules& rules, const base::Clock& clock,
                   DescribeEvents describe)
    : pool_(pool), rules_(rules), clock_(clock), describe_(std::move(describe)) {}

base::Result<std::string> CaseDesk::Remembered(
    store::Transaction& tx, const Once& once,
    const std::function<base::Result<std::string>()>& work) {
  if (once.key.size() != kKeyBytes) {
    return Error{Code::kInvalidArgument, "KEY_MISSING", "a write needs a 16-byte idempotency key"};
  }
  ASSIGN_OR_RETURN(const std::optional<store::Remembered> known, store::FindReply(tx, once.key));
  if (known) {
    if (known->request_type != once.request_type) {
      return Error{Code::kInvalidArgument, "KEY_REUSED", "the key belongs to another request"};
    }
    return known->reply;
  }
  return work();
}

Sheet CaseDesk::SheetOf(const Written& written, const Actor* actor) const {
  const base::UtcTime now = clock_.Now();
  View view =
      Evaluate(written.history, rules_.profiles, rules_.calendar, now, actor);
  CaseRow row = RowOf(written.id, written.subject, view.facts, now);
  return {.row = std::move(row), .history = written.history, .view = std::move(view)};
}

base::Result<std::string> CaseDesk::Open(const OpenByHand& command, const Once& once,
                                         const EncodeOpened& encode) {
  if (command.subject.Key() == 0) {
    return Error{Code::kInvalidArgument, "SUBJECT_MISSING", "需要写明学生"};
  }
  return pool_.Transact([&](store::Transaction& tx) -> base::Result<std::string> {
    return Remembered(tx, once, [&]() -> base::Result<std::string> {
      Signal signal = command.signal;
      if (command.subject.student) {
        ASSIGN_OR_RETURN(signal.contacts, FindContacts(tx, command.subject.student));
        if (signal.contacts == Contacts{}) {
          return Error{Code::kNotFound, "STUDENT_UNKNOWN", "学籍系统没有这名学生"};
        }
      }
      CaseWriter writer{tx, rules_, clock_.Now(), describe_};
      ASSIGN_OR_RETURN(const std::optional<Written> written, writer.Take(command.subject, signal));
      if (!written) return NoCase();
      std::string reply = encode(SheetOf(*written, &signal.actor), !written->opened);
      RETURN_IF_ERROR(
          store::RememberReply(tx, once.key, once.request_type, reply, writer.now()));
      RETURN_IF_ERROR(writer.Finish());
      return reply;
    });
  });
}

base::Result<std::string> CaseDesk::Do(const DoAct& command, const Once& once,
                                       const EncodeSheet& encode) {
  return pool_.Transact([&](store::Transaction& tx) -> base::Result<std::string> {
    return Remembered(tx, once, [&]() -> base::Result<std::string> {
      CaseWriter writer{tx, rules_, clock_.Now(), describe_};
      ASSIGN_OR_RETURN(const std::optional<LockedCase> found, LockCase(tx, command.id));
      if (!found) return NoCase();
      if (command.expected_version > 0 && command.expected_version != found->version) {
        return Error{Code::kConflict, "VERSION_MISMATCH",
                     fmt::format("个案已被更新（现为第{}版），请刷新后再试", found->version)};
      }
      if (command.groups) {
        const auto learned = writer.Give(command.id, GroupsLearned{.groups = *command.groups});
        if (!learned.ok()) return learned.error();
      }
      ASSIGN_OR_RETURN(
          const Written written,
          writer.Give(command.id, PersonActs{.act = command.act, .actor = command.actor}));
      std::string reply = encode(SheetOf(written, &command.actor));
      RETURN_IF_ERROR(
          store::RememberReply(tx, once.key, once.request_type, reply, writer.now()));
      RETURN_IF_ERROR(writer.Finish());
      return reply;
    });
  });
}

base::Result<Sheet> CaseDesk::Get(CaseId id, Subject subject, const Actor* actor) {
  if (!id && subject.Key() == 0) {
    return Error{Code::kInvalidArgument, "SUBJECT_MISSING", "需要写明个案或学生"};
  }
  Written written;
  RETURN_IF_ERROR(pool_.WithSession([&](store::Session& session) -> base::Status {
    ASSIGN_OR_RETURN(const std::optional<CaseRow> row,
                     id ? FindCase(session, id) : FindCaseOf(session, subject));
    if (!row) return NoCase();
    written.id = row->id;
    written.subject = row->subject;
    ASSIGN_OR_RETURN(written.history, LoadHistory(session, row->id));
    return {};
  }));
  return SheetOf(written, actor);
}

Sheet CaseDesk::WithGroups(const Sheet& sheet, std::vector<std::string> groups,
                           const Actor* actor) const {
  Entry entry;
  entry.kind = EntryKind::kGroupsLearned;
  entry.version = sheet.view.facts.version;
  entry.groups = std::move(groups);
  Sheet copy = sheet;
  History history = sheet.history;
  history.push_back(std::move(entry));
  copy.view = Evaluate(history, rules_.profiles, rules_.calendar, clock_.Now(), actor);
  return copy;
}

base::Result<std::optional<StudentId>> CaseDesk::GroupsToAsk(CaseId id, const Act& act) {
  ASSIGN_OR_RETURN(const Sheet sheet, Get(id, {}));
  if (FindAct(act.kind) == nullptr || sheet.view.facts.groups || !sheet.row.subject.student) {
    return std::optional<StudentId>{};
  }
  const base::UtcTime now = clock_.Now();
  const GateContext context{.profile = rules_.profiles.At(base::DateAt(now)), .now = now};
  for (const Unmet& one : Judge(sheet.view.facts, act, context).blocked) {
    if (one.reason == "GROUPS_UNKNOWN") return std::optional<StudentId>{sheet.row.subject.student};
  }
  return std::optional<StudentId>{};
}

base::Result<std::optional<PresenceQuestion>> CaseDesk::PresenceToAsk(CaseId id) {
  ASSIGN_OR_RETURN(const Sheet sheet, Get(id, {}));
  const base::UtcTime now = clock_.Now();
  const Profile& profile = rules_.profiles.At(base::DateAt(now));
  const std::optional<base::Date> since = PresenceNeeded(sheet.view.facts, profile, now);
  if (!since) return std::optional<PresenceQuestion>{};
  return std::optional<PresenceQuestion>{
      PresenceQuestion{.student = sheet.row.subject.student, .since = *since}};
}

base::Result<bool> CaseDesk::RunDeadlines(CaseId id, std::optional<Presence> presence) {
  return pool_.Transact([&](store::Transaction& tx) -> base::Result<bool> {
    CaseWriter writer{tx, rules_, clock_.Now(), describe_};
    ASSIGN_OR_RETURN(const Written written, writer.Give(id, Tick{}, presence));
    RETURN_IF_ERROR(writer.Finish());
    return !written.added.empty();
  });
}

// ---- plain look-ups -----------------------------------------------------------------------------

namespace {

template <class Find>
auto InSession(store::Pool& pool, const Find& find)
    -> std::invoke_result_t<Find, store::Session&> {
  std::optional<std::invoke_result_t<Find, store::Session&>> result;
  const base::Status status = pool.WithSession([&](store::Session& session) -> base::Status {
    result.emplace(find(session));
    return {};
  });
  if (!status.ok()) return status.error();
  return std::move(*result);
}

}  // namespace

base::Result<std::vector<CaseRow>> CaseDesk::List(const CaseFilter& filter) {
  return InSession(pool_, [&](store::Session& s) { return SelectCases(s, filter); });
}
base::Result<std::uint64_t> CaseDesk::Count(const CaseFilter& filter) {
  return InSession(pool_, [&](store::Session& s) { return CountCases(s, filter); });
}
base::Result<std::vector<ClockRow>> CaseDesk::Tasks(const TaskFilter& filter) {
  return InSession(pool_, [&](store::Session& s) { return SelectTasks(s, filter, clock_.Now()); });
}
base::Result<std::uint64_t> CaseDesk::CountTasksOf(const TaskFilter& filter) {
  return InSession(pool_, [&](store::Session& s) { return CountTasks(s, filter, clock_.Now()); });
}
base::Result<CaseCounts> CaseDesk::Counts() {
  return InSession(pool_, [&](store::Session& s) { return SelectCounts(s, clock_.Now()); });
}
base::Result<std::vector<CaseId>> CaseDesk::Due(std::uint32_t limit) {
  return InSession(pool_, [&](store::Session& s) { return DueCases(s, clock_.Now(), limit); });
}
base::Result<std::uint64_t> CaseDesk::CountDue() {
  return InSession(pool_, [&](store::Session& s) { return CountDueCases(s, clock_.Now()); });
}
base::Result<std::optional<base::UtcTime>> CaseDesk::NextDue() {
  return InSession(pool_, [&](store::Session& s) { return NextDueAfter(s, clock_.Now()); });
}

}  // namespace cases
