#include "base/result.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>

namespace base {
namespace {

Result<int> Half(int n) {
  if (n % 2 != 0) return Error{Code::kInvalidArgument, "ODD", "an odd number"};
  return n / 2;
}

Result<int> Quarter(int n) {
  ASSIGN_OR_RETURN(const int half, Half(n));
  ASSIGN_OR_RETURN(const int quarter, Half(half));
  return quarter;
}

Status CheckBoth(int a, int b) {
  RETURN_IF_ERROR(Half(a));
  RETURN_IF_ERROR(Half(b));
  return {};
}

TEST(Result, HoldsAValueOrAnError) {
  const Result<int> good = 7;
  EXPECT_TRUE(good.ok());
  EXPECT_TRUE(good);
  EXPECT_EQ(*good, 7);
  const Result<int> bad = Error{Code::kNotFound, "NO_SUCH", ""};
  EXPECT_FALSE(bad);
  EXPECT_EQ(bad.error().reason, "NO_SUCH");
}

TEST(Result, TheMacrosPassTheFirstErrorOn) {
  EXPECT_EQ(*Quarter(8), 2);
  EXPECT_EQ(Quarter(7).error().reason, "ODD");
  EXPECT_EQ(Quarter(6).error().reason, "ODD");
  EXPECT_TRUE(CheckBoth(2, 4).ok());
  EXPECT_FALSE(CheckBoth(1, 4).ok());
  EXPECT_FALSE(CheckBoth(2, 3).ok());
}

TEST(Result, MovesWhatCannotBeCopied) {
  Result<std::unique_ptr<int>> result = std::make_unique<int>(5);
  const std::unique_ptr<int> taken = std::move(result).value();
  EXPECT_EQ(*taken, 5);
}

TEST(ResultDeathTest, TheValueOfAnErrorIsAProgrammersError) {
  const Result<int> bad = Error{};
  EXPECT_DEATH(static_cast<void>(bad.value()), "CHECK failed");
  const Result<int> good = 1;
  EXPECT_DEATH(static_cast<void>(good.error()), "CHECK failed");
  EXPECT_DEATH(static_cast<void>(Status{}.error()), "CHECK failed");
}

TEST(Error, ShowsItselfForLogs) {
  EXPECT_EQ((Error{Code::kFailedPrecondition, "DAY_CLOSED", "closed"}).ToString(),
            "FAILED_PRECONDITION/DAY_CLOSED: closed");
  EXPECT_EQ((Error{Code::kInternal, "", ""}).ToString(), "INTERNAL");
}

TEST(Code, NamesGoRound) {
  constexpr int kLast = static_cast<int>(Code::kResourceExhausted);
  for (int i = 1; i <= kLast; ++i) {
    const auto code = static_cast<Code>(i);
    EXPECT_EQ(CodeFromName(CodeName(code)), code) << i;
  }
  EXPECT_EQ(CodeName(Code::kConflict), "ABORTED");
  EXPECT_EQ(CodeName(Code::kUnknownOutcome), "UNKNOWN");
  EXPECT_EQ(CodeName(Code::kDataCorruption), "DATA_LOSS");
  EXPECT_EQ(CodeFromName("OK"), std::nullopt);
  EXPECT_EQ(CodeFromName(""), std::nullopt);
}

}  // namespace
}  // namespace base
