#include "tracing/store/print_repository.h"

#include "tracing/store/codec.h"

namespace tracing {
namespace {

using store::Value;

constexpr const char* kSelect =
    "SELECT print_no, idem_key, conversation_id, by_asker, seq, item_kind, document_no, purpose, "
    "printed_at, actor_person_id, actor_name, actor_role, actor_body, mac FROM print_log ";

std::vector<PrintRow> ReadAll(store::Rows& rows) {
  std::vector<PrintRow> out;
  while (rows.Next()) {
    out.push_back({.print_no = rows.Int("print_no"),
                   .idem_key = rows.Text("idem_key"),
                   .conversation = IdFrom(rows.Text("conversation_id")),
                   .by_asker = rows.Int("by_asker") != 0,
                   .seq = static_cast<std::uint32_t>(rows.Int("seq")),
                   .item_kind = rows.Text("item_kind"),
                   .document_no = rows.Text("document_no"),
                   .purpose = rows.Text("purpose"),
                   .at = rows.Time("printed_at"),
                   .person_id = rows.Text("actor_person_id"),
                   .name = rows.Text("actor_name"),
                   .role = rows.Text("actor_role"),
                   .body = rows.Text("actor_body"),
                   .mac = rows.Text("mac")});
  }
  return out;
}

base::Status Done(const base::Result<std::uint64_t>& result) {
  return result.ok() ? base::Status{} : result.error();
}

}  // namespace

base::Result<PrintRow> SavePrint(store::Transaction& tx, PrintRow row, const PrintMac& mac) {
  ASSIGN_OR_RETURN(store::Rows same, tx.Query(std::string{kSelect} + "WHERE idem_key = ?",
                                              {Value{row.idem_key}}));
  if (std::vector<PrintRow> known = ReadAll(same); !known.empty()) {
    PrintRow& first = known.front();
    if (first.conversation != row.conversation || first.by_asker != row.by_asker ||
        first.seq != row.seq) {
      return base::Error{base::Code::kInvalidArgument, "KEY_REUSED",
                         "the key belongs to another request"};
    }
    return std::move(first);
  }
  ASSIGN_OR_RETURN(store::Rows rows, tx.Query(std::string{kSelect} +
                                              "ORDER BY print_no DESC LIMIT 1 FOR UPDATE"));
  const std::vector<PrintRow> last = ReadAll(rows);
  row.print_no = last.empty() ? 1 : last.front().print_no + 1;
  row.mac = mac(last.empty() ? "" : last.front().mac, row);
  RETURN_IF_ERROR(Done(tx.Execute(
      "INSERT INTO print_log (print_no, idem_key, conversation_id, by_asker, seq, item_kind, "
      "document_no, purpose, printed_at, actor_person_id, actor_name, actor_role, actor_body, mac) "
      "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      {Value{row.print_no}, Value{row.idem_key}, Value{BytesOf(row.conversation)},
       Value{static_cast<std::int64_t>(row.by_asker)}, Value{static_cast<std::int64_t>(row.seq)},
       Value{row.item_kind}, Value{row.document_no}, Value{row.purpose}, Value{row.at},
       Value{row.person_id}, Value{row.name}, Value{row.role}, Value{row.body},
       Value{row.mac}})));
  return row;
}

base::Result<std::vector<PrintRow>> ListPrints(store::Session& session, const PrintFilter& filter) {
  std::string sql = std::string{kSelect} + "WHERE print_no > ?";
  std::vector<Value> values{Value{filter.after}};
  if (filter.conversation) {
    sql += " AND conversation_id = ?";
    values.emplace_back(BytesOf(*filter.conversation));
  }
  if (filter.from) {
    sql += " AND printed_at >= ?";
    values.emplace_back(*filter.from);
  }
  if (filter.before) {
    sql += " AND printed_at < ?";
    values.emplace_back(*filter.before);
  }
  sql += " ORDER BY print_no LIMIT " + std::to_string(filter.limit);
  ASSIGN_OR_RETURN(store::Rows rows, session.Query(sql, values));
  return ReadAll(rows);
}

base::Status SaveProof(store::Transaction& tx, const PaperProof& proof) {
  return Done(tx.Execute(
      "INSERT INTO paper_receipt (conversation_id, by_asker, seq, reference, received_on, "
      "entered_at, entered_by) VALUES (?, ?, ?, ?, ?, ?, ?)",
      {Value{BytesOf(proof.conversation)}, Value{static_cast<std::int64_t>(proof.by_asker)},
       Value{static_cast<std::int64_t>(proof.seq)}, Value{proof.reference}, Value{proof.on},
       Value{proof.at}, Value{proof.by}}));
}

base::Result<std::vector<PaperProof>> ProofsOf(store::Session& session, const ConversationId& id) {
  ASSIGN_OR_RETURN(store::Rows rows,
                   session.Query("SELECT by_asker, seq, reference, received_on, entered_at, "
                                 "entered_by FROM paper_receipt WHERE conversation_id = ?",
                                 {Value{BytesOf(id)}}));
  std::vector<PaperProof> out;
  while (rows.Next()) {
    out.push_back({.conversation = id, .by_asker = rows.Int("by_asker") != 0,
                   .seq = static_cast<std::uint32_t>(rows.Int("seq")),
                   .reference = rows.Text("reference"), .on = rows.MaybeDay("received_on"),
                   .at = rows.Time("entered_at"), .by = rows.Text("entered_by")});
  }
  return out;
}

base::Result<std::vector<PaperOffice>> LoadPaperOffices(store::Session& session) {
  ASSIGN_OR_RETURN(store::Rows rows,
                   session.Query("SELECT division, name, bureau, post_address FROM paper_office "
                                 "ORDER BY division"));
  std::vector<PaperOffice> out;
  while (rows.Next()) {
    out.push_back({.division = rows.Text("division"), .name = rows.Text("name"),
                   .bureau = rows.Text("bureau"), .post_address = rows.Text("post_address")});
  }
  return out;
}

base::Status SavePaperOffice(store::Transaction& tx, const PaperOffice& office,
                             const std::string& by, base::UtcTime now) {
  return Done(tx.Execute(
      "INSERT INTO paper_office (division, name, bureau, post_address, changed_at, changed_by) "
      "VALUES (?, ?, ?, ?, ?, ?) ON DUPLICATE KEY UPDATE name = VALUES(name), "
      "bureau = VALUES(bureau), post_address = VALUES(post_address), "
      "changed_at = VALUES(changed_at), changed_by = VALUES(changed_by)",
      {Value{office.division}, Value{office.name}, Value{office.bureau},
       Value{office.post_address}, Value{now}, Value{by}}));
}

base::Result<bool> DeletePaperOffice(store::Transaction& tx, const std::string& division) {
  ASSIGN_OR_RETURN(const std::uint64_t deleted,
                   tx.Execute("DELETE FROM paper_office WHERE division = ?", {Value{division}}));
  return deleted > 0;
}

}  // namespace tracing
