#include "attendance/endpoints/reactions.h"

#include <google/protobuf/util/time_util.h>

#include "attendance/endpoints/mapping.h"
#include "registry/contract/registry.pb.h"

namespace attendance {

namespace registry = baoxue::registry::v1;

namespace {

template <class Payload>
base::Result<Payload> Read(const bus::Event& event) {
  Payload payload;
  if (payload.ParseFromString(event.payload())) return payload;
  return base::Error{base::Code::kDataCorruption, "BAD_EVENT",
                     event.feed() + "/" + std::to_string(event.seq()) + " is not a " +
                         Payload::descriptor()->full_name()};
}

template <class Payload>
bool Is(const bus::Event& event) {
  return event.payload_type() == Payload::descriptor()->full_name();
}

base::Result<RosterChange> ToChange(const bus::Event& event) {
  ASSIGN_OR_RETURN(const auto payload, Read<registry::StudentChanged>(event));
  RosterChange change{.student = StudentId{payload.student_id()},
                      .name = payload.name(),
                      .school_code = payload.school_code(),
                      .class_id = ClassId{payload.class_id()},
                      .expected = payload.expected_in_class() && payload.class_id() != 0 &&
                                  !payload.home_teaching(),
                      .seq = event.seq()};
  if (!change.student) {
    return base::Error{base::Code::kDataCorruption, "BAD_EVENT",
                       event.feed() + "/" + std::to_string(event.seq()) + " names no student"};
  }
  // Without a day of its own it holds from the day on which it was written down.
  change.effective = base::DateAt(base::UtcTime{std::chrono::milliseconds{
      google::protobuf::util::TimeUtil::TimestampToMilliseconds(event.time())}});
  if (payload.has_effective()) {
    ASSIGN_OR_RETURN(change.effective, ToDate(payload.effective()));
  }
  return change;
}

}  // namespace

base::Result<RosterNews> ReadNews(const std::vector<bus::Event>& events) {
  RosterNews news;
  for (const bus::Event& event : events) {
    if (Is<registry::SchoolChanged>(event)) {
      ASSIGN_OR_RETURN(const auto payload, Read<registry::SchoolChanged>(event));
      news.schools.push_back({payload.school().school_code(), payload.school().name()});
    } else if (Is<registry::ClassChanged>(event)) {
      ASSIGN_OR_RETURN(const auto payload, Read<registry::ClassChanged>(event));
      const registry::SchoolClass& from = payload.school_class();
      news.classes.push_back({.id = ClassId{from.class_id()},
                              .school_code = from.school_code(),
                              .grade = from.grade(),
                              .name = from.name(),
                              .homeroom_teacher = from.homeroom_teacher(),
                              .seq = event.seq()});
    } else if (Is<registry::StudentChanged>(event)) {
      ASSIGN_OR_RETURN(RosterChange change, ToChange(event));
      news.students.push_back(std::move(change));
    }
  }
  return news;
}

}  // namespace attendance
