// What must hold for any roll calls in any order (rapidcheck).
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <map>

#include "attendance/domain/effects.h"
#include "attendance/domain/packed_marks.h"
#include "attendance/domain/reports.h"
#include "unit/attendance/town.h"

namespace attendance {
namespace {

using testing::D;
using testing::Days;
using testing::Evening;
using testing::Rules;
using testing::SchoolDaysFrom;
using testing::TestLedger;

constexpr int kDays = 12;

struct Submission {
  std::int64_t class_id = 11;
  int day = 0;
  Half half = Half::kMorning;
  std::vector<SentMark> marks = {};
};

// Mostly absences of few students, so that streaks appear, break and grow together.
rc::Gen<Submission> AnySubmission() {
  return rc::gen::exec([] {
    Submission s;
    s.class_id = *rc::gen::element<std::int64_t>(11, 12);
    s.day = *rc::gen::inRange(0, kDays);
    s.half = *rc::gen::element(Half::kMorning, Half::kAfternoon);
    for (int seat = 1; seat <= 2; ++seat) {
      const int mark = *rc::gen::weightedElement<int>({{6, 6}, {2, 7}, {2, 1}, {1, 4}, {1, 2}});
      s.marks.push_back({StudentId{s.class_id * 100 + seat}, mark});
    }
    return s;
  });
}
rc::Gen<std::vector<Submission>> Term() {
  return rc::gen::resize(60, rc::gen::container<std::vector<Submission>>(AnySubmission()));
}

// A live ledger that takes submissions in batches.
class Live {
 public:
  explicit Live(RuleBook rules = Rules()) : rules_(std::move(rules)) {
    days_ = SchoolDaysFrom(D("2026-09-16"), kDays);  // over the make-up Sunday and the holiday
  }
  void Record(const std::vector<Submission>& batch) {
    Pending pending{ledger_};
    for (const Submission& s : batch) {
      const auto sheet = DecideRollCall(
          pending, Lenient(),
          {ClassId{s.class_id}, {days_[static_cast<std::size_t>(s.day)], s.half}, s.marks, ++tag_},
          Evening(D("2026-10-12")));
      RC_ASSERT(sheet.ok());
      pending.Add(*sheet);
      stored_[{s.class_id, days_[static_cast<std::size_t>(s.day)], s.half}] = *sheet;
    }
    const Effects effects = Judge(pending, rules_);
    for (const StreakEvent& event : effects.events) {
      if (event.news == StreakNews::kSuspected) ++suspected_;
      if (event.news == StreakNews::kWithdrawn) ++withdrawn_;
    }
    for (const KnownStreak& row : effects.streaks) {
      if (row.state == StreakState::kMerged) ++merged_;
    }
    ledger_.Apply(std::move(pending));
  }
  // What a restart would load.
  Ledger Reloaded() const {
    Ledger ledger = TestLedger();
    for (const auto& [key, sheet] : stored_) {
      ledger.LoadSheet(sheet.class_index, sheet.half_day, sheet.revision, sheet.key_tag,
                       sheet.exceptions);
    }
    return ledger;
  }
  // Every student's streaks, without the numbers that history gave them.
  std::map<std::int64_t, std::vector<Streak>> Streaks() const {
    std::map<std::int64_t, std::vector<Streak>> all;
    for (StudentIndex s = 0; s < ledger_.student_count(); ++s) {
      for (const KnownStreak& known : ledger_.StreaksOf(s)) {
        all[ledger_.IdOfStudent(s).raw()].push_back(known.streak);
      }
    }
    return all;
  }
  const Ledger& ledger() const { return ledger_; }
  const RuleBook& rules() const { return rules_; }
  int suspected_ = 0, withdrawn_ = 0, merged_ = 0;

 private:
  static RuleBook Lenient() {
    Rule rule = testing::TestRule();
    rule.backdate_days_max = 400;
    return RuleBook{{rule}};
  }
  Ledger ledger_ = TestLedger();
  RuleBook rules_;
  std::vector<base::Date> days_;
  std::map<std::tuple<std::int64_t, base::Date, Half>, Sheet> stored_;
  std::uint64_t tag_ = 0;
};

void RecordInBatches(Live& live, const std::vector<Submission>& all) {
  std::size_t at = 0;
  while (at < all.size()) {
    const auto n = static_cast<std::size_t>(*rc::gen::inRange(1, 6));
    const std::size_t end = std::min(all.size(), at + n);
    live.Record({all.begin() + static_cast<std::ptrdiff_t>(at),
                 all.begin() + static_cast<std::ptrdiff_t>(end)});
    at = end;
  }
}

// Another order of the same submissions that keeps the corrections of one roll call in theirs.
std::vector<Submission> Reordered(const std::vector<Submission>& all) {
  using Key = std::tuple<std::int64_t, int, Half>;
  const auto key = [](const Submission& s) { return Key{s.class_id, s.day, s.half}; };
  std::map<Key, std::vector<Submission>> by_sheet;
  std::vector<Key> turns;
  for (const Submission& s : all) {
    by_sheet[key(s)].push_back(s);
    turns.push_back(key(s));
  }
  for (std::size_t i = turns.size(); i > 1; --i) {
    std::swap(turns[i - 1],
              turns[static_cast<std::size_t>(*rc::gen::inRange<int>(0, static_cast<int>(i)))]);
  }
  std::map<Key, std::size_t> next;
  std::vector<Submission> order;
  for (const Key& turn : turns) order.push_back(by_sheet[turn][next[turn]++]);
  return order;
}

RuleBook AnyRules() {
  Rule rule = testing::TestRule(*rc::gen::inRange(1, 5),
                                *rc::gen::element(Comparison::kAtLeast, Comparison::kMoreThan),
                                *rc::gen::element(Counting::kAnyHalfDay, Counting::kAllHalfDays));
  if (!*rc::gen::arbitrary<bool>()) return RuleBook{{rule}};
  Rule later = testing::TestRule(*rc::gen::inRange(1, 4));
  later.from = D("2026-09-24");
  return RuleBook{{rule, later}};
}

bool Check(const char* what, const std::function<void()>& property) {
  return rc::check(what, property);
}

TEST(AttendanceProperty, TheOrderOfSubmissionsDoesNotMatter) {
  EXPECT_TRUE(Check("order", [] {
    const std::vector<Submission> all = *Term();
    const RuleBook rules = AnyRules();
    Live one{rules}, other{rules};
    RecordInBatches(one, all);
    RecordInBatches(other, Reordered(all));
    RC_ASSERT(one.Streaks() == other.Streaks());
  }));
}

TEST(AttendanceProperty, AReloadedLedgerKnowsTheSame) {
  EXPECT_TRUE(Check("reload", [] {
    Live live{AnyRules()};
    RecordInBatches(live, *Term());
    Ledger reloaded = live.Reloaded();
    Pending pending{reloaded};
    JudgeAll(pending, live.rules());
    for (StudentIndex s = 0; s < reloaded.student_count(); ++s) {
      RC_ASSERT(reloaded.EntriesOf(s) == live.ledger().EntriesOf(s));
      std::vector<Streak> there, here;
      for (const KnownStreak& known : pending.StreaksOf(s)) there.push_back(known.streak);
      for (const KnownStreak& known : live.ledger().StreaksOf(s)) here.push_back(known.streak);
      RC_ASSERT(there == here);
    }
  }));
}

TEST(AttendanceProperty, ACorrectionUndoneIsAsBefore) {
  EXPECT_TRUE(Check("undo", [] {
    std::vector<Submission> all = *Term();
    const Submission again = *AnySubmission();
    all.insert(all.begin(), again);
    Live live{AnyRules()};
    RecordInBatches(live, all);
    // What stands of that roll call now, then something else, then what stood.
    const auto same = [&](const Submission& s) {
      return s.class_id == again.class_id && s.day == again.day && s.half == again.half;
    };
    const Submission stood = *std::find_if(all.rbegin(), all.rend(), same);
    const auto before = live.Streaks();
    live.Record({again.marks == stood.marks ? Submission{again.class_id, again.day, again.half, {}}
                                            : again});
    live.Record({stood});
    RC_ASSERT(live.Streaks() == before);
  }));
}

TEST(AttendanceProperty, EverySuspicionStandsOrWasTakenBack) {
  EXPECT_TRUE(Check("balance", [] {
    Live live{AnyRules()};
    RecordInBatches(live, *Term());
    int standing = 0;
    for (const auto& [student, streaks] : live.Streaks()) {
      standing += static_cast<int>(streaks.size());
    }
    RC_ASSERT(live.suspected_ == live.withdrawn_ + live.merged_ + standing);
  }));
}

TEST(AttendanceProperty, ADayThatIsNoSchoolDayNeverCounts) {
  EXPECT_TRUE(Check("school days", [] {
    Live live{AnyRules()};
    RecordInBatches(live, *Term());
    const base::Calendar calendar = testing::TestCalendar();
    for (const auto& [student, streaks] : live.Streaks()) {
      for (const Streak& s : streaks) {
        RC_ASSERT(calendar.IsSchoolDay(s.first_day));
        RC_ASSERT(calendar.IsSchoolDay(s.reached.day));
        RC_ASSERT(calendar.IsSchoolDay(s.last_day));
        RC_ASSERT(s.days <=
                  calendar.CountSchoolDays({s.first_day, s.last_day + std::chrono::days{1}}));
      }
    }
  }));
}

// The first suspicion by the definition's words, without the walk of the implementation.
std::optional<HalfDay> FirstReached(const std::vector<DayRecord>& days, int needed) {
  const auto counts = [](const DayRecord& day) {
    return day.halves[0].mark == Mark::kAbsent || day.halves[1].mark == Mark::kAbsent;
  };
  const auto taken = [](const DayRecord& day) {
    return day.halves[0].Taken() || day.halves[1].Taken();
  };
  for (std::size_t i = 0; i < days.size(); ++i) {
    if (!counts(days[i])) continue;
    int row = 0;
    for (std::size_t j = i + 1; j-- > 0;) {
      if (counts(days[j]))
        ++row;
      else if (taken(days[j]))
        break;
    }
    if (row < needed) continue;
    return HalfDay{days[i].day,
                   days[i].halves[0].mark == Mark::kAbsent ? Half::kMorning : Half::kAfternoon};
  }
  return std::nullopt;
}

TEST(AttendanceProperty, TheFirstSuspicionIsByTheWordsOfTheRule) {
  EXPECT_TRUE(Check("definition", [] {
    std::string words;
    const int days = *rc::gen::inRange(0, 20);
    for (int i = 0; i < days; ++i) {
      words += *rc::gen::weightedElement<const char*>(
          {{6, "AA "}, {2, "PP "}, {2, "-- "}, {1, "AP "}, {1, "PA "}, {1, "SS "}, {1, "A- "}});
    }
    const int needed = *rc::gen::inRange(1, 5);
    const std::vector<DayRecord> records = Days(words);
    const std::vector<Streak> found = FindStreaks(records, Rules(needed));
    const std::optional<HalfDay> expected = FirstReached(records, needed);
    RC_ASSERT(found.empty() == !expected.has_value());
    if (expected) RC_ASSERT(found.front().reached == *expected);
  }));
}

TEST(AttendanceProperty, PackedMarksComeBack) {
  EXPECT_TRUE(Check("packed", [] {
    std::map<std::int64_t, int> marks;
    const int n = *rc::gen::inRange(0, 50);
    for (int i = 0; i < n; ++i) {
      marks[*rc::gen::inRange<std::int64_t>(1, std::int64_t{1} << 50)] = *rc::gen::inRange(1, 8);
    }
    std::vector<Exception> exceptions;
    for (const auto& [id, mark] : marks) {
      exceptions.push_back({StudentId{id}, static_cast<Mark>(mark)});
    }
    std::string bytes;
    PackMarks(exceptions, bytes);
    RC_ASSERT(UnpackMarks(bytes).value() == exceptions);
  }));
}

TEST(AttendanceProperty, AnyBytesAreRefusedOrReadWithoutHarm) {
  EXPECT_TRUE(Check("bytes", [] {
    const auto bytes = *rc::gen::arbitrary<std::string>();
    const auto marks = UnpackMarks("\x01" + bytes);
    if (marks.ok()) {
      RC_ASSERT(std::is_sorted(marks->begin(), marks->end()));
    }
  }));
}

}  // namespace
}  // namespace attendance
