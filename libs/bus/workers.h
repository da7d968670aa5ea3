// The worker threads of a server: run the handlers that may block, one request each at a time.
// Internal. The queue is bounded by the server's in_flight_max.
#pragma once

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <vector>

#include "bus/bus.h"

namespace bus {

struct Work {
  Request request = {};
  Responder responder = {};
  const Server::Handler* handler = nullptr;
};

class WorkerPool {
 public:
  explicit WorkerPool(const base::Clock& clock) : clock_(clock) {}
  ~WorkerPool() { Stop(); }
  void Start(int threads);
  // Takes all of `batch` and leaves it empty.
  void Push(std::vector<Work>& batch);
  // Finishes what is running; what waits is answered UNAVAILABLE/STOPPING.
  void Stop();
  std::uint64_t expired() const { return expired_.load(std::memory_order_relaxed); }

 private:
  void Run();
  bool Next(Work& work);

  const base::Clock& clock_;
  std::mutex mutex_;
  std::condition_variable waiting_;
  std::deque<Work> queue_;
  bool stopping_ = false;
  std::atomic<std::uint64_t> expired_{0};
  std::vector<std::thread> threads_;
};

// Runs a handler; what it throws becomes INTERNAL/HANDLER_FAILED and a log line.
Reply RunHandler(const Server::Handler& handler, const Request& request);
// The log line of a handler that threw. Names the type only: texts of libraries quote values.
void LogHandlerFailed(std::string_view type, std::string_view peer, const std::exception& error);

}  // namespace bus
