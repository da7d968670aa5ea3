// 「这孩子在哪里」 and a household's visit between two counties with all their real services, worked
// by the operator's command: asked, refused, approved by another, told to the case, followed by a
// letter; a township's answer; what is refused, and that no identity number is shown anywhere.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <functional>

#include "integration/tracing/worked_county.h"

namespace tracing {
namespace {

using nlohmann::json;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::Row;

constexpr const char* kChief = "李股长/bureau_leader/同安区教育局";

// Keeps what the commands said, to look through it at the end.
class County : public testing::WorkedCounty {
 public:
  using WorkedCounty::WorkedCounty;
  std::string Says(std::vector<std::string> words) {
    const std::string out = Run(std::move(words));
    said_ += out;
    return out;
  }
  // The exit code is 1; what it says.
  std::string Refuses(std::vector<std::string> words) {
    const std::string what = words[0] + " " + words[1];
    const auto result = Try(std::move(words));
    EXPECT_EQ(result.exit_code, 1) << what << ": " << result.output;
    said_ += result.output;
    return result.output;
  }
  const std::string& said() const { return said_; }

 private:
  std::string said_;
};

class Commands : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    tongan_ = new County{"tongan", "350212"};
    suining_ = new County{"suining", "430527"};
    const std::string one = tongan_->Export();
    const std::string two = suining_->Export();
    tongan_->Run({"directory", "import", suining_->File("own.directory"), "--fingerprint", two});
    suining_->Run({"directory", "import", tongan_->File("own.directory"), "--fingerprint", one});
    tongan_->Run({"clock", "set", "2026-10-16T08:00", "--with", suining_->suite()});
  }
  static void TearDownTestSuite() {
    delete tongan_;
    delete suining_;
  }
  static std::string Open(const std::string& student) {
    return County::Text(
        tongan_->Ask({"case", "open", student, "--reason", "不辞而别"})["case"]["case_id"]);
  }
  static std::string AskWhere(const std::string& student, std::vector<std::string> more = {}) {
    std::vector<std::string> words{"where", "ask", student, "--reason", "不辞而别，去向不明"};
    words.insert(words.end(), more.begin(), more.end());
    const std::string out = tongan_->Run(words);
    EXPECT_THAT(out, HasSubstr("须由另一人批准"));
    return out.substr(0, out.find('\n'));
  }
  static bool Awaits(const std::string& question, const std::string& state) {
    return harness::WaitUntil(
        [&] { return tongan_->Ask({"where", "show", question})["state"] == state; },
        std::chrono::seconds{20});
  }
  // What other counties have told the case.
  static json NewsOf(const std::string& case_id) {
    json found = json::array();
    const json file = tongan_->Ask({"case", "show", case_id});
    for (const json& entry : file["timeline"]) {
      if (entry["kind"] == "letter_reply") found.push_back(entry);
    }
    return found;
  }
  // The first row of the list of which `that` holds, as soon as there is one.
  static json AwaitRow(County& county, const std::vector<std::string>& words,
                       const std::string& list, const std::function<bool(const json&)>& that) {
    json found;
    EXPECT_TRUE(harness::WaitUntil(
        [&] {
          const json all = county.Ask(words);
          for (const json& one : all[list]) {
            if (found.is_null() && that(one)) found = one;
          }
          return !found.is_null();
        },
        std::chrono::seconds{20}))
        << list;
    return found;
  }
  static inline County* tongan_ = nullptr;
  static inline County* suining_ = nullptr;
};

TEST_F(Commands, WhoIsAskedSaysHereTheCaseIsToldAndTheLetterClosesIt) {
  const Row& child = tongan_->roster().at(25);
  const std::string number = child.at("身份证件号");
  const std::string student = tongan_->StudentId(child);
  const std::string there = suining_->Registers(child, "2026-09-01");
  const std::string case_id = Open(student);
  const std::string question = AskWhere(student, {"--case", case_id, "--province", "43"});
  ASSERT_EQ(question.size(), 32u);
  const std::string few = question.substr(0, 6);

  EXPECT_THAT(tongan_->Says({"where", "show", few}), HasSubstr("待批准"));
  EXPECT_THAT(tongan_->Refuses({"where", "letter", few, "--to", "430527", "--last-seen",
                                "2026-09-30"}),
              HasSubstr("NOT_HERE")) << "nobody has been asked";
  EXPECT_THAT(tongan_->Refuses({"where", "approve", few}), HasSubstr("SAME_PERSON"));
  EXPECT_EQ(suining_->Ask({"where", "list", "--incoming"}).value("incoming", json::array()).size(),
            0u) << "nothing has gone out";
  tongan_->Run({"directory", "paper", "431022", "--name", "宜章县", "--bureau", "宜章县教育局"});
  EXPECT_THAT(tongan_->Says({"--as", kChief, "where", "approve", few, "--text", "同意"}),
              HasSubstr("批注: 同意"));
  ASSERT_TRUE(Awaits(question, "answered")) << tongan_->Run({"where", "show", question});
  const std::string shown = tongan_->Says({"where", "show", question});
  for (const char* part : {"均已答复", "李股长", "在我地", "绥宁", "理由: 不辞而别，去向不明",
                           "430527答复在其处就读。发协查函", "未问", "没有本系统"}) {
    EXPECT_THAT(shown, HasSubstr(part));
  }
  EXPECT_THAT(tongan_->Refuses({"--as", kChief, "where", "approve", few}),
              HasSubstr("ALREADY_DECIDED"));
  EXPECT_THAT(tongan_->Says({"where", "list"}), HasSubstr(question));
  EXPECT_EQ(tongan_->Ask({"where", "list", "--open"})["questions"].size(), 0u);
  const std::string asked = suining_->Says({"where", "list", "--incoming"});
  for (const char* part : {"350212", "李股长", "在我地", question.c_str(), there.c_str()}) {
    EXPECT_THAT(asked, HasSubstr(part));
  }

  // The case says it, once, and is not moved by it.
  const auto news = [&] { return NewsOf(case_id); };
  ASSERT_TRUE(harness::WaitUntil([&] { return news().size() == 1; }, std::chrono::seconds{20}))
      << tongan_->Run({"case", "show", case_id}) << tongan_->Run({"doctor"});
  EXPECT_EQ(news()[0]["letter"]["code"], "WHERE");
  EXPECT_EQ(news()[0]["letter"]["division"], "430527");
  const std::string file = tongan_->Says({"case", "show", case_id});
  EXPECT_THAT(file, ContainsRegex("回函.*绥宁.*签名答复：在我地"));
  EXPECT_THAT(file, HasSubstr("状态:10"));
  EXPECT_THAT(tongan_->Run({"task", "list"}), HasSubstr("阅处"))
      << "the bureau is to read it: tasks of the case";
  EXPECT_EQ(tongan_->Told("tracing", "tracing.where.here", "where/" + question), 1);

  EXPECT_THAT(tongan_->Refuses({"where", "letter", few, "--to", "350213", "--last-seen",
                                "2026-09-30"}),
              HasSubstr("NOT_HERE"));
  EXPECT_THAT(tongan_->Says({"where", "letter", few, "--to", "430527", "--last-seen", "2026-09-30",
                             "--phone", "0592-0000000"}),
              HasSubstr("协查函 "));
  const std::string letter =
      tongan_->Ask({"letter", "list", "--case", case_id})["letters"][0]["conversation_id"];
  tongan_->Run({"--as", kChief, "letter", "approve", letter});
  ASSERT_TRUE(harness::WaitUntil([&] { return news().size() == 2; }, std::chrono::seconds{20}))
      << tongan_->Run({"letter", "show", letter});
  EXPECT_EQ(news()[1]["letter"]["code"], "R01");
  EXPECT_THAT(tongan_->Says({"case", "show", case_id}), HasSubstr("状态:41"));
  EXPECT_THAT(tongan_->Says({"where", "show", few}), HasSubstr(letter)) << "what followed";
  for (const County* county : {tongan_, suining_}) {
    EXPECT_THAT(county->said(), Not(HasSubstr(number)));
    EXPECT_THAT(county->Logs(), Not(HasSubstr(number)));
  }
}

TEST_F(Commands, ARefusedQuestionGoesNowhereAndThereIsALimitForOneChild) {
  const Row& child = tongan_->roster().at(26);
  const std::string student = tongan_->StudentId(child);
  const std::string first = AskWhere(student);
  const std::size_t before =
      suining_->Ask({"where", "list", "--incoming"}).value("incoming", json::array()).size();
  EXPECT_EQ(tongan_->Try({"where", "refuse", first}).exit_code, 2) << "a reason is needed";
  EXPECT_THAT(tongan_->Says({"--as", kChief, "where", "refuse", first, "--text", "先入户核查"}),
              HasSubstr("未获批准"));
  EXPECT_THAT(tongan_->Says({"where", "show", first}), HasSubstr("批注: 先入户核查"));
  EXPECT_THAT(tongan_->Refuses({"--as", kChief, "where", "approve", first}),
              HasSubstr("ALREADY_DECIDED"));
  for (int i = 0; i < 3; ++i) (void)AskWhere(student);  // who was refused does not count
  const std::string fourth =
      tongan_->Refuses({"where", "ask", student, "--reason", "还要再查"});
  EXPECT_THAT(fourth, HasSubstr("TOO_MANY_OF_CHILD"));
  EXPECT_THAT(fourth, HasSubstr("90天内已查询3次"));
  // The number itself does not belong on the line, and is not said again.
  const auto by_number = tongan_->Try({"where", "ask", child.at("身份证件号"), "--reason", "再查"});
  EXPECT_EQ(by_number.exit_code, 2);
  EXPECT_THAT(by_number.output, HasSubstr("身份证件号不要写在命令行上"));
  EXPECT_THAT(by_number.output, Not(HasSubstr(child.at("身份证件号"))));
  EXPECT_THAT(tongan_->Refuses({"where", "ask", student, "--reason", "再", "--province", "4"}),
              HasSubstr("BAD_PROVINCE"));
  EXPECT_EQ(tongan_->Try({"where", "ask", student}).exit_code, 2) << "no reason, no question";
  for (const char* unknown : {"abc", "ffffffff", "ffffffffffffffffffffffffffffffff"}) {
    EXPECT_THAT(tongan_->Refuses({"where", "show", unknown}), HasSubstr("NO_QUESTION")) << unknown;
  }
  EXPECT_THAT(tongan_->Refuses({"where", "ask", "999999", "--reason", "查"}),
              HasSubstr("STUDENT_UNKNOWN"));
  EXPECT_EQ(suining_->Ask({"where", "list", "--incoming"}).value("incoming", json::array()).size(),
            before);
  const std::string elsewhere = AskWhere(tongan_->StudentId(tongan_->roster().at(27)),
                                         {"--province", "44"});
  EXPECT_THAT(tongan_->Refuses({"--as", kChief, "where", "approve", elsewhere}),
              HasSubstr("NOBODY_TO_ASK"));
  EXPECT_THAT(tongan_->said(), Not(HasSubstr(child.at("身份证件号"))));
}

// A child of our own households that no school here knows: the township goes there.
TEST_F(Commands, ATownshipSeesItsTaskAndItsAnswerIsTheReply) {
  const Row child = suining_->ListedOnly();
  const std::string number = child.at("身份证件号");
  harness::WriteFile(tongan_->File("number"), number + "\n");
  tongan_->Run({"letter", "draft", "--kind", "HC", "--to", "430527", "--name", child.at("姓名"),
                "--id-file", tongan_->File("number"), "--last-seen", "2026-09-30", "--visit",
                "2026-10-08:家中无人", "--phone", "0592-0000000"});
  const json mine =
      AwaitRow(*tongan_, {"letter", "list", "--outgoing"}, "letters",
               [&](const json& one) { return one["student_name"] == child.at("姓名"); });
  const std::string letter = mine["conversation_id"];
  EXPECT_EQ(mine["state_name"], "拟稿") << "the profile sends nothing by itself";
  tongan_->Run({"--as", kChief, "letter", "approve", letter});
  const json task = AwaitRow(*suining_, {"task", "list", "--limit", "1000"}, "tasks",
                             [](const json& one) { return one.value("household", false); });
  const std::string id = County::Text(task["task_id"]);
  const std::string document = tongan_->Ask({"letter", "show", letter})["letter"]["document_no"];
  EXPECT_THAT(suining_->Says({"task", "list", "--limit", "1000"}), HasSubstr(child.at("姓名")));
  const std::string body = task["owner"]["body"];
  EXPECT_GT(suining_->Ask({"task", "list", "--body", body, "--limit", "1000"})["tasks"].size(), 0u);
  EXPECT_EQ(suining_->Ask({"task", "list", "--body", "没有的乡镇"})["tasks"].size(), 0u);
  EXPECT_EQ(suining_->Ask({"task", "list", "--overdue", "--body", body})["tasks"].size(), 0u);
  const std::string shown = suining_->Says({"task", "show", id});
  for (const std::string& part : {std::string{"入户核查"}, child.at("姓名"), document,
                                  std::string{"同安区"}, body}) {
    EXPECT_THAT(shown, HasSubstr(part));
  }
  EXPECT_THAT(suining_->Refuses({"task", "show", "999999"}), HasSubstr("NO_TASK"));
  EXPECT_THAT(suining_->Refuses({"task", "answer", "999999", "查无此人", "--text", "无",
                                 "--participant", "乡镇干部甲"}),
              HasSubstr("NO_TASK"));
  EXPECT_THAT(suining_->Refuses({"task", "answer", id, "不知道", "--text", "无", "--participant",
                                 "乡镇干部甲"}),
              HasSubstr("BAD_OUTCOME"));
  EXPECT_THAT(suining_->Refuses({"task", "answer", id, "在校就读", "--text", "在镇上",
                                 "--participant", "乡镇干部甲", "--since", "2026-09-01"}),
              HasSubstr("FIELD_MISSING")) << "which school";
  EXPECT_EQ(suining_->Try({"task", "answer", id}).exit_code, 2);
  const std::string done = suining_->Says(
      {"--as", "王乡长/town_officer/长铺镇", "task", "answer", id, "拒绝", "--text",
       "家长不同意返校", "--participant", "乡镇干部甲", "--participant", "村干部乙",
       "--persuasions", "3"});
  EXPECT_THAT(done, ContainsRegex("王乡长.*拒绝.*家长不同意返校"));
  ASSERT_TRUE(harness::WaitUntil(
      [&] { return tongan_->Ask({"letter", "show", letter})["letter"]["reply_code"] == "R04"; },
      std::chrono::seconds{20}))
      << tongan_->Run({"letter", "show", letter}) << suining_->Run({"letter", "show", letter});
  EXPECT_THAT(suining_->Refuses({"task", "answer", id, "拒绝", "--text", "再", "--participant",
                                 "甲", "--persuasions", "4", "--expected-version", "1"}),
              HasSubstr("VERSION_MISMATCH"));
  const std::string sheet = tongan_->Says({"letter", "show", document});
  for (const char* part : {"R04", "已回函", "回函方"}) EXPECT_THAT(sheet, HasSubstr(part));
  for (const County* county : {tongan_, suining_}) {
    EXPECT_THAT(county->said(), Not(HasSubstr(number)));
    EXPECT_THAT(county->Logs(), Not(HasSubstr(number)));
  }
}

TEST_F(Commands, LettersDirectoryAndEvidenceRefuseInWordsThatHelp) {
  EXPECT_THAT(tongan_->Refuses({"letter", "show", "同教函〔2026〕999号"}),
              HasSubstr("没有这封函件：同教函〔2026〕999号"));
  EXPECT_THAT(tongan_->Refuses({"letter", "show", std::string(32, 'f')}), HasSubstr("NO_LETTER"));
  EXPECT_THAT(tongan_->Refuses({"letter", "do", std::string(32, 'f'), "close"}),
              HasSubstr("NO_LETTER"));
  EXPECT_EQ(tongan_->Try({"letter", "do", std::string(32, 'f'), "burn"}).exit_code, 2);
  harness::WriteFile(tongan_->File("nobody"), "431022201403050014\n");
  const std::vector<std::string> draft{"letter", "draft", "--kind", "HC", "--name", "欧阳小满",
                                       "--id-file", tongan_->File("nobody"), "--last-seen",
                                       "2026-08-20", "--phone", "0592-0000000"};
  const auto with = [&](std::vector<std::string> more) {
    std::vector<std::string> words = draft;
    words.insert(words.end(), more.begin(), more.end());
    return words;
  };
  EXPECT_THAT(tongan_->Refuses(with({"--to", "430527"})), HasSubstr("请填写已采取措施"));
  EXPECT_THAT(tongan_->Refuses(with({"--to", "110101", "--visit", "2026-08-25:无人"})),
              HasSubstr("通讯录中没有区划 110101"));
  const json sent =
      tongan_->Ask(with({"--to", "430527", "--visit", "2026-08-25:无人"}))["letter"];
  const std::string id = sent["conversation_id"];
  EXPECT_EQ(sent["document_no"], "") << "no number before it is approved";
  EXPECT_THAT(tongan_->Refuses({"letter", "do", id, "close"}), HasSubstr("函件尚未发出"));
  EXPECT_THAT(tongan_->Refuses({"letter", "do", id, "reject"}), HasSubstr("TEXT_MISSING"));
  EXPECT_THAT(tongan_->Says({"letter", "do", id, "reject", "--text", "先补充家访"}),
              HasSubstr("未获签发"));
  EXPECT_THAT(tongan_->Refuses({"--as", kChief, "letter", "approve", id}),
              HasSubstr("WRONG_STATE"));
  EXPECT_THAT(tongan_->Says({"letter", "list", "--outgoing"}), HasSubstr("核查函"));
  EXPECT_EQ(tongan_->Ask({"letter", "list", "--stuck"})["letters"].size(), 0u);
  EXPECT_THAT(tongan_->Says({"letter", "summary"}), ContainsRegex("待回执 [0-9]+"));
  EXPECT_THAT(tongan_->Refuses({"letter", "confirm-numbers", "--year", "2026", "--last", "3"}),
              HasSubstr("NOT_FROZEN"));

  const std::string members = tongan_->Says({"directory", "show"});
  for (const char* part : {"430527", "绥宁", "本县指纹"}) EXPECT_THAT(members, HasSubstr(part));
  EXPECT_THAT(tongan_->Refuses({"directory", "import", "/nowhere.directory"}),
              HasSubstr("NO_FILE"));
  harness::WriteFile(tongan_->File("broken.directory"), "baoxue-directory 1\nxx");
  EXPECT_EQ(tongan_->Try({"directory", "import", tongan_->File("broken.directory")}).exit_code, 1);
  EXPECT_EQ(tongan_->Try({"directory", "test", "--with", "110101"}).exit_code, 1);
  EXPECT_EQ(tongan_->Try({"directory", "revoke", "deadbeef", "--reason", "遗失"}).exit_code, 1);
  EXPECT_EQ(tongan_->Try({"directory", "revoke", "deadbeef"}).exit_code, 2);

  EXPECT_THAT(tongan_->Refuses({"evidence", "export", "同教函〔2026〕999号"}),
              HasSubstr("NO_LETTER"));
  EXPECT_THAT(tongan_->Refuses({"evidence", "verify", "/nowhere.evidence"}),
              HasSubstr("NO_FILE"));
  harness::WriteFile(tongan_->File("none.evidence"), "this is no evidence");
  EXPECT_EQ(tongan_->Try({"evidence", "verify", tongan_->File("none.evidence")}).exit_code, 1);
  EXPECT_THAT(tongan_->said(), Not(HasSubstr("431022201403050014")));
}

}  // namespace
}  // namespace tracing
