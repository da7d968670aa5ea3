#include <condition_variable>
#include <mutex>

#include "bus/bus.h"
#include "bus/call_loop.h"
#include "bus/codec.h"

namespace bus {

struct Client::Impl {
  Impl(Context& context, ClientOptions how, const base::Clock& time, base::IdSource& ids)
      : options(std::move(how)), clock(time), loop(context, options, time, ids) {}
  ClientOptions options;
  const base::Clock& clock;
  CallLoop loop;
};

Client::Client(Context& context, ClientOptions options, const base::Clock& clock,
               base::IdSource& ids)
    : impl_(std::make_unique<Impl>(context, std::move(options), clock, ids)) {}

Client::~Client() = default;

std::size_t Client::in_flight() const { return impl_->loop.in_flight(); }

void Client::CallAsync(std::string type, std::string body, CallOptions options,
                       std::function<void(Reply)> done) {
  Submitted call;
  call.envelope.set_kind(baoxue::bus::v1::KIND_REQUEST);
  call.envelope.set_type(std::move(type));
  call.envelope.set_sender(impl_->options.name);
  call.envelope.set_idempotency_key(std::move(options.idempotency_key));
  call.envelope.set_correlation_id(std::move(options.correlation_id));
  call.envelope.set_causation_id(std::move(options.causation_id));
  if (options.actor.ByteSizeLong() > 0) *call.envelope.mutable_actor() = std::move(options.actor);
  // The ids, timeout and attempt that are still to come take less than this.
  constexpr std::size_t kLaterBytes = 128;
  if (FrameBytes(call.envelope, body) + kLaterBytes > kMessageBytesMax) {
    return done(base::Error{base::Code::kInvalidArgument, "TOO_LARGE", call.envelope.type()});
  }
  call.body = std::move(body);
  call.done = std::move(done);
  call.deadline = impl_->clock.Steady() + options.timeout;
  call.attempt_timeout = options.attempt_timeout.count() > 0 ? options.attempt_timeout
                                                             : impl_->options.attempt_timeout;
  impl_->loop.Submit(std::move(call));
}

Reply Client::Call(std::string type, std::string body, CallOptions options) {
  CHECK(!impl_->loop.OnThread());
  std::mutex mutex;
  std::condition_variable answered;
  std::optional<Reply> answer;
  CallAsync(std::move(type), std::move(body), std::move(options), [&](Reply reply) {
    const std::lock_guard lock{mutex};
    answer = std::move(reply);
    answered.notify_one();
  });
  std::unique_lock lock{mutex};
  answered.wait(lock, [&] { return answer.has_value(); });
  return std::move(*answer);
}

}  // namespace bus
