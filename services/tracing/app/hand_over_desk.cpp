#include "tracing/app/hand_over_desk.h"

#include <fmt/format.h>

#include "tracing/app/away_entry.h"
#include "tracing/store/codec.h"

namespace tracing {
namespace {

using base::Code;
using base::Error;

constexpr std::uint32_t kRowsAtOnce = 200;
constexpr std::uint32_t kPageMax = 1000;
constexpr std::size_t kKeyBytes = 16;
constexpr std::size_t kNoteBytesMax = 480;

bool NeedsOfficer(const Error& error) {
  const bool waits = error.reason == "NO_OWN_KEY" || error.reason == "NUMBERS_FROZEN" ||
                     error.reason == "RESTORE_UNCONFIRMED";
  return error.code == Code::kInvalidArgument || error.code == Code::kNotFound ||
         (error.code == Code::kFailedPrecondition && !waits);
}

}  // namespace

HandOverDesk::HandOverDesk(LetterDesk& letters, Registry registry, Sent sent)
    : letters_(letters), registry_(std::move(registry)), sent_(std::move(sent)) {}

base::Status HandOverDesk::InTransaction(
    const std::function<base::Status(store::Transaction&, std::vector<store::NewEvent>&)>& work) {
  return letters_.pool().InTransaction([&](store::Transaction& tx) -> base::Status {
    std::vector<store::NewEvent> events;
    RETURN_IF_ERROR(work(tx, events));
    if (events.empty()) return {};
    const auto appended = store::AppendEvents(tx, "tracing", events);
    if (!appended.ok()) return appended.error();
    return {};
  });
}

std::optional<base::UtcTime> HandOverDesk::Next(Bound bound) const {
  const Office& office = letters_.office();
  const base::UtcTime now = letters_.Now();
  return HandOverAt(base::DateAt(now), bound, office.PolicyAt(now).hand_over, office.calendar);
}

store::NewEvent HandOverDesk::Event(const HandOverRow& row, std::string_view name,
                                    const std::string& document_no) const {
  v1::HandOverChanged out;
  out.set_case_id(row.case_id);
  out.set_student_id(row.student_id);
  out.set_peer(row.household.ToString());
  const std::shared_ptr<const Book> book = letters_.office().book();
  const v1::Member* const member = book->directory.Find(row.household.ToString());
  out.set_peer_name(member == nullptr ? "" : member->name());
  out.set_document_no(document_no);
  if (row.conversation) out.set_conversation_id(BytesOf(*row.conversation));
  PutDate(base::DateAt(letters_.Now()), out.mutable_on());
  if (name == "problem") out.set_reason(row.note);
  return {.type = "tracing.hand_over." + std::string{name},
          .subject = fmt::format("case/{}", row.case_id),
          .time = letters_.Now(),
          .payload = out.SerializeAsString(),
          .payload_type = out.GetDescriptor()->full_name(),
          .correlation_id = row.conversation ? BytesOf(*row.conversation) : "",
          .causation_id = {}};
}

base::Status HandOverDesk::Heard(store::Transaction& tx, const CaseFact& fact) {
  const HandOverRules& rules = letters_.PolicyNow().hand_over;
  if (!rules.at_term_end || fact.case_id <= 0 || fact.student_id <= 0) return {};
  const bool confirmed = rules.states.contains(fact.state);
  ASSIGN_OR_RETURN(std::optional<HandOverRow> row, LockHandOver(tx, fact.case_id));
  if (!row && !confirmed) return {};
  if (row && fact.version <= row->version) return {};
  if (!row) row = HandOverRow{.case_id = fact.case_id, .student_id = fact.student_id};
  row->state = fact.state;
  row->persuasions = fact.persuasions;
  row->version = fact.version;
  const bool written = row->stand == HandOverStand::kDrafted || row->stand == HandOverStand::kTaken;
  if (confirmed && !row->confirmed) row->since = fact.on;
  if (confirmed && !row->confirmed && !written) {
    row->stand = HandOverStand::kWaiting;
    row->due = Next(Bound::kFrom);
    row->note.clear();
  }
  if (!confirmed && !written) {
    row->stand = HandOverStand::kStopped;
    row->due.reset();
  }
  row->confirmed = confirmed;
  return SaveHandOver(tx, *row);
}

base::Result<std::uint64_t> HandOverDesk::RunDue() {
  std::vector<std::int64_t> ids;
  RETURN_IF_ERROR(letters_.pool().WithSession([&](store::Session& session) -> base::Status {
    ASSIGN_OR_RETURN(ids, DueHandOvers(session, letters_.Now(), kRowsAtOnce));
    return {};
  }));
  std::uint64_t done = 0;
  std::optional<Error> failed;
  for (const std::int64_t id : ids) {
    const base::Status moved = RunOne(id);
    if (moved.ok()) {
      ++done;
      continue;
    }
    failed = moved.error();
    if (failed->code == Code::kUnavailable || failed->code == Code::kDeadlineExceeded) break;
  }
  if (failed && done == 0) return *failed;
  return done;
}

base::Status HandOverDesk::RunOne(std::int64_t case_id) {
  std::optional<HandOverRow> row;
  RETURN_IF_ERROR(letters_.pool().WithSession([&](store::Session& session) -> base::Status {
    ASSIGN_OR_RETURN(row, FindHandOver(session, case_id));
    return {};
  }));
  if (!row) return {};
  if (row->stand == HandOverStand::kDrafted) return Settle(case_id);
  if (!row->confirmed || !letters_.PolicyNow().hand_over.at_term_end) {
    return Postpone(case_id, HandOverStand::kStopped, {}, "");
  }
  const auto student = registry_(row->student_id, case_id);
  if (!student.ok() && !NeedsOfficer(student.error())) return student.error();
  if (!student.ok()) return Postpone(case_id, HandOverStand::kProblem, {}, student.error().detail);
  if (student->household.empty()) {
    return Postpone(case_id, HandOverStand::kProblem, {}, "学籍中没有户口所在地区划，无法移交");
  }
  const Office& office = letters_.office();
  const Division household =
      PlaceIn(*office.book(), student->household, base::DateAt(letters_.Now()));
  if (!household) {
    return Postpone(case_id, HandOverStand::kProblem, {}, "学籍中的户口所在地区划不是区划代码，无法移交");
  }
  if (household == office.self) return Postpone(case_id, HandOverStand::kLocal, household, "");
  ASSIGN_OR_RETURN(v1::Child child, student->child());
  const auto outcome = Write(*row, household, std::move(child));
  if (!outcome.ok() && !NeedsOfficer(outcome.error())) return outcome.error();
  if (!outcome.ok()) {
    return Postpone(case_id, HandOverStand::kProblem, household, outcome.error().detail);
  }
  sent_(*outcome);
  return InTransaction([&](store::Transaction& tx,
                           std::vector<store::NewEvent>& events) -> base::Status {
    ASSIGN_OR_RETURN(std::optional<HandOverRow> locked, LockHandOver(tx, case_id));
    if (!locked || locked->stand == HandOverStand::kDrafted) return {};
    locked->stand = HandOverStand::kDrafted;
    locked->household = household;
    locked->conversation = IdFrom(outcome->reply);
    locked->due.reset();
    locked->note.clear();
    RETURN_IF_ERROR(SaveHandOver(tx, *locked));
    events.push_back(Event(*locked, "drafted", ""));
    return {};
  });
}

base::Result<Outcome> HandOverDesk::Write(const HandOverRow& row, Division household,
                                          v1::Child child) {
  const Office& office = letters_.office();
  v1::DraftLetter draft;
  draft.set_kind(v1::LETTER_KIND_GZ);
  draft.set_to(household.ToString());
  draft.set_case_id(row.case_id);
  draft.set_student_id(row.student_id);
  v1::NoticeLetter& letter = *draft.mutable_notice();
  letter.set_matter("hand_over");
  letter.set_subject("随迁子女辍学，移交学籍档案");
  letter.set_text(fmt::format(
      "该生户籍在贵地，随迁在我地{}就读，自{}起确认辍学，已劝返{}次，尚未复学。"
      "依学籍管理规定，学期末将其电子学籍档案移交户籍所在地。"
      "请接收学籍，列入控辍保学台账，继续动员复学。",
      child.school(), row.since.ToString(), row.persuasions));
  *letter.mutable_child() = std::move(child);
  letter.mutable_contact()->set_body(office.bureau);
  letter.mutable_contact()->set_person(office.inbox.name());
  const std::string key =
      security::Sha256(fmt::format("hand_over/{}", row.case_id)).substr(0, kKeyBytes);
  return letters_.Draft(draft, office.inbox, {.key = key, .request_type = "tracing.hand_over"},
                        [](const LetterRow& made) { return BytesOf(made.conversation.id); },
                        {.hops = {}, .may_be_unknown = true, .also = {}});
}

base::Status HandOverDesk::Settle(std::int64_t case_id) {
  return InTransaction([&](store::Transaction& tx,
                           std::vector<store::NewEvent>& events) -> base::Status {
    ASSIGN_OR_RETURN(std::optional<HandOverRow> row, LockHandOver(tx, case_id));
    if (!row || row->stand != HandOverStand::kDrafted || !row->conversation) return {};
    ASSIGN_OR_RETURN(const std::optional<LetterRow> letter, FindLetter(tx, *row->conversation));
    if (!letter) return {};
    const LetterState state = StateOf(letter->conversation);
    const bool taken = state == LetterState::kAcknowledged || state == LetterState::kClosed;
    const bool dropped = state == LetterState::kWithdrawn || state == LetterState::kRejected;
    if (!taken && !dropped) return {};
    row->stand = taken ? HandOverStand::kTaken : HandOverStand::kProblem;
    if (dropped) row->note = "告知函未签发或已撤回";
    RETURN_IF_ERROR(SaveHandOver(tx, *row));
    events.push_back(Event(*row, taken ? "taken" : "problem", letter->document_no));
    return {};
  });
}

base::Status HandOverDesk::Postpone(std::int64_t case_id, HandOverStand stand, Division household,
                                    const std::string& note) {
  return InTransaction([&](store::Transaction& tx,
                           std::vector<store::NewEvent>& events) -> base::Status {
    ASSIGN_OR_RETURN(std::optional<HandOverRow> row, LockHandOver(tx, case_id));
    if (!row || row->stand == HandOverStand::kDrafted) return {};
    row->stand = stand;
    row->household = household;
    row->note = note.size() <= kNoteBytesMax ? security::MaskText(note) : "详见日志";
    row->due = stand == HandOverStand::kStopped ? std::nullopt : Next(Bound::kAfter);
    RETURN_IF_ERROR(SaveHandOver(tx, *row));
    if (stand == HandOverStand::kProblem) events.push_back(Event(*row, "problem", ""));
    return {};
  });
}

base::Result<v1::ListHandOversReply> HandOverDesk::List(const v1::ListHandOvers& request) {
  v1::ListHandOversReply reply;
  const std::uint32_t limit = request.limit() == 0 ? 100 : std::min(request.limit(), kPageMax);
  RETURN_IF_ERROR(letters_.pool().WithSession([&](store::Session& session) -> base::Status {
    ASSIGN_OR_RETURN(const std::vector<HandOverRow> rows,
                     ListHandOvers(session, request.open_only(), request.after(), limit));
    for (const HandOverRow& row : rows) {
      v1::HandOverRow& one = *reply.add_rows();
      one.set_case_id(row.case_id);
      one.set_student_id(row.student_id);
      one.set_stand(std::string{HandOverStandName(row.stand)});
      one.set_stand_name(std::string{HandOverStandChinese(row.stand)});
      one.set_household(row.household.ToString());
      if (row.due) PutDate(base::DateAt(*row.due), one.mutable_due());
      one.set_note(row.note);
      if (!row.conversation) continue;
      one.set_conversation_id(BytesOf(*row.conversation));
      ASSIGN_OR_RETURN(const std::optional<LetterRow> letter,
                       FindLetter(session, *row.conversation));
      if (letter) one.set_document_no(letter->document_no);
    }
    ASSIGN_OR_RETURN(const std::vector<HandOverCount> counts, TallyHandOvers(session));
    for (const HandOverCount& one : counts) {
      const bool over = one.stand == HandOverStand::kTaken || one.stand == HandOverStand::kStopped;
      if (!request.open_only() || !over) reply.set_total(reply.total() + one.count);
    }
    return {};
  }));
  return reply;
}

base::Status HandOverDesk::PlanAll() {
  if (!letters_.PolicyNow().hand_over.at_term_end) return {};
  return InTransaction([&](store::Transaction& tx,
                           std::vector<store::NewEvent>&) -> base::Status {
    const std::optional<base::UtcTime> next = Next(Bound::kAfter);
    if (!next) return {};
    // Waited for a term that no calendar knew.
    const auto done = tx.Execute(
        "UPDATE hand_over SET due_at = ? WHERE due_at IS NULL AND stand IN (1, 2, 6)",
        {store::Value{*next}});
    if (!done.ok()) return done.error();
    return {};
  });
}

}  // namespace tracing
