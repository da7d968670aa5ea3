// truth.json: what was planted in a sample, for whoever tests what was found.
// Students are named by 学校标识码 + 班号 + 班内学号, people of the public list by their row (the
// header is row 1). JSON is written and read by nlohmann in truth.cpp alone. Errors:
// kUnavailable/FILE_NOT_WRITTEN, kNotFound/NO_FILE, kInvalidArgument/BAD_TRUTH.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/date.h"
#include "base/result.h"

namespace sample {

struct TruthStudent {
  std::string school = {};
  std::string class_no = {};
  std::string seat = {};
  std::string name = {};
  friend auto operator<=>(const TruthStudent&, const TruthStudent&) = default;
};

struct TruthCase {
  TruthStudent student = {};
  std::string kind = {};  // of the recipe; "ordinary" when chance made it
  std::string chinese = {};
  base::Date opens_on = {};
  std::string moment = {};  // morning, afternoon, evening
  base::Date first_absent = {};
  std::optional<base::Date> withdrawn_on = {};
};

// Planted, and must open no case.
struct TruthNearMiss {
  TruthStudent student = {};
  std::string kind = {};
  std::string chinese = {};
  base::Date from = {};
};

struct TruthMissing {
  base::Date day = {};
  std::string half = {};  // 上午, 下午
  std::string school = {};
  std::string class_no = {};
  friend auto operator<=>(const TruthMissing&, const TruthMissing&) = default;
};

// One row of the public list, or (row 0) one student whom the list does not know.
struct TruthMatch {
  std::uint64_t row = 0;
  std::string match_class = {};  // B01..B11; R..: the reverse check
  std::string chinese = {};
  std::string name = {};
  base::Date birth = {};
  std::optional<TruthStudent> student = {};  // the student meant, if there is one
  bool needs_decision = false;
};

// One partner list and how to import it.
struct GroupFile {
  std::string group = {};   // 脱贫户
  std::string source = {};  // 乡村振兴局
  std::string path = {};    // "groups/脱贫户.csv", relative to the sample's folder
  std::uint64_t rows = 0;
};

struct Truth {
  std::string county = {};
  std::string county_name = {};
  bool sizes_stated = true;  // by a document of the county
  bool scaled = false;       // to another number of students than the county has
  std::uint64_t seed = 0;
  std::uint64_t students = 0;
  std::uint64_t schools = 0;
  std::uint64_t classes = 0;
  base::Date first_day = {};
  base::Date last_day = {};
  std::uint64_t school_days = 0;
  std::string rule = {};  // "无故缺勤 >= 3 个教学日(任一半天)"
  std::uint64_t roll_calls = 0;
  std::uint64_t exceptions = 0;
  std::uint64_t people = 0;         // rows of the public list
  std::uint64_t plain_matches = 0;  // B01, not listed one by one
  std::vector<TruthCase> cases = {};
  std::vector<TruthNearMiss> near_misses = {};
  std::vector<TruthMissing> missing = {};
  std::vector<TruthMatch> matches = {};
  std::vector<GroupFile> groups = {};
};

base::Status WriteTruth(const Truth& truth, const std::string& path);
base::Result<Truth> ReadTruth(const std::string& path);

}  // namespace sample
