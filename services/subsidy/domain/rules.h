// Rule sets: benefits with conditions and amounts by the day from which they apply.
//
// Money is 分 as whole numbers. A benefit's amount is stated for a year, a term or a school day; a
// term's share of a year is in basis points, half a 分 rounded away from zero. `to` is exclusive
// here (people write the last day). Benefits of one `exclusive` group: 择一, the highest counts, of
// equal ones the one that stands first. Pure values; thread-safe once made.
// Source of amounts and groups: domain.md 5; each version and rate names its own.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/date.h"
#include "base/result.h"
#include "subsidy/domain/facts.h"

namespace subsidy {

struct Condition {
  enum class Kind : std::uint8_t { kIs, kAll, kAny };
  Kind kind = Kind::kAll;  // an empty kAll is always met
  Fact fact = Fact::kStatus;
  Bits mask = {};             // kIs: one of these values
  std::string article = {};   // of the law or circular that asks for it
  std::vector<Condition> parts = {};
};
// What is met exactly when `condition` is not.
Condition Negate(const Condition& condition);
Condition Both(const Condition& a, const Condition& b);
// Whether any student at all could meet it (a grade has one stage only).
bool Possible(const Condition& condition);

enum class Per : std::uint8_t { kYear, kTerm, kDay };
enum class Pay : std::uint8_t { kFamily, kSchool, kInKind };  // to whom the money goes

struct Rate {
  Condition when = {};
  std::int64_t fen = 0;    // for `Per`
  std::string text = {};   // "1250元/生·年"
  std::string legal = {};
  std::string unverified = {};  // 待核: why the value is not certain; empty: it is
};

struct BenefitVersion {
  base::Date from = {};
  std::optional<base::Date> to = {};  // exclusive; nothing: still in force
  std::string legal = {};
  Condition when = {};
  std::vector<Rate> rates = {};  // the first that is met
};

struct Benefit {
  std::string id = {};
  std::string name = {};
  std::string exclusive = {};  // 择一 group; empty: none
  Pay pay = Pay::kFamily;
  Per per = Per::kYear;
  int term_share_bp = 5000;  // kYear
  int term_days = 100;       // kDay: school days that a term counts
  std::vector<std::string> items = {};  // what it consists of: 四免两补 is a list
  std::vector<BenefitVersion> versions = {};
  std::int64_t TermFen(const Rate& rate) const;
};

// The step by which a poor family's child is recognised; empty: 免申即享.
struct Recognition {
  std::vector<std::string> steps = {};
  int public_days = 5;  // working days of 公示 at least
};

struct RuleSet {
  std::string id = {};       // "tongan"
  std::string name = {};
  std::string version = {};  // hexadecimal digest of the texts it was read from
  std::string source = {};
  Groups groups = {};
  std::vector<Benefit> benefits = {};
  std::string snapshot_autumn = "10-15";
  std::string snapshot_spring = "04-15";
  int correction_days = 365;  // after the end of a term its decisions follow corrections
  Recognition recognition = {};

  int Find(std::string_view benefit_id) const;  // -1: none
};

// What is not certain and in force on `day` or later, for people:
// "营养改善计划 5元/生·天(2021-09-01起):…".
std::vector<std::string> Unverified(const RuleSet& rules, base::Date day);

// Days on which a version of a benefit begins or ends, in order.
std::vector<base::Date> ChangeDays(const RuleSet& rules);

}  // namespace subsidy
