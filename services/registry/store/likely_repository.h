// Students and listed people by what a letter may have right: name, birthdays, numbers. All SQL of
// that search; what is compared first comes from the indexes, nothing sealed is read.
//
// Errors: those of store::Session. Functions on a session belong to its thread.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "registry/store/list_repository.h"
#include "registry/store/student_repository.h"

namespace registry {

// Of a student or of a listed person, as the function says.
struct NamedRow {
  std::int64_t id = 0;
  std::string name = {};
  Sex sex = Sex::kUnknown;
  base::Date birth = {};
};

base::Result<std::vector<NamedRow>> StudentsNamed(store::Session& session, std::string_view name,
                                                  std::uint32_t limit);
base::Result<std::vector<NamedRow>> StudentsBornOn(store::Session& session,
                                                   std::span<const base::Date> days,
                                                   std::uint32_t limit);
base::Result<std::vector<NamedRow>> StudentsOfKeys(store::Session& session,
                                                   std::span<const std::string> person_keys);
base::Result<std::vector<NamedRow>> StudentsOfIds(store::Session& session,
                                                  std::span<const std::int64_t> ids);

base::Result<std::vector<NamedRow>> PeopleBornOn(store::Session& session, BatchId batch,
                                                 std::span<const base::Date> days,
                                                 std::uint32_t limit);
base::Result<std::vector<NamedRow>> PeopleOfKeys(store::Session& session, BatchId batch,
                                                 std::span<const std::string> person_keys);

}  // namespace registry
