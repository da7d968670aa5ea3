// JSON for programs: protobuf messages by their contract's field names, and small objects around
// them.
//
// Numbers are numbers (also int64), a bus Date is "2026-09-01", an instant ISO 8601 in UTC, an enum
// its name without the type's prefix, bytes are hexadecimal. Every field of the contract is there;
// an absent message is null. nlohmann stays in json.cpp. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace google::protobuf {
class Message;
}

namespace cli {

// Compact, one line.
std::string ToJson(const google::protobuf::Message& message);
std::string JsonText(std::string_view text);  // quoted and escaped; bad UTF-8 is replaced
// With line breaks and indentation of two.
std::string Pretty(const std::string& json);

// Keys in the order in which they were added.
class JsonObject {
 public:
  JsonObject& Text(std::string_view key, std::string_view value);
  JsonObject& Number(std::string_view key, std::int64_t value);
  JsonObject& Number(std::string_view key, std::uint64_t value);
  JsonObject& Bool(std::string_view key, bool value);
  JsonObject& Json(std::string_view key, std::string_view json);  // already JSON
  JsonObject& Message(std::string_view key, const google::protobuf::Message& message);
  std::string ToString() const;

 private:
  std::vector<std::pair<std::string, std::string>> members_;
};

// "[a,b]" of values that are JSON already.
std::string JsonArray(const std::vector<std::string>& items);

}  // namespace cli
