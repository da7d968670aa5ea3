#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "desk.h"

namespace registry {
namespace {

using testing::CellsFor;
using testing::Child;
using testing::Day;
using testing::Desk;
using testing::IdOfChild;
using testing::kJunior;
using testing::kPrimary;
using testing::MakeId;
using testing::Said;

class EnrolmentTest : public ::testing::Test {
 protected:
  EnrolmentTest() {
    desk_.MakeSchools();
    desk_.Apply({}, desk_.Children(6));
    desk_.clock().Set(base::InstantAt(Day(2026, 10, 15), 10 * 60));
  }

  ChangeCommand Command(StudentId student, ChangeKind kind, base::Date effective,
                        std::vector<std::string> evidence) {
    ChangeCommand command;
    command.student_id = student;
    command.enrolment.kind = static_cast<int>(kind);
    command.enrolment.effective = effective;
    command.enrolment.evidence = std::move(evidence);
    command.enrolment.approver = desk_.Write().actor;
    return command;
  }
  StudentId IdOf(int child) { return desk_.Find(IdOfChild(child)).student.id; }
  ClassId ClassOf(const std::string& class_no) {
    return ClassId{std::stoll(
        desk_.Sql("SELECT class_id FROM school_class WHERE class_no = '" + class_no + "'"))};
  }
  ChangeCommand Suspend(int child, base::Date effective) {
    ChangeCommand command =
        Command(IdOf(child), ChangeKind::kSuspend, effective, {"休学申请:1", "医院证明:同安医院"});
    command.enrolment.reason_code = "10";
    command.enrolment.until = Day(2027, 8, 31);
    return command;
  }

  Desk desk_;
};

TEST_F(EnrolmentTest, AChangeIsStateHistoryAndEventTogether) {
  ASSERT_TRUE(desk_.Change(Suspend(0, Day(2026, 10, 12))).ok());
  const StudentView view = desk_.Find(IdOfChild(0));
  EXPECT_EQ(view.student.status, StudentStatus::kSuspended);
  EXPECT_EQ(view.student.until, Day(2027, 8, 31));
  EXPECT_EQ(view.student.version, 2);
  const auto history = desk_.students().History(view.student.id);
  ASSERT_TRUE(history.ok());
  ASSERT_EQ(history->size(), 2u);
  const ChangeRow& change = history->back();
  EXPECT_EQ(change.kind, ChangeKind::kSuspend);
  EXPECT_EQ(change.from_status, StudentStatus::kEnrolled);
  EXPECT_EQ(change.actor.person_id, "officer-1");
  EXPECT_EQ(change.approver.role, "bureau_officer");
  EXPECT_EQ(change.evidence, (std::vector<std::string>{"休学申请:1", "医院证明:同安医院"}));
  const auto event = desk_.Events().back().event;
  EXPECT_EQ(event.type, "registry.student.suspended");
  baoxue::registry::v1::StudentChanged message;
  ASSERT_TRUE(message.ParseFromString(event.payload));
  EXPECT_FALSE(message.expected_in_class());
  EXPECT_EQ(message.reason_code(), "10");
  EXPECT_EQ(message.version(), 2);
}

TEST_F(EnrolmentTest, ARefusedChangeLeavesNothing) {
  const std::string before = desk_.Census();
  ChangeCommand command = Suspend(0, Day(2026, 10, 12));
  command.enrolment.evidence.pop_back();
  const auto refused = desk_.Change(command);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().reason, "EVIDENCE_MISSING");
  EXPECT_EQ(desk_.Census(), before);
  command.student_id = StudentId{9999};
  EXPECT_EQ(desk_.Change(command).error().reason, "STUDENT_UNKNOWN");
  command = Suspend(0, Day(2026, 10, 12));
  command.expected_version = 7;
  const auto stale = desk_.Change(command);
  EXPECT_EQ(stale.error().reason, "VERSION_CHANGED");
  EXPECT_EQ(stale.error().code, base::Code::kConflict);
}

TEST_F(EnrolmentTest, TheSameKeyIsTheSameChange) {
  Enrolments enrolments(desk_.deps());
  const WriteContext write = desk_.Write("change");
  const ChangeCommand command = Suspend(0, Day(2026, 10, 12));
  const auto encode = [](const StudentView& view) { return std::to_string(view.student.version); };
  std::vector<std::thread> threads;
  std::vector<std::string> replies(4);
  for (std::size_t i = 0; i < replies.size(); ++i) {
    threads.emplace_back([&, i] {
      const auto reply = enrolments.Change(command, write, encode);
      replies[i] = reply.ok() ? *reply : reply.error().ToString();
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const std::string& reply : replies) EXPECT_EQ(reply, "2");
  EXPECT_EQ(desk_.students().History(command.student_id)->size(), 2u);
}

TEST_F(EnrolmentTest, AnyStatementMayFailAndTheChangeIsWholeOrNot) {
  const ChangeCommand command = Suspend(1, Day(2026, 10, 12));
  const std::string before = desk_.Census();
  const WriteContext write = desk_.Write("change");
  int failures = 0;
  for (int n = 0; n < 60; ++n) {
    store::FailPlan plan{
        .fail_at = n, .error = {base::Code::kUnavailable, "DB_DOWN", "planned"}, .seen = 0};
    desk_.pool().set_fail_plan(&plan);
    const auto reply = Enrolments(desk_.deps()).Change(command, write, [](const StudentView&) {
      return std::string{"done"};
    });
    desk_.pool().set_fail_plan(nullptr);
    if (reply.ok()) break;
    ++failures;
    EXPECT_EQ(desk_.Census(), before);
  }
  EXPECT_GT(failures, 5);
  EXPECT_EQ(desk_.students().History(command.student_id)->size(), 2u);
}

TEST_F(EnrolmentTest, ANewStudentIsRegisteredOnce) {
  const std::string id = MakeId("350212", Day(2016, 5, 6), 811);
  ChangeCommand command = Command({}, ChangeKind::kRegister, Day(2026, 9, 10), {"户口簿:页1"});
  command.enrolment.class_id = ClassOf("601");
  command.details = {{"姓名", "周 明"}, {"身份证件号", id}, {"就读方式", "2"}, {"班内学号", "46"}};
  ASSERT_TRUE(desk_.Change(command).ok()) << Said(desk_.Change(command));
  const Student& student = desk_.last().student;
  EXPECT_EQ(student.name, "周明");
  EXPECT_EQ(student.sex, Sex::kMale);         // from the number
  EXPECT_EQ(student.birth, Day(2016, 5, 6));  // from the number
  EXPECT_TRUE(student.boarding);
  EXPECT_EQ(student.school_code, kPrimary);
  EXPECT_EQ(student.version, 1);
  EXPECT_EQ(desk_.Events().back().event.type, "registry.student.registered");
  const auto again = desk_.Change(command);
  ASSERT_FALSE(again.ok());
  EXPECT_EQ(again.error().reason, "STUDENT_EXISTS");
  EXPECT_EQ(again.error().code, base::Code::kAlreadyExists);
  command.details["身份证件号"] = "350212201605060000";
  EXPECT_EQ(desk_.Change(command).error().reason, "DETAILS_REFUSED");
  command.details = {{"身高", "150"}};
  EXPECT_EQ(desk_.Change(command).error().reason, "DETAILS_UNKNOWN_COLUMN");
}

TEST_F(EnrolmentTest, TheRosterAgreesAfterAChangeOfClass) {
  ChangeCommand command = Command(IdOf(0), ChangeKind::kChangeClass, Day(2026, 10, 12), {});
  command.enrolment.class_id = ClassOf("602");
  ASSERT_TRUE(desk_.Change(command).ok());
  auto child = Child(0);
  child[Field::kClassNo] = "602";
  const ImportReport report = desk_.Apply({}, {CellsFor(ImportKind::kRoster, child)});
  EXPECT_EQ(testing::Count(report, "unchanged"), 1u);
}

TEST_F(EnrolmentTest, AStudentMovesThroughALife) {
  const StudentId id = IdOf(2);
  const auto step = [&](ChangeCommand command) {
    const auto done = desk_.Change(command);
    EXPECT_TRUE(done.ok()) << Said(done);
    return desk_.last().student;
  };
  EXPECT_EQ(step(Suspend(2, Day(2026, 10, 1))).status, StudentStatus::kSuspended);
  EXPECT_EQ(
      step(Command(id, ChangeKind::kResume, Day(2026, 10, 2), {"复学申请:1", "健康证明:2"})).status,
      StudentStatus::kReturned);
  EXPECT_EQ(step(Command(id, ChangeKind::kKeep, Day(2026, 10, 3), {"辍学书面报告:1"})).status,
            StudentStatus::kLost);
  EXPECT_EQ(step(Command(id, ChangeKind::kResume, Day(2026, 10, 4), {"复学登记:1"})).status,
            StudentStatus::kReturned);
  EXPECT_TRUE(
      step(Command(id, ChangeKind::kHomeTeaching, Day(2026, 10, 5), {"残疾证:1", "送教计划:1"}))
          .home_teaching);
  EXPECT_FALSE(step(Command(id, ChangeKind::kEndHomeTeaching, Day(2026, 10, 6), {})).home_teaching);
  ChangeCommand out = Command(id, ChangeKind::kTransferOut, Day(2026, 10, 7), {"转学申请:1"});
  out.enrolment.other_school = "长泰小学";
  out.enrolment.other_division = "350625";
  const Student gone = step(out);
  baoxue::registry::v1::StudentChanged told;
  ASSERT_TRUE(told.ParseFromString(desk_.Events().back().event.payload));
  EXPECT_EQ(told.other_school(), "长泰小学");
  EXPECT_EQ(told.other_division(), "350625") << "who follows knows where the child went";
  EXPECT_EQ(gone.status, StudentStatus::kTransferredOut);
  EXPECT_FALSE(gone.class_id);
  ChangeCommand back = Command(id, ChangeKind::kTransferIn, Day(2026, 10, 8), {"转学申请:2"});
  back.enrolment.class_id = ClassOf("603");
  back.enrolment.other_school = "长泰小学";
  EXPECT_EQ(step(back).status, StudentStatus::kEnrolled);
  EXPECT_EQ(step(Command(id, ChangeKind::kGraduate, Day(2026, 10, 9), {"毕业名册:1"})).status,
            StudentStatus::kGraduated);
  const auto history = desk_.students().History(id);
  ASSERT_TRUE(history.ok());
  EXPECT_EQ(history->size(), 10u);
  EXPECT_THAT((*history)[7].note, ::testing::HasSubstr("长泰小学 350625"));
}

TEST_F(EnrolmentTest, WhatTheRegistrySaidOnADayCanBeAsked) {
  // Registered on 1 September; suspended from 5 October, recorded on 15 October.
  ASSERT_TRUE(desk_.Change(Suspend(3, Day(2026, 10, 5))).ok());
  const std::string id = IdOfChild(3);
  const auto status = [&](std::optional<base::Date> on, std::optional<base::Date> known) {
    return desk_.Find(id, AsOf{on, known}).student.status;
  };
  EXPECT_EQ(status(Day(2026, 10, 4), {}), StudentStatus::kEnrolled);
  EXPECT_EQ(status(Day(2026, 10, 5), {}), StudentStatus::kSuspended);
  // On 10 October the registry did not know it yet.
  EXPECT_EQ(status(Day(2026, 10, 10), Day(2026, 10, 10)), StudentStatus::kEnrolled);
  EXPECT_EQ(status(Day(2026, 10, 10), Day(2026, 10, 15)), StudentStatus::kSuspended);
  EXPECT_EQ(desk_.students()
                .Get(WhichStudent{.id_number = id}, AsOf{Day(2026, 8, 31), {}})
                .error()
                .reason,
            "NOT_REGISTERED_THEN");
}

TEST_F(EnrolmentTest, ColumnsAreRolledBackToo) {
  auto child = Child(4);
  child[Field::kAddress] = "十月的地址";
  child[Field::kClassNo] = "603";
  desk_.Apply({.valid_from = Day(2026, 10, 10)}, {CellsFor(ImportKind::kRoster, child)});
  child[Field::kAddress] = "十一月的地址";
  desk_.clock().Set(base::InstantAt(Day(2026, 11, 2), 600));
  desk_.Apply({}, {CellsFor(ImportKind::kRoster, child)});
  const std::string id = IdOfChild(4);
  const auto address = [&](base::Date on) {
    return std::string{desk_.Find(id, AsOf{on, {}}).student.details.Get(Field::kAddress)};
  };
  EXPECT_EQ(address(Day(2026, 10, 9)), "同安区某路4号");
  EXPECT_EQ(address(Day(2026, 10, 10)), "十月的地址");
  EXPECT_EQ(address(Day(2026, 11, 2)), "十一月的地址");
  EXPECT_EQ(desk_.Find(id, AsOf{Day(2026, 10, 9), {}}).class_name, "六年级2班");
  EXPECT_EQ(desk_.Find(id).class_name, "六年级3班");
  // A list as of a day is the list of that day.
  const auto then =
      desk_.students().List(StudentFilter{.school_code = kPrimary}, AsOf{Day(2026, 10, 9), {}});
  ASSERT_TRUE(then.ok());
  EXPECT_EQ(then->size(), 6u);
  EXPECT_EQ((*then)[4].class_name, "六年级2班");
}

TEST_F(EnrolmentTest, StudentsAreFoundByEveryNumber) {
  const StudentView by_id = desk_.Find(IdOfChild(1));
  const auto by_no = desk_.students().Get(WhichStudent{.student_no = "G" + IdOfChild(1)}, {});
  ASSERT_TRUE(by_no.ok());
  EXPECT_EQ(by_no->student.id, by_id.student.id);
  EXPECT_EQ(desk_.students().Get(WhichStudent{.id = by_id.student.id}, {})->student.name, "王小丽");
  EXPECT_EQ(desk_.students().Get(WhichStudent{}, {}).error().reason, "WHO_MISSING");
  EXPECT_EQ(
      desk_.students().Get(WhichStudent{.id_number = "11010519491231002X"}, {}).error().reason,
      "STUDENT_UNKNOWN");
  const auto named = desk_.students().List(StudentFilter{.name = "王芳"}, {});
  ASSERT_TRUE(named.ok());
  EXPECT_EQ(named->size(), 3u);
}

}  // namespace
}  // namespace registry
