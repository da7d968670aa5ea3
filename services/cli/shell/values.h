// Between what people type, what the bus carries and what is shown: days, instants, half-days,
// marks, actors. Texts for people are Chinese. Errors: kInvalidArgument with a Chinese detail.
// Pure.
#pragma once

#include <google/protobuf/timestamp.pb.h>

#include <optional>
#include <string>
#include <string_view>

#include "attendance/contract/attendance.pb.h"
#include "base/date.h"
#include "base/result.h"
#include "bus/envelope.pb.h"

namespace cli {

baoxue::bus::v1::Date ToProto(base::Date day);
google::protobuf::Timestamp ToProto(base::UtcTime instant);
std::optional<base::Date> FromProto(const baoxue::bus::v1::Date& date);
base::UtcTime FromProto(const google::protobuf::Timestamp& time);

// "2026-09-01", or "" for an absent one.
std::string Show(const baoxue::bus::v1::Date& date);
// "2026-09-01 08:15" in China time, or "" for an absent one.
std::string Show(const google::protobuf::Timestamp& time);
std::string Show(const baoxue::bus::v1::Actor& actor);

// Sets `out` unless `text` is empty. Errors: BAD_DATE.
base::Status ReadDate(const std::string& text, baoxue::bus::v1::Date* out);

using baoxue::attendance::v1::HalfDay;
using baoxue::attendance::v1::Mark;
// 上午/下午, morning/afternoon, am/pm. Errors: BAD_HALF_DAY.
base::Result<HalfDay> ReadHalf(std::string_view text);
std::string_view HalfText(HalfDay half);
// 旷课, absent or 6. Errors: BAD_MARK.
base::Result<Mark> ReadMark(std::string_view text);
std::string_view MarkText(Mark mark);

// "person/role/body", the last two may be left out: "张三/bureau_officer/同安区教育局".
baoxue::bus::v1::Actor ReadActor(std::string_view text);

// "1,234,567".
std::string WithCommas(std::uint64_t number);

}  // namespace cli
