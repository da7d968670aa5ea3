// The hot way in: SubmitRollCall. The bus's socket thread only queues; one thread takes whatever is
// waiting, at most `batch_max`, parses, has it recorded in one transaction and answers all
// together. While one batch is with the database the next one gathers by itself: no timer.
//
// The queue is bounded: kResourceExhausted/WRITER_FULL. A request whose deadline has passed is
// dropped. Thread-safe.
#pragma once

#include <condition_variable>
#include <deque>
#include <mutex>
#include <stop_token>
#include <thread>
#include <utility>
#include <vector>

#include "attendance/app/recorder.h"
#include "bus/bus.h"
#include "host/metrics.h"

namespace attendance {

class Intake {
 public:
  struct Options {
    std::size_t waiting_max = 8192;
    std::size_t batch_max = 1000;
  };
  Intake(Office& office, host::Metrics& metrics, Options options);
  ~Intake();

  // Before the server starts.
  void Attach(bus::Server& server);
  void Start();
  // Answers what is queued, then ends.
  void Stop();
  // Queued or being recorded.
  std::size_t Waiting() const;

 private:
  using Item = std::pair<bus::Request, bus::Responder>;
  using Answers = std::vector<std::pair<bus::Responder, bus::Reply>>;
  void Accept(bus::Request request, bus::Responder responder);
  void Hand();
  void Run(const std::stop_token& stop);
  void Process(std::vector<Item> items);
  void Count(const RollCallAnswers& answers);

  Office& office_;
  const Options options_;
  Recorder recorder_;
  std::vector<Item> gathered_;  // of the socket thread

  mutable std::mutex mutex_;
  std::condition_variable_any filled_;
  std::deque<Item> queue_;
  std::size_t in_hand_ = 0;
  std::jthread thread_;

  host::Counter recorded_;
  host::Counter refused_;
  host::Counter unavailable_;
  host::Counter batches_;
  host::Histogram batch_seconds_;
  host::Gauge waiting_;
};

}  // namespace attendance
