// The thread of a follower. Position and SUB socket belong to it.

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <zmq.hpp>

#include "bus/bus.h"
#include "bus/codec.h"
#include "bus/context.h"
#include "bus/sockets.h"
#include "bus/wake_queue.h"
#include "host/log.h"

namespace bus {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kBackOffFirst{50};
constexpr milliseconds kBackOffMax{2000};
constexpr milliseconds kFetchTimeout{10'000};
// Five heartbeats. Then the socket is replaced (a refused one never comes back by itself) and the
// log is asked by request.
constexpr milliseconds kSilenceMax{5000};
constexpr int kFramesMax = 256;
// How often the publisher is told the position: when it has moved, and when it has not.
constexpr milliseconds kReportMoved{2000};
constexpr milliseconds kReportSame{30'000};

// An answer that may come after the follower is gone.
struct PendingFetch {
  std::mutex mutex;
  std::condition_variable changed;
  std::optional<Reply> reply;
  bool given_up = false;
};

}  // namespace

struct Follower::Impl {
  Impl(Context& where, Options how, Client& client, LoadPosition loader, Apply applier,
       const base::Clock& time)
      : context(where),
        options(std::move(how)),
        requests(client),
        load(std::move(loader)),
        apply(std::move(applier)),
        clock(time) {}

  void Run();
  bool Load();
  bool CatchUp();
  base::Result<EventBatch> Fetch(std::uint64_t after);
  bool ApplyEvents(std::vector<Event>& events);

  void Connect();
  void Wait();
  bool TakeFrames();
  void TakeFrame();
  bool ApplyLive();
  void Report();
  void Failed(std::string_view step, const base::Error& error);
  void Sleep();

  Context& context;
  const Options options;
  Client& requests;
  const LoadPosition load;
  const Apply apply;
  const base::Clock& clock;
  std::atomic<bool> stopping{false};
  EventFd wake;
  std::mutex mutex;
  std::condition_variable stopped;
  std::shared_ptr<PendingFetch> pending;  // guarded by mutex

  // Of the thread:
  zmq::socket_t socket;
  zmq::message_t frame;
  Envelope envelope;
  EventBatch batch;
  std::vector<Event> live;  // read from the socket, not applied yet
  bool behind = true;       // the log must be asked
  bool loaded = false;
  std::uint32_t fetch_limit = 0;  // less than batch_max while big events do not fit into a reply
  milliseconds back_off = kBackOffFirst;
  base::SteadyTime heard = {};
  base::SteadyTime reported_at = {};
  std::uint64_t reported = 0;

  std::atomic<std::uint64_t> position{0}, head{0}, gaps{0}, fetched{0}, applied_live{0}, errors{0},
      bad_frames{0};
  std::thread thread;
};

void Follower::Impl::Run() {
  while (!stopping.load()) {
    bool well = loaded || Load();
    if (well) well = ApplyLive();
    if (well && behind) well = CatchUp();
    if (!well) {
      Sleep();
      continue;
    }
    back_off = kBackOffFirst;
    if (behind) continue;
    Report();
    Wait();
    TakeFrames();
    if (clock.Steady() - heard > kSilenceMax) {
      Connect();
      behind = true;
    }
  }
  socket.close();
}

void Follower::Impl::Connect() {
  socket = zmq::socket_t{context.impl().zmq, zmq::socket_type::sub};
  SetCommonOptions(socket, kFramesMax, 0);
  // Frames of other versions are not for us.
  socket.set(zmq::sockopt::subscribe, kMagic);
  for (const Endpoint& endpoint : options.events) {
    SetCurveClient(socket, options.keys, endpoint.server_key);
    socket.connect(endpoint.address);
  }
  heard = clock.Steady();
}

bool Follower::Impl::Load() {
  const base::Result<std::uint64_t> stored = load();
  if (!stored.ok()) {
    Failed("load", stored.error());
    return false;
  }
  position.store(*stored);
  loaded = true;
  behind = true;
  return true;
}

// Everything that failed is tried again from the stored position.
void Follower::Impl::Failed(std::string_view step, const base::Error& error) {
  errors.fetch_add(1);
  loaded = false;
  live.clear();
  host::LogWarnLimited("bus.follower_failed", 5,
                       {{"feed", options.feed}, {"step", step}, {"error", error.reason}});
}

void Follower::Impl::Sleep() {
  std::unique_lock lock{mutex};
  stopped.wait_for(lock, back_off, [this] { return stopping.load(); });
  back_off = std::min(back_off * 2, kBackOffMax);
}

// ---- by request ---------------------------------------------------------------------------------

bool Follower::Impl::CatchUp() {
  fetch_limit = options.batch_max;
  while (!stopping.load()) {
    base::Result<EventBatch> answer = Fetch(position.load());
    if (!answer.ok()) {
      if (answer.error().reason == "REPLY_TOO_LARGE" && fetch_limit > 1) {
        fetch_limit /= 2;
        continue;
      }
      if (!stopping.load()) Failed("fetch", answer.error());
      return false;
    }
    head.store(answer->head());
    if (answer->events().empty()) {
      if (answer->head() > position.load()) {
        Failed("fetch", {base::Code::kDataCorruption, "EVENTS_MISSING", ""});
        return false;
      }
      if (answer->head() < position.load()) {
        host::LogWarnLimited("bus.feed_went_back", 60,
                             {{"feed", options.feed}, {"head", answer->head()}});
      }
      behind = false;
      return true;
    }
    std::vector<Event> events;
    events.reserve(static_cast<std::size_t>(answer->events_size()));
    for (Event& event : *answer->mutable_events()) events.push_back(std::move(event));
    const std::size_t count = events.size();
    if (!ApplyEvents(events)) return false;
    fetched.fetch_add(count);
    if (position.load() >= answer->head()) {
      behind = false;
      return true;
    }
  }
  return false;
}

base::Result<EventBatch> Follower::Impl::Fetch(std::uint64_t after) {
  baoxue::bus::v1::FetchEvents request;
  request.set_feed(options.feed);
  request.set_after(after);
  request.set_limit(fetch_limit);
  const auto fetch = std::make_shared<PendingFetch>();
  {
    const std::lock_guard lock{mutex};
    if (stopping.load()) return base::Error{base::Code::kUnavailable, "STOPPING", ""};
    pending = fetch;
  }
  CallOptions call;
  call.timeout = kFetchTimeout;
  requests.CallAsync(request.GetDescriptor()->full_name(), request.SerializeAsString(),
                     std::move(call), [fetch](Reply reply) {
                       const std::lock_guard lock{fetch->mutex};
                       fetch->reply = std::move(reply);
                       fetch->changed.notify_one();
                     });
  std::unique_lock lock{fetch->mutex};
  fetch->changed.wait(lock, [&] { return fetch->reply.has_value() || fetch->given_up; });
  if (!fetch->reply) return base::Error{base::Code::kUnavailable, "STOPPING", ""};
  if (!fetch->reply->ok()) return fetch->reply->error();
  EventBatch answer;
  if (!answer.ParseFromString(**fetch->reply) || answer.feed() != options.feed) {
    return base::Error{base::Code::kDataCorruption, "BAD_REPLY", "FetchEvents"};
  }
  return answer;
}

// Precondition: not empty. Only what continues the stored position gets through.
bool Follower::Impl::ApplyEvents(std::vector<Event>& events) {
  for (std::size_t i = 0; i < events.size(); ++i) {
    if (events[i].seq() == position.load() + 1 + i) continue;
    Failed("apply", {base::Code::kDataCorruption, "NOT_DENSE", ""});
    return false;
  }
  const base::Result<std::uint64_t> stored = apply(events);
  if (!stored.ok()) {
    Failed("apply", stored.error());
    return false;
  }
  if (*stored < events.back().seq()) {
    Failed("apply", {base::Code::kInternal, "POSITION_NOT_STORED", ""});
    return false;
  }
  position.store(*stored);
  return true;
}

// Nobody waits for the answer, and one that is lost is made good by the next.
void Follower::Impl::Report() {
  const base::SteadyTime now = clock.Steady();
  const std::uint64_t at = position.load();
  if (now - reported_at < (at == reported ? kReportSame : kReportMoved)) return;
  reported_at = now;
  reported = at;
  baoxue::bus::v1::FetchEvents request;
  request.set_feed(options.feed);
  request.set_after(at);
  CallOptions call;
  call.timeout = kReportMoved;
  requests.CallAsync(request.GetDescriptor()->full_name(), request.SerializeAsString(),
                     std::move(call), [](const Reply&) {});
}

// ---- live ---------------------------------------------------------------------------------------

void Follower::Impl::Wait() {
  zmq::pollitem_t items[] = {{socket.handle(), 0, ZMQ_POLLIN, 0},
                             {nullptr, wake.fd(), ZMQ_POLLIN, 0}};
  const auto left =
      std::chrono::ceil<milliseconds>(heard + kSilenceMax + milliseconds{1} - clock.Steady());
  if (!stopping.load()) zmq_poll(items, 2, std::clamp(left, milliseconds{0}, kSilenceMax).count());
}

// Takes what is waiting, up to one batch, so that a burst is one transaction and not many.
bool Follower::Impl::TakeFrames() {
  bool any = false;
  while (!behind && live.size() < options.batch_max &&
         zmq_msg_recv(frame.handle(), socket.handle(), ZMQ_DONTWAIT) >= 0) {
    any = true;
    TakeFrame();
  }
  return any;
}

void Follower::Impl::TakeFrame() {
  std::string_view body;
  if (!DecodeFrame(View(frame), envelope, body).ok() ||
      !batch.ParseFromArray(body.data(), static_cast<int>(body.size())) ||
      batch.feed() != options.feed) {
    if (bad_frames.fetch_add(1) == 0)
      host::LogWarn("bus.bad_event_frame", {{"feed", options.feed}});
    return;
  }
  heard = clock.Steady();
  head.store(std::max(head.load(), batch.head()));
  std::uint64_t last = live.empty() ? position.load() : live.back().seq();
  for (Event& event : *batch.mutable_events()) {
    if (event.seq() <= last) continue;
    if (event.seq() != last + 1) {
      gaps.fetch_add(1);
      behind = true;
      return;
    }
    last = event.seq();
    live.push_back(std::move(event));
  }
  if (batch.head() > last) {
    // A heartbeat that knows more than we have seen. (A batch's head may be ahead of its events
    // while the rest is on its way.)
    if (batch.events().empty()) {
      gaps.fetch_add(1);
      behind = true;
    }
  }
}

bool Follower::Impl::ApplyLive() {
  if (live.empty()) return true;
  const std::size_t count = live.size();
  if (!ApplyEvents(live)) return false;
  live.clear();
  applied_live.fetch_add(count);
  return true;
}

Follower::Follower(Context& context, Options options, Client& requests, LoadPosition load,
                   Apply apply, const base::Clock& clock)
    : impl_(std::make_unique<Impl>(context, std::move(options), requests, std::move(load),
                                   std::move(apply), clock)) {}

Follower::~Follower() { Stop(); }

void Follower::Start() {
  CHECK(!impl_->thread.joinable());
  impl_->Connect();  // here, so that a wrong address is the caller's exception
  impl_->thread = std::thread{[this] { impl_->Run(); }};
}

void Follower::Stop() {
  if (!impl_->thread.joinable()) return;
  {
    const std::lock_guard lock{impl_->mutex};
    impl_->stopping.store(true);
    impl_->stopped.notify_all();
    if (impl_->pending) {
      const std::lock_guard pending_lock{impl_->pending->mutex};
      impl_->pending->given_up = true;
      impl_->pending->changed.notify_all();
    }
  }
  impl_->wake.Signal();
  impl_->thread.join();
}

Follower::Stats Follower::stats() const {
  Stats stats;
  stats.position = impl_->position.load();
  stats.head = impl_->head.load();
  stats.gaps = impl_->gaps.load();
  stats.fetched = impl_->fetched.load();
  stats.live = impl_->applied_live.load();
  stats.errors = impl_->errors.load();
  stats.bad_frames = impl_->bad_frames.load();
  return stats;
}

}  // namespace bus
