#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <thread>

#include "security/security.h"

namespace security {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kPurpose = "student.id_number";
constexpr const char* kNumber = "11010519491231002X";

class KeyringTest : public ::testing::Test {
 protected:
  KeyringTest() {
    std::string pattern = (std::filesystem::temp_directory_path() / "baoxue-keys-XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
    path_ = (folder_ / "seal.keys").string();
  }
  ~KeyringTest() override { std::filesystem::remove_all(folder_); }

  Keyring Made() {
    const auto made = Keyring::Create(path_);
    EXPECT_TRUE(made.ok()) << made.error().ToString();
    return Loaded();
  }
  Keyring Loaded() {
    auto keyring = Keyring::Load(path_);
    EXPECT_TRUE(keyring.ok()) << keyring.error().ToString();
    return std::move(keyring).value();
  }
  std::string Text() {
    std::ifstream in{path_};
    return {std::istreambuf_iterator<char>{in}, {}};
  }
  // The reason with which a key file of that text is refused; "" if it loads.
  std::string Refusal(const std::string& text, mode_t mode = 0600) {
    std::ofstream{path_} << text;
    EXPECT_EQ(::chmod(path_.c_str(), mode), 0);
    const auto keyring = Keyring::Load(path_);
    return keyring.ok() ? "" : keyring.error().reason;
  }

  std::filesystem::path folder_;
  std::string path_;
};

TEST_F(KeyringTest, WhatIsSealedOpens) {
  const Keyring keys = Made();
  for (const std::string& plain : {std::string{kNumber}, std::string{}, std::string(5000, '\0')}) {
    const std::string sealed = keys.Seal(kPurpose, plain);
    EXPECT_EQ(sealed.size(), 2 + 12 + plain.size() + 16);
    const auto opened = keys.Open(kPurpose, sealed);
    ASSERT_TRUE(opened.ok());
    EXPECT_EQ(*opened, plain);
  }
  EXPECT_THAT(keys.Seal(kPurpose, kNumber), Not(HasSubstr("1949")));
}

TEST_F(KeyringTest, NoTwoSealsAreEqual) {
  const Keyring keys = Made();
  std::set<std::string> seals;
  for (int i = 0; i < 2000; ++i) seals.insert(keys.Seal(kPurpose, kNumber));
  EXPECT_EQ(seals.size(), 2000u);
}

TEST_F(KeyringTest, AnyChangedByteBreaksTheSeal) {
  const Keyring keys = Made();
  const std::string sealed = keys.Seal(kPurpose, kNumber);
  for (std::size_t i = 0; i < sealed.size(); ++i) {
    for (const char flip : {'\x01', '\x80'}) {
      std::string changed = sealed;
      changed[i] = static_cast<char>(changed[i] ^ flip);
      const auto opened = keys.Open(kPurpose, changed);
      ASSERT_FALSE(opened.ok()) << "byte " << i;
      EXPECT_EQ(opened.error().reason, "SEAL_BROKEN");
      EXPECT_EQ(opened.error().code, base::Code::kDataCorruption);
    }
  }
  for (std::size_t n = 0; n < sealed.size(); ++n) {
    EXPECT_FALSE(keys.Open(kPurpose, sealed.substr(0, n)).ok()) << n;
  }
  EXPECT_FALSE(keys.Open(kPurpose, sealed + "x").ok());
  EXPECT_TRUE(keys.Open(kPurpose, sealed).ok()) << "a refusal must not spoil the next opening";
}

TEST_F(KeyringTest, ASealOpensForItsPurposeOnly) {
  const Keyring keys = Made();
  const auto opened = keys.Open("guardian.id_number", keys.Seal(kPurpose, kNumber));
  ASSERT_FALSE(opened.ok());
  EXPECT_THAT(opened.error().detail, Not(HasSubstr(kNumber)));
}

TEST_F(KeyringTest, AnotherDeploymentsKeysDoNotOpen) {
  const std::string sealed = Made().Seal(kPurpose, kNumber);
  std::filesystem::remove(path_);
  EXPECT_FALSE(Made().Open(kPurpose, sealed).ok());
}

TEST_F(KeyringTest, BlindIndexIsEqualForEqualNumbersOfOnePurpose) {
  const Keyring keys = Made();
  const std::string index = keys.BlindIndex(kPurpose, kNumber);
  EXPECT_EQ(index.size(), 16u);
  EXPECT_EQ(index, keys.BlindIndex(kPurpose, kNumber));
  EXPECT_EQ(index, Loaded().BlindIndex(kPurpose, kNumber));
  EXPECT_NE(index, keys.BlindIndex(kPurpose, "110105194912310021"));
  EXPECT_NE(index, keys.BlindIndex("guardian.id_number", kNumber));
  EXPECT_NE(keys.BlindIndex("a", "bc"), keys.BlindIndex("ab", "c"));
  std::filesystem::remove(path_);
  EXPECT_NE(index, Made().BlindIndex(kPurpose, kNumber));
}

TEST_F(KeyringTest, BlindIndexIsTheStandardsHmac) {
  const Keyring keys = Made();
  const std::string text = Text();
  const std::string hex = text.substr(text.find("index 1 ") + 8, 64);
  std::string key;
  for (std::size_t i = 0; i < 64; i += 2) {
    key += static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16));
  }
  const std::string message = std::string{kPurpose} + '\0' + kNumber;
  EXPECT_EQ(keys.BlindIndex(kPurpose, kNumber), HmacSha256(key, message).substr(0, 16));
}

TEST_F(KeyringTest, TwoKeyringsInOneThreadDoNotMixTheirKeys) {
  const Keyring first = Made();
  std::filesystem::remove(path_);
  const Keyring second = Made();
  for (int i = 0; i < 3; ++i) {
    const std::string a = first.Seal(kPurpose, "a");
    const std::string b = second.Seal(kPurpose, "b");
    EXPECT_EQ(*first.Open(kPurpose, a), "a");
    EXPECT_EQ(*second.Open(kPurpose, b), "b");
    EXPECT_FALSE(first.Open(kPurpose, b).ok());
    EXPECT_NE(first.BlindIndex(kPurpose, "a"), second.BlindIndex(kPurpose, "a"));
  }
}

TEST_F(KeyringTest, ANewSealKeySealsAndOldSealsStillOpen) {
  const Keyring before = Made();
  const std::string old = before.Seal(kPurpose, kNumber);
  ASSERT_TRUE(Keyring::AddSealKey(path_).ok());
  const Keyring after = Loaded();
  const std::string fresh = after.Seal(kPurpose, kNumber);
  EXPECT_EQ(old[1], 1);
  EXPECT_EQ(fresh[1], 2);
  EXPECT_EQ(*after.Open(kPurpose, old), kNumber);
  EXPECT_EQ(*after.Open(kPurpose, fresh), kNumber);
  EXPECT_FALSE(before.Open(kPurpose, fresh).ok());
  EXPECT_FALSE(after.IsNewest(old));
  EXPECT_TRUE(after.IsNewest(fresh));
  EXPECT_EQ(before.BlindIndex(kPurpose, kNumber), after.BlindIndex(kPurpose, kNumber));
  std::string claims_new_key = old;
  claims_new_key[1] = 2;
  EXPECT_FALSE(after.Open(kPurpose, claims_new_key).ok());
}

TEST_F(KeyringTest, AKeyFileIsNeverReplaced) {
  Made();
  const std::string text = Text();
  const auto again = Keyring::Create(path_);
  ASSERT_FALSE(again.ok());
  EXPECT_EQ(again.error().reason, "KEY_FILE_EXISTS");
  EXPECT_EQ(Text(), text);
  EXPECT_EQ(Keyring::Create((folder_ / "no/such/folder").string()).error().reason,
            "KEY_FILE_WRITE");
}

TEST_F(KeyringTest, AKeyFileOpenToOthersIsRefused) {
  Made();
  struct stat info = {};
  ASSERT_EQ(::stat(path_.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777u, 0600u);
  const std::string text = Text();
  for (const mode_t mode : {0644u, 0640u, 0602u, 0620u, 0601u}) {
    EXPECT_EQ(Refusal(text, mode), "KEY_FILE_MODE") << mode;
  }
  EXPECT_EQ(Refusal(text, 0400), "");
}

TEST_F(KeyringTest, ADamagedKeyFileIsRefused) {
  const std::string key(64, 'a');
  const std::string head = "baoxue-keys 1\n";
  const std::string seal = "seal 1 " + key + "\n";
  const std::string index = "index 1 " + key + "\n";
  EXPECT_EQ(Refusal(head + "# note\n\n" + seal + index), "");
  EXPECT_EQ(Refusal(""), "KEY_FILE_BAD");
  EXPECT_EQ(Refusal("baoxue-keys 2\n" + seal + index), "KEY_FILE_BAD");
  EXPECT_EQ(Refusal(head + seal), "KEY_FILE_BAD");
  EXPECT_EQ(Refusal(head + index), "KEY_FILE_BAD");
  EXPECT_EQ(Refusal(head + seal + seal + index), "KEY_FILE_BAD");
  EXPECT_EQ(Refusal(head + seal + index + index), "KEY_FILE_BAD");
  EXPECT_EQ(Refusal(head + seal + index + "index 2 " + key), "KEY_FILE_BAD");
  EXPECT_EQ(Refusal(head + "seal 0 " + key + "\n" + index), "KEY_FILE_BAD");
  EXPECT_EQ(Refusal(head + "seal 256 " + key + "\n" + index), "KEY_FILE_BAD");
  EXPECT_EQ(Refusal(head + "seal 1 " + key.substr(1) + "\n" + index), "KEY_FILE_BAD");
  EXPECT_EQ(Refusal(head + "seal 1 " + key.substr(1) + "g\n" + index), "KEY_FILE_BAD");
  EXPECT_EQ(Refusal(head + seal + index + "sign 1 " + key + "\n"), "KEY_FILE_BAD");
  std::filesystem::remove(path_);
  EXPECT_EQ(Keyring::Load(path_).error().reason, "NO_KEY_FILE");
  EXPECT_EQ(Keyring::Load(folder_.string()).error().reason, "KEY_FILE_BAD");
}

TEST_F(KeyringTest, ThreadsShareAKeyring) {
  const Keyring keys = Made();
  std::vector<std::thread> threads;
  std::vector<int> bad(4, 0);
  for (std::size_t t = 0; t < bad.size(); ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 500; ++i) {
        const std::string plain = std::to_string(t) + ":" + std::to_string(i);
        const auto opened = keys.Open(kPurpose, keys.Seal(kPurpose, plain));
        bad[t] += opened.ok() && *opened == plain ? 0 : 1;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_THAT(bad, ::testing::Each(0));
}

// A forked child must not use the random bytes that its parent has drawn ahead.
TEST_F(KeyringTest, AForkedChildHasNoncesOfItsOwn) {
  const Keyring keys = Made();
  keys.Seal(kPurpose, "x");
  int pipe_ends[2] = {};
  ASSERT_EQ(::pipe(pipe_ends), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    const std::string sealed = keys.Seal(kPurpose, "x");
    const ssize_t n = ::write(pipe_ends[1], sealed.data(), sealed.size());
    ::_exit(n == static_cast<ssize_t>(sealed.size()) ? 0 : 1);
  }
  int status = -1;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
  std::string of_child(2 + 12 + 1 + 16, '\0');
  EXPECT_EQ(::read(pipe_ends[0], of_child.data(), of_child.size()),
            static_cast<ssize_t>(of_child.size()));
  EXPECT_NE(keys.Seal(kPurpose, "x").substr(2, 12), of_child.substr(2, 12));
  ::close(pipe_ends[0]);
  ::close(pipe_ends[1]);
}

}  // namespace
}  // namespace security
