// The term of a sample's folder, read back day by day for playing.
//
// rollcalls.csv is streamed (it rises by day); later.csv, leaves.csv and acts.csv are small and
// kept. Errors: those of tables; kInvalidArgument/BAD_SAMPLE with file and row.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/date.h"
#include "base/result.h"
#include "cases/contract/cases.pb.h"
#include "cli/shell/values.h"
#include "tables/tables.h"

namespace cli {

struct SampleException {
  std::string seat = {};
  Mark mark = Mark::MARK_PRESENT;
};
struct SampleRollCall {
  base::Date day = {};
  HalfDay half = HalfDay::HALF_DAY_MORNING;
  std::string school = {};
  std::string class_no = {};
  std::vector<SampleException> exceptions = {};
};
struct SampleLeave {
  bool early = false;
  std::string school = {};
  std::string class_no = {};
  std::string seat = {};
  bool sick = true;
  base::Date from = {};
  HalfDay from_half = HalfDay::HALF_DAY_MORNING;
  base::Date to = {};
  HalfDay to_half = HalfDay::HALF_DAY_AFTERNOON;
  std::string reason = {};
  bool approved = true;
};
struct SampleAct {
  bool early = false;  // in the forenoon, else in the evening
  std::string school = {};
  std::string class_no = {};
  std::string seat = {};
  int level = 0;  // of the ladder, at which the act belongs; 0: any
  baoxue::cases::v1::Act act = {};
  baoxue::bus::v1::Actor actor = {};
};

class SampleTerm {
 public:
  static base::Result<SampleTerm> Open(const std::string& folder);

  // Days on which a roll call stands, and how many roll calls, are not known before they are read.
  // The roll calls of the next day; an empty list at the end.
  base::Result<std::vector<SampleRollCall>> NextDay();

  std::map<base::Date, std::vector<SampleRollCall>> later = {};
  std::map<base::Date, std::vector<SampleLeave>> leaves = {};
  std::map<base::Date, std::vector<SampleAct>> acts = {};
  int PermilleRead() const { return roll_calls_->PermilleRead(); }

 private:
  base::Status ReadLater(const std::string& path);
  base::Status ReadLeaves(const std::string& path);
  base::Status ReadActs(const std::string& path);

  std::unique_ptr<tables::Reader> roll_calls_;
  SampleRollCall ahead_ = {};  // read, but of the day after
  bool has_ahead_ = false;
};

}  // namespace cli
