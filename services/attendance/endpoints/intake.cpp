#include "attendance/endpoints/intake.h"

#include <iterator>

#include "attendance/endpoints/mapping.h"
#include "attendance/endpoints/replies.h"

namespace attendance {

using base::Code;
using base::Error;

namespace {
const std::string kOutcomes = "baoxue_attendance_roll_calls_total";
const std::string kOutcomesHelp = "roll calls answered";
}  // namespace

Intake::Intake(Office& office, host::Metrics& metrics, Options options)
    : office_(office),
      options_(options),
      recorder_(office),
      recorded_(metrics.counter(kOutcomes, kOutcomesHelp, "outcome", "recorded")),
      refused_(metrics.counter(kOutcomes, kOutcomesHelp, "outcome", "refused")),
      unavailable_(metrics.counter(kOutcomes, kOutcomesHelp, "outcome", "unavailable")),
      batches_(metrics.counter("baoxue_attendance_batches_total", "batches of roll calls")),
      batch_seconds_(metrics.histogram("baoxue_attendance_batch_seconds",
                                       "parsing, deciding and storing one batch")),
      waiting_(metrics.gauge("baoxue_attendance_waiting_roll_calls", "queued or being stored")) {
  metrics.Collect([this] { waiting_.Set(static_cast<double>(Waiting())); });
}

Intake::~Intake() { Stop(); }

void Intake::Attach(bus::Server& server) {
  server.HandleAsync(std::string{contract::SubmitRollCall::descriptor()->full_name()},
                     [this](bus::Request request, bus::Responder responder) {
                       Accept(std::move(request), std::move(responder));
                     });
  server.OnBatchEnd([this] { Hand(); });
}

void Intake::Accept(bus::Request request, bus::Responder responder) {
  gathered_.emplace_back(std::move(request), std::move(responder));
}

void Intake::Hand() {
  if (gathered_.empty()) return;
  std::vector<Item> excess;
  {
    const std::lock_guard lock{mutex_};
    for (Item& item : gathered_) {
      if (queue_.size() + in_hand_ < options_.waiting_max) {
        queue_.push_back(std::move(item));
      } else {
        excess.push_back(std::move(item));
      }
    }
  }
  filled_.notify_one();
  gathered_.clear();
  for (Item& item : excess) {
    item.second.Send(Error{Code::kResourceExhausted, "WRITER_FULL", "点名请求过多,请稍后重试"});
  }
}

void Intake::Start() {
  thread_ = std::jthread{[this](const std::stop_token& stop) { Run(stop); }};
}

void Intake::Stop() {
  thread_.request_stop();
  if (thread_.joinable()) thread_.join();
}

std::size_t Intake::Waiting() const {
  const std::lock_guard lock{mutex_};
  return queue_.size() + in_hand_;
}

void Intake::Run(const std::stop_token& stop) {
  for (;;) {
    std::vector<Item> items;
    {
      std::unique_lock lock{mutex_};
      in_hand_ = 0;
      if (!filled_.wait(lock, stop, [&] { return !queue_.empty(); })) return;
      const auto count = static_cast<std::ptrdiff_t>(std::min(queue_.size(), options_.batch_max));
      items.reserve(static_cast<std::size_t>(count));
      std::move(queue_.begin(), queue_.begin() + count, std::back_inserter(items));
      queue_.erase(queue_.begin(), queue_.begin() + count);
      in_hand_ = items.size();
    }
    const auto began = office_.clock().Steady();
    Process(std::move(items));
    batches_.Add();
    batch_seconds_.Observe(std::chrono::duration<double>(office_.clock().Steady() - began).count());
  }
}

void Intake::Process(std::vector<Item> items) {
  Answers answers;
  answers.reserve(items.size());
  std::vector<Submission> submissions;
  submissions.reserve(items.size());
  std::vector<bus::Responder> waiting;
  waiting.reserve(items.size());
  contract::SubmitRollCall message;
  for (auto& [request, responder] : items) {
    if (request.Expired(office_.clock())) {
      answers.emplace_back(std::move(responder),
                           Error{Code::kDeadlineExceeded, "EXPIRED", "nobody waits any more"});
      continue;
    }
    if (!message.ParseFromString(request.body)) {
      answers.emplace_back(std::move(responder), Error{Code::kInvalidArgument, "BAD_BODY",
                                                       "the body is not a SubmitRollCall"});
      continue;
    }
    base::Result<Submission> submission = ToSubmission(message, request.envelope);
    if (!submission.ok()) {
      answers.emplace_back(std::move(responder), submission.error());
      continue;
    }
    submissions.push_back(std::move(*submission));
    waiting.push_back(std::move(responder));
  }
  refused_.Add(static_cast<double>(answers.size()));
  const RollCallAnswers results = recorder_.Record(submissions);
  for (std::size_t i = 0; i < results.size(); ++i) {
    if (results[i].ok()) {
      answers.emplace_back(std::move(waiting[i]), ToReply(*results[i]).SerializeAsString());
    } else {
      answers.emplace_back(std::move(waiting[i]), results[i].error());
    }
  }
  Count(results);
  bus::Responder::SendAll(std::move(answers));
}

void Intake::Count(const RollCallAnswers& answers) {
  double recorded = 0, refused = 0, unavailable = 0;
  for (const auto& answer : answers) {
    if (answer.ok()) {
      ++recorded;
    } else if (answer.error().code == Code::kUnavailable) {
      ++unavailable;
    } else {
      ++refused;
    }
  }
  recorded_.Add(recorded);
  refused_.Add(refused);
  unavailable_.Add(unavailable);
}

}  // namespace attendance
