#include "attendance/domain/types.h"

namespace attendance {

std::string_view HalfChinese(Half half) { return half == Half::kMorning ? "上午" : "下午"; }

std::string_view MarkChinese(Mark mark) {
  switch (mark) {
    case Mark::kPresent:
      return "出勤";
    case Mark::kLate:
      return "迟到";
    case Mark::kLeftEarly:
      return "早退";
    case Mark::kSickLeave:
      return "病假";
    case Mark::kPersonalLeave:
      return "事假";
    case Mark::kAbsent:
      return "旷课";
    case Mark::kUnknown:
      return "未到原因不明";
    case Mark::kNotTaken:
      return "未点名";
  }
  return "?";
}

std::string ToChinese(HalfDay half_day) {
  return half_day.day.ToChinese() + std::string{HalfChinese(half_day.half)};
}

}  // namespace attendance
