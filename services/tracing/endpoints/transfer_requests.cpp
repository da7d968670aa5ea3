// ListTransfers, GetTransfer, RecordTransferStep; health and metrics of the watch.
#include <fmt/format.h>

#include <algorithm>

#include "tracing/contract/parcel.h"
#include "tracing/endpoints/mapping.h"
#include "tracing/endpoints/transfer_watcher.h"
#include "tracing/store/codec.h"

namespace tracing {
namespace {

constexpr std::uint32_t kLimitDefault = 100;
constexpr std::uint32_t kLimitMax = 1000;

}  // namespace

v1::Transfer TransferWatcher::Show(const TransferRow& row) const {
  const TransferWatch& watch = row.watch;
  v1::Transfer out;
  out.set_watch_id(row.watch_id);
  out.set_direction(static_cast<v1::TransferDirection>(watch.direction));
  out.set_state(static_cast<v1::TransferState>(watch.state));
  out.set_state_name(std::string{TransferStateChinese(watch.state)});
  out.set_student_id(row.student_id);
  out.set_student_name(row.student_name);
  out.set_other_division(row.other.ToString());
  const auto book = letters_.office().book();
  const v1::Member* const member = book->directory.Find(row.other.ToString());
  if (member != nullptr) out.set_other_name(member->name());
  out.set_other_school(row.other_school);
  PutDate(watch.began, out.mutable_began());
  if (watch.direction == TransferDirection::kOut) {
    PutDate(watch.arrive_by, out.mutable_arrive_by());
  }
  if (watch.arrived_on) PutDate(*watch.arrived_on, out.mutable_arrived_on());
  out.set_was_missing(watch.was_missing || watch.state == TransferState::kMissing);
  for (const Party party : kRoute) {
    const PartyClock& clock = watch[party];
    v1::TransferParty& one = *out.add_parties();
    one.set_party(std::string{PartyName(party)});
    one.set_name(std::string{PartyChinese(party)});
    PutDate(clock.due, one.mutable_due());
    one.set_running(clock.running);
    if (clock.done) PutDate(*clock.done, one.mutable_done());
    one.set_by(clock.by);
    one.set_how(std::string{SourceName(clock.how)});
    one.set_overdue(clock.overdue);
  }
  if (row.conversation != ConversationId{}) out.set_conversation_id(BytesOf(row.conversation));
  out.set_letter_problem(row.letter_problem);
  if (row.reply_code != 0) out.set_reply(EffectOf(row.reply_code).name);
  out.set_last_paid_term(row.last_paid_term);
  out.set_last_paid_fen(row.last_paid_fen);
  out.set_version(row.version);
  return out;
}

v1::TransferReply TransferWatcher::Sheet(const TransferRow& row,
                                         const std::vector<TransferEntry>& entries) const {
  v1::TransferReply reply;
  *reply.mutable_transfer() = Show(row);
  for (const TransferEntry& entry : entries) {
    v1::TransferEntry& one = *reply.mutable_transfer()->add_history();
    *one.mutable_at() = ToProto(entry.at);
    one.set_kind(entry.kind);
    one.set_text(entry.text);
    if (entry.actor_person_id.empty()) continue;
    one.mutable_actor()->set_person_id(entry.actor_person_id);
    one.mutable_actor()->set_name(entry.actor_name);
    one.mutable_actor()->set_role(entry.actor_role);
    one.mutable_actor()->set_body(entry.actor_body);
  }
  return reply;
}

void TransferWatcher::RegisterRequests() {
  bus::Server& server = host_.server();
  server.On<v1::ListTransfers, v1::ListTransfersReply>(
      [this](const bus::Request&,
             const v1::ListTransfers& ask) -> base::Result<v1::ListTransfersReply> {
        const TransferFilter filter{
            .direction = static_cast<int>(ask.direction()),
            .state = static_cast<int>(ask.state()),
            .overdue_only = ask.overdue_only(),
            .open_only = ask.open_only(),
            .student_id = ask.student_id(),
            .after = ask.after(),
            .limit = ask.limit() == 0 ? kLimitDefault : std::min(ask.limit(), kLimitMax)};
        std::uint64_t total = 0;
        ASSIGN_OR_RETURN(const auto rows, desk_.List(filter, total));
        v1::ListTransfersReply reply;
        for (const TransferRow& row : rows) *reply.add_transfers() = Show(row);
        reply.set_total(total);
        return reply;
      });
  server.On<v1::GetTransfer, v1::TransferReply>(
      [this](const bus::Request&, const v1::GetTransfer& ask) -> base::Result<v1::TransferReply> {
        ASSIGN_OR_RETURN(const auto found, desk_.Get(ask.watch_id()));
        return Sheet(found.first, found.second);
      });
  server.On<v1::RecordTransferStep, v1::TransferReply>(
      [this](const bus::Request& request,
             const v1::RecordTransferStep& step) -> base::Result<v1::TransferReply> {
        ASSIGN_OR_RETURN(const auto actor, ActorFrom(request.envelope));
        ASSIGN_OR_RETURN(const std::string bytes,
                         desk_.Record(step, actor,
                                      {.key = request.envelope.idempotency_key(),
                                       .request_type = request.envelope.type()},
                                      [this](const TransferRow& row, const auto& entries) {
                                        return Sheet(row, entries).SerializeAsString();
                                      }));
        host_.NotifyFeed();
        v1::TransferReply reply;
        (void)reply.ParseFromString(bytes);
        return reply;
      });
}

void TransferWatcher::Report() {
  host_.AddHealth("transfers", [this] {
    baoxue::bus::v1::DependencyHealth health;
    health.set_name("transfers");
    TransferTally tally;
    const base::Status read = desk_.pool().WithSession([&](store::Session& s) -> base::Status {
      ASSIGN_OR_RETURN(tally, TallyTransfers(s));
      return {};
    });
    health.set_ok(read.ok());
    health.set_lag(tally.missing);
    health.set_detail(fmt::format("转出待到校 {} 人，逾期未到 {} 人，有一方逾期 {} 件，未能发函 {} 件",
                                  tally.waiting, tally.missing, tally.overdue,
                                  tally.without_letter));
    return health;
  });
  host::Metrics& metrics = host_.metrics();
  host::Gauge waiting = metrics.gauge("baoxue_tracing_transfers_waiting",
                                      "Children who went out and may still arrive in time");
  host::Gauge missing = metrics.gauge("baoxue_tracing_transfers_missing",
                                      "Children who went out and are not known to have arrived");
  host::Gauge overdue = metrics.gauge("baoxue_tracing_transfers_overdue",
                                      "Transfers with a party beyond its days");
  host::Gauge unwritten = metrics.gauge("baoxue_tracing_transfers_without_letter",
                                        "Transfers whose letter cannot be written");
  metrics.Collect([this, waiting, missing, overdue, unwritten]() mutable {
    TransferTally tally;
    const base::Status read = desk_.pool().WithSession([&](store::Session& s) -> base::Status {
      ASSIGN_OR_RETURN(tally, TallyTransfers(s));
      return {};
    });
    if (!read.ok()) return;
    waiting.Set(static_cast<double>(tally.waiting));
    missing.Set(static_cast<double>(tally.missing));
    overdue.Set(static_cast<double>(tally.overdue));
    unwritten.Set(static_cast<double>(tally.without_letter));
  });
}

}  // namespace tracing
