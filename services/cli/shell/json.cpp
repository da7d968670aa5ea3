#include "cli/shell/json.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>
#include <google/protobuf/timestamp.pb.h>

#include <nlohmann/json.hpp>

#include "base/date.h"
#include "bus/envelope.pb.h"

namespace cli {
namespace {

using google::protobuf::EnumValueDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;
using Json = nlohmann::ordered_json;

std::string Hex(std::string_view bytes) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string hex;
  for (const char c : bytes) {
    hex.push_back(kDigits[static_cast<unsigned char>(c) >> 4]);
    hex.push_back(kDigits[static_cast<unsigned char>(c) & 15]);
  }
  return hex;
}

// MARK_SICK_LEAVE of enum Mark -> "SICK_LEAVE".
std::string EnumName(const EnumValueDescriptor* value) {
  std::string prefix;
  for (const char c : value->type()->name()) {
    if (c >= 'A' && c <= 'Z' && !prefix.empty()) prefix.push_back('_');
    prefix.push_back(c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c);
  }
  prefix.push_back('_');
  const std::string& name = value->name();
  return name.starts_with(prefix) ? name.substr(prefix.size()) : name;
}

Json FromMessage(const Message& message);

Json FromTimestamp(const google::protobuf::Timestamp& time) {
  return base::ToIso(
      base::UtcTime{std::chrono::milliseconds{time.seconds() * 1000 + time.nanos() / 1'000'000}});
}

Json FromDate(const baoxue::bus::v1::Date& date) {
  const auto day = base::Date::FromYmd(date.year(), static_cast<unsigned>(date.month()),
                                       static_cast<unsigned>(date.day()));
  return day ? Json(day->ToString()) : Json(nullptr);
}

// One value; `index` < 0: of a field that is not repeated.
Json FromField(const Message& message, const FieldDescriptor* field, int index) {
  const Reflection* r = message.GetReflection();
  const bool many = index >= 0;
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
      return many ? r->GetRepeatedInt32(message, field, index) : r->GetInt32(message, field);
    case FieldDescriptor::CPPTYPE_INT64:
      return many ? r->GetRepeatedInt64(message, field, index) : r->GetInt64(message, field);
    case FieldDescriptor::CPPTYPE_UINT32:
      return many ? r->GetRepeatedUInt32(message, field, index) : r->GetUInt32(message, field);
    case FieldDescriptor::CPPTYPE_UINT64:
      return many ? r->GetRepeatedUInt64(message, field, index) : r->GetUInt64(message, field);
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return many ? r->GetRepeatedDouble(message, field, index) : r->GetDouble(message, field);
    case FieldDescriptor::CPPTYPE_FLOAT:
      return many ? r->GetRepeatedFloat(message, field, index) : r->GetFloat(message, field);
    case FieldDescriptor::CPPTYPE_BOOL:
      return many ? r->GetRepeatedBool(message, field, index) : r->GetBool(message, field);
    case FieldDescriptor::CPPTYPE_ENUM:
      return EnumName(many ? r->GetRepeatedEnum(message, field, index)
                           : r->GetEnum(message, field));
    case FieldDescriptor::CPPTYPE_STRING: {
      const std::string text =
          many ? r->GetRepeatedString(message, field, index) : r->GetString(message, field);
      return field->type() == FieldDescriptor::TYPE_BYTES ? Hex(text) : text;
    }
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return FromMessage(many ? r->GetRepeatedMessage(message, field, index)
                              : r->GetMessage(message, field));
  }
  return nullptr;
}

Json FromMap(const Message& message, const FieldDescriptor* field) {
  Json map = Json::object();
  const Reflection* r = message.GetReflection();
  for (int i = 0; i < r->FieldSize(message, field); ++i) {
    const Message& entry = r->GetRepeatedMessage(message, field, i);
    const auto* type = entry.GetDescriptor();
    const Json key = FromField(entry, type->FindFieldByNumber(1), -1);
    map[key.is_string() ? key.get<std::string>() : key.dump()] =
        FromField(entry, type->FindFieldByNumber(2), -1);
  }
  return map;
}

Json FromMessage(const Message& message) {
  if (const auto* date = dynamic_cast<const baoxue::bus::v1::Date*>(&message)) {
    return FromDate(*date);
  }
  if (const auto* time = dynamic_cast<const google::protobuf::Timestamp*>(&message)) {
    return FromTimestamp(*time);
  }
  Json json = Json::object();
  const auto* type = message.GetDescriptor();
  const Reflection* r = message.GetReflection();
  for (int i = 0; i < type->field_count(); ++i) {
    const FieldDescriptor* field = type->field(i);
    Json& value = json[field->name()];
    if (field->is_map()) {
      value = FromMap(message, field);
    } else if (field->is_repeated()) {
      value = Json::array();
      for (int k = 0; k < r->FieldSize(message, field); ++k) {
        value.push_back(FromField(message, field, k));
      }
    } else if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE &&
               !r->HasField(message, field)) {
      value = nullptr;
    } else {
      value = FromField(message, field, -1);
    }
  }
  return json;
}

std::string Dump(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace

std::string ToJson(const Message& message) { return Dump(FromMessage(message)); }

std::string JsonText(std::string_view text) { return Dump(Json(text)); }

std::string Pretty(const std::string& json) {
  const Json parsed = Json::parse(json, nullptr, false);
  if (parsed.is_discarded()) return json;
  return parsed.dump(2, ' ', false, Json::error_handler_t::replace);
}

JsonObject& JsonObject::Text(std::string_view key, std::string_view value) {
  return Json(key, JsonText(value));
}
JsonObject& JsonObject::Number(std::string_view key, std::int64_t value) {
  return Json(key, std::to_string(value));
}
JsonObject& JsonObject::Number(std::string_view key, std::uint64_t value) {
  return Json(key, std::to_string(value));
}
JsonObject& JsonObject::Bool(std::string_view key, bool value) {
  return Json(key, value ? "true" : "false");
}
JsonObject& JsonObject::Json(std::string_view key, std::string_view json) {
  members_.emplace_back(key, json);
  return *this;
}
JsonObject& JsonObject::Message(std::string_view key, const google::protobuf::Message& message) {
  return Json(key, ToJson(message));
}

std::string JsonObject::ToString() const {
  std::string out = "{";
  for (const auto& [key, value] : members_) {
    if (out.size() > 1) out += ",";
    out += JsonText(key) + ":" + value;
  }
  return out + "}";
}

std::string JsonArray(const std::vector<std::string>& items) {
  std::string out = "[";
  for (const std::string& item : items) {
    if (out.size() > 1) out += ",";
    out += item;
  }
  return out + "]";
}

}  // namespace cli
