#include "registry/app/contact_book.h"

#include <algorithm>
#include <functional>

#include "registry/app/changed_students.h"
#include "registry/domain/text.h"
#include "store/event_log.h"

namespace registry {
namespace {

constexpr std::size_t kPhoneDigitsMin = 7;
constexpr std::size_t kMobileDigits = 11;

std::uint64_t KeyOf(ContactBook::Kind kind, std::string_view text) {
  std::string whole(1, static_cast<char>(kind));
  whole.append(text);
  return std::hash<std::string>{}(whole);
}

template <class Each>
void EachKeyOf(const Record& record, Each each) {
  for (const Field field : {Field::kMember1Name, Field::kMember2Name}) {
    if (record.Has(field)) {
      each(KeyOf(ContactBook::Kind::kGuardian, CleanName(record.Get(field))));
    }
  }
  for (const Field field : {Field::kMember1Phone, Field::kMember2Phone, Field::kPhone}) {
    const std::string phone = PhoneDigits(record.Get(field));
    if (!phone.empty()) each(KeyOf(ContactBook::Kind::kPhone, phone));
  }
  if (record.Has(Field::kFormerName)) {
    each(KeyOf(ContactBook::Kind::kFormerName, CleanName(record.Get(Field::kFormerName))));
  }
}

}  // namespace

std::string PhoneDigits(std::string_view text) {
  std::string digits;
  for (const char c : CleanText(text)) {
    if (c >= '0' && c <= '9') digits.push_back(c);
  }
  if (digits.size() == kMobileDigits + 2 && digits.starts_with("86")) digits.erase(0, 2);
  if (digits.size() < kPhoneDigitsMin) digits.clear();
  return digits;
}

base::Status ContactBook::Build(store::Session& session, std::uint64_t head) {
  built_ = false;  // until all have been read
  entries_.clear();
  recent_.clear();
  base::Status opened;
  RETURN_IF_ERROR(StreamSealedStudents(session, [&](StudentId id, std::string_view sealed) {
    if (!opened.ok()) return;
    const auto record = deps_.vault.OpenRecord(Sealed::kStudent, sealed);
    if (!record.ok()) {
      opened = record.error();
      return;
    }
    EachKeyOf(*record, [&](std::uint64_t key) { entries_.push_back({key, id.raw()}); });
  }));
  RETURN_IF_ERROR(opened);
  std::sort(entries_.begin(), entries_.end());
  entries_.erase(std::unique(entries_.begin(), entries_.end()), entries_.end());
  entries_.shrink_to_fit();
  position_ = head;
  built_ = true;
  return {};
}

base::Status ContactBook::Follow(store::Session& session) {
  return FollowStudents(session, position_, [this](const StudentRow& row) -> base::Status {
    ASSIGN_OR_RETURN(const Record record, deps_.vault.OpenRecord(Sealed::kStudent, row.sealed));
    EachKeyOf(record, [&](std::uint64_t key) { recent_.emplace(key, row.student.id.raw()); });
    return {};
  });
}

base::Status ContactBook::CatchUp(store::Session& session) {
  // The head first: what is written while the rows are read comes again as an event.
  ASSIGN_OR_RETURN(const std::uint64_t head, store::HeadOf(session, kFeed));
  const bool behind = head > position_ + kBehindMax || recent_.size() > kBehindMax;
  if (!built_ || behind) return Build(session, head);
  return head == position_ ? base::Status{} : Follow(session);
}

base::Result<std::vector<std::int64_t>> ContactBook::Find(store::Session& session,
                                                          std::span<const Contact> contacts,
                                                          std::size_t most) {
  std::vector<std::int64_t> found;
  if (contacts.empty()) return found;
  const std::lock_guard lock{mutex_};
  RETURN_IF_ERROR(CatchUp(session));
  for (const Contact& contact : contacts) {
    const std::uint64_t key = KeyOf(contact.kind, contact.text);
    auto at = std::lower_bound(entries_.begin(), entries_.end(), Entry{key, 0});
    for (; at != entries_.end() && at->key == key; ++at) found.push_back(at->student);
    const auto [begin, end] = recent_.equal_range(key);
    for (auto one = begin; one != end; ++one) found.push_back(one->second);
  }
  std::sort(found.begin(), found.end());
  found.erase(std::unique(found.begin(), found.end()), found.end());
  if (found.size() > most) found.resize(most);
  return found;
}

}  // namespace registry
