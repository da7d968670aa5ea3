// suite.yaml: one settings file for a whole deployment, read by every service and by the command.
//
// Durations end in _s, counts in _max; every key with its bounds and meaning: suite.cpp and
// `--check-config`. Values only, no threads; nothing here opens a connection.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/date.h"
#include "base/result.h"
#include "bus/bus.h"
#include "jobs/jobs.h"
#include "settings/reader.h"
#include "store/store.h"

namespace host {

struct ServiceSettings {
  std::string name = {};
  std::vector<std::string> requests = {};  // endpoints bound by this service, dialled by others
  std::vector<std::string> events = {};    // PUB endpoints
  std::string metrics = {};                // "127.0.0.1:17013"; empty: off
  std::string database = {};               // baoxue_<name>
  int db_connections_max = 8;
  int workers = 4;
  int in_flight_max = 4096;
};

struct Suite {
  std::string path = {};
  std::string county = {};        // profile id: <config_dir>/counties/<county>.yaml
  bool rehearsal = false;
  bool outside = false;  // another office's machine: follows feeds, runs no service
  std::optional<base::Date> rehearsal_start = {};  // where a new rehearsal's clock stands
  std::string config_dir = {};
  std::string data_dir = {};
  store::PoolOptions mysql = {};  // without database
  jobs::RedisOptions redis = {};
  std::string keys_dir = {};      // CURVE keys: <service>.pub/.key, cli.pub/.key
  std::string access_file = {};   // access.yaml: who may call and follow what
  std::string seal_key_file = {};
  std::string log_level = "info";
  int start_wait_s = 30;          // how long a start waits for MySQL
  int drain_s = 10;               // how long a stop waits for accepted requests
  std::map<std::string, ServiceSettings> services = {};
  std::string ProfilePath() const { return config_dir + "/counties/" + county + ".yaml"; }
};

// Relative paths in the file are taken from the file's own folder.
// Errors: kNotFound/NO_FILE, kInvalidArgument/BAD_YAML, BAD_SETTINGS with every problem.
base::Result<Suite> LoadSuite(const std::string& path);
// The settings in effect as "key = value  # about" lines, secrets as ***. Errors: as LoadSuite.
base::Result<std::string> EffectiveSuite(const std::string& path);
// access.yaml: peers: - {name, key (Z85) or key_file, may_call: [...], may_follow: [...], role,
// revoked: day}. Who is revoked stands in the file, but not on the list.
base::Result<bus::AccessList> LoadAccess(const std::string& path);
// A client of one service of the suite, with the keys of `as` ("cli", "cases", ...).
base::Result<bus::ClientOptions> ClientFor(const Suite& suite, const std::string& service,
                                           const std::string& as);

}  // namespace host
