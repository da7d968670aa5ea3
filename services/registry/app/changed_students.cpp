#include "registry/app/changed_students.h"

#include <charconv>
#include <set>
#include <string_view>

#include "store/event_log.h"

namespace registry {
namespace {

// "student/4711" -> 4711; 0: not a student.
std::int64_t StudentOf(std::string_view subject) {
  constexpr std::string_view kPrefix = "student/";
  if (!subject.starts_with(kPrefix)) return 0;
  subject.remove_prefix(kPrefix.size());
  std::int64_t id = 0;
  const auto read = std::from_chars(subject.data(), subject.data() + subject.size(), id);
  return read.ec == std::errc{} ? id : 0;
}

}  // namespace

base::Status FollowStudents(store::Session& session, std::uint64_t& position,
                            const std::function<base::Status(const StudentRow&)>& put) {
  constexpr std::size_t kPage = 1000;
  while (true) {
    ASSIGN_OR_RETURN(const auto events, store::ReadEvents(session, kFeed, position, kPage));
    if (events.empty()) return {};
    std::set<StudentId> changed;
    for (const store::StoredEvent& one : events) {
      const StudentId id{StudentOf(one.event.subject)};
      if (id) changed.insert(id);
    }
    const std::vector<StudentId> ids{changed.begin(), changed.end()};
    ASSIGN_OR_RETURN(const auto rows, FindStudentsById(session, ids, Lock::kNone));
    for (const StudentRow& row : rows) RETURN_IF_ERROR(put(row));
    position = events.back().seq;
  }
}

}  // namespace registry
