#include "registry/store/row_text.h"

#include <fmt/format.h>

#include <charconv>

namespace registry {
namespace {

constexpr std::size_t kPartBytesMax = 100;

void AppendPlain(std::string& out, std::string_view text) {
  for (const char c : text) out.push_back(c == '\t' || c == '\n' || c == '\r' ? ' ' : c);
}

// At most a hundred bytes, cut at a character's beginning, so that four parts fit their column.
std::string_view Shortened(std::string_view text) {
  if (text.size() <= kPartBytesMax) return text;
  std::size_t end = kPartBytesMax;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return text.substr(0, end);
}

std::vector<std::string> Split(std::string_view text, char separator) {
  std::vector<std::string> parts;
  if (text.empty()) return parts;
  for (;;) {
    const std::size_t end = text.find(separator);
    parts.emplace_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

std::string Join(const std::vector<std::string>& parts, char separator) {
  std::string text;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (i > 0) text.push_back(separator);
    AppendPlain(text, parts[i]);
  }
  return text;
}

}  // namespace

std::string ActorText(const Actor& actor) {
  std::string text;
  AppendPlain(text, Shortened(actor.person_id));
  for (const std::string* part : {&actor.name, &actor.role, &actor.body}) {
    text.push_back('\t');
    AppendPlain(text, Shortened(*part));
  }
  return text;
}

Actor ActorFromText(std::string_view text) {
  std::vector<std::string> parts = Split(text, '\t');
  parts.resize(4);
  return Actor{std::move(parts[0]), std::move(parts[1]), std::move(parts[2]), std::move(parts[3])};
}

std::string JoinLines(const std::vector<std::string>& lines) { return Join(lines, '\n'); }
std::vector<std::string> SplitLines(std::string_view text) { return Split(text, '\n'); }
std::string JoinTabs(const std::vector<std::string>& cells) { return Join(cells, '\t'); }
std::vector<std::string> SplitTabs(std::string_view text) { return Split(text, '\t'); }

std::string FieldBytes(const std::vector<Field>& fields) {
  std::string bytes;
  for (const Field field : fields) bytes.push_back(static_cast<char>(field));
  return bytes;
}

std::vector<Field> FieldsFromBytes(std::string_view bytes) {
  std::vector<Field> fields;
  for (const char byte : bytes) {
    const auto field = static_cast<Field>(byte);
    if (Index(field) > 0 && Index(field) < kFieldCount) fields.push_back(field);
  }
  return fields;
}

std::string CountsText(const Counts& counts) {
  std::string text;
  for (const auto& [name, count] : counts) text += fmt::format("{}={}\n", name, count);
  return text;
}

Counts CountsFromText(std::string_view text) {
  Counts counts;
  for (const std::string& line : Split(text, '\n')) {
    const std::size_t equals = line.rfind('=');
    if (equals == std::string::npos) continue;
    std::uint64_t count = 0;
    std::from_chars(line.data() + equals + 1, line.data() + line.size(), count);
    counts[line.substr(0, equals)] = count;
  }
  return counts;
}

void AddCounts(Counts& to, const Counts& more) {
  for (const auto& [name, count] : more) to[name] += count;
}

}  // namespace registry
