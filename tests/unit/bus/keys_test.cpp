// Key files: what is saved can be loaded, and a secret that others can read is refused.

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "bus/bus.h"
#include "harness/temp_dir.h"

namespace bus {
namespace {

class KeysTest : public ::testing::Test {
 protected:
  void Write(const std::string& name, const std::string& text) const {
    std::ofstream{dir() + "/" + name} << text;
    ASSERT_EQ(chmod((dir() + "/" + name).c_str(), 0600), 0);
  }
  std::string dir() const { return dir_.path(); }
  std::string Reason() const {
    const auto keys = LoadKeyPair(dir(), "svc");
    return keys.ok() ? "ok" : keys.error().reason;
  }
  harness::TempDir dir_{"keys"};
};

TEST_F(KeysTest, RoundTrip) {
  const KeyPair keys = MakeKeyPair();
  EXPECT_EQ(keys.public_key.size(), 40u);
  EXPECT_NE(keys.secret_key, MakeKeyPair().secret_key);
  ASSERT_TRUE(SaveKeyPair(dir(), "svc", keys).ok());
  const auto loaded = LoadKeyPair(dir(), "svc");
  ASSERT_TRUE(loaded.ok());
  EXPECT_EQ(loaded->public_key, keys.public_key);
  EXPECT_EQ(loaded->secret_key, keys.secret_key);
  EXPECT_EQ(*LoadPublicKey(dir(), "svc"), keys.public_key);
  struct stat info {};
  ASSERT_EQ(stat((dir() + "/svc.key").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600u);
  ASSERT_TRUE(SaveKeyPair(dir(), "svc", MakeKeyPair()).ok());  // replaces
  EXPECT_NE(LoadKeyPair(dir(), "svc")->public_key, keys.public_key);
}

TEST_F(KeysTest, ASecretThatOthersCanReadIsRefused) {
  ASSERT_TRUE(SaveKeyPair(dir(), "svc", MakeKeyPair()).ok());
  for (const mode_t mode : {0640u, 0604u, 0620u, 0601u}) {
    ASSERT_EQ(chmod((dir() + "/svc.key").c_str(), mode), 0);
    EXPECT_EQ(LoadKeyPair(dir(), "svc").error().code, base::Code::kPermissionDenied);
    EXPECT_EQ(Reason(), "KEY_MODE");
  }
  ASSERT_EQ(chmod((dir() + "/svc.key").c_str(), 0400), 0);
  EXPECT_EQ(Reason(), "ok");
}

TEST_F(KeysTest, MissingAndBrokenFilesAreErrors) {
  EXPECT_EQ(LoadKeyPair(dir(), "svc").error().code, base::Code::kNotFound);
  EXPECT_EQ(Reason(), "NO_KEY");
  const KeyPair keys = MakeKeyPair();
  ASSERT_TRUE(SaveKeyPair(dir(), "svc", keys).ok());
  for (const std::string& text : {std::string{}, std::string{"short"}, std::string(40, '"'),
                                  keys.secret_key + "x", std::string(5000, 'a')}) {
    Write("svc.key", text);
    EXPECT_EQ(Reason(), "BAD_KEY") << text;
  }
  Write("svc.key", MakeKeyPair().secret_key);  // of another pair
  EXPECT_EQ(Reason(), "BAD_KEY");
  EXPECT_EQ(SaveKeyPair(dir(), "svc", {"no", "keys"}).error().reason, "BAD_KEY");
  EXPECT_EQ(SaveKeyPair(dir() + "/none", "svc", keys).error().reason, "KEY_WRITE");
}

}  // namespace
}  // namespace bus
