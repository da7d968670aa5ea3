#include "subsidy/app/assessor.h"

#include <algorithm>
#include <map>

#include "subsidy/app/events.h"
#include "subsidy/store/decision_repository.h"
#include "subsidy/store/place_repository.h"

namespace subsidy {
namespace {

constexpr std::size_t kSliceMax = 2000;

std::optional<base::Date> Earlier(std::optional<base::Date> a, std::optional<base::Date> b) {
  if (!a || !b) return a ? a : b;
  return std::min(*a, *b);
}

std::string WhysOf(const Outcome& outcome) {
  std::string whys;
  for (std::size_t i = 0; i < outcome.count; ++i) {
    whys += static_cast<char>('0' + static_cast<int>(outcome.items[i].why));
  }
  return whys;
}

std::int64_t PayableOf(const RuleSet& rules, const std::vector<Amount>& amounts) {
  std::int64_t sum = 0;
  for (const Amount& one : amounts) {
    const int at = rules.Find(one.benefit);
    if (at >= 0 && rules.benefits[static_cast<std::size_t>(at)].pay == Pay::kFamily) {
      sum += one.fen;
    }
  }
  return sum;
}

}  // namespace

base::Status Assessor::Assess(std::vector<StudentId> students, const std::string& cause) {
  std::sort(students.begin(), students.end());
  students.erase(std::unique(students.begin(), students.end()), students.end());
  if (students.empty()) return {};
  ASSIGN_OR_RETURN(live_, office_.InForce(tx_));
  for (std::size_t begin = 0; begin < students.size(); begin += kSliceMax) {
    const auto first = students.begin() + static_cast<std::ptrdiff_t>(begin);
    const auto last =
        students.begin() +
        static_cast<std::ptrdiff_t>(std::min(students.size(), begin + kSliceMax));
    RETURN_IF_ERROR(AssessSome({first, last}, cause));
  }
  return {};
}

base::Status Assessor::AssessSome(const std::vector<StudentId>& students,
                                  const std::string& cause) {
  RETURN_IF_ERROR(LockSubjects(tx_, students));
  ASSIGN_OR_RETURN(const std::vector<Dossier> dossiers, LoadDossiers(tx_, students));
  ASSIGN_OR_RETURN(const Places places, LoadPlaces(tx_, dossiers));
  ASSIGN_OR_RETURN(const std::vector<StandingRow> rows, LoadStandings(tx_, students));
  std::map<std::pair<StudentId, std::string>, const StandingRow*> standing;
  for (const StandingRow& row : rows) standing[{row.student, row.term}] = &row;
  const RuleSet& rules = live_->book.rules();
  const auto common =
      Earlier(live_->book.NextChange(today_), NextTermChange(live_->terms, today_));
  std::vector<std::pair<StudentId, std::optional<base::Date>>> rechecks;
  for (const Dossier& dossier : dossiers) {
    for (const SubsidyTerm& term : live_->terms) {
      const auto day = term.DayToDecide(today_);
      if (!day) continue;
      Found found{.facts = FactsAt(dossier, places, rules, term, *day), .day = *day};
      found.bits = Encode(found.facts, rules.groups, *day);
      const auto known = standing.find({dossier.student, term.id});
      const StandingRow* before = known == standing.end() ? nullptr : known->second;
      // Who was not here then needs no decision to say so.
      if (before == nullptr && found.facts.status == 0) continue;
      if (before != nullptr && Untouched(*before, found)) {
        ++office_.spared;
        continue;
      }
      Decide(dossier, term, found, before, cause);
    }
    rechecks.emplace_back(dossier.student, Earlier(common, NextChangeOf(dossier, today_)));
  }
  RETURN_IF_ERROR(InsertDecisions(tx_, decisions_));
  RETURN_IF_ERROR(SaveStandings(tx_, standings_));
  decisions_.clear();
  standings_.clear();
  return SaveRechecks(tx_, rechecks);
}

// No fact that the decision read differs, the rules of the day are the same, and the same school
// pays.
bool Assessor::Untouched(const StandingRow& standing, const Found& found) const {
  return standing.rule_version == live_->book.rules().version &&
         live_->book.SamePeriod(standing.day, found.day) &&
         standing.school_code == found.facts.school_code &&
         (Difference(standing.bits, found.bits) & standing.read) == 0;
}

void Assessor::Decide(const Dossier& dossier, const SubsidyTerm& term, const Found& found,
                      const StandingRow* standing, const std::string& cause) {
  ++office_.evaluated;
  const Outcome outcome = live_->book.Evaluate(found.bits, found.day);
  DecisionRow decision{.student = dossier.student,
                       .term = term.id,
                       .no = standing == nullptr ? 1 : standing->decision_no + 1,
                       .decided_at = now_,
                       .day = found.day,
                       .rule_version = live_->book.rules().version,
                       .school_code = found.facts.school_code,
                       .facts = found.facts,
                       .amounts = live_->book.Amounts(outcome),
                       .whys = WhysOf(outcome),
                       .cause = cause};
  standings_.push_back({.student = dossier.student,
                        .term = term.id,
                        .decision_no = decision.no,
                        .rule_version = decision.rule_version,
                        .day = found.day,
                        .school_code = decision.school_code,
                        .bits = found.bits,
                        .read = outcome.read,
                        .amounts = decision.amounts,
                        .payable_fen = PayableOf(live_->book.rules(), decision.amounts)});
  Tell(decision, standing);
  decisions_.push_back(std::move(decision));
}

void Assessor::Tell(const DecisionRow& decision, const StandingRow* before) {
  static const std::vector<Amount> kNothing;
  const RuleSet& rules = live_->book.rules();
  const auto& old = before == nullptr ? kNothing : before->amounts;
  std::vector<Change> changes = Compare(old, decision.amounts);
  if (before != nullptr && before->school_code != decision.school_code) {
    // Another school pays the same: the amount stays, the payer does not.
    for (const Amount& now : decision.amounts) {
      if (std::find(old.begin(), old.end(), now) != old.end()) {
        changes.push_back({ChangeKind::kChanged, now.benefit, now.fen, now.fen});
      }
    }
  }
  static const Benefit kGone{};
  for (const Change& change : changes) {
    const int at = rules.Find(change.benefit);
    const Benefit& benefit = at < 0 ? kGone : rules.benefits[static_cast<std::size_t>(at)];
    events_.push_back(EligibilityEvent(decision, change, benefit));
  }
}

base::Status Assessor::Finish() {
  if (events_.empty()) return {};
  const auto first = store::AppendEvents(tx_, kFeed, events_);
  if (!first.ok()) return first.error();
  events_.clear();
  return {};
}

}  // namespace subsidy
