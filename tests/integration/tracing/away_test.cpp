// Children of 绥宁 who live in 同安, over a rehearsed school year: visits, proof by letter each term,
// proof that is missing, proof that comes by itself, coming back, and kill -9 in between.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <functional>
#include <map>

#include "integration/tracing/away_children.h"

namespace tracing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using testing::County;
using testing::Entry;
using testing::Number;
using testing::PutDay;
using testing::Text;
namespace wire = testing::wire;

class AwayTest : public testing::TwoCounties {
 protected:
  void Begin() {
    suining_.Start();
    tongan_.Start();
    Meet();
  }
  std::map<std::string, int> Told() {
    std::map<std::string, int> told;
    for (const wire::Event& event : suining_.Feed()) {
      const bool away = event.type().starts_with("tracing.away.");
      const bool visit = event.type() == "tracing.household.wanted";
      if (away || visit) ++told[event.type()];
      EXPECT_THAT(event.payload(), Not(HasSubstr("周小舟"))) << event.type();
      EXPECT_THAT(event.payload(), Not(HasSubstr("20150305"))) << event.type();
    }
    return told;
  }
  // Those that ask; the superior's copies of late ones are beside it.
  static std::uint64_t LettersOf(County& county) {
    return static_cast<std::uint64_t>(TwoCounties::LettersOf(county, v1::LETTER_KIND_XC));
  }
};

TEST_F(AwayTest, ASchoolYearOfProofsVisitsAndWhatIsMissing) {
  Begin();
  tongan_.Knows(Number(1), "同安区第一实验小学");
  const auto found = Add(Number(1)).away_id();
  const auto lost = Add(Number(2)).away_id();
  const auto old = suining_.Ask<v1::AwayReply>(Entry(Number(3, 2009)));
  ASSERT_FALSE(old.ok());
  EXPECT_EQ(old.error().reason, "OVER_AGE");
  EXPECT_EQ(Look(found).state(), v1::AWAY_STATE_ELSEWHERE);
  EXPECT_EQ(Look(found).next_task(), "visit");

  Until("2026-09-04", 12 * 60);
  EXPECT_EQ(Look(found).state(), v1::AWAY_STATE_PROVEN) << Look(found).DebugString();
  EXPECT_EQ(Text(Look(found).proof_until()), "2027-01-22");
  EXPECT_EQ(Look(found).school(), "同安区第一实验小学");
  EXPECT_EQ(Look(lost).state(), v1::AWAY_STATE_ELSEWHERE);
  EXPECT_EQ(Told()["tracing.household.wanted"], 2);
  EXPECT_EQ(LettersOf(suining_), 2u);

  Until("2026-10-20", 12 * 60);
  EXPECT_EQ(Look(lost).state(), v1::AWAY_STATE_PROOF_MISSING);
  EXPECT_EQ(Told()["tracing.away.proof_missing"], 1);

  // Half a year later it is asked anew, by itself, and answered by itself.
  Until("2027-02-25", 12 * 60);
  EXPECT_EQ(Text(Look(found).proof_until()), "2027-07-02") << Look(found).DebugString();
  EXPECT_EQ(LettersOf(suining_), 4u);
  auto told = Told();
  EXPECT_EQ(told["tracing.away.proven"], 2);
  EXPECT_EQ(told["tracing.away.asked"], 4);
  EXPECT_EQ(told["tracing.away.visit"], 4);

  // The same moment again, and a restart: nothing twice.
  suining_.Stop();
  suining_.Start();
  Until("2027-02-26", 12 * 60);
  EXPECT_EQ(LettersOf(suining_), 4u);
  EXPECT_EQ(Told(), told);
  // Every step stands in the history, with the letter that it came from.
  const v1::AwayRow row = Look(found);
  EXPECT_EQ(row.history_size(), row.version());
  EXPECT_EQ(row.history(0).kind(), "listed");
  EXPECT_THAT(row.id_masked(), Not(HasSubstr("20150305")));
}

TEST_F(AwayTest, AProofThatComesByItselfCounts) {
  Begin();
  const auto id = Add(Number(1)).away_id();
  v1::DraftLetter draft;
  draft.set_kind(v1::LETTER_KIND_JD);
  draft.set_to("430527");
  v1::ProofLetter& proof = *draft.mutable_proof();
  proof.mutable_child()->set_name("周小舟");
  proof.mutable_child()->set_id_number(Number(1));
  proof.mutable_child()->set_household_division("430527");
  proof.set_school("同安区西柯中心小学");
  proof.set_term("2026-2027学年第一学期");
  PutDay("2026-09-01", proof.mutable_since());
  proof.mutable_contact()->set_body("厦门市同安区教育局");
  const auto sent = tongan_.Must<v1::LetterReply>(draft).letter();
  v1::DoLetterAct approve;
  approve.set_conversation_id(sent.conversation_id());
  approve.set_kind("approve");
  ASSERT_TRUE(tongan_.AskAs<v1::LetterReply>(approve, County::Leader()).ok());
  ASSERT_TRUE(harness::WaitUntil([&] { return Look(id).state() == v1::AWAY_STATE_PROVEN; }))
      << Look(id).DebugString();
  EXPECT_EQ(Text(Look(id).proof_until()), "2027-01-22");
  EXPECT_EQ(Look(id).school(), "同安区西柯中心小学");
  Until("2026-09-10", 12 * 60);
  EXPECT_EQ(LettersOf(suining_), 0u) << "nothing is asked that is proven";
}

TEST_F(AwayTest, WhoSitsInOneOfOurClassesIsNotWrittenAbout) {
  Begin();
  const auto id = Add(Number(1)).away_id();
  suining_.Knows(Number(1), "绥宁县长铺镇中心小学");
  Until("2026-09-04", 12 * 60);
  EXPECT_EQ(Look(id).state(), v1::AWAY_STATE_BACK);
  EXPECT_EQ(Look(id).student_id(), 7);
  EXPECT_EQ(LettersOf(suining_), 0u);
  EXPECT_EQ(Told()["tracing.household.wanted"], 0);
}

TEST_F(AwayTest, OfficersActsAndTheirRefusals) {
  Begin();
  const auto id = Add(Number(1)).away_id();
  const auto act = [&](const std::string& kind, const std::string& text,
                       const std::function<void(v1::DoAwayAct&)>& more = {}) {
    v1::DoAwayAct request;
    request.set_away_id(id);
    request.set_kind(kind);
    request.set_text(text);
    if (more) more(request);
    const auto reply = suining_.Ask<v1::AwayReply>(request);
    return reply.ok() ? std::string{"ok"} : reply.error().reason;
  };
  EXPECT_EQ(act("fly", ""), "BAD_ACT");
  EXPECT_EQ(act("end", ""), "TEXT_MISSING");
  EXPECT_EQ(act("proof", ""), "SCHOOL_MISSING");
  EXPECT_EQ(act("proof", "", [](auto& r) { r.set_school("一中"); }), "BAD_DATE");
  EXPECT_EQ(act("move", "", [](auto& r) { r.set_division("430527"); }), "LIVES_HERE");
  EXPECT_EQ(act("resume", "误操作"), "WRONG_STATE");
  EXPECT_EQ(act("note", "x", [](auto& r) { r.set_expected_version(99); }), "VERSION_MISMATCH");
  EXPECT_EQ(act("note", "号码" + Number(1)), "ok");
  EXPECT_THAT(Look(id).DebugString(), Not(HasSubstr(Number(1))));
  EXPECT_EQ(act("proof", "", [](auto& r) {
              r.set_school("同安一中");
              PutDay("2026-09-01", r.mutable_since());
            }),
            "ok");
  EXPECT_EQ(Look(id).state(), v1::AWAY_STATE_PROVEN);
  EXPECT_EQ(act("end", "户籍已迁出"), "ok");
  EXPECT_EQ(act("end", "再次"), "WRONG_STATE");
  EXPECT_EQ(act("ask", ""), "WRONG_STATE");
  EXPECT_EQ(act("resume", "户籍未迁出"), "ok");
  EXPECT_EQ(Look(id).state(), v1::AWAY_STATE_ELSEWHERE);
  v1::GetAway nobody;
  nobody.set_away_id(999);
  EXPECT_EQ(suining_.Ask<v1::AwayReply>(nobody).error().reason, "NO_AWAY");
  // 同安 keeps no such list.
  EXPECT_EQ(tongan_.Ask<v1::AwayReply>(Entry(Number(2))).error().reason, "AWAY_OFF");
}

TEST_F(AwayTest, AListSaysForEachRowWhatIsWrong) {
  Begin();
  v1::ImportAway list;
  list.set_file_name("外出儿童.csv");
  for (const char* header : {"姓名", "身份证号", "乡镇", "外出时间", "居住地区划代码", "类型", "爱好"}) {
    list.add_header(header);
  }
  const auto row = [&](std::uint64_t number, const std::vector<std::string>& cells) {
    v1::AwayListRow& one = *list.add_rows();
    one.set_number(number);
    for (const std::string& cell : cells) one.add_cells(cell);
  };
  row(2, {"甲", Number(11), "长铺镇", "2025年9月", "350212", "举家搬迁"});
  row(3, {"", Number(12), "", "去年", "999999", "旅游"});
  row(4, {"丙", "430527201503051234", "长铺镇", "2025/9/1", "430527", ""});
  row(5, {"丁", Number(14, 2008), "长铺镇", "20250901", "", ""});
  row(6, {"甲", Number(11), "长铺镇", "2025-09-01", "", ""});
  list.set_dry_run(true);
  auto reply = suining_.Must<v1::ImportAwayReply>(list);
  EXPECT_EQ(reply.added(), 1u);
  v1::ListAway all;
  EXPECT_EQ(suining_.Must<v1::ListAwayReply>(all).total(), 0u) << "a dry run keeps nothing";
  list.set_dry_run(false);
  reply = suining_.Must<v1::ImportAwayReply>(list);
  EXPECT_EQ(reply.added(), 1u);
  EXPECT_EQ(suining_.Must<v1::ListAwayReply>(all).total(), 1u);
  std::multimap<std::uint64_t, std::string> refused;
  for (const v1::AwayRefusal& one : reply.refused()) {
    refused.emplace(one.number(), one.text());
    EXPECT_THAT(one.text(), Not(HasSubstr("20150305")));
  }
  const auto says = [&](std::uint64_t number, const std::string& text) {
    const auto [first, last] = refused.equal_range(number);
    return std::any_of(first, last, [&](const auto& one) {
      return one.second.find(text) != std::string::npos;
    });
  };
  EXPECT_TRUE(says(3, "姓名"));
  EXPECT_TRUE(says(3, "乡镇"));
  EXPECT_TRUE(says(3, "外出日期"));
  EXPECT_TRUE(says(3, "现居住地区划"));
  EXPECT_TRUE(says(3, "类型"));
  EXPECT_TRUE(says(4, "校验码"));
  EXPECT_TRUE(says(4, "是本县"));
  EXPECT_TRUE(says(5, "超过义务教育年龄"));
  EXPECT_TRUE(says(6, "与第2行是同一儿童"));
  EXPECT_EQ(refused.count(2), 0u);
  EXPECT_EQ(reply.unknown_columns(0), "爱好");
  // The same list once more changes nothing.
  reply = suining_.Must<v1::ImportAwayReply>(list);
  EXPECT_EQ(reply.added(), 0u);
  EXPECT_EQ(reply.unchanged(), 1u);
  list.clear_header();
  list.add_header("姓名");
  EXPECT_EQ(suining_.Ask<v1::ImportAwayReply>(list).error().reason, "HEADER_MISSING_COLUMNS");
}

TEST_F(AwayTest, Kill9WhileTheTermBeginsDoublesNothing) {
  suining_.Launch();
  tongan_.Start();
  Meet();
  constexpr int kChildren = 25;
  for (int i = 0; i < kChildren; ++i) {
    tongan_.Knows(Number(100 + i), "同安区第一实验小学");
    Add(Number(100 + i));
  }
  const base::UtcTime asked = base::InstantAt(*base::Date::FromYmd(2026, 9, 2), 8 * 60 + 1);
  tongan_.AdvanceTo(asked);
  suining_.AdvanceTo(asked);
  for (const int after : {3, 12}) {
    EXPECT_TRUE(harness::WaitUntil(
        [&] { return LettersOf(suining_) >= static_cast<std::uint64_t>(after); }));
    suining_.Kill9();
    suining_.Launch();
  }
  const bool all = harness::WaitUntil(
      [&] {
        tongan_.Advance(std::chrono::minutes{5});
        suining_.Advance(std::chrono::minutes{5});
        return Told()["tracing.away.proven"] == kChildren;
      },
      std::chrono::seconds{60});
  EXPECT_TRUE(all);
  EXPECT_EQ(LettersOf(suining_), static_cast<std::uint64_t>(kChildren));
  auto told = Told();
  EXPECT_EQ(told["tracing.away.asked"], kChildren);
  EXPECT_EQ(told["tracing.away.visit"], kChildren);
  EXPECT_EQ(told["tracing.household.wanted"], kChildren);
}

}  // namespace
}  // namespace tracing
