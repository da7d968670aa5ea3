// The pieces that a deployment's settings are written from, for a new one (setup.h) and for one
// that is brought up to this release (setup_update.h): services and their addresses, who may call
// what, single sections as text. Private to cli_setup. Pure but for WriteNew.
#pragma once

#include <sys/types.h>

#include <array>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "cli/setup.h"

namespace cli {

inline constexpr int kPortsPerService = 10;
inline constexpr std::size_t kSocketPathMax = 107;  // sun_path of unix(7), without the closing NUL

struct Service {
  std::string_view name;
  int db_connections_max;
  int workers;
};
inline constexpr std::array kServices{
    Service{"registry", 8, 4},
    Service{"attendance", 8, 4},
    Service{"cases", 8, 4},
    Service{"subsidy", 8, 4},
};

inline constexpr Service kTracing{"tracing", 12, 16};  // most wait for a commit that they share
inline constexpr std::size_t kTracingIndex = 8;

// The least that each peer needs. An outside program gets a line of its own by the operator.
struct Peer {
  std::string_view name;
  std::string_view about;  // comment in the file, for operators
  std::vector<std::string_view> may_call;
  std::vector<std::string_view> may_follow;
  std::string_view role = {};  // of a program outside: sees what the contract declares for it
};

std::vector<Peer> PeersOf(bool tracing);

struct Endpoints {
  std::string requests = {};
  std::string events = {};
  std::string metrics = {};
};
// port_base 0: unix sockets below the data folder.
Endpoints EndpointsOf(const std::string& data_dir, int port_base, std::size_t index);

// A YAML double-quoted scalar: paths may hold anything.
std::string Quote(std::string_view text);
std::string QuoteList(std::span<const std::string_view> items);
std::string ServiceYaml(const Service& service, const Endpoints& endpoints,
                        const std::string& database);
// Where other counties reach us, and how letters are dealt with.
std::string ExchangeYaml(const std::string& bind, const std::string& advertise,
                         const std::string& letter_suite);
// One peer of access.yaml with the comment above it.
std::string PeerYaml(const Peer& peer, const std::string& keys_dir);
// What setup gave, a line each: what stands here and not in access.yaml was taken back by people.
std::string GrantLine(std::string_view peer, std::string_view key, std::string_view what);
std::string GrantsOf(const std::vector<Peer>& peers);

// "" stands for what is decided elsewhere. Errors: BAD_OPTION, in Chinese.
base::Status CheckExchange(const std::string& bind, const std::string& advertise);
std::string DefaultExchangeBind(int port_base);

base::Error CannotWrite(const std::string& path);
// Whole or not at all; an existing file is kept.
base::Status WriteNew(const std::string& path, std::string_view text, mode_t mode);

}  // namespace cli
