// The lists of other departments, 人籍比对, and the ledgers.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "desk.h"

namespace registry {
namespace {

using testing::CellsFor;
using testing::Child;
using testing::Count;
using testing::Day;
using testing::Desk;
using testing::IdOfChild;
using testing::MakeId;
using testing::RowCells;
using testing::Said;
using testing::Table;

RowCells Listed(int n) {
  const RowCells child = Child(n);
  return {{Field::kName, child.at(Field::kName)},
          {Field::kSex, "女"},
          {Field::kBirth, child.at(Field::kBirth)},
          {Field::kIdNumber, child.at(Field::kIdNumber)},
          {Field::kHukouAddress, "同安区"},
          {Field::kGuardianName, child.at(Field::kMember1Name)},
          {Field::kGuardianPhone, child.at(Field::kMember1Phone)},
          {Field::kHukouStatus, "正常"},
          {Field::kWhereabouts, "在校就读"},
          {Field::kAttendingSchool, "第一小学"}};
}
RowCells Stranger(const std::string& name, int sequence, const std::string& whereabouts) {
  return {{Field::kName, name},
          {Field::kSex, sequence % 2 == 1 ? "男" : "女"},
          {Field::kBirth, "2014-07-08"},
          {Field::kIdNumber, MakeId("350212", Day(2014, 7, 8), sequence)},
          {Field::kHukouStatus, "正常"},
          {Field::kWhereabouts, whereabouts}};
}
std::vector<std::string> Line(const RowCells& row) { return CellsFor(ImportKind::kSchoolAge, row); }

const testing::ImportSetup kList{
    .kind = ImportKind::kSchoolAge, .source = "公安局", .batch = "2026-07"};

RunId StartRun(Desk& desk) {
  RunId id;
  const auto reply =
      desk.reconciliations().Start("", {}, desk.Write("run"), [&](const RunRow& run) {
        id = run.id;
        return std::string{"started"};
      });
  EXPECT_TRUE(reply.ok()) << Said(reply);
  return id;
}

std::map<std::string, std::string> ClassesOf(Desk& desk, RunId run) {
  std::map<std::string, std::string> classes;
  const auto views = desk.reconciliations().List(MatchFilter{.run_id = run, .limit = 1000});
  EXPECT_TRUE(views.ok());
  for (const MatchView& view : *views) {
    classes[view.name] = std::string{MatchCode(view.row.verdict.match_class)};
  }
  return classes;
}

TEST(Lists, ABatchIsASnapshotOfItsOwn) {
  Desk desk;
  const Table rows{Line(Listed(0)), Line(Listed(1))};
  EXPECT_EQ(Count(desk.Apply(kList, rows), "added"), 2u);
  EXPECT_EQ(Count(desk.Apply(kList, rows), "unchanged"), 2u);
  RowCells moved = Listed(1);
  moved[Field::kWhereabouts] = "随父母外出";
  EXPECT_EQ(Count(desk.Apply(kList, {rows[0], Line(moved)}), "changed"), 1u);
  auto next = kList;
  next.batch = "2027-07";
  EXPECT_EQ(Count(desk.Apply(next, rows), "added"), 2u);
  EXPECT_EQ(desk.Sql("SELECT COUNT(*), SUM(complete) FROM list_batch"), "2\t2\n");
  EXPECT_EQ(desk.students().Summarise()->latest_batch, "2027-07");
}

TEST(Lists, GroupTagsHaveSourceBatchAndValidity) {
  Desk desk;
  desk.MakeSchools();
  desk.Apply({}, desk.Children(3));
  const auto row = [](int n, const std::string& until) {
    return CellsFor(ImportKind::kGroup, {{Field::kName, Child(n).at(Field::kName)},
                                         {Field::kIdNumber, IdOfChild(n)},
                                         {Field::kValidFrom, "2026-03-01"},
                                         {Field::kValidTo, until}});
  };
  const testing::ImportSetup setup{.kind = ImportKind::kGroup,
                                   .full = true,
                                   .source = "乡村振兴局",
                                   .batch = "2026-03",
                                   .group = "脱贫户"};
  const Table rows{row(0, ""), row(1, "2026-08-31")};
  EXPECT_EQ(Count(desk.Apply(setup, rows), "added"), 2u);
  EXPECT_EQ(Count(desk.Apply(setup, rows), "unchanged"), 2u);
  const auto tags = desk.Find(IdOfChild(0)).tags;
  ASSERT_EQ(tags.size(), 1u);
  EXPECT_EQ(tags[0].group, "脱贫户");
  EXPECT_EQ(tags[0].source, "乡村振兴局");
  EXPECT_EQ(tags[0].batch, "2026-03");
  // The last day counts, the day after it does not.
  EXPECT_EQ(desk.Find(IdOfChild(1)).tags.size(), 0u);
  EXPECT_EQ(desk.Find(IdOfChild(1), AsOf{{}, Day(2026, 9, 1)}).tags.size(), 0u);
  // A whole new list ends what the old one said.
  auto next = setup;
  next.batch = "2026-09";
  next.valid_from = Day(2026, 9, 1);
  desk.Apply(next, {row(2, "")});
  EXPECT_EQ(desk.Find(IdOfChild(0)).tags.size(), 0u);
  EXPECT_EQ(desk.Find(IdOfChild(2)).tags.size(), 1u);
}

class ReconcileTest : public ::testing::Test {
 protected:
  ReconcileTest() {
    desk_.MakeSchools();
    desk_.Apply({}, desk_.Children(10));
  }
  // Everybody of the ten but `left_out`.
  Table List(const std::vector<int>& left_out = {}) {
    Table rows;
    for (int n = 0; n < 10; ++n) {
      if (std::find(left_out.begin(), left_out.end(), n) == left_out.end()) {
        rows.push_back(Line(Listed(n)));
      }
    }
    return rows;
  }
  RunId Run() {
    const RunId id = StartRun(desk_);
    Desk::Must(Reconciler(desk_.deps()).Run(id));
    return id;
  }

  Desk desk_;
};

TEST_F(ReconcileTest, ItFindsEveryClassAndTellsThoseThatMatter) {
  Table rows = List({7});
  RowCells wrong_name = Listed(1);
  wrong_name[Field::kName] = "张冠李戴";
  rows[1] = Line(wrong_name);
  RowCells wrong_number = Listed(2);
  wrong_number[Field::kIdNumber] = MakeId("350212", *base::Date::FromYmd(2015, 3, 3), 866);
  rows[2] = Line(wrong_number);
  rows.push_back(Line(Stranger("甲失学", 11, "失学")));
  rows.push_back(Line(Stranger("乙无去向", 13, "")));
  rows.push_back(Line(Stranger("丙出国", 15, "随父母出国")));
  rows.push_back(Line(Stranger("丁外省", 17, "省外就读,无学籍")));
  rows.push_back(Line(Stranger("戊死亡", 19, "已死亡")));
  rows.push_back(Line(Stranger("己残疾", 21, "")));
  desk_.Apply(kList, rows);
  desk_.Apply(
      {.kind = ImportKind::kGroup, .source = "残联", .group = "残疾"},
      {CellsFor(ImportKind::kGroup, {{Field::kName, "己残疾"},
                                     {Field::kIdNumber, MakeId("350212", Day(2014, 7, 8), 21)}})});
  const std::uint64_t before = desk_.Head();
  const RunId run = Run();
  const std::map<std::string, std::string> expected{
      {"张冠李戴", "B09"}, {"王芳", "B09"},   {"甲失学", "B11"},
      {"乙无去向", "B11"}, {"丙出国", "B06"}, {"丁外省", "B03"},
      {"戊死亡", "B08"},   {"己残疾", "B07"}, {"王小丽", "R01"}};
  EXPECT_EQ(ClassesOf(desk_, run), expected);
  const auto done = desk_.reconciliations().Get(run);
  ASSERT_TRUE(done.ok());
  EXPECT_EQ(done->state, "done");
  EXPECT_EQ(done->people, 15u);
  EXPECT_EQ(done->students, 10u);
  EXPECT_EQ(done->counts.at("B01"), 7u);
  // Decisions: the two B09, 乙, 戊 and the R01.
  EXPECT_EQ(done->needs_decision, 5u);
  EXPECT_EQ(desk_.Events(before).size(), 9u);
  baoxue::registry::v1::MatchFound message;
  ASSERT_TRUE(message.ParseFromString(desk_.Events(before).front().event.payload));
  EXPECT_EQ(message.run_id(), run.raw());
  EXPECT_THAT(message.match().id_masked(), ::testing::HasSubstr("****"));
}

TEST_F(ReconcileTest, RunningItAgainAfterACrashGivesTheSame) {
  desk_.Apply(kList, List({3}));
  const RunId run = StartRun(desk_);
  for (int n = 0; n < 200; ++n) {
    store::FailPlan plan{
        .fail_at = n, .error = {base::Code::kUnavailable, "DB_DOWN", "planned"}, .seen = 0};
    desk_.pool().set_fail_plan(&plan);
    const auto status = Reconciler(desk_.deps()).Run(run);
    desk_.pool().set_fail_plan(nullptr);
    if (status.ok()) break;
    EXPECT_EQ(desk_.Sql("SELECT COUNT(*) FROM match_result"), "0\n");
    EXPECT_EQ(desk_.reconciliations().Get(run)->state, "running");
  }
  EXPECT_EQ(desk_.reconciliations().Get(run)->state, "done");
  EXPECT_EQ(desk_.Sql("SELECT COUNT(*) FROM match_result"), "10\n");
  Desk::Must(Reconciler(desk_.deps()).Run(run));
  EXPECT_EQ(desk_.Sql("SELECT COUNT(*) FROM match_result"), "10\n");
  EXPECT_TRUE(Reconciler(desk_.deps()).Waiting()->empty());
}

TEST_F(ReconcileTest, APersonDecidesOnceAndSaysWhy) {
  Table rows = List();
  rows.push_back(Line(Stranger("乙无去向", 13, "")));
  desk_.Apply(kList, rows);
  const RunId run = Run();
  const auto undecided = desk_.reconciliations().List(
      MatchFilter{.run_id = run, .limit = 100, .undecided_only = true});
  ASSERT_EQ(undecided->size(), 1u);
  DecideCommand command{.id = undecided->front().row.id, .match_class = "B03"};
  const auto decide = [&](const DecideCommand& what, const WriteContext& write) {
    return desk_.reconciliations().Decide(what, write, [](const MatchView& view) {
      baoxue::registry::v1::Match message;
      Fill(message, view);
      return message.match_class() + message.decided_by();
    });
  };
  const WriteContext write = desk_.Write("decide");
  EXPECT_EQ(decide(command, write).error().reason, "REASON_MISSING");
  command.reason = "家长提供了就读证明";
  command.match_class = "B99";
  EXPECT_EQ(decide(command, write).error().reason, "MATCH_CLASS");
  command.match_class = "B03";
  const auto decided = decide(command, write);
  ASSERT_TRUE(decided.ok()) << Said(decided);
  EXPECT_EQ(*decided, "B03张老师");
  EXPECT_EQ(*decide(command, write), "B03张老师");  // the same key
  EXPECT_EQ(decide(command, desk_.Write("decide")).error().reason, "MATCH_DECIDED");
  EXPECT_EQ(desk_.Events().back().event.type, "registry.match.decided");
  EXPECT_EQ(desk_.reconciliations()
                .List(MatchFilter{.run_id = run, .match_class = MatchClass::kB03, .limit = 9})
                ->size(),
            1u);
  EXPECT_EQ(desk_.reconciliations()
                .Start("没有这一批", {}, desk_.Write(), [](const RunRow&) { return std::string{}; })
                .error()
                .reason,
            "NO_LIST");
}

CaseNews News(int case_id, StudentId student, const std::string& state, base::Date day) {
  CaseNews news;
  news.day = day;
  news.state.id = CaseId{case_id};
  news.state.student_id = student;
  news.state.state = state;
  news.state.state_name = "状态" + state;
  news.state.level = 1;
  news.state.found_by = "考勤";
  news.state.first_absent = Day(2026, 9, 7);
  return news;
}

TEST_F(ReconcileTest, LedgersFollowTheCases) {
  const StudentId student = desk_.Find(IdOfChild(4)).student.id;
  const Ledgers ledgers = desk_.ledgers();
  const auto take = [&](const CaseNews& news) {
    Desk::Must(
        desk_.pool().InTransaction([&](store::Transaction& tx) { return ledgers.Take(tx, news); }));
  };
  const auto cell = [&](LedgerKind kind, const std::string& column) -> std::string {
    const auto page = ledgers.List(kind, 0, 100);
    EXPECT_TRUE(page.ok()) << Said(page);
    if (page->lines.empty()) return "-";
    const auto at = std::find(page->header.begin(), page->header.end(), column);
    EXPECT_NE(at, page->header.end()) << column;
    EXPECT_EQ(page->lines[0].cells.size(), page->header.size());
    return page->lines[0].cells[static_cast<std::size_t>(at - page->header.begin())];
  };
  take(News(1, student, "10", Day(2026, 9, 9)));
  EXPECT_EQ(cell(LedgerKind::kSuspected, "姓名"), "王芳");
  EXPECT_EQ(cell(LedgerKind::kSuspected, "首次缺勤日期"), "2026-09-07");
  EXPECT_EQ(cell(LedgerKind::kSuspected, "台账进入日期"), "2026-09-09");
  EXPECT_EQ(cell(LedgerKind::kSuspected, "班级"), "六年级2班");
  EXPECT_THAT(cell(LedgerKind::kSuspected, "身份证件号"), ::testing::HasSubstr("**********"));
  EXPECT_EQ(cell(LedgerKind::kDropout, "姓名"), "-");
  // The child who has an open case is registered but not present.
  desk_.Apply(kList, List());
  EXPECT_EQ(ClassesOf(desk_, Run()).at("王芳"), "R01");
  take(News(1, student, "30", Day(2026, 10, 8)));
  EXPECT_EQ(cell(LedgerKind::kSuspected, "姓名"), "-");
  EXPECT_EQ(cell(LedgerKind::kDropout, "辍学日期"), "2026-10-08");
  take(News(1, student, "40", Day(2026, 10, 20)));
  EXPECT_EQ(cell(LedgerKind::kDropout, "复学日期"), "2026-10-20");
  CaseNews closed = News(1, student, "80", Day(2026, 11, 20));
  closed.state.closed_on = Day(2026, 11, 20);
  take(closed);
  EXPECT_EQ(cell(LedgerKind::kDropout, "销号日期"), "2026-11-20");
  EXPECT_EQ(cell(LedgerKind::kDropout, "辍学日期"), "2026-10-08");
  // A withdrawn case was none.
  take(News(2, student, "10", Day(2026, 12, 1)));
  take(News(2, student, "90", Day(2026, 12, 2)));
  EXPECT_EQ(ledgers.List(LedgerKind::kSuspected, 0, 10)->total, 0u);
  EXPECT_EQ(ledgers.List(LedgerKind::kDropout, 0, 10)->total, 1u);
  EXPECT_EQ(ledgers.List(LedgerKind::kSchoolAge, 0, 3)->lines.size(), 3u);
  EXPECT_EQ(ledgers.List(LedgerKind::kSchoolAge, 0, 3)->total, 10u);
}

TEST_F(ReconcileTest, ACaseAboutAChildOfTheListShowsThatChild) {
  Table rows = List();
  rows.push_back(Line(Stranger("甲失学", 11, "失学")));
  desk_.Apply(kList, rows);
  const RunId run = Run();
  const auto found = desk_.reconciliations().List(MatchFilter{.run_id = run, .limit = 9});
  ASSERT_EQ(found->size(), 1u);
  CaseNews news = News(5, {}, "10", Day(2026, 9, 1));
  news.state.person_id = found->front().row.person_id;
  Desk::Must(desk_.pool().InTransaction(
      [&](store::Transaction& tx) { return desk_.ledgers().Take(tx, news); }));
  const auto page = desk_.ledgers().List(LedgerKind::kSuspected, 0, 9);
  ASSERT_EQ(page->lines.size(), 1u);
  EXPECT_EQ(page->lines[0].cells[1], "甲失学");
}

}  // namespace
}  // namespace registry
