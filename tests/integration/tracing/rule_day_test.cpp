// A dated entry of the profile counts from its own day, without a restart: 同安 and 绥宁 with a
// second entry from 14 October 2026, two days after their clocks begin.
#include <gmock/gmock.h>

#include <filesystem>

#include "integration/tracing/away_children.h"

namespace tracing {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::County;

constexpr const char* kId = "11010519491231002X";
constexpr const char* kNobody = "110105194912310038";
constexpr const char* kNewDay = "2026-10-14";

base::UtcTime At(const std::string& day, int minute) {
  return base::InstantAt(base::Date::Parse(day).value(), minute);
}

// The text with `from` replaced once; both must be there.
std::string With(std::string text, const std::string& from, const std::string& to) {
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return at == std::string::npos ? text : text.replace(at, from.size(), to);
}

class RuleDayTest : public ::testing::Test {
 protected:
  using Edit = std::function<std::string(std::string)>;
  RuleDayTest() { store::Pool::InitDriver(); }

  // The entry of the county's section `tracing` twice: `before`, and `after` from the new day.
  void Profile(const std::string& county, const Edit& before, const Edit& after) {
    const std::string file = config_.File("c/counties/" + county + ".yaml");
    const std::string text = harness::ReadFile(file);
    const std::size_t begin = text.find("\ntracing:\n") + std::string{"\ntracing:\n"}.size();
    const std::string entry = text.substr(begin);
    const std::string later = "  - from: " + std::string{kNewDay} + entry.substr(entry.find('\n'));
    harness::WriteFile(file, text.substr(0, begin) + before(entry) + after(later));
  }
  void Begin() {
    tongan_.Start();
    suining_.Start();
    tongan_.Join(suining_);
    suining_.Join(tongan_);
    suining_.Knows(kId, "绥宁县长铺镇中心小学");
  }
  void BothTo(const std::string& day, int minute) {
    for (County* county : {&tongan_, &suining_}) county->AdvanceTo(At(day, minute));
  }
  // What is due by now is done.
  bool Settled(County& county) {
    int calm = 0;
    return harness::WaitUntil(
        [&] {
          calm = county.Progress().work_pending() == 0 ? calm + 1 : 0;
          return calm >= 3;
        },
        std::chrono::seconds{30});
  }
  std::string SendUnanswerable(std::int64_t case_id) {
    v1::DraftLetter draft = County::Inquiry("430527", case_id, kNobody);
    draft.mutable_inquiry()->mutable_child()->set_household_division("350212");
    const std::string id = tongan_.Must<v1::LetterReply>(draft).letter().conversation_id();
    EXPECT_TRUE(tongan_.Await(id, v1::LETTER_STATE_ACKNOWLEDGED));
    return id;
  }
  bool Repeating(const std::function<bool()>& done) {
    return harness::WaitUntil(
        [&] {
          tongan_.Advance(std::chrono::seconds{5});
          return done();
        },
        std::chrono::seconds{40});
  }
  base::UtcTime NextDue(County& county) { return FromProto(county.Progress().next_due()); }
  static std::string Same(std::string entry) { return entry; }
  static std::string Copied(const harness::TempDir& dir) {
    std::filesystem::copy(std::string{BAOXUE_SOURCE_DIR} + "/config", dir.File("c"),
                          std::filesystem::copy_options::recursive);
    return dir.File("c");
  }

  harness::TempDir config_{"rules"};
  std::string copied_ = Copied(config_);
  County tongan_{"tongan", "sm", copied_};
  County suining_{"suining", "sm", copied_};
};

TEST_F(RuleDayTest, UrgingFollowsTheDayOnWhichALetterWasReceived) {
  Profile("tongan", Same, [](std::string entry) {
    return With(With(std::move(entry), "reply_days: 10, urge_days: [10, 15]",
                     "reply_days: 3, urge_days: [3, 15]"),
                "number_prefix: 同教函", "number_prefix: 同控函");
  });
  Begin();
  const std::string old = SendUnanswerable(1);
  EXPECT_EQ(FromProto(tongan_.Look(old).reply_by()), At("2026-10-26", 17 * 60 + 30));
  EXPECT_EQ(NextDue(tongan_), At(kNewDay, 0)) << "a rehearsal stops where rules begin";
  BothTo(kNewDay, 8 * 60);
  ASSERT_TRUE(Settled(tongan_));
  const std::string fresh = SendUnanswerable(2);
  EXPECT_THAT(tongan_.Look(old).document_no(), HasSubstr("同教函"));
  EXPECT_THAT(tongan_.Look(fresh).document_no(), HasSubstr("同控函"));
  EXPECT_EQ(FromProto(tongan_.Look(fresh).reply_by()), At("2026-10-19", 17 * 60 + 30));
  // The old letter keeps what it was written and received with.
  EXPECT_EQ(FromProto(tongan_.Look(old).reply_by()), At("2026-10-26", 17 * 60 + 30));
  BothTo("2026-10-19", 18 * 60);
  ASSERT_TRUE(harness::WaitUntil([&] { return tongan_.Look(fresh).urges() == 1; }));
  ASSERT_TRUE(Settled(tongan_));
  EXPECT_EQ(tongan_.Look(old).urges(), 0u);
  BothTo("2026-10-26", 18 * 60);
  EXPECT_TRUE(harness::WaitUntil([&] { return tongan_.Look(old).urges() == 1; }));
  EXPECT_EQ(tongan_.Look(fresh).urges(), 1u);
  BothTo("2026-11-02", 18 * 60);  // five days later, as 15 is to 10
  EXPECT_TRUE(harness::WaitUntil([&] { return tongan_.Look(old).urges() == 2; }));
}

TEST_F(RuleDayTest, QuotaAndSizeAreThoseOfTheDay) {
  const std::string prefix = "    number_prefix: 绥教函\n";
  const auto limits = [&](const std::string& values) {
    return [=](std::string entry) {
      return With(std::move(entry), prefix, prefix + "    limits: {" + values + "}\n");
    };
  };
  Profile("suining", limits("open_letters_max: 1, letter_bytes_max: 16384"),
          limits("open_letters_max: 2, letter_bytes_max: 65536"));
  Begin();
  (void)SendUnanswerable(1);
  const std::string second = tongan_.Send("430527", 2, kId).conversation_id();
  ASSERT_TRUE(Repeating([&] { return tongan_.Look(second).stuck() == "PEER_DECLINED"; }));
  EXPECT_THAT(tongan_.Look(second).stuck_text(), HasSubstr("待复的函件过多"));
  v1::DraftLetter draft = County::Inquiry("430527", 3, kId);
  v1::Attachment& file = *draft.mutable_inquiry()->add_attachments();
  file.set_name("家访记录.jpg");
  file.set_media_type("image/jpeg");
  file.set_content("\xFF\xD8\xFF" + std::string(30'000, 'x'));
  const std::string large = tongan_.Must<v1::LetterReply>(draft).letter().conversation_id();
  ASSERT_TRUE(Repeating([&] { return tongan_.Look(large).stuck() == "PARKED"; }));

  suining_.AdvanceTo(At(kNewDay, 0));
  EXPECT_TRUE(Repeating(
      [&] { return tongan_.Look(second).state() == v1::LETTER_STATE_ANSWERED; }));
  v1::DoLetterAct resend;
  resend.set_conversation_id(large);
  resend.set_kind("resend");
  ASSERT_TRUE(tongan_.Ask<v1::LetterReply>(resend).ok());
  EXPECT_TRUE(Repeating(
      [&] { return tongan_.Look(large).state() == v1::LETTER_STATE_ANSWERED; }));
}

// Planned ahead: the list of children elsewhere begins on the day, and what the county can do is
// told to its neighbours.
TEST_F(RuleDayTest, WhatIsPlannedAheadIsPlannedAnewOnTheDay) {
  Profile("suining",
          [](std::string entry) {
            const std::size_t away = entry.find("    away:\n");
            return entry.erase(away, entry.find("    hand_over:\n") - away);
          },
          [](std::string entry) {
            return With(std::move(entry), "    away:\n", "    where: {answer: false}\n    away:\n");
          });
  Begin();
  const auto told = [&] {
    const auto reply = tongan_.Must<v1::GetDirectoryReply>(v1::GetDirectory{});
    std::vector<std::string> able;
    for (const v1::Member& member : reply.members()) {
      if (member.division() != "430527") continue;
      able.assign(member.capabilities().begin(), member.capabilities().end());
    }
    return able;
  };
  EXPECT_THAT(told(), Contains("blind"));
  const v1::AddAway entry = testing::Entry(testing::Number(1));
  const auto refused = suining_.Ask<v1::AwayReply>(entry);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().reason, "AWAY_OFF");

  BothTo(kNewDay, 8 * 60);
  ASSERT_TRUE(Settled(suining_));
  EXPECT_TRUE(harness::WaitUntil([&] { return !::testing::Value(told(), Contains("blind")); },
                                 std::chrono::seconds{20}));
  const auto listed = suining_.Ask<v1::AwayReply>(entry);
  ASSERT_TRUE(listed.ok()) << listed.error().ToString();
  // And what is due of it is done: the township is asked to visit in the next term.
  ASSERT_TRUE(listed->row().has_next_due());
  suining_.AdvanceTo(FromProto(listed->row().next_due()) + std::chrono::minutes{1});
  ASSERT_TRUE(Settled(suining_));
  v1::GetAway get;
  get.set_away_id(listed->row().away_id());
  EXPECT_GT(suining_.Must<v1::AwayReply>(get).row().version(), listed->row().version());
}

}  // namespace
}  // namespace tracing
