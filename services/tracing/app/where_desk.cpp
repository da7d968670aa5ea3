#include "tracing/app/where_desk.h"

#include <fmt/format.h>

#include <algorithm>

#include "tracing/store/codec.h"

namespace tracing {
namespace {

using base::Code;
using base::Error;

constexpr const char* kFeed = "tracing";
constexpr std::string_view kSealPurpose = "tracing.where";

Error NoQuestion() { return {Code::kNotFound, "NO_QUESTION", "没有这次查询"}; }

WherePerson PersonOf(const baoxue::bus::v1::Actor& actor) {
  return {.person_id = actor.person_id(), .name = actor.name(), .role = actor.role(),
          .body = actor.body()};
}

base::Result<Division> ProvinceFrom(const std::string& two_digits) {
  if (two_digits.empty()) return Division{};
  const auto province = Division::Parse(two_digits + "0000");
  if (two_digits.size() == 2 && province.ok()) return *province;
  return Error{Code::kInvalidArgument, "BAD_PROVINCE", "省份须为两位区划代码"};
}

}  // namespace

WhereDesk::WhereDesk(store::Pool& pool, const Office& office, const base::Clock& clock,
                     base::IdSource& ids, WhereRegistry registry)
    : pool_(pool), office_(office), clock_(clock), ids_(ids), registry_(std::move(registry)) {}

base::UtcTime WhereDesk::NextTry(int attempts, std::uint64_t random) const {
  const base::UtcTime now = clock_.Now();
  return NextWhereTry(now, attempts, random, office_.PolicyAt(now).where);
}

base::UtcTime WhereDesk::DayBegin() const { return base::InstantAt(base::DateAt(clock_.Now()), 0); }

base::Result<std::string> WhereDesk::OnceOnly(
    const Once& once, const std::function<base::Result<std::string>(store::Transaction&)>& work) {
  return pool_.Transact([&](store::Transaction& tx) -> base::Result<std::string> {
    ASSIGN_OR_RETURN(const auto known, store::FindReply(tx, once.key));
    if (known && known->request_type != once.request_type) {
      return Error{Code::kInvalidArgument, "KEY_REUSED", "该幂等键已用于其他请求"};
    }
    if (known) return known->reply;
    return work(tx);
  });
}

base::Result<WhereRow> WhereDesk::Locked(store::Transaction& tx, const std::string& id) {
  ASSIGN_OR_RETURN(std::optional<WhereRow> row, LockWhere(tx, id));
  if (!row) return NoQuestion();
  return *std::move(row);
}

store::NewEvent WhereDesk::Event(const std::string& what, const WhereRow& row,
                                 const std::vector<std::string>& here) const {
  v1::WhereChanged body;
  body.set_question_id(row.question_id);
  body.set_state(std::string{WhereStateName(row.state)});
  body.set_case_id(row.case_id);
  body.set_student_id(row.student_id);
  const std::shared_ptr<const Book> book = office_.book();
  for (const std::string& division : here) {
    const v1::Member* const member = book->directory.Find(division);
    body.add_here(division);
    body.add_here_names(member == nullptr ? division : member->name());
  }
  return {.type = "tracing.where." + what,
          .subject = "where/" + security::Hex(row.question_id),
          .time = clock_.Now(),
          .payload = body.SerializeAsString(),
          .payload_type = body.GetDescriptor()->full_name(),
          .correlation_id = row.question_id,
          .causation_id = {}};
}

base::Status WhereDesk::Append(store::Transaction& tx,
                               const std::vector<store::NewEvent>& events) {
  if (events.empty()) return {};
  const auto done = store::AppendEvents(tx, kFeed, events);
  return done.ok() ? base::Status{} : done.error();
}

base::Result<std::string> WhereDesk::Ask(const v1::AskWhere& request,
                                         const baoxue::bus::v1::Actor& actor, const Once& once) {
  if (request.student_id() == 0) {
    return Error{Code::kInvalidArgument, "STUDENT_MISSING", "须写明是哪一名学生"};
  }
  if (request.reason().empty()) {
    return Error{Code::kInvalidArgument, "REASON_MISSING", "须写明查询的理由"};
  }
  ASSIGN_OR_RETURN(const Division province, ProvinceFrom(request.province()));
  // That the child is ours and has a number; the mark itself is made when it is approved.
  ASSIGN_OR_RETURN(const WhereRegistry::Made child,
                   registry_.make(request.student_id(), std::string(kNonceBytes, '\0'),
                                  v1::CIPHER_SUITE_SM, {}));
  WhereRow row{.question_id = std::string{base::Bytes(ids_.NextId())},
               .student_id = request.student_id(), .case_id = request.case_id(),
               .student_name = child.name, .id_masked = child.id_masked, .province = province,
               .reason = request.reason().substr(0, 900), .asked_by = PersonOf(actor),
               .asked_at = clock_.Now()};
  const WherePolicy& policy = office_.PolicyAt(row.asked_at).where;
  return OnceOnly(once, [&](store::Transaction& tx) -> base::Result<std::string> {
    const auto child_since = clock_.Now() - std::chrono::days{policy.per_child_days};
    ASSIGN_OR_RETURN(const WhereCount count,
                     CountWhere(tx, row.student_id, DayBegin(), child_since));
    RETURN_IF_ERROR(MayAsk(count, policy));
    RETURN_IF_ERROR(InsertWhere(tx, row));
    RETURN_IF_ERROR(store::RememberReply(tx, once.key, once.request_type, row.question_id,
                                         clock_.Now()));
    RETURN_IF_ERROR(Append(tx, {Event("asked", row, {})}));
    return row.question_id;
  });
}

base::Result<v1::BlindQuestion> WhereDesk::MakeQuestion(const WhereRow& row,
                                                        const baoxue::bus::v1::Actor& actor) {
  const std::shared_ptr<const Book> book = office_.book();
  const security::LetterKey* const own = book->SigningKey(clock_.Now());
  if (own == nullptr) {
    return Error{Code::kFailedPrecondition, "NO_OWN_KEY", "本县没有有效的函件钥匙"};
  }
  v1::BlindQuestion question;
  question.set_question_id(row.question_id);
  question.set_asker(office_.self.ToString());
  question.set_nonce(std::string{base::Bytes(ids_.NextId())} +
                     std::string{base::Bytes(ids_.NextId())});
  question.set_suite(SuiteToProto(own->key().suite));
  question.set_approved_by(actor.name().empty() ? actor.person_id() : actor.name());
  const base::UtcTime now = clock_.Now();
  const auto expires = now + std::chrono::days{office_.PolicyAt(now).where.expire_days};
  *question.mutable_expires_at() = ToProto(expires);
  ASSIGN_OR_RETURN(const WhereRegistry::Made made,
                   registry_.make(row.student_id, question.nonce(), question.suite(), {}));
  question.set_mark(made.mark);
  return question;
}

base::Result<std::vector<WhereMemberRow>> WhereDesk::Addressees(const WhereRow& row) const {
  const std::shared_ptr<const Book> book = office_.book();
  std::vector<WhereMember> members;
  for (const auto& [code, member] : book->directory.members()) {
    const auto division = Division::Parse(code);
    if (!division.ok()) continue;
    const auto& able = member.capabilities();
    members.push_back({.division = *division, .paper = member.paper(),
                       .able = std::find(able.begin(), able.end(), "blind") != able.end(),
                       .has_key = book->directory.SealKey(code, clock_.Now()).ok()});
  }
  std::vector<WhereMemberRow> rows;
  bool anybody = false;
  for (const WhereAsked& one : WhomToAsk(members, row.province, office_.self)) {
    WhereMemberRow member{.question_id = row.question_id, .division = one.division,
                          .state = one.state, .reason = one.reason};
    if (one.state == AskedState::kDue) member.next_at = clock_.Now();
    anybody = anybody || one.state == AskedState::kDue;
    rows.push_back(std::move(member));
  }
  if (anybody) return rows;
  return Error{Code::kFailedPrecondition, "NOBODY_TO_ASK", "名录中没有可以查询的县"};
}

base::Status WhereDesk::Decide(const v1::DecideWhere& request,
                               const baoxue::bus::v1::Actor& actor, const Once& once) {
  ASSIGN_OR_RETURN(const WhereRow before, Get(request.question_id()));
  v1::BlindQuestion question;
  std::vector<WhereMemberRow> members;
  if (request.approve() && MayDecide(before.state, before.asked_by.person_id, actor.person_id())
                               .ok()) {
    ASSIGN_OR_RETURN(question, MakeQuestion(before, actor));
    ASSIGN_OR_RETURN(members, Addressees(before));
  }
  const auto done = OnceOnly(once, [&](store::Transaction& tx) -> base::Result<std::string> {
    ASSIGN_OR_RETURN(WhereRow row, Locked(tx, request.question_id()));
    RETURN_IF_ERROR(MayDecide(row.state, row.asked_by.person_id, actor.person_id()));
    row.state = request.approve() ? WhereState::kAsked : WhereState::kRefused;
    row.decided_by = PersonOf(actor);
    row.decided_at = clock_.Now();
    row.decision_text = request.text().substr(0, 900);
    if (request.approve()) {
      row.expires_at = FromProto(question.expires_at());
      row.sealed = office_.keyring->Seal(kSealPurpose, question.SerializeAsString());
      RETURN_IF_ERROR(InsertWhereMembers(tx, members));
    }
    RETURN_IF_ERROR(UpdateWhere(tx, row));
    RETURN_IF_ERROR(store::RememberReply(tx, once.key, once.request_type, row.question_id,
                                         clock_.Now()));
    RETURN_IF_ERROR(Append(tx, {Event(request.approve() ? "approved" : "refused", row, {})}));
    return row.question_id;
  });
  return done.ok() ? base::Status{} : done.error();
}

base::Result<WhereRow> WhereDesk::Get(const std::string& id) {
  std::optional<WhereRow> row;
  RETURN_IF_ERROR(pool_.WithSession([&](store::Session& session) -> base::Status {
    ASSIGN_OR_RETURN(row, FindWhere(session, id));
    return {};
  }));
  if (!row) return NoQuestion();
  return *std::move(row);
}

base::Result<std::vector<WhereMemberRow>> WhereDesk::MembersOf(const std::string& id) {
  std::vector<WhereMemberRow> rows;
  RETURN_IF_ERROR(pool_.WithSession([&](store::Session& session) -> base::Status {
    ASSIGN_OR_RETURN(rows, WhereMembersOf(session, id));
    return {};
  }));
  return rows;
}

base::Result<std::vector<WhereRow>> WhereDesk::List(bool open_only, std::uint32_t limit) {
  std::vector<WhereRow> rows;
  RETURN_IF_ERROR(pool_.WithSession([&](store::Session& session) -> base::Status {
    ASSIGN_OR_RETURN(rows, ListWhereRows(session, open_only, limit));
    return {};
  }));
  return rows;
}

base::Result<WhereRow> WhereDesk::Here(const std::string& id, Division division) {
  ASSIGN_OR_RETURN(WhereRow row, Get(id));
  ASSIGN_OR_RETURN(const std::vector<WhereMemberRow> members, MembersOf(id));
  for (const WhereMemberRow& member : members) {
    if (member.division == division && member.state == AskedState::kHere) return row;
  }
  return Error{Code::kFailedPrecondition, "NOT_HERE", "该县没有答复“在我地”"};
}

base::Status WhereDesk::NoteLetter(const std::string& id, Division division,
                                   const std::string& conversation_id) {
  return pool_.InTransaction([&](store::Transaction& tx) -> base::Status {
    ASSIGN_OR_RETURN(std::vector<WhereMemberRow> members, WhereMembersOf(tx, id));
    for (WhereMemberRow& member : members) {
      if (member.division != division) continue;
      member.letter = conversation_id;
      return UpdateWhereMember(tx, member);
    }
    return {};
  });
}

base::Result<v1::BlindQuestion> WhereDesk::OpenQuestion(const WhereRow& row) const {
  if (row.sealed.empty()) {
    return Error{Code::kFailedPrecondition, "NOT_ASKED", "该查询尚未批准"};
  }
  ASSIGN_OR_RETURN(const std::string bytes, office_.keyring->Open(kSealPurpose, row.sealed));
  v1::BlindQuestion question;
  if (question.ParseFromString(bytes)) return question;
  return Error{Code::kDataCorruption, "ROW_BROKEN", "where_question"};
}

base::Result<std::vector<WhereParcel>> WhereDesk::Due(std::uint32_t limit) {
  std::vector<WhereMemberRow> due;
  std::map<std::string, WhereRow> questions;
  RETURN_IF_ERROR(pool_.WithSession([&](store::Session& session) -> base::Status {
    ASSIGN_OR_RETURN(due, DueWhereMembers(session, clock_.Now(), limit));
    for (const WhereMemberRow& member : due) {
      if (questions.contains(member.question_id)) continue;
      ASSIGN_OR_RETURN(auto row, FindWhere(session, member.question_id));
      if (row) questions.emplace(member.question_id, *std::move(row));
    }
    return {};
  }));
  const std::shared_ptr<const Book> book = office_.book();
  const security::LetterKey* const own = book->SigningKey(clock_.Now());
  if (own == nullptr) {
    return Error{Code::kFailedPrecondition, "NO_OWN_KEY", "本县没有有效的函件钥匙"};
  }
  std::vector<WhereParcel> out;
  for (const WhereMemberRow& member : due) {
    const auto found = questions.find(member.question_id);
    if (found == questions.end()) continue;
    ASSIGN_OR_RETURN(v1::BlindQuestion question, OpenQuestion(found->second));
    WhereParcel parcel{.to = member.division, .question = std::move(question)};
    parcel.question.set_to(member.division.ToString());
    SignQuestion(parcel.question, *own);
    out.push_back(std::move(parcel));
  }
  return out;
}

base::Result<std::uint64_t> WhereDesk::ExpireDue() {
  std::vector<std::string> ids;
  RETURN_IF_ERROR(pool_.WithSession([&](store::Session& session) -> base::Status {
    ASSIGN_OR_RETURN(ids, ExpiredWhere(session, clock_.Now()));
    return {};
  }));
  for (const std::string& id : ids) {
    const base::Status over = pool_.InTransaction([&](store::Transaction& tx) -> base::Status {
      ASSIGN_OR_RETURN(WhereRow row, Locked(tx, id));
      if (row.state != WhereState::kAsked) return {};
      row.state = WhereState::kOver;
      RETURN_IF_ERROR(SilenceWhereMembers(tx, id));
      RETURN_IF_ERROR(UpdateWhere(tx, row));
      return Append(tx, {Event("over", row, {})});
    });
    if (!over.ok()) return over.error();
  }
  return ids.size();
}

}  // namespace tracing
