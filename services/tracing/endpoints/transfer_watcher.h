// Transfers at work: the registry's feed, the letters that the watch writes and hears, what the
// calendar makes due (a Chore of the courier), the last paid term from subsidy, the requests.
//
// The machine acts as the county's inbox. A letter's key is made from the watch, so a repeat after
// a crash is the same letter. What cannot be asked now stays due. Thread-safe.
#pragma once

#include "host/host.h"
#include "tracing/app/transfer_desk.h"
#include "tracing/endpoints/courier.h"
#include "tracing/endpoints/registry_reactions.h"

namespace tracing {

class TransferWatcher {
 public:
  // All references outlive the watcher. `ask_subsidy`: the deployment has the service, so no
  // 转学联系函 is answered before it has said what was paid.
  TransferWatcher(host::Host& host, LetterDesk& letters, Courier& courier, bool ask_subsidy);
  // Before the courier's Start and the follower's.
  void Register(RegistryReactions& reactions);
  // The directory is new: what could not be written to a county that it knows now, goes at once.
  base::Status DirectoryChanged();

 private:
  void RegisterRequests();
  void Report();
  Chore Work();
  base::Result<std::uint64_t> Run();
  base::Result<std::uint64_t> WriteLetters();
  base::Status WriteLetter(std::int64_t watch_id);
  base::Result<v1::DraftLetter> LetterFor(const TransferRow& row);
  base::Status Issue(const ConversationId& id);
  base::Result<std::uint64_t> ReadLetters();
  base::Status LookForChild(const ConversationId& id);
  base::Status Hear(const ConversationId& id);
  base::Status Enrich(const Question& question, LookedUp& facts);
  base::Status AskLastPaid(std::int64_t student_id, std::string& term, std::int64_t& fen);
  v1::Transfer Show(const TransferRow& row) const;
  v1::TransferReply Sheet(const TransferRow& row, const std::vector<TransferEntry>& entries) const;
  bus::CallOptions AsInbox(const std::string& what) const;

  host::Host& host_;
  LetterDesk& letters_;
  Courier& courier_;
  TransferDesk desk_;
  bool ask_subsidy_;
};

}  // namespace tracing
