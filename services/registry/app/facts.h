// The registry's facts as events of its feed: protobuf bytes with ids, masks and never an identity
// number. Pure and thread-safe.
#pragma once

#include <span>
#include <string>

#include "base/date.h"
#include "registry/app/deps.h"
#include "registry/app/messages.h"
#include "registry/domain/enrolment.h"
#include "registry/store/list_repository.h"
#include "registry/store/student_repository.h"
#include "store/event_log.h"

namespace registry {

struct StudentFact {
  const Student& student;
  ChangeKind kind = ChangeKind::kUnspecified;
  base::Date effective = {};
  std::string_view reason_code = {};
  const std::vector<Field>* fields = nullptr;  // changed columns
  std::string_view other_school = {};          // of a transfer
  std::string_view other_division = {};
};

// Collects the events of one transaction and appends them as its last statement.
class Facts {
 public:
  Facts(base::UtcTime now, const WriteContext& write);
  void Add(const School& school);
  void Add(const SchoolClass& school_class);
  void Add(const StudentFact& fact);
  void AddGroups(StudentId student, std::span<const TagRow> tags);
  // "registry.match.found" or "registry.match.decided".
  void AddMatch(std::string_view type, const MatchView& view);
  bool empty() const { return events_.empty(); }
  std::size_t size() const { return events_.size(); }
  base::Status Append(store::Transaction& tx);

 private:
  void Push(std::string_view type, std::string subject, const std::string& payload_type,
            std::string payload);

  base::UtcTime now_;
  std::string correlation_id_;
  std::string causation_id_;
  std::vector<store::NewEvent> events_;
};

// Tells every line of the partners' lists that names a student with one of these keys; nothing for
// who is no student or stands on no list.
base::Status TellGroups(store::Transaction& tx, Facts& facts,
                        std::span<const std::string> person_keys);

}  // namespace registry
