#include "store/event_log.h"

namespace store {
namespace {

constexpr std::size_t kKeyBytesMax = 64;
constexpr std::uint64_t kForgetAtOnce = 5000;  // a short transaction each

base::Status CheckKey(std::string_view key) {
  if (!key.empty() && key.size() <= kKeyBytesMax) return {};
  return base::Error{base::Code::kInvalidArgument, "BAD_IDEMPOTENCY_KEY",
                     "an idempotency key has 1 to 64 bytes"};
}

}  // namespace

base::Result<std::optional<Remembered>> FindReply(Session& session, std::string_view key) {
  RETURN_IF_ERROR(CheckKey(key));
  ASSIGN_OR_RETURN(
      Rows rows,
      session.Query("SELECT request_type, reply FROM idempotency WHERE idem_key = ?", {key}));
  std::optional<Remembered> found;
  if (rows.Next()) found = Remembered{rows.Text("request_type"), rows.Text("reply")};
  return found;
}

base::Status RememberReply(Transaction& tx, std::string_view key, std::string_view request_type,
                           std::string_view reply, base::UtcTime now) {
  RETURN_IF_ERROR(CheckKey(key));
  const auto done = tx.Execute(
      "INSERT INTO idempotency (idem_key, request_type, reply, created_at) VALUES (?, ?, ?, ?)",
      {key, request_type, reply, now});
  if (done.ok()) return {};
  if (done.error().code != base::Code::kAlreadyExists) return done.error();
  return base::Error{base::Code::kConflict, "RETRY", "the same request was answered just now"};
}

base::Result<std::uint64_t> ForgetReplies(Session& session, base::UtcTime before) {
  std::uint64_t forgotten = 0;
  for (;;) {
    ASSIGN_OR_RETURN(const std::uint64_t now,
                     session.Execute("DELETE FROM idempotency WHERE created_at < ?"
                                     " ORDER BY created_at LIMIT ?",
                                     {before, kForgetAtOnce}));
    forgotten += now;
    if (now < kForgetAtOnce) return forgotten;
  }
}

}  // namespace store
