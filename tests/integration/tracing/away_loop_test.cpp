// The whole loop of a family that moved away and of a file that goes home, between two real
// counties with their real cases: row, letter, answer, proof, the next term; no proof: one case,
// whoever is killed when; the township's visit; the letter that asks on.
#include <gmock/gmock.h>

#include "cases/endpoints/service.h"
#include "integration/tracing/away_children.h"

namespace tracing {
namespace {

namespace cases = baoxue::cases::v1;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::County;
using testing::Entry;
using testing::Number;
using testing::PutDay;
using testing::Text;

constexpr const char* kThird = "441900";  // of nobody's directory: asked on paper

class AwayLoop : public testing::TwoCounties {
 protected:
  void Begin() {
    for (County* county : {&suining_, &tongan_}) {
      county->Also("cases", ::cases::CasesDefinition());
      county->Start();
    }
    Meet();
  }
  cases::ListCasesReply Cases() {
    return suining_.AskOf<cases::ListCasesReply>("cases", cases::ListCases{}).value();
  }
  static int Opened(County& county) {
    return std::stoi(county.Sql("cases", "SELECT COUNT(*) FROM event_log WHERE type = "
                                         "'cases.case.opened'"));
  }
  // The household's task of this purpose, as soon as there is one.
  static cases::HouseholdTask Task(County& county, const std::string& purpose,
                                   const std::string& reference = {}) {
    cases::HouseholdTask found;
    EXPECT_TRUE(harness::WaitUntil(
        [&] {
          const auto tasks = county.AskOf<cases::ListTasksReply>("cases", cases::ListTasks{});
          for (const cases::Task& task : tasks.value().tasks()) {
            if (!task.household()) continue;
            cases::GetHouseholdTask get;
            get.set_task_id(task.task_id());
            const auto one = county.AskOf<cases::HouseholdTaskReply>("cases", get).value().task();
            if (one.purpose() != purpose || !one.reference().starts_with(reference)) continue;
            found = one;
            return true;
          }
          return false;
        },
        std::chrono::seconds{20}));
    return found;
  }
  static cases::DoHouseholdAct Visit(const cases::HouseholdTask& task,
                                     const std::string& outcome) {
    cases::DoHouseholdAct act;
    act.set_task_id(task.task_id());
    act.mutable_act()->set_outcome(outcome);
    act.mutable_act()->set_text("电话联系母亲，已看到就读证明");
    act.mutable_act()->add_participants("乡镇干部甲");
    return act;
  }
  // 同安's officer, to whom the letter about a child whom nobody knows goes.
  void AnswerThere(const std::string& id, v1::ReplyCode code, const std::string& third = {}) {
    v1::GetLetter get;
    get.set_conversation_id(id);
    ASSERT_TRUE(harness::WaitUntil(
        [&] {
          const auto there = tongan_.Ask<v1::LetterReply>(get);
          return there.ok() && there->letter().desk() == "officer";
        },
        std::chrono::seconds{20}));
    v1::DoLetterAct act;
    act.set_conversation_id(id);
    act.set_kind("answer");
    act.set_text("据房东称已随父母离开");
    act.mutable_reply()->set_code(code);
    act.mutable_reply()->set_text("据房东称已随父母离开");
    act.mutable_reply()->set_third_division(third);
    const auto done = tongan_.Ask<v1::LetterReply>(act);
    ASSERT_TRUE(done.ok()) << done.error().ToString();
  }
  bool AwaitState(std::int64_t id, v1::AwayState state) {
    return harness::WaitUntil([&] { return Look(id).state() == state; },
                              std::chrono::seconds{20});
  }
};

TEST_F(AwayLoop, ProofIsFetchedStoredAndRenewedAndWithoutItThereIsOneCaseUntilItComes) {
  Begin();
  tongan_.Knows(Number(1), "同安区第一实验小学");
  suining_.Lists(Number(2), "长铺镇");
  const auto found = Add(Number(1)).away_id();
  const auto lost = Add(Number(2)).away_id();
  Until("2026-09-04", 12 * 60);
  const v1::AwayRow proven = Look(found);
  ASSERT_EQ(proven.state(), v1::AWAY_STATE_PROVEN) << proven.DebugString();
  EXPECT_EQ(proven.school(), "同安区第一实验小学");
  EXPECT_EQ(Text(proven.proof_until()), "2027-01-22");
  EXPECT_EQ(suining_.Look(proven.conversation_id()).reply_code(), v1::REPLY_CODE_R01);
  EXPECT_TRUE(suining_.Judge(proven.conversation_id()).holds()) << "the proof is evidence";
  EXPECT_EQ(Cases().total(), 0u);

  // 同安's officer says that nobody is there: one case, also when the date passes as well.
  AnswerThere(Look(lost).conversation_id(), v1::REPLY_CODE_R06);
  ASSERT_TRUE(AwaitState(lost, v1::AWAY_STATE_PROOF_MISSING));
  ASSERT_TRUE(harness::WaitUntil([&] { return Cases().total() == 1; }, std::chrono::seconds{20}));
  EXPECT_EQ(Cases().cases(0).found_by(), "摸排");
  EXPECT_EQ(Cases().cases(0).person_id(), 4711) << "of the school-age list, found by the number";
  Until("2026-10-20", 12 * 60);
  EXPECT_EQ(Told(suining_, "tracing.away.proof_missing"), 1);
  EXPECT_EQ(Opened(suining_), 1);

  // The next term asks both anew; whom 同安 has got by then is no suspicion any more.
  tongan_.Knows(Number(2), "同安区西柯中心小学");
  Until("2027-02-25", 12 * 60);
  EXPECT_EQ(Text(Look(found).proof_until()), "2027-07-02") << Look(found).DebugString();
  EXPECT_NE(Look(found).conversation_id(), proven.conversation_id()) << "a letter of its own";
  EXPECT_EQ(Look(lost).state(), v1::AWAY_STATE_PROVEN);
  EXPECT_EQ(LettersOf(suining_, v1::LETTER_KIND_XC), 4);
  ASSERT_TRUE(harness::WaitUntil(
      [&] {
        const auto reply = Cases();
        return reply.total() == 0 || reply.cases(0).phase() == "withdrawn";
      },
      std::chrono::seconds{20}))
      << Cases().DebugString();
  EXPECT_EQ(Opened(suining_), 1);
}

TEST_F(AwayLoop, WhatTheTownshipFindsIsPutIntoTheRowOnce) {
  Begin();
  const auto id = Add(Number(1)).away_id();
  Until("2026-09-01", 12 * 60);
  const cases::HouseholdTask task = Task(suining_, "away_visit");
  EXPECT_EQ(task.reference(), fmt::format("away/{}/2", id));
  EXPECT_EQ(task.child_name(), "周小舟") << "the township sees whom it visits";
  EXPECT_THAT(task.id_masked(), Not(HasSubstr(Number(1).substr(6, 8))));
  EXPECT_EQ(task.owner().body(), "长铺镇");
  cases::DoHouseholdAct act = Visit(task, "在校就读");
  act.mutable_act()->set_school("同安区西柯中心小学");
  PutDay("2026-09-01", act.mutable_act()->mutable_since());
  const auto done = suining_.AskOf<cases::HouseholdTaskReply>("cases", act);
  ASSERT_TRUE(done.ok()) << done.error().ToString();
  ASSERT_TRUE(AwaitState(id, v1::AWAY_STATE_PROVEN)) << Look(id).DebugString();
  EXPECT_EQ(Look(id).school(), "同安区西柯中心小学");
  const int version = Look(id).version();
  // The same news again, as after a restart of the follower.
  suining_.Sql("UPDATE feed_position SET seq = 0 WHERE feed = 'cases'");
  suining_.Stop();
  suining_.Start();
  Until("2026-09-10", 12 * 60);
  EXPECT_EQ(Look(id).version(), version);
  EXPECT_EQ(LettersOf(suining_, v1::LETTER_KIND_XC), 0) << "nothing is asked that is proven";
}

TEST_F(AwayLoop, WhoMovedOnIsAskedAfterByOneLetterWithTheChain) {
  Begin();
  const auto id = Add(Number(1)).away_id();
  Until("2026-09-02", 12 * 60);
  const std::string first = Look(id).conversation_id();
  ASSERT_NE(first, "");
  AnswerThere(first, v1::REPLY_CODE_R05, kThird);
  ASSERT_TRUE(harness::WaitUntil([&] { return Look(id).conversation_id() != first; },
                                 std::chrono::seconds{20}))
      << Look(id).DebugString();
  Settle();
  EXPECT_EQ(Look(id).division(), kThird);
  EXPECT_EQ(LettersOf(suining_, v1::LETTER_KIND_XC, kThird), 1)
      << "the row's question and the letter that asks on are one";
  const v1::Letter onward = suining_.Look(Look(id).conversation_id());
  EXPECT_EQ(onward.peer(), kThird);
  ASSERT_EQ(onward.forwarded_from_size(), 1) << "with its chain";
  EXPECT_EQ(onward.forwarded_from(0).conversation_id(), first);
  EXPECT_EQ(suining_.Look(first).forwarded_to(), Look(id).conversation_id());
  suining_.Stop();
  suining_.Start();
  Until("2026-09-10", 12 * 60);
  EXPECT_EQ(LettersOf(suining_, v1::LETTER_KIND_XC, kThird), 1);
}

TEST_F(AwayLoop, Kill9WhileProofsAreMissingOpensEachCaseOnce) {
  for (County* county : {&suining_, &tongan_}) {
    county->Also("cases", ::cases::CasesDefinition());
  }
  suining_.Launch();
  tongan_.Start();
  Meet();
  constexpr int kChildren = 20;
  for (int i = 0; i < kChildren; ++i) {
    v1::AddAway entry = Entry(Number(100 + i));
    entry.mutable_entry()->set_person_id(5000 + i);
    Add(entry);
  }
  BothTo("2026-09-02", 8 * 60 + 1);
  EXPECT_TRUE(harness::WaitUntil(
      [&] { return Told(suining_, "tracing.away.asked") == kChildren; },
      std::chrono::seconds{60}));
  BothTo("2026-09-30", 17 * 60 + 31);
  for (const int after : {2, 11}) {
    EXPECT_TRUE(harness::WaitUntil(
        [&] { return Told(suining_, "tracing.away.proof_missing") >= after; },
        std::chrono::seconds{60}));
    suining_.Kill9();
    suining_.Launch();
  }
  EXPECT_TRUE(harness::WaitUntil(
      [&] {
        return Told(suining_, "tracing.away.proof_missing") == kChildren &&
               Cases().total() == kChildren;
      },
      std::chrono::seconds{60}))
      << Cases().total();
  EXPECT_EQ(Opened(suining_), kChildren);
  EXPECT_EQ(LettersOf(suining_, v1::LETTER_KIND_XC), kChildren);
  for (int i = 0; i < kChildren; ++i) {
    cases::GetCase get;
    get.set_person_id(5000 + i);
    EXPECT_TRUE(suining_.AskOf<cases::CaseReply>("cases", get).ok());
  }
}

// 绥宁 hands over (湖南: on): its cases say what the test says; 同安's are real.
class HandOverLoop : public testing::TwoCounties {
 protected:
  static std::string Migrant(int n) { return Number(n).replace(0, 6, "350212"); }
};

TEST_F(HandOverLoop, Kill9WhileFilesGoHomeSendsEachOnceAndTheTownshipThereGetsEachOnce) {
  suining_.StartCases();
  tongan_.Also("cases", ::cases::CasesDefinition());
  suining_.Launch();
  tongan_.Start();
  Meet();
  constexpr int kFiles = 12;
  for (int i = 0; i < kFiles; ++i) {
    suining_.Enrols(Migrant(300 + i), 300 + i, "350212");
    suining_.TellCase(i + 1, 300 + i, "30", 5);
  }
  const auto stand = [&](const std::string& name) {
    int count = 0;
    const auto reply = suining_.Must<v1::ListHandOversReply>(v1::ListHandOvers{});
    for (const v1::HandOverRow& row : reply.rows()) count += row.stand() == name ? 1 : 0;
    return count;
  };
  ASSERT_TRUE(harness::WaitUntil([&] { return stand("waiting") == kFiles; },
                                 std::chrono::seconds{30}));
  BothTo("2027-01-29", 12 * 60);
  for (const int after : {1, 7}) {
    EXPECT_TRUE(harness::WaitUntil(
        [&] { return LettersOf(suining_, v1::LETTER_KIND_GZ, "350212") >= after; },
        std::chrono::seconds{60}));
    suining_.Kill9();
    suining_.Launch();
  }
  ASSERT_TRUE(harness::WaitUntil([&] { return stand("drafted") == kFiles; },
                                 std::chrono::seconds{60}));
  EXPECT_EQ(LettersOf(suining_, v1::LETTER_KIND_GZ, "350212"), kFiles);
  const auto written = suining_.List();
  for (const v1::Letter& one : written.letters()) {
    v1::DoLetterAct approve;
    approve.set_conversation_id(one.conversation_id());
    approve.set_kind("approve");
    suining_.Must<v1::LetterReply>(approve);
  }
  const bool all = harness::WaitUntil(
      [&] {
        tongan_.Advance(std::chrono::minutes{5});
        suining_.Advance(std::chrono::minutes{5});
        return stand("taken") == kFiles;
      },
      std::chrono::seconds{60});
  ASSERT_TRUE(all) << stand("taken");
  EXPECT_EQ(Told(suining_, "tracing.hand_over.taken"), kFiles);
  // Each is a task of 同安, with the child's name, and stays one when the letter is closed.
  const auto tasks = [&] {
    return tongan_.AskOf<cases::ListTasksReply>("cases", cases::ListTasks{}).value();
  };
  EXPECT_TRUE(harness::WaitUntil([&] { return tasks().total() == kFiles; },
                                 std::chrono::seconds{20}))
      << tasks().total();
  Settle();
  const auto there = tasks();
  EXPECT_EQ(there.total(), static_cast<std::uint64_t>(kFiles));
  ASSERT_GT(there.tasks_size(), 0);
  EXPECT_THAT(there.tasks(0).name(), HasSubstr("移交学籍"));
  EXPECT_EQ(there.tasks(0).student_name(), "周小舟");
  cases::DoHouseholdAct act;
  act.set_task_id(there.tasks(0).task_id());
  act.mutable_act()->set_outcome("其他");
  act.mutable_act()->set_text("已见到监护人，动员复学");
  act.mutable_act()->add_participants("乡镇干部乙");
  const auto done = tongan_.AskOf<cases::HouseholdTaskReply>("cases", act);
  ASSERT_TRUE(done.ok()) << done.error().ToString();
  EXPECT_EQ(done->task().state(), "done");
}

}  // namespace
}  // namespace tracing
