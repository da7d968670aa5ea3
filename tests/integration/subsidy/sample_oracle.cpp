#include "integration/subsidy/sample_oracle.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tables/tables.h"

namespace acceptance {
namespace {

std::string Yuan(std::int64_t fen) { return fmt::format("{}.{:02}", fen / 100, fen % 100); }

}  // namespace

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

Oracle::Oracle(Stage& stage) : county_(stage.truth().county) {
  for (const auto& school : stage.Ask({"school", "list"})["schools"]) {
    if (school["stage"] == "SPECIAL") special_.insert(std::string{school["school_code"]});
  }
  const auto classes = stage.Ask({"class", "list"});
  for (const auto& one : classes["classes"]) {
    grades_[{one["school_code"], one["class_no"]}] = one["grade"];
  }
  const base::Date always = *base::Date::Parse("2020-01-01");
  for (Row& row : ReadTable(stage.folder() + "/roster.csv")) {
    const std::string inclusive = row["随班就读"];
    Child child{.seat = {row["学校标识码"], row["班号"], row["班内学号"]},
                .number = row["身份证件号"],
                .boards = row["就读方式"] == "住校",
                .inclusive = !inclusive.empty() && inclusive != "非随班就读"};
    child.stays.push_back({always, row["学校标识码"], row["班号"]});
    children_.push_back(std::move(child));
  }
  for (const sample::GroupFile& file : stage.truth().groups) {
    List list{.from = always};
    for (Row& row : ReadTable(stage.folder() + "/" + file.path)) {
      list.numbers.insert(row["身份证件号"]);
    }
    lists_.emplace(file.group, std::move(list));
  }
}

Child& Oracle::At(const Seat& seat) {
  for (Child& child : children_) {
    if (child.seat == seat) return child;
  }
  throw std::runtime_error("no such seat");
}

bool Oracle::Poor(const Child& child, base::Date day) const {
  for (const auto& [group, list] : lists_) {
    const bool holds = list.from <= day && (!list.to || day < *list.to);
    if (holds && list.numbers.contains(child.number)) return true;
  }
  return false;
}

std::string Oracle::LineOf(const Child& child, const Stay& stay, base::Date day) const {
  const bool primary = GradeOf(stay) <= 6;
  std::string line = "免学杂费 0.00;免费教科书 0.00";
  std::int64_t living = 0;
  if (Poor(child, day)) {
    living = (primary ? 125000 : 150000) / (child.boards ? 1 : 2);
    if (day >= raised_from_) living += child.boards ? 5100 : 2600;
    living /= 2;
  }
  const bool special =
      county_ == "tongan" && (special_.contains(stay.school) || child.inclusive);
  const std::int64_t special_living = special ? (child.boards ? 125000 : 62500) : 0;
  // One of the two, the higher.
  if (living > special_living) {
    line += fmt::format(";生活补助({}) {}", child.boards ? "寄宿" : "非寄宿", Yuan(living));
  }
  if (special) line += ";特殊教育四免 0.00";
  if (special_living >= living && special) line += ";特殊教育生活费补助 " + Yuan(special_living);
  if (county_ == "chengkou") line += ";营养改善计划 500.00";
  return line + " @" + stay.school;
}

std::map<Seat, std::string> Oracle::Truth(base::Date day) const {
  std::map<Seat, std::string> truth;
  for (const Child& child : children_) {
    const Stay* stay = nullptr;
    for (const Stay& one : child.stays) {
      if (one.from <= day) stay = &one;
    }
    if (stay == nullptr || !stay->counts) continue;
    truth[child.seat] = LineOf(child, *stay, day);
  }
  return truth;
}

std::optional<Stay> Oracle::Elsewhere(const Stay& from) const {
  const int grade = GradeOf(from);
  for (const auto& [at, its] : grades_) {
    if (its == grade && at.first != from.school && special_.contains(at.first) ==
                                                       special_.contains(from.school)) {
      return Stay{.school = at.first, .class_no = at.second};
    }
  }
  return std::nullopt;
}

}  // namespace acceptance
