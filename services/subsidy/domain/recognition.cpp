#include "subsidy/domain/recognition.h"

#include <algorithm>

#include <fmt/format.h>

namespace subsidy {
namespace {

constexpr std::string_view kPublicity = "公示";
constexpr std::string_view kObjection = "异议";

base::Error Refuse(const char* reason, std::string detail) {
  return {base::Code::kFailedPrecondition, reason, std::move(detail)};
}

std::size_t PlaceOf(const Recognition& profile, std::string_view step) {
  const auto at = std::find(profile.steps.begin(), profile.steps.end(), step);
  return static_cast<std::size_t>(at - profile.steps.begin());
}

}  // namespace

base::Status CheckStep(const std::vector<RecognitionStep>& before, const RecognitionStep& next,
                       const Recognition& profile, const base::Calendar& calendar) {
  const std::size_t place = PlaceOf(profile, next.step);
  if (place == profile.steps.size()) {
    return Refuse("STEP_UNKNOWN", fmt::format("本县的认定程序没有“{}”这一步", next.step));
  }
  if (!before.empty() && (!before.back().passed || before.back().step == profile.steps.back())) {
    return Refuse("RECOGNITION_OVER", "本次认定已经结束");
  }
  std::size_t expected = before.empty() ? 0 : PlaceOf(profile, before.back().step) + 1;
  if (expected < place && profile.steps[expected] == kObjection) ++expected;
  if (place != expected) {
    return Refuse("STEP_ORDER", fmt::format("下一步应当是“{}”", profile.steps[expected]));
  }
  if (!before.empty() && next.on < before.back().on) {
    return Refuse("STEP_BACKDATED", fmt::format("早于上一步({})", before.back().on.ToString()));
  }
  if (place + 1 != profile.steps.size()) return {};
  for (const RecognitionStep& step : before) {
    if (step.step != kPublicity) continue;
    const base::Date end = calendar.AddWorkingDays(step.on, profile.public_days);
    if (next.on <= end) {
      return Refuse("PUBLICITY_TOO_SHORT",
                    fmt::format("公示须满{}个工作日,至{}止", profile.public_days, end.ToString()));
    }
  }
  return {};
}

bool Recognised(const std::vector<RecognitionStep>& steps, const Recognition& profile) {
  return !profile.steps.empty() && !steps.empty() && steps.back().passed &&
         steps.back().step == profile.steps.back();
}

}  // namespace subsidy
