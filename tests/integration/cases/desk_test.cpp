// Use cases on a real server: once only, all or nothing, one open case a child, deadlines once.
#include <atomic>
#include <thread>

#include "integration/cases/desk_fixture.h"

namespace cases::testing {
namespace {

using CasesDesk = DeskTest;
using CasesStore = DeskTest;
using Deadlines = DeskTest;

TEST_F(CasesDesk, AnOfficerOpensAndASecondOneAttaches) {
  OpenByHand open{.subject = {.student = StudentId{3}},
                  .signal = {.found_by = "摸排", .reason = "入户发现", .actor = Officer()}};
  const auto encode = [](const Sheet& sheet, bool attached) {
    return fmt::format("{} {} {}", sheet.row.contacts.student_name, sheet.row.state, attached);
  };
  Once once = Key(1);
  EXPECT_EQ(*desk_->Open(open, once, encode), "学生3 10 false");
  EXPECT_EQ(*desk_->Open(open, once, encode), "学生3 10 false") << "the same key: the first answer";
  EXPECT_EQ(*desk_->Open(open, Key(2), encode), "学生3 10 true");
  EXPECT_EQ(Sql("SELECT COUNT(*) FROM case_file"), "1\n");
  once.request_type = "another";
  EXPECT_EQ(desk_->Open(open, once, encode).error().reason, "KEY_REUSED");
  once.key = "short";
  EXPECT_EQ(desk_->Open(open, once, encode).error().reason, "KEY_MISSING");
  open.subject.student = StudentId{77};
  EXPECT_EQ(desk_->Open(open, Key(3), encode).error().reason, "STUDENT_UNKNOWN");
  open.subject = {};
  EXPECT_EQ(desk_->Open(open, Key(4), encode).error().reason, "SUBJECT_MISSING");
  open.subject.person = PersonId{5};
  open.signal.contacts = {};
  EXPECT_EQ(*desk_->Open(open, Key(5), encode), " 10 false") << "a child without enrolment";
  ExpectProjected();
}

TEST_F(CasesDesk, ActsOnceAndOnTheVersionThatWasSeen) {
  ASSERT_TRUE(Suspect(1).ok());
  const CaseId id = CaseOf(1);
  const int seen = SheetOf(1).row.version;
  const auto first = Do(id, Persuasion(), 1, Teacher(), seen);
  ASSERT_TRUE(first.ok()) << Said(first);
  EXPECT_EQ(*Do(id, Persuasion(), 1, Teacher(), seen), *first);
  EXPECT_EQ(SheetOf(1).view.facts.persuasions, 1);
  EXPECT_EQ(Do(id, Persuasion(), 2, Teacher(), seen).error().reason, "VERSION_MISMATCH");
  EXPECT_EQ(Do(id, Kind("order"), 3).error().reason, "FIELD_MISSING");
  EXPECT_EQ(Do(CaseId{999}, Persuasion(), 4).error().reason, "NO_CASE");
  EXPECT_EQ(SheetOf(1).view.facts.persuasions, 1);
  ExpectProjected();
}

TEST_F(CasesDesk, ARefusedActLeavesNoTrace) {
  ASSERT_TRUE(Suspect(1).ok());
  const std::string before = Dump();
  MoveTo("2026-09-10 20:00");  // deadlines are due, too
  EXPECT_EQ(Do(CaseOf(1), Kind("report"), 1).error().reason, "PERSUASIONS_MISSING");
  EXPECT_EQ(Dump(), before);
}

// Each statement of each use case fails once; nothing of it stays, and the next try does it all.
TEST_F(CasesDesk, AllOrNothingWhicheverStatementFails) {
  ASSERT_TRUE(Suspect(1).ok());
  const CaseId id = CaseOf(1);
  int key = 100;
  const std::vector<std::pair<std::string, std::function<base::Status()>>> work{
      {"suspect", [&] { return Suspect(2, 22); }},
      {"act",
       [&]() -> base::Status {
         const auto done = Do(id, Persuasion(), key);
         return done.ok() ? base::Status{} : base::Status{done.error()};
       }},
      {"open",
       [&]() -> base::Status {
         const OpenByHand open{.subject = {.student = StudentId{4}},
                               .signal = {.found_by = "举报", .actor = Officer()}};
         const auto done = desk_->Open(open, Key(key), [](const Sheet&, bool) { return "x"; });
         return done.ok() ? base::Status{} : base::Status{done.error()};
       }},
      {"deadlines", [&]() -> base::Status {
         clock_.Set(At("2026-09-11 17:30"));
         const auto done = desk_->RunDeadlines(id, std::nullopt);
         return done.ok() ? base::Status{} : base::Status{done.error()};
       }}};
  for (const auto& [name, run] : work) {
    ++key;
    int statements = 0;
    for (int n = 0;; ++n) {
      const std::string before = Dump();
      store::FailPlan plan{.fail_at = n,
                           .error = {base::Code::kUnavailable, "DB_DOWN", "on purpose"}};
      pool_->set_fail_plan(&plan);
      const base::Status status = run();
      pool_->set_fail_plan(nullptr);
      if (status.ok()) {
        statements = n;
        EXPECT_NE(Dump(), before) << name;
        break;
      }
      EXPECT_EQ(status.error().reason, "DB_DOWN") << name << " statement " << n;
      ASSERT_EQ(Dump(), before) << name << " statement " << n;
    }
    EXPECT_GE(statements, 7) << name;
    ExpectProjected();
  }
}

// The commit's answer is lost: the caller repeats with the same key, and it has happened once.
TEST_F(CasesDesk, AnUnknownOutcomeIsRepeatedSafely) {
  ASSERT_TRUE(Suspect(1).ok());
  const CaseId id = CaseOf(1);
  const auto first = Do(id, Persuasion(), 1);
  ASSERT_TRUE(first.ok());
  for (int i = 0; i < 3; ++i) EXPECT_EQ(*Do(id, Persuasion(), 1), *first);
  EXPECT_EQ(SheetOf(1).view.facts.persuasions, 1);
  EXPECT_EQ(Sql("SELECT COUNT(*) FROM event_log WHERE type = 'cases.case.act_recorded'"), "1\n");
}

TEST_F(CasesStore, OneOpenCaseAChild) {
  std::atomic<int> failed{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (int student = 1; student <= 9; ++student) {
        const base::Status status = Suspect(student, 100 * t + student);
        if (!status.ok()) ++failed;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(failed, 0);
  EXPECT_EQ(Sql("SELECT COUNT(*), COUNT(DISTINCT open_key) FROM case_file"), "9\t9\n");
  EXPECT_EQ(Sql("SELECT COUNT(*) FROM case_history WHERE kind = 'attached'"), "27\n");
  EXPECT_EQ(Sql("SELECT COUNT(*), MAX(seq) = COUNT(*) FROM event_log").back(), '\n');
  ExpectProjected();
}

TEST_F(CasesStore, HistoriesComeBackAsTheyWere) {
  ASSERT_TRUE(Suspect(1).ok());
  const CaseId id = CaseOf(1);
  Act rich = Persuasion("家访", "承诺");
  rich.at = At("2026-09-08 19:00");
  rich.promised_on = Day("2026-09-12");
  rich.place = "大同街道";
  rich.participants = {"林老师", "陈校长"};
  rich.text = "约定“下周一”返校\n'; DROP TABLE case_file; --";
  rich.evidence = {"照片:a.jpg", "录音：b.mp3"};
  rich.witness = "村主任";
  ASSERT_TRUE(Do(id, rich, 1).ok());
  Act suspend = Kind("suspend_clock", "病");
  suspend.clock = "visit";
  suspend.clock = "report_school";
  suspend.until = Day("2026-09-14");
  ASSERT_TRUE(Do(id, suspend, 2).ok());
  const History history = SheetOf(1).history;
  const auto found = std::find_if(history.begin(), history.end(),
                                  [](const Entry& e) { return e.act.kind == "persuasion"; });
  ASSERT_NE(found, history.end());
  Act stored = found->act;
  EXPECT_EQ(stored, rich);
  EXPECT_EQ(found->actor, Teacher());
  EXPECT_EQ(found->at, At("2026-09-08 19:00"));
  EXPECT_EQ(found->recorded_at, At("2026-09-09 08:30"));
  EXPECT_EQ(Fold(history).FindClock("report_school")->remaining, 2);
  EXPECT_EQ(Fold(history).contacts.teacher, "林老师");
  EXPECT_EQ(Fold(history).first_absent, Day("2026-09-07"));
}

TEST_F(CasesStore, ARowThatMakesNoSenseIsSaidNotGuessed) {
  ASSERT_TRUE(Suspect(1).ok());
  Sql("UPDATE case_history SET details = '[1]' WHERE version = 2");
  const auto sheet = desk_->Get({}, {.student = StudentId{1}});
  ASSERT_FALSE(sheet.ok());
  EXPECT_EQ(sheet.error().reason, "BAD_HISTORY_ROW");
}

TEST_F(CasesStore, ListsCountsAndTasks) {
  for (int student = 1; student <= 5; ++student) ASSERT_TRUE(Suspect(student, student).ok());
  ASSERT_TRUE(Do(CaseOf(5), Kind("returned", ""), 1).ok());
  MoveTo("2026-09-09 18:00");
  const auto due = desk_->Due(100);
  for (const CaseId id : *due) ASSERT_TRUE(desk_->RunDeadlines(id, {}).ok());
  EXPECT_EQ(*desk_->Count({.open_only = true}), 5u);
  EXPECT_EQ(*desk_->Count({.overdue_only = true}), 4u);
  EXPECT_EQ(*desk_->Count({.state = "40"}), 1u);
  EXPECT_EQ(*desk_->Count({.level = 2}), 0u);
  EXPECT_EQ(*desk_->Count({.school_code = "2135000001"}), 5u);
  const auto page = desk_->List({.after = CaseOf(2), .limit = 2});
  ASSERT_EQ(page->size(), 2u);
  EXPECT_EQ((*page)[0].contacts.student_name, "学生3");
  const auto overdue = desk_->Tasks({.overdue_only = true});
  ASSERT_EQ(overdue->size(), 4u);
  EXPECT_EQ((*overdue)[0].clock, "contact");
  EXPECT_EQ((*overdue)[0].student_name, "学生1");
  EXPECT_EQ(*desk_->CountTasksOf({.person_id = "t1"}), *desk_->CountTasksOf({}));
  EXPECT_EQ(*desk_->CountTasksOf({.person_id = "t8"}), 0u);
  const CaseCounts counts = *desk_->Counts();
  EXPECT_EQ(counts.opened, 5u);
  EXPECT_EQ(counts.overdue_tasks, 4u);
  ASSERT_EQ(counts.levels.size(), 1u);
  EXPECT_EQ(counts.levels[0].overdue, 4u);
}

TEST_F(Deadlines, FireOnceOnTheirDay) {
  ASSERT_TRUE(Suspect(1).ok());
  const CaseId id = CaseOf(1);
  EXPECT_EQ(*desk_->NextDue(), At("2026-09-09 18:00"));
  EXPECT_EQ(*desk_->CountDue(), 0u);
  EXPECT_FALSE(*desk_->RunDeadlines(id, {})) << "not due: nothing happens";
  MoveTo("2026-09-09 18:00");
  ASSERT_EQ(desk_->Due(10)->size(), 1u);
  EXPECT_TRUE(*desk_->RunDeadlines(id, {}));
  EXPECT_FALSE(*desk_->RunDeadlines(id, {})) << "delivered twice";
  EXPECT_EQ(*desk_->CountDue(), 0u);
  EXPECT_EQ(Sql("SELECT COUNT(*) FROM event_log WHERE type = 'cases.task.overdue'"), "1\n");
  EXPECT_EQ(*desk_->NextDue(), At("2026-09-10 17:30"));
  ExpectProjected();
}

TEST_F(Deadlines, ManyWorkersFireEachOnce) {
  for (int student = 1; student <= 9; ++student) ASSERT_TRUE(Suspect(student, student).ok());
  MoveTo("2026-09-11 17:30");
  std::vector<std::thread> threads;
  std::atomic<int> failed{0};
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      const auto due = desk_->Due(100);
      if (!due.ok()) ++failed;
      for (const CaseId id : *due) {
        if (!desk_->RunDeadlines(id, {}).ok()) ++failed;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(failed, 0);
  // contact, visit and report_school expired in each case, once; each moved up once.
  EXPECT_EQ(Sql("SELECT type, COUNT(*) FROM event_log WHERE type IN ('cases.task.overdue', "
                "'cases.case.escalated') GROUP BY type ORDER BY type"),
            "cases.case.escalated\t9\ncases.task.overdue\t27\n");
  EXPECT_EQ(Sql("SELECT DISTINCT level FROM case_file"), "2\n");
  ExpectProjected();
}

TEST_F(Deadlines, AWorkerThatDiesBeforeItsCommitLeavesTheDeadlineDue) {
  ASSERT_TRUE(Suspect(1).ok());
  const CaseId id = CaseOf(1);
  MoveTo("2026-09-11 17:30");
  const std::string before = Dump();
  const base::Status died = pool_->InTransaction([&](store::Transaction& tx) -> base::Status {
    CaseWriter writer{tx, rules_, clock_.Now(), desk_->describe()};
    const auto written = writer.Give(id, Tick{});
    EXPECT_TRUE(written.ok());
    RETURN_IF_ERROR(writer.Finish());
    return base::Error{base::Code::kUnavailable, "KILLED", ""};
  });
  EXPECT_FALSE(died.ok());
  EXPECT_EQ(Dump(), before);
  EXPECT_EQ(desk_->Due(10)->size(), 1u);
  EXPECT_TRUE(*desk_->RunDeadlines(id, {}));
  EXPECT_EQ(SheetOf(1).row.level, 2);
}

TEST_F(Deadlines, AnUnwatchedWatchStaysDueUntilAttendanceAnswers) {
  ASSERT_TRUE(Suspect(1).ok());
  const CaseId id = CaseOf(1);
  ASSERT_TRUE(Do(id, Kind("returned", ""), 1).ok());
  EXPECT_EQ(*desk_->PresenceToAsk(id), std::nullopt);
  MoveTo("2026-09-16 17:30");
  const auto question = desk_->PresenceToAsk(id);
  ASSERT_TRUE(question.ok() && question->has_value());
  EXPECT_EQ((*question)->student, StudentId{1});
  EXPECT_EQ((*question)->since, Day("2026-09-09"));
  EXPECT_FALSE(*desk_->RunDeadlines(id, {}));
  EXPECT_EQ(*desk_->CountDue(), 1u);
  const Presence presence{.since = Day("2026-09-09"), .present_days_in_row = 6};
  EXPECT_TRUE(*desk_->RunDeadlines(id, presence));
  EXPECT_EQ(*desk_->CountDue(), 0u);
  EXPECT_FALSE(*desk_->RunDeadlines(id, presence));
}

}  // namespace
}  // namespace cases::testing
