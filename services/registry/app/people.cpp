#include "registry/app/people.h"

#include "registry/domain/normalise.h"
#include "registry/domain/text.h"
#include "registry/store/place_repository.h"

namespace registry {
namespace {

// The longest name of a town that stands in the address.
std::string TownIn(const std::vector<School>& schools, const std::string& address) {
  std::string town;
  for (const School& school : schools) {
    const bool there = !school.town.empty() && address.find(school.town) != std::string::npos;
    if (there && school.town.size() > town.size()) town = school.town;
  }
  return town;
}

}  // namespace

base::Result<PersonView> People::View(store::Session& session, const PersonRow& row) const {
  ASSIGN_OR_RETURN(const Record record, deps_.vault.OpenRecord(Sealed::kPerson, row.sealed));
  PersonView view{.id = row.id, .name = row.name, .birth = row.birth};
  if (record.Has(Field::kIdNumber)) {
    view.id_masked = security::MaskIdNumber(record.Get(Field::kIdNumber));
  }
  view.address = std::string{record.Get(Field::kHukouAddress)};
  view.town = std::string{record.Get(Field::kTown)};
  if (!view.town.empty() || view.address.empty()) return view;
  ASSIGN_OR_RETURN(const std::vector<School> schools, ListSchools(session));
  view.town = TownIn(schools, view.address);
  return view;
}

base::Result<FoundPeople> People::Find(const WhichPerson& which) const {
  FoundPeople found;
  RETURN_IF_ERROR(deps_.pool.WithSession([&](store::Session& session) -> base::Status {
    ASSIGN_OR_RETURN(const auto batch, LatestBatch(session, ImportKind::kSchoolAge, ""));
    if (!batch) return {};
    const std::string number = NormaliseId(which.id_number);
    if (!number.empty()) {
      const std::string key = deps_.vault.NumberKey(number);
      ASSIGN_OR_RETURN(const auto rows, FindPersonsByKey(session, batch->id, {&key, 1}));
      if (!rows.empty()) {
        ASSIGN_OR_RETURN(found.exact, View(session, rows.front()));
        return {};
      }
    }
    // As the list's own names were cleaned when it came.
    const std::string name = CleanName(which.name);
    if (name.empty() || !which.birth) return {};
    ASSIGN_OR_RETURN(const auto namesakes,
                     FindPersonsByName(session, batch->id, name, *which.birth));
    for (const PersonRow& row : namesakes) {
      ASSIGN_OR_RETURN(PersonView view, View(session, row));
      found.candidates.push_back(std::move(view));
    }
    return {};
  }));
  return found;
}

}  // namespace registry
