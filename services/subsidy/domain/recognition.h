// The steps by which a school recognises a family in need, each dated and acted by someone.
//
// Which steps a county asks for stands in its rule set: 告知 申请 学校认定 复核 公示 异议 确认. They follow
// one another; 异议 may be left out; 确认 needs the rule set's working days since 公示 (day 0 is not
// counted, 民法典 art. 201). Pure. Errors: kFailedPrecondition with the reasons STEP_UNKNOWN,
// STEP_ORDER, STEP_BACKDATED, PUBLICITY_TOO_SHORT, RECOGNITION_OVER; the detail is Chinese.
// Source: 教财〔2018〕16号; domain.md 5.3, R-43.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/calendar.h"
#include "base/result.h"
#include "subsidy/domain/rules.h"

namespace subsidy {

struct RecognitionStep {
  std::string step = {};
  base::Date on = {};
  bool passed = true;  // 学校认定, 复核, 确认: whether it went the family's way
};

base::Status CheckStep(const std::vector<RecognitionStep>& before, const RecognitionStep& next,
                       const Recognition& profile, const base::Calendar& calendar);
// The last step is done, and with a yes.
bool Recognised(const std::vector<RecognitionStep>& steps, const Recognition& profile);

}  // namespace subsidy
