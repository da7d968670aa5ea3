// A whole county that writes letters: a Deployment with tracing whose machine sends and answers by
// itself, a sample of children, and how two of them join. Throws std::runtime_error when a command
// fails. Belongs to one thread.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "harness/deployment.h"
#include "harness/temp_dir.h"
#include "tracing/contract/tracing.pb.h"

namespace harness {

struct SampleChild {
  std::string name = {};
  std::string id_number = {};
};

class LetterCounty {
 public:
  // `exchange`: further lines of etc/exchange.yaml. `students` 0: no sample is imported.
  LetterCounty(DeploymentOptions options, const std::string& exchange, int students);

  Deployment& deployment() { return *deployment_; }
  const host::Suite& suite() const { return suite_; }
  // The two compared fingerprints: this one takes the other's file.
  void Join(LetterCounty& other);
  std::vector<SampleChild> Children() const;

 private:
  std::string WithoutOfficers(const std::string& config_dir, const std::string& county);
  std::string Folder() const { return deployment_->data_dir() + "/sample"; }
  std::unique_ptr<TempDir> config_ = std::make_unique<TempDir>("county");  // its profile
  std::unique_ptr<Deployment> deployment_;
  host::Suite suite_;
};

// A 核查函 about the child to a county (division code).
baoxue::tracing::v1::DraftLetter InquiryAbout(const SampleChild& child, const std::string& to,
                                              std::uint32_t ordinal);

}  // namespace harness
