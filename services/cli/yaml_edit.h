// Adds to a YAML file that people wrote, without touching what they wrote: lines stay as they are.
//
// Understands what `baoxue setup` writes and what people usually make of it: block mappings, lists
// in brackets (over several lines too) or with dashes. Nothing is promised of other texts: callers
// read the result back and compare. Pure.
// Errors: kFailedPrecondition/BY_HAND, without a detail.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"

namespace cli {

class YamlText {
 public:
  explicit YamlText(const std::string& text);

  // Under the mapping `key:` at the margin; `section` is indented by two for each level.
  base::Status AddUnder(const std::string& key, const std::string& section);
  // Below everything.
  void Append(const std::string& text);
  // To the list `key` of the item "- name: NAME"; a missing list is made.
  base::Status AddToList(const std::string& name, const std::string& key,
                         const std::string& quoted);
  std::string ToString() const;

 private:
  std::vector<std::string> lines_ = {};
};

}  // namespace cli
