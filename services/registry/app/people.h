// Who of the school-age list a letter's child is.
//
// The latest complete list counts. By identity number at most one is found; name and birthday give
// candidates, for a person to judge. The town is what the list says, else the one of the county's
// towns that the household's address names. Errors: those of the store and the vault. Thread-safe.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "registry/app/deps.h"
#include "registry/store/list_repository.h"

namespace registry {

struct WhichPerson {
  std::string id_number = {};
  std::string name = {};
  std::optional<base::Date> birth = {};
};
struct PersonView {
  PersonId id = {};
  std::string name = {};
  base::Date birth = {};
  std::string id_masked = {};
  std::string town = {};
  std::string address = {};
};
struct FoundPeople {
  std::optional<PersonView> exact = {};
  std::vector<PersonView> candidates = {};
};

class People {
 public:
  explicit People(const Deps& deps) : deps_(deps) {}
  base::Result<FoundPeople> Find(const WhichPerson& which) const;
  // A row of the list, for officers.
  base::Result<PersonView> View(store::Session& session, const PersonRow& row) const;

 private:
  const Deps& deps_;
};

}  // namespace registry
