// No identity number stands in the clear in any table, event or error, whatever was imported or
// refused.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "desk.h"
#include "registry/app/disclosures.h"

namespace registry {
namespace {

using testing::CellsFor;
using testing::Child;
using testing::Day;
using testing::Desk;
using testing::IdOfChild;

// Every cell of every table that can hold text, as the server's own client prints it.
std::string Everything(Desk& desk) {
  const std::string columns = desk.Sql(
      "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema ="
      " DATABASE() AND data_type IN ('char','varchar','text','mediumtext','longtext','binary',"
      "'varbinary','blob','mediumblob','longblob','tinyblob')");
  std::string all;
  std::size_t begin = 0;
  int searched = 0;
  while (begin < columns.size()) {
    const std::size_t end = columns.find('\n', begin);
    const std::string line = columns.substr(begin, end - begin);
    begin = end + 1;
    const std::size_t tab = line.find('\t');
    all += desk.Sql("SELECT CONVERT(`" + line.substr(tab + 1) + "` USING latin1) FROM `" +
                    line.substr(0, tab) + "`");
    ++searched;
  }
  EXPECT_GT(searched, 60);
  return all;
}

TEST(Privacy, IdentityNumbersAreNowhereInTheClear) {
  Desk desk;
  desk.MakeSchools();
  std::set<std::string> numbers;
  for (int n = 0; n < 8; ++n) {
    numbers.insert(IdOfChild(n));
    numbers.insert(Child(n).at(Field::kMember1IdNumber));
  }
  auto rows = desk.Children(8);
  auto refused = Child(7);
  refused[Field::kSex] = "男";  // against the number
  rows[7] = CellsFor(ImportKind::kRoster, refused);
  rows.push_back(rows[1]);  // twice
  const ImportReport report = desk.DryRun({.full = true}, rows);
  EXPECT_EQ(testing::Count(report, "refused"), 2u);
  const std::string staged = Everything(desk);
  desk.ApplyOnly(report.head.id);
  auto moved = Child(2);
  moved[Field::kMember1IdNumber] = testing::MakeId("350212", Day(1990, 1, 1), 123);
  numbers.insert(moved[Field::kMember1IdNumber]);
  desk.Apply({}, {CellsFor(ImportKind::kRoster, moved)});
  desk.Apply({.kind = ImportKind::kSchoolAge, .source = "公安局", .batch = "1"},
             {CellsFor(ImportKind::kSchoolAge, {{Field::kName, "王芳"},
                                                {Field::kSex, "女"},
                                                {Field::kBirth, Child(0).at(Field::kBirth)},
                                                {Field::kIdNumber, IdOfChild(0)}})});
  desk.Apply(
      {.kind = ImportKind::kGroup, .source = "民政局", .group = "低保"},
      {CellsFor(ImportKind::kGroup, {{Field::kName, "王芳"}, {Field::kIdNumber, IdOfChild(0)}})});
  RunId run;
  ASSERT_TRUE(desk.reconciliations()
                  .Start("", {}, desk.Write("run"),
                         [&](const RunRow& row) {
                           run = row.id;
                           return std::string{};
                         })
                  .ok());
  Desk::Must(Reconciler(desk.deps()).Run(run));
  ChangeCommand twice;
  twice.enrolment.kind = 100;
  twice.details = {{"姓名", "王芳"}, {"身份证件号", IdOfChild(0)}};
  const auto error = desk.Change(twice);
  ASSERT_FALSE(error.ok());
  const std::string all = staged + Everything(desk) + error.error().ToString();
  for (const std::string& number : numbers) {
    EXPECT_EQ(all.find(number), std::string::npos) << "an identity number stands in the clear";
  }
  // The search itself works: what is not sealed is found.
  EXPECT_NE(all.find(testing::kPrimary), std::string::npos);
}

TEST(Privacy, TheRefusedRowsTextShowsNoNumber) {
  Desk desk;
  desk.MakeSchools();
  auto wrong = Child(0);
  wrong[Field::kName] = IdOfChild(0);  // in the wrong column
  wrong[Field::kBirth] = IdOfChild(1);
  const ImportReport report = desk.DryRun({}, {CellsFor(ImportKind::kRoster, wrong)});
  const auto page = desk.imports().ListRows(report.head.id, Outcome::kRefused, 0, 10);
  ASSERT_EQ(page->rows.size(), 1u);
  EXPECT_THAT(page->rows[0].row.reason, ::testing::Not(::testing::HasSubstr(IdOfChild(0))));
  EXPECT_THAT(page->rows[0].row.reason, ::testing::Not(::testing::HasSubstr(IdOfChild(1))));
  EXPECT_THAT(page->rows[0].row.reason, ::testing::HasSubstr("「出生日期」"));
}

TEST(Privacy, WhoIsGivenANumberIsOnAChainThatShowsWhatWasTakenOut) {
  Desk desk;
  desk.MakeSchools();
  desk.Apply({}, desk.Children(2));
  const Disclosures disclosures{desk.deps()};
  const DiscloseCommand command{.id = StudentId{1},
                                .actor = {"inbox", "值班", "bureau_officer", "教育局"},
                                .purpose = "转学联系函",
                                .reference = "transfer/1"};
  for (int i = 0; i < 3; ++i) {
    const auto shown = disclosures.Disclose(command);
    ASSERT_TRUE(shown.ok()) << shown.error().ToString();
    EXPECT_EQ(shown->student.details.Get(Field::kIdNumber).size(), 18u);
  }
  DiscloseCommand aimless = command;
  aimless.purpose.clear();
  EXPECT_EQ(disclosures.Disclose(aimless).error().reason, "PURPOSE_MISSING");
  DiscloseCommand nobody = command;
  nobody.id = StudentId{99};
  EXPECT_EQ(disclosures.Disclose(nobody).error().reason, "STUDENT_UNKNOWN");
  EXPECT_EQ(desk.Sql("SELECT COUNT(*) FROM disclosure"), "3\n");
  EXPECT_TRUE(disclosures.Check().ok()) << disclosures.Check().error().ToString();
  (void)desk.Sql("UPDATE disclosure SET reference = 'transfer/2' WHERE disclosure_id = 2");
  EXPECT_EQ(disclosures.Check().error().reason, "DISCLOSURES_BROKEN");
  (void)desk.Sql("DELETE FROM disclosure WHERE disclosure_id = 2");
  EXPECT_EQ(disclosures.Check().error().reason, "DISCLOSURES_BROKEN");
}

}  // namespace
}  // namespace registry
