#include "registry/store/list_repository.h"

#include <fmt/format.h>

#include "registry/store/raw_row.h"

namespace registry {
namespace {

constexpr std::size_t kListMax = 900;

constexpr std::string_view kBatchColumns =
    "batch_id, kind, source, batch, group_name, valid_from, valid_to, imported_at, complete";
constexpr std::string_view kPersonColumns =
    "person_id, batch_id, person_key, name, sex, birth, has_number, details";
constexpr std::string_view kTagSelect =
    "SELECT t.tag_id, t.batch_id, t.group_name, t.person_key, t.name, t.valid_from, t.valid_to,"
    " t.details, b.source, b.batch FROM group_tag t JOIN list_batch b ON b.batch_id = t.batch_id";

ListBatch ReadBatch(const store::Rows& rows) {
  return ListBatch{.id = BatchId{rows.Int("batch_id")},
                   .kind = static_cast<ImportKind>(rows.Int("kind")),
                   .source = rows.Text("source"),
                   .batch = rows.Text("batch"),
                   .group = rows.Text("group_name"),
                   .valid_from = rows.Day("valid_from"),
                   .valid_to = rows.MaybeDay("valid_to"),
                   .imported_at = rows.Time("imported_at"),
                   .complete = rows.Int("complete") != 0};
}

PersonRow ReadPerson(const store::Rows& rows) {
  return PersonRow{.id = PersonId{rows.Int("person_id")},
                   .batch_id = BatchId{rows.Int("batch_id")},
                   .person_key = rows.Text("person_key"),
                   .name = rows.Text("name"),
                   .sex = static_cast<Sex>(rows.Int("sex")),
                   .birth = rows.Day("birth"),
                   .has_number = rows.Int("has_number") != 0,
                   .sealed = rows.Text("details")};
}

TagRow ReadTag(const store::Rows& rows) {
  return TagRow{.id = TagId{rows.Int("tag_id")},
                .batch_id = BatchId{rows.Int("batch_id")},
                .group = rows.Text("group_name"),
                .person_key = rows.Text("person_key"),
                .name = rows.Text("name"),
                .valid_from = rows.Day("valid_from"),
                .valid_to = rows.MaybeDay("valid_to"),
                .sealed = rows.Text("details"),
                .source = rows.Text("source"),
                .batch = rows.Text("batch")};
}

std::string KeyList(std::span<const std::string> keys) {
  std::string sql = "(";
  for (std::size_t i = 0; i < keys.size(); ++i) {
    if (i > 0) sql += ',';
    store::AppendBytes(sql, keys[i]);
  }
  return sql + ')';
}

base::Result<std::vector<PersonRow>> ReadPersons(base::Result<store::Rows> rows) {
  if (!rows.ok()) return rows.error();
  std::vector<PersonRow> people;
  while (rows->Next()) people.push_back(ReadPerson(*rows));
  return people;
}

base::Status WritePersons(store::Transaction& tx, std::span<const PersonRow> rows,
                          std::string suffix) {
  store::BulkInsert insert(tx, fmt::format("INSERT INTO list_person ({})", kPersonColumns),
                           std::move(suffix));
  RawRow cells;
  for (const PersonRow& row : rows) {
    cells.Begin();
    cells.Int(row.id.raw()).Int(row.batch_id.raw()).Bytes(row.person_key).Text(row.name);
    cells.Int(static_cast<int>(row.sex)).Day(row.birth).Int(row.has_number).Bytes(row.sealed);
    RETURN_IF_ERROR(insert.AddRaw(cells.Done()));
  }
  return insert.Flush();
}

base::Status WriteTags(store::Transaction& tx, std::span<const TagRow> rows, std::string suffix) {
  store::BulkInsert insert(tx,
                           "INSERT INTO group_tag (tag_id, batch_id, group_name, person_key, name,"
                           " valid_from, valid_to, details)",
                           std::move(suffix));
  RawRow cells;
  for (const TagRow& row : rows) {
    cells.Begin();
    cells.Int(row.id.raw()).Int(row.batch_id.raw()).Text(row.group).Bytes(row.person_key);
    cells.Text(row.name).Day(row.valid_from).MaybeDay(row.valid_to).Bytes(row.sealed);
    RETURN_IF_ERROR(insert.AddRaw(cells.Done()));
  }
  return insert.Flush();
}

base::Status Done(const base::Result<std::uint64_t>& done) {
  return done.ok() ? base::Status{} : done.error();
}

}  // namespace

base::Result<std::optional<ListBatch>> FindBatch(store::Session& session, const ListBatch& which) {
  ASSIGN_OR_RETURN(
      store::Rows rows,
      session.Query(fmt::format("SELECT {} FROM list_batch WHERE kind = ? AND"
                                " source = ? AND batch = ? AND group_name = ?",
                                kBatchColumns),
                    {static_cast<int>(which.kind), which.source, which.batch, which.group}));
  if (!rows.Next()) return std::optional<ListBatch>{};
  return std::optional{ReadBatch(rows)};
}

base::Result<std::optional<ListBatch>> LatestBatch(store::Session& session, ImportKind kind,
                                                   std::string_view batch) {
  std::string sql =
      fmt::format("SELECT {} FROM list_batch WHERE kind = ? AND complete = 1", kBatchColumns);
  std::vector<store::Value> values{static_cast<int>(kind)};
  if (!batch.empty()) {
    sql += " AND batch = ?";
    values.emplace_back(batch);
  }
  sql += " ORDER BY imported_at DESC, batch_id DESC LIMIT 1";
  ASSIGN_OR_RETURN(store::Rows rows, session.Query(sql, std::span<const store::Value>{values}));
  if (!rows.Next()) return std::optional<ListBatch>{};
  return std::optional{ReadBatch(rows)};
}

base::Status InsertBatch(store::Transaction& tx, const ListBatch& batch) {
  return Done(tx.Execute(
      fmt::format("INSERT INTO list_batch ({}) VALUES (?,?,?,?,?,?,?,?,?)", kBatchColumns),
      {batch.id, static_cast<int>(batch.kind), batch.source, batch.batch, batch.group,
       batch.valid_from, batch.valid_to, batch.imported_at, batch.complete}));
}

base::Status CompleteBatch(store::Transaction& tx, BatchId id, base::UtcTime imported_at) {
  return Done(tx.Execute("UPDATE list_batch SET complete = 1, imported_at = ? WHERE batch_id = ?",
                         {imported_at, id}));
}

base::Result<std::vector<PersonRow>> FindPersonsByKey(store::Session& session, BatchId batch,
                                                      std::span<const std::string> keys) {
  std::vector<PersonRow> found;
  for (std::size_t begin = 0; begin < keys.size(); begin += kListMax) {
    const auto slice = keys.subspan(begin, std::min(kListMax, keys.size() - begin));
    ASSIGN_OR_RETURN(
        std::vector<PersonRow> some,
        ReadPersons(session.Query(fmt::format("SELECT {} FROM list_person WHERE batch_id = {} AND"
                                              " person_key IN ",
                                              kPersonColumns, batch.raw()) +
                                  KeyList(slice))));
    found.insert(found.end(), std::make_move_iterator(some.begin()),
                 std::make_move_iterator(some.end()));
  }
  return found;
}

base::Result<std::vector<PersonRow>> FindPersonsByName(store::Session& session, BatchId batch,
                                                       const std::string& name, base::Date birth) {
  return ReadPersons(session.Query(fmt::format("SELECT {} FROM list_person WHERE batch_id = ? AND "
                                               "name = ? AND birth = ? ORDER BY person_id LIMIT 20",
                                               kPersonColumns),
                                   {store::Value{batch}, store::Value{name},
                                    store::Value{birth}}));
}

base::Result<std::vector<PersonRow>> FindPersonsById(store::Session& session,
                                                     std::span<const PersonId> ids) {
  std::vector<PersonRow> found;
  for (std::size_t begin = 0; begin < ids.size(); begin += kListMax) {
    const auto slice = ids.subspan(begin, std::min(kListMax, ids.size() - begin));
    std::string sql =
        fmt::format("SELECT {} FROM list_person WHERE person_id IN (", kPersonColumns);
    for (std::size_t i = 0; i < slice.size(); ++i) {
      if (i > 0) sql += ',';
      store::AppendInt(sql, slice[i].raw());
    }
    ASSIGN_OR_RETURN(std::vector<PersonRow> some, ReadPersons(session.Query(sql + ")")));
    found.insert(found.end(), std::make_move_iterator(some.begin()),
                 std::make_move_iterator(some.end()));
  }
  return found;
}

base::Result<std::vector<PersonRow>> ListPersons(store::Session& session, BatchId batch,
                                                 PersonId after, std::uint32_t limit) {
  return ReadPersons(
      session.Query(fmt::format("SELECT {} FROM list_person WHERE batch_id = ? AND person_id > ?"
                                " ORDER BY person_id LIMIT ?",
                                kPersonColumns),
                    {batch, after, limit}));
}

base::Status InsertPersons(store::Transaction& tx, std::span<const PersonRow> rows) {
  return WritePersons(tx, rows, "");
}

base::Status UpdatePersons(store::Transaction& tx, std::span<const PersonRow> rows) {
  return WritePersons(tx, rows,
                      " ON DUPLICATE KEY UPDATE name = VALUES(name), sex = VALUES(sex),"
                      " birth = VALUES(birth), details = VALUES(details)");
}

base::Result<std::uint64_t> CountPersons(store::Session& session, BatchId batch) {
  ASSIGN_OR_RETURN(
      store::Rows rows,
      session.Query("SELECT COUNT(*) AS n FROM list_person WHERE batch_id = ?", {batch}));
  CHECK(rows.Next());
  return rows.Uint("n");
}

base::Result<std::vector<TagRow>> FindTagsOfBatch(store::Session& session, BatchId batch,
                                                  std::span<const std::string> keys) {
  std::vector<TagRow> found;
  for (std::size_t begin = 0; begin < keys.size(); begin += kListMax) {
    const auto slice = keys.subspan(begin, std::min(kListMax, keys.size() - begin));
    ASSIGN_OR_RETURN(store::Rows rows,
                     session.Query(fmt::format("{} WHERE t.batch_id = {} AND t.person_key IN ",
                                               kTagSelect, batch.raw()) +
                                   KeyList(slice)));
    while (rows.Next()) found.push_back(ReadTag(rows));
  }
  return found;
}

base::Result<std::vector<TagRow>> FindTagsOfPeople(store::Session& session,
                                                   std::span<const std::string> keys,
                                                   base::Date on) {
  std::vector<TagRow> found;
  for (std::size_t begin = 0; begin < keys.size(); begin += kListMax) {
    const auto slice = keys.subspan(begin, std::min(kListMax, keys.size() - begin));
    ASSIGN_OR_RETURN(store::Rows rows,
                     session.Query(fmt::format("{} WHERE t.valid_from <= ? AND (t.valid_to IS NULL"
                                               " OR t.valid_to > ?) AND t.person_key IN ",
                                               kTagSelect) +
                                       KeyList(slice) + " ORDER BY t.tag_id",
                                   {on, on}));
    while (rows.Next()) found.push_back(ReadTag(rows));
  }
  return found;
}

base::Result<std::vector<TagRow>> FindAllTags(store::Session& session,
                                              std::span<const std::string> keys) {
  std::vector<TagRow> found;
  for (std::size_t begin = 0; begin < keys.size(); begin += kListMax) {
    const auto slice = keys.subspan(begin, std::min(kListMax, keys.size() - begin));
    ASSIGN_OR_RETURN(store::Rows rows,
                     session.Query(fmt::format("{} WHERE t.person_key IN ", kTagSelect) +
                                   KeyList(slice) + " ORDER BY t.tag_id"));
    while (rows.Next()) found.push_back(ReadTag(rows));
  }
  return found;
}

base::Result<std::vector<std::string>> PeopleWithOlderTags(store::Session& session,
                                                           const ListBatch& newer) {
  ASSIGN_OR_RETURN(
      store::Rows rows,
      session.Query("SELECT DISTINCT t.person_key FROM group_tag t"
                    " JOIN list_batch b ON b.batch_id = t.batch_id"
                    " WHERE b.kind = ? AND b.source = ? AND b.group_name = ? AND b.batch_id < ?"
                    " AND (t.valid_to IS NULL OR t.valid_to > ?)",
                    {static_cast<int>(newer.kind), newer.source, newer.group, newer.id,
                     newer.valid_from}));
  std::vector<std::string> keys;
  while (rows.Next()) keys.push_back(rows.Text("person_key"));
  return keys;
}

base::Result<std::vector<std::string>> PeopleWithTag(store::Session& session,
                                                     std::string_view group_contains,
                                                     base::Date on) {
  ASSIGN_OR_RETURN(store::Rows rows,
                   session.Query("SELECT person_key FROM group_tag WHERE group_name LIKE ? AND"
                                 " valid_from <= ? AND (valid_to IS NULL OR valid_to > ?)",
                                 {fmt::format("%{}%", group_contains), on, on}));
  std::vector<std::string> keys;
  while (rows.Next()) keys.push_back(rows.Text("person_key"));
  return keys;
}

base::Status InsertTags(store::Transaction& tx, std::span<const TagRow> rows) {
  return WriteTags(tx, rows, "");
}

base::Status UpdateTags(store::Transaction& tx, std::span<const TagRow> rows) {
  return WriteTags(tx, rows,
                   " ON DUPLICATE KEY UPDATE name = VALUES(name), valid_from = VALUES(valid_from),"
                   " valid_to = VALUES(valid_to), details = VALUES(details)");
}

base::Status EndOlderTags(store::Transaction& tx, const ListBatch& newer) {
  return Done(tx.Execute(
      "UPDATE group_tag t JOIN list_batch b ON b.batch_id = t.batch_id SET t.valid_to = ?"
      " WHERE b.kind = ? AND b.source = ? AND b.group_name = ? AND b.batch_id < ?"
      " AND (t.valid_to IS NULL OR t.valid_to > ?)",
      {newer.valid_from, static_cast<int>(newer.kind), newer.source, newer.group, newer.id,
       newer.valid_from}));
}

base::Result<std::uint64_t> CountTags(store::Session& session, base::Date on) {
  ASSIGN_OR_RETURN(store::Rows rows,
                   session.Query("SELECT COUNT(*) AS n FROM group_tag WHERE valid_from <= ? AND"
                                 " (valid_to IS NULL OR valid_to > ?)",
                                 {on, on}));
  CHECK(rows.Next());
  return rows.Uint("n");
}

}  // namespace registry
