#include "cli/sample/truth.h"

#include <fstream>
#include <nlohmann/json.hpp>

namespace sample {
namespace {

using Json = nlohmann::ordered_json;

Json ToJson(const TruthStudent& student) {
  return {{"school", student.school},
          {"class_no", student.class_no},
          {"seat", student.seat},
          {"name", student.name}};
}

TruthStudent StudentFrom(const Json& json) {
  return {.school = json.at("school"),
          .class_no = json.at("class_no"),
          .seat = json.at("seat"),
          .name = json.at("name")};
}

base::Date DateFrom(const Json& json) {
  // A day that is not a day fails the whole file through value().
  const auto day = base::Date::Parse(json.get<std::string>());
  if (!day.ok()) throw nlohmann::json::other_error::create(501, day.error().detail, &json);
  return *day;
}

Json ToJson(const TruthCase& one) {
  Json json = {{"student", ToJson(one.student)}, {"kind", one.kind},
               {"chinese", one.chinese},         {"opens_on", one.opens_on.ToString()},
               {"moment", one.moment},           {"first_absent", one.first_absent.ToString()}};
  json["withdrawn_on"] = one.withdrawn_on ? Json(one.withdrawn_on->ToString()) : Json(nullptr);
  return json;
}

TruthCase CaseFrom(const Json& json) {
  TruthCase one{.student = StudentFrom(json.at("student")),
                .kind = json.at("kind"),
                .chinese = json.at("chinese"),
                .opens_on = DateFrom(json.at("opens_on")),
                .moment = json.at("moment"),
                .first_absent = DateFrom(json.at("first_absent"))};
  if (!json.at("withdrawn_on").is_null()) one.withdrawn_on = DateFrom(json.at("withdrawn_on"));
  return one;
}

Json ToJson(const TruthMatch& one) {
  Json json = {
      {"row", one.row},   {"class", one.match_class},      {"chinese", one.chinese},
      {"name", one.name}, {"birth", one.birth.ToString()}, {"needs_decision", one.needs_decision}};
  if (one.student) json["student"] = ToJson(*one.student);
  return json;
}

TruthMatch MatchFrom(const Json& json) {
  TruthMatch one{.row = json.at("row"),
                 .match_class = json.at("class"),
                 .chinese = json.at("chinese"),
                 .name = json.at("name"),
                 .birth = DateFrom(json.at("birth")),
                 .needs_decision = json.at("needs_decision")};
  if (json.contains("student")) one.student = StudentFrom(json.at("student"));
  return one;
}

std::string SizesText(const Truth& truth) {
  if (truth.scaled) return "按指定人数缩放";
  return truth.sizes_stated ? "按该县文件所载规模" : "文件未载规模,此为估计";
}

Json Head(const Truth& truth) {
  return {{"about", "本目录全部数据由程序生成,人物、证件号码均为虚构;身份证件号只是通过校验位检查"},
          {"county", truth.county},
          {"county_name", truth.county_name},
          {"sizes", SizesText(truth)},
          {"scaled", truth.scaled},
          {"sizes_stated", truth.sizes_stated},
          {"seed", truth.seed},
          {"students", truth.students},
          {"schools", truth.schools},
          {"classes", truth.classes},
          {"first_day", truth.first_day.ToString()},
          {"last_day", truth.last_day.ToString()},
          {"school_days", truth.school_days},
          {"rule", truth.rule},
          {"roll_calls", truth.roll_calls},
          {"exceptions", truth.exceptions},
          {"people", truth.people},
          {"plain_matches", truth.plain_matches}};
}

Truth TruthFrom(const Json& json) {
  Truth truth{.county = json.at("county"),
              .county_name = json.at("county_name"),
              .sizes_stated = json.at("sizes_stated"),
              .scaled = json.at("scaled"),
              .seed = json.at("seed"),
              .students = json.at("students"),
              .schools = json.at("schools"),
              .classes = json.at("classes"),
              .first_day = DateFrom(json.at("first_day")),
              .last_day = DateFrom(json.at("last_day")),
              .school_days = json.at("school_days"),
              .rule = json.at("rule"),
              .roll_calls = json.at("roll_calls"),
              .exceptions = json.at("exceptions"),
              .people = json.at("people"),
              .plain_matches = json.at("plain_matches")};
  for (const Json& one : json.at("cases")) truth.cases.push_back(CaseFrom(one));
  for (const Json& one : json.at("near_misses")) {
    truth.near_misses.push_back({.student = StudentFrom(one.at("student")),
                                 .kind = one.at("kind"),
                                 .chinese = one.at("chinese"),
                                 .from = DateFrom(one.at("from"))});
  }
  for (const Json& one : json.at("missing_roll_calls")) {
    truth.missing.push_back({.day = DateFrom(one.at("day")),
                             .half = one.at("half"),
                             .school = one.at("school"),
                             .class_no = one.at("class_no")});
  }
  for (const Json& one : json.at("groups")) {
    truth.groups.push_back({.group = one.at("group"),
                            .source = one.at("source"),
                            .path = one.at("file"),
                            .rows = one.at("rows")});
  }
  for (const Json& one : json.at("matches")) truth.matches.push_back(MatchFrom(one));
  return truth;
}

}  // namespace

base::Status WriteTruth(const Truth& truth, const std::string& path) {
  Json json = Head(truth);
  json["groups"] = Json::array();
  for (const GroupFile& one : truth.groups) {
    json["groups"].push_back(
        {{"group", one.group}, {"source", one.source}, {"file", one.path}, {"rows", one.rows}});
  }
  json["cases"] = Json::array();
  for (const TruthCase& one : truth.cases) json["cases"].push_back(ToJson(one));
  json["near_misses"] = Json::array();
  for (const TruthNearMiss& one : truth.near_misses) {
    json["near_misses"].push_back({{"student", ToJson(one.student)},
                                   {"kind", one.kind},
                                   {"chinese", one.chinese},
                                   {"from", one.from.ToString()}});
  }
  json["missing_roll_calls"] = Json::array();
  for (const TruthMissing& one : truth.missing) {
    json["missing_roll_calls"].push_back({{"day", one.day.ToString()},
                                          {"half", one.half},
                                          {"school", one.school},
                                          {"class_no", one.class_no}});
  }
  json["matches"] = Json::array();
  for (const TruthMatch& one : truth.matches) json["matches"].push_back(ToJson(one));
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file << json.dump(1, ' ', false, Json::error_handler_t::replace) << '\n';
  file.close();
  if (!file) {
    return base::Error{base::Code::kUnavailable, "FILE_NOT_WRITTEN", "文件写不进去：" + path};
  }
  return {};
}

base::Result<Truth> ReadTruth(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return base::Error{base::Code::kNotFound, "NO_FILE", "文件读不出来：" + path};
  try {
    return TruthFrom(Json::parse(file));
  } catch (const nlohmann::json::exception& error) {
    return base::Error{base::Code::kInvalidArgument, "BAD_TRUTH", path + ": " + error.what()};
  }
}

}  // namespace sample
