// Tables in memory that follow the registry's own feed: whoever an event names is read again.
// Errors: those of libs/store and of `put`, before which `position` stays at the page's beginning.
#pragma once

#include <functional>

#include "registry/app/deps.h"
#include "registry/store/student_repository.h"

namespace registry {

// From so many events on it is cheaper to read everybody again.
inline constexpr std::uint64_t kBehindMax = 20'000;

// Calls `put` with the row of each student of the events after `position`, page by page, and moves
// `position` to the feed's end.
base::Status FollowStudents(store::Session& session, std::uint64_t& position,
                            const std::function<base::Status(const StudentRow&)>& put);

}  // namespace registry
