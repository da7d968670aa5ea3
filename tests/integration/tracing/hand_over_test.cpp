// At term end the files of dropped-out migrant students go from 绥宁 (湖南: on) to their households'
// county; 同安 (福建: off) sends none of its own.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <map>

#include "integration/tracing/county.h"
#include "tracing/contract/away.pb.h"

namespace tracing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using testing::County;
namespace wire = testing::wire;

constexpr const char* kMigrant = "350212201503051239";
constexpr const char* kLocal = "430527201503051239";
constexpr const char* kBackAgain = "350212201503061234";

class HandOverTest : public ::testing::Test {
 protected:
  void SetUp() override { store::Pool::InitDriver(); }
  void Begin() {
    for (County* county : {&suining_, &tongan_}) {
      county->StartCases();
      county->Start();
    }
    suining_.Join(tongan_);
    tongan_.Join(suining_);
  }
  void Until(int year, unsigned month, unsigned day) {
    const base::UtcTime at = base::InstantAt(*base::Date::FromYmd(year, month, day), 12 * 60);
    suining_.AdvanceTo(at);
    tongan_.AdvanceTo(at);
    Settle();
  }
  void Settle() {
    int calm = 0;
    EXPECT_TRUE(harness::WaitUntil(
        [&] {
          const bool idle = suining_.Progress().work_pending() == 0 &&
                            tongan_.Progress().work_pending() == 0;
          calm = idle ? calm + 1 : 0;
          return calm >= 3;
        },
        std::chrono::seconds{30}));
  }
  std::map<std::int64_t, std::string> Stands(County& county) {
    std::map<std::int64_t, std::string> out;
    const auto reply = county.Must<v1::ListHandOversReply>(v1::ListHandOvers{});
    for (const v1::HandOverRow& row : reply.rows()) out[row.case_id()] = row.stand();
    return out;
  }
  void AwaitStand(std::int64_t case_id, const std::string& stand) {
    EXPECT_TRUE(harness::WaitUntil([&] { return Stands(suining_)[case_id] == stand; }))
        << Stands(suining_)[case_id];
  }
  static std::vector<wire::Event> OfType(County& county, const std::string& type) {
    std::vector<wire::Event> out;
    for (const wire::Event& event : county.Feed()) {
      if (event.type() == type) out.push_back(event);
    }
    return out;
  }

  County suining_{"suining", "sm"};
  County tongan_{"tongan", "sm"};
};

TEST_F(HandOverTest, AtTermEndTheHouseholdsCountyTakesOverOnce) {
  Begin();
  suining_.Enrols(kMigrant, 11, "350212");
  suining_.Enrols(kLocal, 12, "430527");
  suining_.Enrols(kBackAgain, 13, "350212");
  suining_.TellCase(1, 11, "30", 5);
  suining_.TellCase(2, 12, "30", 5);
  suining_.TellCase(3, 13, "30", 5);
  suining_.TellCase(4, 14, "10", 2);  // only suspected
  AwaitStand(3, "waiting");
  suining_.TellCase(3, 13, "40", 6);  // came back before the term's end
  AwaitStand(3, "stopped");
  EXPECT_FALSE(Stands(suining_).contains(4));

  Until(2027, 1, 28);  // the term ended on the 22nd; five working days are not over
  EXPECT_EQ(Stands(suining_)[1], "waiting");
  EXPECT_EQ(suining_.Disclosed(), 0);
  Until(2027, 1, 29);
  AwaitStand(1, "drafted");
  AwaitStand(2, "local");
  EXPECT_EQ(suining_.Disclosed(), 1) << "no number is opened of a child who stays here";

  const auto letters = suining_.List();
  ASSERT_EQ(letters.total(), 1u);
  EXPECT_EQ(letters.letters(0).kind(), v1::LETTER_KIND_GZ);
  EXPECT_EQ(letters.letters(0).case_id(), 1);
  v1::DoLetterAct approve;
  approve.set_conversation_id(letters.letters(0).conversation_id());
  approve.set_kind("approve");
  suining_.Must<v1::LetterReply>(approve);
  AwaitStand(1, "taken");
  Settle();

  const auto taken = OfType(suining_, "tracing.hand_over.taken");
  ASSERT_EQ(taken.size(), 1u);
  v1::HandOverChanged changed;
  ASSERT_TRUE(changed.ParseFromString(taken.front().payload()));
  EXPECT_EQ(changed.case_id(), 1);
  EXPECT_EQ(changed.peer(), "350212");
  EXPECT_THAT(changed.document_no(), HasSubstr("绥教函〔2027〕"));
  EXPECT_THAT(taken.front().payload(), Not(HasSubstr(kMigrant)));

  const auto wanted = OfType(tongan_, "tracing.household.wanted");
  ASSERT_EQ(wanted.size(), 1u) << "one task of the township there";
  v1::HouseholdTaskWanted task;
  ASSERT_TRUE(task.ParseFromString(wanted.front().payload()));
  EXPECT_EQ(task.purpose(), "hand_over");
  EXPECT_EQ(task.asker(), "430527");

  // The next term's end, and a restart in between: nothing goes twice.
  suining_.Stop();
  suining_.Start();
  suining_.TellCase(1, 11, "41", 7);
  Until(2027, 7, 20);
  EXPECT_EQ(suining_.List().total(), 1u);
  EXPECT_EQ(OfType(suining_, "tracing.hand_over.taken").size(), 1u);
  EXPECT_EQ(OfType(tongan_, "tracing.household.wanted").size(), 1u);
  EXPECT_EQ(Stands(suining_)[1], "taken");
}

TEST_F(HandOverTest, ACountyWhoseProfileSaysNoSendsNothing) {
  Begin();
  tongan_.Enrols(kLocal, 21, "430527");
  tongan_.TellCase(1, 21, "30", 5);
  Until(2027, 2, 10);
  EXPECT_TRUE(Stands(tongan_).empty());
  EXPECT_EQ(tongan_.List().total(), 0u);
}

TEST_F(HandOverTest, ACountyWithoutTheSoftwareGetsThePaper) {
  Begin();
  suining_.Enrols(kMigrant, 11, "441900");
  suining_.TellCase(1, 11, "30", 5);
  AwaitStand(1, "waiting");
  Until(2027, 1, 29);
  AwaitStand(1, "drafted");
  const auto letters = suining_.List();
  ASSERT_EQ(letters.total(), 1u);
  EXPECT_EQ(letters.letters(0).peer(), "441900");
  EXPECT_TRUE(letters.letters(0).paper());
}

TEST_F(HandOverTest, AHouseholdThatNobodyKnowsIsShownToAnOfficer) {
  Begin();
  suining_.Enrols(kMigrant, 11, "");
  suining_.TellCase(1, 11, "32", 5);
  AwaitStand(1, "waiting");
  Until(2027, 1, 29);
  AwaitStand(1, "problem");
  EXPECT_EQ(OfType(suining_, "tracing.hand_over.problem").size(), 1u);
  EXPECT_EQ(suining_.List().total(), 0u);
  suining_.Enrols(kMigrant, 11, "350212");  // mended in the registry: the next term's end goes on
  Until(2027, 7, 20);
  AwaitStand(1, "drafted");
}

}  // namespace
}  // namespace tracing
