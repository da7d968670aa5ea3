// What our own file of the directory says, and what follows from the files that are believed: our
// record first, of a province or prefecture also the counties under its code, codes that changed.
//
// Instants UTC. Pure and thread-safe; nothing here fails.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "tracing/app/office.h"
#include "tracing/endpoints/config.h"

namespace tracing {

// What is to become of our keys and our membership, beside what the machine holds.
struct OwnChange {
  std::optional<base::UtcTime> old_keys_end = {};
  std::string revoked = {};  // key id
  bool leaving = false;
};

struct OwnFacts {
  const Office& office;
  const ExchangeConfig& config;
  const std::vector<security::LetterKey>& keys;
  base::UtcTime now = {};
};
// Expired or not, every key of ours with its dates as they were last published.
v1::Member OwnRecord(const OwnFacts& facts, const v1::Member* published, const OwnChange& change);
// Our record first, then of what is believed all that our file says. Without a serial.
v1::Directory OwnContent(const v1::Member& own, const std::vector<v1::Directory>& others,
                         const std::vector<v1::DivisionChange>& changes);

// What every other county is told of us is the same whenever nothing changed.
bool SameButSerial(v1::Member a, v1::Member b);
// The same of files, whose first record is their issuer's.
bool SameButSerial(v1::Directory a, v1::Directory b);

// Who is to hear what is new: every member with the software, at its door or through its relay.
std::set<std::string> MembersWithSoftware(const Directory& directory, const std::string& self);
Divisions DivisionsOf(const Directory& directory, const std::vector<DivisionChange>& known);

}  // namespace tracing
