// One connection to Redis. Any error of the connection makes it dead: it is thrown away, never used
// again (after a timeout a hiredis context would give the late answer to the next question).
// Internal to libs/jobs; one thread at a time.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "jobs/jobs.h"

struct redisContext;
struct redisReply;

namespace jobs {

struct FreeReply {
  void operator()(redisReply* reply) const;
};
using Reply = std::unique_ptr<redisReply, FreeReply>;

class RedisClient {
 public:
  // Connects and authenticates. Errors: kUnavailable/REDIS_DOWN, kPermissionDenied/REDIS_ACCESS.
  static base::Result<std::unique_ptr<RedisClient>> Connect(const RedisOptions& options);
  ~RedisClient();
  RedisClient(const RedisClient&) = delete;
  RedisClient& operator=(const RedisClient&) = delete;

  // The answer to one command. Errors: kUnavailable/REDIS_DOWN (the connection is dead, or the
  // server is loading, out of memory or read-only), kNotFound/NO_GROUP, kInternal/REDIS_ERROR.
  base::Result<Reply> Command(const std::vector<std::string>& words);
  // For commands that wait on the server: the answer may take `block` longer.
  base::Result<Reply> BlockingCommand(const std::vector<std::string>& words,
                                      std::chrono::milliseconds block);
  bool dead() const { return context_ == nullptr; }

 private:
  struct FreeContext {
    void operator()(redisContext* context) const;
  };
  RedisClient() = default;
  base::Status SetTimeout(std::chrono::milliseconds timeout);
  base::Error Die(std::string_view what);

  std::unique_ptr<redisContext, FreeContext> context_;
  std::chrono::milliseconds timeout_{0};
};

// The text of a string, status or integer reply.
std::string TextOf(const redisReply& reply);
// The i-th element of an array reply, or null.
const redisReply* At(const redisReply& reply, std::size_t i);
std::int64_t IntOf(const redisReply& reply);
// "maxmemory_policy" of INFO; empty if the server does not say.
base::Result<std::string> EvictionPolicy(RedisClient& client);

}  // namespace jobs
