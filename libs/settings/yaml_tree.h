// The tree of one YAML document with the line of every node, built from yaml-cpp's events.
//
// yaml-cpp's own Node keeps the first of two equal keys in silence and follows aliases; this tree
// keeps every entry, so duplicates can be reported, and refuses aliases (a small file could unfold
// into a huge one), nesting deeper than 32 and keys that are not plain scalars.
// Private to libs/settings. Lines are 1-based (yaml-cpp's marks: 0-based). Immutable when parsed.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace settings {

enum class NodeKind { kNull, kScalar, kList, kMap };

struct Node {
  NodeKind kind = NodeKind::kNull;
  int line = 0;
  bool quoted = false;
  std::string text = {};         // kScalar
  std::vector<std::string> keys = {};  // kMap: keys[i] belongs to items[i], on line key_lines[i]
  std::vector<int> key_lines = {};
  std::vector<Node> items = {};  // kList, kMap

  // The first entry of that key; null if there is none.
  const Node* Find(std::string_view key) const;
};

// Errors: kInvalidArgument/BAD_YAML; the detail is "line 12: what".
base::Result<Node> ParseTree(std::string_view yaml);

}  // namespace settings
