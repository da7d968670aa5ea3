// The use cases of letters: each is one transaction, retried as a whole.
//
// Load the conversation, let the protocol decide (domain/protocol.h), save the conversation, the
// items' bytes, receipts and events together; what is to be sent is returned and
// goes out after the commit. What is lost after it comes again: the rows say what is due.
// Writes of officers are idempotent by the caller's key. Thread-safe.
// Errors: those of Step, CheckLetter, CheckReply, Divisions and libs/store; kNotFound/NO_LETTER;
// kConflict/VERSION_MISMATCH; kPermissionDenied/SAME_PERSON;
// kInvalidArgument/KEY_MISSING, KEY_REUSED, BAD_ACT;
// kFailedPrecondition/NO_OWN_KEY.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "store/event_log.h"
#include "tracing/contract/evidence.h"
#include "tracing/app/letter_content.h"
#include "tracing/app/office.h"
#include "tracing/app/recovery_book.h"
#include "tracing/app/train.h"
#include "tracing/store/desk_repository.h"
#include "tracing/store/draft_repository.h"
#include "tracing/store/letter_repository.h"

namespace tracing {

struct Once {
  std::string key = {};
  std::string request_type = {};
};

// An item of ours as it was signed, so that its first sending need not read it again.
struct Written {
  std::uint32_t seq = 0;
  std::string hash = {};
  v1::SignedItem item = {};
};

// What a letter comes from, if it is not an officer's own.
struct Because {
  std::vector<Hop> hops = {};   // the chain of a letter that asks on
  bool may_be_unknown = false;  // an office that the directory does not name gets it on paper
  bool by_officer = false;      // who may then not approve it himself
  // What is committed together with the letter, whether it is new or was there already; called
  // again when the transaction is repeated. A known key calls nothing.
  std::function<base::Status(store::Transaction&, const LetterRow&, std::vector<store::NewEvent>&)>
      also = {};
};

// A question to the registry about an incoming letter.
struct Question {
  ConversationId id = {};
  LetterKind kind = LetterKind::kNone;
  v1::Child child = {};
  std::vector<v1::GuardianContact> guardians = {};
  Division household = {};
  Division asker = {};
  bool arrival = false;             // 转学联系函 that asks whether the child has arrived
};

// What a committed step leaves to be done outside the transaction.
struct Outcome {
  ConversationId id = {};
  Division peer = {};
  std::vector<std::uint32_t> send = {};   // seq of items of ours
  std::shared_ptr<const Written> written = {};    // one of `send`
  bool look_up = false;
  std::shared_ptr<const Question> question = {};  // what is to be looked up, if it is known
  std::optional<AskReturn> ask = {};      // the peer is to give back what we lost
  bool restore_suspected = false;         // recovery is to begin
  bool proven = false;                    // what arrived is signed by the county it names
  v1::DeliverReply answer = {};           // to an arrival
  std::string reply = {};                 // to an officer
};

// A person whom an incoming letter may be about: a student of ours, or one of the school-age list.
struct SlipCandidate {
  std::int64_t student_id = 0;
  std::int64_t person_id = 0;
  std::string name = {};
  std::string id_masked = {};
  std::string school = {};
  std::string grade_class = {};
  int score = 0;
  std::vector<std::string> reasons = {};  // Chinese
};
struct DeskNote {
  std::string why = {};
  Division suggested_forward = {};
  std::vector<SlipCandidate> candidates = {};
};

// What a township found, as cases tells it.
struct HouseholdFinding {
  HouseholdAnswer answer = {};
  std::string outcome = {};               // tracing::HouseholdOutcome by name
  v1::ReplyLetter reply = {};             // all but the code
};

// What is sent to a peer, and what the answer will be checked against.
struct Parcel {
  Division peer = {};
  std::uint32_t seq = 0;
  v1::SealedItem item = {};
  std::string hash = {};
  bool at_door = false;  // the answer comes on the peer's own connection
};

class LetterDesk {
 public:
  // All references outlive the desk.
  LetterDesk(store::Pool& pool, const Office& office, const base::Clock& clock,
             base::IdSource& ids);

  using Encode = std::function<std::string(const LetterRow&)>;
  base::Result<Outcome> Draft(const v1::DraftLetter& request, const baoxue::bus::v1::Actor& actor,
                              const Once& once, const Encode& encode,
                              const Because& because = {});
  base::Result<Outcome> Act(const v1::DoLetterAct& request, const baoxue::bus::v1::Actor& actor,
                            const Once& once, const Encode& encode);
  base::Result<LetterRow> Get(const ConversationId& id);
  base::Result<std::vector<LetterRow>> List(const LetterFilter& filter, std::uint64_t& total);
  // Both sides' items as stored and signed, for screens and evidence.
  base::Result<std::vector<v1::EvidenceItem>> Items(const ConversationId& id, bool by_asker);
  // The item's bytes, opened. Errors: NO_LETTER.
  base::Result<v1::Item> ItemOf(const ConversationId& id, bool by_asker, std::uint32_t seq);

  // An item from the county that the connection's key belongs to. Never fails for what a stranger
  // sends: that is a declined answer. Errors: those of the store.
  base::Result<Outcome> Arrive(const v1::Deliver& request, Division from);
  // Whether an arrival was declined for something that only a broken or hostile peer sends.
  static bool IsStrike(const v1::DeliverReply& answer);

  // letter_limits.cpp: what is refused before it is opened, for its rate or size.
  v1::DeliverReply Refuse(Division from, Decline reason, int retry_after_s) const;
  // The same for what a relay brought, where an answer has to name the letter and be signed.
  // Nothing: it is not signed by `from`, so nobody is answered.
  std::optional<v1::DeliverReply> RefuseProven(const v1::SealedItem& sealed, Division from,
                                               Decline reason, int retry_after_s) const;
  // Somebody between us and the peer takes the item no further: a relay, or our own bus.
  base::Result<Outcome> RefusedOnTheWay(const ConversationId& id, const Parcel& parcel,
                                        Decline reason);
  // An incoming letter could not be looked up: it comes after others, and people see it if that
  // lasts. How long to wait.
  base::Result<std::chrono::milliseconds> NoteFailedLookUp(const ConversationId& id,
                                                           const std::string& why,
                                                           std::uint64_t random);
  base::Status LookedUpAtLast(const ConversationId& id);

  // Errors: NO_LETTER, NO_MEMBER, NO_KEY, NO_OWN_KEY.
  base::Result<Parcel> ToSend(const ConversationId& id, std::uint32_t seq);
  // The same for what was written just now.
  base::Result<Parcel> Pack(Division peer, const Written& written) const;
  // What the peer answered to it.
  base::Result<Outcome> Answered(const ConversationId& id, const Parcel& parcel,
                                 const v1::DeliverReply& reply);
  base::Result<Outcome> Tick(const ConversationId& id, bool lane_open);

  // Nothing: it is no longer the machine's to answer.
  base::Result<std::optional<Question>> QuestionOf(const ConversationId& id);
  // Nothing happens if it lies on another desk by now.
  base::Result<Outcome> Decide(const ConversationId& id, const ReplyDecision& decision,
                               Desk from = Desk::kMachine);
  // The question of a letter that waits for a child (store/transfer_repository.h); nothing: over.
  base::Result<std::optional<Question>> QuestionOnDesk(const ConversationId& id, Desk desk);

  // Called in the transaction that takes a reply to a letter of ours; before Start.
  using ReplyTaken = std::function<base::Status(store::Transaction&, const LetterRow&,
                                                const v1::ReplyLetter&, const std::string& number,
                                                std::vector<store::NewEvent>&)>;
  void OnReply(ReplyTaken taken) { reply_taken_.push_back(std::move(taken)); }

  // letter_drafts.cpp: a letter that waits for approval, as an item without a number; who drafted
  // it and who decided. Errors: kNotFound/NO_SUCH_ITEM.
  base::Result<v1::Item> DraftOf(const LetterRow& row) const;
  base::Result<std::optional<DraftRow>> DraftedBy(const ConversationId& id);

  // What an officer could write now, and why not the rest.
  std::vector<AllowedWrite> Allowed(const LetterRow& row) const;

  // desk_slip.cpp: what was found for an incoming letter that a person answers.
  base::Result<std::optional<DeskNote>> SlipOf(const ConversationId& id);

  // household_answer.cpp: a township's visit becomes the answer. A visit that was taken changes
  // nothing; what cannot be said lies on the officer's desk with the reason.
  base::Result<Outcome> AnswerHousehold(const HouseholdFinding& finding);

  // machine_letters.cpp: letters that another one brings about; written once.
  base::Result<Outcome> WriteOnward(const MachineLetter& letter, const Because& because = {});
  base::Result<Outcome> WriteCopy(const MachineLetter& letter);
  // An officer asks the third county that was named, or another one. Errors: kFailedPrecondition/
  // NO_THIRD, ALREADY_DONE; those of Divisions.
  base::Status AskThird(const ConversationId& id, const std::string& to);

  // What the peer gave back after a restore of ours; what is not signed as it should be is left
  // out.
  base::Result<Outcome> TakeReturned(const ConversationId& id, Division peer,
                                     const v1::ReturnItemsReply& reply);
  // A letter that a restore held up, whatever it waits for.
  base::Result<Outcome> GoOn(const ConversationId& id);
  // From now on nothing of an older epoch is taken from the peer.
  base::Status TakeEpoch(Division peer, std::uint64_t epoch);
  // A peer knows a newer epoch of ours than we do.
  base::Status SuspectRestore(std::uint64_t epoch);
  RecoveryBook& recovery() { return recovery_; }

  const Office& office() const { return office_; }
  base::UtcTime Now() const { return clock_.Now(); }
  // The rules of today. Ask once for one decision.
  const Policy& PolicyNow() const { return office_.PolicyAt(Now()); }
  store::Pool& pool() { return pool_; }

 private:
  // What the bytes of a sealed item turned out to be.
  struct Opening {
    v1::SignedItem item = {};
    v1::Item content = {};
    security::LetterSuite suite = security::LetterSuite::kSm;
    Decline verdict = Decline::kNone;
    std::string detail = {};
    bool proven = false;              // the signature is the sender's
  };
  Opening Open(const v1::SealedItem& sealed, Division from) const;
  struct ReturnedItem {
    v1::SignedItem item = {};
    v1::Item content = {};
  };
  // Everything that a step needs besides the protocol's input, and gathers on the way.
  struct Job {
    explicit Job(const Policy& of_the_day) : policy(&of_the_day) {}
    const Policy* policy;             // of the whole use case, also across midnight
    v1::Item content = {};            // of the item that an officer or the machine writes
    baoxue::bus::v1::Actor actor = {};
    bool lane_open = true;
    std::string by_hand = {};         // reference of a paper item
    std::string receipt = {};         // SignedReceipt that came
    const v1::SignedItem* arrived = nullptr;
    std::vector<ReturnedItem> returned = {};
    std::vector<Item> before = {};    // ours, before what was returned
    Cargo* cargo = nullptr;           // of the transaction
    std::vector<ItemRow> items = {};  // written by the step
    std::shared_ptr<const Written> written = {};
    std::optional<ItemRow> taken = {};  // what arrived, until its receipt is made
    std::vector<store::NewEvent> events = {};
    std::string opening_no = {};
  };
  using Work = std::function<base::Result<Outcome>(store::Transaction&, Job&)>;

  // `id`: the letter that the work will lock.
  base::Result<Outcome> InTransaction(Job& job, const ConversationId& id, const Work& work);
  base::Result<Outcome> OnceOnly(const Once& once, Job& job, const ConversationId& id,
                                 const Work& work);
  base::Result<Outcome> OnExisting(const ConversationId& id, const Input& input, Job& job);
  base::Result<Outcome> Advance(store::Transaction& tx, LetterRow& row, const Input& input,
                                Job& job);
  Digest WriteItem(const LetterRow& row, const tracing::Draft& draft, const Book& book, Job& job);
  base::Status Save(store::Transaction& tx, LetterRow& row, const Effects& effects, Job& job,
                    Outcome& outcome);
  base::Status Answer(store::Transaction& tx, const LetterRow& row, const Send& send, Job& job,
                      Outcome& outcome);
  // follow.cpp: what an answer brings about here: the event for cases, the letter to a third
  // county, the superior's copy.
  base::Status Follow(store::Transaction& tx, const LetterRow& row, const Record& record, Job& job);
  base::Status FollowReply(store::Transaction& tx, const LetterRow& row, std::uint32_t seq,
                           Job& job);
  base::Result<bool> NameThird(store::Transaction& tx, const LetterRow& row, std::uint32_t seq,
                               const v1::ReplyLetter& reply, const Policy& policy);
  base::Status WantVisit(store::Transaction& tx, const LetterRow& row, Job& job);
  base::Status KeepSlip(store::Transaction& tx, const ConversationId& id,
                        const ReplyDecision& decision);
  base::Status NoteDraft(store::Transaction& tx, const LetterRow& row,
                         const baoxue::bus::v1::Actor& actor, const Because& because);
  base::Status NoteDecision(store::Transaction& tx, const LetterRow& row,
                            const v1::DoLetterAct& act, const baoxue::bus::v1::Actor& actor);
  base::Result<Outcome> HandToOfficer(const HouseholdAnswer& answer, const std::string& why);
  base::Result<v1::SignedReceipt> MakeReceipt(const LetterRow& row, std::uint32_t seq) const;
  base::Result<ReturnedItem> OpenReturned(const v1::SealedItem& sealed, const ConversationId& id,
                                          Division peer) const;
  base::Status Adopted(store::Transaction& tx, LetterRow& row, const Record& record, Job& job,
                       Outcome& outcome);
  // A letter that came back from its peer has lost its case; the case asks for it again.
  base::Status Rejoin(store::Transaction& tx, LetterRow& row, const v1::DraftLetter& request,
                      Job& job);
  Question QuestionIn(const ConversationId& id, LetterKind kind, const v1::Item& item) const;
  // Errors: kInvalidArgument/TOO_LARGE.
  static base::Status CheckSize(const v1::Item& content, const Policy& policy);
  base::Result<bool> IsOverQuota(store::Transaction& tx, const Job& job, Division from) const;
  Decline JudgeEpochs(Division from, std::uint64_t of_item) const;
  base::Result<DocumentNumber> TakeNumber(store::Transaction& tx, Job& job, base::Date day);
  v1::DeliverReply Declined(const v1::SealedItem& sealed, const v1::Item& item,
                            const std::string& hash, const SendDeclined& why) const;
  std::string SealAtRest(const v1::SignedItem& item) const;
  base::Result<v1::SignedItem> OpenAtRest(const std::string& sealed) const;

  store::Pool& pool_;
  const Office& office_;
  const base::Clock& clock_;
  base::IdSource& ids_;
  RecoveryBook recovery_;
  Train train_;
  std::vector<ReplyTaken> reply_taken_;
};

}  // namespace tracing
