// A county in miniature that lives through two terms, and what each child is entitled to by an
// oracle that knows nothing of the rule engine: a few ifs over the script itself.
//
// The script is deterministic by its seed: registrations, transfers between schools and out, new
// lists with ends, suspensions and returns, boarding that is corrected back in time.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/random.h"
#include "integration/subsidy/office_fixture.h"

namespace subsidy::testing {

struct Happening {
  base::Date told = {};  // the day on which the registry tells it
  RegistryNews news = {};
};

class County {
 public:
  County(std::uint64_t seed, int students);
  const std::vector<Happening>& script() const { return script_; }
  // 分 of the living subsidy for a term, when everything told by `known` is known.
  std::int64_t Entitled(std::int64_t student, const std::string& term, base::Date known) const;
  int students() const { return static_cast<int>(children_.size()); }

 private:
  struct Told {
    base::Date told = {};
    StateRow state = {};
  };
  struct Line {
    base::Date told = {};
    std::vector<Tag> tags = {};
  };
  struct Child {
    std::vector<Told> states = {};
    std::vector<Line> lists = {};
  };
  void Tell(std::int64_t id, base::Date told, StateRow state);
  void List(std::int64_t id, base::Date told, std::vector<Tag> tags);
  void Live(std::int64_t id, base::Rng& rng);

  std::map<std::int64_t, Child> children_ = {};
  std::vector<Happening> script_ = {};
};

}  // namespace subsidy::testing
