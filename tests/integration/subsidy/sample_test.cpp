// The sample counties through the real services: schools, roster and the departments' lists
// imported by the operator's command, two terms of the clock with transfers, suspensions, a death
// that was told late, a list that reaches back, a new year's whole list, and other amounts from
// 1 March that two people approved. Who is entitled to what, to the 分, says an oracle over the
// sample's files.
#include <gmock/gmock.h>

#include <fstream>
#include <iterator>

#include "integration/subsidy/sample_oracle.h"
#include "tables/tables.h"

namespace acceptance {
namespace {

using ::testing::HasSubstr;

base::Date Day(const char* iso) { return *base::Date::Parse(iso); }

std::string Words(const Seat& seat) {
  return std::get<0>(seat) + "/" + std::get<1>(seat) + "/" + std::get<2>(seat);
}

class SampleCounty : public ::testing::TestWithParam<const char*> {
 protected:
  SampleCounty()
      : stage_({.county = GetParam(), .students = Students(), .weeks = 1, .seed = 11}) {
    stage_.deployment().Start("subsidy");
    stage_.ImportSample();
    seats_ = stage_.SeatsById();
    oracle_.emplace(stage_);
  }
  // Enough for two schools of a kind.
  static int Students() {
    const std::string county = GetParam();
    return county == "tongan" || county == "tiedong" ? 900 : 400;
  }
  void ClockTo(const std::string& day) { stage_.Ask({"clock", "set", day + "T08:00"}); }

  std::map<Seat, std::string> Found(const std::string& term) {
    const std::string file = stage_.File("list-" + term + ".csv");
    EXPECT_EQ(stage_.Run({"subsidy", "list", "--term", term, "--out", file}).exit_code, 0);
    std::map<Seat, std::string> found;
    for (Row& row : ReadTable(file)) {
      if (row["补助"].empty()) continue;
      found[seats_.at(std::stoll(row["学生"]))] = row["补助"] + " @" + row["学校"];
    }
    return found;
  }
  // Children in the order of the roster that fit, each taken once.
  std::vector<Child*> Some(std::size_t count, const std::function<bool(const Child&)>& fits) {
    std::vector<Child*> some;
    for (Child& child : oracle_->children()) {
      if (some.size() == count) break;
      if (!taken_.contains(child.seat) && child.stays.size() == 1 && fits(child)) {
        some.push_back(&child);
        taken_.insert(child.seat);
      }
    }
    EXPECT_EQ(some.size(), count);
    return some;
  }
  // Poor ones as far as there are any with another school to go to: a small county has few.
  std::vector<Child*> Movers(std::size_t count) {
    const auto can = [&](const Child& one) {
      return MayLeave(one) && oracle_->Elsewhere(one.stays.back()).has_value();
    };
    std::size_t poor = 0;
    for (const Child& one : oracle_->children()) {
      if (!taken_.contains(one.seat) && Poor(one) && can(one)) ++poor;
    }
    poor = std::min(poor, count);
    auto movers = Some(poor, [&](const Child& one) { return Poor(one) && can(one); });
    for (Child* one : Some(count - poor, can)) movers.push_back(one);
    return movers;
  }
  bool Poor(const Child& child) { return oracle_->Poor(child, Day("2026-10-15")); }
  bool MayLeave(const Child& child) {  // not in the last grade of a stage
    const int grade = oracle_->GradeOf(child.stays.back());
    return grade != 6 && grade != 9;
  }
  void Enrol(const Child& child, const std::string& kind, const std::string& day,
             std::vector<std::string> more) {
    std::vector<std::string> words{"enrol", kind, "--student", Words(child.seat), "--effective",
                                   day, "--approver", "zz001/bureau_officer/局"};
    words.insert(words.end(), more.begin(), more.end());
    stage_.Ask(words);
  }

  void Autumn();
  void ToldLate();
  void Winter();
  void ALaterListReachesBack();
  void NewYearsList();
  void MarchRaise();

  Stage stage_;
  std::map<std::int64_t, Seat> seats_;
  std::optional<Oracle> oracle_;
  std::set<Seat> taken_;
  std::vector<Child*> suspended_;
};

// A list as a department writes it, from rows of another.
std::string WriteList(const std::string& path, const std::vector<Row>& rows,
                      const std::string& from) {
  auto writer = *tables::Create(path, tables::Format::kCsv, "名单");
  std::vector<std::string> header;
  for (const auto& [column, text] : rows.front()) header.push_back(column);
  EXPECT_TRUE(writer->Write(header).ok());
  for (const Row& row : rows) {
    std::vector<std::string> cells;
    for (const std::string& column : header) {
      cells.push_back(column == "认定日期" ? from : row.at(column));
    }
    EXPECT_TRUE(writer->Write(cells).ok());
  }
  EXPECT_TRUE(writer->Close().ok());
  return path;
}

void SampleCounty::Autumn() {
  ClockTo("2026-10-16");
  const auto autumn = oracle_->Truth(Day("2026-10-15"));
  EXPECT_GT(autumn.size(), 300u);
  EXPECT_EQ(Found("2026秋"), autumn);
}

// Died before the day that decides, told after it.
void SampleCounty::ToldLate() {
  ClockTo("2026-10-21");
  Child& child = *Some(1, [&](const Child& one) { return Poor(one); }).front();
  Enrol(child, "death", "2026-10-12", {"--reason-code", "40", "--evidence", "死亡证明:1"});
  child.stays.push_back({Day("2026-10-12"), {}, {}, false});
  ClockTo("2026-10-22");
  EXPECT_EQ(Found("2026秋"), oracle_->Truth(Day("2026-10-15")));
}

// After the day that decides: the autumn stays with the school that had the child.
void SampleCounty::Winter() {
  ClockTo("2026-12-02");
  const auto fits = [&](const Child& one) { return Poor(one) && MayLeave(one); };
  Child& gone = *Some(1, fits).front();
  Enrol(gone, "transfer-out", "2026-12-01",
        {"--evidence", "转学申请:1", "--other-school", "外县小学", "--other-division", "110101"});
  gone.stays.push_back({Day("2026-12-01"), {}, {}, false});
  for (Child* one : Movers(2)) {
    Stay there = *oracle_->Elsewhere(one->stays.back());
    Enrol(*one, "transfer-in", "2026-12-01",
          {"--evidence", "转学申请:1", "--class", there.school + "/" + there.class_no});
    there.from = Day("2026-12-01");
    one->stays.push_back(there);
  }
  for (Child* one : Some(2, fits)) {
    Enrol(*one, "suspend", "2026-12-01",
          {"--until", "2027-06-30", "--reason-code", "10", "--evidence", "休学申请:1", "--evidence",
           "医院证明:1"});
    one->stays.push_back({Day("2026-12-01"), {}, {}, false});
    suspended_.push_back(one);
  }
  EXPECT_EQ(Found("2026秋"), oracle_->Truth(Day("2026-10-15")));
}

// On no list so far; the batch comes in December and holds since September.
void SampleCounty::ALaterListReachesBack() {
  const auto late = Some(5, [&](const Child& one) { return !Poor(one); });
  std::vector<Row> rows;
  for (const Row& row : ReadTable(stage_.folder() + "/roster.csv")) {
    for (const Child* one : late) {
      if (row.at("身份证件号") != one->number) continue;
      rows.push_back({{"姓名", row.at("姓名")}, {"身份证件号", one->number}, {"认定日期", ""}});
    }
  }
  const std::string path = WriteList(stage_.File("特困补报.csv"), rows, "2026-09-20");
  stage_.Ask({"import", path, "--kind", "group", "--group", "特困", "--source", "民政局", "--batch",
              "补报", "--valid-from", "2026-09-20", "--yes"});
  List list{.from = Day("2026-09-20")};
  for (const Child* one : late) list.numbers.insert(one->number);
  oracle_->lists().emplace("特困", list);
  ClockTo("2026-12-03");
  EXPECT_EQ(Found("2026秋"), oracle_->Truth(Day("2026-10-15")));
  const auto told = stage_.Ask({"subsidy", "show", Words(late.front()->seat), "--term", "2026秋"});
  // The history stays: what was decided before the batch came, and why.
  EXPECT_GE(told["history"].size(), 2u);
  const auto first = stage_.Ask(
      {"subsidy", "show", Words(late.front()->seat), "--term", "2026秋", "--no", "1"});
  EXPECT_THAT(std::string{first["decision"]["trace"]}, HasSubstr("特困:不在名单上"));
  EXPECT_THAT(std::string{told["decision"]["trace"]}, HasSubstr("民政局,批次补报"));
}

// The new year's whole list: every second line of the old one. Who is left out loses the tag.
void SampleCounty::NewYearsList() {
  std::vector<Row> kept;
  const auto old_list = ReadTable(stage_.folder() + "/groups/低保.csv");
  for (std::size_t i = 0; i < old_list.size(); i += 2) kept.push_back(old_list[i]);
  const std::string path = WriteList(stage_.File("低保2027.csv"), kept, "2027-02-01");
  ClockTo("2027-02-01");
  stage_.Ask({"import", path, "--kind", "group", "--group", "低保", "--source", "民政局", "--batch",
              "2027", "--valid-from", "2027-02-01", "--full", "--yes"});
  oracle_->lists().find("低保")->second.to = Day("2027-02-01");
  List list{.from = Day("2027-02-01")};
  for (const Row& row : kept) list.numbers.insert(row.at("身份证件号"));
  oracle_->lists().emplace("低保", list);
}

std::string ReadText(const std::string& path) {
  std::ifstream in(path);
  return {std::istreambuf_iterator<char>(in), {}};
}

// The national file with one more version of both living subsidies, in force from 1 March.
std::string Raised(std::string yaml) {
  const std::string key = "      - effective_from: 2024-02-01\n";
  std::size_t at = 0;
  for (const auto& [primary, junior] : {std::pair{1301, 1551}, std::pair{651, 776}}) {
    at = yaml.find(key, at);
    const std::size_t end = std::min(yaml.find("\n  - id:", at), yaml.size());
    std::string version = yaml.substr(at + key.size(), end - at - key.size());
    if (version.back() == '\n') version.pop_back();
    std::string next = "\n      - effective_from: 2027-03-01\n" + version;
    const bool day = primary == 651;
    for (const auto& [old, now] : {std::pair{day ? 625 : 1250, primary},
                                   std::pair{day ? 750 : 1500, junior}}) {
      const std::string before = std::to_string(old);
      const std::string after = std::to_string(now);
      for (const auto& [from, to] :
           {std::pair{"fen: " + before + "00", "fen: " + after + "00"},
            std::pair{"text: " + before + "元", "text: " + after + "元"}}) {
        next.replace(next.find(from), from.size(), to);
      }
    }
    yaml.replace(at, end - at, key + "        effective_to: 2027-02-28\n" + version + next);
    at += key.size() + version.size() + next.size();
  }
  return yaml;
}

void SampleCounty::MarchRaise() {
  ClockTo("2027-02-24");
  // Before 1 March the old amounts count.
  EXPECT_EQ(Found("2027春"), oracle_->Truth(Day("2027-02-24")));
  const std::string config = std::string{BAOXUE_SOURCE_DIR} + "/config/subsidy/";
  const std::string own = std::string{GetParam()} + ".yaml";
  harness::WriteFile(stage_.File("national.yaml"), Raised(ReadText(config + "national.yaml")));
  std::string draft = stage_.File("national.yaml");
  if (const std::string local = ReadText(config + own); !local.empty()) {
    draft = stage_.File(own);
    harness::WriteFile(draft, local);
  }
  const auto trial = stage_.Ask({"subsidy", "what-if", "--rules", draft, "--on", "2027-04-15",
                                 "--as", "zz001/bureau_officer/局"});
  const std::string run = trial["run_id"].dump();
  stage_.Ask({"--as", "zz001/bureau_officer/局", "subsidy", "approve", run});
  EXPECT_NE(stage_.Run({"--as", "zz001/bureau_officer/局", "subsidy", "approve", run}).exit_code, 0);
  stage_.Ask({"--as", "zz002/bureau_officer/局", "subsidy", "approve", run});
  oracle_->RaiseFrom(Day("2027-03-01"));
  ClockTo("2027-02-28");
  EXPECT_EQ(Found("2027春"), oracle_->Truth(Day("2027-02-28")));
  ClockTo("2027-03-02");
  EXPECT_EQ(Found("2027春"), oracle_->Truth(Day("2027-03-02")));
}

TEST_P(SampleCounty, EveryoneGetsWhatTheFilesSayForTwoTerms) {
  Autumn();
  ToldLate();
  Winter();
  ALaterListReachesBack();
  const auto autumn = Found("2026秋");
  NewYearsList();
  MarchRaise();
  ClockTo("2027-04-05");
  Child& back = *suspended_.front();  // one of the two comes back in time for the spring
  Enrol(back, "resume", "2027-04-02", {"--evidence", "复学申请:1", "--evidence", "医院证明:1"});
  back.stays.push_back(back.stays.front());
  back.stays.back().from = Day("2027-04-02");
  ClockTo("2027-04-16");
  EXPECT_EQ(Found("2027春"), oracle_->Truth(Day("2027-04-15")));
  // The autumn stays as it was.
  EXPECT_EQ(Found("2026秋"), autumn);
  // What nobody has seen in a document is told, and only that.
  const std::string doctor = stage_.Run({"doctor"}).output;
  EXPECT_EQ(doctor.find("待核 1 项") != std::string::npos, std::string{GetParam()} == "chengkou");
}

INSTANTIATE_TEST_SUITE_P(Five, SampleCounty,
                         ::testing::Values("tongan", "chengkou", "tiedong", "jianan", "suining"),
                         [](const auto& county) { return std::string{county.param}; });

// The office's side of a county: follows with its own key, proves it by day, and gets nothing more
// once the key is taken back.
TEST(SampleOffice, FollowsProvesAndIsRevoked) {
  Stage stage{{.county = "tongan", .students = 200, .weeks = 1, .seed = 3}};
  stage.deployment().Start("subsidy");
  stage.ImportSample();
  stage.Ask({"clock", "set", "2026-10-16T08:00"});
  const std::string lines = stage.File("feed.jsonl");
  const std::vector<std::string> as_office{"--key", "subsidy-office", "follow", "subsidy"};
  const auto with = [&](std::vector<std::string> more) {
    std::vector<std::string> words = as_office;
    words.insert(words.end(), more.begin(), more.end());
    return stage.Run(words);
  };
  const auto followed = with({"--once", "--from", "0"});
  ASSERT_EQ(followed.exit_code, 0);
  EXPECT_NE(followed.output.find("\"difference_fen\":62500"), std::string::npos);
  EXPECT_EQ(followed.output.find("日期或规则"), std::string::npos);
  const auto whole = stage.Run({"follow", "subsidy", "--once", "--from", "0"});
  EXPECT_NE(whole.output.find("\"cause\":\"日期或规则\""), std::string::npos);
  harness::WriteFile(lines, followed.output);
  EXPECT_EQ(with({"--verify", "--lines", lines}).exit_code, 0);
  harness::WriteFile(lines, followed.output.substr(followed.output.find('\n') + 1));
  EXPECT_EQ(with({"--verify", "--lines", lines}).exit_code, 1);
  EXPECT_EQ(with({"--verify"}).exit_code, 0);
  EXPECT_EQ(stage.Run({"follow", "subsidy", "--verify"}).exit_code, 0);
  EXPECT_NE(stage.Run({"access", "revoke", "registry"}).exit_code, 0);
  EXPECT_NE(stage.Run({"access", "revoke", "nobody"}).exit_code, 0);
  const auto revoked = stage.Run({"access", "revoke", "subsidy-office"});
  EXPECT_EQ(revoked.exit_code, 0) << revoked.output;
  const auto after = stage.deployment().Cli(
      {"--json", "--timeout", "2", "--key", "subsidy-office", "follow", "subsidy", "--once",
       "--from", "0"},
      std::chrono::seconds{60});
  EXPECT_NE(after.exit_code, 0);
  EXPECT_EQ(after.output.find("specversion"), std::string::npos);
  EXPECT_EQ(stage.Run({"follow", "subsidy", "--verify"}).exit_code, 0);
}

// The roll for the bank and the trial for the bureau, opened by a reader that is not ours (Python's
// zipfile and XML): headings, amounts as numbers with two decimals that add up, the control sum.
TEST(SampleOffice, TheRollAndTheTrialOpenInAnotherProgram) {
  Stage stage{{.county = "tongan", .students = 400, .weeks = 1, .seed = 5}};
  stage.deployment().Start("subsidy");
  stage.ImportSample();
  stage.Ask({"clock", "set", "2026-10-16T08:00"});
  const std::string list = stage.File("all.csv");
  ASSERT_EQ(stage.Run({"subsidy", "list", "--term", "2026秋", "--out", list}).exit_code, 0);
  std::map<std::string, int> poor;
  for (Row& row : ReadTable(list)) poor[row["学校"]] += row["应发"] == "0.00" ? 0 : 1;
  const auto most = std::max_element(poor.begin(), poor.end(), [](const auto& a, const auto& b) {
    return a.second < b.second;
  });
  const auto roll =
      stage.Ask({"subsidy", "roll", "make", "--term", "2026秋", "--school", most->first})[0];
  const std::string file = stage.File("roll.xlsx");
  const std::string number = roll["roll_id"].dump();
  ASSERT_EQ(stage.Run({"subsidy", "roll", "export", number, "--out", file}).exit_code, 0);
  const auto trial = stage.Run({"subsidy", "what-if", "--on", "2027-04-15", "--out",
                                stage.File("trial.xlsx")});
  ASSERT_EQ(trial.exit_code, 0) << trial.output;
  const auto checked = harness::RunProgram(
      {"/usr/bin/python3", BAOXUE_SOURCE_DIR "/tests/integration/subsidy/open_xlsx.py", file,
       stage.File("trial.xlsx"), stage.File("trial-cost.xlsx")},
      std::chrono::seconds{60});
  EXPECT_EQ(checked.exit_code, 0) << checked.output;
  EXPECT_THAT(checked.output, HasSubstr(std::string{roll["control"]}));
  EXPECT_THAT(checked.output, HasSubstr("lines " + roll["lines"].dump()));
}

}  // namespace
}  // namespace acceptance
