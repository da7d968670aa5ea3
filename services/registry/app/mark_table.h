// Which of our children a blind question means (「这孩子在哪里」), and the marks of our own questions.
//
// Keeps 16 bytes a child in memory, a digest of the identity number and never the number, made from
// the sealed rows at the first question (119,003 students: 2.9 MB). Before each question it follows
// the registry's own event log, so another copy of the service that wrote is seen as well. One pass
// over all of them per question, whether it finds anybody or not. How digest, mark and proof are
// made: contract/registry.proto. "Here" is who is enrolled, came back, is suspended or has a place
// kept; who has left or is looked for is not.
// Errors: kInvalidArgument/BAD_MARK; kNotFound/STUDENT_UNKNOWN; kFailedPrecondition/NO_ID_NUMBER;
// those of the store and the vault. Thread-safe: one question at a time.
#pragma once

#include <array>
#include <cstdint>
#include <mutex>
#include <string>
#include <vector>

#include "registry/app/deps.h"
#include "registry/store/student_repository.h"
#include "security/keyed_pass.h"

namespace registry {

struct MarkKey {
  security::LetterSuite suite = security::LetterSuite::kSm;
  std::string nonce = {};  // 32 bytes
};

class MarkTable {
 public:
  explicit MarkTable(const Deps& deps) : deps_(deps) {}

  struct Match {
    StudentId id = {};       // none: nobody
    std::string proof = {};
    std::size_t looked_at = 0;
  };
  base::Result<Match> Find(const MarkKey& key, std::string_view mark);

  struct Made {
    std::string mark = {};
    std::vector<std::string> proofs = {};
    std::string name = {};
    std::string id_masked = {};
  };
  base::Result<Made> Make(StudentId id, const MarkKey& key,
                          const std::vector<std::string>& proof_of) const;

 private:
  using Digest = std::array<char, 16>;
  struct Entry {
    std::int64_t student = 0;
    Digest digest = {};
  };
  static Digest DigestOf(std::string_view id_number);
  base::Status CatchUp(store::Session& session);
  base::Status Build(store::Session& session, std::uint64_t head);
  base::Status Follow(store::Session& session);
  base::Status Put(const StudentRow& row);
  base::Result<std::string> NumberOf(StudentId id, std::string* name) const;
  std::int64_t Pass(const MarkKey& key, std::string_view mark, std::size_t begin,
                    std::size_t end) const;

  const Deps& deps_;
  std::mutex mutex_;
  bool built_ = false;
  std::uint64_t position_ = 0;   // of our own event log
  std::vector<Entry> entries_;   // by student
};

}  // namespace registry
