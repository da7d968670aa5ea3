#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "desk.h"

namespace registry {
namespace {

using testing::CellsFor;
using testing::Child;
using testing::Count;
using testing::Day;
using testing::Desk;
using testing::IdOfChild;
using testing::kJunior;
using testing::kPrimary;
using testing::RowCells;
using testing::Said;
using testing::Table;

RowCells With(RowCells row, Field field, const std::string& value) {
  row[field] = value;
  return row;
}
std::vector<std::string> Roster(const RowCells& row) { return CellsFor(ImportKind::kRoster, row); }

TEST(Import, AddsWhoIsNewAndTellsIt) {
  Desk desk;
  desk.MakeSchools();
  const std::uint64_t before = desk.Head();
  const ImportReport report = desk.Apply({}, desk.Children(10));
  EXPECT_EQ(Count(report, "added"), 10u);
  EXPECT_EQ(Count(report, "refused"), 0u);
  EXPECT_EQ(Count(report, "warning:CLASS_NEW"), 10u);
  const auto events = desk.Events(before);
  // Three classes that no list named, and ten children.
  std::map<std::string, int> types;
  for (const auto& stored : events) ++types[stored.event.type];
  EXPECT_EQ(types["registry.class.changed"], 3);
  EXPECT_EQ(types["registry.student.registered"], 10);
  EXPECT_GT(desk.notified, 0);

  const StudentView view = desk.Find(IdOfChild(4));
  EXPECT_EQ(view.student.name, "王芳");
  EXPECT_EQ(view.school_name, "第一小学");
  EXPECT_EQ(view.class_name, "六年级2班");
  EXPECT_EQ(view.student.status, StudentStatus::kEnrolled);
  EXPECT_EQ(view.student.version, 1);
  EXPECT_FALSE(view.student.non_local);
  EXPECT_TRUE(desk.Find(IdOfChild(0)).student.non_local);
}

TEST(Import, EventsCarryTheStateAfterTheChange) {
  Desk desk;
  desk.MakeSchools();
  desk.Apply({}, desk.Children(1));
  baoxue::registry::v1::StudentChanged message;
  ASSERT_TRUE(message.ParseFromString(desk.Events().back().event.payload));
  EXPECT_EQ(message.name(), "王芳");
  EXPECT_EQ(message.school_code(), kPrimary);
  EXPECT_TRUE(message.expected_in_class());
  EXPECT_NE(message.class_id(), 0);
  EXPECT_EQ(message.effective().year(), 2026);
  EXPECT_EQ(message.kind(), baoxue::registry::v1::CHANGE_KIND_REGISTER);
  EXPECT_EQ(message.seat_no(), "1");
  EXPECT_TRUE(message.non_local());
}

TEST(Import, TheSameFileAgainChangesNothing) {
  Desk desk;
  desk.MakeSchools();
  const Table rows = desk.Children(10);
  desk.Apply({.full = true}, rows);
  const std::string before = desk.Census();
  const ImportReport again = desk.Apply({.full = true}, rows);
  EXPECT_EQ(Count(again, "unchanged"), 10u);
  EXPECT_EQ(Count(again, "added") + Count(again, "changed") + Count(again, "refused"), 0u);
  EXPECT_EQ(again.head.missing, 0u);
  EXPECT_EQ(desk.Census(), before);
}

TEST(Import, AChangedRowSaysWhichFields) {
  Desk desk;
  desk.MakeSchools();
  desk.Apply({}, desk.Children(6));
  Table rows = desk.Children(6);
  rows[2] =
      Roster(With(With(Child(2), Field::kAddress, "新址"), Field::kMember1Phone, "13900000000"));
  rows[3] = Roster(With(Child(3), Field::kClassNo, "602"));
  const ImportReport report = desk.Apply({}, rows);
  EXPECT_EQ(Count(report, "changed"), 2u);
  EXPECT_EQ(Count(report, "unchanged"), 4u);
  EXPECT_EQ(Count(report, "field:20"), 1u);
  EXPECT_EQ(Count(report, "field:16"), 1u);
  const auto page = desk.imports().ListRows(report.head.id, Outcome::kChanged, 0, 100);
  ASSERT_TRUE(page.ok());
  ASSERT_EQ(page->rows.size(), 2u);
  EXPECT_EQ(page->rows[0].row.row_no, 4u);
  EXPECT_EQ(page->rows[0].row.fields, (std::vector<Field>{Field::kAddress, Field::kMember1Phone}));
  const StudentView moved = desk.Find(IdOfChild(3));
  EXPECT_EQ(moved.class_name, "六年级2班");
  EXPECT_EQ(moved.student.version, 2);
  EXPECT_EQ(desk.Events().back().event.type, "registry.student.class_changed");
}

TEST(Import, AnEmptyCellErasesNothing) {
  Desk desk;
  desk.MakeSchools();
  desk.Apply({}, desk.Children(1));
  const ImportReport report = desk.Apply({}, {Roster(With(Child(0), Field::kAddress, ""))});
  EXPECT_EQ(Count(report, "unchanged"), 1u);
  EXPECT_EQ(desk.Find(IdOfChild(0)).student.details.Get(Field::kAddress), "同安区某路0号");
}

TEST(Import, RefusedRowsComeBackAsTheyWereWithTheReason) {
  Desk desk;
  desk.MakeSchools();
  Table rows = desk.Children(5);
  rows[1] = Roster(With(Child(1), Field::kIdNumber, "3.50212E+17"));
  rows[3] = Roster(With(Child(3), Field::kSchoolCode, "2135009999"));
  const ImportReport report = desk.Apply({}, rows);
  EXPECT_EQ(Count(report, "added"), 3u);
  EXPECT_EQ(Count(report, "refused"), 2u);
  EXPECT_EQ(Count(report, "reason:ID_EXCEL_DAMAGED"), 1u);
  EXPECT_EQ(Count(report, "reason:SCHOOL_UNKNOWN"), 1u);
  const auto page = desk.imports().ListRows(report.head.id, Outcome::kRefused, 0, 100);
  ASSERT_TRUE(page.ok());
  ASSERT_EQ(page->rows.size(), 2u);
  EXPECT_EQ(page->header, TemplateHeader(ImportKind::kRoster));
  EXPECT_EQ(page->rows[0].row.row_no, 3u);
  EXPECT_EQ(page->rows[0].cells, rows[1]);
  EXPECT_THAT(page->rows[0].row.reason, ::testing::HasSubstr("「身份证件号」"));
  EXPECT_EQ(desk.Sql("SELECT COUNT(*) FROM student"), "3\n");
}

TEST(Import, DuplicatesInTheFileAreRefused) {
  Desk desk;
  desk.MakeSchools();
  Table rows = desk.Children(6);
  rows.push_back(Roster(Child(1)));                                  // the same child twice
  rows.push_back(Roster(With(Child(2), Field::kName, "另一个人")));  // one number, two names
  const ImportReport report = desk.Apply({}, rows);
  EXPECT_EQ(Count(report, "added"), 5u);
  EXPECT_EQ(Count(report, "refused"), 3u);
  EXPECT_EQ(Count(report, "reason:DUPLICATE_IN_FILE"), 3u);
  const auto page = desk.imports().ListRows(report.head.id, Outcome::kRefused, 0, 100);
  ASSERT_EQ(page->rows.size(), 3u);
  EXPECT_EQ(page->rows[0].row.row_no, 4u);
  EXPECT_EQ(page->rows[1].row.row_no, 8u);
  EXPECT_EQ(page->rows[2].row.row_no, 9u);
  EXPECT_THAT(page->rows[1].row.reason, ::testing::HasSubstr("第 3 行"));
  EXPECT_EQ(page->rows[1].cells, rows[6]);
  EXPECT_EQ(desk.Sql("SELECT COUNT(*) FROM student"), "5\n");
}

TEST(Import, WhoIsMissingFromAFullRosterIsReportedAndKept) {
  Desk desk;
  desk.MakeSchools();
  desk.Apply({.full = true}, desk.Children(8));
  Table rows = desk.Children(8);
  rows.erase(rows.begin() + 5);
  const ImportReport partial = desk.DryRun({.full = false}, rows);
  EXPECT_EQ(partial.head.missing, 0u);
  const ImportReport report = desk.Apply({.full = true}, rows);
  EXPECT_EQ(report.head.missing, 1u);
  const auto page = desk.imports().ListRows(report.head.id, Outcome::kMissing, 0, 100);
  ASSERT_EQ(page->rows.size(), 1u);
  EXPECT_EQ(page->rows[0].row.student_id, desk.Find(IdOfChild(5)).student.id);
  // Shown under the same header, without the number.
  const std::string joined = fmt::format("{}", fmt::join(page->rows[0].cells, ","));
  EXPECT_THAT(joined, ::testing::HasSubstr("王小丽"));
  EXPECT_THAT(joined, ::testing::Not(::testing::HasSubstr(IdOfChild(5))));
  EXPECT_EQ(desk.Find(IdOfChild(5)).student.status, StudentStatus::kEnrolled);
}

TEST(Import, ARefusedRowIsNotMissing) {
  Desk desk;
  desk.MakeSchools();
  desk.Apply({.full = true}, desk.Children(4));
  Table rows = desk.Children(4);
  rows[1] = Roster(With(Child(1), Field::kBoarding, "飞行"));
  const ImportReport report = desk.DryRun({.full = true}, rows);
  EXPECT_EQ(Count(report, "refused"), 1u);
  EXPECT_EQ(report.head.missing, 0u);
}

TEST(Import, NamesOfTwoLettersAndOfMinoritiesAreKeptAsTheyAre) {
  Desk desk;
  desk.MakeSchools();
  Table rows;
  const std::vector<std::string> names{"王芳", "阿依古丽•买买提", "张　三", "𠮷野"};
  for (int n = 0; n < 4; ++n) {
    rows.push_back(Roster(With(Child(n), Field::kName, names[static_cast<std::size_t>(n)])));
  }
  EXPECT_EQ(Count(desk.Apply({}, rows), "added"), 4u);
  EXPECT_EQ(desk.Find(IdOfChild(1)).student.name, "阿依古丽·买买提");
  EXPECT_EQ(desk.Find(IdOfChild(2)).student.name, "张三");
  EXPECT_EQ(desk.Find(IdOfChild(3)).student.name, "𠮷野");
  EXPECT_EQ(Count(desk.Apply({}, rows), "unchanged"), 4u);
}

TEST(Import, WhoHasNoIdentityNumberGetsATemporaryStudentNumber) {
  Desk desk;
  desk.MakeSchools();
  Table rows;
  for (int n = 0; n < 2; ++n) {
    RowCells row = With(With(Child(0), Field::kIdType, "无户籍"), Field::kIdNumber, "");
    rows.push_back(Roster(With(row, Field::kName, n == 0 ? "赵一" : "赵二")));
  }
  RowCells passport = With(With(Child(0), Field::kIdType, "护照"), Field::kIdNumber, "E12345678");
  rows.push_back(Roster(With(passport, Field::kName, "Anna Lee")));
  EXPECT_EQ(Count(desk.Apply({}, rows), "added"), 3u);
  EXPECT_EQ(desk.Sql("SELECT student_no FROM student ORDER BY student_id"),
            "L350212201503010000\nL350212201503010001\nJ35021220150301000" +
                std::string(1, IdCheckCharacter("35021220150301000")) + "\n");
  EXPECT_EQ(Count(desk.Apply({}, rows), "unchanged"), 3u);
}

TEST(Import, WhoGetsANumberLaterIsTheSameStudent) {
  Desk desk;
  desk.MakeSchools();
  const RowCells without = With(With(Child(0), Field::kIdType, "无户籍"), Field::kIdNumber, "");
  desk.Apply({}, {Roster(without)});
  const ImportReport report = desk.Apply({.full = true}, {Roster(Child(0))});
  EXPECT_EQ(Count(report, "changed"), 1u);
  EXPECT_EQ(desk.Sql("SELECT COUNT(*), COUNT(student_no) FROM student"), "1\t0\n");
  EXPECT_EQ(desk.Find(IdOfChild(0)).student.version, 2);
  EXPECT_EQ(Count(desk.Apply({}, {Roster(Child(0))}), "unchanged"), 1u);
}

TEST(Import, RowsWithTooMuchTextAreRefusedBeforeTheyReachATable) {
  Desk desk;
  desk.MakeSchools();
  RowCells row = Child(0);
  row[Field::kSeatNo] = std::string(201, '1');
  EXPECT_EQ(Count(desk.DryRun({}, {Roster(row)}), "reason:TEXT_TOO_LONG"), 1u);
  RowCells wordy = Child(0);
  std::string two_hundred;
  for (int i = 0; i < 200; ++i) two_hundred += "字";
  for (const Field field :
       {Field::kAddress, Field::kMailAddress, Field::kHomeAddress, Field::kTalent, Field::kEmail,
        Field::kHomepage, Field::kNativePlace, Field::kMember1Address, Field::kMember1Workplace,
        Field::kMember2Address, Field::kMember2Workplace, Field::kLocalNo, Field::kPostcode}) {
    wordy[field] = two_hundred;
  }
  EXPECT_EQ(Count(desk.DryRun({}, {Roster(wordy)}), "reason:ROW_TOO_LONG"), 1u);
  RowCells fits = Child(1);
  fits[Field::kAddress] = two_hundred;
  fits[Field::kSeatNo] = two_hundred;
  EXPECT_EQ(Count(desk.Apply({}, {Roster(fits)}), "added"), 1u);
}

TEST(Import, AClassMadeInBetweenIsNotPutOver) {
  Desk desk;
  desk.MakeSchools();
  const ImportReport report = desk.DryRun({}, {Roster(Child(0))});
  desk.Apply({.kind = ImportKind::kClasses},
             {CellsFor(ImportKind::kClasses, {{Field::kSchoolCode, kPrimary},
                                              {Field::kClassNo, "601"},
                                              {Field::kGrade, "6"},
                                              {Field::kTeacherName, "陈老师"}})});
  desk.ApplyOnly(report.head.id);
  EXPECT_EQ(desk.Sql("SELECT COUNT(*), MAX(teacher_name) FROM school_class"), "1\t陈老师\n");
  EXPECT_EQ(desk.Find(IdOfChild(0)).class_name, "六年级1班");
}

TEST(Import, UploadsThatNobodyFinishedAreDroppedAfterAWeek) {
  Desk desk;
  desk.MakeSchools();
  const ImportId id = desk.Begin({});
  ASSERT_TRUE(desk.Add(id, 0, desk.Children(1), 2).ok());
  desk.clock().Advance(std::chrono::hours{6 * 24});
  desk.Begin({});
  EXPECT_EQ(desk.imports().Get(id)->head.state, ImportState::kUploading);
  desk.clock().Advance(std::chrono::hours{2 * 24});
  desk.Begin({});
  EXPECT_EQ(desk.imports().Get(id)->head.state, ImportState::kCancelled);
  EXPECT_EQ(desk.Sql("SELECT SUM(LENGTH(staged)) FROM import_chunk WHERE import_id = " +
                     std::to_string(id.raw())),
            "0\n");
}

TEST(Import, AStudentWhoIsGoneIsNotBroughtBackByARoster) {
  Desk desk;
  desk.MakeSchools();
  desk.Apply({}, desk.Children(2));
  desk.clock().Advance(std::chrono::hours{24 * 30});
  ChangeCommand command;
  command.student_id = desk.Find(IdOfChild(0)).student.id;
  command.enrolment.kind = 21;
  command.enrolment.effective = Day(2026, 9, 20);
  command.enrolment.evidence = {"转学申请:1"};
  command.enrolment.approver = desk.Write().actor;
  command.enrolment.other_school = "外县小学";
  ASSERT_TRUE(desk.Change(command).ok());
  const ImportReport report = desk.Apply({.full = true}, desk.Children(2));
  EXPECT_EQ(Count(report, "reason:STATUS_CONFLICT"), 1u);
  EXPECT_EQ(Count(report, "unchanged"), 1u);
  EXPECT_EQ(report.head.missing, 0u);
  EXPECT_EQ(desk.Find(IdOfChild(0)).student.status, StudentStatus::kTransferredOut);
}

TEST(Import, WhatChangedSinceTheDryRunIsDecidedAgain) {
  Desk desk;
  desk.MakeSchools();
  desk.Apply({}, desk.Children(2));
  Table rows = desk.Children(2);
  rows[0] = Roster(With(Child(0), Field::kAddress, "新址"));
  const ImportReport report = desk.DryRun({}, rows);
  EXPECT_EQ(Count(report, "changed"), 1u);
  // Meanwhile another file brings the same address.
  desk.Apply({}, rows);
  const int version = desk.Find(IdOfChild(0)).student.version;
  desk.ApplyOnly(report.head.id);
  EXPECT_EQ(desk.Find(IdOfChild(0)).student.version, version);
}

TEST(Import, ChunksMayArriveTwiceAndTogether) {
  Desk desk;
  desk.MakeSchools();
  const Table rows = desk.Children(24);
  const ImportId id = desk.Begin({});
  std::vector<std::thread> threads;
  for (int copy = 0; copy < 2; ++copy) {
    for (int chunk = 0; chunk < 3; ++chunk) {
      threads.emplace_back([&, chunk] {
        const auto begin = rows.begin() + chunk * 8;
        const auto added =
            desk.Add(id, chunk, Table(begin, begin + 8), static_cast<std::size_t>(chunk) * 8 + 2);
        EXPECT_TRUE(added.ok()) << Said(added);
      });
    }
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(desk.imports().Finish(id, 4).error().reason, "CHUNKS_MISSING");
  const auto report = desk.imports().Finish(id, 3);
  ASSERT_TRUE(report.ok()) << Said(report);
  EXPECT_EQ(Count(*report, "added"), 24u);
  EXPECT_TRUE(desk.imports().Finish(id, 3).ok());  // the same answer again
  desk.ApplyOnly(id);
  EXPECT_EQ(desk.Sql("SELECT COUNT(*) FROM student"), "24\n");
}

TEST(Import, EachStepIsRefusedOutOfTurn) {
  Desk desk;
  desk.MakeSchools();
  const Table rows = desk.Children(1);
  EXPECT_EQ(desk.imports().Get(ImportId{999}).error().reason, "IMPORT_UNKNOWN");
  const ImportId id = desk.Begin({});
  EXPECT_EQ(desk.imports().Apply(id, {}).error().reason, "IMPORT_STATE");
  EXPECT_EQ(desk.Add(id, 0, {}, 2).error().reason, "CHUNK_EMPTY");
  EXPECT_EQ(desk.Add(id, 0, Table(5001, rows[0]), 2).error().reason, "CHUNK_TOO_LARGE");
  ASSERT_TRUE(desk.Add(id, 0, rows, 2).ok());
  ASSERT_TRUE(desk.imports().Finish(id, 1).ok());
  EXPECT_EQ(desk.Add(id, 1, rows, 3).error().reason, "IMPORT_STATE");
  ASSERT_TRUE(desk.imports().Cancel(id).ok());
  EXPECT_EQ(desk.imports().Apply(id, {}).error().reason, "IMPORT_STATE");
  EXPECT_EQ(desk.Sql("SELECT SUM(LENGTH(staged)) FROM import_chunk WHERE import_id = " +
                     std::to_string(id.raw())),
            "0\n");
  const auto begin = [&](const BeginCommand& command) {
    return desk.imports()
        .Begin(command, desk.Write("begin"), [](const Begun&) { return std::string{}; })
        .error()
        .reason;
  };
  EXPECT_EQ(begin({.kind = 0}), "IMPORT_KIND");
  EXPECT_EQ(begin({.kind = 2, .header = TemplateHeader(ImportKind::kSchoolAge)}), "SOURCE_MISSING");
  EXPECT_EQ(begin({.kind = 1, .header = {"姓名"}}), "HEADER_MISSING_COLUMNS");
  EXPECT_EQ(begin({.kind = 1,
                   .header = TemplateHeader(ImportKind::kRoster),
                   .valid_from = Day(2027, 1, 1)}),
            "VALIDITY_BAD");
}

TEST(Import, BeginIsAnsweredOnceForAKey) {
  Desk desk;
  const BeginCommand command{.kind = 1, .header = TemplateHeader(ImportKind::kRoster)};
  const WriteContext write = desk.Write("begin");
  const auto encode = [](const Begun& begun) { return std::to_string(begun.id.raw()); };
  const auto first = desk.imports().Begin(command, write, encode);
  const auto second = desk.imports().Begin(command, write, encode);
  ASSERT_TRUE(first.ok() && second.ok());
  EXPECT_EQ(*first, *second);
  WriteContext other = write;
  other.request_type = "another";
  EXPECT_EQ(desk.imports().Begin(command, other, encode).error().reason, "KEY_REUSED");
}

TEST(Import, SchoolsAndClassesAreListsOfTheirOwn) {
  Desk desk;
  desk.MakeSchools();
  const auto row = [](const std::string& school, const std::string& no, const std::string& grade,
                      const std::string& teacher) {
    return CellsFor(ImportKind::kClasses, {{Field::kSchoolCode, school},
                                           {Field::kClassNo, no},
                                           {Field::kGrade, grade},
                                           {Field::kTeacherId, "T1"},
                                           {Field::kTeacherName, teacher}});
  };
  const Table rows{row(kPrimary, "601", "六年级", "陈老师"), row(kJunior, "701", "7", "林老师"),
                   row("2135009999", "101", "1", "无校")};
  const ImportReport report = desk.Apply({.kind = ImportKind::kClasses}, rows);
  EXPECT_EQ(Count(report, "added"), 2u);
  EXPECT_EQ(Count(report, "reason:SCHOOL_UNKNOWN"), 1u);
  EXPECT_EQ(desk.Sql("SELECT class_no, grade, name, teacher_name, entry_year FROM school_class"
                     " ORDER BY class_id"),
            "601\t6\t六年级1班\t陈老师\t2021\n701\t7\t七年级1班\t林老师\t2026\n");
  Table changed = rows;
  changed[0] = row(kPrimary, "601", "6", "黄老师");
  const ImportReport second = desk.Apply({.kind = ImportKind::kClasses}, changed);
  EXPECT_EQ(Count(second, "changed"), 1u);
  EXPECT_EQ(Count(second, "unchanged"), 1u);
  EXPECT_EQ(desk.Events().back().event.type, "registry.class.changed");
  EXPECT_EQ(desk.Sql("SELECT COUNT(*) FROM school_class"), "2\n");
}

}  // namespace
}  // namespace registry
