// The thread of a client: owns the links, the table of calls and their timers. Internal; everything
// but Submit(), Stop() and in_flight() belongs to that thread.
#pragma once

#include <deque>
#include <string>
#include <thread>
#include <vector>
#include <zmq.hpp>

#include "bus/bus.h"
#include "bus/link.h"
#include "bus/timers.h"
#include "bus/wake_queue.h"

namespace bus {

// A call on its way to the thread.
struct Submitted {
  Envelope envelope = {};
  std::string body = {};
  std::function<void(Reply)> done = {};
  base::SteadyTime deadline = {};
  std::chrono::milliseconds attempt_timeout{0};
};

class CallLoop {
 public:
  CallLoop(Context& context, const ClientOptions& options, const base::Clock& clock,
           base::IdSource& ids);
  ~CallLoop();
  void Submit(Submitted call);
  std::size_t in_flight() const { return in_flight_.load(std::memory_order_relaxed); }
  bool OnThread() const { return std::this_thread::get_id() == thread_.get_id(); }
  void Stop();

 private:
  enum class State : std::uint8_t {
    kFree,
    kWaiting,  // no connection could take it
    kSent,
    kBackOff,
  };
  struct Call {
    Submitted what = {};
    State state = State::kFree;
    std::uint32_t generation = 0;
    std::uint32_t attempts = 0;
    int link = -1;  // of the last attempt
    base::SteadyTime sent_at = {};
    std::optional<base::Error> last_error = {};  // what the last attempt was answered, if it was
    // Attempts without an answer, or with the answer that nobody knows what they did.
    std::uint32_t silences = 0;
  };

  void Run();
  void Wait();
  void TakeSubmitted();
  void ReceiveAll();
  void OnFrame(int link);
  void OnRetryable(Call& call, std::uint32_t slot, int link, base::Error error);
  void FireTimers();
  void OnTimer(std::uint32_t slot);
  void CheckLinks();
  void OnLost(int link);
  void RetryWaiting();

  void Attempt(std::uint32_t slot);
  bool TrySend(Call& call, zmq::message_t& frame);
  int Penalty(const Call& call, int link) const;
  void BackOff(std::uint32_t slot);
  void SetTimer(std::uint32_t slot, base::SteadyTime when);
  void Finish(std::uint32_t slot, Reply reply);
  void Expire(std::uint32_t slot);
  std::uint32_t TakeSlot();
  std::optional<std::uint32_t> SlotOf(const std::string& message_id) const;
  std::string MessageId(std::uint32_t slot) const;

  const ClientOptions& options_;
  const base::Clock& clock_;
  base::IdSource& ids_;
  base::Rng rng_;
  const std::string prefix_;  // of our message ids
  std::vector<std::unique_ptr<Link>> links_;
  std::size_t round_robin_ = 0;
  WakeQueue<Submitted> queue_;
  std::vector<Submitted> taken_;
  std::deque<Call> calls_;
  std::vector<std::uint32_t> free_;
  std::deque<std::pair<std::uint32_t, std::uint32_t>> waiting_;  // slot, generation
  Timers timers_;
  base::SteadyTime now_ = {};
  base::SteadyTime links_renewed_ = {};
  zmq::message_t frame_;
  Envelope reply_;
  std::vector<zmq_pollitem_t> items_;
  std::atomic<std::size_t> in_flight_{0};
  std::atomic<bool> stopping_{false};
  std::thread thread_;
};

}  // namespace bus
