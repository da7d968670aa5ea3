#include "tracing/app/away_desk.h"

#include <fmt/format.h>

#include "tracing/contract/parcel.h"
#include "tracing/store/codec.h"

namespace tracing {
namespace {

using base::Code;
using base::Error;

constexpr std::size_t kKeyBytes = 16;
constexpr std::size_t kTextBytesMax = 1800;
constexpr std::uint32_t kPlanAtOnce = 500;

std::string AwayText(std::string text) {
  text = security::MaskText(text);
  if (text.size() <= kTextBytesMax) return text;
  std::size_t end = kTextBytesMax;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return text.substr(0, end);
}

}  // namespace

AwayDesk::AwayDesk(LetterDesk& letters, Registry registry, Sent sent)
    : letters_(letters), registry_(std::move(registry)), sent_(std::move(sent)) {}

AwayContext AwayDesk::ContextNow() const {
  const Office& office = letters_.office();
  const base::Date today = base::DateAt(letters_.Now());
  const Policy& policy = office.policies.At(today);
  return {.rules = policy.away,
          .calendar = office.calendar,
          .today = today,
          .day_end_minute = policy.deadlines.day_end_minute,
          .moves_max = policy.forward_hops_max};
}

baoxue::bus::v1::Actor AwayDesk::Machine() const { return letters_.office().inbox; }

base::Status AwayDesk::InTransaction(
    const std::function<base::Status(store::Transaction&, Events&)>& work) {
  return letters_.pool().InTransaction([&](store::Transaction& tx) -> base::Status {
    Events events;
    RETURN_IF_ERROR(work(tx, events));
    if (events.empty()) return {};
    const auto appended = store::AppendEvents(tx, "tracing", events);
    if (!appended.ok()) return appended.error();
    return {};
  });
}

base::Result<std::string> AwayDesk::OnceOnly(const Once& once, const Work& work) {
  if (once.key.size() != kKeyBytes) {
    return Error{Code::kInvalidArgument, "KEY_MISSING", "a write needs a 16-byte idempotency key"};
  }
  std::string reply;
  RETURN_IF_ERROR(InTransaction([&](store::Transaction& tx, Events& events) -> base::Status {
    ASSIGN_OR_RETURN(const std::optional<store::Remembered> known, store::FindReply(tx, once.key));
    if (known && known->request_type != once.request_type) {
      return Error{Code::kInvalidArgument, "KEY_REUSED", "the key belongs to another request"};
    }
    if (known) {
      reply = known->reply;
      return {};
    }
    ASSIGN_OR_RETURN(reply, work(tx, events));
    return store::RememberReply(tx, once.key, once.request_type, reply, letters_.Now());
  }));
  return reply;
}

base::Result<AwayRow> AwayDesk::MustLock(store::Transaction& tx, std::int64_t away_id) {
  ASSIGN_OR_RETURN(std::optional<AwayRow> row, LockAway(tx, away_id));
  if (!row) return Error{Code::kNotFound, "NO_AWAY", "外出儿童台账中没有这一条"};
  return *std::move(row);
}

base::Status AwayDesk::SaveQuietly(store::Transaction& tx, AwayRow& row) {
  const auto due = NextDue(row.child, ContextNow());
  row.due = due ? std::optional{due->at} : std::nullopt;
  return SaveAway(tx, row);
}

base::Status AwayDesk::Save(store::Transaction& tx, AwayRow& row, const Step& step,
                            Events& events) {
  row.version += 1;
  if (step.conversation) row.conversation = step.conversation;
  RETURN_IF_ERROR(SaveQuietly(tx, row));
  const AwayStepRow kept{.version = row.version,
                         .at = letters_.Now(),
                         .kind = std::string{step.kind},
                         .text = AwayText(step.text),
                         .actor = step.actor,
                         .conversation = step.conversation};
  RETURN_IF_ERROR(InsertAwayStep(tx, row.away_id, kept));
  if (!step.event.empty()) {
    events.push_back(Changed(row, step, kept.text));
  }
  return {};
}

store::NewEvent AwayDesk::Changed(const AwayRow& row, const Step& step,
                                  const std::string& reason) const {
  const std::string_view event = step.event;
  const std::optional<ConversationId>& conversation = step.conversation;
  v1::AwayChanged out;
  out.set_away_id(row.away_id);
  out.set_person_id(row.person_id);
  out.set_student_id(row.student_id);
  out.set_town(row.town);
  out.set_state(static_cast<v1::AwayState>(row.child.state));
  out.set_division(row.child.division.ToString());
  if (row.child.proof_until) PutDate(*row.child.proof_until, out.mutable_proof_until());
  out.set_suspect(event == "proof_missing" && step.suspect);
  // What a person typed may name the child; what the machine says does not.
  if (event == "proof_missing" || event == "proven") out.set_reason(reason);
  if (conversation) out.set_conversation_id(BytesOf(*conversation));
  out.set_version(row.version);
  out.set_was_missing(step.was_missing && (event == "proven" || event == "back"));
  return {.type = "tracing.away." + std::string{event},
          .subject = fmt::format("away/{}", row.away_id),
          .time = letters_.Now(),
          .payload = out.SerializeAsString(),
          .payload_type = out.GetDescriptor()->full_name(),
          .correlation_id = conversation ? BytesOf(*conversation) : "",
          .causation_id = {}};
}

store::NewEvent AwayDesk::WantVisit(const AwayRow& row, const std::string& text) const {
  const Office& office = letters_.office();
  const base::UtcTime now = letters_.Now();
  const Policy& policy = office.PolicyAt(now);
  v1::HouseholdTaskWanted out;
  out.set_person_id(row.person_id);
  out.set_town(row.town);
  *out.mutable_due() = ToProto(base::InstantAt(
      office.calendar.AddWorkingDays(base::DateAt(now), policy.away.visit_days),
      policy.deadlines.day_end_minute));
  out.set_text(text);
  out.set_purpose("away_visit");
  // Each visit is a task of its own: the row moves on with it.
  out.set_reference(fmt::format("away/{}/{}", row.away_id, row.version + 1));
  return {.type = "tracing.household.wanted",
          .subject = out.reference(),
          .time = now,
          .payload = out.SerializeAsString(),
          .payload_type = out.GetDescriptor()->full_name(),
          .correlation_id = {},
          .causation_id = {}};
}

base::Result<std::string> AwayDesk::Enter(store::Transaction& tx, const v1::AwayEntry& entry,
                                          const Step& step, const std::string& origin,
                                          AwayRow& row, Events& events) {
  const Office& office = letters_.office();
  const AwayContext context = ContextNow();
  const std::string key = AwayKeyOf(entry.child(), *office.keyring);
  ASSIGN_OR_RETURN(std::optional<AwayRow> known, LockAwayByKey(tx, key));
  AwayDetails details;
  row = known.value_or(AwayRow{});
  const AwayState before = known ? row.child.state : AwayState::kNone;
  if (known) {
    ASSIGN_OR_RETURN(details, OpenDetails(row, *office.keyring));
  } else {
    row.child_key = key;
    row.origin = origin;
    row.child.listed_on = context.today;
  }
  const Division lived_in = row.child.division;
  const bool changed = PutEntry(entry, office, row, details);
  const auto too_old = OverAgeFrom(row.child.birth, context.rules);
  if (too_old && *too_old <= context.today) {
    return Error{Code::kFailedPrecondition, "OVER_AGE", "出生日期：已超过义务教育年龄，不列入台账，请删去这一行"};
  }
  const bool again = known && before != AwayState::kReview && !IsTracked(before);
  if (known && !changed && !again) return std::string{"unchanged"};
  if (again) {  // left the list once: begins anew, with its history
    row.child = AwayChild{.birth = row.child.birth, .division = row.child.division,
                          .listed_on = context.today};
  } else if (known && row.child.division != lived_in && before == AwayState::kProven) {
    row.child.state = AwayState::kElsewhere;  // the proof was of another place
    row.child.proof_until.reset();
    row.child.ask_again = true;
  }
  row.sealed = SealDetails(details, *office.keyring);
  Step made = step;
  made.kind = !known || again ? "listed" : "changed";
  made.event = made.kind;
  RETURN_IF_ERROR(Save(tx, row, made, events));
  return std::string{known ? "changed" : "added"};
}

base::Result<std::string> AwayDesk::Add(const v1::AddAway& request,
                                        const baoxue::bus::v1::Actor& actor, const Once& once) {
  const Office& office = letters_.office();
  if (!letters_.PolicyNow().away.enabled) {
    return Error{Code::kFailedPrecondition, "AWAY_OFF", "本县没有启用外出儿童台账（tracing.away）"};
  }
  RETURN_IF_ERROR(Check(request.entry(), office, base::DateAt(letters_.Now())));
  return OnceOnly(once, [&](store::Transaction& tx, Events& events) -> base::Result<std::string> {
    AwayRow row;
    const Step step{.text = request.entry().note(), .actor = actor};
    ASSIGN_OR_RETURN(const std::string how,
                     Enter(tx, request.entry(), step, "人工登记", row, events));
    return Sheet(row).SerializeAsString();
  });
}

base::Result<std::string> AwayDesk::Import(const v1::ImportAway& request,
                                           const baoxue::bus::v1::Actor& actor, const Once& once) {
  const Office& office = letters_.office();
  if (!letters_.PolicyNow().away.enabled) {
    return Error{Code::kFailedPrecondition, "AWAY_OFF", "本县没有启用外出儿童台账（tracing.away）"};
  }
  ASSIGN_OR_RETURN(const AwayList list,
                   ReadAwayList(request, office, base::DateAt(letters_.Now())));
  // A dry run, or a strict list with a refused row, keeps nothing: the transaction that tried it is
  // taken back.
  const Error dry{Code::kFailedPrecondition, "DRY_RUN", ""};
  std::string tried;
  const auto work = [&](store::Transaction& tx, Events& events) -> base::Result<std::string> {
    v1::ImportAwayReply reply;
    for (const std::string& column : list.unknown_columns) reply.add_unknown_columns(column);
    reply.set_rows(static_cast<std::uint32_t>(list.lines.size()));
    for (const AwayList::Line& line : list.lines) {
      std::vector<Error> problems = line.problems;
      if (problems.empty()) {
        AwayRow row;
        const Step step{.text = fmt::format("{}第{}行", request.file_name(), line.number),
                        .actor = actor};
        const auto how = Enter(tx, line.entry, step, "名单：" + request.file_name(), row, events);
        if (!how.ok() && how.error().reason != "OVER_AGE") return how.error();
        if (!how.ok()) problems.push_back(how.error());
        if (how.ok() && *how == "added") reply.set_added(reply.added() + 1);
        if (how.ok() && *how == "changed") reply.set_changed(reply.changed() + 1);
        if (how.ok() && *how == "unchanged") reply.set_unchanged(reply.unchanged() + 1);
      }
      for (const Error& problem : problems) {
        v1::AwayRefusal& refusal = *reply.add_refused();
        refusal.set_number(line.number);
        refusal.set_reason(problem.reason);
        refusal.set_text(problem.detail);
        refusal.set_column(ColumnOfProblem(request, problem.detail));
      }
    }
    reply.set_applied(!request.dry_run() && (!request.strict() || reply.refused().empty()));
    tried = reply.SerializeAsString();
    if (!reply.applied()) return dry;
    return tried;
  };
  auto done = OnceOnly(once, work);
  if (!done.ok() && done.error().reason == dry.reason) return tried;
  return done;
}

base::Status AwayDesk::FoundElsewhere(store::Transaction& tx, const v1::AwayEntry& entry,
                                      const std::string& origin, Events& events) {
  if (!letters_.PolicyNow().away.enabled) return {};
  AwayRow row;
  const Step step{.text = origin, .actor = Machine()};
  const auto how = Enter(tx, entry, step, origin, row, events);
  if (!how.ok() && how.error().code != Code::kFailedPrecondition) return how.error();
  return {};
}

base::Result<v1::AwayReply> AwayDesk::Get(std::int64_t away_id) {
  v1::AwayReply reply;
  RETURN_IF_ERROR(letters_.pool().WithSession([&](store::Session& session) -> base::Status {
    ASSIGN_OR_RETURN(const std::optional<AwayRow> row, FindAway(session, away_id));
    if (!row) return Error{Code::kNotFound, "NO_AWAY", "外出儿童台账中没有这一条"};
    reply = Sheet(*row);
    ASSIGN_OR_RETURN(const std::vector<AwayStepRow> history, AwayHistory(session, away_id));
    for (const AwayStepRow& step : history) {
      v1::AwayStep& one = *reply.mutable_row()->add_history();
      one.set_version(step.version);
      *one.mutable_at() = ToProto(step.at);
      one.set_kind(step.kind);
      one.set_kind_name(std::string{AwayStepChinese(step.kind)});
      one.set_text(step.text);
      *one.mutable_actor() = step.actor;
      if (step.conversation) one.set_conversation_id(BytesOf(*step.conversation));
    }
    return {};
  }));
  return reply;
}

base::Result<v1::ListAwayReply> AwayDesk::List(const AwayFilter& filter) {
  v1::ListAwayReply reply;
  RETURN_IF_ERROR(letters_.pool().WithSession([&](store::Session& session) -> base::Status {
    ASSIGN_OR_RETURN(const std::vector<AwayRow> rows, ListAway(session, filter));
    for (const AwayRow& row : rows) PutRow(row, reply.add_rows());
    ASSIGN_OR_RETURN(const std::uint64_t total, CountAway(session, filter));
    reply.set_total(total);
    return {};
  }));
  return reply;
}

void AwayDesk::PutRow(const AwayRow& row, v1::AwayRow* out) const {
  const AwayChild& child = row.child;
  const auto day = [](const std::optional<base::Date>& from, const auto& to) {
    if (from) PutDate(*from, to());
  };
  out->set_away_id(row.away_id);
  out->set_name(row.name);
  day(child.birth, [out] { return out->mutable_birth(); });
  out->set_id_masked(row.id_masked);
  out->set_person_id(row.person_id);
  out->set_student_id(row.student_id);
  out->set_town(row.town);
  out->set_why(row.why);
  out->set_division(child.division.ToString());
  const std::shared_ptr<const Book> book = letters_.office().book();
  const v1::Member* const member = book->directory.Find(child.division.ToString());
  out->set_division_name(member == nullptr ? "" : member->name());
  out->set_school(row.school);
  day(row.school_since, [out] { return out->mutable_since(); });
  PutDate(row.left_on, out->mutable_left_on());
  out->set_state(static_cast<v1::AwayState>(child.state));
  out->set_state_name(std::string{AwayStateChinese(child.state)});
  day(child.proof_until, [out] { return out->mutable_proof_until(); });
  day(child.asked_on, [out] { return out->mutable_asked_on(); });
  day(child.visited_on, [out] { return out->mutable_visited_on(); });
  if (const auto due = NextDue(child, ContextNow())) {
    *out->mutable_next_due() = ToProto(due->at);
    out->set_next_task(std::string{AwayTaskName(due->task)});
    out->set_next_task_name(std::string{AwayTaskChinese(due->task)});
  }
  if (row.conversation) out->set_conversation_id(BytesOf(*row.conversation));
  out->set_origin(row.origin);
  out->set_version(row.version);
}

v1::AwayReply AwayDesk::Sheet(const AwayRow& row) const {
  v1::AwayReply reply;
  PutRow(row, reply.mutable_row());
  const auto details = OpenDetails(row, *letters_.office().keyring);
  if (!details.ok()) return reply;
  v1::AwayRow& out = *reply.mutable_row();
  out.set_sex(details->sex());
  out.set_address(details->address());
  const std::string& phone =
      details->phone().empty() ? details->guardian_phone() : details->phone();
  if (!phone.empty()) out.set_phone_masked(security::MaskPhone(phone));
  out.set_guardian(details->guardian() + details->relation());
  return reply;
}

base::Status AwayDesk::PlanAll() {
  std::int64_t after = 0;
  while (true) {
    std::vector<std::int64_t> ids;
    const base::Status planned = InTransaction([&](store::Transaction& tx,
                                                   Events&) -> base::Status {
      ASSIGN_OR_RETURN(ids, AwayIds(tx, after, kPlanAtOnce));
      for (const std::int64_t id : ids) {
        ASSIGN_OR_RETURN(std::optional<AwayRow> row, LockAway(tx, id));
        if (!row) continue;
        const auto due = NextDue(row->child, ContextNow());
        const auto at = due ? std::optional{due->at} : std::nullopt;
        if (at == row->due) continue;
        row->due = at;
        RETURN_IF_ERROR(SaveAway(tx, *row));
      }
      return {};
    });
    if (!planned.ok()) return planned;
    if (ids.size() < kPlanAtOnce) return {};
    after = ids.back();
  }
}

}  // namespace tracing
