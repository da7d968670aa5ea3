// When a job that failed runs again. Pure but for the Rng.
#pragma once

#include <chrono>

#include "base/random.h"
#include "jobs/jobs.h"

namespace jobs {

// After the `attempts`-th failure (1 = the first): retry_base doubled each time, at most retry_max.
// Half of it is chance, so that jobs that failed together do not come back together.
std::chrono::milliseconds RetryDelay(const WorkerOptions& options, int attempts, base::Rng& rng);

}  // namespace jobs
