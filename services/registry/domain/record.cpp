#include "registry/domain/record.h"

#include "base/check.h"

namespace registry {
namespace {

constexpr std::uint32_t kLengthDelimited = 2;

void AppendVarint(std::string& out, std::uint64_t value) {
  while (value >= 0x80) {
    out.push_back(static_cast<char>((value & 0x7F) | 0x80));
    value >>= 7;
  }
  out.push_back(static_cast<char>(value));
}

bool ReadVarint(std::string_view bytes, std::size_t& at, std::uint64_t& value) {
  value = 0;
  for (int shift = 0; shift < 35; shift += 7) {
    if (at >= bytes.size()) return false;
    const auto byte = static_cast<std::uint8_t>(bytes[at++]);
    value |= static_cast<std::uint64_t>(byte & 0x7F) << shift;
    if ((byte & 0x80) == 0) return true;
  }
  return false;
}

}  // namespace

void Record::Set(Field field, std::string_view value) {
  CHECK(Index(field) > 0 && Index(field) < kFieldCount);
  Span& span = spans_[Index(field)];
  if (value.size() <= span.size) {
    // Writing a view of this very buffer over itself must stay right: replace() handles overlap.
    text_.replace(span.begin, value.size(), value);
    span.size = static_cast<std::uint32_t>(value.size());
    return;
  }
  const std::uint32_t begin = static_cast<std::uint32_t>(text_.size());
  text_.append(value);
  span = Span{begin, static_cast<std::uint32_t>(value.size())};
}

void Record::Clear() {
  text_.clear();
  spans_ = {};
}

FieldSet Record::Fields() const {
  FieldSet set;
  for (std::size_t i = 1; i < kFieldCount; ++i) set[i] = spans_[i].size != 0;
  return set;
}

void Record::EncodeTo(std::string& out) const {
  for (std::size_t i = 1; i < kFieldCount; ++i) {
    if (spans_[i].size == 0) continue;
    AppendVarint(out, (i << 3) | kLengthDelimited);
    AppendVarint(out, spans_[i].size);
    out.append(Get(static_cast<Field>(i)));
  }
}

std::string Record::Encode() const {
  std::string out;
  out.reserve(text_.size() + 3 * 64);
  EncodeTo(out);
  return out;
}

bool Record::DecodeFrom(std::string_view bytes) {
  Clear();
  text_.assign(bytes);
  std::size_t at = 0;
  while (at < bytes.size()) {
    std::uint64_t tag = 0;
    std::uint64_t size = 0;
    if (!ReadVarint(bytes, at, tag) || (tag & 7) != kLengthDelimited) return false;
    if (!ReadVarint(bytes, at, size) || size > bytes.size() - at) return false;
    const std::uint64_t number = tag >> 3;
    if (number == 0) return false;
    // A number that this version does not know is kept out, not refused: a newer version wrote it.
    if (number < kFieldCount) {
      spans_[number] = Span{static_cast<std::uint32_t>(at), static_cast<std::uint32_t>(size)};
    }
    at += size;
  }
  return true;
}

std::optional<Record> Record::Decode(std::string_view bytes) {
  Record record;
  if (!record.DecodeFrom(bytes)) return std::nullopt;
  return record;
}

bool operator==(const Record& a, const Record& b) {
  for (std::size_t i = 1; i < kFieldCount; ++i) {
    if (a.Get(static_cast<Field>(i)) != b.Get(static_cast<Field>(i))) return false;
  }
  return true;
}

std::vector<Field> Diff(const Record& stored, const Record& row, const FieldSet& looked_at) {
  std::vector<Field> changed;
  for (std::size_t i = 1; i < kFieldCount; ++i) {
    const auto field = static_cast<Field>(i);
    if (!looked_at[i] || !row.Has(field)) continue;
    if (row.Get(field) != stored.Get(field)) changed.push_back(field);
  }
  return changed;
}

Record Overlay(const Record& stored, const Record& row, const std::vector<Field>& fields) {
  Record result = stored;
  for (const Field field : fields) result.Set(field, row.Get(field));
  return result;
}

Record Pick(const Record& from, const std::vector<Field>& fields) {
  Record result;
  for (const Field field : fields) result.Set(field, from.Get(field));
  return result;
}

}  // namespace registry
