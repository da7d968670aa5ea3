// How small structured values stand in a text column: actors, evidence, fields, counts.
// Tabs and line breaks inside a value become spaces, so a text always reads back as what it holds.
// Pure and thread-safe.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "registry/domain/enrolment.h"
#include "registry/domain/field.h"

namespace registry {

std::string ActorText(const Actor& actor);
Actor ActorFromText(std::string_view text);

std::string JoinLines(const std::vector<std::string>& lines);
std::vector<std::string> SplitLines(std::string_view text);
std::vector<std::string> SplitTabs(std::string_view text);
std::string JoinTabs(const std::vector<std::string>& cells);

// One byte a field.
std::string FieldBytes(const std::vector<Field>& fields);
std::vector<Field> FieldsFromBytes(std::string_view bytes);

// "added=12\nfield:7=3".
using Counts = std::map<std::string, std::uint64_t>;
std::string CountsText(const Counts& counts);
Counts CountsFromText(std::string_view text);
void AddCounts(Counts& to, const Counts& more);

}  // namespace registry
