// The three ledgers (台账): 适龄儿童 from the latest list, 疑似辍学 and 辍学 from the feed of
// cases.
//
// Columns of the second and third follow design/domain.md 2.4 A as far as the registry knows them;
// what it does not know stays empty. Identity numbers and telephones are masked. Thread-safe.
#pragma once

#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "registry/app/deps.h"
#include "registry/app/students.h"
#include "registry/store/match_repository.h"

namespace registry {

enum class LedgerKind { kSchoolAge = 1, kSuspected = 2, kDropout = 3 };

struct LedgerLine {
  std::int64_t id = 0;
  std::vector<std::string> cells = {};
};
struct LedgerPage {
  std::vector<std::string> header = {};
  std::vector<LedgerLine> lines = {};
  std::uint64_t total = 0;
};

// What the feed of cases says of one case.
struct CaseNews {
  LedgerCase state = {};
  base::Date day = {};  // when it happened
};

class Ledgers {
 public:
  explicit Ledgers(const Deps& deps) : deps_(deps) {}

  base::Result<LedgerPage> List(LedgerKind kind, std::int64_t after, std::uint32_t limit) const;
  // Takes one event into the ledgers, in the transaction that moves the feed's position.
  base::Status Take(store::Transaction& tx, const CaseNews& news) const;

 private:
  base::Result<LedgerPage> SchoolAge(store::Session& session, std::int64_t after,
                                     std::uint32_t limit) const;
  base::Result<std::unordered_map<PersonId, StudentView>> ViewsOfPeople(
      store::Session& session, const std::vector<LedgerCase>& cases) const;
  base::Result<LedgerPage> Cases(store::Session& session, LedgerPart part, std::int64_t after,
                                 std::uint32_t limit) const;

  const Deps& deps_;
};

}  // namespace registry
