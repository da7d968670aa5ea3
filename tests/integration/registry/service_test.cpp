// The whole service on real servers, asked over the bus with CURVE, following a feed of cases.
#include "registry/endpoints/service.h"

#include <gmock/gmock.h>
#include <google/protobuf/util/time_util.h>

#include "cases/contract/cases.pb.h"
#include "cli/setup.h"
#include "harness/cutting_proxy.h"
#include "harness/private_mariadb.h"
#include "harness/private_redis.h"
#include "harness/temp_dir.h"
#include "harness/wait.h"
#include "host/runtime.h"
#include "registry/contract/likely.pb.h"
#include "registry/contract/registry.pb.h"
#include "registry/domain/columns.h"
#include "store/event_log.h"
#include "unit/registry/people.h"

namespace registry {
namespace {

namespace pb = baoxue::registry::v1;
namespace v1 = baoxue::bus::v1;
using harness::WaitUntil;
using testing::Day;
using ::testing::HasSubstr;
using testing::MakeId;

// A service named cases that publishes what a test says, and nothing else.
host::Definition FakeCases() {
  host::Definition definition;
  definition.name = "cases";
  definition.build = [](host::Host&) -> base::Result<std::shared_ptr<void>> {
    return std::shared_ptr<void>{};
  };
  return definition;
}

v1::Date Date(int year, int month, int day) {
  v1::Date date;
  date.set_year(year);
  date.set_month(month);
  date.set_day(day);
  return date;
}

class ServiceTest : public ::testing::Test {
 protected:
  void SetUp() override {
    store::Pool::InitDriver();
    harness::PrivateMariaDb& mariadb = harness::PrivateMariaDb::Shared();
    harness::PrivateRedis& redis = harness::PrivateRedis::Shared();
    const store::PoolOptions own = mariadb.FreshDatabase();
    cli::SetupOptions options;
    options.data_dir = dir_.File("v");
    options.config_dir = std::string{BAOXUE_SOURCE_DIR} + "/config";
    options.rehearsal = true;
    options.tracing = true;  // for its key; the service does not run
    options.exchange_bind = "tcp://127.0.0.1:" + std::to_string(harness::FreePort());
    options.port_base = 0;
    options.mysql_socket = proxy_.socket();
    options.mysql_user = own.user;
    options.mysql_password = own.password;
    options.redis_socket = redis.socket();
    options.redis_password = redis.password();
    options.database_prefix = own.database + "_";
    options.redis_prefix = redis.FreshPrefix().prefix;
    const base::Status written = cli::WriteSetup(options);
    ASSERT_TRUE(written.ok()) << written.error().ToString();
    auto suite = host::LoadSuite(cli::SuitePath(dir_.File("v")));
    ASSERT_TRUE(suite.ok()) << suite.error().ToString();
    suite_ = *std::move(suite);
    cases_ = Start(FakeCases());
    service_ = Start(ServiceDefinition());
    ASSERT_TRUE(cases_ && service_);
    client_ = std::make_unique<bus::Client>(
        context_, host::ClientFor(suite_, "registry", "cli").value(), clock_, ids_);
  }

  std::unique_ptr<host::Runtime> Start(host::Definition definition) {
    auto runtime = host::Runtime::Start(suite_, std::move(definition),
                                        [](std::chrono::milliseconds) { return false; });
    EXPECT_TRUE(runtime.ok()) << runtime.error().ToString();
    return runtime.ok() ? *std::move(runtime) : nullptr;
  }

  static bus::CallOptions Officer() {
    bus::CallOptions options;
    options.actor.set_person_id("officer-1");
    options.actor.set_name("张老师");
    options.actor.set_role("bureau_officer");
    return options;
  }
  template <class Rep, class Req>
  base::Result<Rep> Ask(const Req& request, bus::CallOptions options = Officer()) {
    return client_->Ask<Rep>(request, std::move(options));
  }
  template <class Rep, class Req>
  Rep Must(const Req& request) {
    auto reply = Ask<Rep>(request);
    EXPECT_TRUE(reply.ok()) << (reply.ok() ? "" : reply.error().ToString());
    return reply.ok() ? *reply : Rep{};
  }

  using Line = std::map<std::string, std::string>;
  // Uploads, finishes, applies, and waits until it is applied.
  pb::ImportReply Import(pb::ImportKind kind, ImportKind mine, const std::vector<Line>& lines,
                         const std::string& source = "") {
    pb::BeginImport begin;
    begin.set_kind(kind);
    begin.set_source(source);
    for (const std::string& column : TemplateHeader(mine)) begin.add_header(column);
    const auto begun = Must<pb::BeginImportReply>(begin);
    pb::AddImportRows chunk;
    chunk.set_import_id(begun.import_id());
    for (const Line& line : lines) {
      pb::ImportRow& row = *chunk.add_rows();
      row.set_number(static_cast<std::uint64_t>(chunk.rows_size()) + 1);
      for (const std::string& column : begin.header()) {
        const auto found = line.find(column);
        row.add_cells(found == line.end() ? "" : found->second);
      }
    }
    Must<pb::AddImportRowsReply>(chunk);
    pb::FinishImport finish;
    finish.set_import_id(begun.import_id());
    finish.set_chunks(1);
    Must<pb::ImportReply>(finish);
    pb::ApplyImport apply;
    apply.set_import_id(begun.import_id());
    Must<pb::ImportReply>(apply);
    pb::GetImport get;
    get.set_import_id(begun.import_id());
    pb::ImportReply reply;
    EXPECT_TRUE(WaitUntil([&] {
      reply = Must<pb::ImportReply>(get);
      return reply.state() == "applied" || reply.state() == "failed";
    }));
    EXPECT_EQ(reply.state(), "applied") << reply.error();
    return reply;
  }
  void ImportSmallSchool() {
    Import(pb::IMPORT_KIND_SCHOOLS, ImportKind::kSchools,
           {{{"学校标识码", "2135000001"}, {"学校名称", "第一小学"}, {"学段", "小学"}}});
    id_ = MakeId("350212", Day(2016, 5, 6), 821);
    const auto reply = Import(pb::IMPORT_KIND_ROSTER, ImportKind::kRoster,
                              {{{"学校标识码", "2135000001"},
                                {"姓名", "周明"},
                                {"性别", "男"},
                                {"出生日期", "2016-05-06"},
                                {"身份证件号", id_},
                                {"班号", "501"},
                                {"联系电话", "13812345678"}},
                               {{"学校标识码", "2135000001"},
                                {"姓名", "坏行"},
                                {"性别", "男"},
                                {"出生日期", "2016-05-06"},
                                {"身份证件号", "1.1E+17"},
                                {"班号", "501"}}});
    EXPECT_EQ(reply.added(), 1u);
    EXPECT_EQ(reply.refused(), 1u);
    roster_import_ = reply.import_id();
  }
  pb::Student Student() {
    pb::GetStudent get;
    get.set_id_number(id_);
    return Must<pb::GetStudentReply>(get).student();
  }

  harness::TempDir dir_{"registry"};
  harness::CuttingProxy proxy_{harness::PrivateMariaDb::Shared().socket()};
  base::SystemClock clock_;
  base::RandomIds ids_;
  bus::Context context_{bus::AccessList{}};
  host::Suite suite_;
  std::unique_ptr<host::Runtime> cases_;
  std::unique_ptr<host::Runtime> service_;
  std::unique_ptr<bus::Client> client_;
  std::string id_;
  std::string roster_import_;
};

TEST_F(ServiceTest, ARosterIsImportedAndLookedAt) {
  ImportSmallSchool();
  const pb::Student student = Student();
  EXPECT_EQ(student.name(), "周明");
  EXPECT_EQ(student.school_name(), "第一小学");
  EXPECT_EQ(student.class_name(), "五年级1班");
  EXPECT_EQ(student.status(), pb::STUDENT_STATUS_ENROLLED);
  // Masked wherever it is shown.
  EXPECT_THAT(student.id_masked(), HasSubstr("**********"));
  EXPECT_EQ(student.details().at("联系电话"), "138****5678");
  EXPECT_EQ(student.ShortDebugString().find(id_), std::string::npos);
  pb::ListImportRows rows;
  rows.set_import_id(roster_import_);
  rows.set_outcome("refused");
  const auto refused = Must<pb::ListImportRowsReply>(rows);
  ASSERT_EQ(refused.rows_size(), 1);
  EXPECT_EQ(refused.rows(0).reason_code(), "ID_EXCEL_DAMAGED");
  EXPECT_EQ(refused.rows(0).cells_size(), refused.header_size());
  EXPECT_EQ(Must<pb::ListSchoolsReply>(pb::ListSchools{}).schools_size(), 1);
  pb::ListClasses classes;
  classes.set_school_code("2135000001");
  EXPECT_EQ(Must<pb::ListClassesReply>(classes).classes_size(), 1);
  pb::ListStudents students;
  students.set_class_id(student.class_id());
  EXPECT_EQ(Must<pb::ListStudentsReply>(students).students_size(), 1);
  EXPECT_EQ(Must<pb::RegistrySummary>(pb::GetRegistrySummary{}).enrolled(), 1u);
}

TEST_F(ServiceTest, AnEnrolmentIsChangedWithActorAndKey) {
  ImportSmallSchool();
  const pb::Student student = Student();
  pb::ChangeEnrolment change;
  change.set_student_id(student.student_id());
  change.set_kind(pb::CHANGE_KIND_KEEP);
  const base::Date today = base::DateAt(service_->host().clock().Now());
  change.mutable_effective()->set_year(today.year());
  change.mutable_effective()->set_month(static_cast<int>(today.month()));
  change.mutable_effective()->set_day(static_cast<int>(today.day()));
  change.add_evidence("辍学书面报告:1号");
  change.mutable_approver()->set_person_id("b1");
  change.mutable_approver()->set_role("bureau_officer");
  EXPECT_EQ(Ask<pb::ChangeEnrolmentReply>(change, {}).error().reason, "ACTOR_MISSING");
  bus::CallOptions once = Officer();
  once.idempotency_key = std::string(16, 'k');
  for (int time = 0; time < 2; ++time) {
    const auto reply = Ask<pb::ChangeEnrolmentReply>(change, once);
    ASSERT_TRUE(reply.ok()) << reply.error().ToString();
    EXPECT_EQ(reply->student().status(), pb::STUDENT_STATUS_LOST);
    EXPECT_EQ(reply->student().version(), 2);
  }
  pb::GetStudentHistory history;
  history.set_student_id(student.student_id());
  const auto changes = Must<pb::GetStudentHistoryReply>(history);
  ASSERT_EQ(changes.changes_size(), 2);
  EXPECT_EQ(changes.changes(1).kind_name(), "保留学籍");
  EXPECT_EQ(changes.changes(1).actor().person_id(), "officer-1");
  // A code that the compulsory stage does not know travels as a number and is refused by name.
  change.set_kind(static_cast<pb::ChangeKind>(42));
  EXPECT_EQ(Ask<pb::ChangeEnrolmentReply>(change).error().reason, "KIND_FORBIDDEN");
  change.mutable_effective()->set_month(13);
  EXPECT_EQ(Ask<pb::ChangeEnrolmentReply>(change).error().reason, "BAD_DATE");
}

TEST_F(ServiceTest, ListsAreComparedAndLedgersFollowCases) {
  ImportSmallSchool();
  Import(pb::IMPORT_KIND_SCHOOL_AGE, ImportKind::kSchoolAge,
         {{{"姓名", "周明"}, {"性别", "男"}, {"出生日期", "2016-05-06"}, {"身份证件号", id_}},
          {{"姓名", "甲失学"},
           {"性别", "男"},
           {"出生日期", "2014-07-08"},
           {"身份证件号", MakeId("350212", Day(2014, 7, 8), 11)},
           {"核查去向", "失学"}}},
         "公安局");
  const auto run = Must<pb::ReconciliationReply>(pb::RunReconciliation{});
  pb::GetReconciliation get;
  get.set_run_id(run.run_id());
  pb::ReconciliationReply done;
  EXPECT_TRUE(WaitUntil([&] {
    done = Must<pb::ReconciliationReply>(get);
    return done.state() == "done";
  }));
  EXPECT_EQ(done.people(), 2u);
  pb::ListMatches list;
  list.set_run_id(run.run_id());
  const auto matches = Must<pb::ListMatchesReply>(list);
  ASSERT_EQ(matches.matches_size(), 1);
  EXPECT_EQ(matches.matches(0).match_class(), "B11");
  EXPECT_EQ(matches.matches(0).next_action(), "立案劝返");

  baoxue::cases::v1::CaseChanged changed;
  changed.set_case_id(3);
  changed.set_student_id(Student().student_id());
  changed.set_state("10");
  changed.set_version(1);
  const store::NewEvent event{.type = "cases.case.opened",
                              .subject = "case/3",
                              .time = clock_.Now(),
                              .payload = changed.SerializeAsString(),
                              .payload_type = changed.GetDescriptor()->full_name()};
  const base::Status published =
      cases_->host().pool().InTransaction([&](store::Transaction& tx) -> base::Status {
        const auto first = store::AppendEvents(tx, "cases", {&event, 1});
        return first.ok() ? base::Status{} : first.error();
      });
  ASSERT_TRUE(published.ok());
  cases_->host().NotifyFeed();
  pb::ListLedger ledger;
  ledger.set_ledger(pb::LEDGER_SUSPECTED);
  pb::ListLedgerReply lines;
  EXPECT_TRUE(WaitUntil([&] {
    lines = Must<pb::ListLedgerReply>(ledger);
    return lines.total() == 1;
  }));
  ASSERT_EQ(lines.rows_size(), 1);
  EXPECT_EQ(lines.rows(0).cells(1), "周明");
  EXPECT_EQ(Ask<pb::ListLedgerReply>(pb::ListLedger{}).error().reason, "LEDGER_UNKNOWN");
}

TEST_F(ServiceTest, AChildOfAnotherCountysLetterIsFoundOnTheList) {
  ImportSmallSchool();
  const std::string number = MakeId("350212", Day(2014, 7, 8), 11);
  Import(pb::IMPORT_KIND_SCHOOL_AGE, ImportKind::kSchoolAge,
         {{{"姓名", "甲失学"}, {"性别", "男"}, {"出生日期", "2014-07-08"}, {"身份证件号", number}}},
         "公安局");
  pb::FindPerson find;
  find.set_id_number(number);
  const auto exact = Must<pb::FindPersonReply>(find);
  EXPECT_GT(exact.person_id(), 0);
  EXPECT_EQ(exact.candidates_size(), 0);
  find.set_id_number(id_);  // on the roster, not on the list
  find.set_name("甲失学");
  EXPECT_EQ(Must<pb::FindPersonReply>(find).candidates_size(), 0) << "a name alone is nobody";
  *find.mutable_birth() = Date(2014, 7, 8);
  const auto maybe = Must<pb::FindPersonReply>(find);
  EXPECT_EQ(maybe.person_id(), 0);
  ASSERT_EQ(maybe.candidates_size(), 1);
  EXPECT_EQ(maybe.candidates(0).person_id(), exact.person_id());
  EXPECT_EQ(maybe.candidates(0).birth().day(), 8);
  EXPECT_EQ(maybe.ShortDebugString().find(number), std::string::npos);
  *find.mutable_birth() = Date(2014, 2, 30);
  EXPECT_EQ(Ask<pb::FindPersonReply>(find).error().reason, "BAD_DATE");
}

TEST_F(ServiceTest, WhomALetterMayMeanIsToldToTracingAloneAndWithoutNumbers) {
  ImportSmallSchool();
  pb::FindLikely find;
  find.set_name("周朋");
  *find.mutable_birth() = Date(2016, 5, 6);
  std::string mistyped = id_;
  mistyped[15] = mistyped[15] == '7' ? '8' : '7';
  find.set_id_number(mistyped);
  find.add_guardians()->set_phone("13812345678");
  EXPECT_EQ(Ask<pb::FindLikelyReply>(find).error().reason, "ONLY_TRACING");
  bus::Client tracing{context_, host::ClientFor(suite_, "registry", "tracing").value(), clock_,
                      ids_};
  const auto found = tracing.Ask<pb::FindLikelyReply>(find, bus::CallOptions{});
  ASSERT_TRUE(found.ok()) << found.error().ToString();
  ASSERT_EQ(found->students_size(), 1);
  const pb::LikelyStudent& one = found->students(0);
  EXPECT_EQ(one.likeness().name(), pb::NAME_LIKENESS_ONE_CHARACTER);
  EXPECT_EQ(one.likeness().birth(), pb::BIRTH_LIKENESS_SAME);
  EXPECT_EQ(one.likeness().number(), pb::NUMBER_LIKENESS_ONE_DIGIT);
  EXPECT_EQ(one.likeness().sex(), pb::AGREEMENT_YES) << "as the number says";
  EXPECT_EQ(one.likeness().phone(), pb::AGREEMENT_YES);
  EXPECT_EQ(one.likeness().guardian(), pb::AGREEMENT_UNSPECIFIED);
  EXPECT_EQ(one.student().name(), "周明");
  EXPECT_EQ(one.student().school_name(), "第一小学");
  EXPECT_TRUE(one.student().details().empty());
  for (const std::string& secret : {id_, mistyped, std::string{"13812345678"}}) {
    EXPECT_EQ(found->ShortDebugString().find(secret), std::string::npos);
  }
  *find.mutable_birth() = Date(2014, 2, 30);
  const auto refused = tracing.Ask<pb::FindLikelyReply>(find, bus::CallOptions{});
  EXPECT_EQ(refused.error().reason, "BAD_DATE");
}

TEST_F(ServiceTest, ARestartGoesOnWithWhatWasBegun) {
  ImportSmallSchool();
  // An import that is applying when the service dies.
  pb::BeginImport begin;
  begin.set_kind(pb::IMPORT_KIND_SCHOOLS);
  for (const std::string& column : TemplateHeader(ImportKind::kSchools)) begin.add_header(column);
  const auto begun = Must<pb::BeginImportReply>(begin);
  pb::AddImportRows chunk;
  chunk.set_import_id(begun.import_id());
  pb::ImportRow& row = *chunk.add_rows();
  row.set_number(2);
  for (const char* cell : {"2135000007", "第七小学", "小学", "", "", ""}) row.add_cells(cell);
  Must<pb::AddImportRowsReply>(chunk);
  pb::FinishImport finish;
  finish.set_import_id(begun.import_id());
  finish.set_chunks(1);
  Must<pb::ImportReply>(finish);
  const std::string database = suite_.services.at("registry").database;
  service_.reset();
  harness::PrivateMariaDb::Shared().RunSql(
      "UPDATE import SET state = 'applying' WHERE import_id = " + begun.import_id(), database);
  service_ = Start(ServiceDefinition());
  ASSERT_TRUE(service_);
  EXPECT_TRUE(
      WaitUntil([&] { return Must<pb::ListSchoolsReply>(pb::ListSchools{}).schools_size() == 2; }));
}

// The answer of one COMMIT is lost, done or not: the caller hears the first answer all the same,
// and it has happened once.
class LostAnswerTest : public ServiceTest, public ::testing::WithParamInterface<harness::Cut> {
 protected:
  // `marker`: what this request's transaction says; empty: its key.
  template <class Rep, class Req>
  Rep Survive(const Req& request, std::string marker = {}) {
    bus::CallOptions options = Officer();
    options.idempotency_key = "lost-answer-" + std::to_string(1000 + proxy_.cuts());
    const int before = proxy_.cuts();
    proxy_.CutAt(GetParam(), marker.empty() ? options.idempotency_key : std::move(marker));
    const auto reply = Ask<Rep>(request, options);
    EXPECT_TRUE(reply.ok()) << request.GetTypeName() << " " << reply.error().ToString();
    EXPECT_EQ(proxy_.cuts(), before + 1) << request.GetTypeName();
    return reply.ok() ? *reply : Rep{};
  }
  std::string Sql(const std::string& sql) {
    return harness::PrivateMariaDb::Shared().RunSql(sql,
                                                    suite_.services.at("registry").database);
  }
};

TEST_P(LostAnswerTest, AnImportIsUploadedAndAppliedOnce) {
  pb::BeginImport begin;
  begin.set_kind(pb::IMPORT_KIND_SCHOOLS);
  for (const std::string& column : TemplateHeader(ImportKind::kSchools)) begin.add_header(column);
  const std::string id = Survive<pb::BeginImportReply>(begin).import_id();
  pb::AddImportRows chunk;
  chunk.set_import_id(id);
  pb::ImportRow& row = *chunk.add_rows();
  row.set_number(2);
  for (const char* cell : {"2135000007", "第七小学", "小学", "", "", ""}) row.add_cells(cell);
  EXPECT_EQ(Survive<pb::AddImportRowsReply>(chunk, "INSERT INTO import_chunk").rows(), 1u);
  pb::FinishImport finish;
  finish.set_import_id(id);
  finish.set_chunks(1);
  const auto checked = Survive<pb::ImportReply>(finish, "UPDATE import SET");
  EXPECT_EQ(checked.state(), "checked");
  EXPECT_EQ(checked.added(), 1u);
  pb::ApplyImport apply;
  apply.set_import_id(id);
  Survive<pb::ImportReply>(apply, "UPDATE import SET");
  EXPECT_TRUE(WaitUntil([&] { return Sql("SELECT state FROM import") == "applied\n"; }));
  EXPECT_EQ(Sql("SELECT COUNT(*) FROM school"), "1\n");
  EXPECT_EQ(Sql("SELECT type FROM event_log"), "registry.school.changed\n");
  pb::CancelImport cancel;
  cancel.set_import_id(Survive<pb::BeginImportReply>(begin).import_id());
  EXPECT_EQ(Survive<pb::ImportReply>(cancel, "UPDATE import SET").state(), "cancelled");
}

TEST_P(LostAnswerTest, AChangeAndADecisionHappenOnce) {
  ImportSmallSchool();
  pb::ChangeEnrolment change;
  change.set_student_id(Student().student_id());
  change.set_kind(pb::CHANGE_KIND_KEEP);
  const base::Date today = base::DateAt(service_->host().clock().Now());
  change.mutable_effective()->set_year(today.year());
  change.mutable_effective()->set_month(static_cast<int>(today.month()));
  change.mutable_effective()->set_day(static_cast<int>(today.day()));
  change.add_evidence("辍学书面报告:1号");
  change.mutable_approver()->set_person_id("b1");
  change.mutable_approver()->set_role("bureau_officer");
  EXPECT_EQ(Survive<pb::ChangeEnrolmentReply>(change).student().version(), 2);
  EXPECT_EQ(Student().version(), 2);
  EXPECT_EQ(Sql("SELECT COUNT(*) FROM event_log WHERE type = 'registry.student.kept'"), "1\n");
  Import(pb::IMPORT_KIND_SCHOOL_AGE, ImportKind::kSchoolAge,
         {{{"姓名", "甲失学"},
           {"性别", "男"},
           {"出生日期", "2014-07-08"},
           {"身份证件号", MakeId("350212", Day(2014, 7, 8), 11)},
           {"核查去向", "失学"}}},
         "公安局");
  Survive<pb::ReconciliationReply>(pb::RunReconciliation{});
  EXPECT_TRUE(WaitUntil([&] { return Sql("SELECT state FROM reconciliation") == "done\n"; }));
  pb::DecideMatch decide;
  decide.set_match_id(std::stoll(Sql("SELECT MAX(match_id) FROM match_result")));
  decide.set_match_class("B04");
  decide.set_reason("电话核实");
  EXPECT_EQ(Survive<pb::DecideMatchReply>(decide).match().match_class(), "B04");
  EXPECT_EQ(Sql("SELECT COUNT(*) FROM event_log WHERE type = 'registry.match.decided'"), "1\n");
}

INSTANTIATE_TEST_SUITE_P(Cuts, LostAnswerTest,
                         ::testing::Values(harness::Cut::kBeforeCommit,
                                           harness::Cut::kAfterCommit));

TEST_F(ServiceTest, NonsenseIsRefusedAndDoctorIsWell) {
  pb::GetImport get;
  get.set_import_id("eins");
  EXPECT_EQ(Ask<pb::ImportReply>(get).error().reason, "BAD_ID");
  EXPECT_EQ(Ask<pb::GetStudentReply>(pb::GetStudent{}).error().reason, "WHO_MISSING");
  pb::ListImportRows rows;
  rows.set_import_id("1");
  rows.set_outcome("beautiful");
  EXPECT_EQ(Ask<pb::ListImportRowsReply>(rows).error().reason, "OUTCOME_UNKNOWN");
  pb::ListMatches matches;
  matches.set_match_class("B77");
  EXPECT_EQ(Ask<pb::ListMatchesReply>(matches).error().reason, "MATCH_CLASS");
  pb::ListStudents students;
  students.add_statuses(pb::STUDENT_STATUS_UNSPECIFIED);
  EXPECT_EQ(Ask<pb::ListStudentsReply>(students).error().reason, "BAD_STATUS");
  const auto doctor = Must<v1::DoctorReply>(v1::Doctor{});
  EXPECT_TRUE(doctor.ready());
  const bool found = std::any_of(
      doctor.dependencies().begin(), doctor.dependencies().end(),
      [](const v1::DependencyHealth& one) { return one.name() == "background" && one.ok(); });
  EXPECT_TRUE(found);
}

}  // namespace
}  // namespace registry
