// Other services' events as the follower applies them: in one transaction with its position.
#include "integration/cases/desk_fixture.h"

namespace cases::testing {
namespace {

using CasesReactions = DeskTest;

TEST_F(CasesReactions, ASuspicionFindsTheTeacherInItsOwnProjection) {
  ASSERT_TRUE(Suspect(1).ok());
  const Sheet sheet = SheetOf(1);
  EXPECT_EQ(sheet.row.responsible.person, "林老师");
  EXPECT_EQ(sheet.row.contacts.class_name, "三年级2班");
  EXPECT_EQ(Sql("SELECT type FROM event_log ORDER BY seq LIMIT 1"), "cases.case.opened\n");
}

TEST_F(CasesReactions, BeforeTheRegistryIsReadTheEventItselfMustDo) {
  Suspicion suspicion = SuspicionOf(55, 5, Now());
  suspicion.seen = {.student_name = "新同学", .school_code = "2135000009", .class_id = ClassId{99}};
  ASSERT_TRUE(Feed([&](FeedDesk& feed) { return feed.Suspect(suspicion); }).ok());
  EXPECT_EQ(SheetOf(55).row.contacts.student_name, "新同学");
  EXPECT_EQ(SheetOf(55).row.responsible.body, "2135000009") << "no teacher, no name: the school";
  RegistryBatch batch;
  batch.students = {{.student = StudentId{55}, .name = "新同学", .school_code = "2135000001",
                     .class_id = ClassId{8}, .version = 2}};
  ASSERT_TRUE(Feed([&](FeedDesk& feed) { return feed.Registry(batch, Now()); }).ok());
  EXPECT_EQ(SheetOf(55).row.responsible.person, "黄老师");
  EXPECT_EQ(Sql("SELECT DISTINCT owner_person FROM case_clock WHERE level = 1 AND clock = 'visit'"),
            "黄老师\n");
  ExpectProjected();
}

TEST_F(CasesReactions, AnOlderVersionOfAStudentChangesNothing) {
  RegistryBatch batch;
  batch.students = {{.student = StudentId{1}, .name = "学生1", .school_code = "2135000001",
                     .class_id = ClassId{8}, .version = 5},
                    {.student = StudentId{1}, .name = "旧名", .school_code = "2135000001",
                     .class_id = ClassId{7}, .version = 4}};
  ASSERT_TRUE(Feed([&](FeedDesk& feed) { return feed.Registry(batch, Now()); }).ok());
  EXPECT_EQ(Sql("SELECT name, class_id, version FROM student_place WHERE student_id = 1"),
            "学生1\t8\t5\n");
}

TEST_F(CasesReactions, ANewTeacherTakesOverTheClassesCases) {
  ASSERT_TRUE(Suspect(1).ok());
  RegistryBatch batch;
  batch.classes = {{.class_id = ClassId{7}, .school_code = "2135000001", .name = "三年级2班",
                    .teacher_id = "t9", .teacher = "赵老师"}};
  ASSERT_TRUE(Feed([&](FeedDesk& feed) { return feed.Registry(batch, Now()); }).ok());
  EXPECT_EQ(SheetOf(1).row.responsible.person, "赵老师");
  EXPECT_EQ(*desk_->CountTasksOf({.person_id = "t1"}), 0u);
  const std::string before = Dump();
  ASSERT_TRUE(Feed([&](FeedDesk& feed) { return feed.Registry(batch, Now()); }).ok());
  EXPECT_EQ(Dump(), before) << "the same again changes nothing";
}

TEST_F(CasesReactions, WithdrawnReturnedAndTransferred) {
  ASSERT_TRUE(Suspect(1, 11).ok());
  ASSERT_TRUE(Suspect(2, 12).ok());
  ASSERT_TRUE(Suspect(3, 13).ok());
  ASSERT_TRUE(Feed([&](FeedDesk& feed) -> base::Status {
                RETURN_IF_ERROR(feed.Withdraw({.student = StudentId{1}},
                                              {.at = Now(), .reference = "streak/11",
                                               .why = "补交病假条"}));
                RETURN_IF_ERROR(feed.Return({.student = StudentId{2}},
                                            {.at = Now(), .day = Day("2026-09-09")}));
                RETURN_IF_ERROR(feed.Return({.student = StudentId{9}},
                                            {.at = Now(), .day = Day("2026-09-09")}));
                RegistryBatch batch;
                batch.facts = {{StudentId{3}, {.at = Now(), .event = "transferred_out",
                                               .text = "转出", .effective = Day("2026-09-09")}}};
                return feed.Registry(batch, Now());
              }).ok());
  EXPECT_EQ(SheetOf(1).row.state, "90");
  EXPECT_EQ(SheetOf(2).row.state, "40");
  EXPECT_EQ(SheetOf(3).row.state, "41");
  EXPECT_EQ(Sql("SELECT open_key IS NULL FROM case_file WHERE student_id = 1"), "1\n");
  ASSERT_TRUE(Suspect(1, 21).ok());
  EXPECT_EQ(Sql("SELECT COUNT(*) FROM case_file WHERE student_id = 1"), "2\n")
      << "a withdrawn case stays withdrawn; the next absence is a new one";
  ExpectProjected();
}

TEST_F(CasesReactions, AClosedCaseIsReopened) {
  ASSERT_TRUE(Suspect(3, 13).ok());
  const CaseId id = CaseOf(3);
  ASSERT_TRUE(Do(id, Resolve("41", {"转学完成:1"}), 1).ok());
  Act review = Kind("review", "");
  review.approve = true;
  ASSERT_TRUE(Do(id, review, 2, Reviewer()).ok());
  EXPECT_EQ(Sql("SELECT open_key IS NULL, next_due_at IS NULL FROM case_file"), "1\t1\n");
  MoveTo("2026-10-20 08:30");
  ASSERT_TRUE(Suspect(3, 14).ok());
  EXPECT_EQ(CaseOf(3), id);
  EXPECT_EQ(SheetOf(3).row.state, "10");
  EXPECT_EQ(Sql("SELECT COUNT(*) FROM event_log WHERE type IN ('cases.case.closed', "
                "'cases.case.reopened')"), "2\n");
  MoveTo("2027-03-20 08:30");
}

TEST_F(CasesReactions, AChildWithoutEnrolmentIsTheInboxsCase) {
  Suspicion suspicion;
  suspicion.subject.person = PersonId{4711};
  suspicion.signal = {.at = Now(), .found_by = "比对", .reference = "match/B11", .reason = "未入学"};
  suspicion.seen.student_name = "黑户";
  ASSERT_TRUE(Feed([&](FeedDesk& feed) { return feed.Suspect(suspicion); }).ok());
  const auto sheet = desk_->Get({}, {.person = PersonId{4711}});
  ASSERT_TRUE(sheet.ok()) << Said(sheet);
  EXPECT_EQ(sheet->row.responsible.person_id, "inbox");
  EXPECT_EQ(sheet->row.subject.student, StudentId{});
  ExpectProjected();
}

// The events of a change carry no name and tell the state after each entry.
TEST_F(CasesReactions, EventsTellStatesNotNames) {
  ASSERT_TRUE(Suspect(1).ok());
  ASSERT_TRUE(Do(CaseOf(1), Persuasion(), 1).ok());
  ASSERT_TRUE(Do(CaseOf(1), Kind("report"), 2).ok());
  const std::string types = Sql("SELECT type FROM event_log ORDER BY seq");
  EXPECT_EQ(types.substr(0, types.find("cases.case.act_recorded")),
            "cases.case.opened\ncases.task.due\ncases.task.due\ncases.task.due\n"
            "cases.task.due\n");
  EXPECT_NE(types.find("cases.case.state_changed"), std::string::npos);
  EXPECT_NE(types.find("cases.case.escalated"), std::string::npos);
  EXPECT_EQ(Sql("SELECT COUNT(*) FROM event_log WHERE INSTR(payload, '学生1') > 0"), "0\n");
}

}  // namespace
}  // namespace cases::testing
