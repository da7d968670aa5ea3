#include "registry/app/messages.h"

#include <fmt/format.h>

namespace registry {

void SetDate(baoxue::bus::v1::Date& to, base::Date day) {
  to.set_year(day.year());
  to.set_month(static_cast<int>(day.month()));
  to.set_day(static_cast<int>(day.day()));
}

void SetTime(google::protobuf::Timestamp& to, base::UtcTime instant) {
  const auto ms = instant.time_since_epoch().count();
  to.set_seconds(ms / 1000);
  to.set_nanos(static_cast<std::int32_t>(ms % 1000) * 1'000'000);
}

void Fill(pb::School& to, const School& school) {
  to.set_school_code(school.code);
  to.set_name(school.name);
  to.set_stage(static_cast<pb::Stage>(school.stage));
  to.set_teaching_point(school.teaching_point);
  to.set_parent_code(school.parent_code);
  to.set_town(school.town);
}

void Fill(pb::SchoolClass& to, const SchoolClass& school_class) {
  to.set_class_id(school_class.id.raw());
  to.set_school_code(school_class.school_code);
  to.set_grade(school_class.grade);
  to.set_class_no(school_class.class_no);
  to.set_name(school_class.name);
  to.set_homeroom_teacher_id(school_class.teacher_id);
  to.set_homeroom_teacher(school_class.teacher_name);
  to.set_entry_year(school_class.entry_year);
}

void Fill(pb::Match& to, const MatchView& view) {
  const MatchRow& row = view.row;
  const bool decided = row.decided_class != MatchClass::kNone;
  const MatchClass now = decided ? row.decided_class : row.verdict.match_class;
  to.set_match_id(row.id.raw());
  to.set_match_class(std::string{MatchCode(now)});
  to.set_person_id(row.person_id.raw());
  to.set_student_id(row.student_id.raw());
  to.set_name(view.name);
  to.set_sex(static_cast<pb::Sex>(view.sex));
  SetDate(*to.mutable_birth(), view.birth);
  to.set_id_masked(view.id_masked);
  to.set_guardian(view.guardian);
  to.set_address(view.address);
  to.set_school(view.school);
  to.set_student_no(view.student_no);
  to.set_score(row.verdict.score);
  to.set_why(decided ? fmt::format("原判 {}:{};人工判定:{}", MatchCode(row.verdict.match_class),
                                   row.verdict.why, row.decision_reason)
                     : row.verdict.why);
  to.set_needs_decision(row.verdict.needs_decision && !decided);
  if (decided) {
    to.set_decision(std::string{MatchCode(row.decided_class)});
    to.set_decided_by(row.decided_by.name.empty() ? row.decided_by.person_id : row.decided_by.name);
  }
  to.set_next_action(std::string{NextAction(now)});
}

}  // namespace registry
