// Writes what a deployment needs before its first start: suite.yaml, CURVE keys, access.yaml,
// passwords, seal keys.
//
//   <data_dir>/etc/suite.yaml access.yaml access.granted mysql.password redis.password
//   <data_dir>/keys/<peer>.pub <peer>.key seal.keys        <data_dir>/run/
// A file that exists is kept as it is; running it again only adds files that are missing. What a
// later release needs inside them: setup_update.h.
// Secrets are 0600. Ports: base+1 requests, +2 events, +3 metrics of registry; +11.. attendance;
// +21.. cases; +31.. subsidy; all on loopback. Not thread-safe against a second setup of the same
// folder.
#pragma once

#include <optional>
#include <string>

#include "base/date.h"
#include "base/result.h"

namespace cli {

struct SetupOptions {
  std::string data_dir = {};
  std::string config_dir = {};
  std::string county = "tongan";   // <config_dir>/counties/<county>.yaml must exist
  bool rehearsal = false;          // time is moved by `baoxue clock`
  // Where the clock of a new rehearsal stands; nothing: the day before the school
  // year that the calendar knows last.
  std::optional<base::Date> rehearsal_start = {};
  int port_base = 17010;           // 0: unix sockets <data_dir>/run/<service>.* and no metrics
  std::string mysql_socket = {};   // empty: <data_dir>/run/mysql.sock
  std::string redis_socket = {};   // empty: <data_dir>/run/redis.sock
  std::string mysql_user = "baoxue";
  // None: a random one is made; empty: the account has none.
  std::optional<std::string> mysql_password = {};
  std::optional<std::string> redis_password = {};
  std::string database_prefix = "baoxue_";  // tests share one server
  std::string redis_prefix = "baoxue";
  std::string log_level = "info";
  // With letters between counties: the service tracing, its CURVE key towards others, and
  // etc/exchange.yaml. `exchange_bind` empty: a loopback port after the services' own.
  bool tracing = false;
  std::string exchange_bind = {};
  std::string exchange_advertise = {};  // what the directory tells others; empty: exchange_bind
  std::string letter_suite = "sm";  // sm | intl
};

inline std::string SuitePath(const std::string& data_dir) { return data_dir + "/etc/suite.yaml"; }

// Errors: kNotFound/NO_COUNTY; kInvalidArgument/BAD_OPTION, PATH_TOO_LONG (a unix socket's path has
// at most 107 bytes); kUnavailable/CANNOT_WRITE with the file.
base::Status WriteSetup(const SetupOptions& options);

}  // namespace cli
