// Lists of other departments: their batches, the people of the school-age list, the tags of groups.
// All SQL on list_batch, list_person and group_tag. Errors: those of store::Session.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "registry/store/import_repository.h"

namespace registry {

using PersonId = base::Id<struct PersonIdTag>;
using TagId = base::Id<struct TagIdTag>;

struct ListBatch {
  BatchId id = {};
  ImportKind kind = ImportKind::kSchoolAge;
  std::string source = {};
  std::string batch = {};
  std::string group = {};
  base::Date valid_from = {};
  std::optional<base::Date> valid_to = {};
  base::UtcTime imported_at = {};
  bool complete = false;
};
base::Result<std::optional<ListBatch>> FindBatch(store::Session& session, const ListBatch& which);
// The complete one imported last; by its name if `batch` is not empty.
base::Result<std::optional<ListBatch>> LatestBatch(store::Session& session, ImportKind kind,
                                                   std::string_view batch);
base::Status InsertBatch(store::Transaction& tx, const ListBatch& batch);
base::Status CompleteBatch(store::Transaction& tx, BatchId id, base::UtcTime imported_at);

struct PersonRow {
  PersonId id = {};
  BatchId batch_id = {};
  std::string person_key = {};
  std::string name = {};
  Sex sex = Sex::kUnknown;
  base::Date birth = {};
  bool has_number = false;
  std::string sealed = {};
};
base::Result<std::vector<PersonRow>> FindPersonsByKey(store::Session& session, BatchId batch,
                                                      std::span<const std::string> keys);
base::Result<std::vector<PersonRow>> FindPersonsById(store::Session& session,
                                                     std::span<const PersonId> ids);
base::Result<std::vector<PersonRow>> FindPersonsByName(store::Session& session, BatchId batch,
                                                       const std::string& name, base::Date birth);
base::Result<std::vector<PersonRow>> ListPersons(store::Session& session, BatchId batch,
                                                 PersonId after, std::uint32_t limit);
base::Status InsertPersons(store::Transaction& tx, std::span<const PersonRow> rows);
base::Status UpdatePersons(store::Transaction& tx, std::span<const PersonRow> rows);
base::Result<std::uint64_t> CountPersons(store::Session& session, BatchId batch);

struct TagRow {
  TagId id = {};
  BatchId batch_id = {};
  std::string group = {};
  std::string person_key = {};
  std::string name = {};
  base::Date valid_from = {};
  std::optional<base::Date> valid_to = {};  // exclusive
  std::string sealed = {};
  std::string source = {};  // of the batch; read only
  std::string batch = {};   // of the batch; read only
};
base::Result<std::vector<TagRow>> FindTagsOfBatch(store::Session& session, BatchId batch,
                                                  std::span<const std::string> keys);
// Tags of these people that are valid on the day.
base::Result<std::vector<TagRow>> FindTagsOfPeople(store::Session& session,
                                                   std::span<const std::string> keys,
                                                   base::Date on);
// Every tag of these people, ended ones too, in the order in which they came.
base::Result<std::vector<TagRow>> FindAllTags(store::Session& session,
                                              std::span<const std::string> keys);
// Whose tags EndOlderTags would end.
base::Result<std::vector<std::string>> PeopleWithOlderTags(store::Session& session,
                                                           const ListBatch& newer);
// The blind indexes of everybody who bears a tag of these groups on the day.
base::Result<std::vector<std::string>> PeopleWithTag(store::Session& session,
                                                     std::string_view group_contains,
                                                     base::Date on);
base::Status InsertTags(store::Transaction& tx, std::span<const TagRow> rows);
base::Status UpdateTags(store::Transaction& tx, std::span<const TagRow> rows);
// A whole new list of a group ends the open tags of the source's earlier lists of it.
base::Status EndOlderTags(store::Transaction& tx, const ListBatch& newer);
base::Result<std::uint64_t> CountTags(store::Session& session, base::Date on);

}  // namespace registry
