// The cells of one row for BulkInsert::AddRaw, appended one after another: no variant and no copy
// per cell on the way of a hundred thousand rows. Not thread-safe.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/date.h"
#include "store/literal.h"

namespace registry {

class RawRow {
 public:
  void Begin() { sql_ = "("; }
  RawRow& Int(std::int64_t value) {
    Comma();
    store::AppendInt(sql_, value);
    return *this;
  }
  RawRow& Text(std::string_view value) {
    Comma();
    store::AppendText(sql_, value);
    return *this;
  }
  RawRow& Bytes(std::string_view value) {
    Comma();
    store::AppendBytes(sql_, value);
    return *this;
  }
  // NULL when empty.
  RawRow& MaybeText(std::string_view value) { return value.empty() ? Null() : Text(value); }
  RawRow& MaybeBytes(std::string_view value) { return value.empty() ? Null() : Bytes(value); }
  RawRow& Day(base::Date value) {
    Comma();
    store::AppendDay(sql_, value);
    return *this;
  }
  RawRow& MaybeDay(const std::optional<base::Date>& value) { return value ? Day(*value) : Null(); }
  RawRow& Time(base::UtcTime value) {
    Comma();
    store::AppendTime(sql_, value);
    return *this;
  }
  RawRow& Null() {
    Comma();
    sql_ += "NULL";
    return *this;
  }
  std::string_view Done() {
    sql_ += ')';
    return sql_;
  }

 private:
  void Comma() {
    if (sql_.size() > 1) sql_ += ',';
  }
  std::string sql_ = "(";
};

}  // namespace registry
