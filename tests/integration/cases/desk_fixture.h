// The use cases on a fresh database of a real server, with the small ladder of unit/cases/story.h
// and a clock that stands still until a test moves it.
#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "cases/app/case_desk.h"
#include "cases/app/feed_desk.h"
#include "cases/endpoints/mapping.h"
#include "cases/store/case_repository.h"
#include "cases/store/place_repository.h"
#include "harness/private_mariadb.h"
#include "unit/cases/story.h"

namespace cases::testing {

inline std::string Said(const base::Status& status) {
  return status.ok() ? "OK" : status.error().ToString();
}
template <class T>
std::string Said(const base::Result<T>& result) {
  return result.ok() ? "OK" : result.error().ToString();
}

class DeskTest : public ::testing::Test {
 protected:
  DeskTest() {
    store::Pool::InitDriver();
    rules_.profiles.entries = {SmallProfile()};
    rules_.calendar = AutumnCalendar();
    options_ = harness::PrivateMariaDb::Shared().FreshDatabase();
    for (const auto& [series, migrations] :
         {std::pair{"library", store::LibraryMigrations()}, std::pair{"cases", Migrations()}}) {
      const auto status = store::Migrate(options_, series, migrations, clock_);
      EXPECT_TRUE(status.ok()) << Said(status);
    }
    pool_ = std::make_unique<store::Pool>(options_, clock_);
    desk_ = std::make_unique<CaseDesk>(*pool_, rules_, clock_, [this](const Change& change) {
      return EventsOf(change, rules_.profiles);
    });
    Learn();
  }

  // One school, two classes, students 1..9 in class 7.
  void Learn() {
    RegistryBatch batch;
    batch.schools = {{.school_code = "2135000001", .name = "第一小学", .town = "大同街道"}};
    batch.classes = {{.class_id = ClassId{7}, .school_code = "2135000001", .name = "三年级2班",
                      .teacher_id = "t1", .teacher = "林老师"},
                     {.class_id = ClassId{8}, .school_code = "2135000001", .name = "三年级3班",
                      .teacher_id = "t8", .teacher = "黄老师"}};
    for (int id = 1; id <= 9; ++id) {
      batch.students.push_back({.student = StudentId{id}, .name = fmt::format("学生{}", id),
                                .school_code = "2135000001", .class_id = ClassId{7},
                                .version = 1});
    }
    const base::Status status = Feed([&](FeedDesk& feed) { return feed.Registry(batch, Now()); });
    ASSERT_TRUE(status.ok()) << Said(status);
  }

  base::UtcTime Now() const { return clock_.Now(); }
  void MoveTo(std::string_view local) { clock_.Set(At(local)); }

  // Work of a follower in one transaction.
  base::Status Feed(const std::function<base::Status(FeedDesk&)>& work) {
    return pool_->InTransaction([&](store::Transaction& tx) -> base::Status {
      CaseWriter writer{tx, rules_, clock_.Now(), desk_->describe()};
      FeedDesk feed{writer};
      RETURN_IF_ERROR(work(feed));
      return writer.Finish();
    });
  }
  static Suspicion SuspicionOf(std::int64_t student, std::int64_t streak, base::UtcTime at) {
    Suspicion suspicion;
    suspicion.subject.student = StudentId{student};
    suspicion.signal.at = at;
    suspicion.signal.found_by = "考勤";
    suspicion.signal.reference = fmt::format("streak/{}", streak);
    suspicion.signal.first_absent = base::DateAt(at) - std::chrono::days{2};
    suspicion.signal.streak = StreakId{streak};
    suspicion.signal.days = 3;
    return suspicion;
  }
  base::Status Suspect(std::int64_t student, std::int64_t streak = 1) {
    return Feed([&](FeedDesk& feed) { return feed.Suspect(SuspicionOf(student, streak, Now())); });
  }

  Once Key(int n) const {
    std::string key(16, '\0');
    key.replace(0, 4, fmt::format("{:04}", n));
    return {.key = key, .request_type = "baoxue.cases.v1.DoAct"};
  }
  base::Result<std::string> Do(CaseId id, const Act& act, int key, const Actor& actor = Teacher(),
                               int expected_version = 0) {
    const cases::DoAct command{.id = id, .expected_version = expected_version, .act = act,
                               .actor = actor};
    return desk_->Do(command, Key(key), [](const Sheet& sheet) {
      return fmt::format("version {}", sheet.row.version);
    });
  }
  CaseId CaseOf(std::int64_t student) {
    const auto sheet = desk_->Get({}, {.student = StudentId{student}});
    EXPECT_TRUE(sheet.ok()) << Said(sheet);
    return sheet.ok() ? sheet->row.id : CaseId{};
  }
  Sheet SheetOf(std::int64_t student) {
    const auto sheet = desk_->Get({}, {.student = StudentId{student}});
    EXPECT_TRUE(sheet.ok()) << Said(sheet);
    return sheet.ok() ? *sheet : Sheet{};
  }

  std::string Sql(const std::string& sql) const {
    return harness::PrivateMariaDb::Shared().RunSql(sql, options_.database);
  }
  // Everything that a failed transaction must leave as it was. Numbers that a roll-back skips
  // (AUTO_INCREMENT) are left out.
  std::string Dump() const {
    std::string text;
    for (const char* sql :
         {"SELECT case_id, student_id, person_id, open_key, version, state, phase, level, "
          "owner_body, owner_person, opened_at, closed_at, next_due_at, persuasions, "
          "overdue_tasks FROM case_file ORDER BY case_id",
          "SELECT case_id, version, at, recorded_at, kind, act, state, level, details "
          "FROM case_history ORDER BY case_id, version",
          "SELECT case_id, clock, step, state, owner_person, started_at, due_at, next_at, ended_at "
          "FROM case_clock ORDER BY case_id, clock, step",
          "SELECT student_id, school_code, class_id, version FROM student_place ORDER BY 1",
          "SELECT HEX(reply) FROM idempotency ORDER BY 1",
          "SELECT seq, type, subject, HEX(payload) FROM event_log ORDER BY seq"}) {
      text += std::string{sql} + ";\n";
    }
    return Sql(text);
  }
  // The projection says what the history says, for every case.
  void ExpectProjected() {
    const auto rows = desk_->List({.limit = 1000});
    ASSERT_TRUE(rows.ok()) << Said(rows);
    for (const CaseRow& row : *rows) {
      const auto sheet = desk_->Get(row.id, {});
      ASSERT_TRUE(sheet.ok()) << Said(sheet);
      const Facts& facts = sheet->view.facts;
      EXPECT_EQ(row.version, facts.version);
      EXPECT_EQ(row.state, facts.state);
      EXPECT_EQ(row.level, facts.level);
      EXPECT_EQ(row.open, facts.open());
      EXPECT_EQ(row.next_due, facts.open() ? facts.NextAt() : std::nullopt);
      EXPECT_EQ(row.responsible, facts.responsible);
      EXPECT_EQ(row.persuasions, facts.persuasions_total);
      EXPECT_FALSE(row.open && (row.responsible.body.empty() || !row.next_due));
      std::string clocks;
      for (const auto& [id, clock] : facts.clocks) {
        clocks += fmt::format("{}\t{}\t{}\n", id, clock.step, ClockStateName(clock.state));
      }
      EXPECT_EQ(Sql(fmt::format("SELECT c.clock, c.step, c.state FROM case_clock c JOIN (SELECT "
                                "clock, MAX(step) AS step FROM case_clock WHERE case_id = {0} "
                                "GROUP BY clock) last ON last.clock = c.clock AND last.step = "
                                "c.step WHERE c.case_id = {0} ORDER BY c.clock", row.id.raw())),
                clocks);
    }
  }

  base::ManualClock clock_{At("2026-09-09 08:30")};
  Rules rules_;
  store::PoolOptions options_;
  std::unique_ptr<store::Pool> pool_;
  std::unique_ptr<CaseDesk> desk_;
};

}  // namespace cases::testing
