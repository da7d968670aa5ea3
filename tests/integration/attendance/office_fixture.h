// One or more copies of the service's inside on a fresh database, with the small county of
// unit/attendance/town.h in its roster tables. The clock stands still.
#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "attendance/app/duty.h"
#include "attendance/app/load_ledger.h"
#include "attendance/app/office.h"
#include "attendance/app/recorder.h"
#include "attendance/app/roster.h"
#include "attendance/contract/attendance.pb.h"
#include "attendance/store/migrations.h"
#include "base/random.h"
#include "harness/private_mariadb.h"
#include "harness/wait.h"
#include "store/event_log.h"
#include "unit/attendance/town.h"

namespace attendance {

namespace contract = baoxue::attendance::v1;

inline std::string Said(const base::Status& status) {
  return status.ok() ? "OK" : status.error().ToString();
}
template <class T>
std::string Said(const base::Result<T>& result) {
  return result.ok() ? "OK" : result.error().ToString();
}

inline Profile TestProfile(RuleBook rules = testing::Rules()) {
  return {.county = "试点县", .rules = std::move(rules), .days = testing::TestDays()};
}

// One copy of the service.
struct Copy {
  Copy(const store::PoolOptions& options, const base::Clock& clock, Profile profile,
       DutyOptions duty_options = {.holder = "test",
                                   .beat_every = std::chrono::hours{1},
                                   .retry_after = std::chrono::milliseconds{20}})
      : pool(options, clock),
        office(pool, clock, std::move(profile), [this] { ++notified; }),
        duty(office, std::move(duty_options)),
        recorder(office) {}
  store::Pool pool;
  std::atomic<int> notified{0};
  Office office;
  Duty duty;
  Recorder recorder;
};

// Everything that a ledger knows, in an order that does not depend on how it was built.
inline std::string Describe(const Ledger& ledger) {
  std::vector<std::string> lines;
  for (ClassIndex c = 0; c < ledger.class_count(); ++c) {
    std::string line = fmt::format("class {} of {}:", ledger.IdOfClass(c).raw(),
                                   ledger.SchoolCode(ledger.SchoolOf(c)));
    for (Slot slot = 0; slot < ledger.TakenEnd(c); ++slot) {
      if (ledger.RevisionOf(c, slot) == 0) continue;
      line += fmt::format(" {}r{}k{:x}", slot, ledger.RevisionOf(c, slot), ledger.TagOf(c, slot));
    }
    lines.push_back(line);
  }
  for (StudentIndex s = 0; s < ledger.student_count(); ++s) {
    std::string line = fmt::format("student {}:", ledger.IdOfStudent(s).raw());
    for (const Segment& segment : ledger.TimelineOf(s)) {
      line += fmt::format(
          " from {} in {}", segment.from_serial,
          segment.class_index == kNoClass ? 0 : ledger.IdOfClass(segment.class_index).raw());
    }
    std::vector<std::string> marks;
    for (const MarkEntry& entry : ledger.EntriesOf(s)) {
      marks.push_back(fmt::format(" {:05}/{}={}", entry.slot,
                                  ledger.IdOfClass(entry.class_index).raw(),
                                  static_cast<int>(entry.mark)));
    }
    std::sort(marks.begin(), marks.end());
    for (const std::string& mark : marks) line += mark;
    for (const LeaveSpan& span : ledger.LeavesOf(s)) {
      line +=
          fmt::format(" leave {} {}-{}", span.id.raw(), ToChinese(span.from), ToChinese(span.to));
    }
    for (const KnownStreak& known : ledger.StreaksOf(s)) {
      const Streak& streak = known.streak;
      line += fmt::format(" streak {} of class {}: {}..{} {} days at {} {} {}", known.id.raw(),
                          known.class_id.raw(), streak.first_day.ToString(),
                          streak.last_day.ToString(), streak.days, ToChinese(streak.reached),
                          streak.running, static_cast<int>(known.state));
      if (streak.returned) line += " back " + ToChinese(*streak.returned);
    }
    if (ledger.IsChronic(s, testing::D("2026-09-01"))) line += " chronic";
    lines.push_back(line);
  }
  std::sort(lines.begin(), lines.end());
  lines.push_back(fmt::format("next streak {}", ledger.next_streak_id().raw()));
  std::string text;
  for (const std::string& line : lines) text += line + "\n";
  return text;
}

class OfficeTest : public ::testing::Test {
 protected:
  void SetUp() override {
    store::Pool::InitDriver();
    for (const auto& [series, migrations] : {std::pair{"library", store::LibraryMigrations()},
                                             std::pair{"attendance", Migrations()}}) {
      const auto status = store::Migrate(options_, series, migrations, system_clock_);
      ASSERT_TRUE(status.ok()) << Said(status);
    }
    RosterNews news;
    news.schools = {{"3135000001", "第一小学"}, {"3135000002", "第二小学"}};
    for (const auto& [school, id] :
         {std::pair{"3135000001", 11}, std::pair{"3135000001", 12}, std::pair{"3135000002", 21}}) {
      news.classes.push_back({.id = ClassId{id},
                              .school_code = school,
                              .grade = 3,
                              .name = fmt::format("三年级{}班", id),
                              .homeroom_teacher = "王老师",
                              .seq = 1});
      for (int seat = 1; seat <= 5; ++seat) {
        news.students.push_back({.student = StudentId{id * 100 + seat},
                                 .name = fmt::format("学生{}", id * 100 + seat),
                                 .school_code = school,
                                 .class_id = ClassId{id},
                                 .expected = true,
                                 .effective = testing::D("2026-09-01"),
                                 .seq = 1});
      }
    }
    Feed(news, 1);
    copy_ = NewCopy();
    ASSERT_TRUE(copy_->duty.Start(std::chrono::seconds{10}));
  }

  // Registry's events up to `position`, as the follower would apply them.
  void Feed(const RosterNews& news, std::uint64_t position) {
    store::Pool pool{options_, system_clock_};
    const auto status = pool.InTransaction([&](store::Transaction& tx) -> base::Status {
      ASSIGN_OR_RETURN([[maybe_unused]] const auto before, store::LockPosition(tx, "registry"));
      RETURN_IF_ERROR(Project(tx, news));
      return store::SavePosition(tx, "registry", position);
    });
    ASSERT_TRUE(status.ok()) << Said(status);
  }

  std::unique_ptr<Copy> NewCopy(RuleBook rules = testing::Rules()) {
    return std::make_unique<Copy>(options_, clock_, TestProfile(std::move(rules)));
  }
  // The same database again, as after a kill.
  void Restart(RuleBook rules = testing::Rules()) {
    copy_.reset();
    copy_ = NewCopy(std::move(rules));
    ASSERT_TRUE(copy_->duty.Start(std::chrono::seconds{10}));
  }

  std::string Key() { return std::string{base::Bytes(ids_.NextId())}; }
  Submission Submit(std::int64_t class_id, base::Date day, Half half,
                    std::vector<SentMark> marks = {}, std::string key = {}) {
    Submission submission;
    submission.key = key.empty() ? Key() : std::move(key);
    submission.command = {ClassId{class_id}, {day, half}, std::move(marks), KeyTag(submission.key)};
    submission.actor = {"T1", "王老师", "homeroom_teacher", "3135000001"};
    submission.taken_at = clock_.Now();
    return submission;
  }
  base::Result<RollCallAnswer> Record(const Submission& submission) {
    return copy_->recorder.Record({&submission, 1}).front();
  }
  // The third absence of 1101 is the last of these mornings.
  void RecordAbsences(std::size_t days) {
    for (const base::Date day : testing::SchoolDaysFrom(testing::D("2026-09-01"), days)) {
      const auto answer =
          Record(Submit(11, day, Half::kMorning, {testing::M(1101, Mark::kAbsent)}));
      ASSERT_TRUE(answer.ok()) << Said(answer);
    }
  }

  std::string Live() {
    return copy_->office.Read([](const Ledger& ledger) { return Describe(ledger); }).value();
  }
  // What a restart would load, without its finding anything anew.
  std::string Reloaded() {
    store::Pool pool{options_, system_clock_};
    const auto mandate = LoadLedger(pool, copy_->office.profile(), clock_.Today());
    return mandate.ok() ? Describe(*mandate->ledger) : Said(mandate);
  }
  // The first cell of the first row, seen by the server's own client.
  std::string Seen(const std::string& sql) {
    std::string text = server_.RunSql(sql, options_.database);
    if (!text.empty()) text.pop_back();
    return text;
  }
  std::vector<std::string> EventTypes() {
    std::vector<std::string> types;
    for (const store::StoredEvent& stored : Events()) types.push_back(stored.event.type);
    return types;
  }
  std::vector<store::StoredEvent> Events() {
    store::Pool pool{options_, system_clock_};
    std::vector<store::StoredEvent> events;
    const auto status = pool.WithSession([&](store::Session& session) -> base::Status {
      ASSIGN_OR_RETURN(events, store::ReadEvents(session, "attendance", 0, 1000));
      return {};
    });
    EXPECT_TRUE(status.ok()) << Said(status);
    return events;
  }

  harness::PrivateMariaDb& server_ = harness::PrivateMariaDb::Shared();
  store::PoolOptions options_ = server_.FreshDatabase();
  base::SystemClock system_clock_;
  base::ManualClock clock_{testing::Evening(testing::D("2026-09-14"))};
  base::SequentialIds ids_;
  std::unique_ptr<Copy> copy_;
};

}  // namespace attendance
