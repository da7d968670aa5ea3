// Children between two counties with all their real services, worked by the operator's command: one
// arrives, one does not and then does, one comes back, and nobody is paid twice.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <algorithm>
#include <fstream>

#include "integration/tracing/worked_county.h"

namespace tracing {
namespace {

using nlohmann::json;
using ::testing::Contains;
using ::testing::HasSubstr;

using County = testing::WorkedCounty;
using Row = testing::Row;

class TwoCounties : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    tongan_ = new County{"tongan", "350212"};
    suining_ = new County{"suining", "430527"};
    const std::string one = tongan_->Export();
    const std::string two = suining_->Export();
    tongan_->Run({"directory", "import", suining_->File("own.directory"), "--fingerprint", two});
    suining_->Run({"directory", "import", tongan_->File("own.directory"), "--fingerprint", one});
  }
  static void TearDownTestSuite() {
    delete tongan_;
    delete suining_;
  }
  static void To(const std::string& time) {
    tongan_->Run({"clock", "set", time, "--with", suining_->suite()});
  }
  static const json* Party(const json& watch, const std::string& name) {
    for (const json& party : watch["parties"]) {
      if (party["party"] == name) return &party;
    }
    return nullptr;
  }
  static inline County* tongan_ = nullptr;
  static inline County* suining_ = nullptr;
};

// Who is paid for a term in mid-term and moves is not paid again where he comes to, whatever day
// the new school writes.
TEST_F(TwoCounties, AnArrivalAnswersByItselfAndNobodyIsPaidTwice) {
  To("2026-10-16T08:00");
  // A child of 同安 to whom the term is owed; 绥宁's own list names him too, so it would pay as well.
  const auto found = std::find_if(
      tongan_->roster().begin(), tongan_->roster().end(),
      [&](const Row& row) { return tongan_->Entitled(row.at("身份证件号")) > 0; });
  ASSERT_NE(found, tongan_->roster().end());
  const Row* const child = &*found;
  const std::string student = tongan_->StudentId(*child);
  const std::int64_t fen = tongan_->Entitled(student);
  std::ofstream{suining_->File("group.csv")}
      << "姓名,身份证件号,群体类别\n" << child->at("姓名") << "," << child->at("身份证件号")
      << ",脱贫户\n";
  suining_->Run({"import", suining_->File("group.csv"), "--kind", "group", "--source",
                 "乡村振兴局", "--group", "脱贫户", "--valid-from", "2026-09-01", "--yes"});
  tongan_->Run({"subsidy", "roll", "make", "--term", "2026秋", "--school",
                child->at("学校标识码")});
  tongan_->Run({"subsidy", "roll", "enter", "1", "--all-paid"});

  To("2026-10-20T08:00");
  tongan_->Out(student, "2026-10-19", "430527");
  // 绥宁 does not have the child yet: it says that it has the letter, and nothing else.
  ASSERT_TRUE(harness::WaitUntil(
      [&] {
        const json letters = suining_->Ask({"letter", "list", "--incoming"})["letters"];
        return letters.size() == 1 && letters[0]["state_name"] == "已签收";
      },
      std::chrono::seconds{30}));
  json watch = tongan_->Watch(student, "out");
  EXPECT_EQ(watch["state_name"], "待确认到校");
  EXPECT_EQ(watch["reply"], "");
  EXPECT_EQ((*Party(watch, "out_bureau"))["done"], "2026-10-20");
  EXPECT_EQ((*Party(watch, "into_school"))["running"], true);

  const std::string there = suining_->In(*child, "2026-10-12", "350212");
  ASSERT_TRUE(tongan_->Awaits(student, "out", "state_name", "已到校"))
      << tongan_->Watch(student, "out").dump();
  watch = tongan_->Watch(student, "out");
  EXPECT_EQ(watch["reply"], "R01 在我地就读有学籍");
  EXPECT_EQ((*Party(watch, "into_bureau"))["how"], "letter");
  EXPECT_EQ(tongan_->Told("tracing", "tracing.transfer.arrived",
                          "transfer/" + County::Text(watch["watch_id"])), 1);

  // 绥宁 has asked 同安 as well, and knows what was paid and that 同安's parties are done.
  ASSERT_TRUE(suining_->Awaits(there, "in", "last_paid_term", "2026秋"))
      << suining_->Watch(there, "in").dump();
  const json in = suining_->Watch(there, "in");
  EXPECT_EQ(County::Text(in["last_paid_fen"]), std::to_string(fen));
  EXPECT_TRUE(Party(in, "out_bureau")->contains("done"));
  const auto decision = [&] { return suining_->Ask({"subsidy", "show", there})["decision"]; };
  EXPECT_TRUE(harness::WaitUntil(
      [&] { return decision().value("cause", "") == "外县已发"; }, std::chrono::seconds{20}))
      << decision().dump();
  EXPECT_THAT(decision()["trace"].get<std::string>(), HasSubstr("一个学期不重复发放"));
  EXPECT_EQ(suining_->Entitled(there), 0);
}

TEST_F(TwoCounties, WhoDoesNotArriveIsASuspectedDropoutOnceAndALaterArrivalEndsIt) {
  const Row& child = tongan_->roster().at(20);
  const std::string student = tongan_->StudentId(child);
  tongan_->Out(student, "2026-10-20", "430527");
  ASSERT_TRUE(harness::WaitUntil(
      [&] { return tongan_->Watch(student, "out").value("conversation_id", "") != ""; },
      std::chrono::seconds{30}));
  tongan_->KillTracing();
  To("2026-11-17T17:29");
  EXPECT_EQ(tongan_->Watch(student, "out")["state_name"], "待确认到校");
  suining_->KillTracing();
  To("2026-11-18T08:00");
  json watch = tongan_->Watch(student, "out");
  const std::string subject = "transfer/" + County::Text(watch["watch_id"]);
  EXPECT_EQ(watch["state_name"], "逾期未到校") << watch.dump();
  EXPECT_EQ(watch["arrive_by"], "2026-11-17");
  EXPECT_EQ((*Party(watch, "into_school"))["overdue"], true);
  tongan_->KillTracing();
  EXPECT_EQ(tongan_->Told("tracing", "tracing.transfer.missing", subject), 1);
  EXPECT_EQ(tongan_->Told("tracing", "tracing.transfer.overdue", subject), 1);
  const auto cases = [&] {
    json mine = json::array();
    const json all = tongan_->Ask({"case", "list"})["cases"];
    for (const json& one : all) {
      if (County::Text(one["student_id"]) == student) mine.push_back(one);
    }
    return mine;
  };
  ASSERT_TRUE(harness::WaitUntil([&] { return cases().size() == 1; }, std::chrono::seconds{20}))
      << tongan_->Run({"case", "list"}) << tongan_->Run({"doctor"});
  EXPECT_EQ(cases()[0]["found_by"], "转学");
  EXPECT_EQ(cases()[0]["phase"], "open");

  suining_->In(child, "2026-11-18", "350212");
  ASSERT_TRUE(tongan_->Awaits(student, "out", "state_name", "已到校"));
  EXPECT_EQ(tongan_->Watch(student, "out")["was_missing"], true);
  EXPECT_TRUE(harness::WaitUntil([&] { return cases()[0]["phase"] != "open"; },
                                 std::chrono::seconds{20}))
      << cases().dump();
  EXPECT_EQ(cases()[0]["phase"], "withdrawn");
  EXPECT_EQ(cases().size(), 1u);
  EXPECT_EQ(tongan_->Told("tracing", "tracing.transfer.arrived", subject), 1);
}

TEST_F(TwoCounties, WhoComesBackIsNotWaitedFor) {
  const Row& child = tongan_->roster().at(30);
  const std::string student = tongan_->StudentId(child);
  tongan_->Out(student, "2026-11-18", "430527");
  ASSERT_TRUE(tongan_->Awaits(student, "out", "state_name", "待确认到校"));
  tongan_->Run({"enrol", "transfer-in", "--student", student, "--class",
                child.at("学校标识码") + "/" + child.at("班号"), "--effective", "2026-11-18",
                "--evidence", "转学申请:3", "--approver", "a/bureau_officer/教育局",
                "--other-school", "外县小学"});
  EXPECT_TRUE(tongan_->Awaits(student, "out", "state_name", "已取消"));
}

TEST_F(TwoCounties, WhatNoMachineTellsAnOfficerRecords) {
  const Row& child = tongan_->roster().at(40);
  const std::string student = tongan_->StudentId(child);
  tongan_->Out(student, "2026-11-18", "530100");  // nobody in the directory
  ASSERT_TRUE(harness::WaitUntil(
      [&] { return tongan_->Watch(student, "out").value("letter_problem", "") != ""; },
      std::chrono::seconds{30}));
  const std::string id = County::Text(tongan_->Watch(student, "out")["watch_id"]);
  EXPECT_THAT(tongan_->Run({"transfer", "show", id}), HasSubstr("通讯录中没有区划 530100"));
  EXPECT_THAT(tongan_->Try({"transfer", "step", id, "call_off"}).output,
              HasSubstr("TEXT_MISSING"));
  EXPECT_THAT(tongan_->Try({"transfer", "step", id, "party", "--party", "out_school"}).output,
              HasSubstr("ALREADY_DONE"));
  EXPECT_THAT(tongan_->Try({"transfer", "step", "99999", "arrived"}).output,
              HasSubstr("NO_TRANSFER"));
  EXPECT_THAT(tongan_->Try({"transfer", "step", id, "arrived", "--expected-version", "77"}).output,
              HasSubstr("VERSION_MISMATCH"))
      << "another officer was quicker";
  tongan_->Run({"transfer", "step", id, "party", "--party", "into_bureau", "--text", "电话告知"});
  const std::string shown = tongan_->Run({"transfer", "step", id, "arrived", "--school",
                                          "昆明一小"});
  EXPECT_THAT(shown, HasSubstr("已到校"));
  EXPECT_THAT(shown, HasSubstr("转入地主管部门已办理（电话告知）"));
  EXPECT_THAT(tongan_->Run({"transfer", "list", "--direction", "out"}), HasSubstr("已取消"));
  const json summary = tongan_->Ask({"letter", "summary"});
  EXPECT_EQ(County::Text(summary["transfers_missing"]), "0");
}

// 就读证明函: what the other county's officer writes about a child that its registry does not hold.
TEST_F(TwoCounties, AProofOfSchoolingThatComesEndsTheWatchWithoutOurLetter) {
  const Row& child = tongan_->roster().at(50);
  const Row& elsewhere = tongan_->roster().at(51);
  const std::string student = tongan_->StudentId(child);
  const std::string other = tongan_->StudentId(elsewhere);
  tongan_->Out(student, "2026-11-18", "430527");
  tongan_->Out(other, "2026-11-18", "530100");
  ASSERT_TRUE(harness::WaitUntil(
      [&] { return tongan_->Watch(student, "out").value("conversation_id", "") != ""; },
      std::chrono::seconds{30}));
  tongan_->Run({"letter", "do", tongan_->Watch(student, "out")["conversation_id"], "withdraw",
                "--text", "改由电话核实"});
  // About a child that went to another county: what this one writes ends nothing.
  const std::string stray = suining_->Proves(elsewhere, "350212", "2026-11-17");
  const auto arrived = [&](const std::string& letter) {
    return harness::WaitUntil(
        [&] {
          const json all = tongan_->Ask({"letter", "list", "--incoming"});
          for (const json& one : all["letters"]) {
            if (one["conversation_id"] == letter) return true;
          }
          return false;
        },
        std::chrono::seconds{20});
  };
  ASSERT_TRUE(arrived(stray));
  const std::string letter = suining_->Proves(child, "350212", "2026-11-17");
  ASSERT_TRUE(tongan_->Awaits(student, "out", "state_name", "已到校"))
      << tongan_->Run({"letter", "list"});
  const json watch = tongan_->Watch(student, "out");
  EXPECT_EQ(watch["reply"], "") << "our own letter was not answered";
  EXPECT_EQ(watch["arrived_on"], "2026-11-18") << "not before the transfer";
  EXPECT_EQ((*Party(watch, "into_school"))["how"], "letter");
  EXPECT_EQ((*Party(watch, "into_bureau"))["done"], "2026-11-18");
  const std::string id = County::Text(watch["watch_id"]);
  const std::string number =
      suining_->Ask({"letter", "show", letter})["letter"]["document_no"];
  EXPECT_THAT(tongan_->Run({"transfer", "show", id}), HasSubstr("来函就读证明函" + number));
  EXPECT_EQ(tongan_->Told("tracing", "tracing.transfer.arrived", "transfer/" + id), 1);
  EXPECT_EQ(tongan_->Watch(other, "out")["state_name"], "待确认到校");
}

// The case was confirmed by then: it is not withdrawn, the child is in school elsewhere.
TEST_F(TwoCounties, AConfirmedDropoutWhoArrivesIsClosedAsInSchoolElsewhere) {
  const Row& child = tongan_->roster().at(60);
  const std::string student = tongan_->StudentId(child);
  tongan_->Out(student, "2026-11-18", "430527");
  ASSERT_TRUE(tongan_->Awaits(student, "out", "state_name", "待确认到校"));
  To("2026-12-17T08:00");
  const auto file = [&] {
    const json all = tongan_->Ask({"case", "list", "--limit", "1000"});
    for (const json& one : all["cases"]) {
      if (County::Text(one["student_id"]) == student) return one;
    }
    return json{};
  };
  ASSERT_TRUE(harness::WaitUntil([&] { return !file().is_null(); }, std::chrono::seconds{20}));
  const std::string id = County::Text(file()["case_id"]);
  const auto act = [&](std::vector<std::string> words) {
    words.insert(words.begin(), {"case", "act", id});
    tongan_->Run(words);
  };
  act({"contact", "--method", "电话", "--outcome", "未接通", "--counterpart", "监护人"});
  act({"visit", "--participant", "甲", "--outcome", "未见到人"});
  act({"inquire", "--target", "村(居)委会", "--outcome", "下落不明"});
  act({"inquire", "--target", "公安", "--outcome", "下落不明"});
  act({"mark_missing", "--text", "多方查询无果"});
  act({"confirm_dropout", "--reason-code", "其他", "--text", "转出后未到校"});
  ASSERT_EQ(file()["state"], "30");

  suining_->In(child, "2026-12-17", "350212");
  ASSERT_TRUE(tongan_->Awaits(student, "out", "state_name", "已到校"));
  EXPECT_TRUE(harness::WaitUntil([&] { return file()["state"] == "41"; },
                                 std::chrono::seconds{20}))
      << tongan_->Run({"case", "show", id});
  EXPECT_EQ(file()["phase"], "settled") << "it awaits its review as any other closing";
  EXPECT_THAT(tongan_->Run({"case", "show", id}), HasSubstr("转学已到校：430527"));
}

TEST_F(TwoCounties, WhatCouldNotBeWrittenBeforeHeCameBackIsNotWrittenAfterwards) {
  const Row& child = tongan_->roster().at(70);
  const std::string student = tongan_->StudentId(child);
  To("2026-12-18T08:00");
  tongan_->Out(student, "2026-12-18", "530200");  // nobody in the directory
  ASSERT_TRUE(harness::WaitUntil(
      [&] { return tongan_->Watch(student, "out").value("letter_problem", "") != ""; },
      std::chrono::seconds{30}));
  tongan_->Run({"enrol", "transfer-in", "--student", student, "--class",
                child.at("学校标识码") + "/" + child.at("班号"), "--effective", "2026-12-18",
                "--evidence", "转学申请:4", "--approver", "a/bureau_officer/教育局",
                "--other-school", "外县小学"});
  ASSERT_TRUE(tongan_->Awaits(student, "out", "state_name", "已取消"));
  tongan_->Run({"directory", "paper", "530200", "--name", "某县", "--bureau", "某县教育局"});
  To("2026-12-19T09:00");  // when it would have been tried again
  EXPECT_EQ(tongan_->Watch(student, "out").value("conversation_id", ""), "");
}

}  // namespace
}  // namespace tracing
