// 人籍比对: compares the list of school-age children (户籍) with the registry (学籍), both ways.
//
// Exact by the blind index of the identity number; otherwise proposed by name, birthday, sex and
// guardian with a score of 0..1000, and then a person decides. What a child is who is on the list
// and not in a school of the county is read from the list's own columns and from the registry's
// status:
//
//   B01 in a school of the county and registered        B07 ill or disabled, deferred, suspended,
//   taught at home B02 in school in the province, not registered        B08 dead B03 in school
//   outside the province, not registered   B09 empty or double household entry, wrong number or
//   name B04 in school elsewhere and registered there         B10 away with the parents, cannot be
//   reached B05 left over age or after finishing                 B11 not in school: 失学 or 辍学
//   B06 abroad                                           N00 younger than school age
//   R01 registered but not found: marked absent by an open case, or of this county's hukou and not
//   listed
//
// Recognised in this order of the words: 死亡 before 出国 before 户籍 errors before 超龄 before
// schooling elsewhere before illness before 失学 before 外出. Explained rows need no decision but
// B08 and B09, which change a household register; an unexplained one is proposed as B11 and needs a
// decision. Pure and thread-safe. Source: design/domain.md 4.1; the words are this project's
// (README).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/date.h"
#include "registry/domain/policy.h"
#include "registry/domain/reference.h"
#include "registry/domain/student.h"

namespace registry {

enum class MatchClass : std::uint8_t {
  kNone = 0,
  kB01 = 1,
  kB02,
  kB03,
  kB04,
  kB05,
  kB06,
  kB07,
  kB08,
  kB09,
  kB10,
  kB11,
  kN00 = 20,
  kR01 = 31,
};
std::string_view MatchCode(MatchClass match_class);   // "B01"
MatchClass MatchFromCode(std::string_view code);      // kNone if it is none
std::string_view MatchText(MatchClass match_class);   // Chinese
std::string_view NextAction(MatchClass match_class);  // Chinese
// Told as an event: somebody has to act.
bool MattersToOthers(MatchClass match_class);

struct Verdict {
  MatchClass match_class = MatchClass::kNone;
  int score = 0;
  bool needs_decision = false;
  std::string why = {};  // Chinese, without personal data
};

// A student and a person of the list with the same identity number.
struct ExactFacts {
  StudentStatus status = StudentStatus::kNone;
  bool home_teaching = false;
  bool same_name = true;
  bool absent = false;  // an open case says that the student does not come
};
Verdict JudgeExact(const ExactFacts& facts);

// A person of the list who was not found by number.
struct ListedPerson {
  const Record& row;
  base::Date birth = {};
  bool disabled_group = false;  // on a list of disabled children
  std::string_view county_division = {};
};
Verdict JudgeUnmatched(const ListedPerson& person, const Policy& policy, const Divisions& divisions,
                       base::Date on);

// How alike a listed person and a student with another (or no) number are.
struct Likeness {
  bool name = false;
  bool birth = false;
  bool sex = false;
  bool guardian = false;
  bool guardian_known = false;  // both sides name one
  bool phone = false;
  bool list_has_number = false;
  bool student_has_number = false;
};
int Score(const Likeness& likeness);
// What is proposed for the pair; kNone below `match_maybe_score`.
Verdict JudgeLikeness(const Likeness& likeness, const Policy& policy);

// A student whom no list names.
Verdict JudgeUnlisted(bool absent);

}  // namespace registry
