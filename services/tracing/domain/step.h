// The inside of protocol.h: one Step at work on a copy of the conversation.
//
// Decisions, messages and timers are in files of their own; what they share is here: posting an
// item, delivering the first one that waits, saying why it does not go on. Not used outside of
// domain. Errors as in protocol.h; not thread-safe.
#pragma once

#include "tracing/domain/protocol.h"

namespace tracing {

class Stepper {
 public:
  Stepper(Conversation copy, const Context& context);
  base::Status Run(const Input& input);
  Conversation TakeConversation() { return std::move(c_); }
  Effects TakeEffects() { return std::move(effects_); }

 private:
  // decide.cpp
  base::Status On(const DraftLetter& input);
  base::Status On(const Approve& input);
  base::Status On(const Reject& input);
  base::Status On(const Write& input);
  base::Status On(const ToDesk& input);
  base::Status On(const Resend& input);
  base::Status On(const ByPaper& input);
  base::Status On(const PaperReceipt& input);
  base::Status On(const PaperItem& input);
  // arrive.cpp
  base::Status On(const Arrived& input);
  base::Status On(const ReceiptArrived& input);
  base::Status On(const DeclinedArrived& input);
  base::Status On(const Returned& input);
  // tick.cpp
  base::Status On(const Tick& input);
  base::Status On(const LookUpFailed& input);

  Decline JudgeArrival(const Arrived& input);
  void Begin(const Arrived& input);
  void TakeItem(const Arrived& input);
  bool SawOurs(const Arrived& input, const Direction& other) const;
  bool AdoptNext(const Arrived& item);
  bool Adopt(const Arrived& input);
  void LetterCame(ItemKind kind);
  void TryOpen();
  void TickDeadlines(const Facts& facts);
  void TickClosing(const Facts& facts);

  base::Status Post(Item item);
  void Append(Direction& direction, Item item, bool by_asker);
  void RebuildHead(Direction& direction, bool by_asker);
  void Deliver();
  void DeliverOnPaper();
  void NextWaits();               // the item after the delivered ones has its turn
  void MarkDelivered();
  void SetStuck(Stuck stuck);
  void ToOfficer(int round);
  void Decline_(const Arrived& input, Decline reason);
  void Note(Did did, bool mine, std::uint32_t seq);
  void Finish(const Facts& before);
  void Differs(std::uint32_t seq);

  bool IsAsker() const { return c_.side == Side::kAsker; }
  base::Date Today() const { return base::DateAt(ctx_.now); }

  Conversation c_;
  const Context& ctx_;
  Effects effects_;
  bool confirms_ = false;  // something came that may complete what both sides have
};

// Whether this side may write the item now.
base::Status CheckWrite(const Conversation& conversation, const Facts& facts, const Write& write,
                        const Context& context);
base::Error Refused(std::string_view reason, std::string_view detail);

}  // namespace tracing
