#include "cli/setup_update.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <set>

#include "bus/bus.h"
#include "bus/tcp_address.h"
#include "cli/setup_parts.h"
#include "cli/yaml_edit.h"
#include "host/suite.h"
#include "settings/reader.h"

namespace cli {
namespace {

namespace fs = std::filesystem;
using base::Code;
using base::Error;
using base::Status;
using Notes = std::vector<std::string>;

// What one run makes; taken back if it does not end well.
class Made {
 public:
  Made() = default;
  Made(const Made&) = delete;
  Made& operator=(const Made&) = delete;
  ~Made() {
    std::error_code error;
    for (const std::string& path : paths_) fs::remove(path, error);
  }
  void Add(const std::string& path) { paths_.push_back(path); }
  void Keep() { paths_.clear(); }

 private:
  std::vector<std::string> paths_ = {};
};

std::string ReadAll(const std::string& path) {
  std::ifstream in{path, std::ios::binary};
  return {std::istreambuf_iterator<char>{in}, {}};
}

Status WriteBeside(const std::string& path, const std::string& text, Made& made) {
  struct stat info {};
  const mode_t mode = ::stat(path.c_str(), &info) == 0 ? info.st_mode & 0777 : 0640;
  const std::string fresh = path + ".new";
  std::error_code error;
  fs::remove(fresh, error);
  made.Add(fresh);
  return WriteNew(fresh, text, mode);
}

Status TakePlace(const std::string& path) {
  if (::rename((path + ".new").c_str(), path.c_str()) != 0) return CannotWrite(path);
  return {};
}

Status MakeKeys(const std::string& folder, const std::string& name, Made& made) {
  std::error_code error;
  if (fs::exists(folder + "/" + name + ".key", error)) return {};
  made.Add(folder + "/" + name + ".key");
  made.Add(folder + "/" + name + ".pub");
  return bus::SaveKeyPair(folder, name, bus::MakeKeyPair());
}

Error ByHand(const std::string& path, const std::string& what) {
  return {Code::kFailedPrecondition, "BY_HAND",
          fmt::format("{} 的写法无法自动修改,什么也没有改;请手工{}", path, what)};
}

// ---- suite.yaml ---------------------------------------------------------------------------------

// The ports that `baoxue setup` would have given it beside the registry's; 0: unix sockets.
base::Result<int> PortBase(const host::Suite& suite) {
  const auto registry = suite.services.find("registry");
  if (registry == suite.services.end()) {
    return Error{Code::kFailedPrecondition, "BY_HAND", suite.path + " 中没有 registry"};
  }
  const std::string& requests = registry->second.requests.front();
  if (requests.starts_with("ipc://")) return 0;
  const auto address = bus::ParseTcpAddress(requests);
  if (!address.ok()) return address.error();
  return address->port - 1;
}

std::string DatabaseFor(const host::Suite& suite) {
  std::string name = suite.services.at("registry").database;
  constexpr std::string_view kOwn = "registry";
  if (!name.ends_with(kOwn)) return "baoxue_tracing";
  return name.substr(0, name.size() - kOwn.size()) + "tracing";
}

bool SameServices(const host::Suite& before, const host::Suite& after) {
  std::set<std::string> names{"tracing"};
  for (const auto& [name, service] : before.services) names.insert(name);
  std::set<std::string> now;
  for (const auto& [name, service] : after.services) {
    now.insert(name);
    const auto old = before.services.find(name);
    if (old != before.services.end() && (old->second.requests != service.requests ||
                                         old->second.database != service.database)) {
      return false;
    }
  }
  return now == names;
}

Status PrepareSuite(const host::Suite& suite, int port_base, Made& made, host::Suite& after) {
  const std::string section = ServiceYaml(
      kTracing, EndpointsOf(suite.data_dir, port_base, kTracingIndex), DatabaseFor(suite));
  YamlText text{ReadAll(suite.path)};
  if (!text.AddUnder("services", section).ok()) {
    return ByHand(suite.path, "在 services: 下加上\n" + section);
  }
  RETURN_IF_ERROR(WriteBeside(suite.path, text.ToString(), made));
  ASSIGN_OR_RETURN(after, host::LoadSuite(suite.path + ".new"));
  if (!SameServices(suite, after)) {
    return ByHand(suite.path, "在 services: 下加上\n" + section);
  }
  return {};
}

// ---- exchange.yaml ------------------------------------------------------------------------------

Status CheckAddresses(const SetupUpdate& update, const host::Suite& suite, int port_base) {
  RETURN_IF_ERROR(CheckExchange(update.exchange_bind, update.exchange_advertise));
  const std::string path = suite.data_dir + "/etc/exchange.yaml";
  std::error_code error;
  if (!fs::exists(path, error)) {
    if (port_base != 0 || !update.exchange_bind.empty()) return {};
    return Error{Code::kInvalidArgument, "BAD_OPTION",
                 "本部署用 unix socket;请用 --exchange-bind 写明其他县连到的地址"};
  }
  ASSIGN_OR_RETURN(settings::Document document, settings::Document::Load(path));
  settings::Reader root = document.Root();
  const auto differs = [&](std::string_view key, const std::string& wanted) {
    const std::vector<std::string> there = root.Strings(key);
    return !wanted.empty() && std::find(there.begin(), there.end(), wanted) == there.end();
  };
  if (differs("bind", update.exchange_bind) || differs("advertise", update.exchange_advertise)) {
    return Error{Code::kInvalidArgument, "BAD_OPTION",
                 path + " 里已写明别的地址,没有改动;请直接修改该文件,再重启 baoxue-tracing"};
  }
  return {};
}

Status MakeExchange(const SetupUpdate& update, const host::Suite& suite, int port_base,
                    Made& made, Notes& notes) {
  RETURN_IF_ERROR(MakeKeys(suite.keys_dir, "exchange", made));
  const std::string path = suite.data_dir + "/etc/exchange.yaml";
  std::error_code error;
  if (fs::exists(path, error)) return {};
  const std::string bind =
      update.exchange_bind.empty() ? DefaultExchangeBind(port_base) : update.exchange_bind;
  const std::string& told =
      update.exchange_advertise.empty() ? bind : update.exchange_advertise;
  made.Add(path);
  RETURN_IF_ERROR(WriteNew(path, ExchangeYaml(bind, told, update.letter_suite), 0640));
  notes.push_back(fmt::format("已添加 {}:监听 {},告诉其他县 {}", path, bind, told));
  return {};
}

// ---- access.yaml --------------------------------------------------------------------------------

// Of services that this deployment has; the bus is everybody's.
bool IsHere(const host::Suite& suite, std::string_view call) {
  constexpr std::string_view kRoot = "baoxue.";
  const std::string_view rest = call.substr(std::min(kRoot.size(), call.size()));
  const std::string service{rest.substr(0, rest.find('.'))};
  return service == "bus" || service == "*" || suite.services.contains(service);
}

// Only the suite's own programs: what an outside office may do is the operator's to give.
std::vector<Peer> PeersFor(const host::Suite& suite) {
  std::vector<Peer> peers = PeersOf(suite.services.contains("tracing"));
  std::erase_if(peers, [&](const Peer& peer) {
    return !peer.role.empty() ||
           (peer.name != "cli" && !suite.services.contains(std::string{peer.name}));
  });
  for (Peer& peer : peers) {
    std::erase_if(peer.may_call, [&](std::string_view call) { return !IsHere(suite, call); });
    std::erase_if(peer.may_follow, [&](std::string_view feed) {
      return !suite.services.contains(std::string{feed});
    });
  }
  return peers;
}

// Who stands in the file, revoked or not.
std::set<std::string> NamesIn(const std::string& path) {
  std::set<std::string> names;
  auto document = settings::Document::Load(path);
  if (!document.ok()) return names;
  settings::Reader root = document->Root();
  for (settings::Reader& peer : root.List("peers")) {
    names.insert(peer.String("name", {.fallback = ""}));
  }
  return names;
}

std::set<std::string> ReadGrants(const std::string& path) {
  std::set<std::string> lines;
  std::ifstream in{path};
  for (std::string line; std::getline(in, line);) {
    if (!line.empty() && line.front() != '#') lines.insert(line);
  }
  return lines;
}

class AccessUpdate {
 public:
  AccessUpdate(const host::Suite& suite, const bus::AccessList& access)
      : suite_(suite),
        grants_path_(fs::path{suite.access_file}.replace_extension(".granted").string()),
        granted_(ReadGrants(grants_path_)),
        names_(NamesIn(suite.access_file)),
        text_(ReadAll(suite.access_file)) {
    for (const bus::Peer& peer : access.peers()) expected_[peer.name] = peer;
  }

  Status Prepare(Made& made, Notes& notes) {
    for (const Peer& peer : PeersFor(suite_)) RETURN_IF_ERROR(Need(peer, made, notes));
    if (added_.empty()) return {};
    RETURN_IF_ERROR(WriteBeside(suite_.access_file, text_.ToString(), made));
    const auto loaded = host::LoadAccess(suite_.access_file + ".new");
    if (!loaded.ok() || !IsExpected(*loaded)) return ByHand(suite_.access_file, "加上:" + added_);
    return {};
  }
  // The list first: what was given and is not on record is put there by the next run.
  Status Finish() {
    if (!added_.empty()) RETURN_IF_ERROR(TakePlace(suite_.access_file));
    const std::size_t known = granted_.size();
    for (const Peer& peer : PeersFor(suite_)) granted_.merge(Lines(GrantsOf({peer})));
    if (granted_.size() == known) return {};
    std::string text = GrantsOf({});
    for (const std::string& line : granted_) text += line + "\n";
    Made fresh;
    RETURN_IF_ERROR(WriteBeside(grants_path_, text, fresh));
    return TakePlace(grants_path_);
  }

 private:
  static std::set<std::string> Lines(const std::string& text) {
    std::set<std::string> lines;
    for (std::size_t from = 0; from < text.size();) {
      const std::size_t end = text.find('\n', from);
      if (text[from] != '#') lines.insert(text.substr(from, end - from));
      from = end + 1;
    }
    return lines;
  }

  bool TakenBack(const Peer& peer, std::string_view key, std::string_view what) const {
    return granted_.contains(GrantLine(peer.name, key, what));
  }

  Status Need(const Peer& peer, Made& made, Notes& notes) {
    const std::string name{peer.name};
    if (!expected_.contains(name)) {
      if (names_.contains(name) || TakenBack(peer, "is", "peer")) {
        notes.push_back(name + " 已由操作员收回或删去,没有恢复");
        return {};
      }
      RETURN_IF_ERROR(MakeKeys(suite_.keys_dir, name, made));
      text_.Append(PeerYaml(peer, suite_.keys_dir));
      ASSIGN_OR_RETURN(const std::string key, bus::LoadPublicKey(suite_.keys_dir, name));
      expected_[name] = {.name = name, .public_key = key,
                         .may_call = {peer.may_call.begin(), peer.may_call.end()},
                         .may_follow = {peer.may_follow.begin(), peer.may_follow.end()}};
      Say(notes, name, "钥匙和权限");
      return {};
    }
    bus::Peer& there = expected_[name];
    for (const std::string_view call : peer.may_call) {
      if (bus::AccessList::MayCall(there, std::string{call})) continue;
      RETURN_IF_ERROR(Give(peer, "may_call", call, there.may_call, notes));
    }
    for (const std::string_view feed : peer.may_follow) {
      const auto& feeds = there.may_follow;
      if (std::find(feeds.begin(), feeds.end(), feed) != feeds.end()) continue;
      RETURN_IF_ERROR(Give(peer, "may_follow", feed, there.may_follow, notes));
    }
    return {};
  }

  Status Give(const Peer& peer, const std::string& key, std::string_view what,
              std::vector<std::string>& there, Notes& notes) {
    if (TakenBack(peer, key, what)) {
      notes.push_back(fmt::format("{} 的 {} {} 已由操作员收回,没有恢复", peer.name, key, what));
      return {};
    }
    if (!text_.AddToList(std::string{peer.name}, key, Quote(what)).ok()) {
      return ByHand(suite_.access_file, fmt::format("给 {} 的 {} 加上 {}", peer.name, key, what));
    }
    there.emplace_back(what);
    Say(notes, std::string{peer.name}, fmt::format("{} {}", key, what));
    return {};
  }

  void Say(Notes& notes, const std::string& name, const std::string& what) {
    notes.push_back(fmt::format("已添加 {}:{} 的{}{}", suite_.access_file, name,
                                what.starts_with("may_") ? " " : "", what));
    added_ += (added_.empty() ? "" : "；") + name + " " + what;
  }

  bool IsExpected(const bus::AccessList& loaded) const {
    if (loaded.peers().size() != expected_.size()) return false;
    return std::all_of(loaded.peers().begin(), loaded.peers().end(), [&](const bus::Peer& one) {
      const auto wanted = expected_.find(one.name);
      const auto set = [](const std::vector<std::string>& list) {
        return std::set<std::string>{list.begin(), list.end()};
      };
      return wanted != expected_.end() && wanted->second.public_key == one.public_key &&
             wanted->second.role == one.role &&
             set(wanted->second.may_call) == set(one.may_call) &&
             set(wanted->second.may_follow) == set(one.may_follow);
    });
  }

  const host::Suite& suite_;
  std::string grants_path_;
  std::set<std::string> granted_;
  std::set<std::string> names_;
  YamlText text_;
  std::map<std::string, bus::Peer> expected_ = {};
  std::string added_ = {};
};

}  // namespace

base::Result<std::vector<std::string>> UpdateSetup(const SetupUpdate& update) {
  ASSIGN_OR_RETURN(const host::Suite suite, host::LoadSuite(update.suite_path));
  ASSIGN_OR_RETURN(const bus::AccessList access, host::LoadAccess(suite.access_file));
  host::Suite after = suite;
  Made made;
  Notes notes;
  const bool adds = update.add_tracing && !suite.services.contains("tracing");
  if (update.add_tracing) {
    ASSIGN_OR_RETURN(const int port_base, PortBase(suite));
    RETURN_IF_ERROR(CheckAddresses(update, suite, port_base));
    if (adds) {
      RETURN_IF_ERROR(PrepareSuite(suite, port_base, made, after));
      notes.push_back(fmt::format("已添加 {}:services.tracing", suite.path));
    }
    RETURN_IF_ERROR(MakeExchange(update, suite, port_base, made, notes));
  }
  AccessUpdate changes{after, access};
  RETURN_IF_ERROR(changes.Prepare(made, notes));
  made.Keep();  // from here on the new texts take their places, which name what was made
  RETURN_IF_ERROR(changes.Finish());
  // Last: whoever finds tracing in suite.yaml finds everything that it needs.
  if (adds) RETURN_IF_ERROR(TakePlace(suite.path));
  return notes;
}

}  // namespace cli
