#include "integration/subsidy/office_fixture.h"

#include <span>

#include "store/migrations.h"
#include "subsidy/store/decision_repository.h"

namespace subsidy {
std::span<const store::Migration> Migrations();
}

namespace subsidy::testing {

std::string TestRules() {
  const std::string when = R"(        when:
          - {fact: 在籍状态, is: [在读, 复学]}
          - {fact: 外县已发, is: [否]}
          - {fact: 学段, is: [小学, 初中]}
          - {groups: [脱贫户, 低保]}
)";
  const auto rate = [](const char* stage, const char* boarding, int yuan) {
    return "          - {when: [{fact: 学段, is: [" + std::string{stage} +
           "]}, {fact: 寄宿, is: [" + boarding + "]}], fen: " + std::to_string(yuan) +
           "00, text: " + std::to_string(yuan) + "元/生·年}\n";
  };
  return "id: probe\nname: 试验规则\nsource: 试验\n"
         "groups: [{name: 脱贫户, owner: 乡村振兴}, {name: 低保, owner: 民政, aliases: [农村低保]}]\n"
         "benefits:\n"
         "  - id: tuition\n    name: 免学杂费\n    pay: in_kind\n    versions:\n"
         "      - effective_from: 2020-01-01\n        legal: 义务教育法第2条\n"
         "        when: [{fact: 在籍状态, is: [在读, 复学]}]\n"
         "        rates: [{fen: 0, text: 免收}]\n"
         "  - id: living\n    name: 生活补助\n    versions:\n"
         "      - effective_from: 2020-01-01\n        effective_to: 2027-02-28\n"
         "        legal: 旧标准\n" +
         when + "        rates:\n" + rate("小学", "是", 1250) + rate("小学", "否", 625) +
         rate("初中", "是", 1500) + rate("初中", "否", 750) +
         "      - effective_from: 2027-03-01\n        legal: 新标准\n" + when +
         "        rates:\n" + rate("小学", "是", 1301) + rate("小学", "否", 651) +
         rate("初中", "是", 1601) + rate("初中", "否", 801);
}

base::Calendar TestCalendar() {
  return *base::Calendar::Make({{"2026-2027学年第一学期", Day("2026-09-01"), Day("2027-01-22")},
                                {"2026-2027学年第二学期", Day("2027-02-22"), Day("2027-07-02")}},
                               {}, {});
}

Desk::Desk(std::string_view today, const std::string& rules)
    : clock_(base::InstantAt(Day(today), 8 * 60)) {
  store::Pool::InitDriver();
  const store::PoolOptions options = harness::PrivateMariaDb::Shared().FreshDatabase();
  for (const auto& [series, migrations] :
       {std::pair{"library", store::LibraryMigrations()}, std::pair{"subsidy", Migrations()}}) {
    const base::Status done = store::Migrate(options, series, migrations, clock_);
    EXPECT_TRUE(done.ok()) << done.error().ToString();
  }
  pool_ = std::make_unique<store::Pool>(options, clock_);
  office_ = std::make_unique<Office>(Office::Parts{
      .pool = *pool_,
      .clock = clock_,
      .calendar = TestCalendar(),
      .config_texts = JoinTexts({{"probe.yaml", rules}}),
      .parse = [](const std::string& texts) { return ParseRules(SplitTexts(texts)); }});
  const base::Status ready = office_->EnsureRules();
  EXPECT_TRUE(ready.ok()) << ready.error().ToString();
}

void Desk::Move(base::Date day) {
  for (base::Date at = office_->Today(); at <= day; ++at) {
    clock_.Set(base::InstantAt(at, at == day ? 9 * 60 : 1));
    for (;;) {
      const auto done = AssessDue(*office_, 500);
      ASSERT_TRUE(done.ok()) << done.error().ToString();
      if (*done == 0) break;
    }
  }
}

base::Status Desk::Take(const RegistryNews& news) {
  return pool_->InTransaction(
      [&](store::Transaction& tx) { return TakeNews(tx, *office_, news); });
}

Once Desk::NextKey(const std::string& type) {
  return {.key = std::string{base::Bytes(ids_.NextId())}, .request_type = type};
}

std::vector<StandingRow> Desk::Standings(const std::string& term) {
  std::vector<StandingRow> rows;
  const auto done = pool_->WithSession([&](store::Session& session) -> base::Status {
    ASSIGN_OR_RETURN(rows, ListStandings(session, {.term = term, .limit = 1000000}));
    return {};
  });
  EXPECT_TRUE(done.ok()) << done.error().ToString();
  return rows;
}

std::vector<store::StoredEvent> Desk::Events() {
  std::vector<store::StoredEvent> events;
  const auto done = pool_->WithSession([&](store::Session& session) -> base::Status {
    ASSIGN_OR_RETURN(events, store::ReadEvents(session, kFeed, 0, 10'000'000));
    return {};
  });
  EXPECT_TRUE(done.ok()) << done.error().ToString();
  return events;
}

StateRow State(std::int64_t id, int version, std::string_view effective, int status, bool boarding,
               std::int64_t class_id, std::string school) {
  return {.student = StudentId{id},
          .version = version,
          .effective = Day(effective),
          .school_code = std::move(school),
          .class_id = class_id,
          .status = status,
          .boarding = boarding,
          .name = "学生" + std::to_string(id)};
}

RegistryNews PlacesNews() {
  RegistryNews news;
  news.schools = {{"S1", "第一小学", SchoolKind::kPrimary}, {"S2", "第二学校", SchoolKind::kNineYear}};
  for (int grade = 1; grade <= 9; ++grade) {
    news.classes.push_back({grade, Day("2026-08-01"), grade, std::to_string(grade) + "年级1班"});
  }
  news.cause = "registry.class.changed #1";
  return news;
}

}  // namespace subsidy::testing
