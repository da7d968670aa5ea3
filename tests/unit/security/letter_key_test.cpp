#include "security/letter_key.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "security/security.h"

namespace security {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

const base::DateRange kValid{.begin = base::Date::Parse("2026-09-01").value(),
                             .end = base::Date::Parse("2028-09-01").value()};

class LetterKeyTest : public ::testing::TestWithParam<LetterSuite> {
 protected:
  LetterKey Made(const char* owner = "350212") {
    return LetterKey::Generate(GetParam(), owner, kValid);
  }
};

TEST_P(LetterKeyTest, ASignatureIsOfOneKeyOnePurposeAndTheseBytes) {
  const LetterKey mine = Made();
  const std::string signature = mine.Sign("letter", "body");
  EXPECT_TRUE(mine.verifier().Verify("letter", "body", signature).ok());
  EXPECT_EQ(mine.verifier().Verify("receipt", "body", signature).error().reason, "SIGNATURE_BAD");
  EXPECT_FALSE(mine.verifier().Verify("letter", "bodz", signature).ok());
  EXPECT_FALSE(mine.verifier().Verify("letter", "", signature).ok());
  EXPECT_FALSE(Made().verifier().Verify("letter", "body", signature).ok());
}

TEST_P(LetterKeyTest, NoByteOfASignatureMayChange) {
  const LetterKey mine = Made();
  const std::string signature = mine.Sign("letter", "body");
  for (std::size_t i = 0; i < signature.size(); ++i) {
    std::string bad = signature;
    bad[i] = static_cast<char>(bad[i] ^ 1);
    EXPECT_FALSE(mine.verifier().Verify("letter", "body", bad).ok()) << i;
    EXPECT_FALSE(
        mine.verifier().Verify("letter", "body", std::string_view{signature}.substr(0, i)).ok());
  }
  EXPECT_FALSE(mine.verifier().Verify("letter", "body", signature + '\0').ok());
}

TEST_P(LetterKeyTest, WhatIsSealedOpensForItsAddresseeAlone) {
  const LetterKey to = Made("430527");
  for (const std::string& plain : {std::string{}, std::string{"核查函"}, std::string(70000, 'x')}) {
    const std::string sealed = to.verifier().Seal("header", plain);
    const auto opened = to.Open("header", sealed);
    ASSERT_TRUE(opened.ok()) << opened.error().ToString();
    EXPECT_EQ(*opened, plain);
    EXPECT_EQ(SealedFor(sealed), to.id());
    EXPECT_EQ(Made("430527").Open("header", sealed).error().reason, "SEALED_FOR_ANOTHER");
    EXPECT_EQ(to.Open("headed", sealed).error().reason, "SEAL_BROKEN");
    EXPECT_NE(to.verifier().Seal("header", plain), sealed);
  }
}

TEST_P(LetterKeyTest, NoByteOfWhatIsSealedMayChange) {
  const LetterKey to = Made();
  const std::string sealed = to.verifier().Seal("header", "the body of a letter");
  for (std::size_t i = 0; i < sealed.size(); ++i) {
    for (const int bit : {0, 7}) {
      std::string bad = sealed;
      bad[i] = static_cast<char>(bad[i] ^ (1 << bit));
      EXPECT_FALSE(to.Open("header", bad).ok()) << i << " bit " << bit;
    }
    EXPECT_FALSE(to.Open("header", std::string_view{sealed}.substr(0, i)).ok()) << i;
  }
  EXPECT_FALSE(to.Open("header", sealed + "x").ok());
}

TEST_P(LetterKeyTest, TheTextOfAPublicKeyReadsBackAndHasOneForm) {
  const LetterKey mine = Made();
  const std::string text = mine.key().ToText();
  const auto read = PublicLetterKey::FromText(text);
  ASSERT_TRUE(read.ok()) << read.error().ToString();
  EXPECT_EQ(*read, mine.key());
  EXPECT_EQ(read->Id(), mine.id());
  EXPECT_TRUE(LetterVerifier::Make(*read).ok());
  EXPECT_FALSE(PublicLetterKey::FromText(text + "\n").ok());
  for (std::size_t i = 0; i < text.size(); ++i) {
    EXPECT_FALSE(PublicLetterKey::FromText(std::string_view{text}.substr(0, i)).ok()) << i;
  }
}

TEST_P(LetterKeyTest, TheFingerprintIsOfTheKeyNotOfItsDates) {
  const LetterKey mine = Made();
  PublicLetterKey renewed = mine.key();
  renewed.valid.end = base::Date::Parse("2030-09-01").value();
  EXPECT_EQ(renewed.Fingerprint(), mine.key().Fingerprint());
  EXPECT_EQ(mine.key().Fingerprint().size(), 79u);
  EXPECT_NE(Made().key().Fingerprint(), mine.key().Fingerprint());
}

TEST_P(LetterKeyTest, ValidFromUpToAndWithoutUntil) {
  const PublicLetterKey key = Made().key();
  EXPECT_EQ(key.UsableOn(base::Date::Parse("2026-08-31").value()).error().reason,
            "KEY_NOT_YET_VALID");
  EXPECT_TRUE(key.UsableOn(base::Date::Parse("2026-09-01").value()).ok());
  EXPECT_TRUE(key.UsableOn(base::Date::Parse("2028-08-31").value()).ok());
  const auto expired = key.UsableOn(base::Date::Parse("2028-09-01").value());
  EXPECT_EQ(expired.error().reason, "KEY_EXPIRED");
  EXPECT_THAT(expired.error().detail, HasSubstr("350212"));
}

TEST_P(LetterKeyTest, AKeyThatIsNoneIsRefused) {
  PublicLetterKey key = Made().key();
  std::string& seal = key.seal_key;
  seal.assign(seal.size(), '\0');
  EXPECT_EQ(LetterVerifier::Make(key).error().reason, "KEY_BAD");
}

class LetterKeyFile : public LetterKeyTest {
 protected:
  LetterKeyFile() {
    const std::filesystem::path temporary = std::filesystem::temp_directory_path();
    std::string pattern = (temporary / "baoxue-letter-XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
    path_ = (folder_ / "letter.key").string();
  }
  ~LetterKeyFile() override { std::filesystem::remove_all(folder_); }
  std::string Text() const {
    std::ifstream in{path_};
    return {std::istreambuf_iterator<char>{in}, {}};
  }
  std::filesystem::path folder_;
  std::string path_;
};

TEST_P(LetterKeyFile, ReadsBackSignsAndOpens) {
  const LetterKey mine = Made();
  ASSERT_TRUE(mine.Save(path_).ok());
  const auto read = LetterKey::Load(path_);
  ASSERT_TRUE(read.ok()) << read.error().ToString();
  EXPECT_EQ(read->key(), mine.key());
  EXPECT_TRUE(mine.verifier().Verify("letter", "a", read->Sign("letter", "a")).ok());
  EXPECT_EQ(read->Open("", mine.verifier().Seal("", "b")).value(), "b");
}

TEST_P(LetterKeyFile, IsTheOwnersAloneAndNeverReplaced) {
  const LetterKey mine = Made();
  ASSERT_TRUE(mine.Save(path_).ok());
  EXPECT_EQ(mine.Save(path_).error().reason, "KEY_FILE_EXISTS");
  ASSERT_EQ(::chmod(path_.c_str(), 0640), 0);
  EXPECT_EQ(LetterKey::Load(path_).error().reason, "KEY_FILE_MODE");
}

TEST_P(LetterKeyFile, HalvesThatDoNotBelongTogetherAreRefusedAndNotShown) {
  ASSERT_TRUE(Made().Save(path_).ok());
  std::string text = Text();
  const std::size_t at = text.find("sign-secret ") + 14;
  text[at] = text[at] == '0' ? '1' : '0';
  std::ofstream{path_} << text;
  const auto read = LetterKey::Load(path_);
  ASSERT_FALSE(read.ok());
  EXPECT_THAT(read.error().ToString(), Not(HasSubstr(text.substr(at, 16))));
}

INSTANTIATE_TEST_SUITE_P(Suites, LetterKeyTest,
                         ::testing::Values(LetterSuite::kSm, LetterSuite::kEd25519));
INSTANTIATE_TEST_SUITE_P(Suites, LetterKeyFile,
                         ::testing::Values(LetterSuite::kSm, LetterSuite::kEd25519));

TEST(LetterSuites, HaveNames) {
  for (const LetterSuite suite : {LetterSuite::kSm, LetterSuite::kEd25519}) {
    EXPECT_EQ(LetterSuiteFrom(LetterSuiteName(suite)), suite);
  }
  EXPECT_FALSE(LetterSuiteFrom("SM4-GCM"));
}

TEST(SealedFor, OfNothing) {
  EXPECT_FALSE(SealedFor(""));
  EXPECT_FALSE(SealedFor(std::string(40, '\x07')));
}

}  // namespace
}  // namespace security
