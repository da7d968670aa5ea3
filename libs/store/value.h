// One SQL parameter or cell. Text and bytes are both strings; Date is DATE, UtcTime DATETIME(3).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "base/date.h"
#include "base/id.h"

namespace store {

struct Null {};

class Value {
 public:
  using Variant =
      std::variant<Null, std::int64_t, std::uint64_t, std::string, base::Date, base::UtcTime>;
  Value(Null) {}                                                     // NOLINT
  Value(int v) : value_(static_cast<std::int64_t>(v)) {}             // NOLINT
  Value(std::int64_t v) : value_(v) {}                               // NOLINT
  Value(std::uint64_t v) : value_(v) {}                              // NOLINT
  Value(std::uint32_t v) : value_(static_cast<std::uint64_t>(v)) {}  // NOLINT
  Value(bool v) : value_(static_cast<std::int64_t>(v ? 1 : 0)) {}    // NOLINT
  Value(const char* v) : value_(std::string{v}) {}                   // NOLINT
  Value(std::string_view v) : value_(std::string{v}) {}              // NOLINT
  Value(std::string v) : value_(std::move(v)) {}                     // NOLINT
  Value(base::Date v) : value_(v) {}                                 // NOLINT
  Value(base::UtcTime v) : value_(v) {}                              // NOLINT
  template <class Tag>
  Value(base::Id<Tag, std::int64_t> id) : value_(id.raw()) {}  // NOLINT
  template <class T>
  Value(const std::optional<T>& v) {  // NOLINT
    if (v) *this = Value{*v};
  }
  const Variant& variant() const { return value_; }

 private:
  Variant value_ = Null{};
};

}  // namespace store
