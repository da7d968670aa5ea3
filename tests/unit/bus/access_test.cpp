// Who may connect where, and call what.

#include <gtest/gtest.h>

#include "bus/bus.h"
#include "bus/context.h"

namespace bus {
namespace {

AccessList Access() {
  return AccessList{{{"cases",
                      "key-of-cases",
                      {"baoxue.registry.v1.*", "baoxue.bus.v1.Doctor"},
                      {"registry", "attendance"}},
                     {"cli", "key-of-cli", {"*"}, {"*"}},
                     {"meter", "key-of-meter", {}, {}}}};
}

TEST(Access, MatchesExactNamesAndTrailingStars) {
  const AccessList access = Access();
  const Peer& cases = *access.FindName("cases");
  EXPECT_TRUE(AccessList::MayCall(cases, "baoxue.registry.v1.FindStudent"));
  EXPECT_TRUE(AccessList::MayCall(cases, "baoxue.bus.v1.Doctor"));
  EXPECT_FALSE(AccessList::MayCall(cases, "baoxue.bus.v1.DoctorReply"));
  EXPECT_FALSE(AccessList::MayCall(cases, "baoxue.bus.v1"));
  EXPECT_FALSE(AccessList::MayCall(cases, "baoxue.registry"));
  EXPECT_FALSE(AccessList::MayCall(cases, ""));
  EXPECT_TRUE(AccessList::MayCall(*access.FindName("cli"), "anything"));
  EXPECT_FALSE(AccessList::MayCall(*access.FindName("meter"), "anything"));
  EXPECT_TRUE(AccessList::MayFollow(cases, "registry"));
  EXPECT_FALSE(AccessList::MayFollow(cases, "cases"));
  EXPECT_FALSE(AccessList::MayFollow(cases, "registry2"));
}

TEST(Access, FindsByKeyAndByName) {
  const AccessList access = Access();
  EXPECT_EQ(access.FindKey("key-of-cli")->name, "cli");
  EXPECT_EQ(access.FindKey("key-of-nobody"), nullptr);
  EXPECT_EQ(access.FindName("nobody"), nullptr);
  EXPECT_EQ(access.peers().size(), 3u);
}

TEST(Access, EachDoorAsksForItsOwnRight) {
  const AccessList access = Access();
  EXPECT_EQ(Judge(access, "requests", "key-of-meter")->name, "meter");
  EXPECT_EQ(Judge(access, "requests", "key-of-nobody"), nullptr);
  EXPECT_EQ(Judge(access, "feed:registry", "key-of-cases")->name, "cases");
  EXPECT_EQ(Judge(access, "feed:cases", "key-of-cases"), nullptr);
  EXPECT_EQ(Judge(access, "feed:registry", "key-of-meter"), nullptr);
  EXPECT_EQ(Judge(access, "feed:", "key-of-meter"), nullptr);
  EXPECT_EQ(Judge(access, "elsewhere", "key-of-cli"), nullptr);
  EXPECT_EQ(Judge(access, "", "key-of-cli"), nullptr);
}

}  // namespace
}  // namespace bus
