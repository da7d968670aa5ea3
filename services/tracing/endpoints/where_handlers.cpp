#include "tracing/endpoints/where_handlers.h"

#include <condition_variable>

#include "host/log.h"
#include "registry/contract/registry.pb.h"
#include "tracing/endpoints/letter_subject.h"
#include "tracing/endpoints/mapping.h"
#include "tracing/store/codec.h"

namespace tracing {
namespace {

namespace registry = baoxue::registry::v1;
using base::Code;
using base::Error;

constexpr std::chrono::milliseconds kRegistryTimeout{20'000};
constexpr std::uint32_t kDueMax = 256;   // members asked at once
constexpr std::uint32_t kListDefault = 50;
constexpr std::uint32_t kListMax = 1000;

bus::CallOptions Options() {
  bus::CallOptions options;
  options.timeout = kRegistryTimeout;
  options.attempt_timeout = kRegistryTimeout;
  return options;
}

Once OnceOf(const bus::Request& request) {
  return {.key = request.envelope.idempotency_key(), .request_type = request.envelope.type()};
}

void PutPerson(const WherePerson& person, baoxue::bus::v1::Actor* out) {
  out->set_person_id(person.person_id);
  out->set_name(person.name);
  out->set_role(person.role);
  out->set_body(person.body);
}

std::string NameOf(const Book& book, Division division) {
  const v1::Member* const member = book.directory.Find(division.ToString());
  return member == nullptr ? "" : member->name();
}

void PutQuestion(const WhereRow& row, v1::WhereReply* out) {
  out->set_question_id(row.question_id);
  out->set_state(std::string{WhereStateName(row.state)});
  out->set_state_name(std::string{WhereStateChinese(row.state)});
  out->set_student_id(row.student_id);
  out->set_case_id(row.case_id);
  out->set_student_name(row.student_name);
  out->set_id_masked(row.id_masked);
  out->set_province(row.province ? row.province.ToString().substr(0, 2) : "");
  out->set_reason(row.reason);
  PutPerson(row.asked_by, out->mutable_asked_by());
  *out->mutable_asked_at() = ToProto(row.asked_at);
  if (row.decided_at) {
    PutPerson(row.decided_by, out->mutable_decided_by());
    *out->mutable_decided_at() = ToProto(*row.decided_at);
  }
  out->set_decision_text(row.decision_text);
  if (row.expires_at) *out->mutable_expires_at() = ToProto(*row.expires_at);
}

void PutMember(const WhereMemberRow& row, const Book& book, v1::WhereMember* out) {
  out->set_division(row.division.ToString());
  out->set_name(NameOf(book, row.division));
  out->set_state(std::string{AskedStateName(row.state)});
  out->set_state_name(std::string{AskedStateChinese(row.state)});
  out->set_reason(row.reason);
  out->set_attempts(static_cast<std::uint32_t>(row.attempts));
  if (row.next_at) *out->mutable_next_try() = ToProto(*row.next_at);
  if (row.answered_at) *out->mutable_answered_at() = ToProto(*row.answered_at);
  out->set_answer(row.answer);
  out->set_letter(row.letter);
}

void Count(const std::vector<WhereMemberRow>& members, v1::WhereReply* out) {
  for (const WhereMemberRow& member : members) {
    if (member.state == AskedState::kLeftOut) {
      out->set_left_out(out->left_out() + 1);
      continue;
    }
    out->set_asked(out->asked() + 1);
    if (member.answered_at) out->set_answered(out->answered() + 1);
    if (member.state == AskedState::kHere) out->add_here(member.division.ToString());
  }
}

}  // namespace

WhereHandlers::WhereHandlers(host::Host& host, LetterDesk& letters, Exchange& exchange,
                             Courier& courier, Guard& guard)
    : host_(host), letters_(letters), exchange_(exchange), courier_(courier), guard_(guard),
      desk_(host.pool(), letters.office(), host.clock(), host.ids(), Registry()),
      asked_(host.metrics().counter("baoxue_tracing_where_asked_total",
                                    "Blind questions sent to other counties, repeats included")),
      answered_(host.metrics().counter("baoxue_tracing_where_arrived_total",
                                       "Blind questions of other counties")) {}

void WhereHandlers::Register() {
  bus::Server& server = host_.server();
  server.On<v1::AskWhere, v1::AskWhereReply>(
      [this](const bus::Request& request, const v1::AskWhere& m) { return Ask(request, m); });
  server.On<v1::DecideWhere, v1::WhereReply>(
      [this](const bus::Request& request, const v1::DecideWhere& m) { return Decide(request, m); });
  server.On<v1::GetWhere, v1::WhereReply>(
      [this](const bus::Request&, const v1::GetWhere& m) { return Sheet(m.question_id(), true); });
  server.On<v1::ListWhere, v1::ListWhereReply>(
      [this](const bus::Request&, const v1::ListWhere& m) { return List(m); });
  server.On<v1::DraftWhereLetter, v1::LetterReply>(
      [this](const bus::Request& request, const v1::DraftWhereLetter& m) {
        return Draft(request, m);
      });
  exchange_.On<v1::BlindQuestion, v1::BlindAnswer>(
      "blind", [this](const v1::BlindQuestion& question,
                      Division from) -> base::Result<v1::BlindAnswer> {
        RETURN_IF_ERROR(guard_.Admit(from, question.ByteSizeLong()));
        ASSIGN_OR_RETURN(v1::BlindAnswer answer, Arrive(question, from));
        if (IsWhereStrike(answer.refused())) guard_.Strike(from);
        return answer;
      });
  courier_.AddChore({.name = "where", .due = CountDueWhere, .next = NextWhere,
                     .run = [this] { return Run(); }});
}

base::Result<v1::BlindAnswer> WhereHandlers::Arrive(const v1::BlindQuestion& question,
                                                    Division from) {
  answered_.Add();
  return desk_.Arrive(question, from);
}

base::Status WhereHandlers::Take(Division from, const v1::BlindAnswer& answer) {
  const base::Status taken = desk_.Take(from, answer);
  host_.NotifyFeed();
  courier_.Look();
  return taken;
}

WhereRegistry WhereHandlers::Registry() {
  WhereRegistry out;
  out.make = [this](std::int64_t student_id, const std::string& nonce, v1::CipherSuite suite,
                    const std::vector<std::string>& proof_of)
      -> base::Result<WhereRegistry::Made> {
    registry::MakeMark ask;
    ask.set_student_id(student_id);
    ask.set_nonce(nonce);
    ask.set_suite(static_cast<std::uint32_t>(suite));
    for (const std::string& division : proof_of) ask.add_proof_of(division);
    ASSIGN_OR_RETURN(const auto reply, (host_.client("registry").Ask<registry::MakeMarkReply>(
                                           ask, Options())));
    return WhereRegistry::Made{.mark = reply.mark(),
                               .proofs = {reply.proofs().begin(), reply.proofs().end()},
                               .name = reply.name(), .id_masked = reply.id_masked()};
  };
  out.match = [this](const v1::BlindQuestion& question) -> base::Result<WhereRegistry::Matched> {
    registry::MatchMark ask;
    ask.set_nonce(question.nonce());
    ask.set_mark(question.mark());
    ask.set_suite(static_cast<std::uint32_t>(question.suite()));
    ASSIGN_OR_RETURN(const auto reply, (host_.client("registry").Ask<registry::MatchMarkReply>(
                                           ask, Options())));
    return WhereRegistry::Matched{reply.student_id(), reply.proof()};
  };
  return out;
}

base::Result<v1::AskWhereReply> WhereHandlers::Ask(const bus::Request& request,
                                                   const v1::AskWhere& message) {
  ASSIGN_OR_RETURN(const auto actor, ActorFrom(request.envelope));
  LetterSubject subject{host_, letters_.office()};
  RETURN_IF_ERROR(subject.CheckCase(message.case_id(), message.student_id()));
  v1::AskWhereReply reply;
  ASSIGN_OR_RETURN(*reply.mutable_question_id(), desk_.Ask(message, actor, OnceOf(request)));
  reply.set_needs_approval(true);
  host_.NotifyFeed();
  return reply;
}

base::Result<v1::WhereReply> WhereHandlers::Decide(const bus::Request& request,
                                                   const v1::DecideWhere& message) {
  ASSIGN_OR_RETURN(const auto actor, ActorFrom(request.envelope));
  RETURN_IF_ERROR(desk_.Decide(message, actor, OnceOf(request)));
  host_.NotifyFeed();
  courier_.Look();
  return Sheet(message.question_id(), true);
}

base::Result<v1::WhereReply> WhereHandlers::Sheet(const std::string& id, bool with_members) {
  ASSIGN_OR_RETURN(const WhereRow row, desk_.Get(id));
  ASSIGN_OR_RETURN(const std::vector<WhereMemberRow> members, desk_.MembersOf(id));
  v1::WhereReply reply;
  PutQuestion(row, &reply);
  Count(members, &reply);
  const std::shared_ptr<const Book> book = letters_.office().book();
  for (const WhereMemberRow& member : members) {
    if (with_members) PutMember(member, *book, reply.add_members());
  }
  return reply;
}

base::Result<v1::ListWhereReply> WhereHandlers::List(const v1::ListWhere& message) {
  const std::uint32_t limit =
      message.limit() == 0 ? kListDefault : std::min(message.limit(), kListMax);
  v1::ListWhereReply reply;
  if (!message.incoming()) {
    ASSIGN_OR_RETURN(const auto rows, desk_.List(message.open_only(), limit));
    for (const WhereRow& row : rows) {
      ASSIGN_OR_RETURN(*reply.add_questions(), Sheet(row.question_id, false));
    }
    return reply;
  }
  const std::shared_ptr<const Book> book = letters_.office().book();
  ASSIGN_OR_RETURN(const auto asked, desk_.ListAsked(limit));
  for (const WhereAskedRow& row : asked) {
    v1::WhereAsked& one = *reply.add_incoming();
    one.set_question_id(row.question_id);
    one.set_asker(row.asker.ToString());
    one.set_asker_name(NameOf(*book, row.asker));
    one.set_approved_by(row.approved_by);
    *one.mutable_first_at() = ToProto(row.first_at);
    *one.mutable_last_at() = ToProto(row.last_at);
    one.set_times(static_cast<std::uint32_t>(row.times));
    one.set_here(row.here);
    one.set_student_id(row.student_id);
  }
  ASSIGN_OR_RETURN(const auto askers, desk_.Askers());
  for (const WhereAskerRow& row : askers) {
    v1::WhereAsker& one = *reply.add_askers();
    one.set_asker(row.asker.ToString());
    one.set_asker_name(NameOf(*book, row.asker));
    one.set_today(static_cast<std::uint32_t>(row.today));
    one.set_questions(row.questions);
    one.set_here(row.here);
    one.mutable_refused()->insert(row.refused.begin(), row.refused.end());
  }
  return reply;
}

base::Result<v1::DraftLetter> WhereHandlers::LetterAbout(const WhereRow& row,
                                                         const v1::DraftWhereLetter& message,
                                                         const baoxue::bus::v1::Actor& actor) {
  registry::GetChildForLetter ask;
  ask.set_student_id(row.student_id);
  ask.set_purpose("协查函");
  ask.set_reference("where/" + security::Hex(row.question_id) + "/" + message.to());
  bus::CallOptions options = Options();
  options.actor = actor;
  ASSIGN_OR_RETURN(const auto child,
                   (host_.client("registry").Ask<registry::GetChildForLetterReply>(ask, options)));
  v1::DraftLetter draft;
  draft.set_kind(v1::LETTER_KIND_XC);
  draft.set_to(message.to());
  draft.set_case_id(row.case_id);
  draft.set_student_id(row.student_id);
  v1::SearchLetter& letter = *draft.mutable_search();
  v1::Child& out = *letter.mutable_child();
  out.set_name(child.name());
  if (child.sex() == registry::SEX_MALE) out.set_sex("男");
  if (child.sex() == registry::SEX_FEMALE) out.set_sex("女");
  if (child.has_birth()) *out.mutable_birth() = child.birth();
  out.set_id_number(child.id_number());
  out.set_school(child.school_name());
  out.set_grade_class(child.class_name());
  out.set_household_division(child.hukou_division());
  if (message.has_last_seen()) *letter.mutable_last_seen() = message.last_seen();
  letter.set_request(message.request().empty()
                         ? "贵县曾签名答复该生在贵地就读，请核实其就读学校、年级和起始日期"
                         : message.request());
  v1::Office& contact = *letter.mutable_contact();
  contact = message.contact();
  if (contact.body().empty()) contact.set_body(letters_.office().bureau);
  if (contact.person().empty()) {
    contact.set_person(actor.name().empty() ? actor.person_id() : actor.name());
  }
  return draft;
}

base::Result<v1::LetterReply> WhereHandlers::Draft(const bus::Request& request,
                                                   const v1::DraftWhereLetter& message) {
  ASSIGN_OR_RETURN(const auto actor, ActorFrom(request.envelope));
  ASSIGN_OR_RETURN(const Division to, Division::Parse(message.to()));
  ASSIGN_OR_RETURN(const WhereRow row, desk_.Here(message.question_id(), to));
  ASSIGN_OR_RETURN(const v1::DraftLetter draft, LetterAbout(row, message, actor));
  const auto encode = [this](const LetterRow& letter) {
    v1::LetterReply reply;
    PutLetter(letter, *letters_.office().book(), letters_.office(), letters_.Now(),
              reply.mutable_letter());
    return reply.SerializeAsString();
  };
  ASSIGN_OR_RETURN(const Outcome outcome, letters_.Draft(draft, actor, OnceOf(request), encode,
                                                        {.hops = {}, .by_officer = true}));
  courier_.Take(outcome);
  v1::LetterReply reply;
  (void)reply.ParseFromString(outcome.reply);
  RETURN_IF_ERROR(desk_.NoteLetter(message.question_id(), to, reply.letter().conversation_id()));
  return reply;
}

base::Result<std::uint64_t> WhereHandlers::Run() {
  ASSIGN_OR_RETURN(const std::uint64_t expired, desk_.ExpireDue());
  ASSIGN_OR_RETURN(const std::vector<WhereParcel> parcels, desk_.Due(kDueMax));
  AskMembers(parcels);
  return expired + parcels.size();
}

// All at once; each has the exchange's own time to answer.
void WhereHandlers::AskMembers(const std::vector<WhereParcel>& parcels) {
  std::mutex mutex;
  std::condition_variable all;
  std::vector<std::optional<bus::Reply>> replies(parcels.size());
  std::size_t open = parcels.size();
  const std::string type{v1::BlindQuestion::descriptor()->full_name()};
  for (std::size_t i = 0; i < parcels.size(); ++i) {
    const auto done = [&, i](bus::Reply reply) {
      const std::lock_guard lock{mutex};
      replies[i] = std::move(reply);
      if (--open == 0) all.notify_one();
    };
    asked_.Add();
    if (post_ && post_(parcels[i].to, parcels[i].question)) {
      done(Error{Code::kUnavailable, "DEPOSITED", ""});  // the answer comes the same way
    } else {
      exchange_.Call(parcels[i].to, type, parcels[i].question.SerializeAsString(), done);
    }
  }
  {
    std::unique_lock lock{mutex};
    all.wait(lock, [&] { return open == 0; });
  }
  for (std::size_t i = 0; i < parcels.size(); ++i) {
    v1::BlindAnswer answer;
    base::Status taken;
    if (!replies[i]->ok()) {
      taken = replies[i]->error();
    } else if (!answer.ParseFromString(**replies[i])) {
      taken = Error{Code::kDataCorruption, "BAD_REPLY", "BlindAnswer"};
    } else {
      taken = desk_.Take(parcels[i].to, answer);
    }
    if (taken.ok()) continue;
    const base::Status missed = desk_.Missed(parcels[i].question.question_id(), parcels[i].to,
                                             taken.error().reason);
    if (!missed.ok()) {
      host::LogWarnLimited("tracing.where_failed", 30, {{"error", missed.error().ToString()}});
    }
  }
}

}  // namespace tracing
