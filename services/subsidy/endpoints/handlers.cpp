#include "subsidy/endpoints/handlers.h"

#include "bus/view.h"
#include "security/security.h"
#include "subsidy/app/enquiries.h"
#include "subsidy/app/facts_desk.h"
#include "subsidy/app/payments.h"
#include "subsidy/app/trials.h"
#include "subsidy/endpoints/service.h"

namespace subsidy {
namespace {

using base::Code;
using base::Error;

// Every write names a person and a role.
base::Result<Actor> ActorFrom(const bus::Envelope& envelope) {
  const bus::Actor& actor = envelope.actor();
  if (actor.person_id().empty() || actor.role().empty()) {
    return Error{Code::kInvalidArgument, "ACTOR_MISSING", "需要写明经办人和身份"};
  }
  return Actor{actor.person_id(), actor.name(), actor.role(), actor.body()};
}

Once OnceOf(const bus::Request& request) {
  return {.key = request.envelope.idempotency_key(), .request_type = request.envelope.type()};
}

template <class Message>
base::Result<Message> Parse(const bus::Request& request) {
  Message message;
  if (!message.ParseFromString(request.body)) {
    return Error{Code::kInvalidArgument, "BAD_BODY",
                 "the body is not a " + Message::descriptor()->full_name()};
  }
  return message;
}

// A read: message -> reply message.
template <class Message, class Answer>
void Read(bus::Server& server, Answer answer) {
  server.Handle(Message::descriptor()->full_name(),
                [answer](const bus::Request& request) -> bus::Reply {
                  ASSIGN_OR_RETURN(const Message message, Parse<Message>(request));
                  auto reply = answer(message);
                  if (!reply.ok()) return reply.error();
                  return reply->SerializeAsString();
                });
}

// A write: (once, message, actor) -> encoded reply.
template <class Message, class Act>
void Write(bus::Server& server, Act act) {
  server.Handle(Message::descriptor()->full_name(),
                [act](const bus::Request& request) -> bus::Reply {
                  ASSIGN_OR_RETURN(const Message message, Parse<Message>(request));
                  ASSIGN_OR_RETURN(const Actor actor, ActorFrom(request.envelope));
                  return act(OnceOf(request), message, actor);
                });
}

std::vector<RuleText> TextsOf(const v1::RunWhatIf& message) {
  std::vector<RuleText> texts;
  for (const v1::RuleText& one : message.texts()) texts.push_back({one.name(), one.yaml()});
  return texts;
}

base::Result<v1::GetRulesReply> Rules(const Office& office) {
  ASSIGN_OR_RETURN(const std::string texts, RulesInForce(office));
  ASSIGN_OR_RETURN(const auto live, office.FromTexts(texts));
  v1::GetRulesReply reply;
  reply.set_version(live->book.rules().version);
  reply.set_name(live->book.rules().name);
  for (const RuleText& text : SplitTexts(texts)) {
    v1::RuleText& out = *reply.add_texts();
    out.set_name(text.name);
    out.set_yaml(text.yaml);
  }
  const std::string on_disk = VersionOf(SplitTexts(office.config_texts()));
  if (on_disk != reply.version()) reply.set_waiting_version(on_disk);
  for (const std::string& one : Unverified(live->book.rules(), office.Today())) {
    reply.add_unverified(one);
  }
  return reply;
}

// What a role sees of the feed. The id changes with what the contract declares, so that the days
// are counted anew then.
FeedView ViewOf(const std::string& role) {
  if (role.empty()) return {};
  std::string fields;
  for (const auto* type : {v1::EligibilityChanged::descriptor(), v1::PaymentChanged::descriptor(),
                           v1::RulesChanged::descriptor()}) {
    for (const std::string& name : bus::DeclaredFields(role, *type)) fields += name + '\n';
  }
  return {.id = role + '@' + security::Hex(security::Sha256(fields)).substr(0, 16),
          .payload = [role](const store::NewEvent& event) {
            return bus::CutPayload(role, event.payload_type, event.payload);
          }};
}

}  // namespace

void Handlers::Register() {
  RegisterReads();
  RegisterWrites();
  RegisterRules();
}

void Handlers::RegisterReads() {
  bus::Server& server = host_.server();
  const Office& office = office_;
  Read<v1::GetDecision>(server, [&](const v1::GetDecision& m) { return GetDecision(office, m); });
  Read<v1::ListEntitlements>(
      server, [&](const v1::ListEntitlements& m) { return ListEntitlements(office, m); });
  Read<v1::GetSubsidySummary>(
      server, [&](const v1::GetSubsidySummary& m) { return Summary(office, m.term()); });
  server.On<v1::GetFeedDays, v1::GetFeedDaysReply>(
      [&](const bus::Request& request, const v1::GetFeedDays& m) {
        return FeedDays(office, m, ViewOf(request.role));
      });
  Read<v1::ListPublicity>(server,
                          [&](const v1::ListPublicity& m) { return Publicity(office, m); });
  Read<v1::GetLastPaid>(server, [&](const v1::GetLastPaid& m) { return LastPaid(office, m); });
  Read<v1::ListRolls>(server, [&](const v1::ListRolls& m) { return ListRolls(office, m); });
  Read<v1::GetRollLines>(server,
                         [&](const v1::GetRollLines& m) { return GetRollLines(office, m); });
}

void Handlers::RegisterWrites() {
  bus::Server& server = host_.server();
  const Office& office = office_;
  Write<v1::RecordPaidElsewhere>(
      server, [&](const Once& once, const v1::RecordPaidElsewhere& m, const Actor&) {
        return RecordPaidElsewhere(office, once, m);
      });
  Write<v1::RecordStep>(server,
                        [&](const Once& once, const v1::RecordStep& m, const Actor& actor) {
                          return RecordStep(office, once, m, actor);
                        });
  Write<v1::MakeRoll>(server, [&](const Once& once, const v1::MakeRoll& m, const Actor& actor) {
    return MakeRoll(office, once, m, actor);
  });
  Write<v1::RecordPayments>(server,
                            [&](const Once& once, const v1::RecordPayments& m, const Actor&) {
                              return RecordPayments(office, once, m);
                            });
}

void Handlers::RegisterRules() {
  bus::Server& server = host_.server();
  const Office& office = office_;
  Read<v1::GetRules>(server, [&](const v1::GetRules&) { return Rules(office); });
  Read<v1::ListWhatIfRows>(
      server, [&](const v1::ListWhatIfRows& m) { return ListWhatIfRows(office, m); });
  Write<v1::RunWhatIf>(server, [&](const Once&, const v1::RunWhatIf& m,
                                   const Actor& actor) -> bus::Reply {
    const std::string texts =
        m.texts_size() == 0 ? office.config_texts() : JoinTexts(TextsOf(m));
    base::Date on = office.Today();
    if (m.has_on()) {
      const auto day = base::Date::FromYmd(m.on().year(), static_cast<unsigned>(m.on().month()),
                                           static_cast<unsigned>(m.on().day()));
      if (!day) return Error{Code::kInvalidArgument, "BAD_DATE", "日期不对"};
      on = *day;
    }
    ASSIGN_OR_RETURN(const auto reply, RunWhatIf(office, texts, on, actor));
    return reply.SerializeAsString();
  });
  Write<v1::ApproveRules>(server,
                          [&](const Once& once, const v1::ApproveRules& m, const Actor& actor) {
                            return ApproveRules(office, once, m, actor);
                          });
}

}  // namespace subsidy
