#include "host/metrics.h"

#include <prometheus/counter.h>
#include <prometheus/exposer.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <mutex>
#include <set>
#include <thread>

namespace host {
namespace {

const prometheus::Histogram::BucketBoundaries kBuckets{0.0001, 0.0002, 0.0005, 0.001, 0.002, 0.005,
                                                       0.01,   0.02,   0.05,   0.1,   0.2,   0.5,
                                                       1.0,    2.0,    5.0,    10.0};

prometheus::Labels LabelsOf(const std::string& label, const std::string& value) {
  if (label.empty()) return {};
  return {{label, value}};
}

// One connection that says nothing.
void Knock(int port) {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0) return;
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  // Refused or not, either is an answer.
  static_cast<void>(::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address));
  ::close(fd);
}

}  // namespace

struct Metrics::Impl final : prometheus::Collectable {
  std::vector<prometheus::MetricFamily> Collect() const override {
    const std::lock_guard lock{collect_mutex};
    for (const auto& callback : callbacks) callback();
    return registry.Collect();
  }

  mutable std::mutex collect_mutex;
  std::vector<std::function<void()>> callbacks;
  mutable std::mutex names_mutex;
  std::set<std::string> names;
  mutable prometheus::Registry registry;
  std::unique_ptr<prometheus::Exposer> exposer;

  void Remember(const std::string& name) {
    const std::lock_guard lock{names_mutex};
    names.insert(name);
  }
};

void Counter::Add(double n) {
  if (impl != nullptr) static_cast<prometheus::Counter*>(impl)->Increment(n);
}

void Counter::RaiseTo(double total) {
  if (impl == nullptr) return;
  auto* counter = static_cast<prometheus::Counter*>(impl);
  const double more = total - counter->Value();
  if (more > 0) counter->Increment(more);
}

void Gauge::Set(double value) {
  if (impl != nullptr) static_cast<prometheus::Gauge*>(impl)->Set(value);
}

void Histogram::Observe(double seconds) {
  if (impl != nullptr) static_cast<prometheus::Histogram*>(impl)->Observe(seconds);
}

Metrics::Metrics() : impl_(std::make_shared<Impl>()) {}

Metrics::~Metrics() { Stop(); }

Counter Metrics::counter(const std::string& name, const std::string& help,
                         const std::string& label, const std::string& value) {
  impl_->Remember(name);
  auto& family = prometheus::BuildCounter().Name(name).Help(help).Register(impl_->registry);
  Counter counter;
  counter.impl = &family.Add(LabelsOf(label, value));
  return counter;
}

Gauge Metrics::gauge(const std::string& name, const std::string& help, const std::string& label,
                     const std::string& value) {
  impl_->Remember(name);
  auto& family = prometheus::BuildGauge().Name(name).Help(help).Register(impl_->registry);
  Gauge gauge;
  gauge.impl = &family.Add(LabelsOf(label, value));
  return gauge;
}

Histogram Metrics::histogram(const std::string& name, const std::string& help,
                             const std::string& label, const std::string& value) {
  impl_->Remember(name);
  auto& family = prometheus::BuildHistogram().Name(name).Help(help).Register(impl_->registry);
  Histogram histogram;
  histogram.impl = &family.Add(LabelsOf(label, value), kBuckets);
  return histogram;
}

void Metrics::Collect(std::function<void()> callback) {
  const std::lock_guard lock{impl_->collect_mutex};
  impl_->callbacks.push_back(std::move(callback));
}

base::Status Metrics::Serve(const std::string& address) {
  try {
    // Two threads are the least that civetweb serves with while one scrape is slow.
    impl_->exposer = std::make_unique<prometheus::Exposer>(address, 2);
    impl_->exposer->RegisterCollectable(impl_);
  } catch (const std::exception& e) {
    return base::Error{base::Code::kUnavailable, "METRICS_BIND",
                       "cannot serve metrics on " + address + ": " + e.what()};
  }
  return {};
}

int Metrics::port() const {
  if (!impl_->exposer) return 0;
  const std::vector<int> ports = impl_->exposer->GetListeningPorts();
  return ports.empty() ? 0 : ports.front();
}

// civetweb looks at its stop flag only when something connects, or every two seconds: so somebody
// knocks until it has stopped.
void Metrics::Stop() {
  if (!impl_->exposer) return;
  const int at = port();
  std::atomic<bool> stopped{false};
  std::thread knocker{[&] {
    while (!stopped) {
      Knock(at);
      ::poll(nullptr, 0, 10);
    }
  }};
  impl_->exposer.reset();
  stopped = true;
  knocker.join();
}

std::string Metrics::Text() const {
  return prometheus::TextSerializer{}.Serialize(impl_->Collect());
}

std::vector<std::string> Metrics::Names() const {
  const std::lock_guard lock{impl_->names_mutex};
  return {impl_->names.begin(), impl_->names.end()};
}

}  // namespace host
