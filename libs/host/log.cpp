#include "host/log.h"

#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <map>
#include <mutex>
#include <nlohmann/json.hpp>

#include "base/clock.h"

namespace host {
namespace {

struct Limited {
  base::SteadyTime last = {};
  std::uint64_t held = 0;
};

struct State {
  std::mutex mutex;
  std::string service = "baoxue";
  std::shared_ptr<spdlog::logger> logger;
  std::map<std::string, Limited, std::less<>> limited;
};

State& Global() {
  static State state;
  return state;
}

std::shared_ptr<spdlog::logger> Logger() {
  State& state = Global();
  const std::lock_guard lock{state.mutex};
  if (!state.logger) {
    state.logger = std::make_shared<spdlog::logger>(
        "baoxue", std::make_shared<spdlog::sinks::stderr_sink_mt>());
    state.logger->set_pattern("%v");
  }
  return state.logger;
}

void Write(spdlog::level::level_enum level, std::string_view event,
           std::initializer_list<LogField> fields, std::uint64_t held = 0) {
  const auto logger = Logger();
  if (!logger->should_log(level)) return;
  nlohmann::ordered_json line;
  line["time"] = base::ToIso(base::SystemClock{}.Now());
  line["level"] = spdlog::level::to_string_view(level).data();
  line["service"] = Global().service;
  line["event"] = event;
  for (const LogField& field : fields) {
    std::visit([&](const auto& value) { line[std::string{field.name}] = value; }, field.value);
  }
  if (held > 0) line["held_back"] = held;
  logger->log(level, line.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
}

void WriteLimited(spdlog::level::level_enum level, std::string_view event, int seconds,
                  std::initializer_list<LogField> fields) {
  State& state = Global();
  std::uint64_t held = 0;
  {
    const std::lock_guard lock{state.mutex};
    const auto now = base::SystemClock{}.Steady();
    auto [it, inserted] = state.limited.try_emplace(std::string{event});
    if (!inserted && now - it->second.last < std::chrono::seconds{seconds}) {
      ++it->second.held;
      return;
    }
    held = it->second.held;
    it->second = Limited{now, 0};
  }
  Write(level, event, fields, held);
}

}  // namespace

void InitLog(std::string_view service, std::string_view level, const std::string& file) {
  State& state = Global();
  const std::lock_guard lock{state.mutex};
  state.service = service;
  std::vector<spdlog::sink_ptr> sinks{std::make_shared<spdlog::sinks::stderr_sink_mt>()};
  if (!file.empty()) sinks.push_back(std::make_shared<spdlog::sinks::basic_file_sink_mt>(file));
  state.logger = std::make_shared<spdlog::logger>("baoxue", sinks.begin(), sinks.end());
  state.logger->set_pattern("%v");
  state.logger->set_level(spdlog::level::from_str(std::string{level}));
  state.logger->flush_on(spdlog::level::info);
}

void LogDebug(std::string_view event, std::initializer_list<LogField> fields) {
  Write(spdlog::level::debug, event, fields);
}
void LogInfo(std::string_view event, std::initializer_list<LogField> fields) {
  Write(spdlog::level::info, event, fields);
}
void LogWarn(std::string_view event, std::initializer_list<LogField> fields) {
  Write(spdlog::level::warn, event, fields);
}
void LogError(std::string_view event, std::initializer_list<LogField> fields) {
  Write(spdlog::level::err, event, fields);
}

void LogWarnLimited(std::string_view event, int seconds, std::initializer_list<LogField> fields) {
  WriteLimited(spdlog::level::warn, event, seconds, fields);
}
void LogErrorLimited(std::string_view event, int seconds, std::initializer_list<LogField> fields) {
  WriteLimited(spdlog::level::err, event, seconds, fields);
}

}  // namespace host
