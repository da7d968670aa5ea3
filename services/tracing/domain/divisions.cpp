#include "tracing/domain/divisions.h"

#include <algorithm>
#include <set>

namespace tracing {

Divisions::Divisions(std::vector<Division> members, std::vector<DivisionChange> changes) {
  for (const Division member : members) members_[member] = true;
  std::sort(changes.begin(), changes.end(),
            [](const auto& a, const auto& b) { return a.on < b.on; });
  for (auto& change : changes) changes_[change.from].push_back(std::move(change));
}

base::Result<Division> Divisions::Resolve(Division code, base::Date day) const {
  std::set<Division> seen;
  base::Date from{};
  while (true) {
    if (!seen.insert(code).second) {
      return base::Error{base::Code::kDataCorruption, "DIVISION_LOOP",
                         "区划变更记录互相指向：" + code.ToString()};
    }
    // A code that is given out again counts from its later change on.
    const DivisionChange* latest = nullptr;
    if (const auto found = changes_.find(code); found != changes_.end()) {
      for (const auto& change : found->second) {
        if (change.on <= day && from <= change.on) latest = &change;
      }
    }
    if (latest == nullptr || latest->became.empty()) break;
    if (latest->became.size() > 1) {
      std::string names;
      for (const Division part : latest->became) names += " " + part.ToString();
      return base::Error{base::Code::kFailedPrecondition, "DIVISION_SPLIT",
                         code.ToString() + " 已拆分，请选择：" + names};
    }
    from = latest->on;
    code = latest->became.front();
  }
  if (!IsMember(code)) {
    return base::Error{base::Code::kNotFound, "UNKNOWN_DIVISION",
                       "通讯录中没有区划 " + code.ToString()};
  }
  return code;
}

base::Result<Division> Divisions::ResolveText(std::string_view code, base::Date day) const {
  if (code.size() != 6 && code.size() != 9 && code.size() != 12) {
    return base::Error{base::Code::kInvalidArgument, "BAD_DIVISION",
                       "区划代码须为六、九或十二位数字"};
  }
  const bool digits =
      std::all_of(code.begin(), code.end(), [](char c) { return c >= '0' && c <= '9'; });
  if (!digits) {
    return base::Error{base::Code::kInvalidArgument, "BAD_DIVISION", "区划代码须为数字"};
  }
  ASSIGN_OR_RETURN(const Division county, Division::Parse(code.substr(0, 6)));
  return Resolve(county, day);
}

}  // namespace tracing
