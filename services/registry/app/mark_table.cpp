#include "registry/app/mark_table.h"

#include <algorithm>
#include <cstring>
#include <thread>

#include "registry/app/changed_students.h"
#include "registry/app/students.h"
#include "registry/domain/normalise.h"
#include "store/event_log.h"

namespace registry {
namespace {

using base::Code;
using base::Error;

constexpr std::string_view kPurpose{"baoxue-where/1\0", 15};
constexpr std::size_t kNonceBytes = 32;

base::Status Check(const MarkKey& key) {
  if (key.nonce.size() == kNonceBytes) return {};
  return Error{Code::kInvalidArgument, "BAD_MARK", "查询标记无效"};
}

std::string HereText(std::string_view division, std::string_view digest) {
  std::string text{"here\0", 5};
  text.append(division).append(1, '\0').append(digest);
  return text;
}

bool IsHere(StudentStatus status) {
  return InSchool(status) || status == StudentStatus::kSuspended ||
         status == StudentStatus::kPlaceKept;
}

}  // namespace

MarkTable::Digest MarkTable::DigestOf(std::string_view id_number) {
  std::string text{kPurpose};
  text += id_number;
  const std::string whole = security::LetterDigest(security::LetterSuite::kSm, text);
  std::fill(text.begin(), text.end(), '\0');
  Digest digest = {};
  std::copy_n(whole.begin(), digest.size(), digest.begin());
  return digest;
}

base::Status MarkTable::Build(store::Session& session, std::uint64_t head) {
  entries_.clear();
  base::Status opened;
  RETURN_IF_ERROR(StreamSealedStudents(session, [&](StudentId id, std::string_view sealed) {
    if (!opened.ok()) return;
    const auto record = deps_.vault.OpenRecord(Sealed::kStudent, sealed);
    if (!record.ok()) {
      opened = record.error();
    } else if (record->Has(Field::kIdNumber)) {
      entries_.push_back({id.raw(), DigestOf(record->Get(Field::kIdNumber))});
    }
  }));
  RETURN_IF_ERROR(opened);
  entries_.shrink_to_fit();
  position_ = head;
  built_ = true;
  return {};
}

base::Status MarkTable::Put(const StudentRow& row) {
  ASSIGN_OR_RETURN(const Record record, deps_.vault.OpenRecord(Sealed::kStudent, row.sealed));
  const std::int64_t id = row.student.id.raw();
  auto at = std::lower_bound(entries_.begin(), entries_.end(), id,
                             [](const Entry& one, std::int64_t other) {
                               return one.student < other;
                             });
  const bool known = at != entries_.end() && at->student == id;
  if (!record.Has(Field::kIdNumber)) {
    if (known) entries_.erase(at);
    return {};
  }
  if (!known) at = entries_.insert(at, Entry{id, {}});
  at->digest = DigestOf(record.Get(Field::kIdNumber));
  return {};
}

base::Status MarkTable::Follow(store::Session& session) {
  return FollowStudents(session, position_, [this](const StudentRow& row) { return Put(row); });
}

base::Status MarkTable::CatchUp(store::Session& session) {
  // The head first: what is written while the rows are read comes again as an event.
  ASSIGN_OR_RETURN(const std::uint64_t head, store::HeadOf(session, kFeed));
  if (!built_ || head > position_ + kBehindMax) return Build(session, head);
  return head == position_ ? base::Status{} : Follow(session);
}

// No way out before the end: how long it takes does not tell whether it found somebody.
std::int64_t MarkTable::Pass(const MarkKey& key, std::string_view mark, std::size_t begin,
                             std::size_t end) const {
  security::KeyedPass pass{key.suite, key.nonce};
  security::Mark made = {};
  std::int64_t found = 0;
  for (std::size_t i = begin; i < end; ++i) {
    pass.Of({entries_[i].digest.data(), entries_[i].digest.size()}, made);
    if (std::memcmp(made.data(), mark.data(), made.size()) == 0) found = entries_[i].student;
  }
  return found;
}

base::Result<MarkTable::Match> MarkTable::Find(const MarkKey& key, std::string_view mark) {
  RETURN_IF_ERROR(Check(key));
  if (mark.size() != std::tuple_size_v<security::Mark>) {
    return Error{Code::kInvalidArgument, "BAD_MARK", "查询标记无效"};
  }
  Match match;
  Digest digest = {};
  {
    const std::lock_guard lock{mutex_};
    RETURN_IF_ERROR(
        deps_.pool.WithSession([&](store::Session& session) { return CatchUp(session); }));
    const std::size_t half = entries_.size() / 2;
    std::int64_t lower = 0;
    std::int64_t upper = 0;
    {
      const std::jthread other{[&] { lower = Pass(key, mark, 0, half); }};
      upper = Pass(key, mark, half, entries_.size());
    }
    match.looked_at = entries_.size();
    match.id = StudentId{std::max(lower, upper)};
    for (const Entry& one : entries_) {
      if (one.student == match.id.raw()) digest = one.digest;
    }
  }
  if (!match.id) return match;
  std::optional<StudentRow> row;
  RETURN_IF_ERROR(deps_.pool.WithSession([&](store::Session& session) -> base::Status {
    ASSIGN_OR_RETURN(row, FindStudent(session, match.id, Lock::kNone));
    return {};
  }));
  if (!row || !IsHere(row->student.status)) {
    match.id = {};
    return match;
  }
  match.proof = security::SuiteHmac(
      key.suite, key.nonce, HereText(deps_.county_division, {digest.data(), digest.size()}));
  return match;
}

base::Result<std::string> MarkTable::NumberOf(StudentId id, std::string* name) const {
  std::optional<StudentRow> row;
  RETURN_IF_ERROR(deps_.pool.WithSession([&](store::Session& session) -> base::Status {
    ASSIGN_OR_RETURN(row, FindStudent(session, id, Lock::kNone));
    return {};
  }));
  if (!row) return Error{Code::kNotFound, "STUDENT_UNKNOWN", "学籍中没有这名学生"};
  ASSIGN_OR_RETURN(const Record record, deps_.vault.OpenRecord(Sealed::kStudent, row->sealed));
  if (!record.Has(Field::kIdNumber)) {
    return Error{Code::kFailedPrecondition, "NO_ID_NUMBER", "该生没有登记身份证件号"};
  }
  if (name != nullptr) *name = row->student.name;
  return std::string{record.Get(Field::kIdNumber)};
}

base::Result<MarkTable::Made> MarkTable::Make(StudentId id, const MarkKey& key,
                                              const std::vector<std::string>& proof_of) const {
  RETURN_IF_ERROR(Check(key));
  Made made;
  ASSIGN_OR_RETURN(const std::string number, NumberOf(id, &made.name));
  made.id_masked = security::MaskIdNumber(number);
  const Digest digest = DigestOf(number);
  const std::string_view text{digest.data(), digest.size()};
  made.mark = security::SuiteHmac(key.suite, key.nonce, text);
  for (const std::string& division : proof_of) {
    made.proofs.push_back(
        security::SuiteHmac(key.suite, key.nonce, HereText(division, text)));
  }
  return made;
}

}  // namespace registry
