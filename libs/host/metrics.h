// Prometheus metrics over HTTP (prometheus-cpp): counters, gauges, histograms of one process.
// Names: baoxue_<service>_<noun>_<unit>[_total]; label values come from closed sets only.
// Times are seconds, sizes bytes. Thread-safe; a handle lives as long as the Metrics it came from.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"

namespace host {

class Counter {
 public:
  void Add(double n = 1);
  // For totals that are counted elsewhere: raises the counter to `total`, never lowers it.
  void RaiseTo(double total);
  void* impl = nullptr;
};
class Gauge {
 public:
  void Set(double value);
  void* impl = nullptr;
};
class Histogram {
 public:
  void Observe(double seconds);
  void* impl = nullptr;
};

class Metrics {
 public:
  Metrics();
  ~Metrics();
  // One label at most; made once and kept for the life of the process.
  Counter counter(const std::string& name, const std::string& help, const std::string& label = {},
                  const std::string& value = {});
  Gauge gauge(const std::string& name, const std::string& help, const std::string& label = {},
              const std::string& value = {});
  // Buckets from 0.1 ms to 10 s.
  Histogram histogram(const std::string& name, const std::string& help,
                      const std::string& label = {}, const std::string& value = {});
  // Read when scraped.
  void Collect(std::function<void()> callback);
  // Serves /metrics on "127.0.0.1:17013" (port 0: any). Errors: kUnavailable/METRICS_BIND.
  base::Status Serve(const std::string& address);
  int port() const;  // what Serve got; 0 before
  // No more scrapes, and no callback runs afterwards.
  void Stop();
  // The page that /metrics would serve now.
  std::string Text() const;
  std::vector<std::string> Names() const;

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace host
