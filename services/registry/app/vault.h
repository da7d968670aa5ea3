// Where identity numbers are sealed and made findable without being seen.
//
// A person's key is the blind index of the identity number; whoever has none is known by name,
// birthday, sex and school (students) or without the school (lists). The same number has the same
// key in every table, so lists and registry meet without opening anything. Errors:
// kDataCorruption/SEAL_BROKEN, RECORD_BROKEN. Thread-safe.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "registry/domain/record.h"
#include "security/security.h"

namespace registry {

enum class Sealed { kStudent, kBefore, kStaged, kCells, kPerson, kTag };

class Vault {
 public:
  explicit Vault(const security::Keyring& keys) : keys_(keys) {}

  std::string SealRecord(Sealed what, const Record& record) const;
  base::Result<Record> OpenRecord(Sealed what, std::string_view sealed) const;
  std::string SealBytes(Sealed what, std::string_view bytes) const;
  base::Result<std::string> OpenBytes(Sealed what, std::string_view sealed) const;

  // 16 bytes.
  std::string NumberKey(std::string_view id_number) const;
  std::string StudentKey(const Record& record) const;
  // As if the student had no number.
  std::string NumberlessKey(const Record& record) const;
  std::string PersonKey(const Record& record) const;
  std::string Index(std::string_view purpose, std::string_view text) const;

 private:
  const security::Keyring& keys_;
};

}  // namespace registry
