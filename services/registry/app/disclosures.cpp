#include "registry/app/disclosures.h"

#include <fmt/format.h>

#include "registry/store/row_text.h"
#include "security/security.h"

namespace registry {
namespace {

using base::Code;
using base::Error;

std::string HashOf(const std::string& before, const DisclosureRow& row) {
  return security::Sha256(before + fmt::format("{}\n{}\n{}\n{}\n{}\n{}", row.id,
                                               row.student_id.raw(), base::ToIso(row.at),
                                               ActorText(row.actor), row.purpose, row.reference));
}

}  // namespace

base::Result<StudentView> Disclosures::Disclose(const DiscloseCommand& command) const {
  if (command.purpose.empty() || command.reference.empty()) {
    return Error{Code::kInvalidArgument, "PURPOSE_MISSING", "须写明用途和所涉事项"};
  }
  const base::UtcTime now = deps_.clock.Now();
  return deps_.pool.Transact([&](store::Transaction& tx) -> base::Result<StudentView> {
    ASSIGN_OR_RETURN(const auto row, FindStudent(tx, command.id, Lock::kNone));
    if (!row) return Error{Code::kNotFound, "STUDENT_UNKNOWN", "学籍中没有这名学生"};
    ASSIGN_OR_RETURN(Student student, OpenStudent(deps_.vault, *row));
    // The counter's row is locked from here on: the chain has one end.
    ASSIGN_OR_RETURN(const std::int64_t id, TakeIds(tx, "disclosure", 1));
    DisclosureRow line{.id = id,
                       .student_id = command.id,
                       .at = now,
                       .actor = command.actor,
                       .purpose = command.purpose,
                       .reference = command.reference};
    ASSIGN_OR_RETURN(const std::string before, HashOfLastDisclosure(tx));
    line.hash = HashOf(before, line);
    RETURN_IF_ERROR(InsertDisclosure(tx, line));
    return ViewOf(tx, std::move(student), row->person_key, base::DateAt(now));
  });
}

base::Status Disclosures::Check() const {
  return deps_.pool.WithSession([&](store::Session& session) -> base::Status {
    ASSIGN_OR_RETURN(const auto rows, ListDisclosures(session));
    std::string before(32, '\0');
    std::int64_t expected = 1;
    for (const DisclosureRow& row : rows) {
      if (row.id != expected++ || row.hash != HashOf(before, row)) {
        return Error{Code::kDataCorruption, "DISCLOSURES_BROKEN",
                     fmt::format("the log of disclosures does not fit at row {}", row.id)};
      }
      before = row.hash;
    }
    return {};
  });
}

}  // namespace registry
