// The door to other counties: one CURVE server for their letters, one client for each of them.
//
// Who may knock is the directory's: only its members' CURVE keys, and only for Deliver, Hello and
// what On() adds. A new directory replaces server and clients; a call under way is then silence,
// and is repeated. Nothing of the deployment's own bus is reachable here. Thread-safe.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "bus/bus.h"
#include "tracing/app/office.h"
#include "tracing/endpoints/config.h"

namespace tracing {

class Exchange {
 public:
  using Arrive = std::function<base::Result<v1::DeliverReply>(const v1::Deliver&, Division from)>;
  Exchange(const Office& office, const ExchangeConfig& config, const base::Clock& clock,
           base::IdSource& ids, Arrive arrive);
  ~Exchange();

  // One more request that other counties may send us, set before Open(): only members whose record
  // names the capability may call it (empty: every member).
  template <class Req, class Rep, class F>
  void On(std::string capability, F handler) {
    Extra extra{std::string{Req::descriptor()->full_name()}, std::move(capability), {}};
    extra.answer = [handler = std::move(handler)](const bus::Request& request) -> bus::Reply {
      Req message;
      if (!message.ParseFromString(request.body)) {
        return base::Error{base::Code::kInvalidArgument, "BAD_BODY", "the body is not readable"};
      }
      ASSIGN_OR_RETURN(const Division from, Division::Parse(request.peer));
      base::Result<Rep> reply = handler(message, from);
      if (!reply.ok()) return reply.error();
      return reply->SerializeAsString();
    };
    extras_.push_back(std::move(extra));
  }

  // Opens the door for the members of the present book, or opens it anew. Errors: BIND_FAILED.
  base::Status Open();
  void Close();

  // One try, without repeats of its own. `done` runs on a thread of the bus. Errors:
  // kUnavailable/NO_ADDRESS at once; kDeadlineExceeded/NO_REPLY; what the peer refused.
  // `same`: the item's hash, whatever the seal.
  using Delivered = std::function<void(base::Result<v1::DeliverReply>)>;
  void Deliver(Division peer, const v1::SealedItem& item, const std::string& same,
               Delivered done);
  // Another way to counties without an address: true, it takes the item. Before Open().
  using Detour = std::function<bool(Division peer, const v1::SealedItem& item,
                                    const std::string& same, const Delivered& done)>;
  void SetDetour(Detour detour) { detour_ = std::move(detour); }
  // Asked before a greeting is signed: whether that county may have it now. Before Open().
  using Gate = std::function<base::Status(Division from, std::size_t bytes)>;
  void SetGate(Gate gate) { gate_ = std::move(gate); }
  // The same for any other request.
  void Call(Division peer, std::string type, std::string body,
            std::function<void(bus::Reply)> done);
  // What we answer to a greeting, signed.
  v1::HelloReply Greet(const v1::Hello& hello) const;
  base::Result<v1::HelloReply> Hello(Division peer, const v1::Hello& hello);

 private:
  struct Door;
  struct Extra {
    std::string type = {};
    std::string capability = {};
    std::function<bus::Reply(const bus::Request&)> answer = {};
  };
  std::vector<std::string> MayCall(const v1::Member& member) const;
  std::shared_ptr<Door> door() const;
  static bus::Client* ClientOf(Door& door, Division peer, const Office& office,
                               const ExchangeConfig& config, const base::Clock& clock,
                               base::IdSource& ids);
  base::Status Bind(Door& door);
  void Serve(Door& door);

  const Office& office_;
  const ExchangeConfig& config_;
  const base::Clock& clock_;
  base::IdSource& ids_;
  Arrive arrive_;
  std::vector<Extra> extras_;
  Detour detour_;
  Gate gate_;
  mutable std::mutex mutex_;
  std::mutex opening_;
  std::shared_ptr<Door> door_;
};

}  // namespace tracing
