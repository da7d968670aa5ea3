// What the readers of one document share: its tree, the keys asked for, the problems found and the
// effective values. Private to libs/settings.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "settings/yaml_tree.h"

namespace settings {

struct Mapping {
  const Node* node = nullptr;  // a kMap node of the book's tree, or an empty one
  std::string path = {};       // "attendance[0].threshold"; empty at the top
  int line = 1;                // where it starts, or where it is missing
  std::set<std::string, std::less<>> asked = {};
};

struct FoundProblem {
  int line = 0;
  std::string path = {};
  std::string text = {};
  friend auto operator<=>(const FoundProblem&, const FoundProblem&) = default;
};

struct Shown {
  std::string path = {};
  std::string value = {};
  std::string about = {};
};

struct Book {
  Node root = {};
  std::string name = {};    // as it stands in messages
  std::string folder = {};  // relative paths start here
  std::map<const Node*, std::shared_ptr<Mapping>> mappings = {};
  std::set<FoundProblem> problems = {};
  std::vector<Shown> shown = {};
  std::unordered_map<std::string, std::size_t> shown_at = {};

  // The shared record of a mapping node; two readers of one node ask together.
  std::shared_ptr<Mapping> Visit(const Node& node, const std::string& path);
  void Show(const std::string& path, std::string value, std::string_view about);
};

// "threshold" under "attendance[0]" is "attendance[0].threshold".
std::string Join(const std::string& path, std::string_view key);

}  // namespace settings
