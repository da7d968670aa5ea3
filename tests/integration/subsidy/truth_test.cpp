// The planted truth: over two terms with transfers, new lists, a rule change on 1 March and
// corrections that reach back, every child gets what the oracle says, to the cent; told once as
// differences that add up; and the same whether it was decided piece by piece or from scratch.
#include <gmock/gmock.h>

#include <map>

#include "integration/subsidy/county.h"

namespace subsidy::testing {
namespace {

std::int64_t LivingOf(const StandingRow& row) {
  for (const Amount& one : row.amounts) {
    if (one.benefit == "living") return one.fen;
  }
  return 0;
}

// Sum of what the feed told, by student and term: only the living subsidy has money.
std::map<std::pair<std::int64_t, std::string>, std::int64_t> Told(
    const std::vector<store::StoredEvent>& events) {
  std::map<std::pair<std::int64_t, std::string>, std::int64_t> sums;
  for (const store::StoredEvent& stored : events) {
    if (!stored.event.type.starts_with("subsidy.eligibility.")) continue;
    v1::EligibilityChanged message;
    EXPECT_TRUE(message.ParseFromString(stored.event.payload));
    EXPECT_EQ(message.difference_fen(), message.after_fen() - message.before_fen());
    sums[{message.student_id(), message.term()}] += message.difference_fen();
  }
  return sums;
}

void CheckAgainstOracle(Desk& desk, const County& county, base::Date known) {
  const auto told = Told(desk.Events());
  for (const char* term : {"2026秋", "2027春"}) {
    std::map<std::int64_t, std::int64_t> got;
    for (const StandingRow& row : desk.Standings(term)) {
      got[row.student.raw()] = LivingOf(row);
      EXPECT_EQ(row.payable_fen, LivingOf(row));
    }
    for (int id = 1; id <= county.students(); ++id) {
      const std::int64_t right = county.Entitled(id, term, known);
      ASSERT_EQ(got[id], right) << id << " " << term << " on " << known.ToString();
      const auto sum = told.find({id, term});
      ASSERT_EQ(sum == told.end() ? 0 : sum->second, right) << "what was told";
    }
  }
}

// Plays the script day by day.
void Play(Desk& desk, const County& county, base::Date until) {
  for (const Happening& happening : county.script()) {
    if (happening.told > until) break;
    desk.Move(happening.told);
    const base::Status taken = desk.Take(happening.news);
    ASSERT_TRUE(taken.ok()) << taken.error().ToString();
  }
  desk.Move(until);
}

TEST(Truth, EveryChildGetsWhatTheOracleSaysToTheCent) {
  const County county{20261122, 200};
  Desk desk{"2026-08-30"};
  ASSERT_TRUE(desk.Take(PlacesNews()).ok());
  std::vector<base::Date> checks;
  for (const char* day : {"2026-09-01", "2026-10-14", "2026-10-15", "2026-12-31", "2027-02-22",
                          "2027-02-28", "2027-03-01", "2027-04-15", "2027-06-30"}) {
    checks.push_back(Day(day));
  }
  auto next = checks.begin();
  for (const Happening& happening : county.script()) {
    while (next != checks.end() && happening.told > *next) {
      desk.Move(*next);
      CheckAgainstOracle(desk, county, *next++);
    }
    desk.Move(happening.told);
    ASSERT_TRUE(desk.Take(happening.news).ok());
  }
  for (; next != checks.end(); ++next) {
    desk.Move(*next);
    CheckAgainstOracle(desk, county, *next);
  }
  // Exactly the affected were looked at: what was spared would have been the same.
  EXPECT_GT(desk.office().spared.load(), 0u);
}

TEST(Truth, PieceByPieceIsTheSameAsFromScratch) {
  const County county{7, 120};
  const base::Date end = Day("2027-06-30");
  Desk slowly{"2026-08-30"};
  ASSERT_TRUE(slowly.Take(PlacesNews()).ok());
  Play(slowly, county, end);
  Desk at_once{"2027-06-30"};
  RegistryNews all = PlacesNews();
  for (const Happening& happening : county.script()) {
    all.states.insert(all.states.end(), happening.news.states.begin(), happening.news.states.end());
    for (const auto& [student, tags] : happening.news.tags) all.tags[student] = tags;
  }
  ASSERT_TRUE(at_once.Take(all).ok());
  for (const char* term : {"2026秋", "2027春"}) {
    std::map<StudentId, std::string> left;
    std::map<StudentId, std::string> right;
    const auto put = [](auto& map, const std::vector<StandingRow>& rows) {
      for (const StandingRow& row : rows) {
        // Who was never here at that time has no row in one of the two.
        if (!row.amounts.empty()) map[row.student] = EncodeAmounts(row.amounts) + row.school_code;
      }
    };
    put(left, slowly.Standings(term));
    put(right, at_once.Standings(term));
    EXPECT_EQ(left, right) << term;
    EXPECT_FALSE(left.empty());
  }
}

TEST(Truth, OnlyAChangedOutcomeIsAnEventAndTheHistoryStays) {
  Desk desk{"2026-09-10"};
  RegistryNews news = PlacesNews();
  news.states = {State(1, 1, "2026-09-01", 1, true)};
  news.tags[StudentId{1}] = {{"低保", "民政", "一批", Day("2026-01-01"), {}}};
  ASSERT_TRUE(desk.Take(news).ok());
  const std::size_t first = desk.Events().size();
  EXPECT_EQ(first, 2u);  // 免学杂费 and 生活补助
  // Another list says the same; another county's hukou matters to no rule.
  RegistryNews same;
  same.tags[StudentId{1}] = {{"脱贫户", "乡村振兴", "二批", Day("2026-01-01"), {}},
                             {"低保", "民政", "一批", Day("2026-01-01"), {}}};
  same.states = {State(1, 2, "2026-09-05", 1, true)};
  same.states[0].non_local = true;
  ASSERT_TRUE(desk.Take(same).ok());
  EXPECT_EQ(desk.Events().size(), first);
  // 1 March raises the amount by the difference only.
  desk.Move(Day("2027-02-28"));
  const std::size_t before_march = desk.Events().size();
  desk.Move(Day("2027-03-01"));
  const auto events = desk.Events();
  ASSERT_EQ(events.size(), before_march + 1);
  v1::EligibilityChanged raised;
  ASSERT_TRUE(raised.ParseFromString(events.back().event.payload));
  EXPECT_EQ(events.back().event.type, "subsidy.eligibility.changed");
  EXPECT_EQ(raised.difference_fen(), 65050 - 62500);
  EXPECT_EQ(raised.action(), "补发");
  v1::GetDecision ask;
  ask.set_student_id(1);
  ask.set_term("2027春");
  const auto reply = GetDecision(desk.office(), ask);
  ASSERT_TRUE(reply.ok()) << reply.error().ToString();
  EXPECT_GE(reply->history_size(), 2);
  EXPECT_THAT(reply->decision().trace(), ::testing::HasSubstr("新标准"));
  ask.set_no(1);
  const auto old = GetDecision(desk.office(), ask);
  ASSERT_TRUE(old.ok());
  EXPECT_THAT(old->decision().trace(), ::testing::HasSubstr("旧标准"));
}

// Who goes to another school before the day that decides is paid by that school, and the office is
// told although no amount changes; what a school is paid for a child is not owed to the family.
TEST(Truth, AnotherSchoolPaysAndASchoolsMoneyIsNotTheFamilys) {
  std::string rules = TestRules();
  rules += "  - id: meal\n    name: 营养改善\n    pay: school\n    per: day\n    term_days: 100\n"
           "    versions:\n      - effective_from: 2020-01-01\n        legal: 试验\n"
           "        when: [{fact: 在籍状态, is: [在读, 复学]}]\n"
           "        rates: [{fen: 500, text: 5元/生·天}]\n";
  Desk desk{"2026-09-10", rules};
  RegistryNews news = PlacesNews();
  news.states = {State(1, 1, "2026-09-01", 1, true)};
  news.tags[StudentId{1}] = {{"低保", "民政", "一批", Day("2026-01-01"), {}}};
  ASSERT_TRUE(desk.Take(news).ok());
  EXPECT_EQ(desk.Standings("2026秋")[0].payable_fen, 62500);
  const std::size_t before = desk.Events().size();
  EXPECT_EQ(before, 3u);
  RegistryNews moved;
  moved.states = {State(1, 2, "2026-09-08", 1, true, 3, "S2")};
  ASSERT_TRUE(desk.Take(moved).ok());
  EXPECT_EQ(desk.Standings("2026秋")[0].school_code, "S2");
  const auto events = desk.Events();
  ASSERT_EQ(events.size(), before + 3);
  for (std::size_t i = before; i < events.size(); ++i) {
    v1::EligibilityChanged told;
    ASSERT_TRUE(told.ParseFromString(events[i].event.payload));
    EXPECT_EQ(events[i].event.type, "subsidy.eligibility.changed");
    EXPECT_EQ(told.school_code(), "S2");
    EXPECT_EQ(told.difference_fen(), 0);
  }
}

TEST(Truth, WhoIsNotEligibleIsToldWhyAndAnotherCountysPaymentCounts) {
  Desk desk{"2026-09-10"};
  RegistryNews news = PlacesNews();
  news.states = {State(1, 1, "2026-09-01", 1), State(2, 1, "2026-09-01", 1)};
  news.tags[StudentId{2}] = {{"低保", "民政", "一批", Day("2026-01-01"), {}}};
  ASSERT_TRUE(desk.Take(news).ok());
  v1::GetDecision ask;
  ask.set_student_id(1);
  const auto no = GetDecision(desk.office(), ask);
  ASSERT_TRUE(no.ok()) << no.error().ToString();
  EXPECT_THAT(no->decision().trace(), ::testing::HasSubstr("生活补助:不享受,条件不符"));
  EXPECT_THAT(no->decision().trace(), ::testing::HasSubstr("低保:不在名单上"));
  v1::RecordPaidElsewhere paid;
  paid.set_student_id(2);
  paid.set_term("2026秋");
  paid.set_fen(62500);
  ASSERT_TRUE(RecordPaidElsewhere(desk.office(), desk.NextKey(), paid).ok());
  EXPECT_EQ(LivingOf(desk.Standings("2026秋")[1]), 0);
  paid.set_withdrawn(true);
  ASSERT_TRUE(RecordPaidElsewhere(desk.office(), desk.NextKey(), paid).ok());
  EXPECT_EQ(LivingOf(desk.Standings("2026秋")[1]), 31250);
  paid.set_student_id(99);
  EXPECT_EQ(RecordPaidElsewhere(desk.office(), desk.NextKey(), paid).error().reason,
            "STUDENT_UNKNOWN");
}

}  // namespace
}  // namespace subsidy::testing
