#include "settings/yaml_tree.h"

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <sstream>

#include "base/utf8.h"

namespace settings {
namespace {

constexpr std::size_t kBytesMax = 4u << 20;
constexpr std::size_t kDepthMax = 32;

base::Error BadYaml(int line, std::string_view what) {
  return base::Error{base::Code::kInvalidArgument, "BAD_YAML",
                     fmt::format("{}: {}", line, what)};
}

// The 1-based line of the first byte that is not UTF-8 text; 0 if all of it is.
int BadTextLine(std::string_view text) {
  const std::size_t good = std::min(base::Utf8Prefix(text), text.find('\0'));
  if (good >= text.size()) return 0;
  return 1 + static_cast<int>(
                 std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(good), '\n'));
}

// Builds the tree; a refusal leaves as a YAML::ParserException and is caught in ParseTree.
class Builder final : public YAML::EventHandler {
 public:
  Node root = {};

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t) override {
    Add(mark, Node{.kind = NodeKind::kNull, .line = LineOf(mark)});
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
    throw YAML::ParserException(mark, "aliases (*name) are not accepted; write the value out");
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t,
                const std::string& value) override {
    if (value.find('\0') != std::string::npos) {
      throw YAML::ParserException(mark, "a value holds a NUL character");
    }
    Add(mark, Node{.kind = NodeKind::kScalar, .line = LineOf(mark), .quoted = tag == "!",
                   .text = value});
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t,
                       YAML::EmitterStyle::value) override {
    Open(mark, NodeKind::kList);
  }
  void OnSequenceEnd() override { Close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t,
                  YAML::EmitterStyle::value) override {
    Open(mark, NodeKind::kMap);
  }
  void OnMapEnd() override { Close(); }

 private:
  static int LineOf(const YAML::Mark& mark) { return mark.line + 1; }

  void Add(const YAML::Mark& mark, Node node) {
    if (open_.empty()) {
      root = std::move(node);
      return;
    }
    Node& parent = open_.back();
    if (parent.kind == NodeKind::kMap && parent.keys.size() == parent.items.size()) {
      if (node.kind != NodeKind::kScalar) {
        throw YAML::ParserException(mark, "a key must be a plain word");
      }
      parent.keys.push_back(std::move(node.text));
      parent.key_lines.push_back(node.line);
      return;
    }
    parent.items.push_back(std::move(node));
  }
  void Open(const YAML::Mark& mark, NodeKind kind) {
    if (open_.size() >= kDepthMax) {
      throw YAML::ParserException(mark, fmt::format("nested deeper than {}", kDepthMax));
    }
    last_ = mark;
    open_.push_back(Node{.kind = kind, .line = LineOf(mark)});
  }
  void Close() {
    Node node = std::move(open_.back());
    open_.pop_back();
    Add(last_, std::move(node));
  }

  std::vector<Node> open_;
  YAML::Mark last_ = {};
};

}  // namespace

const Node* Node::Find(std::string_view key) const {
  for (std::size_t i = 0; i < keys.size(); ++i) {
    if (keys[i] == key) return &items[i];
  }
  return nullptr;
}

base::Result<Node> ParseTree(std::string_view yaml) {
  if (yaml.size() > kBytesMax) {
    return BadYaml(1, fmt::format("the file is larger than {} MiB", kBytesMax >> 20));
  }
  if (const int line = BadTextLine(yaml); line > 0) return BadYaml(line, "not UTF-8 text");
  try {
    std::istringstream in{std::string{yaml}};
    YAML::Parser parser{in};
    Builder builder;
    parser.HandleNextDocument(builder);
    Builder second;
    if (parser.HandleNextDocument(second)) {
      return BadYaml(second.root.line, "a second document ('---') in one file");
    }
    return std::move(builder.root);
  } catch (const YAML::Exception& error) {
    return BadYaml(error.mark.line + 1, error.msg);
  }
}

}  // namespace settings
