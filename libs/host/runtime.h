// A started service: everything that Host gives, in the order in which it starts and stops.
//
// Run() is a Runtime and signals; tests start one in their own process. Start waits for MySQL with
// `wait`, at most Suite::start_wait_s; Stop refuses new requests, finishes what was accepted, stops
// followers, workers and what `build` made, in that order. Thread-safe after Start.
// Errors of Start: what failed, with a text that says what to do.
#pragma once

#include <chrono>
#include <functional>
#include <memory>

#include "host/host.h"

namespace host {

// Waits that long, or less if the process was told to stop; true if it was.
using Wait = std::function<bool(std::chrono::milliseconds)>;

class Runtime {
 public:
  static base::Result<std::unique_ptr<Runtime>> Start(Suite suite, Definition definition,
                                                      const Wait& wait);
  ~Runtime();  // stops
  Runtime(const Runtime&) = delete;
  Runtime& operator=(const Runtime&) = delete;

  Host& host();
  bus::Publisher& publisher();  // of the own feed; for tests that lose frames
  void Stop();

  class Impl;
  explicit Runtime(std::unique_ptr<Impl> impl);

 private:
  std::unique_ptr<Impl> impl_;
};

// What an operator can do about an error of Start.
std::string AdviceFor(const base::Error& error, const Suite& suite);

}  // namespace host
