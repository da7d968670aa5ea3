// What a decision may know of a student, and its form in bits that rules are tested against.
//
// Every fact has a small closed set of values, and each value is one bit: 在籍状态, 年级, 学段,
// 学校类别, 寄宿, 送教上门, 随班就读, 外地户籍, 外县已发, 认定, and one yes/no fact for each group of
// the rule set. A condition is then one mask over the bits of one fact, its negation is another
// mask, and a set of facts is 64 bits. A tag of a partner's list counts on the days of [from, to).
// Days are civil days.
// Pure and thread-safe. Source of status codes: JY/T 1001, domain.md 3.3; groups: domain.md 4.2.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/date.h"
#include "base/id.h"

namespace subsidy {

using StudentId = base::Id<struct StudentIdTag>;

enum class Fact : std::uint8_t {
  kStatus = 0,
  kGrade = 1,
  kStage = 2,
  kSchoolKind = 3,
  kBoarding = 4,
  kHomeTeaching = 5,
  kInclusive = 6,
  kNonLocal = 7,
  kPaidElsewhere = 8,
  kRecognised = 9,
  kFirstGroup = 16,  // kFirstGroup + index of the group
};
inline constexpr int kGroupsMax = 32;
constexpr Fact GroupFact(int index) {
  return static_cast<Fact>(static_cast<int>(Fact::kFirstGroup) + index);
}
constexpr bool IsGroup(Fact fact) { return fact >= Fact::kFirstGroup; }
constexpr int GroupIndex(Fact fact) {
  return static_cast<int>(fact) - static_cast<int>(Fact::kFirstGroup);
}

// One bit a fact.
using FactSet = std::uint64_t;
constexpr FactSet One(Fact fact) { return FactSet{1} << static_cast<int>(fact); }

// One bit a value: `lo` the fixed facts, `hi` two bits (yes, no) for each group.
struct Bits {
  std::uint64_t lo = 0;
  std::uint64_t hi = 0;
  constexpr bool Meets(Bits other) const { return ((lo & other.lo) | (hi & other.hi)) != 0; }
  constexpr bool empty() const { return (lo | hi) == 0; }
  friend constexpr Bits operator|(Bits a, Bits b) { return {a.lo | b.lo, a.hi | b.hi}; }
  friend constexpr Bits operator&(Bits a, Bits b) { return {a.lo & b.lo, a.hi & b.hi}; }
  friend constexpr bool operator==(Bits, Bits) = default;
};

enum class SchoolKind : std::uint8_t { kUnknown, kPrimary, kJunior, kNineYear, kSpecial };

// A line of a partner department's list.
struct Tag {
  std::string group = {};
  std::string source = {};
  std::string batch = {};
  base::Date from = {};
  std::optional<base::Date> to = {};  // exclusive
  bool On(base::Date day) const { return from <= day && (!to || day < *to); }
  friend bool operator==(const Tag&, const Tag&) = default;
};

struct Facts {
  int status = 0;  // JY/T 1001; 0: not in this county's registry
  int grade = 0;   // 1..9; 0: unknown
  SchoolKind kind = SchoolKind::kUnknown;
  bool boarding = false;
  bool home_teaching = false;
  bool inclusive = false;
  bool non_local = false;
  bool paid_elsewhere = false;  // another county has paid this term
  bool recognised = false;      // 困难认定 has ended with a yes for this school year
  std::string school_code = {};
  std::vector<Tag> tags = {};
  friend bool operator==(const Facts&, const Facts&) = default;
};

// A group as the rule set knows it: its name, and what lists call it.
struct Group {
  std::string name = {};
  std::string owner = {};  // the department that keeps the list
  std::vector<std::string> aliases = {};
};
class Groups {
 public:
  Groups() = default;
  explicit Groups(std::vector<Group> groups);
  // By name or alias; nothing: no rule asks for it.
  std::optional<int> Find(std::string_view name) const;
  const std::vector<Group>& all() const { return all_; }

 private:
  std::vector<Group> all_;
  std::map<std::string, int, std::less<>> by_name_;
};

// "学段"; a group's fact has the group's name.
std::optional<Fact> FactFromName(std::string_view name, const Groups& groups);
std::string FactName(Fact fact, const Groups& groups);
// Every value of a fact.
Bits AllOf(Fact fact);
// The bit of a value written as rules write it ("小学", "是"); nothing: the fact has no such value.
std::optional<Bits> ValueBits(Fact fact, std::string_view value);
// The value that stands in `bits`, as rules write it.
std::string ValueName(Fact fact, Bits bits);
// Every value in `mask`, "小学、初中".
std::string ValueNames(Fact fact, Bits mask);

// The facts on a day. An unknown status or kind has no bit: no condition on it is met.
Bits Encode(const Facts& facts, const Groups& groups, base::Date day);
// The next day after `day` on which a tag begins or ends; nothing: none.
std::optional<base::Date> NextTagChange(const Facts& facts, base::Date day);
// Which facts differ.
FactSet Difference(Bits before, Bits after);

}  // namespace subsidy
