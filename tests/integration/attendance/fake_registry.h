// A service named registry that publishes what a test says, and nothing else.
#pragma once

#include <string>
#include <vector>

#include "host/runtime.h"
#include "registry/contract/registry.pb.h"
#include "store/event_log.h"

namespace attendance::testing {

namespace registry = baoxue::registry::v1;

inline host::Definition FakeRegistry() {
  host::Definition definition;
  definition.name = "registry";
  definition.build = [](host::Host&) -> base::Result<std::shared_ptr<void>> {
    return std::shared_ptr<void>{};
  };
  return definition;
}

inline void PutDate(base::Date day, baoxue::bus::v1::Date* out) {
  out->set_year(day.year());
  out->set_month(static_cast<int>(day.month()));
  out->set_day(static_cast<int>(day.day()));
}

inline store::NewEvent EventOf(const std::string& type, const google::protobuf::Message& payload,
                               base::UtcTime time) {
  return {.type = type,
          .subject = "test",
          .time = time,
          .payload = payload.SerializeAsString(),
          .payload_type = payload.GetDescriptor()->full_name()};
}

// A class of `students` from `first_id` on.
inline std::vector<store::NewEvent> ClassOf(std::int64_t class_id, const std::string& school,
                                            std::int64_t first_id, int students, base::Date from,
                                            base::UtcTime now) {
  std::vector<store::NewEvent> events;
  registry::ClassChanged in;
  in.mutable_school_class()->set_class_id(class_id);
  in.mutable_school_class()->set_school_code(school);
  in.mutable_school_class()->set_name("三年级" + std::to_string(class_id) + "班");
  events.push_back(EventOf("registry.class.changed", in, now));
  for (int i = 0; i < students; ++i) {
    registry::StudentChanged who;
    who.set_student_id(first_id + i);
    who.set_name("学生" + std::to_string(first_id + i));
    who.set_school_code(school);
    who.set_class_id(class_id);
    who.set_status(registry::STUDENT_STATUS_ENROLLED);
    PutDate(from, who.mutable_effective());
    who.set_expected_in_class(true);
    events.push_back(EventOf("registry.student.registered", who, now));
  }
  return events;
}

inline base::Status Publish(host::Runtime& fake, const std::vector<store::NewEvent>& events) {
  const base::Status done =
      fake.host().pool().InTransaction([&](store::Transaction& tx) -> base::Status {
        RETURN_IF_ERROR(store::AppendEvents(tx, "registry", events));
        return {};
      });
  if (done.ok()) fake.host().NotifyFeed();
  return done;
}

}  // namespace attendance::testing
