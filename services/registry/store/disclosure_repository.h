// The log of disclosed identity numbers. All SQL on disclosure. Errors: those of store::Session.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "registry/domain/enrolment.h"
#include "store/store.h"

namespace registry {

struct DisclosureRow {
  std::int64_t id = 0;
  StudentId student_id = {};
  base::UtcTime at = {};
  Actor actor = {};
  std::string purpose = {};
  std::string reference = {};
  std::string hash = {};  // 32 bytes
};

base::Status InsertDisclosure(store::Transaction& tx, const DisclosureRow& row);
// In order.
base::Result<std::vector<DisclosureRow>> ListDisclosures(store::Session& session);
// 32 zero bytes before the first.
base::Result<std::string> HashOfLastDisclosure(store::Transaction& tx);

}  // namespace registry
