// Requests per second through the bus alone: CURVE over TCP loopback, HandleAsync echo, the server
// and the generator in two processes. The generator drives C sockets from one thread, each with D
// requests in flight.
//   bus_echo [seconds=5] [body bytes=200] [inline|batch]
// prints 64 sockets with 1 and with 16 in flight, and 1 socket with 1,024.
// "batch": answered by another thread, a batch at a time (what a service with group commit does).

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <thread>
#include <zmq.hpp>

#include "bus/bus.h"
#include "bus/sockets.h"

namespace {

using bus::Envelope;

constexpr const char* kType = "baoxue.attendance.v1.SubmitRollCall";

// A thread that takes whatever is waiting and answers it in one go.
class Answerer {
 public:
  Answerer() : thread_([this] { Run(); }) {}
  ~Answerer() {
    {
      const std::lock_guard lock{mutex_};
      stop_ = true;
    }
    changed_.notify_one();
    thread_.join();
  }
  // On the socket thread:
  void Add(bus::Request request, bus::Responder responder) {
    gathered_.emplace_back(std::move(responder), std::move(request.body));
  }
  void HandOver() {
    {
      const std::lock_guard lock{mutex_};
      std::move(gathered_.begin(), gathered_.end(), std::back_inserter(waiting_));
    }
    gathered_.clear();
    changed_.notify_one();
  }

 private:
  void Run() {
    std::unique_lock lock{mutex_};
    for (;;) {
      changed_.wait(lock, [this] { return stop_ || !waiting_.empty(); });
      if (stop_) return;
      auto batch = std::exchange(waiting_, {});
      lock.unlock();
      bus::Responder::SendAll(std::move(batch));
      lock.lock();
    }
  }
  std::vector<std::pair<bus::Responder, bus::Reply>> gathered_;
  std::vector<std::pair<bus::Responder, bus::Reply>> waiting_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool stop_ = false;
  std::thread thread_;
};

double CpuSeconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

[[noreturn]] void Serve(const bus::KeyPair& server_keys, const bus::KeyPair& client_keys,
                        bool batch, int ready_fd, int stop_fd) {
  const base::SystemClock clock;
  bus::Context context{bus::AccessList{{{"bench", client_keys.public_key, {"*"}, {}}}}};
  Answerer answerer;
  bus::ServerOptions options;
  options.endpoints = {"tcp://127.0.0.1:*"};
  options.keys = server_keys;
  options.name = "echo";
  bus::Server server{context, options, clock};
  server.HandleAsync(kType, [&](bus::Request request, bus::Responder responder) {
    if (batch) return answerer.Add(std::move(request), std::move(responder));
    responder.Send(std::move(request.body));
  });
  if (batch) server.OnBatchEnd([&] { answerer.HandOver(); });
  CHECK(server.Start().ok());
  const std::string at = server.bound_endpoints().at(0);
  CHECK(write(ready_fd, at.data(), at.size()) == static_cast<ssize_t>(at.size()));
  char stop = 0;
  (void)!read(stop_fd, &stop, 1);
  server.Stop();
  const auto stats = server.stats();
  std::fprintf(stderr, "server: accepted %lu answered %lu dropped %lu, %.2f us of CPU each\n",
               stats.accepted, stats.answered, stats.dropped_replies,
               CpuSeconds() * 1e6 / static_cast<double>(stats.answered));
  std::_Exit(0);
}

struct Slot {
  std::size_t socket = 0;
  base::SteadyTime sent = {};
};

class Generator {
 public:
  Generator(bus::Context& context, const bus::KeyPair& keys, const bus::Endpoint& endpoint,
            std::size_t sockets, std::size_t depth, std::size_t body_bytes)
      : body_(body_bytes, 'x'), slots_(sockets * depth) {
    for (std::size_t i = 0; i < sockets; ++i) {
      sockets_.push_back(bus::DialRequests(context, keys, endpoint));
      items_.push_back({sockets_.back().handle(), 0, ZMQ_POLLIN, 0});
    }
    for (std::size_t i = 0; i < slots_.size(); ++i) slots_[i].socket = i % sockets;
    request_.set_kind(baoxue::bus::v1::KIND_REQUEST);
    request_.set_type(kType);
    request_.set_sender("bench");
    request_.set_timeout_ms(5000);
    request_.mutable_actor()->set_person_id("T20260001");
    request_.mutable_actor()->set_role("homeroom_teacher");
    request_.mutable_actor()->set_body("3502120001");
  }

  void Run(double seconds) {
    for (std::size_t i = 0; i < slots_.size(); ++i) Send(i, /*wait=*/true);
    const auto warm = clock_.Steady() + std::chrono::milliseconds{500};
    while (clock_.Steady() < warm) Round();
    latencies_.clear();
    const auto begin = clock_.Steady();
    const auto end = begin + std::chrono::duration_cast<std::chrono::nanoseconds>(
                                 std::chrono::duration<double>{seconds});
    while (clock_.Steady() < end) Round();
    const double took = std::chrono::duration<double>(clock_.Steady() - begin).count();
    std::sort(latencies_.begin(), latencies_.end());
    const auto at = [&](double part) {
      return latencies_[static_cast<std::size_t>(part *
                                                 static_cast<double>(latencies_.size() - 1))];
    };
    std::printf("%zux%zu: %.0f/s  p50 %.2f ms  p99 %.2f ms\n", sockets_.size(),
                slots_.size() / sockets_.size(), static_cast<double>(latencies_.size()) / took,
                at(0.5), at(0.99));
    std::fflush(stdout);
  }

 private:
  void Send(std::size_t index, bool wait) {
    std::uint64_t id[2] = {index, ++sequence_};
    request_.mutable_message_id()->assign(reinterpret_cast<const char*>(id), sizeof id);
    request_.mutable_idempotency_key()->assign(reinterpret_cast<const char*>(id), sizeof id);
    zmq::message_t frame = bus::EncodeMessage(request_, body_);
    slots_[index].sent = clock_.Steady();
    CHECK(sockets_[slots_[index].socket].send(
        frame, wait ? zmq::send_flags::none : zmq::send_flags::dontwait));
  }
  void Round() {
    zmq_poll(items_.data(), static_cast<int>(items_.size()), 100);
    for (std::size_t i = 0; i < items_.size(); ++i) {
      if (items_[i].revents == 0) continue;
      while (sockets_[i].recv(frame_, zmq::recv_flags::dontwait)) {
        std::string_view body;
        CHECK(bus::DecodeFrame(frame_.to_string_view(), reply_, body).ok());
        CHECK(reply_.status().code() == "OK" && body.size() == body_.size());
        std::uint64_t index = 0;
        std::memcpy(&index, reply_.message_id().data(), sizeof index);
        const std::chrono::duration<double, std::milli> took = clock_.Steady() - slots_[index].sent;
        latencies_.push_back(took.count());
        Send(index, /*wait=*/false);
      }
    }
  }

  base::SystemClock clock_;
  std::string body_;
  std::vector<Slot> slots_;
  std::vector<zmq::socket_t> sockets_;
  std::vector<zmq_pollitem_t> items_;
  Envelope request_;
  Envelope reply_;
  zmq::message_t frame_;
  std::uint64_t sequence_ = 0;
  std::vector<double> latencies_;
};

}  // namespace

int main(int argc, char** argv) {
  const double seconds = argc > 1 ? std::atof(argv[1]) : 5;
  const std::size_t body_bytes = argc > 2 ? std::strtoul(argv[2], nullptr, 10) : 200;
  const bool batch = argc > 3 && std::string_view{argv[3]} == "batch";
  const bus::KeyPair server_keys = bus::MakeKeyPair();
  const bus::KeyPair client_keys = bus::MakeKeyPair();
  int ready[2] = {};
  int stop[2] = {};
  CHECK(pipe(ready) == 0 && pipe(stop) == 0);
  const pid_t server = fork();
  if (server == 0) Serve(server_keys, client_keys, batch, ready[1], stop[0]);
  char address[128] = {};
  CHECK(read(ready[0], address, sizeof address - 1) > 0);
  {
    bus::Context context{bus::AccessList{}};
    const bus::Endpoint endpoint{address, server_keys.public_key};
    for (const auto& [sockets, depth] :
         std::vector<std::pair<std::size_t, std::size_t>>{{64, 1}, {64, 16}, {1, 1024}}) {
      Generator{context, client_keys, endpoint, sockets, depth, body_bytes}.Run(seconds);
    }
  }
  CHECK(write(stop[1], "x", 1) == 1);
  int status = 0;
  waitpid(server, &status, 0);
  return status;
}
