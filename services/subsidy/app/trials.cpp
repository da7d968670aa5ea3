#include "subsidy/app/trials.h"

#include <algorithm>
#include <map>

#include "subsidy/app/facts_at.h"
#include "subsidy/store/decision_repository.h"
#include "subsidy/store/place_repository.h"
#include "subsidy/store/rule_repository.h"

namespace subsidy {
namespace {

using base::Code;
using base::Error;

constexpr std::uint32_t kSlice = 5000;

// The term that a day belongs to: the last that has begun, else the first.
const SubsidyTerm* TermOn(const std::vector<SubsidyTerm>& terms, base::Date day) {
  const SubsidyTerm* found = terms.empty() ? nullptr : &terms.front();
  for (const SubsidyTerm& term : terms) {
    if (term.first <= day) found = &term;
  }
  return found;
}

std::int64_t SumOf(const std::vector<Amount>& amounts) {
  std::int64_t sum = 0;
  for (const Amount& one : amounts) sum += one.fen;
  return sum;
}

struct Cost {
  std::uint32_t before = 0, after = 0;
  std::int64_t fen_before = 0, fen_after = 0;
};

// One side of the comparison.
struct Side {
  const Live& live;
  const SubsidyTerm& term;
  base::Date day = {};

  std::vector<Amount> Of(const Dossier& dossier, const Places& places, std::string& school) const {
    const Facts facts = FactsAt(dossier, places, live.book.rules(), term, day);
    school = facts.school_code;
    return live.book.Amounts(live.book.Evaluate(facts, day));
  }
};

class Trial {
 public:
  Trial(const Side& now, const Side& draft) : now_(now), draft_(draft) {}

  void Take(const Dossier& dossier, const Places& places) {
    std::string school_before;
    std::string school;
    auto before = now_.Of(dossier, places, school_before);
    auto after = draft_.Of(dossier, places, school);
    if (before.empty() && after.empty()) return;
    ++students;
    Add(school_before, before, &Cost::before, &Cost::fen_before);
    Add(school, after, &Cost::after, &Cost::fen_after);
    const std::int64_t difference = SumOf(after) - SumOf(before);
    if (before == after) return;
    gain += difference > 0 ? 1 : 0;
    lose += difference < 0 ? 1 : 0;
    lines.push_back({dossier.student, school, std::move(before), std::move(after), difference});
  }

  std::uint64_t students = 0, gain = 0, lose = 0;
  std::map<std::pair<std::string, std::string>, Cost> costs = {};  // school, benefit
  std::vector<WhatIfLine> lines = {};

 private:
  void Add(const std::string& school, const std::vector<Amount>& amounts,
           std::uint32_t Cost::*count, std::int64_t Cost::*fen) {
    for (const Amount& one : amounts) {
      Cost& cost = costs[{school, one.benefit}];
      ++(cost.*count);
      cost.*fen += one.fen;
    }
  }
  const Side& now_;
  const Side& draft_;
};

base::Status TryAll(store::Session& session, Trial& trial, Places& places) {
  StudentId after;
  for (;;) {
    ASSIGN_OR_RETURN(const auto ids, StudentsAfter(session, after, kSlice));
    if (ids.empty()) return {};
    after = ids.back();
    ASSIGN_OR_RETURN(const auto dossiers, LoadDossiers(session, ids));
    ASSIGN_OR_RETURN(places, LoadPlaces(session, dossiers));
    for (const Dossier& dossier : dossiers) trial.Take(dossier, places);
  }
}

void PutAmounts(const std::vector<Amount>& amounts,
                google::protobuf::RepeatedPtrField<v1::Amount>* out) {
  for (const Amount& one : amounts) {
    v1::Amount& to = *out->Add();
    to.set_benefit(one.benefit);
    to.set_term_fen(one.fen);
  }
}

std::string NameIn(const RuleSet& rules, const std::string& benefit) {
  const int at = rules.Find(benefit);
  return at < 0 ? std::string{} : rules.benefits[static_cast<std::size_t>(at)].name;
}

void Report(const Trial& trial, const Places& places, const Side& now, const Side& draft,
            v1::WhatIfReply& reply) {
  reply.set_version(draft.live.book.rules().version);
  reply.set_students(trial.students);
  reply.set_gain(trial.gain);
  reply.set_lose(trial.lose);
  for (const auto& [key, cost] : trial.costs) {
    v1::WhatIfCost& out = *reply.add_costs();
    out.set_school_code(key.first);
    const auto school = places.schools.find(key.first);
    if (school != places.schools.end()) out.set_school(school->second.name);
    out.set_benefit(key.second);
    std::string name = NameIn(draft.live.book.rules(), key.second);
    out.set_name(name.empty() ? NameIn(now.live.book.rules(), key.second) : std::move(name));
    out.set_students_before(cost.before);
    out.set_students_after(cost.after);
    out.set_fen_before(cost.fen_before);
    out.set_fen_after(cost.fen_after);
    reply.set_fen_before(reply.fen_before() + cost.fen_before);
    reply.set_fen_after(reply.fen_after() + cost.fen_after);
  }
}

}  // namespace

base::Result<v1::WhatIfReply> RunWhatIf(const Office& office, const std::string& texts,
                                        base::Date on, const Actor& actor) {
  ASSIGN_OR_RETURN(const auto draft_live, office.FromTexts(texts));
  v1::WhatIfReply reply;
  const auto done = office.pool().InTransaction([&](store::Transaction& tx) -> base::Status {
    ASSIGN_OR_RETURN(const auto live, office.InForce(tx));
    const base::Date today = office.Today();
    const SubsidyTerm* term_now = TermOn(live->terms, today);
    const SubsidyTerm* term_then = TermOn(draft_live->terms, on);
    if (term_now == nullptr || term_then == nullptr) {
      return Error{Code::kFailedPrecondition, "TERM_UNKNOWN", "校历中没有学期"};
    }
    const Side now{*live, *term_now, today};
    const Side draft{*draft_live, *term_then, on};
    Trial trial{now, draft};
    Places places;
    RETURN_IF_ERROR(TryAll(tx, trial, places));
    WhatIfRun run{.version = draft_live->book.rules().version, .texts = texts, .on = on,
                  .actor = actor, .made_at = office.Now()};
    ASSIGN_OR_RETURN(run.id, TakeId(tx, "run"));
    RETURN_IF_ERROR(SaveRun(tx, run, trial.lines));
    reply.Clear();
    reply.set_run_id(run.id);
    Report(trial, places, now, draft, reply);
    return {};
  });
  if (!done.ok()) return done.error();
  return reply;
}

base::Result<v1::ListWhatIfRowsReply> ListWhatIfRows(const Office& office,
                                                     const v1::ListWhatIfRows& message) {
  constexpr std::uint32_t kLimitMax = 5000;
  v1::ListWhatIfRowsReply reply;
  RETURN_IF_ERROR(office.pool().WithSession([&](store::Session& session) -> base::Status {
    const std::uint32_t limit =
        message.limit() == 0 ? kLimitMax : std::min(message.limit(), kLimitMax);
    ASSIGN_OR_RETURN(const auto lines, ListRunLines(session, message.run_id(),
                                                    StudentId{message.after()}, limit));
    for (const WhatIfLine& line : lines) {
      v1::WhatIfRow& row = *reply.add_rows();
      row.set_student_id(line.student.raw());
      row.set_school_code(line.school_code);
      PutAmounts(line.before, row.mutable_before());
      PutAmounts(line.after, row.mutable_after());
      row.set_difference_fen(line.difference_fen);
    }
    return {};
  }));
  return reply;
}

base::Result<std::string> ApproveRules(const Office& office, const Once& once,
                                       const v1::ApproveRules& message, const Actor& actor) {
  constexpr std::size_t kApprovals = 2;
  return DoOnce(office, once, [&](store::Transaction& tx, Assessor& assessor)
                                  -> base::Result<std::string> {
    ASSIGN_OR_RETURN(auto run, LockRun(tx, message.run_id()));
    if (!run) return Error{Code::kNotFound, "RUN_UNKNOWN", "没有这次试算"};
    std::vector<std::string>& by = run->approved_by;
    if (std::find(by.begin(), by.end(), actor.person_id) != by.end()) {
      return Error{Code::kFailedPrecondition, "APPROVED_ALREADY", "须由另一人批准"};
    }
    if (by.size() >= kApprovals) {
      return Error{Code::kFailedPrecondition, "ALREADY_IN_FORCE", "已经批准启用"};
    }
    by.push_back(actor.person_id);
    RETURN_IF_ERROR(SaveApprovals(tx, *run));
    v1::ApproveRulesReply reply;
    reply.set_approvals(static_cast<std::uint32_t>(by.size()));
    reply.set_version(run->version);
    reply.set_in_force(by.size() == kApprovals);
    if (reply.in_force()) {
      ASSIGN_OR_RETURN(const auto live, office.FromTexts(run->texts));
      RETURN_IF_ERROR(SaveRelease(tx, {.version = run->version,
                                       .texts = run->texts,
                                       .in_force = true,
                                       .approved_by = by[0] + "\n" + by[1],
                                       .released_at = office.Now()}));
      RETURN_IF_ERROR(RecheckAll(tx, office.Today()));
      assessor.Add(RulesEvent(live->book.rules(), by, office.Now()));
    }
    return reply.SerializeAsString();
  });
}

}  // namespace subsidy
