// The sample county through the real services: schools, roster and the departments' lists imported
// by the operator's command, two terms of the clock; who is entitled to what, to the 分, is read
// from the sample's own files by a few ifs. A second, whole list of 低保 in the new year leaves half
// of them out.
#include <gmock/gmock.h>

#include <map>
#include <set>

#include "acceptance/stage.h"
#include "tables/tables.h"

namespace acceptance {
namespace {

using Row = std::map<std::string, std::string>;

std::vector<Row> ReadTable(const std::string& path) {
  auto reader = tables::Open(path);
  EXPECT_TRUE(reader.ok()) << path;
  std::vector<std::string> header;
  std::vector<Row> rows;
  tables::Row cells;
  while (*(*reader)->Next(cells)) {
    if (header.empty()) {
      header = cells.cells;
      continue;
    }
    Row row;
    for (std::size_t i = 0; i < header.size() && i < cells.cells.size(); ++i) {
      row[header[i]] = cells.cells[i];
    }
    rows.push_back(std::move(row));
  }
  return rows;
}

struct Child {
  Seat seat = {};
  std::string number = {};
  bool boards = false;
  bool inclusive = false;
};

class Oracle {
 public:
  explicit Oracle(Stage& stage) {
    for (const auto& school : stage.Ask({"school", "list"})["schools"]) {
      if (school["stage"] == "SPECIAL") special_.insert(std::string{school["school_code"]});
    }
    const auto classes = stage.Ask({"class", "list"});
    for (const auto& one : classes["classes"]) {
      grades_[{one["school_code"], one["class_no"]}] = one["grade"];
    }
    for (Row& row : ReadTable(stage.folder() + "/roster.csv")) {
      const std::string inclusive = row["随班就读"];
      children_.push_back({{row["学校标识码"], row["班号"], row["班内学号"]},
                           row["身份证件号"],
                           row["就读方式"] == "住校",
                           !inclusive.empty() && inclusive != "非随班就读"});
    }
    for (const sample::GroupFile& file : stage.truth().groups) {
      for (Row& row : ReadTable(stage.folder() + "/" + file.path)) {
        on_list_[file.group].insert(row["身份证件号"]);
      }
    }
  }
  std::set<std::string>& List(const std::string& group) { return on_list_[group]; }

  // 分 a term by seat; who gets no money is left out.
  std::map<Seat, std::int64_t> Truth() const {
    std::map<Seat, std::int64_t> truth;
    for (const Child& child : children_) {
      bool poor = false;
      for (const auto& [group, numbers] : on_list_) poor = poor || numbers.contains(child.number);
      const int grade = grades_.at({std::get<0>(child.seat), std::get<1>(child.seat)});
      std::int64_t fen = 0;
      if (poor) fen = (grade <= 6 ? 125000 : 150000) / (child.boards ? 2 : 4);
      if (special_.contains(std::get<0>(child.seat)) || child.inclusive) {
        fen = std::max<std::int64_t>(fen, child.boards ? 125000 : 62500);
      }
      if (fen > 0) truth[child.seat] = fen;
    }
    return truth;
  }

 private:
  std::set<std::string> special_;
  std::map<std::pair<std::string, std::string>, int> grades_;
  std::vector<Child> children_;
  std::map<std::string, std::set<std::string>> on_list_;
};

std::map<Seat, std::int64_t> Found(Stage& stage, const std::string& term) {
  const std::string file = stage.File("list-" + term + ".csv");
  EXPECT_EQ(stage.Run({"subsidy", "list", "--term", term, "--out", file}).exit_code, 0);
  const auto seats = stage.SeatsById();
  std::map<Seat, std::int64_t> found;
  for (Row& row : ReadTable(file)) {
    std::string yuan = row["应发"];
    yuan.erase(yuan.find('.'), 1);
    if (yuan != "000") found[seats.at(std::stoll(row["学生"]))] = std::stoll(yuan);
  }
  return found;
}

TEST(SampleCounty, EveryoneGetsWhatTheFilesSayForTwoTerms) {
  Stage stage{{.county = "tongan", .students = 600, .weeks = 1, .seed = 11}};
  stage.deployment().Start("subsidy");
  stage.ImportSample();
  Oracle oracle{stage};
  stage.Ask({"clock", "set", "2026-10-16T08:00"});
  const auto autumn = oracle.Truth();
  EXPECT_GT(autumn.size(), 5u);
  EXPECT_EQ(Found(stage, "2026秋"), autumn);

  // The new year's whole list: every second line of the old one.
  const auto old_list = ReadTable(stage.folder() + "/groups/低保.csv");
  const std::string path = stage.File("低保2027.csv");
  auto writer = *tables::Create(path, tables::Format::kCsv, "低保");
  std::vector<std::string> header;
  for (const auto& [column, text] : old_list.front()) header.push_back(column);
  ASSERT_TRUE(writer->Write(header).ok());
  std::set<std::string> kept;
  for (std::size_t i = 0; i < old_list.size(); i += 2) {
    std::vector<std::string> cells;
    for (const std::string& column : header) {
      // It is a list of the new year: it holds from the day that the import names.
      cells.push_back(column == "认定日期" ? "2027-02-01" : old_list[i].at(column));
    }
    kept.insert(old_list[i].at("身份证件号"));
    ASSERT_TRUE(writer->Write(cells).ok());
  }
  ASSERT_TRUE(writer->Close().ok());
  stage.Ask({"clock", "set", "2027-02-01T08:00"});
  stage.Ask({"import", path, "--kind", "group", "--group", "低保", "--source", "民政局", "--batch",
             "2027", "--valid-from", "2027-02-01", "--full", "--yes"});
  stage.Ask({"clock", "set", "2027-04-16T08:00"});
  oracle.List("低保") = kept;
  EXPECT_EQ(Found(stage, "2027春"), oracle.Truth());
  // The autumn stays as it was.
  EXPECT_EQ(Found(stage, "2026秋"), autumn);

  // The office's side: follows the feed and proves it by day.
  const std::string lines = stage.File("feed.jsonl");
  const auto followed = stage.Run({"follow", "subsidy", "--once", "--from", "0"});
  ASSERT_EQ(followed.exit_code, 0);
  harness::WriteFile(lines, followed.output);
  EXPECT_EQ(stage.Run({"follow", "subsidy", "--verify", "--lines", lines}).exit_code, 0);
  harness::WriteFile(lines, followed.output.substr(followed.output.find('\n') + 1));
  EXPECT_EQ(stage.Run({"follow", "subsidy", "--verify", "--lines", lines}).exit_code, 1);
  EXPECT_EQ(stage.Run({"follow", "subsidy", "--verify"}).exit_code, 0);
}

}  // namespace
}  // namespace acceptance
