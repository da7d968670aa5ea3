// What every child of a sample county is entitled to, read from the sample's own files and from
// what the test told since, by a few ifs; it knows nothing of the rule engine.
//
// Money is 分, days are civil days. A line is what `baoxue subsidy list` shows of one child:
// "免学杂费 0.00;免费教科书 0.00;生活补助(寄宿) 625.00 @<school>". Belongs to one thread.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "acceptance/stage.h"
#include "base/date.h"

namespace acceptance {

using Row = std::map<std::string, std::string>;
std::vector<Row> ReadTable(const std::string& path);

// One child's stay: in which class from which day, or nowhere.
struct Stay {
  base::Date from = {};
  std::string school = {};
  std::string class_no = {};
  bool counts = true;  // false: suspended, gone
};
struct Child {
  Seat seat = {};  // where the sample put him
  std::string number = {};
  bool boards = false;
  bool inclusive = false;
  std::vector<Stay> stays = {};
};
// A department's list: who stands on it, from which day to which (the day after the last).
struct List {
  base::Date from = {};
  std::optional<base::Date> to = {};
  std::set<std::string> numbers = {};
};

class Oracle {
 public:
  explicit Oracle(Stage& stage);

  std::vector<Child>& children() { return children_; }
  Child& At(const Seat& seat);
  std::multimap<std::string, List>& lists() { return lists_; }
  int GradeOf(const Stay& stay) const { return grades_.at({stay.school, stay.class_no}); }
  bool Poor(const Child& child, base::Date day) const;
  // From 1 March the living subsidy is 51 yuan (boarding) or 26 more a year.
  void RaiseFrom(base::Date day) { raised_from_ = day; }
  // Line by seat, of the day that decides the term; children to whom nothing is due are left out.
  std::map<Seat, std::string> Truth(base::Date day) const;
  // A class of the same grade in another school.
  std::optional<Stay> Elsewhere(const Stay& from) const;

 private:
  std::string LineOf(const Child& child, const Stay& stay, base::Date day) const;

  std::string county_;
  std::set<std::string> special_;
  std::map<std::pair<std::string, std::string>, int> grades_;
  std::vector<Child> children_;
  std::multimap<std::string, List> lists_;
  base::Date raised_from_ = *base::Date::Parse("2099-01-01");
};

}  // namespace acceptance
