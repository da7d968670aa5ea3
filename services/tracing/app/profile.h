// The county's rules for letters: section `tracing` of config/counties/<id>.yaml, a dated list.
//
// On a day the entry with the latest `from` not after it applies; before the first one the first.
// A letter keeps the due date that it was written with; what is counted from today on follows
// today's entry. Keys: config/counties/README.md. Immutable after loading; thread-safe then.
// Errors: kNotFound/NO_FILE, kInvalidArgument/BAD_YAML, kInvalidArgument/BAD_SETTINGS with every
// problem. Source of the values: the profile's `source` lines.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "tracing/domain/policy.h"

namespace tracing {

struct PolicyEntry {
  base::Date from = {};
  std::string source = {};
  Policy policy = {};
};

class PolicyBook {
 public:
  // Precondition: at least one entry, rising by day.
  explicit PolicyBook(std::vector<PolicyEntry> entries);
  const Policy& At(base::Date day) const;
  const std::vector<PolicyEntry>& entries() const { return entries_; }

 private:
  std::vector<PolicyEntry> entries_;
};

base::Result<PolicyBook> LoadPolicies(const std::string& county_profile_path);

}  // namespace tracing
