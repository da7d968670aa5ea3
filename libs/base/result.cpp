#include "base/result.h"

#include <array>
#include <cstdio>
#include <cstdlib>

namespace base {
namespace {

struct Named {
  Code code;
  std::string_view name;
};

constexpr std::array<Named, 12> kNames{{
    {Code::kInvalidArgument, "INVALID_ARGUMENT"},
    {Code::kNotFound, "NOT_FOUND"},
    {Code::kAlreadyExists, "ALREADY_EXISTS"},
    {Code::kFailedPrecondition, "FAILED_PRECONDITION"},
    {Code::kConflict, "ABORTED"},
    {Code::kPermissionDenied, "PERMISSION_DENIED"},
    {Code::kUnavailable, "UNAVAILABLE"},
    {Code::kDeadlineExceeded, "DEADLINE_EXCEEDED"},
    {Code::kUnknownOutcome, "UNKNOWN"},
    {Code::kDataCorruption, "DATA_LOSS"},
    {Code::kInternal, "INTERNAL"},
    {Code::kResourceExhausted, "RESOURCE_EXHAUSTED"},
}};

}  // namespace

std::string_view CodeName(Code code) {
  for (const auto& named : kNames) {
    if (named.code == code) return named.name;
  }
  return "INTERNAL";
}

std::optional<Code> CodeFromName(std::string_view name) {
  for (const auto& named : kNames) {
    if (named.name == name) return named.code;
  }
  return std::nullopt;
}

std::string Error::ToString() const {
  std::string text{CodeName(code)};
  if (!reason.empty()) text += "/" + reason;
  if (!detail.empty()) text += ": " + detail;
  return text;
}

void CheckFailed(const char* condition, const char* file, int line) {
  std::fprintf(stderr, "CHECK failed: %s at %s:%d\n", condition, file, line);
  std::abort();
}

}  // namespace base
