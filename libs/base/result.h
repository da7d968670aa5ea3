// Result<T>: a value, or an Error with a closed code, a stable reason and a text for people.
//
// Codes carry the gRPC status-code names on the wire (see code.h / CodeName). `reason` is a stable
// UPPER_SNAKE string that is part of the contract; `detail` is for people and is never parsed.
// Pure and thread-safe.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "base/check.h"

namespace base {

// What went wrong, as far as a caller would act differently. kUnknownOutcome is not kUnavailable:
// the write may have happened, and only an idempotency key makes a retry safe.
// kResourceExhausted is the twelfth code: a full service says so, and the client backs off.
enum class Code {
  kInvalidArgument = 1,
  kNotFound,
  kAlreadyExists,
  kFailedPrecondition,
  kConflict,
  kPermissionDenied,
  kUnavailable,
  kDeadlineExceeded,
  kUnknownOutcome,
  kDataCorruption,
  kInternal,
  kResourceExhausted,
};

// The gRPC status name: kConflict is "ABORTED", kUnknownOutcome "UNKNOWN", kDataCorruption
// "DATA_LOSS".
std::string_view CodeName(Code code);

// The code of a gRPC status name; nothing for an unknown name.
std::optional<Code> CodeFromName(std::string_view name);

struct Error {
  Code code = Code::kInternal;
  std::string reason = {};  // stable, UPPER_SNAKE: "DAY_IN_FUTURE"
  std::string detail = {};  // for people; Chinese where an official sees it; no identity number

  // "FAILED_PRECONDITION/DAY_CLOSED: detail", for logs.
  std::string ToString() const;
  friend bool operator==(const Error&, const Error&) = default;
};

template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::move(value)) {}      // NOLINT(google-explicit-constructor)
  Result(Error error) : state_(std::move(error)) {}  // NOLINT(google-explicit-constructor)

  bool ok() const { return std::holds_alternative<T>(state_); }
  explicit operator bool() const { return ok(); }

  // Precondition: ok().
  T& value() & {
    CHECK(ok());
    return *std::get_if<T>(&state_);
  }
  const T& value() const& {
    CHECK(ok());
    return *std::get_if<T>(&state_);
  }
  T&& value() && {
    CHECK(ok());
    return std::move(*std::get_if<T>(&state_));
  }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

  // Precondition: !ok().
  const Error& error() const& {
    CHECK(!ok());
    return *std::get_if<Error>(&state_);
  }
  Error&& error() && {
    CHECK(!ok());
    return std::move(*std::get_if<Error>(&state_));
  }

 private:
  std::variant<T, Error> state_;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Error error) : error_(std::move(error)) {}  // NOLINT(google-explicit-constructor)

  bool ok() const { return !error_.has_value(); }
  explicit operator bool() const { return ok(); }
  const Error& error() const {
    CHECK(!ok());
    return *error_;
  }

 private:
  std::optional<Error> error_;
};

using Status = Result<void>;

}  // namespace base

// Returns the error of an expression from the enclosing function. One of the two macro families.
#define RETURN_IF_ERROR(expr)                                         \
  do {                                                                \
    if (auto status_ = (expr); !status_.ok()) return status_.error(); \
  } while (false)

#define BASE_CONCAT_INNER(a, b) a##b
#define BASE_CONCAT(a, b) BASE_CONCAT_INNER(a, b)
// ASSIGN_OR_RETURN(auto x, F()): the value, or returns the error from the enclosing function.
#define ASSIGN_OR_RETURN(lhs, expr) \
  ASSIGN_OR_RETURN_INNER(BASE_CONCAT(result_, __LINE__), lhs, expr)
#define ASSIGN_OR_RETURN_INNER(tmp, lhs, expr)  \
  auto tmp = (expr);                            \
  if (!tmp.ok()) return std::move(tmp).error(); \
  lhs = std::move(tmp).value()
