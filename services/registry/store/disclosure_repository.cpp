#include "registry/store/disclosure_repository.h"

#include "registry/store/row_text.h"

namespace registry {

base::Status InsertDisclosure(store::Transaction& tx, const DisclosureRow& row) {
  const auto done = tx.Execute(
      "INSERT INTO disclosure (disclosure_id, student_id, disclosed_at, actor, purpose, reference, "
      "hash) VALUES (?, ?, ?, ?, ?, ?, ?)",
      {row.id, row.student_id, row.at, ActorText(row.actor), row.purpose, row.reference, row.hash});
  return done.ok() ? base::Status{} : base::Status{done.error()};
}

base::Result<std::vector<DisclosureRow>> ListDisclosures(store::Session& session) {
  ASSIGN_OR_RETURN(store::Rows rows,
                   session.Query("SELECT disclosure_id, student_id, disclosed_at, actor, purpose, "
                                 "reference, hash FROM disclosure ORDER BY disclosure_id"));
  std::vector<DisclosureRow> out;
  while (rows.Next()) {
    out.push_back({.id = rows.Int("disclosure_id"),
                   .student_id = StudentId{rows.Int("student_id")},
                   .at = rows.Time("disclosed_at"),
                   .actor = ActorFromText(rows.Text("actor")),
                   .purpose = rows.Text("purpose"),
                   .reference = rows.Text("reference"),
                   .hash = rows.Text("hash")});
  }
  return out;
}

base::Result<std::string> HashOfLastDisclosure(store::Transaction& tx) {
  ASSIGN_OR_RETURN(store::Rows rows,
                   tx.Query("SELECT hash FROM disclosure ORDER BY disclosure_id DESC LIMIT 1"));
  return rows.Next() ? rows.Text("hash") : std::string(32, '\0');
}

}  // namespace registry
