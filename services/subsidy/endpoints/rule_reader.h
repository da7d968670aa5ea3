// Rule sets from YAML: config/subsidy/national.yaml and the county's overlay, checked when read.
//
// The overlay names the file that it `extends`; a benefit of the same id must say `replaces: true`.
// Problems, all at once, each with file and line: keys and facts that nobody knows, values that a
// fact does not have, gaps and overlaps of a benefit's versions, conditions that nobody can meet,
// amounts whose 分 do not agree with the 元 of their text, cases without an amount, rates that can
// never apply. Errors: kNotFound/NO_FILE, kInvalidArgument/BAD_YAML, BAD_SETTINGS. Pure but for
// LoadRules. Every key: config/subsidy/README.md.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "subsidy/domain/rules.h"

namespace subsidy {

// The texts that make up a rule set, the base first; what a release keeps.
struct RuleText {
  std::string name = {};  // "national.yaml"
  std::string yaml = {};
  friend bool operator==(const RuleText&, const RuleText&) = default;
};
// Reads the file and what it extends (from the same folder).
base::Result<std::vector<RuleText>> LoadRuleTexts(const std::string& path);
base::Result<RuleSet> ParseRules(const std::vector<RuleText>& texts);
base::Result<RuleSet> LoadRules(const std::string& path);
// As one string, the way a release keeps them, and back.
std::string JoinTexts(const std::vector<RuleText>& texts);
std::vector<RuleText> SplitTexts(const std::string& joined);
// Hexadecimal; the same texts have the same version.
std::string VersionOf(const std::vector<RuleText>& texts);

}  // namespace subsidy
