#include "bench/suite/environment.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <stdexcept>

#include "harness/wait.h"
#include "registry/contract/registry.pb.h"
#include "settings/calendar.h"
#include "settings/county.h"

namespace bench {
namespace {

namespace fs = std::filesystem;
namespace rv1 = baoxue::registry::v1;
namespace bv1 = baoxue::bus::v1;

constexpr const char* kBin = BAOXUE_BINARY_DIR "/bin";

// The benchmark submits for any day of the term, so it looks further back than an officer may.
void WidenBackdating(const std::string& profile) {
  std::string text = harness::ReadFile(profile);
  const std::regex bound{"\\bbackdate_days_max: *[0-9]+"};
  text = std::regex_replace(text, bound, "backdate_days_max: 366");
  harness::WriteFile(profile, text);
}

}  // namespace

std::vector<std::string> TunedMariaDb() {
  return {"--innodb-buffer-pool-size=512M",
          "--innodb-log-file-size=512M",
          "--innodb-flush-method=O_DIRECT",
          "--skip-name-resolve",
          "--local-infile=1",
          "--innodb-doublewrite=1"};
}

Environment::Environment(EnvironmentOptions options) : options_(std::move(options)), dir_("bench") {
  config_dir_ = dir_.File("config");
  fs::copy(BAOXUE_SOURCE_DIR "/config", config_dir_, fs::copy_options::recursive);
  WidenBackdating(config_dir_ + "/counties/" + options_.county + ".yaml");
  harness::DeploymentOptions deployment;
  deployment.bin_dir = kBin;
  deployment.config_dir = config_dir_;
  deployment.county = options_.county;
  deployment.tcp = true;
  deployment.tracing = options_.tracing;
  deployment.mariadb.extra_args = TunedMariaDb();
  deployment_ = std::make_unique<harness::Deployment>(deployment);
  store::Pool::InitDriver();
  suite_ = Must(host::LoadSuite(deployment_->suite_path()));
  context_ = std::make_unique<bus::Context>(bus::AccessList{});
}

bus::ClientOptions Environment::Dial(const std::string& service) const {
  return Must(host::ClientFor(suite_, service, "cli"));
}

bus::Client& Environment::client(const std::string& service) {
  auto& client = clients_[service];
  if (!client) client = std::make_unique<bus::Client>(*context_, Dial(service), clock_, ids_);
  return *client;
}

const std::string& Environment::Sample() {
  if (!sample_dir_.empty()) return sample_dir_;
  sample_dir_ = dir_.File("sample");
  std::vector<std::string> words{"sample", "--county", options_.county, "--seed",
                                 "7",      "--out",    sample_dir_};
  if (options_.students > 0) {
    words.insert(words.end(), {"--students", std::to_string(options_.students)});
  }
  if (options_.term) words.emplace_back("--term");
  const auto made = deployment_->Cli(words);
  if (made.exit_code != 0) throw std::runtime_error("baoxue sample: " + made.output);
  return sample_dir_;
}

void Environment::Import(const std::string& file, const std::vector<std::string>& words) {
  std::vector<std::string> all{"import", Sample() + "/" + file};
  all.insert(all.end(), words.begin(), words.end());
  const auto done = deployment_->Cli(all, std::chrono::seconds{300});
  if (done.exit_code != 0) throw std::runtime_error("baoxue import " + file + ": " + done.output);
}

void Environment::ImportAll() {
  Import("schools.csv", {"--kind", "schools", "--yes"});
  Import("classes.csv", {"--kind", "classes", "--yes"});
  Import("roster.csv", {"--kind", "roster", "--yes"});
  AwaitSettled();
}

void Environment::SetClock(const std::string& local_time) {
  const auto moved = deployment_->Cli({"clock", "set", local_time});
  if (moved.exit_code != 0) throw std::runtime_error("baoxue clock set: " + moved.output);
}

void Environment::AwaitSettled() {
  const bool settled = harness::WaitUntil(
      [&] {
        std::map<std::string, std::uint64_t> heads;
        std::map<std::string, bv1::GetProgressReply> replies;
        for (const auto& name : harness::Deployment::ServiceNames()) {
          auto reply = client(name).Ask<bv1::GetProgressReply>(bv1::GetProgress{});
          if (!reply.ok()) return false;
          heads[name] = reply->feed_head();
          replies[name] = *reply;
        }
        for (const auto& [name, reply] : replies) {
          if (reply.work_pending() > 0) return false;
          for (const auto& feed : reply.following()) {
            if (feed.position() != heads[feed.feed()]) return false;
          }
        }
        return true;
      },
      std::chrono::seconds{300});
  if (!settled) throw std::runtime_error("the services did not settle");
}

const std::vector<ClassList>& Environment::Classes() {
  if (!classes_.empty()) return classes_;
  std::map<std::int64_t, ClassList> by_id;
  bus::CallOptions call;
  call.timeout = std::chrono::seconds{60};
  const auto classes =
      Must(client("registry").Ask<rv1::ListClassesReply>(rv1::ListClasses{}, call));
  for (const auto& c : classes.classes()) {
    by_id[c.class_id()] = ClassList{c.class_id(), c.school_code(), {}};
  }
  rv1::ListStudents list;
  list.set_limit(2000);
  for (;;) {
    const auto page = Must(client("registry").Ask<rv1::ListStudentsReply>(list, call));
    for (const auto& s : page.students()) by_id[s.class_id()].students.push_back(s.student_id());
    if (page.students().empty()) break;
    list.set_after(page.students().rbegin()->student_id());
  }
  for (auto& [id, c] : by_id) {
    if (id != 0 && !c.students.empty()) classes_.push_back(std::move(c));
  }
  return classes_;
}

std::vector<base::Date> Environment::SchoolDays(base::Date first, base::Date last) {
  const auto county = Must(settings::LoadCounty(suite_.ProfilePath()));
  const auto calendar = Must(settings::LoadCalendar(county.calendar));
  return calendar.calendar.SchoolDays({first, last + std::chrono::days{1}});
}

std::uint64_t PeakBytes(pid_t pid) {
  std::ifstream in{"/proc/" + std::to_string(pid) + "/status"};
  std::string word;
  while (in >> word) {
    if (word == "VmHWM:") {
      std::uint64_t kib = 0;
      in >> kib;
      return kib * 1024;
    }
  }
  return 0;
}

Measured RunMeasured(const std::vector<std::string>& argv) {
  harness::TempDir dir{"run"};
  harness::ChildOptions options;
  options.argv = argv;
  options.output_file = dir.File("out");
  Measured measured;
  const auto begun = std::chrono::steady_clock::now();
  harness::ChildProcess child{options};
  std::optional<int> exit_code;
  while (!exit_code) {
    measured.peak_bytes = std::max(measured.peak_bytes, PeakBytes(child.pid()));
    exit_code = child.Wait(std::chrono::milliseconds{20});
  }
  measured.seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
  measured.exit_code = *exit_code;
  measured.output = child.Output();
  return measured;
}

bv1::Actor BenchActor() {
  bv1::Actor actor;
  actor.set_person_id("T1");
  actor.set_name("基准测试");
  actor.set_role("bureau_officer");
  actor.set_body("bench");
  return actor;
}

void PutDate(base::Date day, bv1::Date* out) {
  out->set_year(day.year());
  out->set_month(static_cast<std::int32_t>(day.month()));
  out->set_day(static_cast<std::int32_t>(day.day()));
}

}  // namespace bench
