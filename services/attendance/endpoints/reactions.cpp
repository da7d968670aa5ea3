#include "attendance/endpoints/reactions.h"

#include <google/protobuf/util/time_util.h>

#include "attendance/endpoints/mapping.h"
#include "registry/contract/registry.pb.h"

namespace attendance {

namespace registry = baoxue::registry::v1;

namespace {

template <class Payload>
bool Is(const bus::Event& event) {
  return event.payload_type() == Payload::descriptor()->full_name();
}

bool Read(const bus::Event& event, registry::SchoolChanged& payload, RosterNews& news) {
  if (!payload.ParseFromString(event.payload()) || payload.school().school_code().empty()) {
    return false;
  }
  news.schools.push_back({payload.school().school_code(), payload.school().name()});
  return true;
}

bool Read(const bus::Event& event, registry::ClassChanged& payload, RosterNews& news) {
  const bool parsed = payload.ParseFromString(event.payload());
  const registry::SchoolClass& from = payload.school_class();
  if (!parsed || from.class_id() <= 0 || from.grade() < 0 || from.grade() > 99) {
    return false;
  }
  news.classes.push_back({.id = ClassId{from.class_id()},
                          .school_code = from.school_code(),
                          .grade = from.grade(),
                          .name = from.name(),
                          .homeroom_teacher = from.homeroom_teacher(),
                          .seq = event.seq()});
  return true;
}

bool Read(const bus::Event& event, registry::StudentChanged& payload, RosterNews& news) {
  if (!payload.ParseFromString(event.payload()) || payload.student_id() <= 0 ||
      payload.class_id() < 0) {
    return false;
  }
  RosterChange change{.student = StudentId{payload.student_id()},
                      .name = payload.name(),
                      .school_code = payload.school_code(),
                      .class_id = ClassId{payload.class_id()},
                      .expected = payload.expected_in_class() && payload.class_id() != 0 &&
                                  !payload.home_teaching(),
                      .seq = event.seq()};
  // Without a day of its own it holds from the day on which it was written down.
  change.effective = base::DateAt(base::UtcTime{std::chrono::milliseconds{
      google::protobuf::util::TimeUtil::TimestampToMilliseconds(event.time())}});
  if (payload.has_effective()) {
    const base::Result<base::Date> effective = ToDate(payload.effective());
    if (!effective.ok()) return false;
    change.effective = *effective;
  }
  news.students.push_back(std::move(change));
  return true;
}

// True if the event was not of this kind, or could be read.
template <class Payload>
bool Take(const bus::Event& event, RosterNews& news) {
  if (!Is<Payload>(event)) return true;
  Payload payload;
  return Read(event, payload, news);
}

}  // namespace

ReadEvents ReadNews(const std::vector<bus::Event>& events) {
  ReadEvents read;
  for (const bus::Event& event : events) {
    const bool readable = Take<registry::SchoolChanged>(event, read.news) &&
                          Take<registry::ClassChanged>(event, read.news) &&
                          Take<registry::StudentChanged>(event, read.news);
    if (!readable) read.unreadable.push_back(event.seq());
  }
  return read;
}

}  // namespace attendance
