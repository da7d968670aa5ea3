// What a relay takes into a mailbox, and how long it keeps it. It sees sealed bytes only.
//
// Sizes in bytes, periods in calendar days, seconds and minutes as named. Pure; thread-safe.
// Source: etc/exchange.yaml of the machine (relay:); the product's defaults.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/date.h"
#include "tracing/domain/types.h"

namespace tracing {

struct RelayRules {
  // ---- as a relay ----
  bool serves_all = false;
  std::set<Division> serves = {};          // whose mailboxes we keep; none: no relay
  int parcel_bytes_max = 2 << 20;
  std::int64_t mailbox_bytes_max = 64 << 20;
  int depositor_parcels_max = 1000;        // of one depositor in one mailbox
  int keep_days = 30;
  // ---- as a county behind one ----
  Division through = {};                   // the relay that we collect from
  int poll_seconds = 60;
  // ---- as a sender to such a county ----
  int repeat_minutes = 30;                 // what was stored is not deposited again before

  bool Serves(Division division) const { return serves_all || serves.contains(division); }
};

struct DepositFacts {
  Division connection = {};    // whose key it came with
  Division from = {};
  Division to = {};
  Division self = {};
  std::size_t parcel_id_bytes = 0;
  std::size_t bytes = 0;
  std::int64_t mailbox_bytes = 0;     // that lie there
  int depositor_parcels = 0;          // of this depositor
};
// Why it is not taken, in this order: BAD_PARCEL, WRONG_PARTIES, NOT_SERVED, TOO_LARGE,
// MAILBOX_FULL, DEPOSITOR_FULL; empty: it is.
std::string_view JudgeDeposit(const DepositFacts& facts, const RelayRules& rules);
std::string_view RelayRefusalChinese(std::string_view refusal);

// When a parcel of our own mailbox that could not be dealt with is tried again; attempts >= 1.
base::UtcTime NextOpening(base::UtcTime now, int attempts);

std::vector<std::string> ProblemsOf(const RelayRules& rules);

}  // namespace tracing
