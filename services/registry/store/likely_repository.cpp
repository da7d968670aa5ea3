#include "registry/store/likely_repository.h"

#include <fmt/format.h>

#include "store/literal.h"

namespace registry {
namespace {

constexpr std::string_view kStudents = "SELECT student_id AS id, name, sex, birth FROM student";
constexpr std::string_view kPeople = "SELECT person_id AS id, name, sex, birth FROM list_person";

template <class T, class Append>
std::string In(std::string_view column, std::span<const T> values, Append append) {
  std::string sql = fmt::format("{} IN (", column);
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (i > 0) sql += ',';
    append(sql, values[i]);
  }
  return sql + ')';
}

std::string InDays(std::span<const base::Date> days) {
  return In("birth", days, [](std::string& sql, base::Date day) { store::AppendDay(sql, day); });
}

std::string InKeys(std::span<const std::string> keys) {
  return In("person_key", keys,
            [](std::string& sql, const std::string& key) { store::AppendBytes(sql, key); });
}

base::Result<std::vector<NamedRow>> Read(base::Result<store::Rows> rows) {
  if (!rows.ok()) return rows.error();
  std::vector<NamedRow> found;
  while (rows->Next()) {
    found.push_back({.id = rows->Int("id"),
                     .name = rows->Text("name"),
                     .sex = static_cast<Sex>(rows->Int("sex")),
                     .birth = rows->Day("birth")});
  }
  return found;
}

}  // namespace

base::Result<std::vector<NamedRow>> StudentsNamed(store::Session& session, std::string_view name,
                                                  std::uint32_t limit) {
  return Read(session.Query(fmt::format("{} WHERE name = ? LIMIT {}", kStudents, limit), {name}));
}

base::Result<std::vector<NamedRow>> StudentsBornOn(store::Session& session,
                                                   std::span<const base::Date> days,
                                                   std::uint32_t limit) {
  if (days.empty()) return std::vector<NamedRow>{};
  return Read(session.Query(fmt::format("{} WHERE {} LIMIT {}", kStudents, InDays(days), limit)));
}

base::Result<std::vector<NamedRow>> StudentsOfKeys(store::Session& session,
                                                   std::span<const std::string> person_keys) {
  if (person_keys.empty()) return std::vector<NamedRow>{};
  return Read(session.Query(fmt::format("{} WHERE {}", kStudents, InKeys(person_keys))));
}

base::Result<std::vector<NamedRow>> StudentsOfIds(store::Session& session,
                                                  std::span<const std::int64_t> ids) {
  if (ids.empty()) return std::vector<NamedRow>{};
  const auto append = [](std::string& sql, std::int64_t id) { store::AppendInt(sql, id); };
  return Read(session.Query(fmt::format("{} WHERE {}", kStudents, In("student_id", ids, append))));
}

base::Result<std::vector<NamedRow>> PeopleBornOn(store::Session& session, BatchId batch,
                                                 std::span<const base::Date> days,
                                                 std::uint32_t limit) {
  if (days.empty()) return std::vector<NamedRow>{};
  return Read(session.Query(fmt::format("{} WHERE batch_id = {} AND {} LIMIT {}", kPeople,
                                        batch.raw(), InDays(days), limit)));
}

base::Result<std::vector<NamedRow>> PeopleOfKeys(store::Session& session, BatchId batch,
                                                 std::span<const std::string> person_keys) {
  if (person_keys.empty()) return std::vector<NamedRow>{};
  return Read(session.Query(fmt::format("{} WHERE batch_id = {} AND {}", kPeople, batch.raw(),
                                        InKeys(person_keys))));
}

}  // namespace registry
