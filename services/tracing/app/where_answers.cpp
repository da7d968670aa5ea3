// The side of WhereDesk that faces other counties: what they answer us, and what they ask.
#include <algorithm>

#include "tracing/app/where_desk.h"

namespace tracing {
namespace {

using base::Code;
using base::Error;

constexpr std::size_t kReasonMax = 60;

// A member's reason as our table holds it: UPPER_SNAKE, or that it is none.
std::string ReasonOf(const std::string& refused) {
  const bool good = refused.size() <= kReasonMax &&
                    std::all_of(refused.begin(), refused.end(), [](char c) {
                      return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
                    });
  return good ? refused : "REASON_UNREADABLE";
}

}  // namespace

// Everybody who was asked has answered: nothing more is due.
base::Status WhereDesk::Settle(store::Transaction& tx, WhereRow& row,
                               std::vector<store::NewEvent>& events) {
  if (row.state != WhereState::kAsked) return {};
  ASSIGN_OR_RETURN(const std::vector<WhereMemberRow> members, WhereMembersOf(tx, row.question_id));
  std::vector<std::string> here;
  for (const WhereMemberRow& member : members) {
    if (member.state == AskedState::kDue) return {};
    if (member.state == AskedState::kHere) here.push_back(member.division.ToString());
  }
  row.state = WhereState::kAnswered;
  RETURN_IF_ERROR(UpdateWhere(tx, row));
  events.push_back(Event("answered", row, here));
  return {};
}

base::Status WhereDesk::Take(Division from, const v1::BlindAnswer& answer) {
  ASSIGN_OR_RETURN(const WhereRow before, Get(answer.question_id()));
  ASSIGN_OR_RETURN(v1::BlindQuestion question, OpenQuestion(before));
  question.set_to(from.ToString());
  const std::shared_ptr<const Book> book = office_.book();
  ASSIGN_OR_RETURN(const security::LetterVerifier key,
                   book->directory.SignKey(from.ToString(), answer.key_id(), clock_.Now()));
  RETURN_IF_ERROR(VerifyAnswer(answer, question, key));
  bool proven = false;
  if (answer.here()) {
    ASSIGN_OR_RETURN(const WhereRegistry::Made made,
                     registry_.make(before.student_id, question.nonce(), question.suite(),
                                    {from.ToString()}));
    proven = made.proofs.size() == 1 && security::EqualSecrets(made.proofs[0], answer.proof());
  }
  return pool_.InTransaction([&](store::Transaction& tx) -> base::Status {
    ASSIGN_OR_RETURN(WhereRow row, Locked(tx, answer.question_id()));
    ASSIGN_OR_RETURN(std::vector<WhereMemberRow> members, WhereMembersOf(tx, row.question_id));
    std::vector<store::NewEvent> events;
    for (WhereMemberRow& member : members) {
      const bool open = member.state == AskedState::kDue || member.state == AskedState::kSilent;
      if (member.division != from || !open) continue;
      const bool later = !answer.refused().empty() && PassesLater(answer.refused());
      member.reason = ReasonOf(answer.refused());
      if (answer.here() && !proven) member.reason = "PROOF_BAD";
      member.attempts += 1;
      if (later && row.state == WhereState::kAsked) {
        member.next_at = NextTry(member.attempts, member.division.raw());
        return UpdateWhereMember(tx, member);
      }
      member.next_at.reset();
      member.answered_at = clock_.Now();
      member.answer = answer.SerializeAsString().substr(0, 1000);
      member.state = !member.reason.empty() ? AskedState::kRefused
                     : answer.here()        ? AskedState::kHere
                                            : AskedState::kNotHere;
      RETURN_IF_ERROR(UpdateWhereMember(tx, member));
      if (member.state != AskedState::kHere) continue;
      events.push_back(Event("here", row, {from.ToString()}));
    }
    RETURN_IF_ERROR(Settle(tx, row, events));
    return Append(tx, events);
  });
}

base::Status WhereDesk::Missed(const std::string& id, Division division,
                               const std::string& reason) {
  return pool_.InTransaction([&](store::Transaction& tx) -> base::Status {
    ASSIGN_OR_RETURN(const WhereRow row, Locked(tx, id));
    ASSIGN_OR_RETURN(std::vector<WhereMemberRow> members, WhereMembersOf(tx, id));
    for (WhereMemberRow& member : members) {
      if (member.division != division || member.state != AskedState::kDue) continue;
      member.attempts += 1;
      member.reason = reason.substr(0, 60);
      const std::uint64_t random = ids_.NextId()[0] * 4u;
      member.next_at = NextTry(member.attempts, random);
      return UpdateWhereMember(tx, member);
    }
    return {};
  });
}

v1::BlindAnswer WhereDesk::Blank(const v1::BlindQuestion& question) const {
  v1::BlindAnswer answer;
  answer.set_question_id(question.question_id().substr(0, kQuestionIdBytes));
  answer.set_by(office_.self.ToString());
  answer.set_asker(question.asker().substr(0, 6));
  answer.set_question_hash(QuestionHash(question));
  *answer.mutable_answered_at() = ToProto(clock_.Now());
  return answer;
}

v1::BlindAnswer WhereDesk::Sign(v1::BlindAnswer answer) const {
  const std::shared_ptr<const Book> book = office_.book();
  const security::LetterKey* const key = book->SigningKey(clock_.Now());
  if (key != nullptr) SignAnswer(answer, *key);
  return answer;
}

// What can be told without the database; empty: nothing is wrong.
std::string WhereDesk::Judge(const v1::BlindQuestion& question, Division from) const {
  const base::Status shape = CheckQuestion(question);
  if (!shape.ok()) return shape.error().reason;
  if (question.asker() != from.ToString() || question.to() != office_.self.ToString()) {
    return "WRONG_PARTIES";
  }
  const std::shared_ptr<const Book> book = office_.book();
  const auto key = book->directory.SignKey(from.ToString(), question.key_id(), clock_.Now());
  if (!key.ok()) return key.error().reason == "NO_MEMBER" ? "KEY_UNKNOWN" : key.error().reason;
  const base::Status verified = VerifyQuestion(question, *key);
  return verified.ok() ? "" : verified.error().reason;
}

base::Result<v1::BlindAnswer> WhereDesk::Refuse(const v1::BlindQuestion& question, Division from,
                                                const std::string& reason) {
  RETURN_IF_ERROR(pool_.WithSession([&](store::Session& session) {
    return CountWhereRefusal(session, from, base::DateAt(clock_.Now()), reason.substr(0, 60));
  }));
  v1::BlindAnswer answer = Blank(question);
  answer.set_refused(reason);
  return Sign(std::move(answer));
}

// The stored answer of a question that was here before; `known` says whether it was.
base::Result<v1::BlindAnswer> WhereDesk::Known(store::Transaction& tx,
                                               const v1::BlindQuestion& question, Division from,
                                               bool& known) {
  v1::BlindAnswer answer;
  ASSIGN_OR_RETURN(std::optional<WhereAskedRow> row,
                   LockWhereAsked(tx, from, question.question_id()));
  known = row.has_value();
  if (!known) return answer;
  if (row->question_hash != QuestionHash(question)) {
    answer = Blank(question);
    answer.set_refused("QUESTION_DIFFERS");
    return answer;
  }
  row->last_at = clock_.Now();
  RETURN_IF_ERROR(TouchWhereAsked(tx, *row));
  if (answer.ParseFromString(row->answer)) return answer;
  return Error{Code::kDataCorruption, "ROW_BROKEN", "where_asked"};
}

base::Result<v1::BlindAnswer> WhereDesk::Arrive(const v1::BlindQuestion& question, Division from) {
  const std::string wrong = Judge(question, from);
  if (!wrong.empty()) return Refuse(question, from, wrong);
  bool known = false;
  int today = 0;
  ASSIGN_OR_RETURN(
      v1::BlindAnswer answer,
      pool_.Transact([&](store::Transaction& tx) -> base::Result<v1::BlindAnswer> {
        ASSIGN_OR_RETURN(today, CountWhereAsked(tx, from, DayBegin()));
        return Known(tx, question, from, known);
      }));
  if (known && !answer.refused().empty()) return Refuse(question, from, answer.refused());
  // Signed again if the key of then was rotated away; it says the same.
  if (known && office_.book()->directory.SignKey(answer.by(), answer.key_id(), clock_.Now()).ok()) {
    return answer;
  }
  if (known) return Sign(std::move(answer));
  const base::UtcTime now = clock_.Now();
  const std::string refused{JudgeArrival({.now = now,
                                          .expires_at = FromProto(question.expires_at()),
                                          .answered_today = today},
                                         office_.PolicyAt(now).where)};
  if (!refused.empty()) return Refuse(question, from, refused);
  ASSIGN_OR_RETURN(const WhereRegistry::Matched matched, registry_.match(question));
  answer = Blank(question);
  answer.set_here(matched.student_id != 0);
  answer.set_proof(matched.proof);
  answer = Sign(std::move(answer));
  return pool_.Transact([&](store::Transaction& tx) -> base::Result<v1::BlindAnswer> {
    ASSIGN_OR_RETURN(const v1::BlindAnswer first, Known(tx, question, from, known));
    if (known) return first;  // asked twice at once
    const WhereAskedRow row{.asker = from, .question_id = question.question_id(),
                            .question_hash = QuestionHash(question),
                            .approved_by = question.approved_by(), .first_at = clock_.Now(),
                            .last_at = clock_.Now(), .times = 1,
                            .here = answer.here(), .student_id = matched.student_id,
                            .answer = answer.SerializeAsString()};
    RETURN_IF_ERROR(InsertWhereAsked(tx, row));
    return answer;
  });
}

base::Result<std::vector<WhereAskedRow>> WhereDesk::ListAsked(std::uint32_t limit) {
  std::vector<WhereAskedRow> rows;
  RETURN_IF_ERROR(pool_.WithSession([&](store::Session& session) -> base::Status {
    ASSIGN_OR_RETURN(rows, ListWhereAsked(session, limit));
    return {};
  }));
  return rows;
}

base::Result<std::vector<WhereAskerRow>> WhereDesk::Askers() {
  std::vector<WhereAskerRow> rows;
  RETURN_IF_ERROR(pool_.WithSession([&](store::Session& session) -> base::Status {
    ASSIGN_OR_RETURN(rows, TallyWhereAskers(session, DayBegin()));
    return {};
  }));
  return rows;
}

}  // namespace tracing
