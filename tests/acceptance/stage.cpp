#include "acceptance/stage.h"

#include <stdexcept>

namespace acceptance {
namespace {
constexpr std::chrono::minutes kCommandTimeout{5};
}

Stage::Stage(StageOptions options) {
  harness::DeploymentOptions deployment;
  deployment.bin_dir = BAOXUE_BINARY_DIR "/bin";
  deployment.config_dir = BAOXUE_SOURCE_DIR "/config";
  deployment.county = options.county;
  deployment.rehearsal = options.rehearsal;
  deployment_ = std::make_unique<harness::Deployment>(deployment);
  Ask({"sample", "--county", options.county, "--students", std::to_string(options.students),
       "--weeks", std::to_string(options.weeks), "--seed", std::to_string(options.seed),
       "--config-dir", deployment.config_dir, "--out", folder()});
  auto truth = sample::ReadTruth(folder() + "/truth.json");
  if (!truth.ok()) throw std::runtime_error(truth.error().ToString());
  truth_ = std::move(truth).value();
  deployment_->StartAll();
}

harness::RunResult Stage::Run(std::vector<std::string> words) {
  words.insert(words.begin(), {"--json", "--quiet", "--timeout", "30"});
  return deployment_->Cli(std::move(words), kCommandTimeout);
}

nlohmann::json Stage::Ask(std::vector<std::string> words) {
  std::string line = "baoxue";
  for (const std::string& word : words) line += " " + word;
  const harness::RunResult result = Run(std::move(words));
  auto json = nlohmann::json::parse(result.output, nullptr, false);
  if (result.exit_code != 0 || json.is_discarded()) {
    throw std::runtime_error(line + " exited " + std::to_string(result.exit_code) + ":\n" +
                             result.output);
  }
  return json;
}

void Stage::ImportSample() { Ask({"import", "--sample", folder()}); }

std::map<std::int64_t, Seat> Stage::SeatsById() {
  std::map<std::int64_t, std::string> class_numbers;
  const auto classes = Ask({"class", "list"});
  for (const auto& one : classes["classes"]) {
    class_numbers[one["class_id"]] = one["class_no"];
  }
  std::map<std::int64_t, Seat> seats;
  for (const auto& one : Ask({"student", "list", "--limit", "0"})) {
    seats[one["student_id"]] = {one["school_code"], class_numbers[one["class_id"]], one["seat_no"]};
  }
  return seats;
}

}  // namespace acceptance
