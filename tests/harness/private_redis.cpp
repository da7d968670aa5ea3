#include "harness/private_redis.h"

#include <hiredis/hiredis.h>
#include <signal.h>

#include <atomic>
#include <stdexcept>

#include "harness/private_mariadb.h"
#include "harness/wait.h"

namespace harness {
namespace {

struct FreeContext {
  void operator()(redisContext* context) const { redisFree(context); }
};
struct FreeReply {
  void operator()(redisReply* reply) const { freeReplyObject(reply); }
};
using ReplyPtr = std::unique_ptr<redisReply, FreeReply>;

std::string Text(const redisReply& reply) {
  switch (reply.type) {
    case REDIS_REPLY_INTEGER:
      return std::to_string(reply.integer);
    case REDIS_REPLY_STRING:
    case REDIS_REPLY_STATUS:
    case REDIS_REPLY_ERROR:
      return {reply.str, reply.len};
    case REDIS_REPLY_ARRAY: {
      std::string text;
      for (std::size_t i = 0; i < reply.elements; ++i) text += Text(*reply.element[i]) + "\n";
      return text;
    }
    default:
      return {};
  }
}

ReplyPtr Send(redisContext* context, const std::vector<std::string>& words) {
  std::vector<const char*> argv;
  std::vector<std::size_t> sizes;
  for (const std::string& word : words) {
    argv.push_back(word.data());
    sizes.push_back(word.size());
  }
  return ReplyPtr{static_cast<redisReply*>(
      redisCommandArgv(context, static_cast<int>(words.size()), argv.data(), sizes.data()))};
}

}  // namespace

PrivateRedis::PrivateRedis(RedisServerOptions options)
    : options_(std::move(options)), dir_("re"), socket_(dir_.File("s")) {
  if (options_.tcp) port_ = FreePort();
  Start();
}

PrivateRedis::~PrivateRedis() {
  if (server_) server_->Kill9();
}

PrivateRedis& PrivateRedis::Shared() {
  static PrivateRedis server;
  return server;
}

void PrivateRedis::Start() {
  if (server_ && server_->Running()) return;
  std::vector<std::string> args{"redis-server",
                                "--bind",
                                "127.0.0.1",
                                "--port",
                                std::to_string(port_),
                                "--unixsocket",
                                socket_,
                                "--unixsocketperm",
                                "700",
                                "--requirepass",
                                password_,
                                "--dir",
                                dir_.path(),
                                "--save",
                                "",
                                "--maxmemory-policy",
                                "noeviction",
                                "--appendonly",
                                options_.append_only ? "yes" : "no",
                                "--appendfsync",
                                "always"};
  args.insert(args.end(), options_.extra_args.begin(), options_.extra_args.end());
  server_ =
      std::make_unique<ChildProcess>(ChildOptions{.argv = args, .output_file = dir_.File("log")});
  const bool up = WaitUntil(
      [&] {
        if (!server_->Running()) return true;
        try {
          return Command({"PING"}) == "PONG";
        } catch (const std::runtime_error&) {
          return false;
        }
      },
      std::chrono::seconds{30});
  if (!up || !server_->Running()) {
    throw std::runtime_error("redis-server did not start; its log:\n" + server_->Output());
  }
}

std::string PrivateRedis::Command(const std::vector<std::string>& words) const {
  const timeval patience{.tv_sec = 5, .tv_usec = 0};
  const std::unique_ptr<redisContext, FreeContext> context{
      redisConnectUnixWithTimeout(socket_.c_str(), patience)};
  if (!context || context->err != 0) throw std::runtime_error("cannot connect to redis");
  redisSetTimeout(context.get(), patience);
  ReplyPtr reply = Send(context.get(), {"AUTH", password_});
  if (reply && reply->type != REDIS_REPLY_ERROR) reply = Send(context.get(), words);
  if (!reply) throw std::runtime_error("redis connection lost");
  if (reply->type == REDIS_REPLY_ERROR) throw std::runtime_error("redis: " + Text(*reply));
  return Text(*reply);
}

jobs::RedisOptions PrivateRedis::Options(const std::string& prefix) const {
  jobs::RedisOptions options;
  options.socket = socket_;
  options.password = password_;
  options.prefix = prefix;
  return options;
}

jobs::RedisOptions PrivateRedis::FreshPrefix() {
  static std::atomic<int> count{0};
  return Options("test" + std::to_string(++count));
}

void PrivateRedis::FlushAll() { Command({"FLUSHALL"}); }
void PrivateRedis::Kill9() { server_->Kill9(); }
void PrivateRedis::Stop() { server_->Terminate(); }
void PrivateRedis::Restart() {
  Kill9();
  Start();
}
void PrivateRedis::Pause() { server_->Signal(SIGSTOP); }
void PrivateRedis::Resume() { server_->Signal(SIGCONT); }
pid_t PrivateRedis::pid() const { return server_->pid(); }
std::string PrivateRedis::Log() const { return server_->Output(); }

}  // namespace harness
