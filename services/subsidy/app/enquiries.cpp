#include "subsidy/app/enquiries.h"

#include <algorithm>
#include <map>

#include "security/security.h"
#include "subsidy/app/facts_at.h"
#include "subsidy/store/decision_repository.h"
#include "subsidy/store/facts_codec.h"
#include "subsidy/store/feed_repository.h"
#include "subsidy/store/place_repository.h"
#include "subsidy/store/rule_repository.h"

namespace subsidy {
namespace {

using base::Code;
using base::Error;

std::optional<base::Date> DateOf(const baoxue::bus::v1::Date& date) {
  return base::Date::FromYmd(date.year(), static_cast<unsigned>(date.month()),
                             static_cast<unsigned>(date.day()));
}

void PutAmounts(const RuleSet& rules, const std::vector<Amount>& amounts,
                google::protobuf::RepeatedPtrField<v1::Amount>* out) {
  for (const Amount& one : amounts) {
    v1::Amount& to = *out->Add();
    to.set_benefit(one.benefit);
    to.set_term_fen(one.fen);
    const int at = rules.Find(one.benefit);
    if (at >= 0) to.set_name(rules.benefits[static_cast<std::size_t>(at)].name);
  }
}

void PutBalance(const StandingRow& row, v1::Balance* out) {
  out->set_entitled_fen(row.payable_fen);
  out->set_paid_fen(row.paid_fen);
  out->set_returned_fen(row.returned_fen);
  out->set_pending_fen(row.pending_fen);
  out->set_open_fen(row.payable_fen - row.paid_fen + row.returned_fen - row.pending_fen);
}

void PutHead(const DecisionRow& row, const RuleSet& rules, v1::Decision* out) {
  out->set_student_id(row.student.raw());
  out->set_term(row.term);
  out->set_no(row.no);
  PutTime(row.decided_at, out->mutable_decided_at());
  PutDate(row.day, out->mutable_day());
  out->set_rule_version(row.rule_version);
  PutAmounts(rules, row.amounts, out->mutable_amounts());
  out->set_school_code(row.school_code);
  out->set_cause(row.cause);
}

// What the rules in force would say of a day; nothing is kept.
base::Status Imagine(const Live& live, store::Session& session, StudentId student,
                     const SubsidyTerm& term, base::Date day, v1::DecisionReply& reply) {
  ASSIGN_OR_RETURN(const auto dossiers, LoadDossiers(session, {student}));
  if (dossiers.empty()) return Error{Code::kNotFound, "STUDENT_UNKNOWN", "学籍没有这名学生"};
  ASSIGN_OR_RETURN(const Places places, LoadPlaces(session, dossiers));
  DecisionRow row{.student = student, .term = term.id, .day = day,
                  .rule_version = live.book.rules().version, .cause = "试算"};
  row.facts = FactsAt(dossiers.front(), places, live.book.rules(), term, day);
  row.school_code = row.facts.school_code;
  row.amounts = live.book.Amounts(live.book.Evaluate(row.facts, day));
  PutHead(row, live.book.rules(), reply.mutable_decision());
  reply.mutable_decision()->set_facts(EncodeFacts(row.facts));
  reply.mutable_decision()->set_trace(live.book.Explain(row.facts, day));
  return {};
}

base::Status Kept(const Office& office, store::Session& session, const v1::GetDecision& message,
                  const std::string& term, v1::DecisionReply& reply) {
  const StudentId student{message.student_id()};
  ASSIGN_OR_RETURN(const auto rows, LoadDecisions(session, student, term));
  const DecisionRow* chosen = nullptr;
  for (const DecisionRow& row : rows) {
    ASSIGN_OR_RETURN(const auto live, office.ByVersion(session, row.rule_version));
    PutHead(row, live->book.rules(), reply.add_history());
    if (message.no() == 0 || row.no == message.no()) chosen = &row;
  }
  if (chosen == nullptr) {
    return Error{Code::kNotFound, "DECISION_UNKNOWN", "对这名学生在这个学期没有这样的决定"};
  }
  ASSIGN_OR_RETURN(const auto live, office.ByVersion(session, chosen->rule_version));
  v1::Decision& out = *reply.mutable_decision();
  PutHead(*chosen, live->book.rules(), &out);
  out.set_facts(EncodeFacts(chosen->facts));
  out.set_trace(live->book.Explain(chosen->facts, chosen->day));
  ASSIGN_OR_RETURN(const auto standings, LoadStandings(session, {student}));
  for (const StandingRow& row : standings) {
    if (row.term == term) PutBalance(row, reply.mutable_balance());
  }
  return {};
}

std::string TermOrLatest(const Live& live, const std::string& term, base::Date today) {
  std::string latest = term;
  for (const SubsidyTerm& one : live.terms) {
    if (term.empty() && one.first <= today) latest = one.id;
  }
  return latest;
}

}  // namespace

base::Result<v1::DecisionReply> GetDecision(const Office& office, const v1::GetDecision& message) {
  v1::DecisionReply reply;
  RETURN_IF_ERROR(office.pool().WithSession([&](store::Session& session) -> base::Status {
    ASSIGN_OR_RETURN(const auto live, office.InForce(session));
    const std::string term = TermOrLatest(*live, message.term(), office.Today());
    if (!message.has_day()) return Kept(office, session, message, term, reply);
    const SubsidyTerm* found = FindTerm(live->terms, term);
    const auto day = DateOf(message.day());
    if (found == nullptr) {
      return Error{Code::kInvalidArgument, "TERM_UNKNOWN", "校历中没有这个学期"};
    }
    if (!day) return Error{Code::kInvalidArgument, "BAD_DATE", "日期不对"};
    return Imagine(*live, session, StudentId{message.student_id()}, *found, *day, reply);
  }));
  return reply;
}

base::Result<v1::ListEntitlementsReply> ListEntitlements(const Office& office,
                                                         const v1::ListEntitlements& message) {
  constexpr std::uint32_t kLimitMax = 5000;
  v1::ListEntitlementsReply reply;
  RETURN_IF_ERROR(office.pool().WithSession([&](store::Session& session) -> base::Status {
    ASSIGN_OR_RETURN(const auto live, office.InForce(session));
    ASSIGN_OR_RETURN(
        const auto rows,
        ListStandings(session,
                      {.term = TermOrLatest(*live, message.term(), office.Today()),
                       .school_code = message.school_code(),
                       .benefit = message.benefit(),
                       .open_only = message.open_only(),
                       .after = StudentId{message.after()},
                       .limit = message.limit() == 0 ? kLimitMax
                                                     : std::min(message.limit(), kLimitMax)}));
    for (const StandingRow& row : rows) {
      v1::Entitlement& out = *reply.add_rows();
      out.set_student_id(row.student.raw());
      out.set_school_code(row.school_code);
      PutAmounts(live->book.rules(), row.amounts, out.mutable_amounts());
      PutBalance(row, out.mutable_balance());
      out.set_decision_no(row.decision_no);
    }
    return {};
  }));
  return reply;
}

base::Result<v1::SubsidySummary> Summary(const Office& office, const std::string& term) {
  v1::SubsidySummary reply;
  RETURN_IF_ERROR(office.pool().WithSession([&](store::Session& session) -> base::Status {
    ASSIGN_OR_RETURN(const auto live, office.InForce(session));
    reply.set_term(TermOrLatest(*live, term, office.Today()));
    reply.set_rule_version(live->book.rules().version);
    ASSIGN_OR_RETURN(const TermTotal total, TotalOf(session, reply.term()));
    reply.set_students(total.students);
    StandingRow sums;
    sums.payable_fen = total.payable_fen;
    sums.paid_fen = total.paid_fen;
    sums.returned_fen = total.returned_fen;
    sums.pending_fen = total.pending_fen;
    PutBalance(sums, reply.mutable_balance());
    std::map<std::string, std::pair<std::int64_t, std::uint64_t>> by_benefit;
    for (const auto& [outcome, students] : total.outcomes) {
      for (const Amount& one : DecodeAmounts(outcome)) {
        by_benefit[one.benefit].first += one.fen * static_cast<std::int64_t>(students);
        by_benefit[one.benefit].second += students;
      }
    }
    for (const auto& [benefit, sum] : by_benefit) {
      PutAmounts(live->book.rules(), {{benefit, sum.first}}, reply.mutable_totals());
      reply.add_counts(sum.second);
    }
    return {};
  }));
  reply.set_evaluated(office.evaluated);
  reply.set_spared(office.spared);
  return reply;
}

base::Result<v1::GetFeedDaysReply> FeedDays(const Office& office, const v1::GetFeedDays& message,
                                            const FeedView& view) {
  for (bool done = false; !done;) {
    ASSIGN_OR_RETURN(done, office.pool().Transact([&](store::Transaction& tx) {
      return CountFeed(tx, kFeed, view);
    }));
  }
  v1::GetFeedDaysReply reply;
  const base::Date from = DateOf(message.from()).value_or(base::Date{});
  const base::Date to = DateOf(message.to()).value_or(office.Today());
  RETURN_IF_ERROR(office.pool().WithSession([&](store::Session& session) -> base::Status {
    ASSIGN_OR_RETURN(const auto days, ListFeedDays(session, view, from, to));
    for (const FeedDayRow& row : days) {
      v1::FeedDay& out = *reply.add_days();
      PutDate(row.day, out.mutable_day());
      out.set_count(row.count);
      out.set_first_seq(row.first_seq);
      out.set_last_seq(row.last_seq);
      out.set_hash(security::Hex(row.hash));
    }
    return {};
  }));
  return reply;
}

base::Result<v1::ListPublicityReply> Publicity(const Office& office,
                                               const v1::ListPublicity& message) {
  v1::ListPublicityReply reply;
  RETURN_IF_ERROR(office.pool().WithSession([&](store::Session& session) -> base::Status {
    ASSIGN_OR_RETURN(const auto rows,
                     ListPublic(session, message.school_year(), message.school_code()));
    for (const PublicRow& row : rows) {
      v1::PublicityRow& out = *reply.add_rows();
      out.set_school(row.school);
      out.set_school_class(row.school_class);
      out.set_name(row.name);
    }
    return {};
  }));
  return reply;
}

base::Result<std::string> RulesInForce(const Office& office) {
  std::string texts;
  RETURN_IF_ERROR(office.pool().WithSession([&](store::Session& session) -> base::Status {
    ASSIGN_OR_RETURN(const std::string version, VersionInForce(session));
    ASSIGN_OR_RETURN(const auto release, FindRelease(session, version));
    if (release) texts = release->texts;
    return {};
  }));
  return texts;
}

base::Result<v1::GetLastPaidReply> LastPaid(const Office& office, const v1::GetLastPaid& message) {
  v1::GetLastPaidReply reply;
  const StudentId student{message.student_id()};
  RETURN_IF_ERROR(office.pool().WithSession([&](store::Session& session) -> base::Status {
    ASSIGN_OR_RETURN(const auto live, office.InForce(session));
    ASSIGN_OR_RETURN(const auto standings, LoadStandings(session, {student}));
    ASSIGN_OR_RETURN(const auto elsewhere, PaidElsewhereOf(session, student));
    for (const SubsidyTerm& term : live->terms) {  // the latest is the last
      std::int64_t fen = 0;
      if (const auto paid = elsewhere.find(term.id); paid != elsewhere.end()) fen = paid->second;
      for (const StandingRow& row : standings) {
        if (row.term != term.id) continue;
        fen += row.paid_fen - row.returned_fen + row.pending_fen;
        if (term.snapshot <= office.Today()) fen = std::max(fen, row.payable_fen);
      }
      const bool told = elsewhere.contains(term.id);
      if (fen <= 0 && !told) continue;
      reply.set_term(term.id);
      reply.set_fen(fen);
    }
    return {};
  }));
  return reply;
}

}  // namespace subsidy
