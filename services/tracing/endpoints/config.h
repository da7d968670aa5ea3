// What the service is told at start: the county, its rules for letters, the exchange's endpoints,
// the letter keys on disk.
//
//   <data_dir>/etc/exchange.yaml   bind: [tcp://0.0.0.0:17049]  advertise: [tcp://host:17049]
//                                  division_changes: [{from, became: [..], on, source}]
//                                  suite: sm | intl, and what one machine does otherwise than
//                                  the county's profile says, on all days (repeats, limits; in
//                                  rehearsal automatic kinds);
//                                  ask_subsidy: false where nothing is paid
//                                  relay: whose mailboxes are kept here, or who keeps ours
//   <keys_dir>/exchange.pub/.key   CURVE, towards other counties
//   <keys_dir>/letters/<id>.key    letter keys, expired ones too: they still open old letters
// Errors: kInvalidArgument/BAD_SETTINGS; kNotFound/NO_FILE; those of key files.
#pragma once

#include <string>
#include <vector>

#include "host/suite.h"
#include "tracing/app/office.h"
#include "tracing/domain/relay.h"

namespace tracing {

struct ExchangeConfig {
  std::vector<std::string> bind = {};
  std::vector<std::string> advertise = {};
  security::LetterSuite suite = security::LetterSuite::kSm;
  bus::KeyPair curve = {};
  std::string keys_dir = {};  // of letter keys
  RelayRules relay = {};
  std::vector<v1::DivisionChange> changes = {};  // that our file of the directory tells the others
  std::vector<DivisionChange> known_changes = {};  // that the State announced
  bool rehearsal = false;     // of suite.yaml: other counties are played too
  bool ask_subsidy = true;    // what was paid; false: this deployment pays no subsidies
};

// Fills everything of the office but the keyring and the book; of the profile's section `tracing`
// every entry, each for its own days.
base::Status LoadOffice(const host::Suite& suite, Office& office, ExchangeConfig& exchange);
// exchange.yaml alone, above every entry of the profile; `exchange.rehearsal` is set before.
base::Status ReadExchange(const std::string& path, const Division& self, PolicyBook& policies,
                          ExchangeConfig& exchange);
// Every letter key of the folder; makes the first one if there is none.
base::Result<std::vector<security::LetterKey>> LoadLetterKeys(const ExchangeConfig& config,
                                                              const std::string& division,
                                                              base::Date today);
base::Result<security::LetterKey> NewLetterKey(const ExchangeConfig& config,
                                               const std::string& division, base::DateRange valid);

}  // namespace tracing
