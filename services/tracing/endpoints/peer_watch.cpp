#include "tracing/endpoints/peer_watch.h"

#include <fmt/format.h>

#include <set>

#include "host/log.h"

namespace tracing {
namespace {

// So fine is kept when a county was last heard of.
constexpr std::chrono::minutes kHeardStep{10};

std::string_view EventOf(Stand stand) {
  switch (stand) {
    case Stand::kSlowed: return "slowed";
    case Stand::kShutOut: return "shut_out";
    default: return "opened";
  }
}

store::NewEvent EventFrom(const std::string& name, const v1::PeerChanged& body,
                          base::UtcTime now) {
  return {.type = "tracing.peer." + name,
          .subject = "peer/" + body.division(),
          .time = now,
          .payload = body.SerializeAsString(),
          .payload_type = body.GetDescriptor()->full_name(),
          .correlation_id = {},
          .causation_id = {}};
}

}  // namespace

PeerWatch::PeerWatch(host::Host& host, LetterDesk& desk, Guard& guard, Courier& courier,
                     DirectoryDesk& directory)
    : host_(host), desk_(desk), guard_(guard), courier_(courier), directory_(directory) {}

base::Status PeerWatch::Register() {
  RETURN_IF_ERROR(desk_.pool().WithSession([this](store::Session& session) -> base::Status {
    ASSIGN_OR_RETURN(rows_, LoadPeers(session));
    return {};
  }));
  for (const auto& [peer, row] : rows_) {
    if (row.stand == Stand::kShutOut) guard_.ShutOut(peer);
  }
  courier_.AddChore({.name = "peers",
                     .due = [this](store::Session&, base::UtcTime) -> base::Result<std::uint64_t> {
                       return Changes().size();
                     },
                     .next = [](store::Session&, base::UtcTime)
                         -> base::Result<std::optional<base::UtcTime>> {
                       return std::optional<base::UtcTime>{};
                     },
                     .run = [this] { return Apply(); }});
  Report();
  return {};
}

std::string PeerWatch::NameOf(Division peer) const {
  const auto book = desk_.office().book();
  const v1::Member* const member = book->directory.Find(peer.ToString());
  return member == nullptr ? std::string{} : member->name();
}

// Of those that are to have keys.
std::vector<KeyExpiry> PeerWatch::Expiries() const {
  const auto book = desk_.office().book();
  std::vector<KeyExpiry> out = book->directory.Expiring(desk_.Now(), kKeyExpiryNoticeDays);
  std::erase_if(out, [&](const KeyExpiry& one) {
    const v1::Member* const member = book->directory.Find(one.division);
    return member == nullptr || member->paper();
  });
  return out;
}

void PeerWatch::Tell(Change& change, std::string name, std::string reason) const {
  v1::PeerChanged body;
  body.set_division(change.peer.ToString());
  body.set_name(NameOf(change.peer));
  body.set_reason(std::move(reason));
  *body.mutable_at() = ToProto(desk_.Now());
  change.events.push_back(std::move(body));
  change.names.push_back(std::move(name));
}

bool PeerWatch::StandChanges(Change& change, Stand now) const {
  PeerRow& row = change.row;
  if (row.stand == now) return false;
  const auto by = opened_by_.find(change.peer);
  std::string reason = "STRIKES";
  if (now == Stand::kNormal) reason = by == opened_by_.end() ? "TIME_OVER" : "OFFICER";
  row.stand = now;
  row.stand_since = desk_.Now();
  row.reason = reason;
  Tell(change, std::string{EventOf(now)}, reason);
  if (by != opened_by_.end()) change.events.back().set_by(by->second);
  return true;
}

bool PeerWatch::LaneChanges(Change& change, const Lane* lane) const {
  if (lane == nullptr) return false;  // not tried since the start: what was, is
  PeerRow& row = change.row;
  bool changed = false;
  const bool heard = lane->heard_at != base::UtcTime{};
  if (heard && (!row.heard_at || lane->heard_at - *row.heard_at >= kHeardStep)) {
    row.heard_at = lane->heard_at;
    changed = true;
  }
  const auto after = std::chrono::minutes{desk_.PolicyNow().delivery.stuck_after_minutes};
  const bool silent = lane->silences >= 3 && desk_.Now() - lane->silent_since >= after;
  if (silent && !row.silent_since) {
    row.silent_since = lane->silent_since;
    Tell(change, "silent", "PEER_SILENT");
    changed = true;
  } else if (row.silent_since && heard && lane->silences == 0) {
    row.silent_since.reset();
    row.heard_at = lane->heard_at;
    Tell(change, "heard", "");
    changed = true;
  }
  return changed;
}

bool PeerWatch::KeyChanges(Change& change, const KeyExpiry* expiry) const {
  if (expiry == nullptr || change.row.key_end_told == expiry->at) return false;
  change.row.key_end_told = expiry->at;
  Tell(change, "key_expiring", expiry->key_id);
  *change.events.back().mutable_until() = ToProto(expiry->at);
  return true;
}

std::vector<PeerWatch::Change> PeerWatch::Changes() const {
  const std::map<Division, Stand> stands = guard_.Stands();
  const std::map<Division, Lane> lanes = courier_.lanes();
  std::map<Division, KeyExpiry> expiries;
  for (KeyExpiry& one : Expiries()) {
    const auto division = Division::Parse(one.division);
    if (division.ok()) expiries[*division] = std::move(one);
  }
  const std::lock_guard lock{mutex_};
  std::set<Division> all;
  for (const auto& [peer, row] : rows_) all.insert(peer);
  for (const auto& [peer, stand] : stands) all.insert(peer);
  for (const auto& [peer, lane] : lanes) all.insert(peer);
  for (const auto& [peer, expiry] : expiries) all.insert(peer);
  std::vector<Change> out;
  for (const Division peer : all) {
    const auto known = rows_.find(peer);
    Change change{.peer = peer, .row = known == rows_.end() ? PeerRow{} : known->second};
    const auto stand = stands.find(peer);
    const auto lane = lanes.find(peer);
    const auto expiry = expiries.find(peer);
    bool changed = StandChanges(change, stand == stands.end() ? Stand::kNormal : stand->second);
    changed |= LaneChanges(change, lane == lanes.end() ? nullptr : &lane->second);
    changed |= KeyChanges(change, expiry == expiries.end() ? nullptr : &expiry->second);
    if (changed) out.push_back(std::move(change));
  }
  return out;
}

base::Result<std::uint64_t> PeerWatch::Apply() {
  const std::lock_guard one_at_a_time{applying_};
  const std::vector<Change> changes = Changes();
  if (changes.empty()) return std::uint64_t{0};
  std::vector<store::NewEvent> events;
  for (const Change& change : changes) {
    for (std::size_t i = 0; i < change.events.size(); ++i) {
      events.push_back(EventFrom(change.names[i], change.events[i], desk_.Now()));
    }
  }
  const auto write = [&](store::Transaction& tx) -> base::Status {
    for (const Change& change : changes) RETURN_IF_ERROR(SavePeer(tx, change.peer, change.row));
    if (events.empty()) return {};
    const auto appended = store::AppendEvents(tx, "tracing", events);
    return appended.ok() ? base::Status{} : base::Status{appended.error()};
  };
  RETURN_IF_ERROR(desk_.pool().InTransaction(write));
  if (!events.empty()) host_.NotifyFeed();
  const std::lock_guard lock{mutex_};
  for (const Change& change : changes) {
    rows_[change.peer] = change.row;
    if (change.row.stand == Stand::kNormal) opened_by_.erase(change.peer);
    for (std::size_t i = 0; i < change.events.size(); ++i) {
      host::LogWarn("tracing.peer_" + change.names[i], {{"peer", change.peer.ToString()},
                                                        {"reason", change.events[i].reason()}});
    }
  }
  return changes.size();
}

base::Status PeerWatch::Open(Division peer, const std::string& by) {
  const auto book = desk_.office().book();
  if (book->directory.Find(peer.ToString()) == nullptr) {
    return base::Error{base::Code::kNotFound, "NO_MEMBER",
                       "名录中没有该区划：" + peer.ToString()};
  }
  guard_.Open(peer);
  {
    const std::lock_guard lock{mutex_};
    const auto known = rows_.find(peer);
    if (known != rows_.end() && known->second.stand != Stand::kNormal) opened_by_[peer] = by;
  }
  const auto applied = Apply();
  return applied.ok() ? base::Status{} : base::Status{applied.error()};
}

void PeerWatch::PutPeer(Division peer, v1::PeerStatus* out) const {
  out->set_stand(std::string{StandName(guard_.StandOf(peer))});
  const std::lock_guard lock{mutex_};
  const auto known = rows_.find(peer);
  if (known == rows_.end()) return;
  const PeerRow& row = known->second;
  if (row.stand != Stand::kNormal && row.stand_since) {
    *out->mutable_stand_since() = ToProto(*row.stand_since);
  }
  if (row.silent_since) *out->mutable_silent_since() = ToProto(*row.silent_since);
  if (row.heard_at && !out->has_heard_at()) *out->mutable_heard_at() = ToProto(*row.heard_at);
}

}  // namespace tracing
