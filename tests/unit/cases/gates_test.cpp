// Every gate with its reason, every closing with and without its evidence, and the shapes of acts.
#include <functional>

#include "cases/domain/acts.h"
#include "unit/cases/story.h"

namespace cases::testing {
namespace {

class Gates : public ::testing::Test {
 protected:
  Gates() {
    story.Suspect("2026-09-09 08:30", "2026-09-07");
    EXPECT_DONE(story.Do("2026-09-09 09:00", Contact()));  // 核查中
  }
  void Confirm() {
    EXPECT_DONE(story.Do("2026-09-10 09:00", Persuasion()));
    Act confirm = Kind("confirm_dropout");
    confirm.reason_code = "11";
    EXPECT_DONE(story.Do("2026-10-05 09:00", confirm));
  }
  AllowedAct Find(std::string_view local, std::string_view kind, std::string_view target = {},
                  const Actor* actor = nullptr) {
    for (const AllowedAct& one : story.See(local, actor).allowed) {
      if (one.kind == kind && one.target == target) return one;
    }
    ADD_FAILURE() << "no " << kind << " " << target;
    return {};
  }
  Story story;
};

TEST_F(Gates, PersuasionsOnDifferentDaysAndAHomeVisit) {
  Act up = Kind("escalate", "");
  up.target = "4";
  up.reason_code = "强制报告";
  EXPECT_REFUSED(story.Do("2026-09-10 08:00", up), "PERSUASIONS_MISSING",
                 "需要在2个不同日期的3次劝返，已记录0次");
  for (int i = 0; i < 3; ++i) EXPECT_DONE(story.Do("2026-09-10 09:00", Persuasion()));
  EXPECT_REFUSED(story.Do("2026-09-10 10:00", up), "PERSUASIONS_MISSING",
                 "需要在2个不同日期的3次劝返，已记录3次，都在1个日期内");
  EXPECT_DONE(story.Do("2026-09-11 09:00", Persuasion()));
  EXPECT_REFUSED(story.Do("2026-09-11 10:00", up), "HOME_VISIT_MISSING",
                 "需要1次入户家访，已记录0次");
  EXPECT_DONE(story.Do("2026-09-11 11:00", Persuasion("家访")));
  EXPECT_REFUSED(story.Do("2026-09-11 12:00", up), "EVIDENCE_MISSING", "书面报告");
  up.evidence = {"书面报告:1"};
  EXPECT_DONE(story.Do("2026-09-11 12:00", up));
  EXPECT_EQ(story.Known().level, 4);
}

TEST_F(Gates, BackdatedPersuasionsCountForTheirDay) {
  Act yesterday = Persuasion();
  yesterday.at = At("2026-09-10 16:00");
  EXPECT_DONE(story.Do("2026-09-11 09:00", yesterday));
  EXPECT_TRUE(story.Known().persuasion_days.contains(Day("2026-09-10")));
}

TEST_F(Gates, MissingNeedsFailedRoutesAndInquiries) {
  const Act missing = Kind("mark_missing");
  EXPECT_REFUSED(story.Do("2026-09-10 09:00", missing), "ROUTES_MISSING",
                 "需要2种联系方式均未联系上，已记录0种；需要向村(居)委会查询下落的记录；需要向公安查询");
  EXPECT_DONE(story.Do("2026-09-10 09:10", Contact("未接通")));
  EXPECT_DONE(story.Do("2026-09-10 09:20", Contact("未接通")));
  EXPECT_DONE(story.Do("2026-09-10 09:30", Visit("未见到人")));
  EXPECT_REFUSED(story.Do("2026-09-10 09:40", missing), "INQUIRY_MISSING", "村(居)委会");
  for (const char* body : {"村(居)委会", "公安"}) {
    Act inquire = Kind("inquire", "");
    inquire.target = body;
    inquire.outcome = "下落不明";
    EXPECT_DONE(story.Do("2026-09-10 10:00", inquire));
  }
  EXPECT_DONE(story.Do("2026-09-10 10:10", missing));
  EXPECT_EQ(story.Known().state, "31");
}

TEST_F(Gates, AnOrderNeedsItsLevelItsEvidenceAndItsTerm) {
  Confirm();
  Act order = Kind("order");
  order.document_no = "1号";
  story.profile().tasks.clear();  // keep the level where it is
  EXPECT_EQ(story.Known().level, 3);
  EXPECT_REFUSED(story.Do("2026-10-08 09:00", order, Officer()), "EVIDENCE_MISSING",
                 "缺少佐证材料：送达回证；需要填写：截止日期");
  order.evidence = {"送达回证：2026-1"};  // a full-width colon is a colon
  order.until = Day("2026-10-08");
  EXPECT_REFUSED(story.Do("2026-10-08 09:00", order, Officer()), "UNTIL_PAST", "今天之后");
  order.until = Day("2026-12-09");
  EXPECT_REFUSED(story.Do("2026-10-08 09:00", order, Officer()), "UNTIL_TOO_FAR",
                 "期限最长2个月，不得晚于2026-12-08");
  order.until = Day("2026-12-08");
  EXPECT_DONE(story.Do("2026-10-08 09:00", order, Officer()));
}

TEST_F(Gates, ALevelThatIsTooLow) {
  story.profile().states[2].ways[0].gate.level_min = 2;
  Act confirm = Kind("confirm_dropout");
  confirm.reason_code = "11";
  EXPECT_REFUSED(story.Do("2026-09-09 10:00", confirm), "LEVEL_TOO_LOW",
                 "需要先提级到第2级（学校），现为第1级");
}

TEST_F(Gates, TransferNeedsOneOfItsProofs) {
  EXPECT_REFUSED(story.Do("2026-09-10 09:00", Resolve("41")), "EVIDENCE_MISSING",
                 "缺少佐证材料：转学完成，或就读证明和外校学籍号");
  EXPECT_REFUSED(story.Do("2026-09-10 09:00", Resolve("41", {"就读证明:1"})), "EVIDENCE_MISSING",
                 "转学完成");
  Act attach = Kind("attach", "");
  attach.evidence = {"外校学籍号:G1"};
  EXPECT_DONE(story.Do("2026-09-10 09:05", attach));
  EXPECT_DONE(story.Do("2026-09-10 09:10", Resolve("41", {"就读证明:1"})));
  EXPECT_EQ(story.Known().state, "41");
}

TEST_F(Gates, DeferralNeedsApprovalAndATerm) {
  const base::Date until = Day("2027-08-31");
  EXPECT_REFUSED(story.Do("2026-09-10 09:00", Resolve("42", {"申请书:1"}, until)),
                 "APPROVAL_MISSING", "需要区教育局或街道批准");
  EXPECT_REFUSED(story.Do("2026-09-10 09:00", Approve("校董会")), "TARGET_UNKNOWN", "校董会");
  EXPECT_DONE(story.Do("2026-09-10 09:00", Approve("区教育局"), Officer()));
  EXPECT_DONE(story.Do("2026-09-10 09:01", Approve("bureau", "no"), Officer()));
  EXPECT_REFUSED(story.Do("2026-09-10 09:02", Resolve("42", {"申请书:1"}, until)),
                 "APPROVAL_MISSING", "批准");
  EXPECT_DONE(story.Do("2026-09-10 09:03", Approve("town"), Officer()));
  EXPECT_REFUSED(story.Do("2026-09-10 09:04", Resolve("42", {"申请书:1"})), "FIELD_MISSING",
                 "截止日期");
  EXPECT_DONE(story.Do("2026-09-10 09:05", Resolve("42", {"申请书:1"}, until)));
  EXPECT_EQ(story.See("2026-09-10 09:05").next_due, At("2027-08-31 17:30"));
}

TEST_F(Gates, ARefuserNeedsJointPersuasionsOrAJudgmentAndConsentOfTheGroup) {
  Confirm();
  const Act defer = Resolve("42", {}, Day("2027-08-31"));
  EXPECT_REFUSED(story.Do("2026-10-08 09:00", defer), "JOINT_PERSUASIONS_MISSING",
                 "需要3次联合劝返，已记录0次；暂不能向学籍系统核对该生是否属于脱贫户、监测户");
  Act judgment = Kind("attach", "");
  judgment.evidence = {"判决书:1"};
  EXPECT_DONE(story.Do("2026-10-08 09:01", judgment));
  EXPECT_REFUSED(story.Do("2026-10-08 09:02", defer), "GROUPS_UNKNOWN", "请稍后再试");
  EXPECT_TRUE(story.See("2026-10-08 09:02").groups_wanted);
  EXPECT_DONE(story.Give("2026-10-08 09:03", GroupsLearned{.groups = {"低保", "监测户"}}));
  EXPECT_REFUSED(story.Do("2026-10-08 09:04", defer), "CONSENT_MISSING",
                 "需要乡村振兴工作领导小组核实同意");
  EXPECT_DONE(story.Do("2026-10-08 09:05", Approve("rural_group"), Officer()));
  EXPECT_DONE(story.Do("2026-10-08 09:06", defer));
  EXPECT_EQ(story.Known().state, "42");
}

TEST_F(Gates, NoConsentForOtherFamilies) {
  Confirm();
  for (int i = 0; i < 3; ++i) EXPECT_DONE(story.Do("2026-10-08 09:00", Persuasion("联合")));
  EXPECT_DONE(story.Give("2026-10-08 09:03", GroupsLearned{.groups = {"低保"}}));
  EXPECT_DONE(story.Do("2026-10-08 09:06", Resolve("42", {}, Day("2027-08-31"))));
}

TEST_F(Gates, ATaskThatMustBeDone) {
  const Act rest = Resolve("43", {}, Day("2027-01-31"));
  EXPECT_REFUSED(story.Do("2026-09-10 09:00", rest), "TASK_OPEN", "需要先完成：学籍标注");
  story.Wait("2026-09-11 17:30");  // level 2 starts the task
  EXPECT_DONE(story.Do("2026-09-14 09:00", Kind("mark_registry", ""), Principal()));
  EXPECT_DONE(story.Do("2026-09-14 09:01", rest));
}

TEST_F(Gates, StatesAndTargets) {
  EXPECT_REFUSED(story.Do("2026-09-10 09:00", Resolve("80")), "TARGET_UNKNOWN",
                 "没有代码为“80”的结案去向");
  EXPECT_REFUSED(story.Do("2026-09-10 09:00", Resolve("99")), "TARGET_UNKNOWN", "99");
  EXPECT_REFUSED(story.Do("2026-09-10 09:00", Resolve("48")), "WRONG_STATE", "核查中");
  Act order = Kind("order");
  order.document_no = "1号";
  EXPECT_REFUSED(story.Do("2026-09-10 09:00", order), "WRONG_STATE",
                 "当前状态“核查中”不能进行“责令限期复学”，需要先处于：辍学");
  EXPECT_REFUSED(story.Do("2026-09-10 09:00", Kind("reopen")), "WRONG_STATE", "重新打开");
  EXPECT_DONE(story.Do("2026-09-10 09:00", Kind("returned", "")));
  EXPECT_REFUSED(story.Do("2026-09-10 09:10", Report()), "WRONG_STATE", "书面报告");
}

TEST_F(Gates, WithdrawalByHandNeedsTheSlip) {
  EXPECT_REFUSED(story.Do("2026-09-10 09:00", Kind("withdraw")), "EVIDENCE_MISSING", "请假条");
  Act withdraw = Kind("withdraw");
  withdraw.evidence = {"请假条:1"};
  EXPECT_DONE(story.Do("2026-09-10 09:00", withdraw));
  EXPECT_REFUSED(story.Do("2026-09-10 09:10", Persuasion()), "CASE_CLOSED", "个案已结束");
  EXPECT_DONE(story.Do("2026-09-10 09:10", Kind("note")));
  EXPECT_REFUSED(story.Do("2026-09-10 09:10", Kind("reopen")), "WRONG_STATE", "误报");
}

TEST_F(Gates, ReopenedByHand) {
  EXPECT_DONE(story.Do("2026-09-10 09:00", Resolve("41", {"转学完成:1"})));
  EXPECT_DONE(story.Do("2026-09-12 09:00", Kind("reopen", "转学未成"), Officer()));
  EXPECT_EQ(story.Known().state, "10");
  EXPECT_TRUE(story.Known().evidence.empty());
}

TEST_F(Gates, TheListSaysTheSame) {
  const AllowedAct up = Find("2026-09-10 09:00", "report");
  EXPECT_FALSE(up.allowed);
  EXPECT_EQ(up.reason, "需要1次劝返，已记录0次");
  const AllowedAct transfer = Find("2026-09-10 09:00", "resolve", "41");
  EXPECT_TRUE(transfer.allowed);
  ASSERT_EQ(transfer.needs.size(), 1u);
  EXPECT_EQ(transfer.needs[0], "佐证材料：转学完成，或就读证明和外校学籍号");
  EXPECT_EQ(Find("2026-09-10 09:00", "acknowledge").reason, "没有待签收的报告或移交");
  EXPECT_EQ(Find("2026-09-10 09:00", "escalate", "3").reason,
            "越级需要写明理由(原因代码)：失联、强制报告");
  EXPECT_TRUE(Find("2026-09-10 09:00", "suspend_clock", "visit").allowed);
  EXPECT_EQ(Find("2026-09-10 09:00", "resume_clock").reason, "没有暂停的期限");
  EXPECT_TRUE(Find("2026-09-10 09:00", "note").allowed);
  EXPECT_FALSE(Find("2026-09-10 09:00", "review").allowed);
}

struct ShapeCase {
  std::string_view name;
  Act act;
  std::string_view reason;
  std::string_view detail;
};

class Shapes : public ::testing::TestWithParam<ShapeCase> {};

TEST_P(Shapes, AreRefused) {
  const base::Status status = CheckShape(GetParam().act, SmallProfile(), At("2026-09-20 10:00"));
  EXPECT_REFUSED(status, GetParam().reason, std::string{GetParam().detail});
}

Act With(Act act, const std::function<void(Act&)>& change) {
  change(act);
  return act;
}

INSTANTIATE_TEST_SUITE_P(
    Table, Shapes,
    ::testing::Values(
        ShapeCase{"Unknown", Kind("expel"), "ACT_UNKNOWN", "没有名为“expel”的操作"},
        ShapeCase{"NoKind", Act{}, "ACT_UNKNOWN", "没有名为"},
        ShapeCase{"NoMethod", With(Contact(), [](Act& a) { a.method.clear(); }), "FIELD_MISSING",
                  "“联系监护人”需要填写：方式"},
        ShapeCase{"NoOutcome", With(Visit(), [](Act& a) { a.outcome.clear(); }), "FIELD_MISSING",
                  "结果"},
        ShapeCase{"NobodyPersuaded", With(Persuasion(), [](Act& a) { a.participants.clear(); }),
                  "FIELD_MISSING", "参加人员"},
        ShapeCase{"OddOutcome", Contact("也许"), "BAD_OUTCOME", "返校、承诺、拒绝、未见到人"},
        ShapeCase{"PromiseWithoutDay", Persuasion("电话", "承诺"), "FIELD_MISSING", "承诺返校日期"},
        ShapeCase{"Tomorrow", With(Contact(), [](Act& a) { a.at = At("2026-09-21 10:00"); }),
                  "ACT_IN_FUTURE", "2026-09-21 10:00晚于当前时间"},
        ShapeCase{"LongAgo", With(Contact(), [](Act& a) { a.at = At("2026-09-05 10:00"); }),
                  "ACT_TOO_OLD", "只能补录14日内"},
        ShapeCase{"NamelessEvidence", With(Kind("note"), [](Act& a) { a.evidence = {":1.jpg"}; }),
                  "BAD_EVIDENCE", "种类:编号"},
        ShapeCase{"LongText", Kind("note", std::string(9000, 'x')), "TEXT_TOO_LONG", "过长"},
        ShapeCase{"ManyPeople", With(Visit(), [](Act& a) { a.participants.resize(50, "张"); }),
                  "TEXT_TOO_LONG", "过多"}),
    [](const auto& param) { return std::string{param.param.name}; });

TEST(Acts, TheDayBeforeYesterdayAndAFastClockAreFine) {
  Act act = Contact();
  act.at = At("2026-09-06 23:59");
  EXPECT_DONE(CheckShape(act, SmallProfile(), At("2026-09-20 10:00")));
  act.at = At("2026-09-20 10:05");
  EXPECT_DONE(CheckShape(act, SmallProfile(), At("2026-09-20 10:00")));
}

TEST(Acts, NoCaseNoAct) {
  Story story;
  EXPECT_REFUSED(story.Do("2026-09-10 09:00", Kind("note")), "NO_CASE", "没有这个个案");
}

}  // namespace
}  // namespace cases::testing
