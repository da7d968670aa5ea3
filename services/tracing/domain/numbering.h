// Document numbers: gap-free per year and county, 同教函〔2026〕37号.
//
// A number is taken in the transaction that posts the item, so a number without an item cannot be.
// After a restored backup the numbers are frozen until every member has told which of our
// letters it holds, or an officer has entered the last number of the paper register. Numbers
// between those that others hold, which nobody holds, were lost before they arrived and are given
// first.
// Errors of Take: kFailedPrecondition/NUMBERS_FROZEN. Source: GB/T 9704-2012 7.2.5 (hexagonal
// brackets, no 第, no leading zero).
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>

#include "tracing/domain/types.h"

namespace tracing {

class Numbering {
 public:
  // The next number of the day's year.
  base::Result<DocumentNumber> Take(base::Date day);
  int Last(int year) const;
  bool frozen() const { return frozen_; }
  void Freeze() { frozen_ = true; }
  void Release() { frozen_ = false; }
  // A number of ours that another county holds: never given out again.
  void Learn(const DocumentNumber& number);
  // A number whose item was dropped: given out again, if no other holds it on another item.
  void GiveBack(const DocumentNumber& number);
  // For loading and storing.
  static Numbering Of(std::map<int, int> last_by_year, bool frozen,
                      std::map<int, std::set<int>> unused = {});
  const std::map<int, int>& last_by_year() const { return last_; }
  const std::map<int, std::set<int>>& unused() const { return unused_; }
  // An officer vouches that all numbers up to the last are taken.
  void Settle(const DocumentNumber& last);

 private:
  std::map<int, int> last_;
  std::map<int, std::set<int>> unused_;   // by year; below the last
  std::map<int, std::set<int>> learned_;  // that others hold
  bool frozen_ = false;
};

std::string FormatNumber(std::string_view prefix, const DocumentNumber& number);
// Errors: kInvalidArgument/BAD_DOCUMENT_NO.
base::Result<DocumentNumber> ParseNumber(std::string_view prefix, std::string_view text);

}  // namespace tracing
