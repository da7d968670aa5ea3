// What a letter brings about within the deployment and what officers see beside it: candidates,
// visits of townships that become answers (by cases' feed, case_reactions), letters to a third
// county and to the superior.
//
// The rows say what is due (two Chores); what fails stays due. Thread-safe. Errors of the requests:
// README.md of tracing.
#pragma once

#include "host/host.h"
#include "tracing/app/letter_desk.h"
#include "tracing/endpoints/chore.h"

namespace tracing {

class DeskRoom {
 public:
  // Told of what a step left to be done (Courier::Take), and that there is something to look for.
  using Take = std::function<void(const Outcome&)>;
  DeskRoom(host::Host& host, LetterDesk& desk, Take take, std::function<void()> look);
  // Before the server starts: the request NameChildren.
  void Register();
  Chore AnswerChore();
  Chore MachineChore();

  // What GetLetter shows besides the letter.
  base::Status PutSheet(const LetterRow& row, v1::Letter* out);
  // The act ask_third.
  base::Status AskThird(const v1::DoLetterAct& message);
  // Fills the reply of an answer by the candidate that the officer chose.
  // Errors: NO_CANDIDATE, CANDIDATE_NO_ANSWER.
  base::Status ChooseCandidate(v1::DoLetterAct& message);

 private:
  base::Result<v1::NameChildrenReply> NameChildren(const v1::NameChildren& message);
  base::Status NameAway(const v1::NameChildren& message, v1::NameChildrenReply& reply);
  base::Result<std::uint64_t> RunMachine();
  base::Status Write(MachineLetter letter);

  host::Host& host_;
  LetterDesk& desk_;
  Take take_;
  std::function<void()> look_;
};

}  // namespace tracing
