// A county's desk without a database, and the member opposite whose key is good and whose every
// byte is the fuzzer's: what it writes is signed, sealed, opened and judged as by the service.
//
// Each step asserts what must hold whatever a member sends (checks.cpp); a broken promise aborts
// with its sentence. Time is the desk's own. One thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tracing/contract/evidence.h"
#include "tracing/app/letter_content.h"
#include "tracing/domain/numbering.h"
#include "tracing/domain/protocol.h"

namespace fuzz {

using tracing::Conversation;
namespace v1 = baoxue::tracing::v1;

// Aborts with the sentence.
void Must(bool holds, const char* sentence);

struct Kept {  // what the shell stores of an item
  v1::SignedItem item = {};
  v1::SignedReceipt receipt = {};
};

// What a step did, for the checks.
struct Did {
  Conversation before = {};
  tracing::Input input = {};
  base::Result<tracing::Effects> effects = tracing::Effects{};
};

class Desk {
 public:
  // `asks`: the letter is ours; else it has to arrive.
  Desk(bool asks, tracing::LetterKind kind);

  // The member's letters, receipts, refusals and copies. `fits`: the head is made to follow from
  // what is there, so that the content is looked at.
  void Arrive(std::string_view bytes, bool fits);
  void ArriveAgain(std::uint8_t which);
  void Receipt(std::string_view bytes, bool fits);
  void Declined(std::string_view bytes, bool fits);
  void Returned(std::string_view bytes, std::uint8_t how);
  // Ours.
  void Decide(const tracing::Input& input, const v1::Item& content);
  void Pass(std::uint8_t hours);
  void Tick();
  void Toggle(std::uint8_t what);

  const Conversation& conversation() const { return c_; }
  base::UtcTime now() const { return now_; }
  std::vector<v1::EvidenceItem> Log(bool by_asker) const;
  v1::Evidence Evidence() const;
  const tracing::HashFn& hash() const { return hash_; }

 private:
  void Step(const tracing::Input& input);
  tracing::Digest WriteItem(const tracing::Draft& draft);
  tracing::Arrived Judged(const v1::Item& item, const v1::SignedItem& signed_item) const;
  void Fit(v1::Item& item) const;
  v1::SignedReceipt ReceiptFor(const Kept& kept, std::uint32_t seq) const;
  std::vector<Kept>& KeptOf(bool mine) { return mine ? mine_ : theirs_; }
  void Forget();  // what a returned item replaced

  Conversation c_ = {};
  tracing::Policy policy_ = {};
  base::Calendar calendar_ = {};
  tracing::Numbering numbers_ = {};
  base::UtcTime now_ = {};
  bool peer_confirmed_ = true;
  bool peer_known_ = true;
  bool own_key_ = true;
  bool lane_open_ = true;
  tracing::HashFn hash_;
  v1::Item content_ = {};  // of what we write
  const v1::SignedItem* arriving_ = nullptr;
  std::vector<v1::SignedItem> returning_ = {};
  std::vector<Kept> written_ = {};
  std::vector<Kept> mine_ = {};
  std::vector<Kept> theirs_ = {};
};

// checks.cpp
void CheckStep(const Desk& desk, const Did& did);
// What the words on screens, events and the evidence say of all that was taken.
void CheckShown(const Desk& desk);
// Of an item as it came: nothing that this release does not know becomes something that it knows,
// and what it does not know survives being read and written.
void CheckMapping(const v1::Item& item, const tracing::Arrived& arrived);

inline constexpr const char* kUs = "350212";
inline constexpr const char* kThem = "430527";
inline constexpr char kConversation = 'c';  // 16 times

}  // namespace fuzz
