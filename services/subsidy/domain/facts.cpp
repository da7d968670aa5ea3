#include "subsidy/domain/facts.h"

#include <algorithm>
#include <array>
#include <span>

namespace subsidy {
namespace {

struct Value {
  int code = 0;
  std::string_view name = {};
};
struct Kind {
  Fact fact = Fact::kStatus;
  std::string_view name = {};
  int first_bit = 0;
  std::span<const Value> values = {};
};

constexpr std::array<Value, 12> kStatuses{{{1, "在读"},
                                           {2, "休学"},
                                           {5, "复学"},
                                           {6, "流失"},
                                           {7, "毕业"},
                                           {8, "结业"},
                                           {10, "转出"},
                                           {11, "死亡"},
                                           {12, "保留入学资格"},
                                           {15, "下落不明"},
                                           {98, "超龄离校"},
                                           {0, "未在籍"}}};
constexpr std::array<Value, 9> kGrades{{{1, "1"},
                                        {2, "2"},
                                        {3, "3"},
                                        {4, "4"},
                                        {5, "5"},
                                        {6, "6"},
                                        {7, "7"},
                                        {8, "8"},
                                        {9, "9"}}};
constexpr std::array<Value, 2> kStages{{{1, "小学"}, {2, "初中"}}};
constexpr std::array<Value, 4> kSchoolKinds{
    {{1, "小学"}, {2, "初中"}, {3, "九年一贯"}, {4, "特殊教育"}}};
constexpr std::array<Value, 2> kYesNo{{{1, "是"}, {0, "否"}}};

constexpr std::array<Kind, 10> kKinds{{{Fact::kStatus, "在籍状态", 0, kStatuses},
                                       {Fact::kGrade, "年级", 12, kGrades},
                                       {Fact::kStage, "学段", 21, kStages},
                                       {Fact::kSchoolKind, "学校类别", 23, kSchoolKinds},
                                       {Fact::kBoarding, "寄宿", 27, kYesNo},
                                       {Fact::kHomeTeaching, "送教上门", 29, kYesNo},
                                       {Fact::kInclusive, "随班就读", 31, kYesNo},
                                       {Fact::kNonLocal, "外地户籍", 33, kYesNo},
                                       {Fact::kPaidElsewhere, "外县已发", 35, kYesNo},
                                       {Fact::kRecognised, "认定", 37, kYesNo}}};

constexpr std::uint64_t Bit(int index) { return std::uint64_t{1} << index; }
constexpr std::uint64_t kAllNo = 0xAAAAAAAAAAAAAAAAull;

const Kind& KindOf(Fact fact) { return kKinds.at(static_cast<std::size_t>(fact)); }
Bits GroupBits(Fact fact, bool yes) { return {0, Bit(2 * GroupIndex(fact) + (yes ? 0 : 1))}; }

std::uint64_t StatusBit(int status) {
  for (std::size_t i = 0; i < kStatuses.size(); ++i) {
    if (kStatuses[i].code == status) return Bit(static_cast<int>(i));
  }
  return 0;
}

}  // namespace

Groups::Groups(std::vector<Group> groups) : all_(std::move(groups)) {
  for (std::size_t i = 0; i < all_.size(); ++i) {
    by_name_.emplace(all_[i].name, static_cast<int>(i));
    for (const std::string& alias : all_[i].aliases) by_name_.emplace(alias, static_cast<int>(i));
  }
}

std::optional<int> Groups::Find(std::string_view name) const {
  const auto found = by_name_.find(name);
  if (found == by_name_.end()) return std::nullopt;
  return found->second;
}

std::optional<Fact> FactFromName(std::string_view name, const Groups& groups) {
  for (const Kind& kind : kKinds) {
    if (kind.name == name) return kind.fact;
  }
  if (const auto group = groups.Find(name)) return GroupFact(*group);
  return std::nullopt;
}

std::string FactName(Fact fact, const Groups& groups) {
  if (!IsGroup(fact)) return std::string{KindOf(fact).name};
  const auto index = static_cast<std::size_t>(GroupIndex(fact));
  return index < groups.all().size() ? groups.all()[index].name : "?";
}

Bits AllOf(Fact fact) {
  if (IsGroup(fact)) return GroupBits(fact, true) | GroupBits(fact, false);
  const Kind& kind = KindOf(fact);
  return {(Bit(static_cast<int>(kind.values.size())) - 1) << kind.first_bit, 0};
}

std::optional<Bits> ValueBits(Fact fact, std::string_view value) {
  if (IsGroup(fact)) {
    if (value != "是" && value != "否") return std::nullopt;
    return GroupBits(fact, value == "是");
  }
  const Kind& kind = KindOf(fact);
  for (std::size_t i = 0; i < kind.values.size(); ++i) {
    if (kind.values[i].name == value) return Bits{Bit(kind.first_bit + static_cast<int>(i)), 0};
  }
  return std::nullopt;
}

std::string ValueNames(Fact fact, Bits mask) {
  if (IsGroup(fact)) {
    const bool yes = GroupBits(fact, true).Meets(mask);
    const bool no = GroupBits(fact, false).Meets(mask);
    return yes && no ? "是、否" : yes ? "是" : no ? "否" : "";
  }
  std::string names;
  const Kind& kind = KindOf(fact);
  for (std::size_t i = 0; i < kind.values.size(); ++i) {
    if ((mask.lo & Bit(kind.first_bit + static_cast<int>(i))) == 0) continue;
    if (!names.empty()) names += "、";
    names += kind.values[i].name;
  }
  return names;
}

std::string ValueName(Fact fact, Bits bits) {
  const std::string name = ValueNames(fact, bits & AllOf(fact));
  return name.empty() ? "不明" : name;
}

Bits Encode(const Facts& facts, const Groups& groups, base::Date day) {
  Bits bits{StatusBit(facts.status), kAllNo};
  if (facts.grade >= 1 && facts.grade <= 9) {
    bits.lo |= Bit(11 + facts.grade);
    bits.lo |= Bit(facts.grade <= 6 ? 21 : 22);
  } else if (facts.kind == SchoolKind::kPrimary || facts.kind == SchoolKind::kJunior) {
    bits.lo |= Bit(facts.kind == SchoolKind::kPrimary ? 21 : 22);
  }
  if (facts.kind != SchoolKind::kUnknown) bits.lo |= Bit(22 + static_cast<int>(facts.kind));
  const auto flag = [&bits](int first, bool yes) { bits.lo |= Bit(yes ? first : first + 1); };
  flag(27, facts.boarding);
  flag(29, facts.home_teaching);
  flag(31, facts.inclusive);
  flag(33, facts.non_local);
  flag(35, facts.paid_elsewhere);
  flag(37, facts.recognised);
  for (const Tag& tag : facts.tags) {
    if (!tag.On(day)) continue;
    const auto group = groups.Find(tag.group);
    if (!group) continue;
    bits.hi |= Bit(2 * *group);
    bits.hi &= ~Bit(2 * *group + 1);
  }
  return bits;
}

std::optional<base::Date> NextTagChange(const Facts& facts, base::Date day) {
  std::optional<base::Date> next;
  const auto offer = [&](base::Date at) {
    if (at > day && (!next || at < *next)) next = at;
  };
  for (const Tag& tag : facts.tags) {
    offer(tag.from);
    if (tag.to) offer(*tag.to);
  }
  return next;
}

FactSet Difference(Bits before, Bits after) {
  FactSet facts = 0;
  for (const Kind& kind : kKinds) {
    const Bits all = AllOf(kind.fact);
    if ((before & all) != (after & all)) facts |= One(kind.fact);
  }
  for (int i = 0; i < kGroupsMax; ++i) {
    const Bits all = AllOf(GroupFact(i));
    if ((before & all) != (after & all)) facts |= One(GroupFact(i));
  }
  return facts;
}

}  // namespace subsidy
