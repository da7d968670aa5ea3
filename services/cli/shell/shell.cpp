#include "cli/shell/shell.h"

#include <fmt/format.h>

#include <condition_variable>
#include <cstdio>
#include <mutex>

#include "cli/shell/json.h"
#include "cli/shell/values.h"
#include "settings/county.h"

namespace cli {

namespace {
constexpr std::string_view kWrongWords = "WRONG_WORDS";
}

base::Error WrongWords(std::string detail) {
  return {base::Code::kInvalidArgument, std::string{kWrongWords}, std::move(detail)};
}

int ExitCodeFor(const base::Error& error) {
  if (error.reason == kWrongWords) return kUsage;
  switch (error.code) {
    case base::Code::kUnavailable:
    case base::Code::kDeadlineExceeded:
    case base::Code::kUnknownOutcome:
    case base::Code::kResourceExhausted:
    case base::Code::kInternal:
      return kNoService;
    default:
      return kRefused;
  }
}

Shell::Shell() = default;
Shell::~Shell() = default;

base::Result<const host::Suite*> Shell::suite() {
  if (suite_ == nullptr) {
    auto loaded = host::LoadSuite(globals_.config);
    if (!loaded.ok()) {
      settings_failed_ = true;
      base::Error error = loaded.error();
      if (error.reason == "NO_FILE" && error.detail.starts_with(globals_.config)) {
        error.detail = fmt::format("读不到部署的配置 {}，请用 --config 写明", globals_.config);
      }
      return error;
    }
    suite_ = std::make_unique<host::Suite>(std::move(loaded).value());
  }
  return static_cast<const host::Suite*>(suite_.get());
}

bus::Context& Shell::context() {
  // Nothing is bound here, so nobody is admitted.
  if (context_ == nullptr) context_ = std::make_unique<bus::Context>(bus::AccessList{}, 1);
  return *context_;
}

base::Result<bus::Client*> Shell::ClientOf(const std::string& service) {
  if (const auto found = clients_.find(service); found != clients_.end()) {
    return found->second.get();
  }
  ASSIGN_OR_RETURN(const host::Suite* settings, suite());
  auto options = host::ClientFor(*settings, service, globals_.key);
  if (!options.ok()) {
    settings_failed_ = true;
    return options.error();
  }
  auto client = std::make_unique<bus::Client>(context(), *options, clock_, ids_);
  return clients_.emplace(service, std::move(client)).first->second.get();
}

const bus::Actor& Shell::actor() {
  if (actor_) return *actor_;
  bus::Actor actor = ReadActor(globals_.as.empty() ? "operator" : globals_.as);
  if (actor.role().empty()) actor.set_role("bureau_officer");
  if (actor.body().empty()) {
    if (auto settings = suite(); settings.ok()) {
      const auto county = settings::LoadCounty((*settings)->ProfilePath());
      if (county.ok()) actor.set_body(county->bureau);
    }
  }
  actor_ = std::move(actor);
  return *actor_;
}

bus::CallOptions Shell::Call() { return Call(std::chrono::seconds{globals_.timeout_s}); }

bus::CallOptions Shell::Call(std::chrono::milliseconds timeout) {
  bus::CallOptions options;
  options.timeout = timeout;
  options.actor = actor();
  return options;
}

void Shell::Say(const std::string& text) {
  if (json()) return;
  fmt::print("{}", text);
  if (!text.empty() && text.back() != '\n') fmt::print("\n");
}

void Shell::Json(const std::string& json) { fmt::print("{}\n", Pretty(json)); }

void Shell::Json(const google::protobuf::Message& message) { Json(ToJson(message)); }

void Shell::Pause(std::chrono::milliseconds time) {
  std::mutex mutex;
  std::condition_variable never;
  std::unique_lock lock(mutex);
  never.wait_for(lock, time);
}

base::Error Shell::Explain(const std::string& service, base::Error error) {
  if (error.code == base::Code::kDeadlineExceeded || error.code == base::Code::kUnavailable) {
    error.detail = fmt::format("{} 没有应答（{}），它在运行吗？请用 baoxue doctor 查看",
                               service, error.detail.empty() ? error.reason : error.detail);
  }
  return error;
}

int Shell::Fail(const base::Error& error) {
  std::fflush(stdout);
  if (json()) {
    JsonObject inner;
    inner.Text("code", base::CodeName(error.code))
        .Text("reason", error.reason)
        .Text("detail", error.detail);
    fmt::print("{}\n", JsonObject{}.Json("error", inner.ToString()).ToString());
  }
  fmt::print(stderr, "baoxue: {} [{}]\n", error.detail.empty() ? "未被接受" : error.detail,
             error.reason);
  return settings_failed_ ? static_cast<int>(kUsage) : ExitCodeFor(error);
}

}  // namespace cli
