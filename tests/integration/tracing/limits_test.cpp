// What a county takes from another one, between two real services: size, rate, quota; and that a
// letter, a look-up or a county that does not go on is shown and costs the others nothing.
#include <gmock/gmock.h>

#include <filesystem>

#include "integration/tracing/county.h"
#include "tracing/store/limit_repository.h"

namespace tracing {
namespace {

using ::testing::HasSubstr;
using testing::County;

constexpr const char* kId = "11010519491231002X";
constexpr const char* kPrefix = "    number_prefix: 绥教函\n";

class LimitsTest : public ::testing::Test {
 protected:
  LimitsTest() { store::Pool::InitDriver(); }
  // The limits of 绥宁's profile, before its service starts (again).
  void Limit(const std::string& limits) {
    std::string text = profile_;
    text.insert(text.find(kPrefix), "    limits: {" + limits + "}\n");
    harness::WriteFile(config_.File("c/counties/suining.yaml"), text);
  }
  void Begin() {
    tongan_.Start();
    suining_.Start();
    tongan_.Join(suining_);
    suining_.Join(tongan_);
    suining_.Knows(kId, "绥宁县长铺镇中心小学");
  }
  void RestartSuining() {
    suining_.Stop();
    suining_.Start();
  }
  static v1::DraftLetter WithAttachment(std::int64_t case_id, std::size_t bytes) {
    v1::DraftLetter draft = County::Inquiry("430527", case_id, kId);
    v1::Attachment& file = *draft.mutable_inquiry()->add_attachments();
    file.set_name("家访记录.jpg");
    file.set_media_type("image/jpeg");
    file.set_content("\xFF\xD8\xFF" + std::string(bytes - 3, 'x'));
    return draft;
  }
  // A letter that 绥宁's machine cannot answer: nobody there has the child.
  std::string SendUnanswerable(std::int64_t case_id) {
    v1::DraftLetter draft = County::Inquiry("430527", case_id, "110105194912310038");
    draft.mutable_inquiry()->mutable_child()->set_household_division("350212");
    return tongan_.Must<v1::LetterReply>(draft).letter().conversation_id();
  }
  // 同安's repeats fall due until `done`.
  bool Repeating(const std::function<bool()>& done, std::chrono::seconds step) {
    return harness::WaitUntil(
        [&] {
          tongan_.Advance(step);
          return done();
        },
        std::chrono::seconds{40});
  }
  base::Result<v1::LetterReply> Do(County& county, const std::string& id, const std::string& kind,
                                   const std::string& text = "") {
    v1::DoLetterAct act;
    act.set_conversation_id(id);
    act.set_kind(kind);
    act.set_text(text);
    if (kind == "answer") act.mutable_reply()->set_code(v1::REPLY_CODE_R06);
    return county.Ask<v1::LetterReply>(act);
  }
  std::uint32_t Silences() {
    return tongan_.Must<v1::ListPeersReply>(v1::ListPeers{}).peers(0).attempts();
  }
  static std::string Copied(const harness::TempDir& dir) {
    std::filesystem::copy(std::string{BAOXUE_SOURCE_DIR} + "/config", dir.File("c"),
                          std::filesystem::copy_options::recursive);
    return dir.File("c");
  }

  harness::TempDir config_{"limits"};
  std::string copied_ = Copied(config_);
  std::string profile_ = harness::ReadFile(config_.File("c/counties/suining.yaml"));
  County tongan_{"tongan", "sm"};
  County suining_{"suining", "sm", copied_};
};

TEST_F(LimitsTest, ALetterThatIsTooLargeIsParkedWithItsReasonAndResentWhenThatIsMended) {
  Limit("letter_bytes_max: 16384");
  Begin();
  const std::string large =
      tongan_.Must<v1::LetterReply>(WithAttachment(1, 30'000)).letter().conversation_id();
  ASSERT_TRUE(Repeating([&] { return tongan_.Look(large).stuck() == "PARKED"; },
                        std::chrono::seconds{5}))
      << tongan_.Look(large).DebugString();
  EXPECT_THAT(tongan_.Look(large).stuck_text(), HasSubstr("函件过大"));
  // The other letters to that county notice nothing: they go at once, no clock has to move.
  const std::string small = tongan_.Send("430527", 2, kId).conversation_id();
  EXPECT_TRUE(tongan_.Await(small, v1::LETTER_STATE_ANSWERED));
  EXPECT_EQ(Silences(), 0u);
  EXPECT_EQ(tongan_.Metric("baoxue_tracing_silences_total"), 0);
  v1::ListLetters stuck;
  stuck.set_stuck_only(true);
  EXPECT_EQ(tongan_.Must<v1::ListLettersReply>(stuck).total(), 1u);
  tongan_.Advance(std::chrono::days{1});
  EXPECT_EQ(tongan_.Look(large).stuck(), "PARKED") << "nothing by itself";
  // 绥宁 takes larger ones now; an officer of 同安 sends it again.
  Limit("letter_bytes_max: 65536");
  RestartSuining();
  ASSERT_TRUE(Do(tongan_, large, "resend").ok());
  EXPECT_TRUE(Repeating(
      [&] { return tongan_.Look(large).state() == v1::LETTER_STATE_ANSWERED; },
      std::chrono::seconds{5}));
  EXPECT_EQ(tongan_.Look(large).stuck(), "");
}

TEST_F(LimitsTest, ADraftThatIsTooLargeIsRefusedWhenItIsWritten) {
  Begin();
  const auto refused = tongan_.Ask<v1::LetterReply>(WithAttachment(1, 1'200'000));
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().reason, "ATTACHMENT_TOO_LARGE");
  EXPECT_THAT(refused.error().detail, HasSubstr("512 KB"));
  EXPECT_EQ(tongan_.List().total(), 0u);
  EXPECT_TRUE(tongan_.Ask<v1::LetterReply>(WithAttachment(1, 500'000)).ok());
}

TEST_F(LimitsTest, WhoSendsTooFastWaitsAsHeIsToldAndIsNotCountedAsSilence) {
  Limit("per_minute: 240, burst: 10");
  Begin();
  std::vector<std::string> ids;
  for (int i = 1; i <= 30; ++i) ids.push_back(tongan_.Send("430527", i, kId).conversation_id());
  ASSERT_TRUE(harness::WaitUntil(
      [&] { return suining_.Metric("baoxue_tracing_items_declined_total") > 0; }));
  EXPECT_EQ(Silences(), 0u);
  ASSERT_TRUE(Repeating(
      [&] {
        return std::all_of(ids.begin(), ids.end(), [&](const std::string& id) {
          const v1::Letter letter = tongan_.Look(id);
          EXPECT_EQ(letter.stuck(), "");
          return letter.state() == v1::LETTER_STATE_ANSWERED;
        });
      },
      std::chrono::seconds{2}));
  EXPECT_EQ(tongan_.Metric("baoxue_tracing_silences_total"), 0);
}

TEST_F(LimitsTest, TheQuotaRefusesNewLettersAloneAndNeedsNoScrapeAndNoMemory) {
  Limit("open_letters_max: 2");
  Begin();
  const std::string one = SendUnanswerable(1);
  const std::string two = SendUnanswerable(2);
  ASSERT_TRUE(tongan_.Await(one, v1::LETTER_STATE_ACKNOWLEDGED));
  ASSERT_TRUE(tongan_.Await(two, v1::LETTER_STATE_ACKNOWLEDGED));
  RestartSuining();
  const std::string three = tongan_.Send("430527", 3, kId).conversation_id();
  ASSERT_TRUE(Repeating([&] { return tongan_.Look(three).stuck() == "PEER_DECLINED"; },
                        std::chrono::seconds{5}));
  EXPECT_THAT(tongan_.Look(three).stuck_text(), HasSubstr("待复的函件过多"));
  EXPECT_EQ(Silences(), 0u);
  // What is open goes on: a supplement of the asker, a letter of the county that is full.
  ASSERT_TRUE(Do(tongan_, one, "supplement", "补充：曾用名").ok());
  ASSERT_TRUE(harness::WaitUntil([&] { return suining_.Look(one).log_size() >= 3; }))
      << suining_.Look(one).DebugString();
  tongan_.Knows("110105194912310038", "同安区第一小学");
  const std::string other =
      suining_.Send("350212", 0, "110105194912310038").conversation_id();
  EXPECT_TRUE(suining_.Await(other, v1::LETTER_STATE_ANSWERED));
  EXPECT_EQ(tongan_.Look(three).state(), v1::LETTER_STATE_SENT);
  // One is answered: there is room.
  ASSERT_TRUE(Do(suining_, two, "answer", "查无此人").ok());
  EXPECT_TRUE(Repeating(
      [&] { return tongan_.Look(three).state() == v1::LETTER_STATE_ANSWERED; },
      std::chrono::seconds{5}));
  EXPECT_EQ(tongan_.Look(three).stuck(), "");
}

TEST_F(LimitsTest, ALookUpThatKeepsFailingIsShownAndComesAfterTheOthers) {
  Begin();
  suining_.RegistryDown();
  const std::string first = tongan_.Send("430527", 1, kId).conversation_id();
  ASSERT_TRUE(harness::WaitUntil(
      [&] { return suining_.Sql("SELECT tries FROM look_up").find('1') != std::string::npos; },
      std::chrono::seconds{20}));
  EXPECT_EQ(suining_.Look(first).stuck(), "");
  suining_.Advance(std::chrono::hours{2});
  ASSERT_TRUE(harness::WaitUntil(
      [&] { return suining_.Look(first).stuck() == "LOOK_UP_FAILS"; }, std::chrono::seconds{30}))
      << suining_.Look(first).DebugString();
  EXPECT_THAT(suining_.Look(first).stuck_text(), HasSubstr("查询学籍"));
  EXPECT_EQ(suining_.Metric("baoxue_tracing_look_ups_failing"), 1);
  // Of two the one that has not failed yet has the next turn, however old the other is.
  const std::string second = tongan_.Send("430527", 2, kId).conversation_id();
  ASSERT_TRUE(harness::WaitUntil([&] {
    return suining_.Sql("SELECT COUNT(*) FROM conversation WHERE desk = 1").find('2') !=
           std::string::npos;
  }));
  base::SystemClock clock;
  store::Pool pool{harness::PrivateMariaDb::Shared().PoolOptions(suining_.database()), clock};
  suining_.Sql("DELETE FROM look_up WHERE conversation_id = UNHEX('" +
               security::Hex(second) + "')");
  std::vector<ConversationId> next;
  ASSERT_TRUE(pool.WithSession([&](store::Session& session) -> base::Status {
                    ASSIGN_OR_RETURN(next, LettersToLookUp(session, 1));
                    return {};
                  }).ok());
  ASSERT_EQ(next.size(), 1u);
  EXPECT_EQ(std::string(next[0].raw.begin(), next[0].raw.end()), second);
  suining_.RegistryUp();
  EXPECT_TRUE(tongan_.Await(first, v1::LETTER_STATE_ANSWERED));
  EXPECT_TRUE(tongan_.Await(second, v1::LETTER_STATE_ANSWERED));
  EXPECT_EQ(suining_.Look(first).stuck(), "");
}

TEST_F(LimitsTest, ADeadCountyCostsALivingOneNothing) {
  County dead{"jianan", "sm"};
  dead.Start();
  Begin();
  tongan_.Join(dead);
  dead.Stop();
  constexpr int kToTheDead = 100;
  constexpr int kLiving = 20;
  for (int i = 1; i <= kToTheDead; ++i) (void)tongan_.Send("411003", 1000 + i, kId);
  const auto sent = [&] { return tongan_.Metric("baoxue_tracing_items_sent_total"); };
  const auto silent = [&] { return tongan_.Metric("baoxue_tracing_silences_total"); };
  const auto living = [&](int from) {
    std::vector<std::string> ids;
    for (int i = from; i < from + kLiving; ++i) {
      ids.push_back(tongan_.Send("430527", i, kId).conversation_id());
    }
    for (const std::string& id : ids) EXPECT_TRUE(tongan_.Await(id, v1::LETTER_STATE_ANSWERED));
  };
  ASSERT_TRUE(harness::WaitUntil([&] { return silent() >= 3 && silent() == sent(); },
                                 std::chrono::seconds{30}));
  EXPECT_LE(sent(), kToTheDead) << "each was tried once at most";
  // A step is an item that is sent. The living county's letters need one each.
  double before = sent();
  living(1);
  EXPECT_EQ(sent() - before, kLiving);
  EXPECT_EQ(suining_.Metric("baoxue_tracing_items_arrived_total"), kLiving);
  // When all letters to the dead one fall due again, one of them probes.
  before = sent();
  tongan_.Advance(std::chrono::hours{2});
  living(100);
  EXPECT_LE(sent() - before, kLiving + 1);
  EXPECT_GE(sent() - before, kLiving);
}

}  // namespace
}  // namespace tracing
