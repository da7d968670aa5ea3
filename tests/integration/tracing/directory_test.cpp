// The directory between real services: what is new in a county's file reaches the others by itself,
// a revoked key counts no more, who leaves is no longer written to, and a superior speaks for the
// counties under its code.
#include <gmock/gmock.h>

#include <filesystem>
#include <iterator>

#include "integration/tracing/county.h"
#include "tracing/contract/transfers.pb.h"

namespace tracing {
namespace {

using ::testing::HasSubstr;
using testing::County;

constexpr char kChild[] = "110101201603074118";

v1::Member RecordOf(County& county, const std::string& division) {
  const auto reply = county.Must<v1::GetDirectoryReply>(v1::GetDirectory{});
  for (const v1::Member& member : reply.members()) {
    if (member.division() == division) return member;
  }
  return {};
}

std::vector<std::string> SignKeys(const v1::Member& member) {
  std::vector<std::string> ids;
  for (const v1::Key& key : member.keys()) {
    if (key.use() == "sign") ids.push_back(key.key_id());
  }
  return ids;
}

// A watch of a child who went to 绥宁; its letter is to be written now.
void Watch(County& county) {
  county.Knows(kChild, "同安区第一小学");
  county.Sql(
      "INSERT INTO transfer_watch (direction, state, student_id, change_version, student_name, "
      "other_division, other_school, own_school, began, arrive_by, was_missing, is_open, "
      "is_overdue, letter_at, letter_problem, reply_code, last_paid_term, last_paid_fen, version) "
      "VALUES (1, 1, 7, 3, '周小舟', 430527, '长铺小学', '', '2026-10-11', '2026-11-08', 0, 1, 0, "
      "'2026-10-11', '', 0, '', 0, 1)");
}
v1::Transfer Watched(County& county) {
  const auto list = county.Must<v1::ListTransfersReply>(v1::ListTransfers{});
  EXPECT_EQ(list.transfers_size(), 1);
  return list.transfers_size() == 1 ? list.transfers(0) : v1::Transfer{};
}
bool HasProblem(County& county) {
  return harness::WaitUntil([&] { return !Watched(county).letter_problem().empty(); },
                            std::chrono::seconds{20});
}
// At once: its clock stands still. `passing` happens meanwhile.
bool IsWritten(County& county, const std::function<void()>& passing = [] {}) {
  return harness::WaitUntil(
      [&] {
        passing();
        return Watched(county).letter_problem().empty() &&
               !Watched(county).conversation_id().empty();
      },
      std::chrono::seconds{20});
}

class DirectoryNewsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    store::Pool::InitDriver();
    tongan_.Start();
    suining_.Start();
    tongan_.Join(suining_);
    suining_.Join(tongan_);
  }
  std::string OwnKey() { return SignKeys(RecordOf(tongan_, "350212")).at(0); }

  County tongan_{"tongan", "sm"};
  County suining_{"suining", "sm"};
};

TEST_F(DirectoryNewsTest, ARotatedKeyReachesTheOthersByItself) {
  v1::RotateKeys rotate;
  rotate.set_overlap_days(30);
  tongan_.Must<v1::RotateKeysReply>(rotate);
  EXPECT_TRUE(harness::WaitUntil(
      [&] { return SignKeys(RecordOf(suining_, "350212")).size() == 2; },
      std::chrono::seconds{20}));
  EXPECT_TRUE(harness::WaitUntil(
      [&] { return tongan_.Must<v1::GetDirectoryReply>(v1::GetDirectory{}).not_told().empty(); },
      std::chrono::seconds{20}));
  // And it counts there once the old one has ended.
  tongan_.Advance(std::chrono::days{31});
  suining_.Advance(std::chrono::days{31});
  suining_.Knows(kChild, "绥宁县长铺镇中心小学");
  const std::string id = tongan_.Send("430527", 42, kChild).conversation_id();
  EXPECT_TRUE(tongan_.Await(id, v1::LETTER_STATE_ANSWERED)) << tongan_.Look(id).DebugString();
}

TEST_F(DirectoryNewsTest, ARevokedKeyIsRefusedAndAnotherOneThatIsKnownGoesOn) {
  const std::string old = OwnKey();
  v1::RotateKeys rotate;
  tongan_.Must<v1::RotateKeysReply>(rotate);
  ASSERT_TRUE(harness::WaitUntil(
      [&] { return SignKeys(RecordOf(suining_, "350212")).size() == 2; },
      std::chrono::seconds{20}));
  v1::RevokeKey revoke;
  revoke.set_key_id(old);
  EXPECT_EQ(tongan_.Ask<v1::RevokeKeyReply>(revoke).error().reason, "TEXT_MISSING");
  revoke.set_reason("存放钥匙的电脑丢失");
  EXPECT_FALSE(tongan_.Must<v1::RevokeKeyReply>(revoke).by_telephone());
  EXPECT_EQ(tongan_.Ask<v1::RevokeKeyReply>(revoke).error().reason, "NO_KEY");
  const auto revoked_there = [&] {
    const v1::Member member = RecordOf(suining_, "350212");
    for (const v1::Key& key : member.keys()) {
      if (key.key_id() == old && key.use() == "sign") return key.has_revoked_at();
    }
    return false;
  };
  EXPECT_TRUE(harness::WaitUntil(revoked_there, std::chrono::seconds{20}));
  suining_.Knows(kChild, "绥宁县长铺镇中心小学");
  const std::string id = tongan_.Send("430527", 42, kChild).conversation_id();
  ASSERT_TRUE(tongan_.Await(id, v1::LETTER_STATE_ANSWERED)) << tongan_.Look(id).DebugString();
  EXPECT_TRUE(tongan_.Judge(id).holds());
}

TEST_F(DirectoryNewsTest, TheLastKeyThatIsRevokedNeedsTheTelephone) {
  v1::RevokeKey revoke;
  revoke.set_key_id(OwnKey());
  revoke.set_reason("钥匙泄露");
  const auto reply = tongan_.Must<v1::RevokeKeyReply>(revoke);
  EXPECT_TRUE(reply.by_telephone());
  EXPECT_EQ(reply.keys_size(), 2);
  // Nobody who stole the old key can bring a new one in.
  const auto behind = [&] {
    return tongan_.Must<v1::GetDirectoryReply>(v1::GetDirectory{}).not_told_size() == 1;
  };
  EXPECT_TRUE(harness::WaitUntil(behind, std::chrono::seconds{20}));
  EXPECT_EQ(SignKeys(RecordOf(suining_, "350212")).size(), 1u);
  const auto file = tongan_.Must<v1::ExportMemberReply>(v1::ExportMember{});
  v1::ImportDirectory import;
  *import.mutable_directory() = file.directory();
  EXPECT_EQ(suining_.Ask<v1::ImportDirectoryReply>(import).error().reason, "FINGERPRINT_MISSING");
  import.set_fingerprint(file.fingerprint());
  EXPECT_EQ(suining_.Must<v1::ImportDirectoryReply>(import).changed(), 1u);
}

TEST_F(DirectoryNewsTest, WhoLeavesIsWrittenToOnPaperFromThenOn) {
  const auto reply = suining_.Must<v1::LeaveDirectoryReply>(v1::LeaveDirectory{});
  EXPECT_EQ(reply.told(), 1u);
  EXPECT_EQ(reply.not_told(), 0u);
  EXPECT_TRUE(harness::WaitUntil([&] { return RecordOf(tongan_, "430527").paper(); },
                                 std::chrono::seconds{20}));
  const v1::Letter letter = tongan_.Send("430527", 42, kChild);
  EXPECT_TRUE(letter.paper()) << letter.DebugString();
  EXPECT_TRUE(RecordOf(suining_, "350212").division().empty());
}

TEST(WatchLetter, GoesAtOnceWhenItsCountyIsImported) {
  store::Pool::InitDriver();
  County tongan{"tongan", "sm"};
  County suining{"suining", "sm"};
  tongan.Configure("ask_subsidy: false\n");
  tongan.Start();
  suining.Start();
  Watch(tongan);
  ASSERT_TRUE(HasProblem(tongan));
  EXPECT_THAT(Watched(tongan).letter_problem(), HasSubstr("通讯录中没有区划 430527"));
  suining.Join(tongan);
  EXPECT_EQ(tongan.List().total(), 0u);
  tongan.Join(suining);
  EXPECT_TRUE(IsWritten(tongan)) << Watched(tongan).DebugString();
  EXPECT_EQ(tongan.List().total(), 1u);
}

// A prefecture with the rules of a county under it, and one code that was renamed.
void WritePrefecture(const std::string& config_dir) {
  std::filesystem::copy(std::string{BAOXUE_SOURCE_DIR} + "/config", config_dir,
                        std::filesystem::copy_options::recursive);
  std::ifstream in{config_dir + "/counties/suining.yaml"};
  std::string text{std::istreambuf_iterator<char>{in}, {}};
  const std::string division = "division: \"430527\"";
  text.replace(text.find(division), division.size(), "division: \"430500\"");
  std::ofstream{config_dir + "/counties/shaoyang.yaml"} << text;
}

TEST(Superior, AFileOfThePrefectureIsEnoughToJoinItsCounties) {
  store::Pool::InitDriver();
  harness::TempDir dir{"prefecture"};
  WritePrefecture(dir.File("config"));
  County prefecture{"shaoyang", "sm", dir.File("config")};
  prefecture.Configure("division_changes:\n"
                       "  - {from: \"430521\", became: [\"430527\"], on: 2019-11-08,"
                       " source: \"test\"}\n");
  County suining{"suining", "sm"};
  County tongan{"tongan", "sm"};
  for (County* const one : {&prefecture, &suining, &tongan}) one->Start();
  tongan.Join(prefecture);
  prefecture.Join(tongan);
  suining.Join(prefecture);
  prefecture.Join(suining);  // from here on the prefecture's file names 绥宁
  ASSERT_TRUE(harness::WaitUntil([&] { return !RecordOf(tongan, "430527").division().empty(); },
                                 std::chrono::seconds{20}));
  // It does not speak for a county of another prefecture: 绥宁 has to hear of 同安 by itself.
  EXPECT_TRUE(RecordOf(suining, "350212").division().empty());
  suining.Join(tongan);
  suining.Knows(kChild, "绥宁县长铺镇中心小学");
  const std::string id = tongan.Send("430527", 42, kChild).conversation_id();
  tongan.Advance(std::chrono::minutes{1});  // 绥宁 may have been opening its door just then
  EXPECT_TRUE(tongan.Await(id, v1::LETTER_STATE_ANSWERED)) << tongan.Look(id).DebugString();
  // A code that is no more leads to the county that took its duties over.
  EXPECT_EQ(tongan.Send("430521", 43, kChild).peer(), "430527");
}

TEST(Superior, ItsNewsSendTheLetterOfAWatchAtOnce) {
  store::Pool::InitDriver();
  harness::TempDir dir{"prefecture"};
  WritePrefecture(dir.File("config"));
  County prefecture{"shaoyang", "sm", dir.File("config")};
  County suining{"suining", "sm"};
  County tongan{"tongan", "sm"};
  tongan.Configure("ask_subsidy: false\n");
  for (County* const one : {&prefecture, &suining, &tongan}) one->Start();
  tongan.Join(prefecture);
  prefecture.Join(tongan);
  Watch(tongan);
  ASSERT_TRUE(HasProblem(tongan));
  prefecture.Join(suining);  // and tells it to 同安, again if its door was just being opened
  EXPECT_TRUE(IsWritten(tongan, [&] { prefecture.Advance(std::chrono::minutes{1}); }))
      << Watched(tongan).DebugString();
}

}  // namespace
}  // namespace tracing
