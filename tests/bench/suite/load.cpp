#include "bench/suite/load.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <zmq.hpp>

#include "bench/suite/figure.h"
#include "bus/sockets.h"

namespace bench {
namespace {

using SteadyClock = std::chrono::steady_clock;

class Load {
 public:
  Load(bus::Context& context, const bus::ClientOptions& service, const LoadOptions& options,
       const std::function<void(Submit&)>& next)
      : options_(options), next_(next) {
    for (int i = 0; i < options.clients; ++i) {
      sockets_.push_back(bus::DialRequests(context, service.keys, service.endpoints.front()));
      polled_.push_back({sockets_.back().handle(), 0, ZMQ_POLLIN, 0});
    }
    envelope_.set_kind(baoxue::bus::v1::KIND_REQUEST);
    envelope_.set_type(std::string{Submit::descriptor()->full_name()});
    envelope_.set_sender("bench");
    envelope_.set_timeout_ms(30000);
    envelope_.mutable_actor()->set_person_id("T1");
    envelope_.mutable_actor()->set_role("homeroom_teacher");
    envelope_.mutable_actor()->set_body("bench");
    in_flight_.resize(sockets_.size(), 0);
  }

  LoadResult Run(const std::function<bool()>& keep_on) {
    begun_ = SteadyClock::now();
    const auto measured = begun_ + options_.warm_up;
    const auto end = measured + options_.duration;
    measure_from_ = measured;
    while (SteadyClock::now() < end && (!keep_on || keep_on())) Turn(true);
    const auto stopped = SteadyClock::now();
    const auto give_up = stopped + std::chrono::seconds{30};
    while (pending_ > 0 && SteadyClock::now() < give_up) Turn(false);
    if (pending_ > 0) result_.refused["NO_REPLY"] += pending_;
    std::sort(latencies_.begin(), latencies_.end());
    const double seconds = std::chrono::duration<double>(stopped - measured).count();
    result_.rate = seconds > 0 ? static_cast<double>(counted_) / seconds : 0;
    result_.p50_ms = Quantile(latencies_, 0.5);
    result_.p99_ms = Quantile(latencies_, 0.99);
    return result_;
  }

 private:
  void Turn(bool sending) {
    if (sending) {
      for (std::size_t i = 0; i < sockets_.size(); ++i) Fill(i);
    }
    zmq::poll(polled_.data(), polled_.size(),
              std::chrono::milliseconds{options_.rate_max > 0 ? 1 : 5});
    for (std::size_t i = 0; i < sockets_.size(); ++i) {
      if ((polled_[i].revents & ZMQ_POLLIN) != 0) Drain(i, sending);
    }
  }

  bool MaySend() const {
    if (options_.rate_max <= 0) return true;
    const double seconds = std::chrono::duration<double>(SteadyClock::now() - begun_).count();
    return static_cast<double>(sent_.size()) < seconds * options_.rate_max;
  }

  void Fill(std::size_t i) {
    while (in_flight_[i] < options_.in_flight && MaySend()) {
      if (!Send(i)) return;
    }
  }

  bool Send(std::size_t i) {
    if (!prepared_) {
      body_.Clear();
      next_(body_);
      prepared_ = true;
    }
    const std::uint64_t number = sent_.size() + 1;
    std::array<char, 16> id{};
    std::memcpy(id.data(), &number, sizeof number);
    const auto stamp = static_cast<std::uint64_t>(begun_.time_since_epoch().count());
    std::memcpy(id.data() + 8, &stamp, sizeof stamp);
    envelope_.set_message_id(id.data(), id.size());
    envelope_.set_correlation_id(id.data(), id.size());
    envelope_.set_idempotency_key(id.data(), id.size());
    body_.SerializeToString(&bytes_);
    zmq::message_t message = bus::EncodeMessage(envelope_, bytes_);
    if (!sockets_[i].send(message, zmq::send_flags::dontwait)) return false;
    prepared_ = false;
    sent_.push_back(SteadyClock::now());
    ++in_flight_[i];
    ++pending_;
    return true;
  }

  void Drain(std::size_t i, bool sending) {
    zmq::message_t message;
    while (sockets_[i].recv(message, zmq::recv_flags::dontwait)) {
      Take(message);
      --in_flight_[i];
      --pending_;
      if (sending && MaySend()) Send(i);
    }
  }

  void Take(const zmq::message_t& message) {
    std::string_view body;
    const std::string_view frame{static_cast<const char*>(message.data()), message.size()};
    if (!bus::DecodeFrame(frame, reply_, body).ok() || reply_.message_id().size() != 16) {
      ++result_.refused["BAD_REPLY"];
      return;
    }
    std::uint64_t number = 0;
    std::memcpy(&number, reply_.message_id().data(), sizeof number);
    if (number == 0 || number > sent_.size()) {
      ++result_.refused["STRANGE_REPLY"];
      return;
    }
    if (const std::string& code = reply_.status().code(); !code.empty() && code != "OK") {
      ++result_.refused[reply_.status().reason()];
      return;
    }
    ++result_.ok;
    const auto now = SteadyClock::now();
    if (now < measure_from_) return;
    const auto start = sent_[number - 1];
    if (now <= measure_from_ + options_.duration) ++counted_;
    latencies_.push_back(std::chrono::duration<double, std::milli>(now - start).count());
  }

  const LoadOptions options_;
  const std::function<void(Submit&)>& next_;
  std::vector<zmq::socket_t> sockets_;
  std::vector<zmq::pollitem_t> polled_;
  std::vector<int> in_flight_;
  std::vector<SteadyClock::time_point> sent_;
  std::vector<double> latencies_;
  std::uint64_t counted_ = 0;
  std::uint64_t pending_ = 0;
  SteadyClock::time_point begun_{};
  SteadyClock::time_point measure_from_{};
  bus::Envelope envelope_;
  bus::Envelope reply_;
  Submit body_;
  std::string bytes_;
  bool prepared_ = false;
  LoadResult result_;
};

}  // namespace

LoadResult RunLoad(bus::Context& context, const bus::ClientOptions& service,
                   const LoadOptions& options, const std::function<void(Submit&)>& next,
                   const std::function<bool()>& keep_on) {
  return Load{context, service, options, next}.Run(keep_on);
}

}  // namespace bench
