// SQL literals: how a value is written into the text of a statement, and how `?` is replaced by
// values.
//
// Text that is valid UTF-8 becomes a quoted literal, any other bytes a _binary literal; quotes,
// backslashes and NUL are escaped. That is safe because every session fixes the two things it hangs
// on: charset utf8mb4 (no character but these themselves holds their bytes) and an sql_mode without
// NO_BACKSLASH_ESCAPES and ANSI_QUOTES. Pure and thread-safe.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/date.h"
#include "store/value.h"

namespace store {

// Typed appenders for hot paths (BulkInsert::AddRaw): no Value is made.
void AppendInt(std::string& sql, std::int64_t value);
void AppendUint(std::string& sql, std::uint64_t value);
// Text or bytes; looks whether it is UTF-8.
void AppendText(std::string& sql, std::string_view text);
// Bytes (BINARY, BLOB) without looking.
void AppendBytes(std::string& sql, std::string_view bytes);
void AppendDay(std::string& sql, base::Date day);
void AppendTime(std::string& sql, base::UtcTime time);  // milliseconds

bool IsUtf8(std::string_view text);

// `sql` with each `?` outside quotes and comments replaced by the literal of the next value.
// CHECKs that there are as many `?` as values: the text is a constant of the program.
std::string Expand(std::string_view sql, std::span<const Value> values);

}  // namespace store
