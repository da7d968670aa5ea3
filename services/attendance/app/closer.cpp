#include "attendance/app/closer.h"

#include <map>

#include "attendance/app/events.h"
#include "attendance/domain/reports.h"
#include "attendance/store/closing_rows.h"

namespace attendance {

using base::Status;

namespace {

constexpr std::size_t kAtOnce = 64;

HalfDay After(HalfDay half_day) {
  if (half_day.half == Half::kMorning) return {half_day.day, Half::kAfternoon};
  return {half_day.day + std::chrono::days{1}, Half::kMorning};
}

bool AnyExpected(const Ledger& ledger, base::Date day) {
  for (ClassIndex c = 0; c < ledger.class_count(); ++c) {
    if (IsExpected(ledger, c, day)) return true;
  }
  return false;
}

}  // namespace

std::vector<HalfDay> DueHalfDays(const Ledger& ledger, const RuleBook& rules, HalfDay last_closed,
                                 base::UtcTime now, std::size_t limit) {
  std::vector<HalfDay> due;
  HalfDay half_day = After(last_closed);
  if (half_day.day < ledger.horizon().begin) {
    half_day = {ledger.horizon().begin, Half::kMorning};
  }
  base::Date looked_at = half_day.day - std::chrono::days{1};
  bool expected = false;
  for (; due.size() < limit && ledger.horizon().Contains(half_day.day) &&
         rules.DueOf(half_day) <= now;
       half_day = After(half_day)) {
    if (half_day.day != looked_at) expected = AnyExpected(ledger, half_day.day);
    looked_at = half_day.day;
    if (expected) due.push_back(half_day);
  }
  return due;
}

std::optional<base::UtcTime> NextClosing(const Ledger& ledger, const RuleBook& rules,
                                         base::UtcTime now) {
  if (ledger.class_count() == 0) return std::nullopt;
  for (base::Date day = base::DateAt(now); ledger.horizon().Contains(day); ++day) {
    for (const Half half : kHalves) {
      const base::UtcTime due = rules.DueOf({day, half});
      if (due > now && AnyExpected(ledger, day)) return due;
    }
  }
  return std::nullopt;
}

HalfDay LastDueBefore(const RuleBook& rules, base::UtcTime now) {
  const base::Date today = base::DateAt(now);
  for (const Half half : {Half::kAfternoon, Half::kMorning}) {
    if (rules.DueOf({today, half}) <= now) return {today, half};
  }
  return {today - std::chrono::days{1}, Half::kAfternoon};
}

namespace {

// Moves the mark without telling anything: nobody was expected.
Status PassOver(Office::Turn& turn, HalfDay upto) {
  const RuleBook& rules = turn.office().rules();
  const base::UtcTime now = turn.office().clock().Now();
  return turn.Commit(
      Pending{*turn.ledger()},
      [&](store::Transaction& tx) {
        return AddClosing(tx, {upto, rules.DueOf(upto), 0}, now);
      },
      [&](Mandate& mandate) { mandate.last_closed = upto; });
}

}  // namespace

Status BeginClosing(Office::Turn& turn) {
  if (turn.last_closed()) return {};
  return PassOver(turn, LastDueBefore(turn.office().rules(), turn.office().clock().Now()));
}

base::Result<std::uint64_t> Closer::CloseDue() {
  std::uint64_t closed = 0;
  for (;;) {
    Office::Turn turn = office_.TakeTurn();
    if (turn.ledger() == nullptr || !turn.last_closed()) return closed;
    const base::UtcTime now = office_.clock().Now();
    // One at a time, so that roll calls get their turn in between.
    const std::vector<HalfDay> due =
        DueHalfDays(*turn.ledger(), office_.rules(), *turn.last_closed(), now, 1);
    if (due.empty()) {
      const HalfDay last = LastDueBefore(office_.rules(), now);
      if (last > *turn.last_closed()) RETURN_IF_ERROR(PassOver(turn, last));
      return closed;
    }
    RETURN_IF_ERROR(Close(turn, due.front()));
    ++closed;
  }
}

Status Closer::Close(Office::Turn& turn, HalfDay half_day) {
  const Ledger& ledger = *turn.ledger();
  const base::UtcTime now = office_.clock().Now();
  const base::UtcTime due = office_.rules().DueOf(half_day);
  std::map<std::string, MissingAtSchool> by_school;
  const std::vector<ClassIndex> missing = MissingClasses(ledger, half_day);
  for (const ClassIndex c : missing) {
    const std::string& code = ledger.SchoolCode(ledger.SchoolOf(c));
    MissingAtSchool& school = by_school[code];
    school.school_code = code;
    school.classes.push_back(ledger.IdOfClass(c));
  }
  std::vector<MissingAtSchool> schools;
  for (auto& [code, school] : by_school) schools.push_back(std::move(school));
  const auto work = [&](store::Transaction& tx) -> Status {
    RETURN_IF_ERROR(AddClosing(tx, {half_day, due, missing.size()}, now));
    return SaveMissing(tx, half_day, due, schools, now);
  };
  RETURN_IF_ERROR(turn.Commit(Pending{ledger}, work,
                              [&](Mandate& mandate) { mandate.last_closed = half_day; }));
  if (!schools.empty()) turn.NotifyFeed();
  return {};
}

std::uint64_t Closer::Waiting() const {
  const auto waiting = office_.ReadMandate([&](const Mandate& mandate) -> std::uint64_t {
    if (!mandate.last_closed) return 0;
    return DueHalfDays(*mandate.ledger, office_.rules(), *mandate.last_closed,
                       office_.clock().Now(), kAtOnce)
        .size();
  });
  return waiting.ok() ? *waiting : 0;
}

std::optional<base::UtcTime> Closer::NextDue() const {
  const auto next = office_.Read([&](const Ledger& ledger) {
    return NextClosing(ledger, office_.rules(), office_.clock().Now());
  });
  return next.ok() ? *next : std::nullopt;
}

}  // namespace attendance
