// The contract's forms of what both events and replies speak of. Masks are made here: nothing that
// comes out of these functions holds an identity number. Pure and thread-safe.
#pragma once

#include <optional>
#include <string>

#include "base/date.h"
#include "registry/contract/registry.pb.h"
#include "registry/domain/matching.h"
#include "registry/domain/student.h"
#include "registry/store/match_repository.h"

namespace registry {

namespace pb = baoxue::registry::v1;

void SetDate(baoxue::bus::v1::Date& to, base::Date day);
void SetTime(google::protobuf::Timestamp& to, base::UtcTime instant);

void Fill(pb::School& to, const School& school);
void Fill(pb::SchoolClass& to, const SchoolClass& school_class);

// A result of 人籍比对 with what people need to see of both sides.
struct MatchView {
  MatchRow row = {};
  std::string name = {};
  Sex sex = Sex::kUnknown;
  base::Date birth = {};
  std::string id_masked = {};
  std::string guardian = {};
  std::string address = {};
  std::string school = {};
  std::string student_no = {};  // masked
};
void Fill(pb::Match& to, const MatchView& view);

}  // namespace registry
