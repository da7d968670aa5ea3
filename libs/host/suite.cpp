#include "host/suite.h"

#include <algorithm>
#include <filesystem>
#include <set>

namespace host {
namespace {

using base::Code;
using base::Error;
using settings::Document;
using settings::Reader;

// "etc/../keys" seen from the folder of the settings file.
std::string Resolve(const std::string& document, const std::string& path) {
  if (path.empty()) return path;
  const std::filesystem::path given{path};
  if (given.is_absolute()) return path;
  const auto folder = std::filesystem::absolute(document).parent_path();
  return (folder / given).lexically_normal().string();
}

int SmallInt(Reader& reader, std::string_view key, std::int64_t min, std::int64_t max,
             std::int64_t fallback, std::string_view about) {
  return static_cast<int>(
      reader.Int(key, {.min = min, .max = max, .fallback = fallback, .about = about}));
}

bool IsEndpoint(const std::string& text) {
  return text.starts_with("tcp://") || text.starts_with("ipc://");
}

std::vector<std::string> Endpoints(Reader& reader, std::string_view key, std::string_view about) {
  std::vector<std::string> endpoints = reader.Strings(key, about);
  if (endpoints.empty()) reader.Problem(key, "needs at least one endpoint");
  for (const std::string& endpoint : endpoints) {
    if (!IsEndpoint(endpoint)) reader.Problem(key, "must start with tcp:// or ipc://: " + endpoint);
  }
  return endpoints;
}

// A server that is reached by a unix socket or by host and port.
struct Where {
  std::string socket = {};
  std::string host = {};
  int port = 0;
};

Where ReadWhere(Reader& reader, const std::string& path, int default_port) {
  Where where;
  where.socket = Resolve(
      path, reader.String("socket", {.fallback = "", .about = "unix socket; or host and port"}));
  where.host = reader.String("host", {.fallback = "", .about = "host, if no socket is named"});
  where.port = SmallInt(reader, "port", 1, 65535, default_port, "TCP port, with host");
  if (where.socket.empty() == where.host.empty()) {
    reader.Problem("socket", "name either a socket or a host");
  }
  return where;
}

void ReadMysql(Reader reader, const std::string& path, Suite& suite) {
  const Where where = ReadWhere(reader, path, 3306);
  store::PoolOptions& mysql = suite.mysql;
  mysql.socket = where.socket;
  mysql.host = where.host;
  mysql.port = where.port;
  mysql.user = reader.String("user", {.bytes_max = 80, .about = "MySQL account of the services"});
  if (reader.Has("password_file")) {
    mysql.password = reader.SecretFrom("password_file", "file with its password, 0600").text();
  }
  mysql.tls_ca_file = Resolve(
      path, reader.String("tls_ca_file", {.fallback = "", .about = "enforces TLS with this CA"}));
  mysql.lock_wait_s =
      SmallInt(reader, "lock_wait_s", 1, 120, 10, "seconds that a statement waits for a row lock");
  mysql.acquire_timeout = std::chrono::milliseconds{
      reader.Int("acquire_timeout_ms", {.min = 1,
                                        .max = 120000,
                                        .fallback = 5000,
                                        .about = "how long to wait for a free connection"})};
  mysql.connect_timeout = std::chrono::seconds{
      SmallInt(reader, "connect_timeout_s", 1, 120, 5, "seconds to wait for a new connection")};
  mysql.read_timeout = std::chrono::seconds{
      SmallInt(reader, "read_timeout_s", 1, 3600, 60, "seconds to wait for an answer")};
  suite.start_wait_s = SmallInt(reader, "start_wait_s", 0, 600, 30,
                                "seconds that a starting service waits for MySQL");
}

void ReadRedis(Reader reader, const std::string& path, Suite& suite) {
  const Where where = ReadWhere(reader, path, 6379);
  jobs::RedisOptions& redis = suite.redis;
  redis.socket = where.socket;
  redis.host = where.host;
  redis.port = where.port;
  if (reader.Has("password_file")) {
    redis.password = reader.SecretFrom("password_file", "file with Redis's password, 0600").text();
  }
  redis.prefix = reader.String(
      "prefix", {.fallback = "baoxue", .bytes_max = 40, .about = "first part of every Redis key"});
  redis.timeout = std::chrono::milliseconds{reader.Int(
      "timeout_ms", {.min = 1, .max = 60000, .fallback = 2000, .about = "one Redis command"})};
}

ServiceSettings ReadService(Reader reader, const std::string& name) {
  ServiceSettings service;
  service.name = name;
  service.requests = Endpoints(reader, "requests", "endpoints that take requests");
  service.events = Endpoints(reader, "events", "endpoints that publish the feed");
  service.metrics = reader.String(
      "metrics", {.fallback = "", .about = "host:port of /metrics; empty: off; loopback only"});
  if (!service.metrics.empty() && !service.metrics.starts_with("127.") &&
      !service.metrics.starts_with("localhost:")) {
    reader.Problem("metrics", "must be on loopback: it has neither a key nor TLS");
  }
  service.database = reader.String(
      "database",
      {.fallback = "baoxue_" + name, .bytes_max = 64, .about = "MySQL database of this service"});
  service.db_connections_max =
      SmallInt(reader, "db_connections_max", 1, 500, 8, "most MySQL connections of this service");
  service.workers = SmallInt(reader, "workers", 1, 256, 4, "threads that answer requests");
  service.in_flight_max =
      SmallInt(reader, "in_flight_max", 1, 1000000, 4096, "requests accepted and not yet answered");
  return service;
}

// Two services at one address cannot both start; in one database they would share tables.
void ForbidSharing(Reader& services, const Suite& suite) {
  std::map<std::string, std::string> owner;
  for (const std::string& name : services.Keys()) {
    const ServiceSettings& service = suite.services.at(name);
    std::vector<std::string> own = service.requests;
    own.insert(own.end(), service.events.begin(), service.events.end());
    if (!service.metrics.empty()) own.push_back(service.metrics);
    if (!service.database.empty()) own.push_back("database " + service.database);
    for (const std::string& one : own) {
      const auto [at, added] = owner.emplace(one, name);
      // A port that the system picks is another one each time.
      if (added || one.ends_with(":*") || one.ends_with(":0")) continue;
      services.Problem(name, one + " is used by " + at->second + " too");
    }
  }
}

// What a program outside has no part in.
void ReadInside(Reader& root, const std::string& path, Suite& suite) {
  ReadMysql(root.Map("mysql", "the database server"), path, suite);
  ReadRedis(root.Map("redis", "the queue server"), path, suite);
  suite.access_file = Resolve(path, root.String("access_file", {.about = "who may call what"}));
  suite.seal_key_file =
      Resolve(path, root.String("seal_key_file", {.about = "keys that seal identity numbers"}));
}

Suite ReadSuite(const Document& document) {
  const std::string& path = document.path();
  Suite suite;
  suite.path = path;
  Reader root = document.Root();

  Reader section = root.Map("suite", "the deployment");
  suite.county = section.String("county", {.bytes_max = 40, .about = "profile in config/counties"});
  const std::string mode = section.String(
      "mode", {.fallback = "real",
               .one_of = {"real", "rehearsal", "outside"},
               .about = "rehearsal: `baoxue clock` moves the time; outside: only follows feeds"});
  suite.rehearsal = mode == "rehearsal";
  suite.outside = mode == "outside";
  const base::Date start =
      section.Date("rehearsal_start",
                   {.fallback = base::Date{}, .about = "day on which a new rehearsal begins"});
  if (section.Has("rehearsal_start")) suite.rehearsal_start = start;
  suite.config_dir = Resolve(path, section.String("config_dir", {.about = "the config folder"}));
  suite.data_dir =
      Resolve(path, section.String("data_dir", {.about = "keys, sockets and state files"}));
  suite.drain_s = SmallInt(section, "drain_s", 1, 600, 10,
                           "seconds that a stopping service gives to accepted requests");

  suite.keys_dir = Resolve(path, root.String("keys_dir", {.about = "CURVE keys"}));
  if (!suite.outside) ReadInside(root, path, suite);
  if (auto log = root.MaybeMap("log", "logs")) {
    suite.log_level = log->String("level", {.fallback = "info",
                                            .one_of = {"debug", "info", "warn", "error"},
                                            .about = "least level that is written"});
  }
  Reader services = root.Map("services", "one section for each service");
  for (const std::string& name : services.Keys()) {
    suite.services[name] = ReadService(services.Map(name), name);
  }
  ForbidSharing(services, suite);
  if (suite.services.empty()) root.Problem("services", "names no service");
  return suite;
}

bus::Peer ReadPeer(Reader& reader, const std::string& path, bool& revoked) {
  bus::Peer peer;
  peer.name = reader.String("name", {.bytes_max = 64, .about = "the peer's name"});
  const std::string key = reader.String("key", {.fallback = "", .about = "Z85 public key"});
  const std::string key_file = Resolve(
      path, reader.String("key_file", {.fallback = "", .about = "or the file that holds it"}));
  revoked = !reader.String("revoked", {.fallback = "", .about = "the day: no access any more"})
                 .empty();
  if (key.empty() == key_file.empty()) reader.Problem("key", "give either key or key_file");
  peer.public_key = key;
  if (!key_file.empty() && !revoked) {
    const std::filesystem::path file{key_file};
    auto loaded = bus::LoadPublicKey(file.parent_path().string(), file.stem().string());
    if (loaded.ok()) {
      peer.public_key = *std::move(loaded);
    } else {
      reader.Problem("key_file", loaded.error().detail);
    }
  }
  if (!peer.public_key.empty() && peer.public_key.size() != 40) {
    reader.Problem("key", "a Z85 key has 40 characters");
  }
  peer.may_call = reader.Strings("may_call", "message types; a trailing * matches any rest");
  peer.may_follow = reader.Strings("may_follow", "feeds");
  peer.role = reader.String(
      "role", {.fallback = "", .bytes_max = 32, .about = "sees what contracts declare for it"});
  return peer;
}

}  // namespace

base::Result<Suite> LoadSuite(const std::string& path) {
  ASSIGN_OR_RETURN(const Document document, Document::Load(path));
  Suite suite = ReadSuite(document);
  RETURN_IF_ERROR(document.Finish());
  return suite;
}

base::Result<std::string> EffectiveSuite(const std::string& path) {
  ASSIGN_OR_RETURN(const Document document, Document::Load(path));
  ReadSuite(document);
  RETURN_IF_ERROR(document.Finish());
  return document.Effective();
}

base::Result<bus::AccessList> LoadAccess(const std::string& path) {
  ASSIGN_OR_RETURN(const Document document, Document::Load(path));
  Reader root = document.Root();
  std::vector<bus::Peer> peers;
  std::set<std::string> names;
  std::set<std::string> keys;
  for (Reader& reader : root.List("peers", "everybody who may connect")) {
    bool revoked = false;
    bus::Peer peer = ReadPeer(reader, path, revoked);
    if (!names.insert(peer.name).second) reader.Problem("name", "stands twice: " + peer.name);
    if (!peer.public_key.empty() && !keys.insert(peer.public_key).second) {
      reader.Problem("key", "is another peer's key too");
    }
    if (!revoked) peers.push_back(std::move(peer));
  }
  RETURN_IF_ERROR(document.Finish());
  return bus::AccessList{std::move(peers)};
}

base::Result<bus::ClientOptions> ClientFor(const Suite& suite, const std::string& service,
                                           const std::string& as) {
  const auto found = suite.services.find(service);
  if (found == suite.services.end()) {
    return Error{Code::kNotFound, "NO_SERVICE", service + " is not in " + suite.path};
  }
  ASSIGN_OR_RETURN(const std::string server_key, bus::LoadPublicKey(suite.keys_dir, service));
  bus::ClientOptions options;
  ASSIGN_OR_RETURN(options.keys, bus::LoadKeyPair(suite.keys_dir, as));
  options.name = as;
  for (const std::string& address : found->second.requests) {
    options.endpoints.push_back({.address = address, .server_key = server_key});
  }
  return options;
}

}  // namespace host
