#include "tracing/endpoints/service.h"

#include "host/log.h"
#include "tracing/endpoints/away_office.h"
#include "tracing/endpoints/case_reactions.h"
#include "tracing/endpoints/hand_over_office.h"
#include "tracing/endpoints/handlers.h"
#include "tracing/endpoints/print_handlers.h"
#include "tracing/endpoints/recovery.h"
#include "tracing/endpoints/relay_handlers.h"
#include "tracing/endpoints/rule_day.h"
#include "tracing/endpoints/where_handlers.h"
#include "tracing/endpoints/transfer_watcher.h"

namespace tracing {
namespace {

struct Settings {
  Office office;
  ExchangeConfig exchange;
};

struct Service {
  Service(host::Host& h, std::shared_ptr<Settings> s)
      : host(h),
        settings(std::move(s)),
        desk(host.pool(), settings->office, host.clock(), host.ids()),
        guard(host.clock(), settings->office),
        rule_day(settings->office, host.clock()),
        exchange(settings->office, settings->exchange, host.clock(), host.ids(),
                 [this](const v1::Deliver& request, Division from) {
                   return Arrive(request, from);
                 }),
        courier(host, desk, exchange),
        directory(host.pool(), settings->office, settings->exchange, host.clock(),
                  [this] { return Changed(); }),
        news(host.pool(), settings->office, host.clock(), directory, exchange),
        room(host, desk, [this](const Outcome& outcome) { courier.Take(outcome); },
             [this] { courier.Look(); }),
        watch(host, desk, guard, courier, directory),
        handlers(host, desk, directory, news, exchange, courier, watch, room),
        recovery(host, desk, exchange, guard,
                 [this](const Outcome& outcome) { courier.Take(outcome); }),
        print_handlers(host, desk, directory, [this] { return transfers.DirectoryChanged(); }),
        where(host, desk, exchange, courier, guard),
        registry_reactions(host),
        transfers(host, desk, courier, settings->exchange.ask_subsidy),
        relay(host, desk, exchange, courier, guard, where, recovery, news,
              settings->exchange),
        away(host, desk, courier),
        hand_over(host, desk, courier),
        arrived(host.metrics().counter("baoxue_tracing_items_arrived_total",
                                       "Items that other counties sent, repeats included")),
        declined(host.metrics().counter("baoxue_tracing_items_declined_total",
                                        "Items of other counties that were not taken")) {}

  ~Service() { Stop(); }

  base::Status Start() {
    settings->office.keyring = &host.keyring();
    rule_day.Begin();
    RETURN_IF_ERROR(directory.Load());
    RETURN_IF_ERROR(recovery.Register());
    RETURN_IF_ERROR(watch.Register());
    courier.AddChore(recovery.AsChore());
    room.Register();
    courier.AddChore(room.AnswerChore());
    courier.AddChore(room.MachineChore());
    courier.SetFetch([this](Division peer, const ConversationId& id, const AskReturn& ask) {
      return recovery.Fetch(peer, id, ask);
    });
    exchange.On<v1::OfferRecord, v1::OfferRecordReply>(
        "", [this](const v1::OfferRecord& offer,
                   Division from) -> base::Result<v1::OfferRecordReply> {
          RETURN_IF_ERROR(guard.Admit(from, offer.ByteSizeLong()));
          base::Result<v1::OfferRecordReply> reply = news.Offered(offer, from);
          if (!reply.ok() && DirectoryNews::IsStrike(reply.error())) guard.Strike(from);
          courier.Look();
          return reply;
        });
    exchange.SetGate([this](Division from, std::size_t bytes) {
      return guard.Admit(from, bytes);
    });
    courier.AddChore(news.AsChore());
    where.Register();
    RETURN_IF_ERROR(relay.Register());
    handlers.SetGreet([this](Division peer, const v1::Hello& hello) {
      return relay.RelayOf(peer) ? relay.Hello(peer, hello) : exchange.Hello(peer, hello);
    });
    RETURN_IF_ERROR(exchange.Open());
    handlers.Register();
    print_handlers.Register();
    transfers.Register(registry_reactions);
    RETURN_IF_ERROR(transfers.DirectoryChanged());
    registry_reactions.Add([this](store::Transaction& tx, const std::vector<bus::Event>& events,
                                  std::vector<store::NewEvent>& told) {
      return away.OnRegistry(tx, events, told);
    });
    registry_reactions.Follow([this] { courier.Look(); });
    Report();
    RETURN_IF_ERROR(away.Start());
    RETURN_IF_ERROR(hand_over.Start());
    rule_day.Add([this] { return directory.Load(); });  // what we can do stands in our record
    rule_day.Add([this] { return away.RulesChanged(); });
    rule_day.Add([this] { return hand_over.RulesChanged(); });
    courier.AddChore(rule_day.AsChore());
    host.FollowBatches(
        "cases",
        [this](store::Transaction& tx, const std::vector<bus::Event>& events) {
          return OnCases(tx, events);
        },
        [this] { courier.Look(); });
    courier.Start();
    host.OnStop([this] { Stop(); });
    return {};
  }

  void Stop() {
    exchange.Close();
    news.Stop();
    courier.Stop();
  }

  base::Status OnCases(store::Transaction& tx, const std::vector<bus::Event>& events) {
    RETURN_IF_ERROR(tracing::OnCases(tx, events, desk.Now()));
    return hand_over.OnCases(tx, events);
  }

  base::Status Changed() {
    const base::Status opened = exchange.Open();
    const base::Status written = transfers.DirectoryChanged();
    return opened.ok() ? written : opened;
  }

  base::Result<v1::DeliverReply> Arrive(const v1::Deliver& request, Division from) {
    arrived.Add();
    const Decline verdict = guard.Take(from, request.item().sealed().size());
    if (verdict != Decline::kNone) {
      declined.Add();
      return desk.Refuse(from, verdict, guard.RetryAfterSeconds(from));
    }
    ASSIGN_OR_RETURN(Outcome outcome, desk.Arrive(request, from));
    if (outcome.answer.has_declined()) declined.Add();
    if (LetterDesk::IsStrike(outcome.answer)) guard.Strike(from);  // PeerWatch tells of it
    courier.Take(outcome);
    return std::move(outcome.answer);
  }

  void Report();

  host::Host& host;
  std::shared_ptr<Settings> settings;
  LetterDesk desk;
  Guard guard;
  RuleDay rule_day;
  Exchange exchange;
  Courier courier;
  DirectoryDesk directory;
  DirectoryNews news;
  DeskRoom room;
  PeerWatch watch;
  Handlers handlers;
  RecoveryRoom recovery;
  PrintHandlers print_handlers;
  WhereHandlers where;
  RegistryReactions registry_reactions;
  TransferWatcher transfers;
  RelayHandlers relay;
  AwayOffice away;
  HandOverOffice hand_over;
  host::Counter arrived;
  host::Counter declined;
};

// Doctor, metrics, what is pending.
void Service::Report() {
  host.SetWorkPending([this]() -> base::Result<std::uint64_t> {
    ASSIGN_OR_RETURN(const std::uint64_t due, courier.DueRows());
    return due + courier.busy();
  });
  host.SetNextDue([this] { return courier.NextDue(); });
  host.OnClockMoved([this] { courier.Look(); });
  host::Gauge stuck = host.metrics().gauge("baoxue_tracing_letters_stuck",
                                                 "Letters that do not go on, with a reason");
  host::Gauge waiting = host.metrics().gauge("baoxue_tracing_letters_waiting",
                                                   "Letters with an item without a receipt");
  host.metrics().Collect([this, stuck, waiting]() mutable {
    std::vector<PeerTally> peers;
    std::uint64_t count = 0;
    const base::Status read = desk.pool().WithSession([&](store::Session& s) -> base::Status {
      ASSIGN_OR_RETURN(peers, TallyPeers(s));
      LetterFilter filter;
      filter.stuck_only = true;
      ASSIGN_OR_RETURN(count, CountLetters(s, filter));
      return {};
    });
    if (!read.ok()) return;
    std::uint64_t all = 0;
    for (const PeerTally& peer : peers) all += peer.waiting;
    stuck.Set(static_cast<double>(count));
    waiting.Set(static_cast<double>(all));
  });
}

}  // namespace

host::Definition TracingDefinition() {
  auto settings = std::make_shared<Settings>();
  host::Definition definition;
  definition.name = "tracing";
  const auto migrations = Migrations();
  definition.migrations = {migrations.begin(), migrations.end()};
  definition.load = [settings](const host::Suite& suite) {
    return LoadOffice(suite, settings->office, settings->exchange);
  };
  definition.build = [settings](host::Host& host) -> base::Result<std::shared_ptr<void>> {
    auto service = std::make_shared<Service>(host, settings);
    RETURN_IF_ERROR(service->Start());
    return std::shared_ptr<void>{std::move(service)};
  };
  return definition;
}

}  // namespace tracing
