// Which students a guardian's name or telephone, or a former name (曾用名), leads to.
//
// Those stand only in the sealed rows, so they are kept in memory: eight bytes of a hash and the
// student's id for each, never the texts; made from the sealed rows at the first question (119,003
// students: some 8 MB) and brought up to date by the registry's own event log before each, so
// another copy of the service that wrote is seen as well. What a student no longer says is still
// found until the book is made again: whoever asks compares with the row itself. Errors: those of
// the store and the vault. Thread-safe.
#pragma once

#include <cstdint>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "registry/app/deps.h"
#include "registry/store/student_repository.h"

namespace registry {

// Digits alone, without +86; empty: too few to be a telephone.
std::string PhoneDigits(std::string_view text);

class ContactBook {
 public:
  explicit ContactBook(const Deps& deps) : deps_(deps) {}

  enum class Kind : char { kGuardian = 'g', kPhone = 'p', kFormerName = 'f' };
  struct Contact {
    Kind kind = Kind::kGuardian;
    std::string text = {};  // canonical
  };
  // Ids of students, each once, in order; at most `most`.
  base::Result<std::vector<std::int64_t>> Find(store::Session& session,
                                               std::span<const Contact> contacts,
                                               std::size_t most);

 private:
  struct Entry {
    std::uint64_t key = 0;
    std::int64_t student = 0;
    friend auto operator<=>(const Entry&, const Entry&) = default;
  };
  base::Status CatchUp(store::Session& session);
  base::Status Build(store::Session& session, std::uint64_t head);
  base::Status Follow(store::Session& session);

  const Deps& deps_;
  std::mutex mutex_;
  bool built_ = false;
  std::uint64_t position_ = 0;                                   // of our own event log
  std::vector<Entry> entries_;                                   // sorted
  std::unordered_multimap<std::uint64_t, std::int64_t> recent_;  // written since
};

}  // namespace registry
