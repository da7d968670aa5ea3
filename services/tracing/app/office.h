// Who we are to other counties: our division, rules, keys, and the directory as we believe it.
//
// The rules are those of a day: whoever decides asks once for the day of his clock and decides by
// that. The book of all days is fixed once loaded, so what PolicyAt gives stays.
// Keys and directory change while the service runs (rotation, import): Book is a snapshot that
// whoever works with it keeps; Office hands out the newest. Thread-safe.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/calendar.h"
#include "bus/envelope.pb.h"
#include "security/security.h"
#include "tracing/contract/directory.h"
#include "tracing/domain/divisions.h"
#include "tracing/domain/policy.h"
#include "tracing/domain/types.h"

namespace tracing {

struct Book {
  Directory directory = {};
  Divisions divisions = {};
  std::vector<security::LetterKey> keys = {};  // ours, expired ones too: they still open letters

  // The key that we sign with: of those in force the oldest, because that is the one that all
  // others know already while a new one spreads. Null: none.
  const security::LetterKey* SigningKey(base::UtcTime now) const;
  // The member's record, if it has software and a key in force.
  const v1::Member* Reachable(Division division, base::UtcTime now) const;
  // Its name in the directory, else its code.
  std::string NameOf(Division division) const;
};

class Office {
 public:
  Division self = {};
  std::string name = {};        // 厦门市同安区
  std::string bureau = {};      // 厦门市同安区教育局
  baoxue::bus::v1::Actor inbox = {};  // who acts where the machine does
  PolicyBook policies = {};
  base::Calendar calendar = {};
  const security::Keyring* keyring = nullptr;

  const Policy& PolicyAt(base::UtcTime now) const { return policies.At(base::DateAt(now)); }

  std::shared_ptr<const Book> book() const {
    const std::lock_guard lock{mutex_};
    return book_;
  }
  void SetBook(std::shared_ptr<const Book> book) {
    const std::lock_guard lock{mutex_};
    book_ = std::move(book);
  }

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<const Book> book_ = std::make_shared<Book>();
};

}  // namespace tracing
