// JSON logs for operators, one line an event (spdlog): time, level, service, event, fields.
// English, no personal data: ids only. ERROR means a person must act.
//   host::LogWarn("bus.bad_frame", {{"peer", name}, {"bytes", size}});
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace host {

using LogValue = std::variant<std::int64_t, std::uint64_t, double, bool, std::string>;
struct LogField {
  LogField(std::string_view n, std::string_view v) : name(n), value(std::string{v}) {}
  LogField(std::string_view n, const char* v) : name(n), value(std::string{v}) {}
  LogField(std::string_view n, const std::string& v) : name(n), value(v) {}
  LogField(std::string_view n, int v) : name(n), value(static_cast<std::int64_t>(v)) {}
  LogField(std::string_view n, std::int64_t v) : name(n), value(v) {}
  LogField(std::string_view n, std::uint64_t v) : name(n), value(v) {}
  LogField(std::string_view n, double v) : name(n), value(v) {}
  LogField(std::string_view n, bool v) : name(n), value(v) {}
  std::string_view name;
  LogValue value;
};

// Sets the service name and level and sends lines to stderr (and the file, if one is named).
void InitLog(std::string_view service, std::string_view level, const std::string& file = {});
void LogDebug(std::string_view event, std::initializer_list<LogField> fields = {});
void LogInfo(std::string_view event, std::initializer_list<LogField> fields = {});
void LogWarn(std::string_view event, std::initializer_list<LogField> fields = {});
void LogError(std::string_view event, std::initializer_list<LogField> fields = {});
// The same event at most once in `seconds`; says how many were held back.
void LogWarnLimited(std::string_view event, int seconds,
                    std::initializer_list<LogField> fields = {});
void LogErrorLimited(std::string_view event, int seconds,
                     std::initializer_list<LogField> fields = {});

}  // namespace host
