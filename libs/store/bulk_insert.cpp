#include "store/literal.h"
#include "store/store.h"

namespace store {

BulkInsert::BulkInsert(Session& session, std::string head, std::string suffix,
                       std::size_t bytes_max)
    : session_(session),
      head_(std::move(head)),
      suffix_(std::move(suffix)),
      bytes_max_(bytes_max) {}

base::Status BulkInsert::Add(std::initializer_list<Value> row) {
  return Add(std::span<const Value>{row.begin(), row.size()});
}

base::Status BulkInsert::Add(std::span<const Value> row) {
  sql_ += sql_.empty() ? head_ + " VALUES (" : ",(";
  bool first = true;
  for (const Value& value : row) {
    if (!first) sql_ += ',';
    first = false;
    AppendLiteral(sql_, value);
  }
  sql_ += ')';
  ++rows_;
  return sql_.size() >= bytes_max_ ? Flush() : base::Status{};
}

base::Status BulkInsert::AddRaw(std::string_view parenthesised_row) {
  if (sql_.empty()) {
    sql_ += head_;
    sql_ += " VALUES ";
  } else {
    sql_ += ',';
  }
  sql_ += parenthesised_row;
  ++rows_;
  return sql_.size() >= bytes_max_ ? Flush() : base::Status{};
}

base::Status BulkInsert::Flush() {
  if (sql_.empty()) return {};
  sql_ += suffix_;
  const auto done = session_.ExecuteText(sql_);
  sql_.clear();
  if (!done.ok()) return done.error();
  return {};
}

}  // namespace store
