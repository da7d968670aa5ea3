// Record: the values of one row or one person by field, in one buffer, so that a hundred thousand
// rows cost no allocation per cell. Absent and empty are the same.
//
// Encode() gives the bytes of a protobuf message whose string fields have the numbers of Field, so
// any protobuf tool can read them; Decode() refuses what is not such a message. Not thread-safe; a
// plain value.
#pragma once

#include <array>
#include <bitset>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "registry/domain/field.h"

namespace registry {

using FieldSet = std::bitset<kFieldCount>;

class Record {
 public:
  Record() = default;

  // Valid until the next Set or Clear.
  std::string_view Get(Field field) const {
    const Span span = spans_[Index(field)];
    return std::string_view{text_}.substr(span.begin, span.size);
  }
  bool Has(Field field) const { return spans_[Index(field)].size != 0; }
  void Set(Field field, std::string_view value);
  // Keeps the memory for the next row.
  void Clear();

  FieldSet Fields() const;
  // Values in rising order of field, empty ones left out.
  std::string Encode() const;
  void EncodeTo(std::string& out) const;
  // Errors: nothing, when the bytes are not an encoded record.
  static std::optional<Record> Decode(std::string_view bytes);
  bool DecodeFrom(std::string_view bytes);

  friend bool operator==(const Record& a, const Record& b);

 private:
  struct Span {
    std::uint32_t begin = 0;
    std::uint32_t size = 0;
  };
  std::string text_ = {};
  std::array<Span, kFieldCount> spans_ = {};
};

// The fields in which `row` says something else than `stored`. An empty cell says nothing: it
// neither changes nor erases. Only fields of `looked_at` count.
std::vector<Field> Diff(const Record& stored, const Record& row, const FieldSet& looked_at);

// `stored` with the values of `row` in `fields` put over it.
Record Overlay(const Record& stored, const Record& row, const std::vector<Field>& fields);

// The values that `fields` have now: what an Overlay is about to replace, to be able to go back.
Record Pick(const Record& from, const std::vector<Field>& fields);

}  // namespace registry
