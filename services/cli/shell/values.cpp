#include "cli/shell/values.h"

#include <fmt/format.h>

#include <array>

namespace cli {
namespace {

struct MarkWord {
  Mark mark;
  std::string_view chinese;
  std::string_view english;
};
constexpr std::array kMarks{
    MarkWord{Mark::MARK_PRESENT, "出勤", "present"},
    MarkWord{Mark::MARK_LATE, "迟到", "late"},
    MarkWord{Mark::MARK_LEFT_EARLY, "早退", "left_early"},
    MarkWord{Mark::MARK_SICK_LEAVE, "病假", "sick"},
    MarkWord{Mark::MARK_PERSONAL_LEAVE, "事假", "personal"},
    MarkWord{Mark::MARK_ABSENT, "旷课", "absent"},
    MarkWord{Mark::MARK_UNKNOWN, "未到", "unknown"},
    MarkWord{Mark::MARK_NOT_TAKEN, "未点名", "not_taken"},
};

}  // namespace

baoxue::bus::v1::Date ToProto(base::Date day) {
  baoxue::bus::v1::Date date;
  date.set_year(day.year());
  date.set_month(static_cast<std::int32_t>(day.month()));
  date.set_day(static_cast<std::int32_t>(day.day()));
  return date;
}

google::protobuf::Timestamp ToProto(base::UtcTime instant) {
  const auto ms = instant.time_since_epoch().count();
  google::protobuf::Timestamp time;
  time.set_seconds(ms / 1000);
  time.set_nanos(static_cast<std::int32_t>(ms % 1000 * 1'000'000));
  return time;
}

std::optional<base::Date> FromProto(const baoxue::bus::v1::Date& date) {
  if (date.month() < 1 || date.day() < 1) return std::nullopt;
  return base::Date::FromYmd(date.year(), static_cast<unsigned>(date.month()),
                             static_cast<unsigned>(date.day()));
}

base::UtcTime FromProto(const google::protobuf::Timestamp& time) {
  return base::UtcTime{std::chrono::milliseconds{time.seconds() * 1000 + time.nanos() / 1'000'000}};
}

std::string Show(const baoxue::bus::v1::Date& date) {
  const auto day = FromProto(date);
  return day ? day->ToString() : std::string{};
}

std::string Show(const google::protobuf::Timestamp& time) {
  return time.seconds() == 0 ? std::string{} : base::ToLocal(FromProto(time));
}

std::string Show(const baoxue::bus::v1::Actor& actor) {
  std::string text = actor.name().empty() ? actor.person_id() : actor.name();
  if (!actor.body().empty()) text += (text.empty() ? "" : " ") + actor.body();
  return text;
}

base::Status ReadDate(const std::string& text, baoxue::bus::v1::Date* out) {
  if (text.empty()) return {};
  const auto day = base::Date::Parse(text);
  if (!day.ok()) {
    return base::Error{base::Code::kInvalidArgument, "BAD_DATE",
                       fmt::format("日期“{}”不对:应写成 2026-09-01", text)};
  }
  *out = ToProto(*day);
  return {};
}

base::Result<HalfDay> ReadHalf(std::string_view text) {
  if (text == "上午" || text == "morning" || text == "am") return HalfDay::HALF_DAY_MORNING;
  if (text == "下午" || text == "afternoon" || text == "pm") return HalfDay::HALF_DAY_AFTERNOON;
  return base::Error{base::Code::kInvalidArgument, "BAD_HALF_DAY",
                     fmt::format("半天“{}”不对:应为 上午 或 下午", text)};
}

std::string_view HalfText(HalfDay half) {
  return half == HalfDay::HALF_DAY_AFTERNOON ? "下午" : "上午";
}

base::Result<Mark> ReadMark(std::string_view text) {
  for (const MarkWord& word : kMarks) {
    const bool number = text.size() == 1 && text[0] == static_cast<char>('0' + word.mark);
    if (text == word.chinese || text == word.english || number) return word.mark;
  }
  return base::Error{
      base::Code::kInvalidArgument, "BAD_MARK",
      fmt::format("考勤记号“{}”不对:应为 迟到、早退、病假、事假、旷课 或 未到", text)};
}

std::string_view MarkText(Mark mark) {
  for (const MarkWord& word : kMarks) {
    if (word.mark == mark) return word.chinese;
  }
  return "";
}

baoxue::bus::v1::Actor ReadActor(std::string_view text) {
  std::array<std::string, 3> parts{};
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const std::size_t slash = i + 1 < parts.size() ? text.find('/') : std::string_view::npos;
    parts[i] = std::string{text.substr(0, slash)};
    text = slash == std::string_view::npos ? std::string_view{} : text.substr(slash + 1);
  }
  baoxue::bus::v1::Actor actor;
  actor.set_person_id(parts[0]);
  actor.set_name(parts[0]);
  actor.set_role(parts[1]);
  actor.set_body(parts[2]);
  return actor;
}

std::string WithCommas(std::uint64_t number) {
  std::string digits = std::to_string(number);
  for (std::size_t at = digits.size(); at > 3;) {
    at -= 3;
    digits.insert(at, ",");
  }
  return digits;
}

}  // namespace cli
