// Stage: one county's deployment with an imported sample, and the command's answers as JSON.
// Throws std::runtime_error when a command fails that should not. Belongs to one thread.
#pragma once

#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <tuple>
#include <vector>

#include "cli/sample/truth.h"
#include "harness/deployment.h"
#include "harness/temp_dir.h"

namespace acceptance {

struct StageOptions {
  std::string county = "tongan";
  int students = 1500;
  int weeks = 4;
  int seed = 1;
  bool rehearsal = true;
};

// 学校标识码, 班号, 班内学号
using Seat = std::tuple<std::string, std::string, std::string>;

class Stage {
 public:
  explicit Stage(StageOptions options);

  harness::Deployment& deployment() { return *deployment_; }
  const sample::Truth& truth() const { return truth_; }
  std::string folder() const { return dir_.File("sample"); }
  std::string File(const std::string& name) const { return dir_.File(name); }

  // The command with --json --quiet; its answer.
  nlohmann::json Ask(std::vector<std::string> words);
  // The same, whatever it answers.
  harness::RunResult Run(std::vector<std::string> words);

  void ImportSample();
  // Who sits where, from the registry.
  std::map<std::int64_t, Seat> SeatsById();

 private:
  harness::TempDir dir_{"stage"};
  std::unique_ptr<harness::Deployment> deployment_;
  sample::Truth truth_;
};

}  // namespace acceptance
