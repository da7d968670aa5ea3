#include "settings/reader.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "settings/book.h"

namespace settings {
namespace {

constexpr std::size_t kQuotedBytesMax = 60;
constexpr std::size_t kSecretBytesMax = 64u << 10;
const Node kNoEntries{.kind = NodeKind::kMap};

// Short enough for one line, and cut at a character.
std::string Shorten(const std::string& text) {
  if (text.size() <= kQuotedBytesMax) return text;
  std::size_t cut = kQuotedBytesMax;
  while (cut > 0 && (static_cast<unsigned char>(text[cut]) & 0xC0u) == 0x80u) --cut;
  return text.substr(0, cut) + "...";
}

// What stands there.
std::string Quote(const Node& node) {
  switch (node.kind) {
    case NodeKind::kNull: return "empty";
    case NodeKind::kList: return "a list";
    case NodeKind::kMap: return "a mapping";
    case NodeKind::kScalar: break;
  }
  return fmt::format("'{}'", Shorten(node.text));
}

// Asks for one key of a mapping and remembers what was wrong with it.
struct Asked {
  Book& book;
  const Mapping& mapping;
  std::string_view key;
  const Node* node;  // null: absent

  void Problem(std::string text) const {
    const auto& keys = mapping.node->keys;
    const auto at = std::find(keys.begin(), keys.end(), key);
    const int line = at == keys.end()
                         ? mapping.line
                         : mapping.node->key_lines[static_cast<std::size_t>(at - keys.begin())];
    book.problems.insert({line, Join(mapping.path, key), std::move(text)});
  }
  void Missing(std::string_view about) const {
    Problem(about.empty() ? "missing" : fmt::format("missing ({})", about));
  }
  void Show(std::string value, std::string_view about) const {
    book.Show(Join(mapping.path, key), std::move(value), about);
  }
  // The scalar, or null after recording what stands there instead.
  const Node* Scalar(std::string_view wanted) const {
    if (node->kind == NodeKind::kScalar) return node;
    Problem(fmt::format("must be {}, is {}", wanted, Quote(*node)));
    return nullptr;
  }
};

Asked Ask(Book& book, Mapping& mapping, std::string_view key) {
  mapping.asked.emplace(key);
  return Asked{book, mapping, key, mapping.node->Find(key)};
}

std::string RangeText(const IntRule& rule) {
  const bool low = rule.min != std::numeric_limits<std::int64_t>::min();
  const bool high = rule.max != std::numeric_limits<std::int64_t>::max();
  if (low && high) return fmt::format("{}..{}", rule.min, rule.max);
  if (low) return fmt::format("at least {}", rule.min);
  return fmt::format("at most {}", rule.max);
}

// Minutes since midnight; -1 if it is no time of day.
int ParseTimeOfDay(std::string_view text) {
  if (text.size() != 5 || text[2] != ':') return -1;
  for (const std::size_t i : {0u, 1u, 3u, 4u}) {
    if (text[i] < '0' || text[i] > '9') return -1;
  }
  const int hour = (text[0] - '0') * 10 + (text[1] - '0');
  const int minute = (text[3] - '0') * 10 + (text[4] - '0');
  const int total = hour * 60 + minute;
  return minute < 60 && total <= 24 * 60 ? total : -1;
}

bool ReadSecretFile(const std::string& path, std::string& secret, std::string& problem) {
  struct stat info = {};
  if (::stat(path.c_str(), &info) != 0 || !S_ISREG(info.st_mode)) {
    problem = fmt::format("the secret's file {} does not exist", path);
    return false;
  }
  if ((info.st_mode & (S_IROTH | S_IWOTH)) != 0) {
    problem = fmt::format("the secret's file {} is open to everybody; chmod 600 it", path);
    return false;
  }
  std::ifstream in{path, std::ios::binary};
  if (!in || info.st_size > static_cast<off_t>(kSecretBytesMax)) {
    problem = fmt::format("the secret's file {} cannot be read or is too large", path);
    return false;
  }
  secret.assign(std::istreambuf_iterator<char>{in}, std::istreambuf_iterator<char>{});
  while (!secret.empty() && (secret.back() == '\n' || secret.back() == '\r')) secret.pop_back();
  if (!secret.empty()) return true;
  problem = fmt::format("the secret's file {} is empty", path);
  return false;
}

}  // namespace

std::int64_t Reader::Int(std::string_view key, const IntRule& rule) {
  const Asked asked = Ask(*book_, *mapping_, key);
  const std::int64_t otherwise = rule.fallback.value_or(
      std::max<std::int64_t>(rule.min, std::min<std::int64_t>(rule.max, 0)));
  if (asked.node == nullptr) {
    if (!rule.fallback) {
      asked.Missing(rule.about);
    } else {
      asked.Show(std::to_string(otherwise), rule.about);
    }
    return otherwise;
  }
  const Node* scalar = asked.Scalar("a whole number");
  if (scalar == nullptr) return otherwise;
  std::int64_t value = 0;
  const char* const end = scalar->text.data() + scalar->text.size();
  const auto [stop, code] = std::from_chars(scalar->text.data(), end, value);
  if (scalar->quoted || code != std::errc{} || stop != end) {
    asked.Problem(fmt::format("must be a whole number{}, is {}",
                              scalar->quoted ? " without quotes" : "", Quote(*scalar)));
    return otherwise;
  }
  if (value < rule.min || value > rule.max) {
    asked.Problem(fmt::format("must be {}, is {}", RangeText(rule), value));
    return otherwise;
  }
  asked.Show(std::to_string(value), rule.about);
  return value;
}

std::string Reader::String(std::string_view key, const StringRule& rule) {
  const Asked asked = Ask(*book_, *mapping_, key);
  const std::string otherwise = rule.fallback.value_or("");
  if (asked.node == nullptr) {
    if (!rule.fallback) {
      asked.Missing(rule.about);
    } else {
      asked.Show(otherwise, rule.about);
    }
    return otherwise;
  }
  const Node* scalar = asked.Scalar("a text");
  if (scalar == nullptr) return otherwise;
  if (scalar->text.size() > rule.bytes_max) {
    asked.Problem(fmt::format("is longer than {} bytes", rule.bytes_max));
    return otherwise;
  }
  if (!rule.one_of.empty() &&
      std::find(rule.one_of.begin(), rule.one_of.end(), scalar->text) == rule.one_of.end()) {
    asked.Problem(fmt::format("must be one of {}; is {}", fmt::join(rule.one_of, ", "),
                              Quote(*scalar)));
    return otherwise;
  }
  if (scalar->text.empty() && !rule.fallback) {
    asked.Problem("must not be empty");
    return otherwise;
  }
  asked.Show(scalar->text, rule.about);
  return scalar->text;
}

bool Reader::Bool(std::string_view key, const BoolRule& rule) {
  const Asked asked = Ask(*book_, *mapping_, key);
  const bool otherwise = rule.fallback.value_or(false);
  if (asked.node == nullptr) {
    if (!rule.fallback) {
      asked.Missing(rule.about);
    } else {
      asked.Show(otherwise ? "true" : "false", rule.about);
    }
    return otherwise;
  }
  const Node* scalar = asked.Scalar("true or false");
  if (scalar == nullptr) return otherwise;
  const bool is_true = scalar->text == "true";
  if (scalar->quoted || (!is_true && scalar->text != "false")) {
    asked.Problem(fmt::format("must be true or false, is {}", Quote(*scalar)));
    return otherwise;
  }
  asked.Show(scalar->text, rule.about);
  return is_true;
}

base::Date Reader::Date(std::string_view key, const DateRule& rule) {
  const Asked asked = Ask(*book_, *mapping_, key);
  const base::Date otherwise = rule.fallback.value_or(base::Date{});
  if (asked.node == nullptr) {
    if (!rule.fallback) {
      asked.Missing(rule.about);
    } else {
      asked.Show(otherwise.ToString(), rule.about);
    }
    return otherwise;
  }
  const Node* scalar = asked.Scalar("a day written YYYY-MM-DD");
  if (scalar == nullptr) return otherwise;
  const auto day = base::Date::Parse(scalar->text);
  if (!day.ok()) {
    asked.Problem(fmt::format("must be a day written YYYY-MM-DD, is {}", Quote(*scalar)));
    return otherwise;
  }
  asked.Show(scalar->text, rule.about);
  return *day;
}

int Reader::TimeOfDay(std::string_view key, const StringRule& rule) {
  const bool there = Has(key);
  const std::string text = String(key, rule);
  const int minutes = ParseTimeOfDay(text);
  if (minutes >= 0) return minutes;
  // An absent key, or one that is no text, has been reported already.
  const Asked asked = Ask(*book_, *mapping_, key);
  if (there && asked.node->kind == NodeKind::kScalar && !text.empty()) {
    asked.Problem(fmt::format("must be a time of day written HH:MM, is {}", Quote(*asked.node)));
  }
  return std::max(0, rule.fallback ? ParseTimeOfDay(*rule.fallback) : 0);
}

std::string Reader::Path(std::string_view key, const StringRule& rule) {
  const std::string text = String(key, rule);
  if (text.empty()) return text;
  const std::filesystem::path path{text};
  if (path.is_absolute() || book_->folder.empty()) return path.lexically_normal().string();
  return (std::filesystem::path{book_->folder} / path).lexically_normal().string();
}

std::vector<std::string> Reader::Strings(std::string_view key, std::string_view about) {
  const Asked asked = Ask(*book_, *mapping_, key);
  std::vector<std::string> values;
  if (asked.node != nullptr && asked.node->kind != NodeKind::kNull) {
    if (asked.node->kind != NodeKind::kList) {
      asked.Problem(fmt::format("must be a list, is {}", Quote(*asked.node)));
      return values;
    }
    for (std::size_t i = 0; i < asked.node->items.size(); ++i) {
      const Node& item = asked.node->items[i];
      if (item.kind == NodeKind::kScalar) {
        values.push_back(item.text);
      } else {
        book_->problems.insert({item.line, fmt::format("{}[{}]", Join(mapping_->path, key), i),
                                fmt::format("must be a text, is {}", Quote(item))});
      }
    }
  }
  asked.Show(fmt::format("[{}]", fmt::join(values, ", ")), about);
  return values;
}

std::vector<base::Date> Reader::Dates(std::string_view key, std::string_view about) {
  std::vector<base::Date> days;
  for (const std::string& text : Strings(key, about)) {
    const auto day = base::Date::Parse(text);
    if (day.ok()) {
      days.push_back(*day);
    } else {
      Problem(key, fmt::format("'{}' is not a day written YYYY-MM-DD", Shorten(text)));
    }
  }
  return days;
}

Secret Reader::SecretFrom(std::string_view key, std::string_view about) {
  const Asked asked = Ask(*book_, *mapping_, key);
  if (asked.node == nullptr) {
    asked.Missing(about);
    return Secret{};
  }
  const Node* scalar = asked.Scalar("the path of a file or env:NAME");
  if (scalar == nullptr) return Secret{};
  asked.Show("***", about);
  constexpr std::string_view kEnvironment = "env:";
  if (scalar->text.starts_with(kEnvironment)) {
    const std::string name = scalar->text.substr(kEnvironment.size());
    const char* const value = std::getenv(name.c_str());
    if (value != nullptr && *value != '\0') return Secret{value};
    asked.Problem(fmt::format("the environment variable {} is not set", name));
    return Secret{};
  }
  std::string secret;
  std::string problem;
  if (ReadSecretFile(Path(key), secret, problem)) {
    asked.Show("***", about);
    return Secret{std::move(secret)};
  }
  asked.Show("***", about);
  asked.Problem(std::move(problem));
  return Secret{};
}

bool Reader::Has(std::string_view key) const { return mapping_->node->Find(key) != nullptr; }

Reader Reader::Map(std::string_view key, std::string_view about) {
  const Asked asked = Ask(*book_, *mapping_, key);
  const std::string path = Join(mapping_->path, key);
  if (asked.node != nullptr && asked.node->kind == NodeKind::kMap) {
    return Reader{book_, book_->Visit(*asked.node, path)};
  }
  const int line = std::max(mapping_->line, LineOf(key));
  if (asked.node == nullptr) {
    asked.Missing(about);
  } else {
    asked.Problem(fmt::format("must be a mapping, is {}", Quote(*asked.node)));
  }
  return Reader{book_, std::make_shared<Mapping>(
                           Mapping{.node = &kNoEntries, .path = path, .line = line})};
}

std::optional<Reader> Reader::MaybeMap(std::string_view key, std::string_view about) {
  if (!Has(key)) {
    Skip(key);
    return std::nullopt;
  }
  return Map(key, about);
}

std::vector<Reader> Reader::List(std::string_view key, std::string_view) {
  const Asked asked = Ask(*book_, *mapping_, key);
  std::vector<Reader> readers;
  if (asked.node == nullptr || asked.node->kind == NodeKind::kNull) return readers;
  if (asked.node->kind != NodeKind::kList) {
    asked.Problem(fmt::format("must be a list of mappings, is {}", Quote(*asked.node)));
    return readers;
  }
  for (std::size_t i = 0; i < asked.node->items.size(); ++i) {
    const Node& item = asked.node->items[i];
    const std::string path = fmt::format("{}[{}]", Join(mapping_->path, key), i);
    if (item.kind == NodeKind::kMap) {
      readers.push_back(Reader{book_, book_->Visit(item, path)});
    } else {
      book_->problems.insert(
          {item.line, path, fmt::format("must be a mapping, is {}", Quote(item))});
    }
  }
  return readers;
}

std::vector<std::string> Reader::Keys() {
  std::vector<std::string> keys = mapping_->node->keys;
  mapping_->asked.insert(keys.begin(), keys.end());
  return keys;
}

void Reader::Skip(std::string_view key) { mapping_->asked.emplace(key); }

void Reader::Problem(std::string_view key, std::string text) {
  if (key.empty()) {
    book_->problems.insert({mapping_->line, mapping_->path, std::move(text)});
    return;
  }
  Ask(*book_, *mapping_, key).Problem(std::move(text));
}

int Reader::LineOf(std::string_view key) const {
  const auto& keys = mapping_->node->keys;
  const auto at = std::find(keys.begin(), keys.end(), key);
  if (at == keys.end()) return 0;
  return mapping_->node->key_lines[static_cast<std::size_t>(at - keys.begin())];
}

}  // namespace settings
