// A letter that has a child wrong, between two counties with all their real services, worked by the
// operator's command: the machine does not answer, the officer sees who may be meant and why.
#include <gmock/gmock.h>

#include <algorithm>
#include <fstream>

#include "integration/tracing/worked_county.h"

namespace tracing {
namespace {

using nlohmann::json;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

using County = testing::WorkedCounty;
using Row = testing::Row;

constexpr std::size_t kBytesOfACharacter = 3;  // of those that names here are made of

class LikelyLetter : public ::testing::Test {
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
  // A child of 绥宁's roster; each once.
  template <class Fits>
  static Row Child(Fits fits) {
    for (const Row& row : suining_->roster()) {
      const bool once = std::count_if(taken_.begin(), taken_.end(), [&](const std::string& one) {
                          return one == row.at("身份证件号");
                        }) == 0;
      if (!once || row.at("姓名").size() != 3 * kBytesOfACharacter || !fits(row)) continue;
      taken_.push_back(row.at("身份证件号"));
      return row;
    }
    ADD_FAILURE() << "the sample has changed";
    return {};
  }
  static Row Child() {
    return Child([](const Row&) { return true; });
  }
  static std::string WithAnotherCharacter(const std::string& name) {
    return name.substr(0, kBytesOfACharacter) + "龘" + name.substr(2 * kBytesOfACharacter);
  }
  static std::string WithAnotherLastDigit(std::string number) {
    number.back() = number.back() == '7' ? '8' : '7';
    return number;
  }
  // A 核查函 of 同安, issued, when it lies on 绥宁's officer's desk; its id.
  static std::string Send(std::vector<std::string> child) {
    std::vector<std::string> words{"letter",      "draft",      "--kind",  "HC",
                                   "--to",        "430527",     "--visit", "2026-10-08:家中无人",
                                   "--last-seen", "2026-09-30", "--phone", "0592-0000000",
                                   "--household", "430527"};
    words.insert(words.end(), child.begin(), child.end());
    const std::string id = tongan_->Ask(words)["letter"]["conversation_id"];
    tongan_->Run({"--as", "签发人丙/bureau_leader", "letter", "approve", id});
    EXPECT_TRUE(harness::WaitUntil(
        [&] {
          const json list = suining_->Ask({"letter", "list", "--incoming"})["letters"];
          return std::any_of(list.begin(), list.end(), [&](const json& one) {
            return one["conversation_id"] == id && one.value("desk", "") != "machine";
          });
        },
        std::chrono::seconds{30}));
    return id;
  }
  static json Shown(const std::string& id) {
    return suining_->Ask({"letter", "show", id})["letter"];
  }
  // Of the child among the candidates.
  static json CandidateOf(const json& letter, const std::string& student) {
    if (letter.contains("candidates")) {
      for (const json& one : letter["candidates"]) {
        if (County::Text(one["student_id"]) == student) return one;
      }
    }
    ADD_FAILURE() << letter.dump();
    return {};
  }

  static inline County* tongan_ = nullptr;
  static inline County* suining_ = nullptr;
  static inline std::vector<std::string> taken_;
};

TEST_F(LikelyLetter, AMistypedNumberAndAWrongCharacterFromTheLetterToTheReply) {
  const Row child = Child();
  const std::string number = child.at("身份证件号");
  const std::string mistyped = WithAnotherLastDigit(number);
  std::ofstream{tongan_->File("number")} << mistyped << "\n";
  const std::string id =
      Send({"--name", WithAnotherCharacter(child.at("姓名")), "--sex", child.at("性别"), "--id-file",
            tongan_->File("number"), "--guardian",
            "母亲:" + child.at("成员1姓名") + ":" + child.at("成员1联系电话")});
  const std::string student = suining_->StudentId(child);
  // The officer's screen.
  const std::string screen = suining_->Run({"letter", "show", id});
  EXPECT_THAT(screen, HasSubstr("有疑似人员，请人工核对"));
  EXPECT_THAT(screen, HasSubstr("姓名一字不同、出生日期相同、证件号末位不同、性别相同、"
                                "监护人姓名相同、监护人电话相同"));
  EXPECT_THAT(screen, AllOf(HasSubstr("999"), HasSubstr(child.at("姓名")), Not(HasSubstr(number)),
                            Not(HasSubstr(mistyped))));
  const json letter = Shown(id);
  EXPECT_EQ(letter.value("desk", ""), "officer") << "never answered by machine";
  EXPECT_EQ(County::Text(letter["candidates"][0]["student_id"]), student) << "best first";
  // He chooses, and the asker is told as ever.
  suining_->Run({"letter", "do", id, "answer", "--candidate", student});
  ASSERT_TRUE(harness::WaitUntil(
      [&] {
        return tongan_->Ask({"letter", "show", id})["letter"].value("state_name", "") == "已回函";
      },
      std::chrono::seconds{30}));
  const std::string told = tongan_->Run({"letter", "show", id});
  EXPECT_THAT(told, HasSubstr("R01"));
  EXPECT_THAT(told, Not(HasSubstr("疑似人员"))) << "what was compared stays there";
  EXPECT_THAT(told, Not(HasSubstr(number)));
  for (const std::string& logs : {tongan_->Logs(), suining_->Logs()}) {
    EXPECT_THAT(logs, AllOf(Not(HasSubstr(number)), Not(HasSubstr(mistyped))));
  }
  std::remove(suining_->File("events").c_str());
  EXPECT_THAT(suining_->Run({"follow", "tracing", "--once", "--position-file",
                             suining_->File("events")}),
              AllOf(Not(HasSubstr(number)), Not(HasSubstr(mistyped))));
}

// The letter's number is another child's: neither is answered, both are shown.
TEST_F(LikelyLetter, ANumberThatIsAnothersShowsBoth) {
  const Row child = Child();
  const Row other = Child([&](const Row& row) { return row.at("姓名") != child.at("姓名"); });
  std::ofstream{tongan_->File("other")} << other.at("身份证件号") << "\n";
  std::string birth = child.at("身份证件号").substr(6, 8);
  birth = birth.substr(0, 4) + "-" + birth.substr(4, 2) + "-" + birth.substr(6);
  const std::string id = Send({"--name", child.at("姓名"), "--birth", birth, "--sex",
                               child.at("性别"), "--id-file", tongan_->File("other")});
  const json letter = Shown(id);
  EXPECT_EQ(letter.value("desk", ""), "officer");
  const json whose = CandidateOf(letter, suining_->StudentId(other));
  EXPECT_EQ(County::Text(whose["score"]), "1000");
  EXPECT_THAT(whose["reasons"].get<std::vector<std::string>>(),
              ElementsAre("姓名不同", "证件号相同"));
  const json meant = CandidateOf(letter, suining_->StudentId(child));
  EXPECT_EQ(County::Text(meant["score"]), "650");
  EXPECT_THAT(meant["reasons"].get<std::vector<std::string>>(),
              ElementsAre("姓名相同", "出生日期相同", "证件号不同", "性别相同"));
}

TEST_F(LikelyLetter, MonthAndDayTheOtherWayRoundWithoutANumber) {
  const Row child = Child([](const Row& row) {
    const std::string& day = row.at("出生日期");  // 2015-03-04 or 20150304
    std::string digits = day;
    std::erase(digits, '-');
    return digits.substr(4, 2) != digits.substr(6, 2) && digits.substr(6, 2) <= "12";
  });
  std::string digits = child.at("出生日期");
  std::erase(digits, '-');
  const std::string swapped =
      digits.substr(0, 4) + "-" + digits.substr(6, 2) + "-" + digits.substr(4, 2);
  const std::string id = Send({"--name", child.at("姓名"), "--birth", swapped, "--sex",
                               child.at("性别")});
  const json candidate = CandidateOf(Shown(id), suining_->StudentId(child));
  EXPECT_EQ(County::Text(candidate["score"]), "650");
  EXPECT_THAT(candidate["reasons"].get<std::vector<std::string>>(),
              ElementsAre("姓名相同", "出生日期月日互换", "性别相同"));
}

TEST_F(LikelyLetter, AGuardiansTelephoneLeadsToTheChild) {
  const Row child = Child();
  const std::string id = Send({"--name", child.at("姓名"), "--birth", "2008-12-31", "--guardian",
                               "其他:无名氏:" + child.at("成员1联系电话")});
  const json candidate = CandidateOf(Shown(id), suining_->StudentId(child));
  EXPECT_EQ(County::Text(candidate["score"]), "600");
  EXPECT_THAT(candidate["reasons"].get<std::vector<std::string>>(),
              ElementsAre("姓名相同", "出生日期不同", "监护人姓名不同", "监护人电话相同"));
}

TEST_F(LikelyLetter, WhoIsLikeNobodyIsTheTownshipsAsBefore) {
  const std::string id = Send({"--name", "欧阳未有", "--birth", "2014-02-28"});
  const json letter = Shown(id);
  EXPECT_EQ(letter.value("desk", ""), "household");
  EXPECT_FALSE(letter.contains("candidates") && !letter["candidates"].empty());
}

}  // namespace
}  // namespace tracing
