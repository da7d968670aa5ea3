#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <numeric>

#include "settings/book.h"
#include "settings/reader.h"

namespace settings {
namespace {

constexpr std::size_t kProblemsShownMax = 200;
// A slip of the finger, not another word.
constexpr std::size_t kSlipsMax = 2;

std::size_t EditDistance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i + 1;
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t above = row[j + 1];
      row[j + 1] = std::min({above + 1, row[j] + 1, diagonal + (a[i] == b[j] ? 0u : 1u)});
      diagonal = above;
    }
  }
  return row[b.size()];
}

std::string UnknownText(const Mapping& mapping, std::string_view key) {
  std::string best;
  std::size_t best_distance = kSlipsMax + 1;
  for (const std::string& asked : mapping.asked) {
    if (key.size() > 64 || mapping.node->Find(asked) != nullptr) continue;
    const std::size_t distance = EditDistance(key, asked);
    if (distance < best_distance && distance < asked.size()) {
      best = asked;
      best_distance = distance;
    }
  }
  return best.empty() ? "unknown key" : fmt::format("unknown key; did you mean '{}'?", best);
}

void FindDuplicates(Book& book, const Node& node, const std::string& path) {
  std::map<std::string_view, int> seen;
  for (std::size_t i = 0; i < node.items.size(); ++i) {
    if (node.kind == NodeKind::kMap) {
      const auto [first, added] = seen.emplace(node.keys[i], node.key_lines[i]);
      if (!added) {
        book.problems.insert(
            {node.key_lines[i], Join(path, node.keys[i]),
             fmt::format("the key stands twice, first on line {}", first->second)});
      }
      FindDuplicates(book, node.items[i], Join(path, node.keys[i]));
    } else {
      FindDuplicates(book, node.items[i], fmt::format("{}[{}]", path, i));
    }
  }
}

}  // namespace

std::string Join(const std::string& path, std::string_view key) {
  return path.empty() ? std::string{key} : fmt::format("{}.{}", path, key);
}

std::shared_ptr<Mapping> Book::Visit(const Node& node, const std::string& path) {
  std::shared_ptr<Mapping>& mapping = mappings[&node];
  if (!mapping) {
    mapping = std::make_shared<Mapping>(
        Mapping{.node = &node, .path = path, .line = std::max(1, node.line)});
  }
  return mapping;
}

void Book::Show(const std::string& path, std::string value, std::string_view about) {
  const auto [at, added] = shown_at.emplace(path, shown.size());
  Shown line{.path = path, .value = std::move(value), .about = std::string{about}};
  if (added) {
    shown.push_back(std::move(line));
  } else {
    shown[at->second] = std::move(line);
  }
}

base::Result<Document> Document::Load(const std::string& path) {
  std::error_code failed;
  std::ifstream in{path, std::ios::binary};
  if (!in || !std::filesystem::is_regular_file(path, failed)) {
    return base::Error{base::Code::kNotFound, "NO_FILE", fmt::format("{}: cannot be read", path)};
  }
  if (std::filesystem::file_size(path, failed) > (5u << 20)) {
    return base::Error{base::Code::kInvalidArgument, "BAD_YAML",
                       fmt::format("{}: too large", path)};
  }
  const std::string text{std::istreambuf_iterator<char>{in}, std::istreambuf_iterator<char>{}};
  return Parse(text, path);
}

base::Result<Document> Document::Parse(std::string_view yaml, const std::string& name) {
  auto tree = ParseTree(yaml);
  if (!tree.ok()) {
    base::Error error = tree.error();
    error.detail = fmt::format("{}:{}", name, error.detail);
    return error;
  }
  Document document;
  document.path_ = name;
  document.book_ = std::make_shared<Book>();
  Book& book = *document.book_;
  book.root = std::move(tree).value();
  book.name = name;
  book.folder = std::filesystem::path{name}.parent_path().string();
  if (book.root.kind == NodeKind::kNull) book.root.kind = NodeKind::kMap;
  if (book.root.kind != NodeKind::kMap) {
    return base::Error{base::Code::kInvalidArgument, "BAD_YAML",
                       fmt::format("{}:{}: the top must be a mapping (key: value)", name,
                                   book.root.line)};
  }
  FindDuplicates(book, book.root, "");
  return document;
}

Reader Document::Root() const { return Reader{book_, book_->Visit(book_->root, "")}; }

base::Status Document::Finish() const {
  std::set<FoundProblem> problems = book_->problems;
  for (const auto& [node, mapping] : book_->mappings) {
    for (std::size_t i = 0; i < node->keys.size(); ++i) {
      if (mapping->asked.contains(node->keys[i])) continue;
      problems.insert({node->key_lines[i], Join(mapping->path, node->keys[i]),
                       UnknownText(*mapping, node->keys[i])});
    }
  }
  if (problems.empty()) return {};
  std::string all;
  std::size_t shown = 0;
  for (const FoundProblem& problem : problems) {
    if (++shown > kProblemsShownMax) {
      all +=
          fmt::format("\n{}: {} more problems", book_->name, problems.size() - kProblemsShownMax);
      break;
    }
    all += fmt::format("{}{}:{}: {}{}{}", all.empty() ? "" : "\n", book_->name, problem.line,
                       problem.path, problem.path.empty() ? "" : ": ", problem.text);
  }
  return base::Error{base::Code::kInvalidArgument, "BAD_SETTINGS", std::move(all)};
}

std::string Document::Effective() const {
  std::string text;
  for (const Shown& line : book_->shown) {
    text += fmt::format("{} = {}{}{}\n", line.path, line.value, line.about.empty() ? "" : "  # ",
                        line.about);
  }
  return text;
}

}  // namespace settings
