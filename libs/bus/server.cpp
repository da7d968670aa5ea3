#include <thread>

#include "bus/bus.h"
#include "bus/context.h"
#include "bus/request_loop.h"

namespace bus {

struct Server::Impl {
  Impl(Context& where, ServerOptions how, const base::Clock& time)
      : context(where),
        options(std::move(how)),
        workers(time),
        loop(where, options, routes, batch_end, workers, time) {}

  Context& context;
  ServerOptions options;
  Routes routes;
  std::function<void()> batch_end;
  std::vector<std::string> bound;
  WorkerPool workers;
  RequestLoop loop;
  std::thread thread;
};

Server::Server(Context& context, ServerOptions options, const base::Clock& clock)
    : impl_(std::make_unique<Impl>(context, std::move(options), clock)) {}

Server::~Server() { Stop(); }

void Server::Handle(std::string type, Handler handler) {
  CHECK(!impl_->thread.joinable());
  CHECK(impl_->routes.try_emplace(type, Route{type, std::move(handler), {}}).second);
}

void Server::HandleAsync(std::string type, AsyncHandler handler) {
  CHECK(!impl_->thread.joinable());
  CHECK(impl_->routes.try_emplace(type, Route{type, {}, std::move(handler)}).second);
}

void Server::OnBatchEnd(std::function<void()> callback) {
  CHECK(!impl_->thread.joinable());
  impl_->batch_end = std::move(callback);
}

base::Status Server::Start() {
  CHECK(!impl_->thread.joinable());
  RETURN_IF_ERROR(impl_->loop.Bind(impl_->context.impl().zmq, impl_->bound));
  impl_->workers.Start(impl_->options.workers);
  impl_->thread = std::thread{[this] { impl_->loop.Run(); }};
  return {};
}

std::vector<std::string> Server::bound_endpoints() const { return impl_->bound; }

bool Server::Drain(std::chrono::milliseconds timeout) {
  impl_->loop.BeginDrain();
  return impl_->loop.WaitIdle(timeout);
}

void Server::Stop() {
  if (!impl_->thread.joinable()) return;
  impl_->loop.BeginDrain();
  impl_->workers.Stop();
  impl_->loop.Stop();
  impl_->thread.join();
}

Server::Stats Server::stats() const {
  const LoopCounters& counters = impl_->loop.counters();
  const auto read = [](const std::atomic<std::uint64_t>& counter) {
    return counter.load(std::memory_order_relaxed);
  };
  Stats stats;
  stats.accepted = read(counters.accepted);
  stats.answered = read(counters.answered);
  stats.bad_frames = read(counters.bad_frames);
  stats.refused_full = read(counters.refused_full);
  stats.refused_access = read(counters.refused_access);
  stats.refused_unknown = read(counters.refused_unknown);
  stats.refused_draining = read(counters.refused_draining);
  stats.dropped_replies = read(counters.dropped_replies);
  stats.repeated = read(counters.repeated);
  stats.in_flight = read(counters.in_flight);
  stats.expired = impl_->workers.expired();
  return stats;
}

}  // namespace bus
