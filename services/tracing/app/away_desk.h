// The use cases of children who live elsewhere: each is one transaction of row, history and events.
//
// What falls due is done row by row: the registry is asked first whether the child is back, a
// letter is drafted under a key made from the row and its count (a repeat is the same letter), and
// only then the row moves on; killed in between, the next run finds the same row and the same
// letter. What letters bring is taken from this service's own feed, whose position is saved with
// the effects. Writes of officers are idempotent by the caller's key. Thread-safe.
// Errors: those of AwayEntry and libs/store; kNotFound/NO_AWAY; kConflict/VERSION_MISMATCH;
// kInvalidArgument/KEY_MISSING, KEY_REUSED, BAD_ACT, TEXT_MISSING, BAD_DATE, SCHOOL_MISSING,
// BAD_DIVISION, LIVES_HERE; kFailedPrecondition/WRONG_STATE, OVER_AGE, AWAY_OFF, PLACE_UNKNOWN.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "tracing/app/away_entry.h"
#include "tracing/app/letter_desk.h"

namespace tracing {

class AwayDesk {
 public:
  // The child as a student of ours, on a roll today.
  struct Here {
    std::int64_t student_id = 0;
    std::string school = {};
  };
  struct Known {
    std::optional<Here> here = {};     // nothing: sits in no class of ours
    std::int64_t person_id = 0;        // on the school-age list; 0: not there, or not asked
  };
  // Errors: the registry is away.
  using Registry =
      std::function<base::Result<Known>(const std::string& id_number, bool ask_person)>;
  // What a letter that was drafted leaves to be done.
  using Sent = std::function<void(const Outcome&)>;

  AwayDesk(LetterDesk& letters, Registry registry, Sent sent);

  // Serialised AwayReply, ImportAwayReply.
  base::Result<std::string> Add(const v1::AddAway& request, const baoxue::bus::v1::Actor& actor,
                                const Once& once);
  base::Result<std::string> Act(const v1::DoAwayAct& request, const baoxue::bus::v1::Actor& actor,
                                const Once& once);
  base::Result<std::string> Import(const v1::ImportAway& request,
                                   const baoxue::bus::v1::Actor& actor, const Once& once);
  base::Result<v1::AwayReply> Get(std::int64_t away_id);
  base::Result<v1::ListAwayReply> List(const AwayFilter& filter);

  // Does what is due; returns how many rows moved on. What fails stays due.
  base::Result<std::uint64_t> RunDue();
  // Takes what came in since the last look; returns how many events were read.
  base::Result<std::uint64_t> RunFeed();
  base::Result<std::uint64_t> FeedLag(store::Session& session);
  // After a change of rules or calendar: when each row falls due now.
  base::Status PlanAll();
  // A township found that the child of a letter or case lives elsewhere: listed, or moved.
  base::Status FoundElsewhere(store::Transaction& tx, const v1::AwayEntry& entry,
                              const std::string& origin, std::vector<store::NewEvent>& events);
  // What a township's visit to a listed family found; one that was taken changes nothing.
  base::Status Visit(const AwayAnswer& answer, const AwayFinding& finding,
                     const std::string& school, const std::string& text);

 private:
  // What a step adds to a row's history and to the feed.
  struct Step {
    std::string_view kind = {};
    std::string text = {};
    std::string_view event = {};                    // "" for none
    baoxue::bus::v1::Actor actor = {};
    std::optional<ConversationId> conversation = {};
    bool was_missing = false;                       // before it
    bool suspect = false;                           // the rules tell missing proof as a suspicion
  };
  // An event of the own feed that concerns a child, with what its letter says.
  struct News {
    std::uint64_t seq = 0;
    ConversationId conversation = {};
    std::string child_key = {};
    AwayFinding finding = {};
    std::string school = {};
    std::string text = {};
    bool proof_letter = false;
    std::vector<ConversationId> asked_before = {};  // the letters that this one asks on for
    std::optional<v1::AwayEntry> elsewhere = {};    // our own answer said where the child is
    std::optional<store::NewEvent> household = {};  // a file was handed over to us
  };
  using Events = std::vector<store::NewEvent>;
  using Work = std::function<base::Result<std::string>(store::Transaction&, Events&)>;

  AwayContext ContextNow() const;
  baoxue::bus::v1::Actor Machine() const;
  base::Result<std::string> OnceOnly(const Once& once, const Work& work);
  base::Status InTransaction(const std::function<base::Status(store::Transaction&, Events&)>& work);
  base::Status Save(store::Transaction& tx, AwayRow& row, const Step& step, Events& events);
  base::Status SaveQuietly(store::Transaction& tx, AwayRow& row);
  base::Result<AwayRow> MustLock(store::Transaction& tx, std::int64_t away_id);
  // Adds or changes; the reason says which. Errors: OVER_AGE.
  base::Result<std::string> Enter(store::Transaction& tx, const v1::AwayEntry& entry,
                                  const Step& step, const std::string& origin, AwayRow& row,
                                  Events& events);
  base::Result<Step> Apply(const v1::DoAwayAct& request, AwayRow& row, AwayDetails& details,
                           Events& events);

  base::Result<bool> RunOne(std::int64_t away_id);
  base::Result<bool> RunTask(const AwayRow& seen, const AwayDue& due);
  // The question that the machine asks on for the row's last letter, to where the child is said to
  // live now. Nothing: the row asks for itself.
  base::Result<std::optional<MachineLetter>> OnwardOf(const AwayRow& row);
  v1::DraftLetter Search(const AwayRow& row, const AwayDetails& details) const;
  base::Status SaveAsked(store::Transaction& tx, const AwayRow& seen,
                         const std::optional<MachineLetter>& onward,
                         const base::Result<ConversationId>& letter, Events& events);
  base::Result<bool> AskByLetter(const AwayRow& seen, const AwayDetails& details);
  base::Status CameBack(std::int64_t away_id, const Here& here);
  store::NewEvent WantVisit(const AwayRow& row, const std::string& text) const;
  store::NewEvent Changed(const AwayRow& row, const Step& step, const std::string& reason) const;

  std::optional<News> Read(const store::StoredEvent& event);
  std::optional<News> ReadProof(const ConversationId& id);
  std::optional<News> ReadHandOver(const ConversationId& id);
  std::optional<News> ReadAnswer(const ConversationId& id, bool ours);
  base::Status Take(store::Transaction& tx, const News& news, Events& events);

  v1::AwayReply Sheet(const AwayRow& row) const;
  void PutRow(const AwayRow& row, v1::AwayRow* out) const;

  LetterDesk& letters_;
  const Registry registry_;
  const Sent sent_;
};

}  // namespace tracing
