#include "cli/yaml_edit.h"

#include <optional>
#include <string_view>

namespace cli {
namespace {

using base::Status;

constexpr std::string_view kBlank = " \t\r";

Status ByHand() { return base::Error{base::Code::kFailedPrecondition, "BY_HAND", ""}; }

std::size_t Indent(const std::string& line) {
  const std::size_t at = line.find_first_not_of(' ');
  return at == std::string::npos ? line.size() : at;
}

bool IsContent(const std::string& line) {
  const std::size_t at = line.find_first_not_of(kBlank);
  return at != std::string::npos && line[at] != '#';
}

// What stands after `key:` on its line; nothing: the line is another key's.
std::optional<std::string_view> After(std::string_view line, std::string_view key) {
  if (!line.starts_with(key) || line.substr(key.size(), 1) != ":") return std::nullopt;
  const std::string_view rest = line.substr(key.size() + 1);
  if (!rest.empty() && kBlank.find(rest.front()) == std::string_view::npos) return std::nullopt;
  return rest;
}

std::string_view Trimmed(std::string_view text) {
  const std::size_t from = text.find_first_not_of(kBlank);
  if (from == std::string_view::npos || text[from] == '#') return {};
  const std::size_t comment = text.find(" #");
  text = text.substr(from, comment == std::string_view::npos ? comment : comment - from);
  return text.substr(0, text.find_last_not_of(kBlank) + 1);
}

bool IsName(std::string_view value, std::string_view name) {
  value = Trimmed(value);
  if (value.size() == name.size() + 2 && value.front() == value.back() &&
      (value.front() == '"' || value.front() == '\'')) {
    value = value.substr(1, name.size());
  }
  return value == name;
}

struct Block {
  std::size_t begin = 0;  // the line with the dash
  std::size_t end = 0;    // after its last line of content
  std::size_t indent = 0;  // of its keys
};

std::optional<Block> FindItem(const std::vector<std::string>& lines, const std::string& name) {
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const std::size_t dash = Indent(lines[i]);
    if (lines[i].compare(dash, 2, "- ") != 0) continue;
    const std::size_t indent = lines[i].find_first_not_of(' ', dash + 1);
    if (indent == std::string::npos) continue;
    const auto value = After(std::string_view{lines[i]}.substr(indent), "name");
    if (!value || !IsName(*value, name)) continue;
    Block block{.begin = i, .end = i + 1, .indent = indent};
    for (std::size_t j = i + 1; j < lines.size(); ++j) {
      if (!IsContent(lines[j])) continue;
      if (Indent(lines[j]) <= dash) break;
      block.end = j + 1;
    }
    return block;
  }
  return std::nullopt;
}

// Where the bracket that opens at (line, at) closes; quotes and comments are skipped.
struct Place {
  std::size_t line = 0;
  std::size_t at = 0;
  bool empty = true;  // nothing stands between the two
};

std::optional<Place> CloseOf(const std::vector<std::string>& lines, std::size_t line,
                             std::size_t at, std::size_t end) {
  Place place;
  char quote = 0;
  for (place.line = line, place.at = at + 1; place.line < end; ++place.line, place.at = 0) {
    const std::string& text = lines[place.line];
    for (; place.at < text.size(); ++place.at) {
      const char c = text[place.at];
      if (quote != 0) {
        if (c == '\\' && quote == '"') ++place.at;
        if (c == quote) quote = 0;
      } else if (c == ']') {
        return place;
      } else if (c == '#') {
        break;
      } else if (c == '"' || c == '\'') {
        quote = c;
      }
      if (kBlank.find(c) == std::string_view::npos) place.empty = false;
    }
  }
  return std::nullopt;
}

}  // namespace

YamlText::YamlText(const std::string& text) {
  std::size_t from = 0;
  while (from < text.size()) {
    const std::size_t end = text.find('\n', from);
    lines_.push_back(text.substr(from, end == std::string::npos ? end : end - from));
    from = end == std::string::npos ? text.size() : end + 1;
  }
}

std::string YamlText::ToString() const {
  std::string out;
  for (const std::string& line : lines_) out += line + "\n";
  return out;
}

void YamlText::Append(const std::string& text) {
  for (const std::string& line : YamlText{text}.lines_) lines_.push_back(line);
}

Status YamlText::AddUnder(const std::string& key, const std::string& section) {
  std::size_t at = 0;
  while (at < lines_.size() && !After(lines_[at], key)) ++at;
  if (at == lines_.size() || !Trimmed(*After(lines_[at], key)).empty()) return ByHand();
  std::size_t step = 0;
  std::size_t end = at + 1;
  for (std::size_t i = at + 1; i < lines_.size(); ++i) {
    if (!IsContent(lines_[i])) continue;
    if (Indent(lines_[i]) == 0) break;
    if (step == 0) step = Indent(lines_[i]);
    end = i + 1;
  }
  if (step == 0) return ByHand();
  std::vector<std::string> added = YamlText{section}.lines_;
  for (std::string& line : added) {
    const std::size_t indent = Indent(line);
    line = std::string(indent / 2 * step, ' ') + line.substr(indent);
  }
  lines_.insert(lines_.begin() + static_cast<std::ptrdiff_t>(end), added.begin(), added.end());
  return {};
}

Status YamlText::AddToList(const std::string& name, const std::string& key,
                           const std::string& quoted) {
  const auto block = FindItem(lines_, name);
  if (!block) return ByHand();
  const auto insert = [this](std::size_t at, std::string line) {
    lines_.insert(lines_.begin() + static_cast<std::ptrdiff_t>(at), std::move(line));
    return Status{};
  };
  std::size_t at = block->begin + 1;
  for (; at < block->end; ++at) {
    if (Indent(lines_[at]) != block->indent) continue;
    if (After(std::string_view{lines_[at]}.substr(block->indent), key)) break;
  }
  if (at >= block->end) {
    return insert(block->begin + 1, std::string(block->indent, ' ') + key + ": [" + quoted + "]");
  }
  const std::size_t colon = block->indent + key.size();
  const std::string_view rest = Trimmed(std::string_view{lines_[at]}.substr(colon + 1));
  if (rest.starts_with("[")) {
    const auto close = CloseOf(lines_, at, lines_[at].find('[', colon), block->end);
    if (!close) return ByHand();
    lines_[close->line].insert(close->at, (close->empty ? "" : ", ") + quoted);
    return {};
  }
  if (!rest.empty()) return ByHand();
  std::size_t last = 0;
  for (std::size_t i = at + 1; i < block->end; ++i) {
    const std::size_t indent = Indent(lines_[i]);
    if (!IsContent(lines_[i])) continue;
    if (indent < block->indent || lines_[i].compare(indent, 2, "- ") != 0) break;
    last = i;
  }
  if (last == 0) return ByHand();
  return insert(last + 1, std::string(Indent(lines_[last]), ' ') + "- " + quoted);
}

}  // namespace cli
