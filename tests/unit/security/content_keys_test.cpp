// One wrapping serves 64 letters and no more, and opens for its addressee alone.
#include "security/content_keys.h"

#include <gtest/gtest.h>

#include <set>

#include "security/letter_key.h"
#include "security/security.h"

namespace security {
namespace {

constexpr std::size_t kHeadBytes = 20;

const base::DateRange kValid{.begin = base::Date::Parse("2026-09-01").value(),
                             .end = base::Date::Parse("2028-09-01").value()};

std::string WrappingOf(const std::string& sealed) {
  const auto size = static_cast<unsigned char>(sealed[kHeadBytes - 1]);
  return sealed.substr(kHeadBytes, size);
}

TEST(ContentKeys, OneWrappingServesSixtyFourLettersEachWithAnIvOfItsOwn) {
  const LetterKey to = LetterKey::Generate(LetterSuite::kSm, "430527", kValid);
  std::set<std::string> wrappings;
  std::set<std::string> ivs;
  constexpr int kLetters = 3 * ContentKeysOut::kLettersMax;
  for (int i = 0; i < kLetters; ++i) {
    const std::string sealed = to.verifier().Seal("header", "核查函");
    const std::string wrapping = WrappingOf(sealed);
    wrappings.insert(wrapping);
    ivs.insert(sealed.substr(kHeadBytes + wrapping.size(), kSm4IvBytes));
    ASSERT_EQ(to.Open("header", sealed).value(), "核查函");
  }
  EXPECT_EQ(wrappings.size(), 3u);
  EXPECT_EQ(ivs.size(), static_cast<std::size_t>(kLetters));
}

TEST(ContentKeys, TwoAddresseesNeverShareOne) {
  const LetterKey one = LetterKey::Generate(LetterSuite::kSm, "430527", kValid);
  const LetterKey two = LetterKey::Generate(LetterSuite::kSm, "350212", kValid);
  EXPECT_NE(WrappingOf(one.verifier().Seal("header", "a")),
            WrappingOf(two.verifier().Seal("header", "a")));
}

TEST(ContentKeys, AnAddresseeThatForgotOpensAgain) {
  const RawPair pair = GeneratePair(KeyKind::kSm2);
  const EvpKey key = PairFrom(KeyKind::kSm2, pair);
  ContentKeysOut first;
  const ContentKeysOut::Wrapped early = first.For(key);
  ContentKeysIn in;
  EXPECT_EQ(in.Open(key, early.wrapped), early.keys);
  for (std::size_t i = 0; i < ContentKeysIn::kKnownMax + 3; ++i) {
    ContentKeysOut another;
    const ContentKeysOut::Wrapped one = another.For(key);
    ASSERT_EQ(in.Open(key, one.wrapped), one.keys) << i;
    ASSERT_EQ(in.Open(key, one.wrapped), one.keys) << i << ", the second time";
  }
  EXPECT_EQ(in.known(), ContentKeysIn::kKnownMax);
  EXPECT_EQ(in.Open(key, early.wrapped), early.keys);
}

TEST(ContentKeys, WhatIsNoWrappingOpensNothing) {
  const EvpKey key = PairFrom(KeyKind::kSm2, GeneratePair(KeyKind::kSm2));
  ContentKeysIn in;
  EXPECT_FALSE(in.Open(key, "").has_value());
  EXPECT_FALSE(in.Open(key, std::string(107, 'x')).has_value());
  // A wrapping of something that is not as long as two keys.
  EXPECT_FALSE(in.Open(key, Sm2Wrap(key, "short")).has_value());
}

}  // namespace
}  // namespace security
