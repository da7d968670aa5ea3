#include "tracing/endpoints/away_office.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "host/log.h"
#include "registry/contract/registry.pb.h"
#include "tracing/endpoints/mapping.h"
#include "tracing/endpoints/row_chores.h"

namespace tracing {
namespace {

namespace registry = baoxue::registry::v1;
namespace cases = baoxue::cases::v1;
using base::Code;
using base::Error;

constexpr std::chrono::milliseconds kTimeout{5000};
constexpr std::uint32_t kLimitDefault = 100;
constexpr std::uint32_t kLimitMax = 1000;

bool IsOnRoll(registry::StudentStatus status) {
  return status == registry::STUDENT_STATUS_ENROLLED || status == registry::STUDENT_STATUS_RETURNED;
}

Once OnceOf(const bus::Request& request) {
  return {.key = request.envelope.idempotency_key(), .request_type = request.envelope.type()};
}

// A use case's serialised reply as the message that it is.
template <class Rep>
base::Result<Rep> Parsed(const base::Result<std::string>& bytes) {
  if (!bytes.ok()) return bytes.error();
  Rep reply;
  if (!reply.ParseFromString(*bytes)) return Error{Code::kDataCorruption, "ROW_BROKEN", "reply"};
  return reply;
}

// What a township found, in the words of a reply.
AwayFinding FindingFrom(const cases::HouseholdAct& act, const Book& book, base::Date today) {
  AwayFinding finding;
  const auto outcome = HouseholdOutcomeFromName(act.outcome());
  finding.code = outcome == HouseholdOutcome::kNeedsTime
                     ? ReplyCode{12}
                     : AnswerOf(outcome.value_or(HouseholdOutcome::kOther), {}).code;
  finding.has_school = !act.school().empty();
  const auto day = [](const baoxue::bus::v1::Date& date) {
    const base::Date value = DateOr(date, base::Date{});
    return value == base::Date{} ? std::nullopt : std::optional{value};
  };
  finding.since = day(act.since());
  finding.until = day(act.until());
  finding.third = PlaceIn(book, act.third_division(), today);
  return finding;
}

base::Result<AwayFilter> FilterFrom(const v1::ListAway& request) {
  AwayFilter filter;
  if (request.state() != v1::AWAY_STATE_UNSPECIFIED) {
    filter.state = static_cast<AwayState>(request.state());
  }
  filter.all = request.all();
  filter.town = request.town();
  filter.name = request.name();
  if (!request.division().empty()) {
    ASSIGN_OR_RETURN(filter.division, Division::Parse(request.division()));
  }
  filter.after = request.after();
  filter.limit = request.limit() == 0 ? kLimitDefault : std::min(request.limit(), kLimitMax);
  return filter;
}

}  // namespace

AwayOffice::AwayOffice(host::Host& host, LetterDesk& letters, Courier& courier)
    : host_(host),
      letters_(letters),
      courier_(courier),
      desk_(letters,
            [this](const std::string& number, bool person) { return AskRegistry(number, person); },
            [this](const Outcome& outcome) { courier_.Take(outcome); }) {}

base::Status AwayOffice::Start() {
  Requests();
  Report();
  courier_.AddChore({.name = "away.feed",
                     .due = [this](store::Session& session,
                                   base::UtcTime) { return desk_.FeedLag(session); },
                     .next = [](store::Session&, base::UtcTime)
                         -> base::Result<std::optional<base::UtcTime>> {
                       return std::optional<base::UtcTime>{};
                     },
                     .run = [this] { return desk_.RunFeed(); }});
  courier_.AddChore(WhileKept(VisitChore<AwayAnswer>(
      host_, letters_,
      {.name = "away.answers",
       .table = "away_answer",
       .due = DueAwayAnswers,
       .postpone = PostponeAwayAnswer,
       .take = [this](const AwayAnswer& answer, const cases::HouseholdAct& act) {
         return TakeVisit(answer, act);
       }})));
  courier_.AddChore(WhileKept({.name = "away",
                               .due = CountDueAway,
                               .next = NextDueAway,
                               .run = [this] { return desk_.RunDue(); }}));
  return RulesChanged();
}

// The rules of a day decide whether there is a list; without one nothing of it falls due.
Chore AwayOffice::WhileKept(Chore chore) const {
  const Office& office = letters_.office();
  chore.due = [&office, due = std::move(chore.due)](
                  store::Session& session, base::UtcTime now) -> base::Result<std::uint64_t> {
    if (!office.PolicyAt(now).away.enabled) return std::uint64_t{0};
    return due(session, now);
  };
  chore.next = [&office, next = std::move(chore.next)](store::Session& session,
                                                       base::UtcTime after)
      -> base::Result<std::optional<base::UtcTime>> {
    if (!office.PolicyAt(after).away.enabled) return std::optional<base::UtcTime>{};
    return next(session, after);
  };
  return chore;
}

base::Status AwayOffice::RulesChanged() {
  return letters_.PolicyNow().away.enabled ? desk_.PlanAll() : base::Status{};
}

base::Result<AwayDesk::Known> AwayOffice::AskRegistry(const std::string& id_number,
                                                      bool ask_person) {
  AwayDesk::Known known;
  registry::GetStudent ask;
  ask.set_id_number(id_number);
  bus::CallOptions options;
  options.timeout = kTimeout;
  const auto reply = host_.client("registry").Ask<registry::GetStudentReply>(ask, options);
  if (!reply.ok() && reply.error().code != Code::kNotFound) return reply.error();
  if (reply.ok() && IsOnRoll(reply->student().status())) {
    known.here = AwayDesk::Here{.student_id = reply->student().student_id(),
                                .school = reply->student().school_name()};
  }
  if (known.here || !ask_person) return known;
  registry::FindPerson find;
  find.set_id_number(id_number);
  ASSIGN_OR_RETURN(const auto person, (host_.client("registry")
                                           .Ask<registry::FindPersonReply>(find, options)));
  known.person_id = person.person_id();
  return known;
}

base::Status AwayOffice::TakeVisit(const AwayAnswer& answer, const cases::HouseholdAct& act) {
  const base::Date today = base::DateAt(letters_.Now());
  const std::shared_ptr<const Book> book = letters_.office().book();
  return desk_.Visit(answer, FindingFrom(act, *book, today), act.school(),
                     fmt::format("{}：{}", act.outcome(), act.text()));
}

base::Status AwayOffice::OnRegistry(store::Transaction& tx, const std::vector<bus::Event>& events,
                                    std::vector<store::NewEvent>&) {
  std::vector<std::string> names;
  for (const bus::Event& event : events) {
    const std::string& type = event.type();
    if (type != "registry.student.registered" && type != "registry.student.transferred_in" &&
        type != "registry.student.resumed") {
      continue;
    }
    registry::StudentChanged message;
    if (message.ParseFromString(event.payload()) && !message.name().empty()) {
      names.push_back(message.name());
    }
  }
  if (names.empty() || !letters_.PolicyNow().away.enabled) return {};
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return LookForAway(tx, names);
}

void AwayOffice::Requests() {
  bus::Server& server = host_.server();
  server.On<v1::AddAway, v1::AwayReply>(
      [this](const bus::Request& request,
             const v1::AddAway& message) -> base::Result<v1::AwayReply> {
        ASSIGN_OR_RETURN(const auto actor, ActorFrom(request.envelope));
        auto reply = Parsed<v1::AwayReply>(desk_.Add(message, actor, OnceOf(request)));
        host_.NotifyFeed();
        courier_.Look();
        return reply;
      });
  server.On<v1::DoAwayAct, v1::AwayReply>(
      [this](const bus::Request& request,
             const v1::DoAwayAct& message) -> base::Result<v1::AwayReply> {
        ASSIGN_OR_RETURN(const auto actor, ActorFrom(request.envelope));
        auto reply = Parsed<v1::AwayReply>(desk_.Act(message, actor, OnceOf(request)));
        host_.NotifyFeed();
        courier_.Look();
        return reply;
      });
  server.On<v1::ImportAway, v1::ImportAwayReply>(
      [this](const bus::Request& request,
             const v1::ImportAway& message) -> base::Result<v1::ImportAwayReply> {
        ASSIGN_OR_RETURN(const auto actor, ActorFrom(request.envelope));
        auto reply = Parsed<v1::ImportAwayReply>(desk_.Import(message, actor, OnceOf(request)));
        host_.NotifyFeed();
        courier_.Look();
        return reply;
      });
  server.On<v1::GetAway, v1::AwayReply>(
      [this](const bus::Request&, const v1::GetAway& message) -> base::Result<v1::AwayReply> {
        return desk_.Get(message.away_id());
      });
  server.On<v1::ListAway, v1::ListAwayReply>(
      [this](const bus::Request&, const v1::ListAway& message) -> base::Result<v1::ListAwayReply> {
        ASSIGN_OR_RETURN(const AwayFilter filter, FilterFrom(message));
        return desk_.List(filter);
      });
  server.On<v1::GetAwaySummary, v1::AwaySummary>(
      [this](const bus::Request&, const v1::GetAwaySummary&) -> base::Result<v1::AwaySummary> {
        return Summary();
      });
}

base::Result<v1::AwaySummary> AwayOffice::Summary() {
  v1::AwaySummary out;
  RETURN_IF_ERROR(letters_.pool().WithSession([&](store::Session& session) -> base::Status {
    ASSIGN_OR_RETURN(const std::vector<AwayCount> counts, TallyAway(session));
    for (const AwayCount& one : counts) {
      v1::AwayTally& tally = *out.add_states();
      tally.set_state(static_cast<v1::AwayState>(one.state));
      tally.set_name(std::string{AwayStateChinese(one.state)});
      tally.set_count(one.count);
    }
    ASSIGN_OR_RETURN(const std::uint64_t due, CountDueAway(session, letters_.Now()));
    out.set_due(due);
    return {};
  }));
  return out;
}

// In doctor how many wait for what; a missing proof is people's work, and no illness of ours.
void AwayOffice::Report() {
  host_.AddHealth("away:children", [this] {
    baoxue::bus::v1::DependencyHealth health;
    health.set_name("away:children");
    const auto summary = Summary();
    health.set_ok(summary.ok());
    if (!summary.ok()) {
      health.set_detail(summary.error().ToString());
      return health;
    }
    std::string text;
    for (const v1::AwayTally& one : summary->states()) {
      text += one.name() + " " + std::to_string(one.count()) + "; ";
    }
    health.set_detail(text);
    health.set_lag(summary->due());
    return health;
  });
  std::map<AwayState, host::Gauge> gauges;
  for (const AwayState state : {AwayState::kElsewhere, AwayState::kProven, AwayState::kMissing,
                                AwayState::kBack, AwayState::kOverAge, AwayState::kReview,
                                AwayState::kEnded}) {
    gauges[state] = host_.metrics().gauge("baoxue_tracing_away_children",
                                          "Children on the list of those who live elsewhere",
                                          "state", std::string{AwayStateName(state)});
  }
  host_.metrics().Collect([this, gauges]() mutable {
    const base::Status read = letters_.pool().WithSession([&](store::Session& s) -> base::Status {
      ASSIGN_OR_RETURN(const std::vector<AwayCount> counts, TallyAway(s));
      for (auto& [state, gauge] : gauges) gauge.Set(0);
      for (const AwayCount& one : counts) {
        if (const auto gauge = gauges.find(one.state); gauge != gauges.end()) {
          gauge->second.Set(static_cast<double>(one.count));
        }
      }
      return {};
    });
    if (!read.ok()) host::LogWarnLimited("tracing.away_not_counted", 60, {});
  });
}

}  // namespace tracing
