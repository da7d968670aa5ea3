// What stands in this service's tables, as values. Plain.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/date.h"
#include "store/store.h"
#include "subsidy/domain/evaluate.h"
#include "subsidy/domain/recognition.h"

namespace subsidy {

struct SchoolRow {
  std::string code = {};
  std::string name = {};
  SchoolKind kind = SchoolKind::kUnknown;
};
struct ClassRow {
  std::int64_t class_id = 0;
  base::Date from = {};
  int grade = 0;
  std::string name = {};
};
// A state of a student that the registry told.
struct StateRow {
  StudentId student = {};
  int version = 0;
  base::Date effective = {};
  std::string school_code = {};
  std::int64_t class_id = 0;
  int status = 0;
  bool boarding = false;
  bool home_teaching = false;
  bool inclusive = false;
  bool non_local = false;
  std::string name = {};
};

// Everything that decisions about one student may use.
struct Dossier {
  StudentId student = {};
  std::vector<StateRow> states = {};  // by version
  std::vector<Tag> tags = {};
  std::vector<std::string> terms_paid_elsewhere = {};
  std::map<std::string, std::vector<RecognitionStep>> steps = {};  // by school year
};
// The classes and schools that dossiers name.
struct Places {
  std::map<std::string, SchoolRow> schools = {};
  std::map<std::int64_t, std::vector<ClassRow>> classes = {};  // by from
};

struct StandingRow {
  StudentId student = {};
  std::string term = {};
  int decision_no = 0;
  std::string rule_version = {};
  base::Date day = {};
  std::string school_code = {};
  Bits bits = {};
  FactSet read = 0;
  std::vector<Amount> amounts = {};
  std::int64_t payable_fen = 0;
  std::int64_t paid_fen = 0;
  std::int64_t returned_fen = 0;
  std::int64_t pending_fen = 0;
};

struct DecisionRow {
  StudentId student = {};
  std::string term = {};
  int no = 0;
  base::UtcTime decided_at = {};
  base::Date day = {};
  std::string rule_version = {};
  std::string school_code = {};
  Facts facts = {};
  std::vector<Amount> amounts = {};
  std::string whys = {};  // one digit a benefit: subsidy::Why
  std::string cause = {};
};

struct Actor {
  std::string person_id = {};
  std::string name = {};
  std::string role = {};
  std::string body = {};
};
std::string EncodeActor(const Actor& actor);
Actor DecodeActor(std::string_view text);

// "1,2,3" for IN lists.
std::string IdList(const std::vector<StudentId>& ids);
base::Result<std::int64_t> TakeId(store::Transaction& tx, std::string_view counter);

}  // namespace subsidy
