#include "tracing/endpoints/handlers.h"

#include "tracing/app/print_desk.h"
#include "tracing/endpoints/letter_sheet.h"
#include "tracing/endpoints/mapping.h"
#include "tracing/store/codec.h"
#include "tracing/store/transfer_repository.h"

namespace tracing {
namespace {

using base::Code;
using base::Error;

Once OnceOf(const bus::Request& request) {
  return {.key = request.envelope.idempotency_key(), .request_type = request.envelope.type()};
}

}  // namespace

Handlers::Handlers(host::Host& host, LetterDesk& desk, DirectoryDesk& directory,
                   DirectoryNews& news, Exchange& exchange, Courier& courier,
                   PeerWatch& watch, DeskRoom& room)
    : host_(host), desk_(desk), directory_(directory), news_(news), exchange_(exchange),
      courier_(courier), watch_(watch), room_(room), subject_(host, desk.office()) {}

template <class Req, class Rep>
void Handlers::On(base::Result<Rep> (Handlers::*handler)(const bus::Request&, const Req&)) {
  host_.server().On<Req, Rep>([this, handler](const bus::Request& request, const Req& message) {
    return (this->*handler)(request, message);
  });
}

void Handlers::Register() {
  On(&Handlers::Draft);
  On(&Handlers::Act);
  On(&Handlers::Get);
  On(&Handlers::List);
  On(&Handlers::GetDirectory);
  On(&Handlers::Import);
  On(&Handlers::Export);
  On(&Handlers::Leave);
  On(&Handlers::SelfTest);
  On(&Handlers::Rotate);
  On(&Handlers::Revoke);
  On(&Handlers::Peers);
  On(&Handlers::OpenPeer);
  On(&Handlers::Summary);
}

LetterDesk::Encode Handlers::Encoder() const {
  return [this](const LetterRow& row) {
    v1::LetterReply reply;
    PutLetter(row, *desk_.office().book(), desk_.office(), desk_.Now(), reply.mutable_letter());
    return reply.SerializeAsString();
  };
}

base::Result<v1::LetterReply> Handlers::Draft(const bus::Request& request,
                                              const v1::DraftLetter& message) {
  ASSIGN_OR_RETURN(const auto actor, ActorFrom(request.envelope));
  ASSIGN_OR_RETURN(const v1::DraftLetter draft, subject_.Prepare(message, actor));
  ASSIGN_OR_RETURN(const Outcome outcome,
                   desk_.Draft(draft, actor, OnceOf(request), Encoder(),
                               {.hops = {}, .by_officer = true}));
  courier_.Take(outcome);
  v1::LetterReply reply;
  (void)reply.ParseFromString(outcome.reply);
  return reply;
}

base::Result<v1::LetterReply> Handlers::Act(const bus::Request& request,
                                            const v1::DoLetterAct& asked) {
  ASSIGN_OR_RETURN(const auto actor, ActorFrom(request.envelope));
  v1::DoLetterAct message = asked;
  if (message.kind() == "ask_third") {
    RETURN_IF_ERROR(room_.AskThird(message));
    ASSIGN_OR_RETURN(const LetterRow row, desk_.Get(IdFrom(message.conversation_id())));
    return Sheet(row, false, false);
  }
  if (message.kind() == "answer" && message.candidate_student_id() != 0) {
    RETURN_IF_ERROR(room_.ChooseCandidate(message));
  }
  ASSIGN_OR_RETURN(const Outcome outcome, desk_.Act(message, actor, OnceOf(request), Encoder()));
  courier_.Take(outcome);
  v1::LetterReply reply;
  (void)reply.ParseFromString(outcome.reply);
  return reply;
}

base::Result<v1::LetterReply> Handlers::Sheet(const LetterRow& row, bool with_items,
                                              bool with_content) {
  v1::LetterReply reply;
  PutLetter(row, *desk_.office().book(), desk_.office(), desk_.Now(), reply.mutable_letter());
  ASSIGN_OR_RETURN(const auto of_asker, desk_.Items(row.conversation.id, true));
  ASSIGN_OR_RETURN(const auto of_answerer, desk_.Items(row.conversation.id, false));
  PutLog(row, of_asker, of_answerer, with_items, reply.mutable_letter());
  if (with_content) {
    RETURN_IF_ERROR(PutContent(of_asker, of_answerer, *desk_.office().book(),
                               reply.mutable_letter()));
  }
  RETURN_IF_ERROR(PutDraft(desk_, row, with_content, reply.mutable_letter()));
  for (const AllowedWrite& one : desk_.Allowed(row)) {
    v1::AllowedLetterAct& act = *reply.mutable_letter()->add_allowed();
    act.set_kind(ItemKindName(one.kind));
    act.set_name(ItemKindChinese(one.kind));
    act.set_allowed(one.allowed);
    act.set_reason(one.reason);
  }
  PutConfirmed(row, reply.letter().incoming() ? of_asker : of_answerer, reply.mutable_letter());
  RETURN_IF_ERROR(PrintDesk{desk_}.PutPaper(row.conversation.id, reply.mutable_letter()));
  RETURN_IF_ERROR(room_.PutSheet(row, reply.mutable_letter()));
  return reply;
}

base::Result<v1::LetterReply> Handlers::Get(const bus::Request&, const v1::GetLetter& message) {
  ASSIGN_OR_RETURN(const LetterRow row, desk_.Get(IdFrom(message.conversation_id())));
  return Sheet(row, message.with_items(), message.with_content());
}

base::Result<v1::ListLettersReply> Handlers::List(const bus::Request&,
                                                  const v1::ListLetters& message) {
  std::uint64_t total = 0;
  ASSIGN_OR_RETURN(const LetterFilter filter,
                   FilterFrom(message, desk_.Now(), desk_.PolicyNow()));
  ASSIGN_OR_RETURN(const std::vector<LetterRow> rows,
                   desk_.List(filter, total));
  v1::ListLettersReply reply;
  const std::shared_ptr<const Book> book = desk_.office().book();
  for (const LetterRow& row : rows) {
    PutLetter(row, *book, desk_.office(), desk_.Now(), reply.add_letters());
  }
  reply.set_total(total);
  return reply;
}

base::Result<v1::GetDirectoryReply> Handlers::GetDirectory(const bus::Request&,
                                                           const v1::GetDirectory&) {
  return directory_.Get();
}
base::Result<v1::ImportDirectoryReply> Handlers::Import(const bus::Request& request,
                                                        const v1::ImportDirectory& message) {
  ASSIGN_OR_RETURN(const auto actor, ActorFrom(request.envelope));
  return directory_.Import(message, actor.person_id());
}
base::Result<v1::ExportMemberReply> Handlers::Export(const bus::Request&, const v1::ExportMember&) {
  return directory_.Export();
}
base::Result<v1::LeaveDirectoryReply> Handlers::Leave(const bus::Request& request,
                                                      const v1::LeaveDirectory&) {
  ASSIGN_OR_RETURN(const auto actor, ActorFrom(request.envelope));
  LetterFilter open;
  open.open_only = true;
  open.limit = 1;
  std::uint64_t total = 0;
  ASSIGN_OR_RETURN(const auto rows, desk_.List(open, total));
  ASSIGN_OR_RETURN(v1::LeaveDirectoryReply reply,
                   directory_.Leave([this](const v1::SignedDirectory& file,
                                           const std::vector<std::string>& members) {
                     return news_.Farewell(file, members);
                   }));
  reply.set_open_letters(static_cast<std::uint32_t>(total));
  return reply;
}
base::Result<v1::SelfTestReply> Handlers::SelfTest(const bus::Request&,
                                                   const v1::SelfTest& message) {
  return directory_.SelfTest(message, greet_);
}
base::Result<v1::RotateKeysReply> Handlers::Rotate(const bus::Request& request,
                                                   const v1::RotateKeys& message) {
  ASSIGN_OR_RETURN(const auto actor, ActorFrom(request.envelope));
  return directory_.Rotate(message);
}

base::Result<v1::RevokeKeyReply> Handlers::Revoke(const bus::Request& request,
                                                  const v1::RevokeKey& message) {
  ASSIGN_OR_RETURN(const auto actor, ActorFrom(request.envelope));
  if (message.reason().empty()) {
    return Error{Code::kInvalidArgument, "TEXT_MISSING", "请写明撤销钥匙的原因"};
  }
  ASSIGN_OR_RETURN(v1::RevokeKeyReply reply, directory_.Revoke(message));
  host::LogWarn("tracing.key_revoked", {{"key", message.key_id()}, {"by", actor.person_id()}});
  return reply;
}

base::Result<v1::ListPeersReply> Handlers::Peers(const bus::Request&, const v1::ListPeers&) {
  std::vector<PeerTally> tallies;
  RETURN_IF_ERROR(desk_.pool().WithSession([&](store::Session& session) -> base::Status {
    ASSIGN_OR_RETURN(tallies, TallyPeers(session));
    return {};
  }));
  const std::shared_ptr<const Book> book = desk_.office().book();
  const std::map<Division, Lane> lanes = courier_.lanes();
  v1::ListPeersReply reply;
  for (const auto& [code, member] : book->directory.members()) {
    const auto division = Division::Parse(code);
    if (!division.ok() || *division == desk_.office().self) continue;
    v1::PeerStatus& one = *reply.add_peers();
    one.set_division(code);
    one.set_name(member.name());
    if (const auto lane = lanes.find(*division); lane != lanes.end()) {
      if (lane->second.heard_at != base::UtcTime{}) {
        *one.mutable_heard_at() = ToProto(lane->second.heard_at);
      }
      one.set_attempts(lane->second.silences);
      if (lane->second.silences > 0) *one.mutable_next_try() = ToProto(lane->second.probe_at);
    }
    watch_.PutPeer(*division, &one);
    for (const PeerTally& tally : tallies) {
      if (tally.peer != *division) continue;
      one.set_waiting(tally.waiting);
      one.set_parked(tally.parked);
      one.set_open_letters(tally.open);
    }
    const auto key = book->directory.SealKey(code, desk_.Now());
    if (key.ok()) *one.mutable_keys_expire() = ToProto(base::InstantAt(key->key().valid.end, 0));
  }
  return reply;
}

base::Result<v1::OpenPeerReply> Handlers::OpenPeer(const bus::Request& request,
                                                   const v1::OpenPeer& message) {
  ASSIGN_OR_RETURN(const auto actor, ActorFrom(request.envelope));
  ASSIGN_OR_RETURN(const Division division, Division::Parse(message.division()));
  RETURN_IF_ERROR(watch_.Open(division, actor.person_id()));
  return v1::OpenPeerReply{};
}

base::Result<v1::TracingSummary> Handlers::Summary(const bus::Request&,
                                                   const v1::GetTracingSummary&) {
  v1::TracingSummary out;
  RETURN_IF_ERROR(desk_.pool().WithSession([&](store::Session& session) -> base::Status {
    ASSIGN_OR_RETURN(const std::vector<Tally> states, TallyStates(session));
    for (const Tally& tally : states) {
      v1::StateTally* one = nullptr;
      for (v1::StateTally& known : *out.mutable_states()) {
        if (static_cast<int>(known.state()) == tally.state) one = &known;
      }
      if (one == nullptr) {
        one = out.add_states();
        one->set_state(static_cast<v1::LetterState>(tally.state));
        one->set_name(std::string{LetterStateChinese(static_cast<LetterState>(tally.state))});
      }
      if (tally.incoming) {
        one->set_incoming(tally.count);
      } else {
        one->set_outgoing(tally.count);
      }
    }
    ASSIGN_OR_RETURN(const std::vector<PeerTally> peers, TallyPeers(session));
    for (const PeerTally& peer : peers) {
      out.set_waiting(out.waiting() + peer.waiting);
      out.set_parked(out.parked() + peer.parked);
    }
    LetterFilter stuck;
    stuck.stuck_only = true;
    ASSIGN_OR_RETURN(const std::uint64_t stuck_count, CountLetters(session, stuck));
    out.set_stuck(stuck_count);
    LetterFilter officer;
    officer.for_officer_only = true;
    officer.printed_since = PrintedSince(desk_.Now(), desk_.PolicyNow());
    ASSIGN_OR_RETURN(const std::uint64_t officer_count, CountLetters(session, officer));
    out.set_for_officer(officer_count);
    LetterFilter overdue;
    overdue.overdue_on = base::DateAt(desk_.Now());
    ASSIGN_OR_RETURN(const std::uint64_t overdue_count, CountLetters(session, overdue));
    out.set_overdue(overdue_count);
    LetterFilter approval;
    approval.for_approval_only = true;
    ASSIGN_OR_RETURN(const std::uint64_t approval_count, CountLetters(session, approval));
    out.set_for_approval(approval_count);
    LetterFilter silent;
    silent.unacknowledged_on = base::DateAt(desk_.Now());
    ASSIGN_OR_RETURN(const std::uint64_t silent_count, CountLetters(session, silent));
    out.set_unacknowledged(silent_count);
    out.set_numbers_frozen(desk_.recovery().state()->numbers_frozen);
    ASSIGN_OR_RETURN(const TransferTally transfers, TallyTransfers(session));
    out.set_transfers_waiting(transfers.waiting);
    out.set_transfers_missing(transfers.missing);
    out.set_transfers_overdue(transfers.overdue);
    out.set_transfers_without_letter(transfers.without_letter);
    return {};
  }));
  return out;
}

}  // namespace tracing
