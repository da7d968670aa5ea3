#include "jobs/redis_client.h"

#include <hiredis/hiredis.h>
#include <signal.h>

#include <mutex>

namespace jobs {
namespace {

using base::Code;
using base::Error;

timeval ToTimeval(std::chrono::milliseconds time) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(time);
  timeval out{};
  out.tv_sec = seconds.count();
  out.tv_usec = std::chrono::microseconds{time - seconds}.count();
  return out;
}

// hiredis writes without MSG_NOSIGNAL, so a Redis that went away would end the whole process.
void IgnoreBrokenPipes() {
  static std::once_flag once;
  std::call_once(once, [] {
    struct sigaction now {};
    if (sigaction(SIGPIPE, nullptr, &now) == 0 && now.sa_handler == SIG_DFL) {
      signal(SIGPIPE, SIG_IGN);
    }
  });
}

// What an error reply means: the first word is its code.
Error FromReply(std::string_view text) {
  const std::string_view code = text.substr(0, text.find(' '));
  const std::string detail{text.substr(0, 200)};
  if (code == "NOGROUP" || code == "UNBLOCKED") return {Code::kNotFound, "NO_GROUP", detail};
  if (code == "NOAUTH" || code == "WRONGPASS" || code == "NOPERM") {
    return {Code::kPermissionDenied, "REDIS_ACCESS", detail};
  }
  for (const std::string_view away :
       {"LOADING", "MISCONF", "READONLY", "OOM", "BUSY", "MASTERDOWN", "CLUSTERDOWN"}) {
    if (code == away) return {Code::kUnavailable, "REDIS_DOWN", detail};
  }
  return {Code::kInternal, "REDIS_ERROR", detail};
}

}  // namespace

void FreeReply::operator()(redisReply* reply) const { freeReplyObject(reply); }
void RedisClient::FreeContext::operator()(redisContext* context) const { redisFree(context); }
RedisClient::~RedisClient() = default;

Error RedisClient::Die(std::string_view what) {
  std::string detail{what};
  if (context_ && context_->err != 0) detail += std::string{": "} + context_->errstr;
  context_.reset();
  return {Code::kUnavailable, "REDIS_DOWN", std::move(detail)};
}

base::Result<std::unique_ptr<RedisClient>> RedisClient::Connect(const RedisOptions& options) {
  IgnoreBrokenPipes();
  std::unique_ptr<RedisClient> client{new RedisClient};
  const timeval timeout = ToTimeval(options.timeout);
  client->context_.reset(options.socket.empty()
                             ? redisConnectWithTimeout(options.host.c_str(), options.port, timeout)
                             : redisConnectUnixWithTimeout(options.socket.c_str(), timeout));
  if (!client->context_ || client->context_->err != 0) return client->Die("cannot connect");
  client->timeout_ = options.timeout;
  RETURN_IF_ERROR(client->SetTimeout(options.timeout));
  if (!options.password.empty()) {
    const auto authenticated = client->Command({"AUTH", options.password});
    if (!authenticated.ok()) {
      // The reply never quotes the password, but it is not needed either.
      if (client->dead()) return authenticated.error();
      return Error{Code::kPermissionDenied, "REDIS_ACCESS", "Redis refused the password"};
    }
  }
  // An unauthenticated connection is told so here, not at the first job.
  const auto pong = client->Command({"PING"});
  if (!pong.ok()) return pong.error();
  return client;
}

base::Status RedisClient::SetTimeout(std::chrono::milliseconds timeout) {
  if (redisSetTimeout(context_.get(), ToTimeval(timeout)) != REDIS_OK) return Die("set timeout");
  return {};
}

base::Result<Reply> RedisClient::Command(const std::vector<std::string>& words) {
  if (dead()) return Error{Code::kUnavailable, "REDIS_DOWN", "the connection was lost before"};
  std::vector<const char*> argv;
  std::vector<std::size_t> sizes;
  argv.reserve(words.size());
  sizes.reserve(words.size());
  for (const std::string& word : words) {
    argv.push_back(word.data());
    sizes.push_back(word.size());
  }
  Reply reply{static_cast<redisReply*>(
      redisCommandArgv(context_.get(), static_cast<int>(words.size()), argv.data(), sizes.data()))};
  if (!reply || context_->err != 0) return Die(words.front());
  if (reply->type == REDIS_REPLY_ERROR) return FromReply({reply->str, reply->len});
  return reply;
}

base::Result<Reply> RedisClient::BlockingCommand(const std::vector<std::string>& words,
                                                 std::chrono::milliseconds block) {
  if (dead()) return Error{Code::kUnavailable, "REDIS_DOWN", "the connection was lost before"};
  RETURN_IF_ERROR(SetTimeout(timeout_ + block));
  auto reply = Command(words);
  if (!dead()) RETURN_IF_ERROR(SetTimeout(timeout_));
  return reply;
}

std::string TextOf(const redisReply& reply) {
  if (reply.type == REDIS_REPLY_INTEGER) return std::to_string(reply.integer);
  return reply.str == nullptr ? std::string{} : std::string{reply.str, reply.len};
}

const redisReply* At(const redisReply& reply, std::size_t i) {
  if (reply.type != REDIS_REPLY_ARRAY || i >= reply.elements) return nullptr;
  return reply.element[i];
}

std::int64_t IntOf(const redisReply& reply) {
  return reply.type == REDIS_REPLY_INTEGER ? reply.integer : 0;
}

base::Result<std::string> EvictionPolicy(RedisClient& client) {
  ASSIGN_OR_RETURN(const Reply info, client.Command({"INFO", "memory"}));
  const std::string text = TextOf(*info);
  constexpr std::string_view kKey = "\nmaxmemory_policy:";
  const std::size_t at = text.find(kKey);
  if (at == std::string::npos) return std::string{};
  const std::size_t begin = at + kKey.size();
  return text.substr(begin, text.find_first_of("\r\n", begin) - begin);
}

}  // namespace jobs
