#include "tracing/endpoints/config.h"

#include <algorithm>
#include <filesystem>
#include <optional>
#include <set>

#include "bus/tcp_address.h"
#include "settings/calendar.h"
#include "settings/county.h"
#include "settings/reader.h"
#include "tracing/app/division_file.h"
#include "tracing/app/profile.h"

namespace tracing {
namespace {

using base::Code;
using base::Error;

constexpr int kKeyYears = 2;

int Bounded(settings::Reader& reader, std::string_view key, int fallback, int min, int max,
            std::string_view about) {
  return static_cast<int>(
      reader.Int(key, {.min = min, .max = max, .fallback = fallback, .about = about}));
}

// Where we listen, and what the directory says of us: an address that others can dial.
std::vector<std::string> ReadAddresses(settings::Reader& root, std::string_view key,
                                       std::string_view about) {
  std::vector<std::string> addresses = root.Strings(key, about);
  for (const std::string& one : addresses) {
    const auto address = bus::ParseTcpAddress(one);
    if (!address.ok()) {
      root.Problem(key, address.error().detail);
    } else if (key == "advertise" && address->IsAny()) {
      root.Problem(key, "is no address that another county can dial: " + one);
    }
  }
  return addresses;
}

// Who issues letters without an officer is the county's rule, with its source; a rehearsal may
// try others.
void ReadAutomatic(settings::Reader& root, bool rehearsal, std::set<LetterKind>& out) {
  const std::vector<std::string> kinds =
      root.Strings("automatic", "in rehearsal only: kinds of letters that need no officer");
  if (!rehearsal && root.Has("automatic")) {
    root.Problem("automatic", "only in `mode: rehearsal`; a county decides it in its profile, "
                              "tracing[].approval.automatic");
  }
  for (const std::string& kind : kinds) {
    const auto known = LetterKindFromShort(kind);
    if (known) {
      out.insert(*known);
    } else {
      root.Problem("automatic", "is no kind of letter: " + kind);
    }
  }
}

// What this machine does otherwise than the profile says, whichever entry applies.
struct Otherwise {
  std::optional<int> retry_first_ms = {};
  std::optional<int> retry_max_ms = {};
  std::optional<int> stuck_after_minutes = {};
  std::optional<int> per_minute = {};
  std::optional<int> burst = {};
  std::set<LetterKind> automatic = {};

  void Put(Policy& policy) const {
    Delivery& delivery = policy.delivery;
    delivery.retry_first_ms = retry_first_ms.value_or(delivery.retry_first_ms);
    delivery.retry_max_ms = retry_max_ms.value_or(delivery.retry_max_ms);
    delivery.stuck_after_minutes = stuck_after_minutes.value_or(delivery.stuck_after_minutes);
    policy.limits.per_minute = per_minute.value_or(policy.limits.per_minute);
    policy.limits.burst = burst.value_or(policy.limits.burst);
    policy.approval.automatic.insert(automatic.begin(), automatic.end());
  }
};

std::optional<int> MaybeBounded(settings::Reader& root, std::string_view key, int min, int max,
                                std::string_view about) {
  const bool given = root.Has(key);
  const int value = Bounded(root, key, min, min, max, about);
  return given ? std::optional{value} : std::nullopt;
}

Otherwise ReadOtherwise(settings::Reader& root, bool rehearsal) {
  Otherwise out;
  out.retry_first_ms = MaybeBounded(root, "retry_first_ms", 10, 600'000,
                                    "first repeat of an item without a receipt");
  out.retry_max_ms =
      MaybeBounded(root, "retry_max_ms", 100, 86'400'000, "longest wait between repeats");
  out.stuck_after_minutes = MaybeBounded(root, "stuck_after_minutes", 1, 100'000,
                                         "a peer that is silent is shown after this");
  out.per_minute =
      MaybeBounded(root, "per_minute", 1, 1'000'000, "items taken from one county");
  out.burst = MaybeBounded(root, "burst", 1, 1'000'000, "items at once of one county");
  ReadAutomatic(root, rehearsal, out.automatic);
  return out;
}

// The book with that put into every entry; what does not fit together is named with its day.
base::Result<PolicyBook> WithOtherwise(const PolicyBook& book, const Otherwise& otherwise,
                                       const std::string& path) {
  std::vector<PolicyEntry> entries = book.entries();
  std::string all;
  for (PolicyEntry& entry : entries) {
    otherwise.Put(entry.policy);
    for (const std::string& one : ProblemsOf(entry.policy)) {
      all += one + " (tracing, from " + entry.from.ToString() + "); ";
    }
  }
  if (all.empty()) return PolicyBook{std::move(entries)};
  return Error{Code::kInvalidArgument, "BAD_SETTINGS", path + ": " + all};
}

// Codes that were merged, split or renamed (GB/T 2260), as our file of the directory tells it.
void ReadChanges(settings::Reader& root, const Division& self, ExchangeConfig& exchange) {
  for (settings::Reader& one :
       root.List("division_changes", "codes that became others: {from, became, on, source}")) {
    v1::DivisionChange change;
    change.set_division(one.String("from", {.about = "the old code"}));
    for (const std::string& code : one.Strings("became", "the new codes")) {
      if (!Division::Parse(code).ok()) one.Problem("became", "needs six digits of GB/T 2260");
      change.add_became(code);
    }
    *change.mutable_on() = ToProto(base::InstantAt(one.Date("on", {.about = "from this day"}), 0));
    change.set_source(one.String("source", {.about = "the document that says so"}));
    if (!Division::Parse(change.division()).ok()) {
      one.Problem("from", "needs six digits of GB/T 2260");
    } else if (!MaySpeakFor(self.ToString(), change.division())) {
      one.Problem("from", "is not under the code of this deployment, " + self.ToString());
    }
    exchange.changes.push_back(std::move(change));
  }
}

// relay: whose mailboxes we keep, or whose relay keeps ours.
void ReadRelay(settings::Reader root, RelayRules& relay) {
  for (const std::string& code :
       root.Strings("serves", "counties whose mailboxes are kept here; [\"*\"]: every member")) {
    const auto division = Division::Parse(code);
    if (code == "*") {
      relay.serves_all = true;
    } else if (division.ok()) {
      relay.serves.insert(*division);
    } else {
      root.Problem("serves", "needs six digits of GB/T 2260");
    }
  }
  relay.parcel_bytes_max = Bounded(root, "parcel_bytes_max", relay.parcel_bytes_max, 4096,
                                   8 << 20, "of one parcel");
  relay.mailbox_bytes_max = root.Int(
      "mailbox_bytes_max", {.min = 4096, .max = std::int64_t{1} << 40,
                            .fallback = relay.mailbox_bytes_max, .about = "of one mailbox"});
  relay.depositor_parcels_max =
      Bounded(root, "depositor_parcels_max", relay.depositor_parcels_max, 1, 1'000'000,
              "parcels of one depositor in one mailbox");
  relay.keep_days = Bounded(root, "keep_days", relay.keep_days, 1, 400,
                            "days that a parcel waits to be collected");
  const std::string through =
      root.String("through", {.fallback = "", .about = "the relay that keeps our mailbox"});
  if (!through.empty()) {
    const auto division = Division::Parse(through);
    if (division.ok()) {
      relay.through = *division;
    } else {
      root.Problem("through", "needs six digits of GB/T 2260");
    }
  }
  relay.poll_seconds = Bounded(root, "poll_seconds", relay.poll_seconds, 1, 86'400,
                               "how often our mailbox is looked into");
  relay.repeat_minutes = Bounded(root, "repeat_minutes", relay.repeat_minutes, 1, 10'080,
                                 "what a relay has stored is not deposited again before");
  for (const std::string& problem : ProblemsOf(relay)) root.Problem("serves", problem);
}

}  // namespace

base::Status ReadExchange(const std::string& path, const Division& self, PolicyBook& policies,
                          ExchangeConfig& exchange) {
  ASSIGN_OR_RETURN(settings::Document document, settings::Document::Load(path));
  settings::Reader root = document.Root();
  exchange.bind =
      ReadAddresses(root, "bind", "where other counties reach us; empty: we are not reached");
  exchange.advertise = ReadAddresses(root, "advertise", "what the directory says of us");
  const std::string suite = root.String(
      "suite", {.fallback = "sm", .one_of = {"sm", "intl"}, .about = "of keys that are made"});
  exchange.suite =
      suite == "sm" ? security::LetterSuite::kSm : security::LetterSuite::kEd25519;
  exchange.ask_subsidy = root.Bool(
      "ask_subsidy", {.fallback = true, .about = "answers to 转学联系函 say what was paid"});
  const Otherwise otherwise = ReadOtherwise(root, exchange.rehearsal);
  ReadChanges(root, self, exchange);
  if (auto map = root.MaybeMap("relay", "mailboxes for counties that cannot be reached")) {
    ReadRelay(*map, exchange.relay);
  }
  RETURN_IF_ERROR(document.Finish());
  ASSIGN_OR_RETURN(policies, WithOtherwise(policies, otherwise, path));
  return {};
}

base::Status LoadOffice(const host::Suite& suite, Office& office, ExchangeConfig& exchange) {
  ASSIGN_OR_RETURN(const settings::County county, settings::LoadCounty(suite.ProfilePath()));
  ASSIGN_OR_RETURN(office.self, Division::Parse(county.division));
  office.name = county.name;
  office.bureau = county.bureau;
  office.inbox.set_person_id(county.fallback_inbox.person_id);
  office.inbox.set_name(county.fallback_inbox.person);
  office.inbox.set_role("bureau_officer");
  office.inbox.set_body(county.fallback_inbox.body);
  ASSIGN_OR_RETURN(settings::SchoolCalendar calendar, settings::LoadCalendar(county.calendar));
  office.calendar = std::move(calendar.calendar);
  ASSIGN_OR_RETURN(office.policies, LoadPolicies(suite.ProfilePath()));
  ASSIGN_OR_RETURN(exchange.known_changes,
                   LoadDivisionChanges(suite.config_dir + "/reference/division_changes.yaml"));
  exchange.rehearsal = suite.rehearsal;
  RETURN_IF_ERROR(
      ReadExchange(suite.data_dir + "/etc/exchange.yaml", office.self, office.policies, exchange));
  ASSIGN_OR_RETURN(exchange.curve, bus::LoadKeyPair(suite.keys_dir, "exchange"));
  exchange.keys_dir = suite.keys_dir + "/letters";
  return {};
}

base::Result<security::LetterKey> NewLetterKey(const ExchangeConfig& config,
                                               const std::string& division,
                                               base::DateRange valid) {
  std::error_code error;
  std::filesystem::create_directories(config.keys_dir, error);
  std::filesystem::permissions(config.keys_dir, std::filesystem::perms::owner_all, error);
  security::LetterKey key = security::LetterKey::Generate(config.suite, division, valid);
  RETURN_IF_ERROR(key.Save(config.keys_dir + "/" + key.id() + ".key"));
  return key;
}

base::Result<std::vector<security::LetterKey>> LoadLetterKeys(const ExchangeConfig& config,
                                                              const std::string& division,
                                                              base::Date today) {
  std::vector<std::string> paths;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator{config.keys_dir, error}) {
    if (entry.path().extension() == ".key") paths.push_back(entry.path().string());
  }
  std::sort(paths.begin(), paths.end());
  std::vector<security::LetterKey> keys;
  for (const std::string& path : paths) {
    ASSIGN_OR_RETURN(security::LetterKey key, security::LetterKey::Load(path));
    keys.push_back(std::move(key));
  }
  if (keys.empty()) {
    const base::Date end = *base::Date::FromYmd(today.year() + kKeyYears, today.month(), 1);
    const base::DateRange valid{.begin = today - std::chrono::days{1}, .end = end};
    ASSIGN_OR_RETURN(security::LetterKey key, NewLetterKey(config, division, valid));
    keys.push_back(std::move(key));
  }
  return keys;
}

}  // namespace tracing
