// The use cases of transfers: what the registry's feed, other counties' letters, officers and the
// calendar do to a watch. Each is one transaction of watch, parties, history and events, or a part
// of one that others began (the feed's, a reply's).
//
// A fact that a watch knows already changes nothing, so every source may say it again. Thread-safe.
// Errors: those of domain/transfers.h and libs/store; kNotFound/NO_TRANSFER; kConflict/
// VERSION_MISMATCH; kInvalidArgument/BAD_STEP, BAD_PARTY, BAD_DATE, TEXT_MISSING, TEXT_TOO_LONG,
// KEY_MISSING, KEY_REUSED.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "tracing/app/letter_desk.h"
#include "tracing/store/transfer_repository.h"

namespace tracing {

// What the registry told about one student.
struct RegistryNews {
  enum class Kind : std::uint8_t { kOut, kIn, kBack, kGone, kRegistered } kind = Kind::kOut;
  std::int64_t student_id = 0;
  int version = 0;
  base::UtcTime at = {};
  base::Date effective = {};
  std::string name = {};
  std::string school_code = {};
  std::string other_school = {};
  std::string other_division = {};
};

// What a letter that came says about a student of ours.
struct LetterNews {
  std::int64_t student_id = 0;
  Division from = {};
  LetterKind kind = LetterKind::kNone;
  bool arrival = false;       // it asks whether the child has arrived here
  std::string school = {};
  base::Date since = {};
  std::string document_no = {};
};

class TransferDesk {
 public:
  // All references outlive the desk.
  TransferDesk(store::Pool& pool, const Office& office, const base::Clock& clock)
      : pool_(pool), office_(office), clock_(clock) {}

  // In the follower's transaction; appends what is to be told to `events`.
  base::Status Take(store::Transaction& tx, const std::vector<RegistryNews>& news,
                    std::vector<store::NewEvent>& events);
  // In the transaction of a reply to our letter (LetterDesk::OnReply).
  base::Status Replied(store::Transaction& tx, const LetterRow& letter,
                       const v1::ReplyLetter& reply, const std::string& number,
                       std::vector<store::NewEvent>& events);
  base::Status Heard(const LetterNews& news);
  // What the calendar makes due; returns how many watches.
  base::Result<std::uint64_t> RunDue();

  base::Status LetterWritten(std::int64_t watch_id, const ConversationId& id);
  // It cannot be written now: shown, and tried again at `again`.
  base::Status LetterFailed(std::int64_t watch_id, const std::string& why, base::UtcTime again);

  // The book is new: letters to counties that it knows now are due at once.
  base::Status DirectoryChanged();

  using Encode = std::function<std::string(const TransferRow&,
                                           const std::vector<TransferEntry>&)>;
  base::Result<std::string> Record(const v1::RecordTransferStep& step,
                                   const baoxue::bus::v1::Actor& actor, const Once& once,
                                   const Encode& encode);
  base::Result<std::pair<TransferRow, std::vector<TransferEntry>>> Get(std::int64_t watch_id);
  base::Result<std::vector<TransferRow>> List(const TransferFilter& filter, std::uint64_t& total);

  const Office& office() const { return office_; }
  base::UtcTime Now() const { return clock_.Now(); }
  store::Pool& pool() { return pool_; }

 private:
  // What a change of a watch leaves behind besides the row.
  struct Change {
    std::vector<TransferNews> news = {};
    std::string text = {};
    std::string kind = {};             // of the entry when there is no news: "reply"
    std::string document_no = {};
    std::string school = {};
    baoxue::bus::v1::Actor actor = {};
  };
  TransferBook Book() const;
  base::Status Save(store::Transaction& tx, TransferRow& row, const Change& change,
                    std::vector<store::NewEvent>& events) const;
  base::Result<std::optional<TransferRow>> Open(store::Transaction& tx, const RegistryNews& news,
                                                std::vector<store::NewEvent>& events) const;
  base::Status TellOpen(store::Transaction& tx, TransferRow& row, const RegistryNews& news,
                        std::vector<store::NewEvent>& events) const;
  base::Result<Change> Step(TransferRow& row, const v1::RecordTransferStep& step,
                            const baoxue::bus::v1::Actor& actor) const;
  std::string NameOf(Division division) const;

  store::Pool& pool_;
  const Office& office_;
  const base::Clock& clock_;
};

}  // namespace tracing
