#include "bench/suite/subsidy_stage.h"

#include "bench/suite/environment.h"
#include "cli/setup.h"
#include "harness/wait.h"
#include "settings/calendar.h"
#include "settings/county.h"
#include "store/migrations.h"
#include "subsidy/endpoints/service.h"
#include "subsidy/store/decision_repository.h"

namespace subsidy {
std::span<const store::Migration> Migrations();
}

namespace bench {
namespace {

const base::Date kDay = *base::Date::FromYmd(2026, 10, 9);
constexpr int kClasses = 2700;
constexpr int kSchools = 96;

void Check(const base::Status& status) {
  if (!status.ok()) throw std::runtime_error(status.error().ToString());
}

std::unique_ptr<host::Runtime> Start(const host::Suite& suite, host::Definition definition) {
  if (!definition.build) {
    definition.build = [](host::Host&) -> base::Result<std::shared_ptr<void>> {
      return std::shared_ptr<void>{};
    };
  }
  return Must(host::Runtime::Start(suite, std::move(definition),
                                   [](std::chrono::milliseconds) { return false; }));
}

}  // namespace

subsidy::StateRow CountyState(std::int64_t id) {
  return {.student = subsidy::StudentId{id},
          .version = 1,
          .effective = *base::Date::FromYmd(2026, 9, 1),
          .school_code = std::to_string(2135000000 + id % kSchools),
          .class_id = 1 + id % kClasses,
          .status = id % 97 == 0 ? 2 : 1,
          .boarding = id % 5 == 0,
          .non_local = id % 3 == 0,
          .name = "学生" + std::to_string(id)};
}

std::vector<subsidy::Tag> CountyTags(std::int64_t id) {
  constexpr const char* kGroups[] = {"低保", "脱贫户", "残疾", "监测户", "孤儿"};
  if (id % 10 != 0) return {};
  return {{kGroups[id / 10 % 5], "部门", "2026", *base::Date::FromYmd(2026, 1, 1), {}}};
}

SubsidyStage::SubsidyStage() : dir_("subsidy"), office_clock_(base::InstantAt(kDay, 480)) {
  store::Pool::InitDriver();
  harness::MariaDbOptions mariadb;
  mariadb.extra_args = {"--innodb-buffer-pool-size=512M", "--innodb-log-file-size=512M",
                        "--innodb-flush-method=O_DIRECT", "--skip-name-resolve"};
  mariadb_ = std::make_unique<harness::PrivateMariaDb>(mariadb);
  redis_ = std::make_unique<harness::PrivateRedis>();
  cli::SetupOptions options;
  options.data_dir = dir_.path();
  options.config_dir = std::string{BAOXUE_SOURCE_DIR} + "/config";
  options.rehearsal = true;
  options.rehearsal_start = kDay;
  options.port_base = harness::FreePort();
  options.mysql_socket = mariadb_->socket();
  options.mysql_user = "root";
  options.mysql_password = "";
  options.redis_socket = redis_->socket();
  options.redis_password = redis_->password();
  Check(cli::WriteSetup(options));
  suite_ = Must(host::LoadSuite(cli::SuitePath(dir_.path())));
  context_ = std::make_unique<bus::Context>(bus::AccessList{});
  store::PoolOptions own = suite_.mysql;
  own.database = suite_.services.at("subsidy").database;
  Check(store::Migrate(own, "library", store::LibraryMigrations(), clock_));
  Check(store::Migrate(own, "subsidy", subsidy::Migrations(), clock_));
  pool_ = std::make_unique<store::Pool>(own, clock_);
}

bus::ClientOptions SubsidyStage::Dial(const std::string& as) const {
  return Must(host::ClientFor(suite_, "subsidy", as));
}

std::unique_ptr<subsidy::Office> SubsidyStage::MakeOffice() {
  const auto county = Must(settings::LoadCounty(suite_.ProfilePath()));
  auto calendar = Must(settings::LoadCalendar(county.calendar));
  const auto texts =
      Must(subsidy::LoadRuleTexts(subsidy::RulesPath(suite_.config_dir, suite_.county)));
  auto office = std::make_unique<subsidy::Office>(subsidy::Office::Parts{
      .pool = *pool_,
      .clock = office_clock_,
      .calendar = std::move(calendar.calendar),
      .config_texts = subsidy::JoinTexts(texts),
      .parse = [](const std::string& joined) {
        return subsidy::ParseRules(subsidy::SplitTexts(joined));
      }});
  Check(office->EnsureRules());
  return office;
}

void SubsidyStage::FillCounty(int students) {
  using subsidy::StudentId;
  Check(pool_->InTransaction([&](store::Transaction& tx) -> base::Status {
    std::vector<subsidy::SchoolRow> schools;
    for (int i = 0; i < kSchools; ++i) {
      schools.push_back({std::to_string(2135000000 + i), "学校" + std::to_string(i),
                         i < 73 ? subsidy::SchoolKind::kPrimary : subsidy::SchoolKind::kJunior});
    }
    std::vector<subsidy::ClassRow> classes;
    for (int i = 1; i <= kClasses; ++i) {
      classes.push_back({i, *base::Date::FromYmd(2026, 8, 1), 1 + i % 9, "班"});
    }
    RETURN_IF_ERROR(SaveSchools(tx, schools));
    RETURN_IF_ERROR(SaveClasses(tx, classes));
    std::vector<subsidy::StateRow> states;
    std::map<StudentId, std::vector<subsidy::Tag>> tags;
    std::vector<std::pair<StudentId, std::optional<base::Date>>> due;
    for (int id = 1; id <= students; ++id) {
      states.push_back(CountyState(id));
      due.emplace_back(StudentId{id}, kDay);
      if (auto lines = CountyTags(id); !lines.empty()) tags[StudentId{id}] = std::move(lines);
    }
    RETURN_IF_ERROR(SaveStates(tx, states));
    RETURN_IF_ERROR(SaveTags(tx, tags));
    return SaveRechecks(tx, due);
  }));
}

void SubsidyStage::StartServices() {
  registry_ = Start(suite_, {.name = "registry"});
  subsidy_ = Start(suite_, subsidy::SubsidyDefinition());
}

}  // namespace bench
