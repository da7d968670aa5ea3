#include "attendance/domain/packed_marks.h"

#include <limits>
#include <optional>

namespace attendance {
namespace {

constexpr char kVersion1 = 1;
// Ids are below 2^59, so that id << 3 | mark stays within 63 bits.
constexpr std::uint64_t kStepMax = std::uint64_t{1} << 59;

void PutNumber(std::uint64_t number, std::string& out) {
  while (number >= 0x80) {
    out.push_back(static_cast<char>((number & 0x7f) | 0x80));
    number >>= 7;
  }
  out.push_back(static_cast<char>(number));
}

std::optional<std::uint64_t> TakeNumber(std::string_view& bytes) {
  std::uint64_t number = 0;
  for (unsigned shift = 0; shift < 63 && !bytes.empty(); shift += 7) {
    const auto byte = static_cast<unsigned char>(bytes.front());
    bytes.remove_prefix(1);
    number |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
    if ((byte & 0x80) == 0) return number;
  }
  return std::nullopt;
}

}  // namespace

void PackMarks(const std::vector<Exception>& exceptions, std::string& out) {
  if (exceptions.empty()) return;
  out.push_back(kVersion1);
  std::uint64_t before = 0;
  for (const Exception& exception : exceptions) {
    const auto id = static_cast<std::uint64_t>(exception.student.raw());
    CHECK(id > before && id < kStepMax);
    PutNumber((id - before) << 3 | static_cast<std::uint64_t>(exception.mark), out);
    before = id;
  }
}

base::Result<std::vector<Exception>> UnpackMarks(std::string_view bytes) {
  const base::Error bad{base::Code::kDataCorruption, "BAD_PACKED_MARKS",
                        "roll_call.exceptions cannot be read"};
  std::vector<Exception> exceptions;
  if (bytes.empty()) return exceptions;
  if (bytes.front() != kVersion1 || bytes.size() < 2) return bad;
  bytes.remove_prefix(1);
  std::uint64_t id = 0;
  while (!bytes.empty()) {
    const std::optional<std::uint64_t> number = TakeNumber(bytes);
    if (!number || (*number >> 3) == 0 || (*number >> 3) >= kStepMax - id) return bad;
    id += *number >> 3;
    const auto mark = static_cast<int>(*number & 7);
    if (!IsTeachersMark(mark)) return bad;
    exceptions.push_back({StudentId{static_cast<std::int64_t>(id)}, static_cast<Mark>(mark)});
  }
  return exceptions;
}

}  // namespace attendance
