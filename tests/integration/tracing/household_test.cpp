// What a letter brings about on both sides by itself: a township's task whose outcome is the
// answer, and the case that moves by it. The real tracing and the real cases of both counties.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include "cases/contract/cases.pb.h"
#include "cases/endpoints/service.h"
#include "integration/tracing/county.h"

namespace tracing {
namespace {

namespace cases = baoxue::cases::v1;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::County;

constexpr const char* kId = "11010519491231002X";
constexpr const char* kName = "周小舟";

class HouseholdTest : public ::testing::Test {
 protected:
  void SetUp() override { store::Pool::InitDriver(); }
  void Begin() {
    for (County* county : {&tongan_, &suining_}) {
      county->Also("cases", ::cases::CasesDefinition());
      county->Start();
    }
    tongan_.Join(suining_);
    suining_.Join(tongan_);
  }
  // A case of a child without enrolment.
  std::int64_t OpenCase() {
    cases::OpenCase open;
    tongan_.Lists(kId, "祥平街道");
    open.set_person_id(4711);
    open.set_reason("失去联系");
    const auto reply = tongan_.AskOf<cases::CaseReply>("cases", open);
    EXPECT_TRUE(reply.ok()) << reply.error().ToString();
    return reply.ok() ? reply->case_().case_id() : 0;
  }
  cases::Case CaseNow(std::int64_t id) {
    cases::GetCase get;
    get.set_case_id(id);
    return tongan_.AskOf<cases::CaseReply>("cases", get).value().case_();
  }
  cases::ListTasksReply Tasks(County& county) {
    return county.AskOf<cases::ListTasksReply>("cases", cases::ListTasks{}).value();
  }
  // Waits for the township's task.
  std::int64_t Task() {
    std::int64_t id = 0;
    EXPECT_TRUE(harness::WaitUntil(
        [&] {
          const auto tasks = Tasks(suining_);
          for (const cases::Task& task : tasks.tasks()) {
            if (task.household()) id = task.task_id();
          }
          return id != 0;
        },
        std::chrono::seconds{20}));
    return id;
  }
  cases::HouseholdTask TaskNow(std::int64_t id) {
    cases::GetHouseholdTask get;
    get.set_task_id(id);
    return suining_.AskOf<cases::HouseholdTaskReply>("cases", get).value().task();
  }
  static cases::DoHouseholdAct AtSchool(std::int64_t task) {
    cases::DoHouseholdAct act;
    act.set_task_id(task);
    act.mutable_act()->set_outcome("在校就读");
    act.mutable_act()->set_text("随外祖母在镇上就读");
    act.mutable_act()->add_participants("乡镇干部甲");
    act.mutable_act()->set_school("绥宁县长铺镇中心小学");
    act.mutable_act()->mutable_since()->set_year(2026);
    act.mutable_act()->mutable_since()->set_month(9);
    act.mutable_act()->mutable_since()->set_day(1);
    return act;
  }
  bool AwaitCase(std::int64_t id, const std::string& state) {
    return harness::WaitUntil([&] { return CaseNow(id).state() == state; },
                              std::chrono::seconds{20});
  }
  // Repeats go by the counties' clocks, which stand still otherwise.
  bool AwaitCaseWhileTimePasses(std::int64_t id, const std::string& state) {
    return harness::WaitUntil(
        [&] {
          tongan_.Advance(std::chrono::minutes{5});
          suining_.Advance(std::chrono::minutes{5});
          return CaseNow(id).state() == state;
        },
        std::chrono::seconds{60});
  }

  County tongan_{"tongan", "sm"};
  County suining_{"suining", "sm"};
};

TEST_F(HouseholdTest, TheTownshipsVisitBecomesTheAnswerAndClosesTheCaseOfTheOtherCounty) {
  Begin();
  suining_.Lists(kId, "长铺镇");
  const std::int64_t id = OpenCase();
  const std::string letter = tongan_.Send("430527", id, kId).conversation_id();
  const std::int64_t task = Task();
  const cases::HouseholdTask shown = TaskNow(task);
  EXPECT_EQ(shown.owner().body(), "长铺镇");
  EXPECT_EQ(shown.person_id(), 4711);
  EXPECT_EQ(shown.child_name(), kName);
  EXPECT_THAT(shown.id_masked(), Not(HasSubstr(kId)));
  EXPECT_EQ(shown.document_no(), "同教函〔2026〕1号");
  EXPECT_EQ(Tasks(suining_).tasks(0).student_name(), kName);

  cases::DoHouseholdAct act = AtSchool(task);
  act.mutable_act()->clear_school();
  const auto refused = suining_.AskOf<cases::HouseholdTaskReply>("cases", act);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().reason, "FIELD_MISSING");
  const auto done = suining_.AskOf<cases::HouseholdTaskReply>("cases", AtSchool(task));
  ASSERT_TRUE(done.ok()) << done.error().ToString();
  EXPECT_EQ(done->task().state(), "done");

  ASSERT_TRUE(tongan_.Await(letter, v1::LETTER_STATE_ANSWERED));
  EXPECT_EQ(tongan_.Look(letter).reply_code(), v1::REPLY_CODE_R01);
  ASSERT_TRUE(AwaitCase(id, "41"));
  const cases::Case closed = CaseNow(id);
  EXPECT_EQ(closed.phase(), "settled") << "it awaits its review as any other closing";
  const cases::TimelineEntry* reply = nullptr;
  for (const cases::TimelineEntry& entry : closed.timeline()) {
    if (entry.kind() == "letter_reply") reply = &entry;
  }
  ASSERT_NE(reply, nullptr);
  EXPECT_EQ(reply->letter().code(), "R01");
  EXPECT_EQ(reply->letter().document_no(), "绥教函〔2026〕1号");
  EXPECT_EQ(reply->letter().evidence(), "回函R01:绥教函〔2026〕1号");
  EXPECT_EQ(reply->letter().school(), "绥宁县长铺镇中心小学");
  for (const char* service : {"cases", "tracing"}) {
    for (County* county : {&tongan_, &suining_}) {
      EXPECT_EQ(county->Sql(service, fmt::format("SELECT COUNT(*) FROM event_log WHERE "
                                                 "INSTR(payload, '{}') > 0", kName)), "0\n");
    }
  }

  // The second visit corrects the first: the letter's answer, and the case.
  cases::DoHouseholdAct other;
  other.set_task_id(task);
  other.mutable_act()->set_outcome("查无此人");
  other.mutable_act()->set_text("前次系同名儿童");
  other.mutable_act()->add_participants("乡镇干部乙");
  ASSERT_TRUE(suining_.AskOf<cases::HouseholdTaskReply>("cases", other).ok());
  ASSERT_TRUE(AwaitCase(id, "10"));
  EXPECT_EQ(tongan_.Look(letter).reply_code(), v1::REPLY_CODE_R06);
  EXPECT_TRUE(tongan_.Judge(letter).holds());
}

TEST_F(HouseholdTest, ALetterThatIsOverNeedsNoVisit) {
  Begin();
  const std::string letter = tongan_.Send("430527", 0, kId).conversation_id();
  const std::int64_t task = Task();
  EXPECT_EQ(TaskNow(task).owner().body(), "绥宁县教育局教育股") << "no town is known: the inbox";
  v1::DoLetterAct withdraw;
  withdraw.set_conversation_id(letter);
  withdraw.set_kind("withdraw");
  withdraw.set_text("学生已返校");
  ASSERT_TRUE(harness::WaitUntil(
      [&] { return tongan_.Ask<v1::LetterReply>(withdraw).ok(); }, std::chrono::seconds{10}));
  ASSERT_TRUE(harness::WaitUntil([&] { return TaskNow(task).state() == "cancelled"; },
                                 std::chrono::seconds{20}));
  EXPECT_EQ(Tasks(suining_).total(), 0u);
  const auto late = suining_.AskOf<cases::HouseholdTaskReply>("cases", AtSchool(task));
  ASSERT_FALSE(late.ok());
  EXPECT_EQ(late.error().reason, "WRONG_STATE");
}

TEST_F(HouseholdTest, ATownshipThatDoesNothingIsOverdueOnceAndANewDateIsAnInterimReply) {
  Begin();
  const std::string letter = tongan_.Send("430527", 0, kId).conversation_id();
  const std::int64_t task = Task();
  suining_.Advance(std::chrono::days{10});
  ASSERT_TRUE(harness::WaitUntil([&] { return TaskNow(task).state() == "overdue"; },
                                 std::chrono::seconds{20}));
  EXPECT_EQ(suining_.Sql("cases", "SELECT COUNT(*) FROM event_log WHERE type = "
                                  "'cases.task.overdue'"), "1\n");
  tongan_.Advance(std::chrono::days{10});
  cases::DoHouseholdAct act;
  act.set_task_id(task);
  act.mutable_act()->set_outcome("需延期");
  act.mutable_act()->set_text("家长外出，月底返回");
  act.mutable_act()->add_participants("乡镇干部甲");
  act.mutable_act()->mutable_until()->set_year(2026);
  act.mutable_act()->mutable_until()->set_month(10);
  act.mutable_act()->mutable_until()->set_day(30);
  const auto done = suining_.AskOf<cases::HouseholdTaskReply>("cases", act);
  ASSERT_TRUE(done.ok()) << done.error().ToString();
  EXPECT_EQ(done->task().state(), "open");
  ASSERT_TRUE(tongan_.Await(letter, v1::LETTER_STATE_INTERIM)) << suining_.Look(letter).desk_why();
  ASSERT_TRUE(harness::WaitUntil([&] {
    const auto told = tongan_.Told();
    return !told.empty() && told.back().code() == 12;
  }));
  EXPECT_EQ(tongan_.Told().back().until().day(), 30);
}

TEST_F(HouseholdTest, KilledInBetweenAndFeedsReadTwiceTheAnswerIsGivenOnce) {
  for (County* county : {&tongan_, &suining_}) {
    county->Also("cases", ::cases::CasesDefinition());
  }
  tongan_.Start();
  suining_.Launch();
  tongan_.Join(suining_);
  suining_.Join(tongan_);
  suining_.Lists(kId, "长铺镇");
  const std::int64_t id = OpenCase();
  const std::string letter = tongan_.Send("430527", id, kId).conversation_id();
  const std::int64_t task = Task();
  suining_.Kill9();
  const auto done = suining_.AskOf<cases::HouseholdTaskReply>("cases", AtSchool(task));
  ASSERT_TRUE(done.ok()) << done.error().ToString();
  suining_.Launch();
  ASSERT_TRUE(AwaitCaseWhileTimePasses(id, "41"));
  // The feed of cases is read once more from the beginning.
  suining_.Kill9();
  suining_.Sql("tracing", "UPDATE feed_position SET seq = 0");
  suining_.Launch();
  ASSERT_TRUE(harness::WaitUntil(
      [&] {
        return suining_.Sql("tracing", "SELECT seq > 0 FROM feed_position WHERE feed = 'cases'") ==
               "1\n";
      },
      std::chrono::seconds{20}));
  ASSERT_TRUE(harness::WaitUntil(
      [&] { return suining_.Sql("tracing", "SELECT COUNT(*) FROM household_answer WHERE next_at "
                                       "IS NOT NULL") == "0\n"; },
      std::chrono::seconds{20}));
  EXPECT_EQ(suining_.Sql("tracing", "SELECT COUNT(*) FROM item WHERE by_asker = 0"), "2\n")
      << "the acknowledgement and one answer";
  EXPECT_EQ(suining_.Sql("cases", "SELECT COUNT(*) FROM household_task"), "1\n");
  EXPECT_EQ(tongan_.Told().size(), 1u);
  EXPECT_TRUE(tongan_.Judge(letter).holds());
}

}  // namespace
}  // namespace tracing
