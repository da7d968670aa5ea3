// The keys of one queue. Internal to libs/jobs.
#pragma once

#include <string>

#include "jobs/jobs.h"

namespace jobs {

struct Keys {
  Keys(const RedisOptions& options, const std::string& queue)
      : stream(options.prefix + ":" + queue),
        delay(stream + ":delay"),
        known(stream + ":known"),
        dead(stream + ":dead") {}
  std::string stream;
  std::string delay;
  std::string known;
  std::string dead;
};

}  // namespace jobs
