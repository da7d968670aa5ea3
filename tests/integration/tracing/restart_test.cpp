// kill -9 in the middle: every letter is answered exactly once all the same.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <set>

#include "integration/tracing/county.h"

namespace tracing {
namespace {

using testing::County;

TEST(Restart, LettersSurviveKill9OfEitherSide) {
  store::Pool::InitDriver();
  County tongan{"tongan", "sm"};
  County suining{"suining", "sm"};
  tongan.Launch();
  suining.Launch();
  tongan.Join(suining);
  suining.Join(tongan);
  constexpr int kLetters = 30;
  const auto number = [](int i) { return fmt::format("1101051949123{:04}X", i); };
  for (int i = 0; i < kLetters; ++i) suining.Knows(number(i), "绥宁县长铺镇中心小学");
  std::vector<std::string> sent;
  for (int i = 0; i < kLetters; ++i) {
    sent.push_back(tongan.Send("430527", 100 + i, number(i)).conversation_id());
    if (i % 10 == 4) {
      suining.Kill9();
      suining.Launch();
    }
    if (i % 10 == 8) {
      tongan.Kill9();
      tongan.Launch();
    }
  }
  const bool all = harness::WaitUntil(
      [&] {
        tongan.Advance(std::chrono::minutes{20});
        suining.Advance(std::chrono::minutes{20});
        int answered = 0;
        const v1::ListLettersReply list = tongan.List();
        for (const v1::Letter& letter : list.letters()) {
          answered += letter.reply_code() == v1::REPLY_CODE_R01 ? 1 : 0;
        }
        return answered == kLetters;
      },
      std::chrono::seconds{90});
  EXPECT_TRUE(all);
  EXPECT_EQ(tongan.List().total(), static_cast<std::uint64_t>(kLetters));
  EXPECT_EQ(suining.List().total(), static_cast<std::uint64_t>(kLetters));
  std::set<std::string> numbers;
  const v1::ListLettersReply all_of_them = tongan.List();
  for (const v1::Letter& letter : all_of_them.letters()) numbers.insert(letter.document_no());
  EXPECT_EQ(numbers.size(), static_cast<std::size_t>(kLetters));
  EXPECT_TRUE(numbers.contains(fmt::format("同教函〔2026〕{}号", kLetters))) << "no gap";
  for (const std::string& id : sent) EXPECT_TRUE(tongan.Judge(id).holds());
  ASSERT_TRUE(harness::WaitUntil([&] { return tongan.Told().size() >= kLetters; }));
  EXPECT_EQ(tongan.Told().size(), static_cast<std::size_t>(kLetters));
}

}  // namespace
}  // namespace tracing
