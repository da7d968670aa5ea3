#include "harness/letter_county.h"

#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace harness {
namespace {

namespace v1 = baoxue::tracing::v1;

void Check(const RunResult& result) {
  if (result.exit_code != 0) throw std::runtime_error(result.output);
}

std::vector<std::string> Split(const std::string& line) {
  std::vector<std::string> cells;
  std::istringstream in{line};
  for (std::string cell; std::getline(in, cell, ',');) cells.push_back(cell);
  return cells;
}

}  // namespace

// The same settings, but for the county's rule of who issues a 核查函: the machine.
std::string LetterCounty::WithoutOfficers(const std::string& config_dir,
                                          const std::string& county) {
  namespace fs = std::filesystem;
  const fs::path from = fs::absolute(config_dir);
  for (const fs::directory_entry& entry : fs::directory_iterator{from}) {
    if (entry.path().filename() == "counties") continue;
    fs::create_symlink(entry.path(), config_->File(entry.path().filename().string()));
  }
  fs::create_directory(config_->File("counties"));
  for (const fs::directory_entry& entry : fs::directory_iterator{from / "counties"}) {
    if (entry.path().extension() != ".yaml") continue;
    std::string text = ReadFile(entry.path().string());
    const std::string rule = "automatic: [CB]";
    const std::size_t at = text.find(rule);
    if (entry.path().stem() == county) {
      if (at == std::string::npos) throw std::runtime_error("no rule of approval: " + county);
      text.replace(at, rule.size(), "automatic: [CB, HC]");
    }
    WriteFile(config_->File("counties/" + entry.path().filename().string()), text);
  }
  return config_->path();
}

LetterCounty::LetterCounty(DeploymentOptions options, const std::string& exchange, int students) {
  options.tracing = true;
  options.rehearsal = false;  // repeats need a clock that runs
  options.config_dir = WithoutOfficers(options.config_dir, options.county);
  deployment_ = std::make_unique<Deployment>(options);
  std::ofstream{deployment_->exchange_path(), std::ios::app} << exchange;
  deployment_->StartAll();
  deployment_->Start("tracing");
  if (students > 0) {
    Check(deployment_->Cli({"sample", "--county", options.county, "--students",
                            std::to_string(students), "--weeks", "1", "--config-dir",
                            options.config_dir, "--out", Folder()}));
    Check(deployment_->Cli({"import", "--sample", Folder()}, std::chrono::minutes{5}));
  }
  suite_ = host::LoadSuite(deployment_->suite_path()).value();
}

void LetterCounty::Join(LetterCounty& other) {
  const std::string file = other.deployment_->data_dir() + "/own.directory";
  const RunResult exported = other.deployment_->Cli({"--json", "directory", "export", file});
  Check(exported);
  const std::string key = "\"fingerprint\": \"";
  const std::size_t at = exported.output.find(key) + key.size();
  const std::string fingerprint = exported.output.substr(at, exported.output.find('"', at) - at);
  Check(deployment_->Cli({"directory", "import", file, "--fingerprint", fingerprint}));
}

std::vector<SampleChild> LetterCounty::Children() const {
  std::ifstream in{Folder() + "/roster.csv"};
  std::string line;
  std::getline(in, line);
  const std::vector<std::string> head = Split(line);
  const auto column = [&](std::string_view name) {
    for (std::size_t i = 0; i < head.size(); ++i) {
      if (head[i].find(name) != std::string::npos) return i;
    }
    throw std::runtime_error("the roster has no such column");
  };
  const std::size_t name = column("姓名");
  const std::size_t number = column("身份证件号");
  std::vector<SampleChild> children;
  while (std::getline(in, line)) {
    const std::vector<std::string> cells = Split(line);
    if (cells.size() > std::max(name, number)) children.push_back({cells[name], cells[number]});
  }
  return children;
}

v1::DraftLetter InquiryAbout(const SampleChild& child, const std::string& to,
                             std::uint32_t ordinal) {
  v1::DraftLetter draft;
  draft.set_kind(v1::LETTER_KIND_HC);
  draft.set_to(to);
  draft.set_ordinal(ordinal);
  v1::InquiryLetter& letter = *draft.mutable_inquiry();
  letter.mutable_child()->set_name(child.name);
  letter.mutable_child()->set_id_number(child.id_number);
  letter.mutable_child()->set_household_division(to);
  letter.mutable_last_seen()->set_year(2026);
  letter.mutable_last_seen()->set_month(8);
  letter.mutable_last_seen()->set_day(20);
  v1::Measure& visit = *letter.add_measures();
  visit.set_kind("家访");
  visit.set_text("家中无人");
  *visit.mutable_day() = letter.last_seen();
  letter.set_request("请核查该生去向及就读情况");
  letter.mutable_contact()->set_body("教育局");
  letter.mutable_contact()->set_person("张科员");
  letter.mutable_contact()->set_phone("0592-0000000");
  return draft;
}

}  // namespace harness
