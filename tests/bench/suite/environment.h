// A deployment to measure on: services from the build, MariaDB tuned as deploy/up tunes it, a
// sample county made and imported by the operator's own command.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "harness/deployment.h"

namespace bench {

struct ClassList {
  std::int64_t class_id = 0;
  std::string school_code = {};
  std::vector<std::int64_t> students = {};
};

// How deploy/up tunes MariaDB.
std::vector<std::string> TunedMariaDb();

struct EnvironmentOptions {
  std::string county = "tongan";
  int students = 0;   // 0: the county's own number
  bool tracing = false;  // a deployment with letters; its service is not started
  bool term = false;  // make a whole term of roll calls
};

class Environment {
 public:
  explicit Environment(EnvironmentOptions options);

  harness::Deployment& deployment() { return *deployment_; }
  const host::Suite& suite() const { return suite_; }
  bus::Context& context() { return *context_; }
  bus::Client& client(const std::string& service);
  bus::ClientOptions Dial(const std::string& service) const;

  // Makes the sample (once a run of this program) and returns its folder.
  const std::string& Sample();
  // Imports schools, classes and roster, and waits until attendance knows everybody.
  void ImportAll();
  void Import(const std::string& file, const std::vector<std::string>& words);
  // The rehearsal clock, e.g. "2026-10-09T08:30". All feeds are followed to their ends afterwards.
  void SetClock(const std::string& local_time);
  void AwaitSettled();
  // Every class with its students, as the registry has them.
  const std::vector<ClassList>& Classes();
  std::vector<base::Date> SchoolDays(base::Date first, base::Date last);

 private:
  EnvironmentOptions options_;
  harness::TempDir dir_;
  std::string config_dir_;
  std::string sample_dir_;
  std::unique_ptr<harness::Deployment> deployment_;
  host::Suite suite_;
  std::unique_ptr<bus::Context> context_;
  base::SystemClock clock_;
  base::RandomIds ids_;
  std::map<std::string, std::unique_ptr<bus::Client>> clients_;
  std::vector<ClassList> classes_;
};

struct Measured {
  double seconds = 0;
  std::uint64_t peak_bytes = 0;
  int exit_code = 0;
  std::string output = {};
};
// Runs a program to its end and watches its resident memory.
Measured RunMeasured(const std::vector<std::string>& argv);
// VmHWM of a process, bytes.
std::uint64_t PeakBytes(pid_t pid);

baoxue::bus::v1::Actor BenchActor();
void PutDate(base::Date day, baoxue::bus::v1::Date* out);
// Throws std::runtime_error with the error when a call failed.
template <class T>
T Must(base::Result<T> result) {
  if (!result.ok()) throw std::runtime_error(result.error().ToString());
  return std::move(result).value();
}

}  // namespace bench
