// 「这孩子在哪里」 at the service's doors: AskWhere, DecideWhere, GetWhere, ListWhere, DraftWhereLetter
// from our own officers; BlindQuestion from other counties; the chore that asks them and repeats.
//
// Errors: those of WhereDesk; kResourceExhausted of the guard. Thread-safe.
#pragma once

#include <functional>

#include "host/host.h"
#include "tracing/app/where_desk.h"
#include "tracing/endpoints/chore.h"
#include "tracing/endpoints/courier.h"
#include "tracing/endpoints/guard.h"

namespace tracing {

class WhereHandlers {
 public:
  WhereHandlers(host::Host& host, LetterDesk& letters, Exchange& exchange, Courier& courier,
                Guard& guard);
  // Before the exchange opens and the courier starts.
  void Register();

  // Another way to a county that cannot be reached directly: false, it is not that way either.
  using Post = std::function<bool(Division to, const v1::BlindQuestion& question)>;
  void SetPost(Post post) { post_ = std::move(post); }
  // What came by another way than the door.
  base::Result<v1::BlindAnswer> Arrive(const v1::BlindQuestion& question, Division from);
  base::Status Take(Division from, const v1::BlindAnswer& answer);

 private:
  base::Result<v1::AskWhereReply> Ask(const bus::Request& request, const v1::AskWhere& message);
  base::Result<v1::WhereReply> Decide(const bus::Request& request,
                                      const v1::DecideWhere& message);
  base::Result<v1::WhereReply> Sheet(const std::string& id, bool with_members);
  base::Result<v1::ListWhereReply> List(const v1::ListWhere& message);
  base::Result<v1::LetterReply> Draft(const bus::Request& request,
                                      const v1::DraftWhereLetter& message);
  base::Result<v1::DraftLetter> LetterAbout(const WhereRow& row,
                                            const v1::DraftWhereLetter& message,
                                            const baoxue::bus::v1::Actor& actor);
  WhereRegistry Registry();
  base::Result<std::uint64_t> Run();
  void AskMembers(const std::vector<WhereParcel>& parcels);

  host::Host& host_;
  LetterDesk& letters_;
  Exchange& exchange_;
  Courier& courier_;
  Guard& guard_;
  Post post_;
  WhereDesk desk_;
  host::Counter asked_;
  host::Counter answered_;
};

}  // namespace tracing
