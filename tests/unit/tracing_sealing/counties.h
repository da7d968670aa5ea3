// Two counties with keys and records, for tests of what travels between them.
#pragma once

#include <string>
#include <string_view>

#include "tracing/contract/directory.h"
#include "tracing/contract/letter.pb.h"

namespace tracing::testing {

// A day ("2026-10-01") is its first instant in China.
inline base::UtcTime At(std::string_view iso) {
  if (iso.size() == 10) return base::InstantAt(base::Date::Parse(iso).value(), 0);
  return base::ParseTime(iso).value();
}
inline const base::DateRange kValid{.begin = base::Date::Parse("2026-09-01").value(),
                                    .end = base::Date::Parse("2028-09-01").value()};

struct County {
  explicit County(std::string code, security::LetterSuite suite = security::LetterSuite::kSm)
      : key(security::LetterKey::Generate(suite, code, kValid)), division(std::move(code)) {}

  v1::Member Record(std::uint64_t serial = 1) const {
    v1::Member member;
    member.set_division(division);
    member.set_name("县" + division);
    member.set_serial(serial);
    for (const v1::Key& one : KeysOf(key.key())) *member.add_keys() = one;
    return member;
  }
  v1::Directory Own() const {
    v1::Directory directory;
    directory.set_issuer(division);
    directory.set_serial(1);
    *directory.add_members() = Record();
    return directory;
  }

  security::LetterKey key;
  std::string division;
};

}  // namespace tracing::testing
