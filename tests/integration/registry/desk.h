// The registry's use cases on a fresh database, with two schools, a clock that stands still and a
// key file of the test's own. Children are made up.
#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <atomic>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/random.h"
#include "harness/private_mariadb.h"
#include "harness/temp_dir.h"
#include "registry/app/enrolments.h"
#include "registry/app/import_runner.h"
#include "registry/app/imports.h"
#include "registry/app/ledgers.h"
#include "registry/app/reconciler.h"
#include "registry/app/reconciliations.h"
#include "registry/app/students.h"
#include "registry/contract/registry.pb.h"
#include "registry/endpoints/config.h"
#include "registry/store/migrations.h"
#include "registry/store/place_repository.h"
#include "store/event_log.h"
#include "unit/registry/people.h"

namespace registry::testing {

inline constexpr const char* kPrimary = "2135000001";
inline constexpr const char* kJunior = "3135000002";

template <class T>
std::string Said(const base::Result<T>& result) {
  return result.ok() ? "OK" : result.error().ToString();
}

using RowCells = std::map<Field, std::string>;
using Table = std::vector<std::vector<std::string>>;

// Under the template's header.
inline std::vector<std::string> CellsFor(ImportKind kind, const RowCells& values) {
  std::vector<std::string> cells;
  for (const std::string& column : TemplateHeader(kind)) {
    const auto found = values.find(FieldOf(kind, column));
    cells.push_back(found == values.end() ? "" : found->second);
  }
  return cells;
}

inline std::string IdOfChild(int n) {
  return MakeId("350212", Day(2015, 3, 1) + std::chrono::days{n % 300}, 900 + n % 50 * 2);
}

// Child n of the primary school, in class 201501 + n % 3.
inline RowCells Child(int n) {
  const base::Date birth = Day(2015, 3, 1) + std::chrono::days{n % 300};
  return {{Field::kSchoolCode, kPrimary},
          {Field::kName, fmt::format("王{}", n % 2 == 0 ? "芳" : "小丽")},
          {Field::kSex, "女"},
          {Field::kBirth, birth.ToString()},
          {Field::kIdType, "居民身份证"},
          {Field::kIdNumber, IdOfChild(n)},
          {Field::kHukouDivision, n % 10 == 0 ? "431121" : "350212"},
          {Field::kClassNo, fmt::format("60{}", 1 + n % 3)},
          {Field::kEntryMonth, "202109"},
          {Field::kBoarding, "走读"},
          {Field::kAddress, fmt::format("同安区某路{}号", n)},
          {Field::kSeatNo, fmt::format("{}", n + 1)},
          {Field::kMember1Name, fmt::format("李家长{}", n)},
          {Field::kMember1Relation, "母亲"},
          {Field::kMember1Phone, fmt::format("138{:08}", n)},
          {Field::kMember1IdType, "居民身份证"},
          {Field::kMember1IdNumber, MakeId("350212", Day(1985, 5, 6), 100 + n % 800)}};
}

struct ImportSetup {
  ImportKind kind = ImportKind::kRoster;
  bool full = false;
  std::string source = {};
  std::string batch = {};
  std::string group = {};
  std::size_t chunk_rows = 4;
  std::optional<base::Date> valid_from = {};
};

// A migrated and empty database. Making tables is slow, emptying them is not, so a database goes
// back when its test is over.
class EmptyDatabase {
 public:
  EmptyDatabase() {
    if (!Free().empty()) {
      options_ = Free().back();
      Free().pop_back();
      harness::PrivateMariaDb::Shared().RunSql(Emptying(), options_.database);
      return;
    }
    const base::SystemClock clock;
    options_ = harness::PrivateMariaDb::Shared().FreshDatabase();
    EXPECT_TRUE(store::Migrate(options_, "library", store::LibraryMigrations(), clock).ok());
    EXPECT_TRUE(store::Migrate(options_, "registry", Migrations(), clock).ok());
  }
  ~EmptyDatabase() { Free().push_back(options_); }
  EmptyDatabase(const EmptyDatabase&) = delete;
  EmptyDatabase& operator=(const EmptyDatabase&) = delete;
  const store::PoolOptions& options() const { return options_; }

 private:
  static std::vector<store::PoolOptions>& Free() {
    static std::vector<store::PoolOptions> free;
    return free;
  }
  static std::string Emptying() {
    std::string sql = "UPDATE id_counter SET next_id = 1;";
    for (const char* table : {"event_log", "feed_counter", "feed_position", "idempotency",
                              "suite_clock", "school", "school_class", "student", "student_change",
                              "import", "import_chunk", "import_row", "list_batch", "list_person",
                              "group_tag", "reconciliation", "match_result", "ledger_case",
                              "disclosure"}) {
      sql += fmt::format("DELETE FROM {};", table);
    }
    return sql;
  }

  store::PoolOptions options_;
};

class Desk {
 public:
  explicit Desk(base::Date today = Day(2026, 9, 1))
      : clock_(base::InstantAt(today, 9 * 60)), options_(database_.options()) {
    store::Pool::InitDriver();
    Must(security::Keyring::Create(dir_.File("seal.key")));
    keys_ = std::make_unique<security::Keyring>(*security::Keyring::Load(dir_.File("seal.key")));
    vault_ = std::make_unique<Vault>(*keys_);
    auto config =
        LoadConfig(BAOXUE_SOURCE_DIR "/config/counties/tongan.yaml", BAOXUE_SOURCE_DIR "/config");
    EXPECT_TRUE(config.ok()) << Said(config);
    config_ = std::move(*config);
    pool_ = std::make_unique<store::Pool>(options_, clock_);
    deps_ = std::make_unique<Deps>(Deps{.pool = *pool_,
                                        .vault = *vault_,
                                        .clock = clock_,
                                        .reference = config_.reference,
                                        .policies = config_.policies,
                                        .county_division = "350212",
                                        .notify_feed = [this] { ++notified; }});
  }

  static void Must(const base::Status& status) { ASSERT_TRUE(status.ok()) << Said(status); }

  WriteContext Write(const std::string& type = "test") {
    return WriteContext{.actor = {"officer-1", "张老师", "bureau_officer", "同安区教育局"},
                        .idempotency_key = std::string{base::Bytes(ids_.NextId())},
                        .request_type = type};
  }

  void MakeSchools() {
    Apply({.kind = ImportKind::kSchools},
          {CellsFor(ImportKind::kSchools, {{Field::kSchoolCode, kPrimary},
                                           {Field::kSchoolName, "第一小学"},
                                           {Field::kStage, "小学"}}),
           CellsFor(ImportKind::kSchools, {{Field::kSchoolCode, kJunior},
                                           {Field::kSchoolName, "第二中学"},
                                           {Field::kStage, "初中"}})});
  }

  ImportId Begin(const ImportSetup& setup) {
    ImportId id;
    const auto reply = imports().Begin(BeginCommand{.kind = static_cast<int>(setup.kind),
                                                    .file_name = "名册.csv",
                                                    .header = TemplateHeader(setup.kind),
                                                    .full = setup.full,
                                                    .source = setup.source,
                                                    .batch = setup.batch,
                                                    .group = setup.group,
                                                    .valid_from = setup.valid_from},
                                       Write("begin"), [&id](const Begun& begun) {
                                         id = begun.id;
                                         return std::string{"begun"};
                                       });
    EXPECT_TRUE(reply.ok()) << Said(reply);
    return id;
  }

  base::Result<ChunkReport> Add(ImportId id, int chunk, const Table& rows, std::size_t first) {
    std::vector<std::vector<const std::string*>> pointers;
    std::vector<InputRow> input;
    pointers.reserve(rows.size());
    for (std::size_t i = 0; i < rows.size(); ++i) {
      auto& cells = pointers.emplace_back();
      for (const std::string& cell : rows[i]) cells.push_back(&cell);
      input.push_back(InputRow{first + i, cells});
    }
    return imports().Add(id, chunk, input);
  }

  // Uploads in chunks and finishes: the dry run. Row numbers start at 2, under the header.
  ImportReport DryRun(const ImportSetup& setup, const Table& rows) {
    const ImportId id = Begin(setup);
    int chunks = 0;
    for (std::size_t begin = 0; begin < rows.size(); begin += setup.chunk_rows) {
      const std::size_t end = std::min(rows.size(), begin + setup.chunk_rows);
      const auto added = Add(id, chunks++,
                             Table(rows.begin() + static_cast<std::ptrdiff_t>(begin),
                                   rows.begin() + static_cast<std::ptrdiff_t>(end)),
                             begin + 2);
      EXPECT_TRUE(added.ok()) << Said(added);
    }
    auto report = imports().Finish(id, chunks);
    EXPECT_TRUE(report.ok()) << Said(report);
    return report.ok() ? *report : ImportReport{};
  }

  // Dry run and apply; the report of the dry run, the import applied.
  ImportReport Apply(const ImportSetup& setup, const Table& rows) {
    const ImportReport report = DryRun(setup, rows);
    ApplyOnly(report.head.id);
    return report;
  }
  void ApplyOnly(ImportId id) {
    const auto applying = imports().Apply(id, Write().actor);
    ASSERT_TRUE(applying.ok()) << Said(applying);
    Must(ImportRunner(deps()).Run(id, never_));
    const auto done = imports().Get(id);
    ASSERT_TRUE(done.ok());
    ASSERT_EQ(done->head.state, ImportState::kApplied) << done->head.error;
  }

  Table Children(int count) {
    Table rows;
    for (int n = 0; n < count; ++n) rows.push_back(CellsFor(ImportKind::kRoster, Child(n)));
    return rows;
  }

  StudentView Find(const std::string& id_number, const AsOf& as_of = {}) {
    auto view = students().Get(WhichStudent{.id_number = id_number}, as_of);
    EXPECT_TRUE(view.ok()) << Said(view);
    return view.ok() ? *view : StudentView{};
  }

  base::Result<std::string> Change(const ChangeCommand& command) {
    return Enrolments(deps()).Change(command, Write("change"), [this](const StudentView& view) {
      last_ = view;
      return std::string{"changed"};
    });
  }
  const StudentView& last() const { return last_; }

  std::vector<store::StoredEvent> Events(std::uint64_t after = 0) {
    std::vector<store::StoredEvent> events;
    Must(pool().WithSession([&](store::Session& session) -> base::Status {
      ASSIGN_OR_RETURN(events, store::ReadEvents(session, kFeed, after, 100000));
      return {};
    }));
    return events;
  }
  std::uint64_t Head() {
    const auto events = Events();
    return events.empty() ? 0 : events.back().seq;
  }
  std::string Sql(const std::string& sql) {
    return harness::PrivateMariaDb::Shared().RunSql(sql, options_.database);
  }
  // Whoever looks at the tables, without keys: everything that is stored about students.
  std::string Census() {
    return Sql(
        "SELECT student_id, version, HEX(person_key), name, school_code, class_id, status, seat_no"
        " FROM student ORDER BY student_id;"
        "SELECT student_id, version, kind, to_status, to_school, to_class, HEX(fields)"
        " FROM student_change ORDER BY student_id, version;"
        "SELECT class_id, school_code, class_no, grade, name FROM school_class ORDER BY class_id;"
        "SELECT seq, type, subject, HEX(payload) FROM event_log ORDER BY seq;");
  }

  const Deps& deps() { return *deps_; }
  store::Pool& pool() { return *pool_; }
  Imports& imports() {
    if (!imports_) imports_ = std::make_unique<Imports>(deps());
    return *imports_;
  }
  Students students() { return Students{deps()}; }
  Reconciliations reconciliations() { return Reconciliations{deps()}; }
  Ledgers ledgers() { return Ledgers{deps()}; }
  base::ManualClock& clock() { return clock_; }
  Vault& vault() { return *vault_; }
  const store::PoolOptions& options() const { return options_; }
  // Another copy of the service: a pool of its own.
  std::unique_ptr<store::Pool> AnotherPool() {
    return std::make_unique<store::Pool>(options_, clock_);
  }

  std::atomic<int> notified{0};

 private:
  EmptyDatabase database_;
  base::ManualClock clock_;
  harness::TempDir dir_{"registry"};
  store::PoolOptions options_;
  std::unique_ptr<security::Keyring> keys_;
  std::unique_ptr<Vault> vault_;
  Config config_;
  std::unique_ptr<store::Pool> pool_;
  std::unique_ptr<Deps> deps_;
  std::unique_ptr<Imports> imports_;
  base::RandomIds ids_;
  StudentView last_;
  const std::atomic<bool> never_ = false;
};

inline std::uint64_t Count(const ImportReport& report, const std::string& name) {
  const auto found = report.counts.find(name);
  return found == report.counts.end() ? 0 : found->second;
}

}  // namespace registry::testing
