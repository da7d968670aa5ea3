#include "tracing/store/letter_writes.h"

#include <algorithm>

#include "tracing/store/codec.h"

namespace tracing {
namespace {

using store::Value;

constexpr std::string_view kInsert =
    "INSERT INTO conversation (conversation_id, asker, peer, kind, state, desk, stuck, "
    "stuck_since, is_over, waiting, suite, case_id, student_id, student_name, id_masked, "
    "document_no, reply_by, wake_at, opened_at, version, body, draft, acknowledge_by, "
    "waits_seq) VALUES ";
constexpr std::string_view kRow =
    "(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, NULLIF(?, '1970-01-01'), "
    "?, ?, ?, ?, ?, ?, ?)";
constexpr std::string_view kUpdate =
    " ON DUPLICATE KEY UPDATE state = VALUES(state), desk = VALUES(desk), stuck = VALUES(stuck), "
    "stuck_since = VALUES(stuck_since), is_over = VALUES(is_over), waiting = VALUES(waiting), "
    "case_id = VALUES(case_id), student_id = VALUES(student_id), "
    "document_no = VALUES(document_no), reply_by = VALUES(reply_by), wake_at = VALUES(wake_at), "
    "version = VALUES(version), body = VALUES(body), draft = VALUES(draft), "
    "acknowledge_by = VALUES(acknowledge_by), waits_seq = VALUES(waits_seq)";
constexpr std::string_view kInsertItem =
    "INSERT INTO item (conversation_id, by_asker, seq, sealed, receipt) VALUES ";
constexpr std::string_view kItemRow = "(?, ?, ?, ?, ?)";
constexpr std::string_view kWholeItem =
    " ON DUPLICATE KEY UPDATE sealed = VALUES(sealed), receipt = VALUES(receipt)";
constexpr std::string_view kReceiptOnly = " ON DUPLICATE KEY UPDATE receipt = VALUES(receipt)";

void Append(std::string& sql, std::string_view row) {
  if (sql.back() == ')') sql += ", ";
  sql += row;
}

base::Status Done(const base::Result<std::uint64_t>& done) {
  return done.ok() ? base::Status{} : base::Status{done.error()};
}

}  // namespace

void LetterWrites::Save(const LetterRow& row, std::optional<base::UtcTime> wake,
                        base::UtcTime now) {
  for (Letter& known : letters_) {
    if (known.row.conversation.id != row.conversation.id) continue;
    const bool is_new = known.row.is_new;
    known = {.row = row, .wake = wake, .now = now};
    known.row.is_new = is_new;
    return;
  }
  letters_.push_back({.row = row, .wake = wake, .now = now});
}

void LetterWrites::Insert(const ConversationId& id, ItemRow item) {
  items_.push_back({.id = id, .row = std::move(item)});
}

void LetterWrites::SaveReceipt(const ConversationId& id, bool by_asker, std::uint32_t seq,
                               const std::string& receipt) {
  receipts_.push_back(
      {.id = id, .row = {.by_asker = by_asker, .seq = seq, .sealed = {}, .receipt = receipt}});
}

base::Result<int> LetterWrites::TakeNumber(store::Transaction& tx, int year) {
  const auto known = numbers_.find(year);
  if (known != numbers_.end()) return ++known->second.last;
  ASSIGN_OR_RETURN(const int next, NextNumber(tx, year));
  numbers_[year] = {.first = next, .last = next};
  return next;
}

bool LetterWrites::Concern(const ConversationId& id) const {
  const auto of_it = [&](const Item& item) { return item.id == id; };
  return std::any_of(letters_.begin(), letters_.end(),
                     [&](const Letter& one) { return one.row.conversation.id == id; }) ||
         std::any_of(items_.begin(), items_.end(), of_it) ||
         std::any_of(receipts_.begin(), receipts_.end(), of_it);
}

base::Status LetterWrites::Flush(store::Transaction& tx) {
  RETURN_IF_ERROR(FlushLetters(tx, true));
  RETURN_IF_ERROR(FlushLetters(tx, false));
  RETURN_IF_ERROR(FlushItems(tx, items_, kWholeItem));
  RETURN_IF_ERROR(FlushItems(tx, receipts_, kReceiptOnly));
  for (const auto& [year, number] : numbers_) {
    if (number.first == number.last) continue;
    RETURN_IF_ERROR(Done(tx.Execute("UPDATE numbering SET last_number = ? WHERE year = ?",
                                    {Value{number.last}, Value{year}})));
  }
  *this = {};
  return {};
}

base::Status LetterWrites::FlushLetters(store::Transaction& tx, bool new_ones) const {
  std::string sql{kInsert};
  std::vector<Value> values;
  for (const auto& [row, wake, now] : letters_) {
    if (row.is_new != new_ones) continue;
    const Conversation& c = row.conversation;
    const Facts facts = Fold(c);
    Append(sql, kRow);
    const bool asker = c.side == Side::kAsker;
    const bool waiting = c.delivered < c.mine.size();
    const std::int64_t waits = waiting ? static_cast<std::int64_t>(c.delivered) + 1 : 0;
    values.insert(
        values.end(),
        {Value{BytesOf(c.id)}, Value{asker}, Value{c.peer.raw()}, Value{static_cast<int>(c.kind)},
         Value{static_cast<int>(facts.state)}, Value{static_cast<int>(c.desk)},
         Value{static_cast<int>(c.stuck)}, Value{row.stuck_since}, Value{IsOver(facts.state)},
         Value{waiting}, Value{row.suite}, Value{row.case_id}, Value{row.student_id},
         Value{row.student_name}, Value{row.id_masked}, Value{row.document_no},
         Value{facts.reply_by}, Value{wake}, Value{now}, Value{c.version},
         Value{EncodeConversation(c)}, Value{row.draft}, Value{row.acknowledge_by},
         Value{waits}});
  }
  if (values.empty()) return {};
  if (!new_ones) sql += kUpdate;
  const auto done = tx.Execute(sql, std::span<const Value>{values});
  if (!done.ok() && done.error().code == base::Code::kAlreadyExists) {
    return base::Error{base::Code::kConflict, "RETRY", "another transaction was first"};
  }
  return Done(done);
}

base::Status LetterWrites::FlushItems(store::Transaction& tx, const std::vector<Item>& items,
                                      std::string_view on_duplicate) {
  if (items.empty()) return {};
  std::string sql{kInsertItem};
  std::vector<Value> values;
  for (const Item& item : items) {
    Append(sql, kItemRow);
    values.insert(values.end(), {Value{BytesOf(item.id)}, Value{item.row.by_asker},
                                 Value{item.row.seq}, Value{item.row.sealed},
                                 Value{item.row.receipt}});
  }
  sql += on_duplicate;
  return Done(tx.Execute(sql, std::span<const Value>{values}));
}

}  // namespace tracing
