// Applying an import survives anything: a statement that fails, a process that dies, two copies at
// once.
#include <gtest/gtest.h>

#include <thread>

#include "desk.h"

namespace registry {
namespace {

using testing::CellsFor;
using testing::Child;
using testing::Count;
using testing::Desk;
using testing::IdOfChild;
using testing::Said;
using testing::Table;

// Nine children, three of them known with another address, in chunks of three.
Table Prepare(Desk& desk) {
  desk.MakeSchools();
  desk.Apply({}, desk.Children(3));
  Table rows = desk.Children(9);
  for (int n = 0; n < 3; ++n) {
    auto child = Child(n);
    child[Field::kAddress] = "新址";
    rows[static_cast<std::size_t>(n)] = CellsFor(ImportKind::kRoster, child);
  }
  return rows;
}

constexpr const char* kHistory =
    "SELECT s.name, HEX(c.fields), c.kind, c.version FROM student_change c"
    " JOIN student s ON s.student_id = c.student_id ORDER BY 1, 2, 3, 4";

std::string Expected() {
  static const std::string kCensus = [] {
    Desk desk;
    desk.Apply({.chunk_rows = 3}, Prepare(desk));
    return desk.Sql(kHistory) + std::to_string(desk.Head());
  }();
  return kCensus;
}

std::string Found(Desk& desk) { return desk.Sql(kHistory) + std::to_string(desk.Head()); }

TEST(ApplyImport, AnyStatementMayFailAndNothingIsLostOrDoubled) {
  Desk desk;
  const Table rows = Prepare(desk);
  const ImportReport report = desk.DryRun({.chunk_rows = 3}, rows);
  const auto applying = desk.imports().Apply(report.head.id, desk.Write().actor);
  ASSERT_TRUE(applying.ok()) << Said(applying);
  const std::atomic<bool> never = false;
  int tried = 0;
  for (int n = 0; n < 400; ++n) {
    store::FailPlan plan{
        .fail_at = n, .error = {base::Code::kUnavailable, "DB_DOWN", "planned"}, .seen = 0};
    desk.pool().set_fail_plan(&plan);
    const auto status = ImportRunner(desk.deps()).Run(report.head.id, never);
    desk.pool().set_fail_plan(nullptr);
    tried = n;
    // Whatever was committed is whole: as many students as their first changes, events and rows
    // applied.
    const std::string students = desk.Sql("SELECT COUNT(*) FROM student");
    EXPECT_EQ(desk.Sql("SELECT COUNT(*) FROM student_change WHERE version = 1"), students);
    EXPECT_EQ(desk.Sql("SELECT COUNT(*) FROM event_log WHERE type = 'registry.student.registered'"),
              students);
    EXPECT_EQ(desk.Sql("SELECT rows_applied - 3 * chunks_applied FROM import WHERE import_id = " +
                       std::to_string(report.head.id.raw())),
              "0\n");
    if (status.ok()) break;
  }
  EXPECT_GT(tried, 5);
  EXPECT_EQ(Found(desk), Expected());
}

TEST(ApplyImport, GoesOnWhereItStopped) {
  Desk desk;
  const Table rows = Prepare(desk);
  const ImportReport report = desk.DryRun({.chunk_rows = 3}, rows);
  ASSERT_TRUE(desk.imports().Apply(report.head.id, desk.Write().actor).ok());
  // The first copy dies in the second chunk.
  const std::atomic<bool> never = false;
  int statements = 0;
  {
    store::FailPlan count{.fail_at = -1, .error = {}, .seen = 0};
    desk.pool().set_fail_plan(&count);
    std::atomic<bool> stop = true;
    ASSERT_TRUE(ImportRunner(desk.deps()).Run(report.head.id, stop).ok());
    statements = count.seen;
    desk.pool().set_fail_plan(nullptr);
  }
  store::FailPlan plan{.fail_at = statements + 20,
                       .error = {base::Code::kUnavailable, "DB_DOWN", "planned"},
                       .seen = 0};
  desk.pool().set_fail_plan(&plan);
  EXPECT_FALSE(ImportRunner(desk.deps()).Run(report.head.id, never).ok());
  desk.pool().set_fail_plan(nullptr);
  const auto half = desk.imports().Get(report.head.id);
  ASSERT_TRUE(half.ok());
  EXPECT_EQ(half->head.state, ImportState::kApplying);
  EXPECT_LT(half->head.chunks_applied, 3);
  // A new process finds the work in the database.
  const ImportRunner next(desk.deps());
  const auto waiting = next.Waiting();
  ASSERT_TRUE(waiting.ok());
  ASSERT_EQ(waiting->size(), 1u);
  ASSERT_TRUE(next.Run(waiting->front(), never).ok());
  EXPECT_TRUE(next.Waiting()->empty());
  EXPECT_EQ(Found(desk), Expected());
}

TEST(ApplyImport, TwoCopiesOfTheServiceApplyItOnce) {
  Desk desk;
  const Table rows = Prepare(desk);
  const ImportReport report = desk.DryRun({.chunk_rows = 3}, rows);
  ASSERT_TRUE(desk.imports().Apply(report.head.id, desk.Write().actor).ok());
  const std::atomic<bool> never = false;
  const auto pool = desk.AnotherPool();
  const Deps other{.pool = *pool,
                   .vault = desk.vault(),
                   .clock = desk.clock(),
                   .reference = desk.deps().reference,
                   .policies = desk.deps().policies,
                   .county_division = "350212"};
  const auto run = [&](const Deps& deps) {
    const auto status = ImportRunner(deps).Run(report.head.id, never);
    EXPECT_TRUE(status.ok()) << Said(status);
  };
  std::thread one([&] { run(desk.deps()); });
  std::thread two([&] { run(other); });
  one.join();
  two.join();
  EXPECT_EQ(Found(desk), Expected());
}

TEST(ApplyImport, SomebodyRegisteredInBetweenIsNotDoubled) {
  Desk desk;
  desk.MakeSchools();
  const ImportReport report = desk.DryRun({}, desk.Children(4));
  EXPECT_EQ(Count(report, "added"), 4u);
  desk.Apply({}, {CellsFor(ImportKind::kRoster, Child(2))});
  desk.ApplyOnly(report.head.id);
  EXPECT_EQ(desk.Sql("SELECT COUNT(*) FROM student"), "4\n");
  EXPECT_EQ(desk.Find(IdOfChild(2)).student.version, 1);
}

TEST(ApplyImport, TheUploadMayFailAnywhereToo) {
  Desk desk;
  desk.MakeSchools();
  const Table rows = desk.Children(3);
  const ImportId id = desk.Begin({});
  for (int n = 0; n < 100; ++n) {
    store::FailPlan plan{
        .fail_at = n, .error = {base::Code::kUnavailable, "DB_DOWN", "planned"}, .seen = 0};
    desk.pool().set_fail_plan(&plan);
    const auto added = desk.Add(id, 0, rows, 2);
    desk.pool().set_fail_plan(nullptr);
    if (added.ok()) break;
    EXPECT_EQ(
        desk.Sql("SELECT COUNT(*) FROM import_chunk WHERE import_id = " + std::to_string(id.raw())),
        "0\n");
  }
  const auto report = desk.imports().Finish(id, 1);
  ASSERT_TRUE(report.ok()) << Said(report);
  EXPECT_EQ(Count(*report, "added"), 3u);
}

}  // namespace
}  // namespace registry
