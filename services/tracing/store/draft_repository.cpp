#include "tracing/store/draft_repository.h"

#include "tracing/store/codec.h"

namespace tracing {
namespace {

using store::Value;

base::Status Done(const base::Result<std::uint64_t>& result) {
  return result.ok() ? base::Status{} : result.error();
}

baoxue::bus::v1::Actor ActorOf(const store::Rows& rows, const std::string& who) {
  baoxue::bus::v1::Actor actor;
  actor.set_person_id(rows.Text(who + "_person_id"));
  actor.set_name(rows.Text(who + "_name"));
  actor.set_role(rows.Text(who + "_role"));
  actor.set_body(rows.Text(who + "_body"));
  return actor;
}

}  // namespace

base::Status InsertDraft(store::Transaction& tx, const DraftRow& row) {
  return Done(tx.Execute(
      "INSERT INTO letter_draft (conversation_id, by_machine, drafted_at, drafter_person_id, "
      "drafter_name, drafter_role, drafter_body, decided_at, decider_person_id, decider_name, "
      "decider_role, decider_body, decision_text) "
      "VALUES (?, ?, ?, ?, ?, ?, ?, NULL, '', '', '', '', '')",
      {Value{BytesOf(row.id)}, Value{row.by_machine}, Value{row.drafted_at},
       Value{row.drafter.person_id()}, Value{row.drafter.name()}, Value{row.drafter.role()},
       Value{row.drafter.body()}}));
}

base::Status DecideDraft(store::Transaction& tx, const DraftRow& row) {
  return Done(tx.Execute(
      "UPDATE letter_draft SET decided_at = ?, decider_person_id = ?, decider_name = ?, "
      "decider_role = ?, decider_body = ?, decision_text = ? WHERE conversation_id = ?",
      {Value{row.decided_at}, Value{row.decider.person_id()}, Value{row.decider.name()},
       Value{row.decider.role()}, Value{row.decider.body()}, Value{row.text},
       Value{BytesOf(row.id)}}));
}

base::Result<std::optional<DraftRow>> FindDraft(store::Session& session,
                                                const ConversationId& id) {
  ASSIGN_OR_RETURN(
      store::Rows rows,
      session.Query("SELECT by_machine, drafted_at, drafter_person_id, drafter_name, drafter_role, "
                    "drafter_body, decided_at, decider_person_id, decider_name, decider_role, "
                    "decider_body, decision_text FROM letter_draft WHERE conversation_id = ?",
                    {Value{BytesOf(id)}}));
  if (!rows.Next()) return std::optional<DraftRow>{};
  return std::optional{DraftRow{.id = id,
                                .by_machine = rows.Int("by_machine") != 0,
                                .drafted_at = rows.Time("drafted_at"),
                                .drafter = ActorOf(rows, "drafter"),
                                .decided_at = rows.MaybeTime("decided_at"),
                                .decider = ActorOf(rows, "decider"),
                                .text = rows.Text("decision_text")}};
}

}  // namespace tracing
