// The use cases of 「这孩子在哪里」, of both sides. Ours: asked by one officer, approved by
// another, put to each member that answers such questions, repeated to the silent ones until it
// expires. Others': judged, matched by the registry, answered under our signature, here or not;
// the same question again gets the stored answer.
//
// Each change is one transaction with its event, which the asking case follows; the registry is
// asked outside of it. Thread-safe.
// Errors: those of domain/where.h, contract/where.h, the registry and the store;
// kNotFound/NO_QUESTION; kInvalidArgument/REASON_MISSING, STUDENT_MISSING, BAD_PROVINCE,
// KEY_REUSED;
// kFailedPrecondition/NO_OWN_KEY, NOBODY_TO_ASK, NOT_ASKED, NOT_HERE.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "store/event_log.h"
#include "tracing/app/letter_desk.h"
#include "tracing/contract/where.h"
#include "tracing/store/where_repository.h"

namespace tracing {

// What the registry says; the identity number stays there.
struct WhereRegistry {
  struct Made {
    std::string mark = {};
    std::vector<std::string> proofs = {};
    std::string name = {};
    std::string id_masked = {};
  };
  struct Matched {
    std::int64_t student_id = 0;
    std::string proof = {};
  };
  std::function<base::Result<Made>(std::int64_t student_id, const std::string& nonce,
                                   v1::CipherSuite suite, const std::vector<std::string>& proof_of)>
      make = {};
  std::function<base::Result<Matched>(const v1::BlindQuestion& question)> match = {};
};

// One copy of a question that is to be sent, signed for its addressee.
struct WhereParcel {
  Division to = {};
  v1::BlindQuestion question = {};
};

class WhereDesk {
 public:
  // All references outlive the desk.
  WhereDesk(store::Pool& pool, const Office& office, const base::Clock& clock,
            base::IdSource& ids, WhereRegistry registry);

  // The question's id.
  base::Result<std::string> Ask(const v1::AskWhere& request, const baoxue::bus::v1::Actor& actor,
                                const Once& once);
  base::Status Decide(const v1::DecideWhere& request, const baoxue::bus::v1::Actor& actor,
                      const Once& once);
  base::Result<WhereRow> Get(const std::string& id);
  base::Result<std::vector<WhereMemberRow>> MembersOf(const std::string& id);
  base::Result<std::vector<WhereRow>> List(bool open_only, std::uint32_t limit);
  // The letter that followed a "here". Errors: NOT_HERE.
  base::Result<WhereRow> Here(const std::string& id, Division division);
  base::Status NoteLetter(const std::string& id, Division division,
                          const std::string& conversation_id);

  // ---- what is due ----
  base::Result<std::vector<WhereParcel>> Due(std::uint32_t limit);
  base::Result<std::uint64_t> ExpireDue();
  // What a member answered: errors of a bad answer leave the member due.
  base::Status Take(Division from, const v1::BlindAnswer& answer);
  // A try without an answer, and why.
  base::Status Missed(const std::string& id, Division division, const std::string& reason);

  // ---- what others ask ----
  // Errors: those of the registry and the store only; refusals are answers.
  base::Result<v1::BlindAnswer> Arrive(const v1::BlindQuestion& question, Division from);
  base::Result<std::vector<WhereAskedRow>> ListAsked(std::uint32_t limit);
  base::Result<std::vector<WhereAskerRow>> Askers();

 private:
  base::Result<std::string> OnceOnly(
      const Once& once, const std::function<base::Result<std::string>(store::Transaction&)>& work);
  // Errors: NO_QUESTION.
  base::Result<WhereRow> Locked(store::Transaction& tx, const std::string& id);
  base::Result<v1::BlindQuestion> MakeQuestion(const WhereRow& row,
                                               const baoxue::bus::v1::Actor& actor);
  base::Result<std::vector<WhereMemberRow>> Addressees(const WhereRow& row) const;
  base::Result<v1::BlindQuestion> OpenQuestion(const WhereRow& row) const;
  base::Status Settle(store::Transaction& tx, WhereRow& row, std::vector<store::NewEvent>& events);
  base::Status Append(store::Transaction& tx, const std::vector<store::NewEvent>& events);
  store::NewEvent Event(const std::string& what, const WhereRow& row,
                        const std::vector<std::string>& here) const;
  std::string Judge(const v1::BlindQuestion& question, Division from) const;
  base::Result<v1::BlindAnswer> Known(store::Transaction& tx, const v1::BlindQuestion& question,
                                      Division from, bool& known);
  v1::BlindAnswer Sign(v1::BlindAnswer answer) const;
  v1::BlindAnswer Blank(const v1::BlindQuestion& question) const;
  base::Result<v1::BlindAnswer> Refuse(const v1::BlindQuestion& question, Division from,
                                       const std::string& reason);
  base::UtcTime DayBegin() const;
  base::UtcTime NextTry(int attempts, std::uint64_t random) const;

  store::Pool& pool_;
  const Office& office_;
  const base::Clock& clock_;
  base::IdSource& ids_;
  WhereRegistry registry_;
};

}  // namespace tracing
