#include "tracing/domain/numbering.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace tracing {

base::Result<DocumentNumber> Numbering::Take(base::Date day) {
  if (frozen_) {
    return base::Error{base::Code::kFailedPrecondition, "NUMBERS_FROZEN",
                       "数据恢复后文号尚未核定，暂不能编号"};
  }
  if (const auto unused = unused_.find(day.year()); unused != unused_.end()) {
    const int number = *unused->second.begin();
    unused->second.erase(number);
    if (unused->second.empty()) unused_.erase(unused);
    return DocumentNumber{day.year(), number};
  }
  int& last = last_[day.year()];
  return DocumentNumber{day.year(), ++last};
}

int Numbering::Last(int year) const {
  const auto found = last_.find(year);
  return found == last_.end() ? 0 : found->second;
}

void Numbering::Learn(const DocumentNumber& number) {
  if (number.number == 0) return;
  learned_[number.year].insert(number.number);
  int& last = last_[number.year];
  auto& unused = unused_[number.year];
  for (int between = last + 1; between < number.number; ++between) unused.insert(between);
  unused.erase(number.number);
  if (unused.empty()) unused_.erase(number.year);
  last = std::max(last, number.number);
}

void Numbering::GiveBack(const DocumentNumber& number) {
  if (number.number == 0 || learned_[number.year].contains(number.number)) return;
  unused_[number.year].insert(number.number);
}

void Numbering::Settle(const DocumentNumber& last) {
  Learn(last);
  unused_.erase(last.year);
}

Numbering Numbering::Of(std::map<int, int> last_by_year, bool frozen,
                        std::map<int, std::set<int>> unused) {
  Numbering numbering;
  numbering.last_ = std::move(last_by_year);
  numbering.frozen_ = frozen;
  numbering.unused_ = std::move(unused);
  return numbering;
}

std::string FormatNumber(std::string_view prefix, const DocumentNumber& number) {
  if (number.number == 0) return {};
  return fmt::format("{}〔{}〕{}号", prefix, number.year, number.number);
}

base::Result<DocumentNumber> ParseNumber(std::string_view prefix, std::string_view text) {
  const base::Error bad{base::Code::kInvalidArgument, "BAD_DOCUMENT_NO",
                        fmt::format("文号应形如“{}〔2026〕37号”", prefix)};
  constexpr std::string_view kOpen = "〔";
  constexpr std::string_view kClose = "〕";
  if (!text.starts_with(prefix)) return bad;
  const auto close = text.find(kClose);
  if (close == std::string_view::npos) return bad;
  DocumentNumber number;
  const char* at = text.data() + prefix.size();
  if (!text.substr(prefix.size()).starts_with(kOpen)) return bad;
  at += kOpen.size();
  const char* end = text.data() + close;
  auto parsed = std::from_chars(at, end, number.year);
  if (parsed.ec != std::errc{} || parsed.ptr != end || end - at != 4) return bad;
  at = end + kClose.size();
  end = text.data() + text.size();
  if (at == end || *at < '1' || *at > '9') return bad;
  parsed = std::from_chars(at, end, number.number);
  if (parsed.ec != std::errc{} || std::string_view{parsed.ptr, end} != "号") return bad;
  if (FormatNumber(prefix, number) != text) return bad;
  return number;
}

}  // namespace tracing
