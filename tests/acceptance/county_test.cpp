// The planted truth is found exactly, in all five counties: every truant case opened on the right
// day, none other; matches as planted; classes without a roll call; the same lists again change
// nothing.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <iterator>
#include <set>

#include "acceptance/stage.h"

namespace {

using acceptance::Seat;
using acceptance::Stage;
using nlohmann::json;

Seat SeatOf(const sample::TruthStudent& student) {
  return {student.school, student.class_no, student.seat};
}

// The China day of "2026-09-03T00:10:00.000Z".
std::string DayOf(const json& instant) {
  if (instant.is_null()) return "";
  const auto time = base::ParseTime(instant.get<std::string>());
  return time.ok() ? base::DateAt(*time).ToString() : "";
}

class County : public ::testing::TestWithParam<std::string> {
 protected:
  static void ExpectImported(Stage& stage) {
    const json page = stage.Ask({"report", "--examples", "0"});
    EXPECT_EQ(page["registry"]["students"], stage.truth().students);
    EXPECT_EQ(page["registry"]["schools"], stage.truth().schools);
    EXPECT_EQ(page["registry"]["classes"], stage.truth().classes);
    EXPECT_EQ(page["registry"]["people"], stage.truth().people);
  }
  static void ExpectSecondImportChangesNothing(Stage& stage) {
    const auto head = [&] { return stage.Ask({"doctor"})["registry"]["feed_head"]; };
    const json before = head();
    for (const json& list : stage.Ask({"import", "--sample", stage.folder()})) {
      EXPECT_EQ(list["added"], 0) << list;
      EXPECT_EQ(list["changed"], 0) << list;
      EXPECT_EQ(list["refused"], 0) << list;
      EXPECT_EQ(list["missing"], 0) << list;
      EXPECT_EQ(list["unchanged"], list["rows"]) << list;
    }
    EXPECT_EQ(head(), before);
  }
  static void ExpectMatchesAsPlanted(Stage& stage);
  static void ExpectCasesAsPlanted(Stage& stage);
  static void ExpectMissingAsPlanted(Stage& stage);
};

using Match = std::tuple<std::string, std::string, std::string, bool>;  // class, name, birth, open

std::vector<Match> Without(const std::multiset<Match>& all, const std::multiset<Match>& those) {
  std::vector<Match> rest;
  std::set_difference(all.begin(), all.end(), those.begin(), those.end(), std::back_inserter(rest));
  return rest;
}

void County::ExpectMatchesAsPlanted(Stage& stage) {
  const json run = stage.Ask({"reconcile", "run"});
  EXPECT_EQ(run["people"], stage.truth().people);
  std::multiset<Match> expected;
  for (const sample::TruthMatch& one : stage.truth().matches) {
    expected.insert({one.match_class, one.name, one.birth.ToString(), one.needs_decision});
  }
  std::multiset<Match> found;
  std::uint64_t plain = 0;
  for (const json& one :
       stage.Ask({"reconcile", "list", std::to_string(run["run_id"].get<std::int64_t>()), "--limit",
                  "0"})) {
    if (one["match_class"] == "B01") {
      ++plain;
    } else {
      found.insert(Match{one["match_class"].get<std::string>(), one["name"].get<std::string>(),
                         one["birth"].get<std::string>(), one["needs_decision"].get<bool>()});
    }
  }
  EXPECT_THAT(Without(found, expected), ::testing::IsEmpty()) << "found, but nobody planted it";
  EXPECT_THAT(Without(expected, found), ::testing::IsEmpty()) << "planted, but not found";
  for (const json& one : run["classes"]) {
    const std::string code = one["field"].get<std::string>().substr(0, 3);
    if (code == "B01") plain = one["count"];
  }
  EXPECT_EQ(plain, stage.truth().plain_matches);
}

struct Opened {
  std::string opened = {};
  std::string withdrawn = {};
  friend auto operator<=>(const Opened&, const Opened&) = default;
};
std::ostream& operator<<(std::ostream& out, const Opened& one) {
  return out << one.opened << (one.withdrawn.empty() ? "" : " withdrawn " + one.withdrawn);
}

void County::ExpectCasesAsPlanted(Stage& stage) {
  std::multimap<Seat, Opened> expected;
  for (const sample::TruthCase& one : stage.truth().cases) {
    expected.insert({SeatOf(one.student),
                     {.opened = one.opens_on.ToString(),
                      .withdrawn = one.withdrawn_on ? one.withdrawn_on->ToString() : ""}});
  }
  ASSERT_GE(expected.size(), 15u);
  const auto seats = stage.SeatsById();
  std::multimap<Seat, Opened> found;
  const json listed = stage.Ask({"case", "list", "--limit", "1000"});
  for (const json& one : listed["cases"]) {
    if (one["found_by"] != "考勤") continue;
    found.insert({seats.at(one["student_id"]),
                  {.opened = DayOf(one["opened_at"]),
                   .withdrawn = one["phase"] == "withdrawn" ? DayOf(one["closed_at"]) : ""}});
  }
  for (const auto& [seat, opened] : expected) {
    const auto range = found.equal_range(seat);
    const bool hit = std::any_of(range.first, range.second,
                                 [&](const auto& entry) { return entry.second == opened; });
    EXPECT_TRUE(hit) << "not found as planted: " << std::get<0>(seat) << "/" << std::get<1>(seat)
                     << "/" << std::get<2>(seat) << " " << opened << "; found "
                     << (range.first == range.second ? Opened{} : range.first->second);
  }
  for (const auto& [seat, opened] : found) {
    EXPECT_TRUE(expected.contains(seat))
        << "nobody planted: " << std::get<0>(seat) << "/" << std::get<1>(seat) << "/"
        << std::get<2>(seat) << " " << opened;
  }
  EXPECT_EQ(found.size(), expected.size());
}

void County::ExpectMissingAsPlanted(Stage& stage) {
  std::set<std::tuple<std::string, std::string, std::string, std::string>> expected;
  std::set<std::pair<std::string, std::string>> half_days;
  for (const sample::TruthMissing& one : stage.truth().missing) {
    expected.insert({one.day.ToString(), one.half, one.school, one.class_no});
    half_days.insert({one.day.ToString(), one.half});
  }
  ASSERT_FALSE(half_days.empty());
  std::map<std::int64_t, std::string> numbers;
  const json classes = stage.Ask({"class", "list"});
  for (const json& one : classes["classes"]) numbers[one["class_id"]] = one["class_no"];
  std::set<std::tuple<std::string, std::string, std::string, std::string>> found;
  for (const auto& [day, half] : half_days) {
    const json missing = stage.Ask({"rollcall", "missing", "--day", day, "--half", half});
    for (const json& one : missing["classes"]) {
      found.insert({day, half, one["school_code"], numbers[one["class_id"]]});
    }
  }
  EXPECT_EQ(found, expected);
}

TEST_P(County, WhatWasPlantedIsFoundAndNothingElse) {
  Stage stage({.county = GetParam()});
  stage.ImportSample();
  ExpectImported(stage);
  ExpectSecondImportChangesNothing(stage);
  ExpectMatchesAsPlanted(stage);

  const json played = stage.Ask({"rehearse", "--sample", stage.folder()});
  EXPECT_EQ(played["days"], stage.truth().school_days);
  EXPECT_GT(played["deadlines"], 0);
  ExpectCasesAsPlanted(stage);
  ExpectMissingAsPlanted(stage);

  const json page = stage.Ask({"report"});
  EXPECT_EQ(page["attendance"]["roll_calls_taken"], stage.truth().roll_calls);
  EXPECT_EQ(page["attendance"]["roll_calls_missing"], stage.truth().missing.size());
  EXPECT_GT(page["cases"]["overdue_tasks"], 0);
  EXPECT_EQ(page["examples"].size(), 3u);
  EXPECT_TRUE(stage.Ask({"doctor"})["well"]);
  for (const json& service : stage.Ask({"jobs", "dead"})) EXPECT_TRUE(service["jobs"].empty());
}

INSTANTIATE_TEST_SUITE_P(Five, County,
                         ::testing::Values("tongan", "jianan", "chengkou", "tiedong", "suining"),
                         [](const auto& county) { return county.param; });

}  // namespace
