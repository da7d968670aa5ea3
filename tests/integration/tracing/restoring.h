// A county whose database is set back to a dump while letters have gone on, and what has to hold
// afterwards: nothing lost, nothing said twice, both logs the same. 同安 is the one that is restored.
#pragma once

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <algorithm>
#include <numeric>
#include <set>
#include <string>
#include <vector>

#include "integration/tracing/county.h"
#include "tracing/contract/letter.pb.h"

namespace tracing::testing {

inline std::string NumberOf(int i) { return fmt::format("1101051949123{:04}X", i); }

class Restoring : public ::testing::Test {
 protected:
  // What passes while something is waited for; through a relay it needs time to go on.
  virtual void Step() {}
  virtual void PassTime(std::chrono::milliseconds by) {
    tongan_.Advance(by);
    suining_.Advance(by);
  }
  bool Until(const std::function<bool()>& done) {
    return harness::WaitUntil(
        [&] {
          Step();
          return done();
        },
        std::chrono::seconds{30});
  }
  bool Await(County& county, const std::string& id, v1::LetterState state) {
    return Until([&] { return county.Look(id).state() == state; });
  }

  // Letters that the machine answers.
  void Exchange(int first, int last) {
    for (int i = first; i <= last; ++i) {
      const std::string id = tongan_.Send("430527", 100 + i, NumberOf(i)).conversation_id();
      ids_.push_back(id);
      EXPECT_TRUE(Await(tongan_, id, v1::LETTER_STATE_ANSWERED)) << i;
    }
    EXPECT_TRUE(Until([&] { return !Waiting(suining_); }));
  }
  // A child that nobody knows: an officer has the letter.
  std::string ForAnOfficer(County& from, County& to, const std::string& division, int i) {
    v1::DraftLetter draft = County::Inquiry(division, 100 + i, NumberOf(i));
    draft.mutable_inquiry()->mutable_child()->set_household_division("350203");
    draft.mutable_inquiry()->mutable_child()->set_name("林某某");
    const std::string id = from.Must<v1::LetterReply>(draft).letter().conversation_id();
    ids_.push_back(id);
    EXPECT_TRUE(Until([&] {
      const v1::ListLettersReply list = to.List();
      return std::any_of(list.letters().begin(), list.letters().end(), [&](const auto& letter) {
        return letter.conversation_id() == id && letter.desk() == "officer";
      });
    }));
    EXPECT_TRUE(Until([&] { return !Waiting(from); }));
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
          PassTime(std::chrono::minutes{5});
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

}  // namespace tracing::testing
