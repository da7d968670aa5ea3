#include "tracing/store/letter_repository.h"

#include "tracing/store/codec.h"
#include "tracing/store/letter_writes.h"

namespace tracing {
namespace {

using store::Value;

// What waits is on paper (kPaperWaiting) and was itself printed.
#define TRACING_PRINTED \
  "p.conversation_id = conversation.conversation_id AND p.by_asker = conversation.asker AND " \
  "p.seq = conversation.waits_seq AND p.item_kind NOT IN ('draft', 'attachment', 'evidence')"
#define TRACING_COLUMNS \
  "conversation_id, suite, case_id, student_id, student_name, id_masked, document_no, " \
  "stuck_since, acknowledge_by, opened_at, body, draft, " \
  "(stuck = 8 AND EXISTS (SELECT 1 FROM print_log p WHERE " TRACING_PRINTED ")) AS printed"
constexpr std::string_view kFind =
    "SELECT " TRACING_COLUMNS " FROM conversation WHERE conversation_id = ?";
constexpr std::string_view kLock =
    "SELECT " TRACING_COLUMNS " FROM conversation WHERE conversation_id = ? FOR UPDATE";
constexpr std::string_view kList = "SELECT " TRACING_COLUMNS " FROM conversation WHERE ";
constexpr std::string_view kToPost =
    "(asker = 1 AND stuck = 8 AND NOT EXISTS (SELECT 1 FROM print_log p WHERE " TRACING_PRINTED
    " AND p.printed_at > ?))";
#undef TRACING_COLUMNS
#undef TRACING_PRINTED

base::Result<LetterRow> Read(const store::Rows& rows) {
  LetterRow row;
  ASSIGN_OR_RETURN(row.conversation,
                   DecodeConversation(IdFrom(rows.Text("conversation_id")), rows.Text("body")));
  row.suite = static_cast<int>(rows.Int("suite"));
  row.case_id = rows.Int("case_id");
  row.student_id = rows.Int("student_id");
  row.student_name = rows.Text("student_name");
  row.id_masked = rows.Text("id_masked");
  row.document_no = rows.Text("document_no");
  row.stuck_since = rows.MaybeTime("stuck_since");
  row.acknowledge_by = rows.MaybeDay("acknowledge_by");
  row.opened_at = rows.Time("opened_at");
  row.printed = rows.Int("printed") != 0;
  row.draft = rows.Text("draft");
  row.is_new = false;
  return row;
}

base::Result<std::optional<LetterRow>> One(store::Session& session, std::string_view sql,
                                           const ConversationId& id) {
  ASSIGN_OR_RETURN(store::Rows rows, session.Query(sql, {Value{BytesOf(id)}}));
  if (!rows.Next()) return std::optional<LetterRow>{};
  ASSIGN_OR_RETURN(LetterRow row, Read(rows));
  return std::optional<LetterRow>{std::move(row)};
}

// The conditions of a filter and their values; `after` is for pages only.
std::string Where(const LetterFilter& f, bool paged, std::vector<Value>& values) {
  std::string sql = "1 = 1";
  if (f.incoming) sql += *f.incoming ? " AND asker = 0" : " AND asker = 1";
  if (f.open_only) sql += " AND is_over = 0";
  if (f.stuck_only) sql += " AND stuck <> 0";
  // Or the third county may be asked; or ours was refused, given up or declined for good; or it is
  // to be printed and posted, or was posted long ago.
  if (f.for_officer_only) {
    sql += " AND (desk = 2 OR (asker = 1 AND is_over = 0 AND (state IN (11, 12) OR stuck = 3)) "
           "OR " + std::string{kToPost} + " "
           "OR EXISTS (SELECT 1 FROM machine_letter m WHERE m.conversation_id = "
           "conversation.conversation_id AND m.state = 'proposed'))";
    values.emplace_back(f.printed_since);
  }
  if (f.to_post_only) {
    sql += " AND " + std::string{kToPost};
    values.emplace_back(f.printed_since);
  }
  if (f.overdue_on) {
    sql += " AND is_over = 0 AND ((reply_by < ? AND state IN (3, 4, 5, 6, 12, 13)) OR "
           "acknowledge_by < ?)";
    values.emplace_back(*f.overdue_on);
    values.emplace_back(*f.overdue_on);
  }
  if (f.unacknowledged_on) {
    sql += " AND acknowledge_by < ?";
    values.emplace_back(*f.unacknowledged_on);
  }
  if (f.for_approval_only) sql += " AND state = 1";
  if (!f.document_no.empty()) {
    sql += " AND document_no = ?";
    values.emplace_back(f.document_no);
  }
  if (f.case_id != 0) {
    sql += " AND case_id = ?";
    values.emplace_back(f.case_id);
  }
  if (f.peer) {
    sql += " AND peer = ?";
    values.emplace_back(f.peer.raw());
  }
  if (paged && f.after != ConversationId{}) {
    sql += " AND (opened_at, conversation_id) " + std::string{f.newest_first ? "<" : ">"} +
           " (SELECT o.opened_at, o.conversation_id FROM conversation o WHERE "
           "o.conversation_id = ?)";
    values.emplace_back(BytesOf(f.after));
  }
  return sql;
}

}  // namespace

base::Result<std::optional<LetterRow>> FindLetter(store::Session& session,
                                                  const ConversationId& id) {
  return One(session, kFind, id);
}

base::Result<std::optional<LetterRow>> LockLetter(store::Transaction& tx,
                                                  const ConversationId& id) {
  return One(tx, kLock, id);
}

base::Result<std::map<ConversationId, std::optional<LetterRow>>> LockLetters(
    store::Transaction& tx, std::span<const ConversationId> ids) {
  std::map<ConversationId, std::optional<LetterRow>> out;
  std::string sql{kList};
  std::vector<Value> values;
  sql += "conversation_id IN (";
  for (const ConversationId& id : ids) {
    if (!out.emplace(id, std::nullopt).second) continue;
    sql += values.empty() ? "?" : ", ?";
    values.emplace_back(BytesOf(id));
  }
  if (values.empty()) return out;
  sql += ") ORDER BY conversation_id FOR UPDATE";
  ASSIGN_OR_RETURN(store::Rows rows, tx.Query(sql, std::span<const Value>{values}));
  while (rows.Next()) {
    ASSIGN_OR_RETURN(LetterRow row, Read(rows));
    out[row.conversation.id] = std::move(row);
  }
  return out;
}

base::Result<std::vector<LetterRow>> ListLetters(store::Session& session,
                                                 const LetterFilter& filter) {
  std::vector<Value> values;
  const std::string sql = std::string{kList} + Where(filter, true, values) +
                          (filter.newest_first
                               ? " ORDER BY opened_at DESC, conversation_id DESC LIMIT "
                               : " ORDER BY opened_at, conversation_id LIMIT ") +
                          std::to_string(filter.limit);
  ASSIGN_OR_RETURN(store::Rows rows, session.Query(sql, std::span<const Value>{values}));
  std::vector<LetterRow> out;
  while (rows.Next()) {
    ASSIGN_OR_RETURN(LetterRow row, Read(rows));
    out.push_back(std::move(row));
  }
  return out;
}

base::Result<std::uint64_t> CountLetters(store::Session& session, const LetterFilter& filter) {
  std::vector<Value> values;
  const std::string sql =
      "SELECT COUNT(*) AS n FROM conversation WHERE " + Where(filter, false, values);
  ASSIGN_OR_RETURN(store::Rows rows, session.Query(sql, std::span<const Value>{values}));
  rows.Next();
  return rows.Uint("n");
}

base::Status InsertItem(store::Transaction& tx, const ConversationId& id, const ItemRow& item) {
  const auto done = tx.Execute(
      "INSERT INTO item (conversation_id, by_asker, seq, sealed, receipt) VALUES (?, ?, ?, ?, ?) "
      "ON DUPLICATE KEY UPDATE sealed = VALUES(sealed), receipt = VALUES(receipt)",
      {Value{BytesOf(id)}, Value{item.by_asker}, Value{item.seq}, Value{item.sealed},
       Value{item.receipt}});
  if (!done.ok()) return done.error();
  return {};
}

base::Status SaveReceipt(store::Transaction& tx, const ConversationId& id, bool by_asker,
                         std::uint32_t seq, const std::string& receipt) {
  const auto done = tx.Execute(
      "UPDATE item SET receipt = ? WHERE conversation_id = ? AND by_asker = ? AND seq = ?",
      {Value{receipt}, Value{BytesOf(id)}, Value{by_asker}, Value{seq}});
  if (!done.ok()) return done.error();
  return {};
}

base::Result<std::optional<ItemRow>> FindItem(store::Session& session, const ConversationId& id,
                                              bool by_asker, std::uint32_t seq) {
  ASSIGN_OR_RETURN(store::Rows rows,
                   session.Query("SELECT sealed, receipt FROM item WHERE conversation_id = ? AND "
                                 "by_asker = ? AND seq = ?",
                                 {Value{BytesOf(id)}, Value{by_asker}, Value{seq}}));
  if (!rows.Next()) return std::optional<ItemRow>{};
  return std::optional<ItemRow>{ItemRow{.by_asker = by_asker, .seq = seq,
                                        .sealed = rows.Text("sealed"),
                                        .receipt = rows.Text("receipt")}};
}

base::Result<std::vector<ItemRow>> ItemsOf(store::Session& session, const ConversationId& id) {
  ASSIGN_OR_RETURN(store::Rows rows,
                   session.Query("SELECT by_asker, seq, sealed, receipt FROM item WHERE "
                                 "conversation_id = ? ORDER BY by_asker DESC, seq",
                                 {Value{BytesOf(id)}}));
  std::vector<ItemRow> out;
  while (rows.Next()) {
    out.push_back({.by_asker = rows.Int("by_asker") != 0,
                   .seq = static_cast<std::uint32_t>(rows.Uint("seq")),
                   .sealed = rows.Text("sealed"),
                   .receipt = rows.Text("receipt")});
  }
  return out;
}

base::Result<int> NextNumber(store::Transaction& tx, int year) {
  const auto counted = tx.Execute(
      "INSERT INTO numbering (year, last_number) VALUES (?, 1) "
      "ON DUPLICATE KEY UPDATE last_number = last_number + 1",
      {Value{year}});
  if (!counted.ok()) return counted.error();
  ASSIGN_OR_RETURN(store::Rows rows,
                   tx.Query("SELECT last_number FROM numbering WHERE year = ?", {Value{year}}));
  rows.Next();
  return static_cast<int>(rows.Int("last_number"));
}

base::Result<std::vector<DirectoryRow>> LoadDirectory(store::Session& session) {
  ASSIGN_OR_RETURN(store::Rows rows,
                   session.Query("SELECT issuer, serial, content, fingerprint FROM directory_file "
                                 "ORDER BY issuer"));
  std::vector<DirectoryRow> out;
  while (rows.Next()) {
    out.push_back({.issuer = rows.Text("issuer"), .serial = rows.Uint("serial"),
                   .content = rows.Text("content"), .fingerprint = rows.Text("fingerprint")});
  }
  return out;
}

base::Status SaveDirectory(store::Transaction& tx, const DirectoryRow& row, const std::string& by,
                           base::UtcTime now) {
  const auto done = tx.Execute(
      "INSERT INTO directory_file (issuer, serial, content, fingerprint, imported_at, imported_by) "
      "VALUES (?, ?, ?, ?, ?, ?) ON DUPLICATE KEY UPDATE serial = VALUES(serial), "
      "content = VALUES(content), fingerprint = VALUES(fingerprint), "
      "imported_at = VALUES(imported_at), imported_by = VALUES(imported_by)",
      {Value{row.issuer}, Value{row.serial}, Value{row.content}, Value{row.fingerprint},
       Value{now}, Value{by}});
  if (!done.ok()) return done.error();
  return {};
}

base::Status DeleteDirectory(store::Transaction& tx, const std::string& issuer) {
  const auto done = tx.Execute("DELETE FROM directory_file WHERE issuer = ?", {Value{issuer}});
  if (!done.ok()) return done.error();
  return {};
}

}  // namespace tracing
