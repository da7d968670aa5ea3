// Responders: each answers once, whatever happens to it.

#include "bus/answers.h"

#include <gtest/gtest.h>
#include <poll.h>

namespace bus {
namespace {

std::vector<std::pair<std::uint32_t, std::string>> Taken(AnswerQueue& queue) {
  std::vector<Answer> answers;
  queue.Take(answers);
  std::vector<std::pair<std::uint32_t, std::string>> texts;
  for (const Answer& answer : answers) {
    texts.emplace_back(answer.slot,
                       answer.reply.ok() ? *answer.reply : answer.reply.error().reason);
  }
  return texts;
}
using Texts = std::vector<std::pair<std::uint32_t, std::string>>;

TEST(Responder, AnswersOnce) {
  const auto queue = std::make_shared<AnswerQueue>();
  {
    Responder responder{queue, 7};
    EXPECT_TRUE(responder);
    responder.Send(std::string{"first"});
    responder.Send(std::string{"second"});
    EXPECT_FALSE(responder);
  }
  EXPECT_EQ(Taken(*queue), (Texts{{7, "first"}}));
}

TEST(Responder, DroppedItSaysSo) {
  const auto queue = std::make_shared<AnswerQueue>();
  { const Responder dropped{queue, 1}; }
  {
    Responder target{queue, 2};
    target = Responder{queue, 3};  // what it stood for before is dropped
    EXPECT_EQ(Taken(*queue), (Texts{{1, "NO_ANSWER"}, {2, "NO_ANSWER"}}));
    const Responder moved{std::move(target)};
  }
  EXPECT_EQ(Taken(*queue), (Texts{{3, "NO_ANSWER"}}));
  const Responder nobody;
}

TEST(Responder, ManyAtOnceEachToItsOwnServer) {
  const auto one = std::make_shared<AnswerQueue>();
  const auto two = std::make_shared<AnswerQueue>();
  std::vector<std::pair<Responder, Reply>> answers;
  answers.emplace_back(Responder{one, 1}, std::string{"a"});
  answers.emplace_back(Responder{one, 2}, base::Error{base::Code::kNotFound, "B", ""});
  answers.emplace_back(Responder{}, std::string{"to nobody"});
  answers.emplace_back(Responder{two, 3}, std::string{"c"});
  answers.emplace_back(Responder{one, 4}, std::string{"d"});
  Responder::SendAll(std::move(answers));
  EXPECT_EQ(Taken(*one), (Texts{{1, "a"}, {2, "B"}, {4, "d"}}));
  EXPECT_EQ(Taken(*two), (Texts{{3, "c"}}));
}

TEST(Responder, AfterTheServerNothingIsKept) {
  const auto queue = std::make_shared<AnswerQueue>();
  Responder responder{queue, 1};
  queue->Close();
  responder.Send(std::string{"late"});
  EXPECT_EQ(Taken(*queue), Texts{});
}

// The eventfd is written only for an owner that sleeps.
TEST(WakeQueue, WakesOnlyASleeper) {
  WakeQueue<int> queue;
  const auto signalled = [&] {
    pollfd item{queue.fd(), POLLIN, 0};
    return poll(&item, 1, 0) == 1;
  };
  queue.Push(1);
  EXPECT_FALSE(signalled());
  EXPECT_FALSE(queue.FallAsleep());  // something is there
  std::vector<int> taken;
  queue.Take(taken);
  EXPECT_EQ(taken, std::vector<int>{1});
  EXPECT_TRUE(queue.FallAsleep());
  queue.Push(2);
  EXPECT_TRUE(signalled());
  queue.WakeUp();
  EXPECT_FALSE(signalled());
  queue.Take(taken);
  EXPECT_EQ(taken, std::vector<int>{2});
}

}  // namespace
}  // namespace bus
