// Schools, classes, and where ids come from. All SQL on those tables.
// Errors: those of store::Session.
#pragma once

#include <span>

#include "base/result.h"
#include "registry/domain/places.h"
#include "store/store.h"

namespace registry {

// The first of `count` new ids of a kind ("student", "class", ...), taken in this transaction.
base::Result<std::int64_t> TakeIds(store::Transaction& tx, std::string_view name,
                                   std::int64_t count);

base::Result<Places> LoadPlaces(store::Session& session);
base::Result<std::vector<School>> ListSchools(store::Session& session);
// school_code empty: all.
base::Result<std::vector<SchoolClass>> ListClasses(store::Session& session,
                                                   std::string_view school_code);
base::Result<std::optional<School>> FindSchool(store::Session& session, std::string_view code);
base::Result<std::optional<SchoolClass>> FindClass(store::Session& session, ClassId id);

// New ones and changed ones alike.
base::Status SaveSchools(store::Transaction& tx, std::span<const School> schools);
// Errors: kAlreadyExists/DUPLICATE_KEY when somebody has made the class in between.
base::Status InsertClasses(store::Transaction& tx, std::span<const SchoolClass> classes);
base::Status UpdateClasses(store::Transaction& tx, std::span<const SchoolClass> classes);

}  // namespace registry
