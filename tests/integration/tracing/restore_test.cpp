// A county's database is set back to a dump while letters have gone on: announced, found out by a
// peer's answer, found out by a letter that stands where another one was sent.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <numeric>
#include <set>

#include "integration/tracing/county.h"
#include "tracing/contract/letter.pb.h"

namespace tracing {
namespace {

using testing::County;

constexpr const char* kSchool = "绥宁县长铺镇中心小学";

std::string NumberOf(int i) { return fmt::format("1101051949123{:04}X", i); }

class RestoreTest : public ::testing::Test {
 protected:
  void SetUp() override {
    store::Pool::InitDriver();
    tongan_.Start();
    suining_.Start();
    tongan_.Join(suining_);
    suining_.Join(tongan_);
    for (int i = 0; i < 20; ++i) suining_.Knows(NumberOf(i), kSchool);
  }

  // Letters that the machine answers.
  void Exchange(int first, int last) {
    for (int i = first; i <= last; ++i) {
      const std::string id = tongan_.Send("430527", 100 + i, NumberOf(i)).conversation_id();
      ids_.push_back(id);
      EXPECT_TRUE(tongan_.Await(id, v1::LETTER_STATE_ANSWERED)) << i;
    }
    EXPECT_TRUE(harness::WaitUntil([&] { return !Waiting(suining_); }));
  }
  // A child that nobody knows: an officer has the letter.
  std::string ForAnOfficer(County& from, County& to, const std::string& division, int i) {
    v1::DraftLetter draft = County::Inquiry(division, 100 + i, NumberOf(i));
    draft.mutable_inquiry()->mutable_child()->set_household_division("350203");
    draft.mutable_inquiry()->mutable_child()->set_name("林某某");
    const std::string id = from.Must<v1::LetterReply>(draft).letter().conversation_id();
    ids_.push_back(id);
    EXPECT_TRUE(harness::WaitUntil([&] {
      const v1::ListLettersReply list = to.List();
      return std::any_of(list.letters().begin(), list.letters().end(), [&](const auto& letter) {
        return letter.conversation_id() == id && letter.desk() == "officer";
      });
    }));
    EXPECT_TRUE(harness::WaitUntil([&] { return !Waiting(from); }));
    return id;
  }
  static bool Waiting(County& county) {
    return county.Must<v1::TracingSummary>(v1::GetTracingSummary{}).waiting() > 0;
  }
  static bool Frozen(County& county) {
    return county.Must<v1::TracingSummary>(v1::GetTracingSummary{}).numbers_frozen();
  }

  static std::string Tool(std::vector<std::string> words, const std::string& input = {}) {
    harness::PrivateMariaDb& server = harness::PrivateMariaDb::Shared();
    const std::vector<std::string> how{"--no-defaults", "--socket=" + server.socket(),
                                       "--user=root"};
    words.insert(words.begin() + 1, how.begin(), how.end());
    const auto done = harness::RunProgram(words, std::chrono::seconds{60}, input);
    EXPECT_EQ(done.exit_code, 0) << done.output;
    return done.output;
  }
  std::string Dump() {
    return Tool({"mariadb-dump", "--hex-blob", "--single-transaction", "--skip-comments",
                 tongan_.database()});
  }
  void SetBack(const std::string& dump) {
    tongan_.Stop();
    const std::string name = tongan_.database();
    harness::PrivateMariaDb::Shared().RunSql("DROP DATABASE `" + name + "`; CREATE DATABASE `" +
                                             name + "` CHARACTER SET utf8mb4");
    Tool({"mariadb", "--default-character-set=utf8mb4", name}, dump);
    tongan_.Start();
  }

  // Time goes on until nothing waits and nobody is asked any more.
  bool GoesOn() {
    return harness::WaitUntil(
        [&] {
          tongan_.Advance(std::chrono::minutes{5});
          suining_.Advance(std::chrono::minutes{5});
          return !Frozen(tongan_) && !Waiting(tongan_) && !Waiting(suining_) &&
                 tongan_.List().total() == ids_.size() && suining_.List().total() == ids_.size();
        },
        std::chrono::seconds{60});
  }

  // Every number that 同安 gave, as 绥宁 holds them.
  std::vector<int> NumbersOfTongan() {
    std::vector<int> numbers;
    for (const std::string& id : ids_) {
      v1::ExportEvidence ask;
      ask.set_conversation_id(id);
      const auto file = suining_.Must<v1::ExportEvidenceReply>(ask);
      const v1::Evidence evidence = ParseEvidence(file.file()).value();
      for (const auto* items : {&evidence.of_asker(), &evidence.of_answerer()}) {
        for (const v1::EvidenceItem& one : *items) {
          v1::Item item;
          EXPECT_TRUE(item.ParseFromString(one.item().item()));
          const std::string prefix = "同教函〔2026〕";
          const std::string& text = item.document_no();
          if (text.starts_with(prefix)) numbers.push_back(std::atoi(&text[prefix.size()]));
        }
      }
    }
    std::sort(numbers.begin(), numbers.end());
    return numbers;
  }

  void ExpectNothingLostOrDoubled() {
    const std::set<std::string> all{ids_.begin(), ids_.end()};
    ASSERT_EQ(all.size(), ids_.size());
    EXPECT_EQ(tongan_.List().total(), all.size());
    EXPECT_EQ(suining_.List().total(), all.size());
    std::vector<int> expected(NumbersOfTongan().size());
    std::iota(expected.begin(), expected.end(), 1);
    EXPECT_EQ(NumbersOfTongan(), expected) << "a number was given twice, or one is missing";
    for (const std::string& id : all) {
      const EvidenceReport mine = tongan_.Judge(id);
      const EvidenceReport theirs = suining_.Judge(id);
      EXPECT_TRUE(mine.holds()) << mine.findings.front().problem << mine.findings.front().text;
      EXPECT_TRUE(theirs.holds()) << theirs.findings.front().problem;
      EXPECT_EQ(mine.asker_head, theirs.asker_head);
      EXPECT_EQ(mine.answerer_head, theirs.answerer_head);
      EXPECT_EQ(tongan_.Look(id).stuck(), "") << tongan_.Look(id).DebugString();
      EXPECT_EQ(suining_.Look(id).stuck(), "");
    }
    for (County* const county : {&tongan_, &suining_}) {
      EXPECT_EQ(harness::PrivateMariaDb::Shared().RunSql(
                    "SELECT HEX(correlation_id) FROM event_log WHERE type = "
                    "'tracing.letter.for_officer' GROUP BY correlation_id HAVING COUNT(*) > 1",
                    county->database()),
                "")
          << "a letter reached an officer twice";
    }
  }

  void OfficerAnswers(County& county, const std::string& id) {
    v1::DoLetterAct act;
    act.set_conversation_id(id);
    act.set_kind("answer");
    act.set_text("经查无此人");
    act.mutable_reply()->set_code(v1::REPLY_CODE_R06);
    act.mutable_reply()->set_text("经查无此人");
    const auto done = county.Ask<v1::LetterReply>(act);
    EXPECT_TRUE(done.ok()) << done.error().ToString();
  }

  County tongan_{"tongan", "sm"};
  County suining_{"suining", "intl"};
  std::vector<std::string> ids_;
};

TEST_F(RestoreTest, AnAnnouncedRestoreLosesNothingAndSaysNothingTwice) {
  Exchange(0, 2);
  const std::string dump = Dump();
  Exchange(3, 5);
  const std::string to_them = ForAnOfficer(tongan_, suining_, "430527", 50);
  const std::string to_us = ForAnOfficer(suining_, tongan_, "350212", 51);
  OfficerAnswers(suining_, to_them);  // number 1 of 绥宁's officer; 同安 has it and loses it
  ASSERT_TRUE(tongan_.Await(to_them, v1::LETTER_STATE_ANSWERED));
  SetBack(dump);
  const auto announced = tongan_.Must<v1::AnnounceRestoreReply>(v1::AnnounceRestore{});
  EXPECT_GT(announced.epoch(), 1u);
  EXPECT_EQ(announced.members(), 1u);
  ASSERT_TRUE(GoesOn());
  EXPECT_EQ(tongan_.Look(to_them).state(), v1::LETTER_STATE_ANSWERED);
  // The case asks again for what it had sent: it is the letter that there is, with its answer.
  const v1::Letter again = tongan_.Send("430527", 104, NumberOf(4));
  EXPECT_THAT(ids_, ::testing::Contains(again.conversation_id()));
  EXPECT_EQ(again.case_id(), 104);
  EXPECT_TRUE(harness::WaitUntil([&] {
    const auto told = tongan_.Told();
    return std::count_if(told.begin(), told.end(),
                         [](const auto& reply) { return reply.case_id() == 104; }) == 1;
  })) << "the case hears the answer that it missed";
  Exchange(6, 7);
  OfficerAnswers(tongan_, to_us);
  ASSERT_TRUE(suining_.Await(to_us, v1::LETTER_STATE_ANSWERED));
  ASSERT_TRUE(GoesOn());
  ExpectNothingLostOrDoubled();
}

TEST_F(RestoreTest, ASilentRestoreIsFoundByThePeersAnswer) {
  Exchange(0, 2);
  const std::string dump = Dump();
  const std::string to_them = ForAnOfficer(tongan_, suining_, "430527", 50);
  Exchange(3, 5);
  SetBack(dump);
  OfficerAnswers(suining_, to_them);
  ASSERT_TRUE(GoesOn());
  EXPECT_EQ(tongan_.Look(to_them).state(), v1::LETTER_STATE_ANSWERED);
  Exchange(6, 7);
  ASSERT_TRUE(GoesOn());
  ExpectNothingLostOrDoubled();
}

TEST_F(RestoreTest, ASilentRestoreIsFoundByALetterInAnothersPlace) {
  Exchange(0, 2);
  const std::string dump = Dump();
  Exchange(3, 5);
  SetBack(dump);
  // The case asks again, in other words, and takes number 4 a second time.
  v1::DraftLetter draft = County::Inquiry("430527", 103, NumberOf(3));
  draft.mutable_inquiry()->set_request("请再核查一次");
  const v1::Letter again = tongan_.Must<v1::LetterReply>(draft).letter();
  EXPECT_EQ(again.document_no(), "同教函〔2026〕4号");
  ASSERT_TRUE(GoesOn()) << tongan_.Look(again.conversation_id()).DebugString();
  Exchange(6, 7);
  ASSERT_TRUE(GoesOn());
  ExpectNothingLostOrDoubled();
}

TEST_F(RestoreTest, AnOfficerVouchesForTheNumbersWhenAMemberCannotAnswer) {
  Exchange(0, 2);
  const std::string dump = Dump();
  Exchange(3, 4);
  suining_.Stop();
  SetBack(dump);
  tongan_.Must<v1::AnnounceRestoreReply>(v1::AnnounceRestore{});
  EXPECT_TRUE(Frozen(tongan_));
  const v1::Letter held = tongan_.Send("430527", 110, NumberOf(10));
  ids_.push_back(held.conversation_id());
  EXPECT_EQ(held.document_no(), "");
  EXPECT_EQ(held.stuck(), "RESTORE_UNCONFIRMED");
  v1::ConfirmNumbers confirm;
  confirm.set_year(2026);
  confirm.set_last(5);
  EXPECT_EQ(tongan_.Must<v1::ConfirmNumbersReply>(confirm).next(), 6u);
  EXPECT_FALSE(Frozen(tongan_));
  EXPECT_FALSE(tongan_.Ask<v1::ConfirmNumbersReply>(confirm).ok());
  EXPECT_EQ(tongan_.Look(held.conversation_id()).stuck(), "RESTORE_UNCONFIRMED");
  suining_.Start();
  ASSERT_TRUE(GoesOn());
  EXPECT_EQ(tongan_.Look(held.conversation_id()).document_no(), "同教函〔2026〕6号");
  ExpectNothingLostOrDoubled();
}

}  // namespace
}  // namespace tracing
