// The writes of many letters that share a transaction, in a few statements for all of them.
//
// A step reads its letter, decides, and leaves its rows here; Flush writes them together: before
// the transaction commits, or before anybody reads what is still waiting. Belongs to one
// transaction. Errors: those of libs/store; kConflict/RETRY if another
// transaction was first with a new letter.
#pragma once

#include <map>
#include <span>
#include <vector>

#include "tracing/store/letter_repository.h"

namespace tracing {

class LetterWrites {
 public:
  void Save(const LetterRow& row, std::optional<base::UtcTime> wake, base::UtcTime now);
  void Insert(const ConversationId& id, ItemRow item);
  void SaveReceipt(const ConversationId& id, bool by_asker, std::uint32_t seq,
                   const std::string& receipt);
  // The next number of a year; only the first one asks the database.
  base::Result<int> TakeNumber(store::Transaction& tx, int year);
  // Whether something of the letter waits to be written.
  bool Concern(const ConversationId& id) const;
  base::Status Flush(store::Transaction& tx);

 private:
  struct Letter {
    LetterRow row = {};
    std::optional<base::UtcTime> wake = {};
    base::UtcTime now = {};
  };
  struct Item {
    ConversationId id = {};
    ItemRow row = {};
  };
  struct Number {
    int first = 0;  // as the database has it
    int last = 0;
  };
  base::Status FlushLetters(store::Transaction& tx, bool new_ones) const;
  static base::Status FlushItems(store::Transaction& tx, const std::vector<Item>& items,
                                 std::string_view on_duplicate);

  std::vector<Letter> letters_;
  std::vector<Item> items_;
  std::vector<Item> receipts_;
  std::map<int, Number> numbers_;
};

// As LockLetter, for several at once; nothing for one that is not there.
base::Result<std::map<ConversationId, std::optional<LetterRow>>> LockLetters(
    store::Transaction& tx, std::span<const ConversationId> ids);

}  // namespace tracing
