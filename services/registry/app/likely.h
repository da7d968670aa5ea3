// Children whom a letter may mean although no identity number is equal: for an officer who judges.
//
// Looked for by indexes, never by reading everybody: the name; the birthday (the one that is said,
// the one within the number, and both with month and day the other way round) where the name is the
// same or differs in one character; the good numbers of which the letter's is a slip; a guardian's
// telephone or name, a former name. Who is found is opened and compared (domain/slips.h); who is
// not worth a look is left out. Students in every status, and people of the latest school-age list
// who are none of these students. What is said and the numbers themselves stay here: nothing of
// them is logged, kept or answered. Errors: those of the store and the vault. Thread-safe.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "registry/app/contact_book.h"
#include "registry/app/people.h"
#include "registry/app/students.h"
#include "registry/domain/slips.h"

namespace registry {

struct WhichLikely {
  std::string id_number = {};
  std::string name = {};
  std::optional<base::Date> birth = {};
  Sex sex = Sex::kUnknown;
  std::vector<std::string> guardians = {};
  std::vector<std::string> phones = {};  // of guardians
};
struct LikelyStudent {
  Student student = {};
  std::string school_name = {};
  std::string class_name = {};
  ChildLikeness likeness = {};
};
struct LikelyPerson {
  PersonView person = {};
  ChildLikeness likeness = {};
};
struct LikelyFound {
  std::vector<LikelyStudent> students = {};  // at most 50, those who agree in most first
  std::vector<LikelyPerson> people = {};
};

class Likely {
 public:
  explicit Likely(const Deps& deps) : deps_(deps), book_(deps), people_(deps) {}
  base::Result<LikelyFound> Find(const WhichLikely& which);

 private:
  const Deps& deps_;
  ContactBook book_;
  People people_;
};

}  // namespace registry
