// subsidy 资助: rule sets, decisions with their explanation, entitlements, payment rolls.
//   baoxue-subsidy --config suite.yaml [--check-config]
//   baoxue-subsidy test-rules FOLDER     runs the officials' rule tests; needs no deployment
#include <cstdio>
#include <string_view>

#include "host/host.h"
#include "subsidy/endpoints/rule_cases.h"
#include "subsidy/endpoints/service.h"

namespace {

int TestRules(const char* folder) {
  const auto report = subsidy::RunRuleFolder(folder);
  if (!report.ok()) {
    std::fprintf(stderr, "%s\n", report.error().detail.c_str());
    return 2;
  }
  for (const std::string& failure : report->failures) std::printf("%s\n", failure.c_str());
  std::printf("规则案例:%d 个符合,%zu 个不符合\n", report->passed, report->failures.size());
  return report->failures.empty() ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc == 3 && std::string_view{argv[1]} == "test-rules") return TestRules(argv[2]);
  return host::Run(argc, argv, subsidy::SubsidyDefinition());
}
