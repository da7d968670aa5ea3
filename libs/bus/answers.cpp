#include "bus/answers.h"

namespace bus {

Responder::Responder(std::shared_ptr<AnswerQueue> queue, std::uint32_t slot)
    : queue_(std::move(queue)), slot_(slot) {}

Responder& Responder::operator=(Responder&& other) noexcept {
  std::swap(queue_, other.queue_);
  std::swap(slot_, other.slot_);
  return *this;
}

Responder::~Responder() {
  if (queue_) Send(base::Error{base::Code::kInternal, "NO_ANSWER", ""});
}

void Responder::Send(Reply reply) {
  if (!queue_) return;
  queue_->Push({slot_, std::move(reply)});
  queue_.reset();
}

void Responder::SendAll(std::vector<std::pair<Responder, Reply>> answers) {
  for (std::size_t begin = 0; begin < answers.size();) {
    const std::shared_ptr<AnswerQueue> queue = answers[begin].first.queue_;
    std::size_t end = begin + 1;
    while (end < answers.size() && answers[end].first.queue_ == queue) ++end;
    if (queue) {
      queue->PushWith([&](std::vector<Answer>& items) {
        for (std::size_t i = begin; i < end; ++i) {
          items.push_back({answers[i].first.slot_, std::move(answers[i].second)});
        }
      });
      for (std::size_t i = begin; i < end; ++i) answers[i].first.queue_.reset();
    }
    begin = end;
  }
}

}  // namespace bus
