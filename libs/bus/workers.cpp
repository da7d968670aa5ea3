#include "bus/workers.h"

#include <exception>
#include <typeinfo>

#include "host/log.h"

namespace bus {

void LogHandlerFailed(std::string_view type, std::string_view peer, const std::exception& error) {
  host::LogError("bus.handler_failed",
                 {{"type", type}, {"peer", peer}, {"exception", typeid(error).name()}});
}

Reply RunHandler(const Server::Handler& handler, const Request& request) {
  try {
    return handler(request);
  } catch (const std::exception& error) {
    LogHandlerFailed(request.envelope.type(), request.peer, error);
    return base::Error{base::Code::kInternal, "HANDLER_FAILED", ""};
  }
}

void WorkerPool::Start(int threads) {
  for (int i = 0; i < threads; ++i) threads_.emplace_back([this] { Run(); });
}

void WorkerPool::Push(std::vector<Work>& batch) {
  {
    const std::lock_guard lock{mutex_};
    for (Work& work : batch) {
      if (stopping_) {
        work.responder.Send(base::Error{base::Code::kUnavailable, "STOPPING", ""});
      } else {
        queue_.push_back(std::move(work));
      }
    }
  }
  if (batch.size() == 1) {
    waiting_.notify_one();
  } else {
    waiting_.notify_all();
  }
  batch.clear();
}

bool WorkerPool::Next(Work& work) {
  std::unique_lock lock{mutex_};
  waiting_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
  if (stopping_) return false;
  work = std::move(queue_.front());
  queue_.pop_front();
  return true;
}

void WorkerPool::Run() {
  for (Work work; Next(work);) {
    if (work.request.Expired(clock_)) {
      expired_.fetch_add(1, std::memory_order_relaxed);
      work.responder.Send(base::Error{base::Code::kDeadlineExceeded, "EXPIRED", ""});
      continue;
    }
    work.responder.Send(RunHandler(*work.handler, work.request));
  }
}

void WorkerPool::Stop() {
  std::deque<Work> left;
  {
    const std::lock_guard lock{mutex_};
    stopping_ = true;
    left.swap(queue_);
  }
  waiting_.notify_all();
  for (Work& work : left) {
    work.responder.Send(base::Error{base::Code::kUnavailable, "STOPPING", ""});
  }
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
}

}  // namespace bus
