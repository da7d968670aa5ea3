// `baoxue access`: whose keys may connect, and taking one back at once.
#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <sstream>

#include "cli/commands/commands.h"
#include "cli/shell/json.h"
#include "cli/shell/text_table.h"
#include "cli/shell/values.h"

namespace cli {
namespace {

namespace wire = baoxue::bus::v1;
namespace fs = std::filesystem;
using base::Code;
using base::Error;

std::string Join(const std::vector<std::string>& words) {
  std::string out;
  for (const std::string& word : words) out += (out.empty() ? "" : " ") + word;
  return out;
}

base::Status List(Shell& shell) {
  ASSIGN_OR_RETURN(const host::Suite* suite, shell.suite());
  ASSIGN_OR_RETURN(const bus::AccessList access, host::LoadAccess(suite->access_file));
  TextTable table({"名称", "身份", "可跟随", "可调用"});
  table.WidthMax(3, 60);
  for (const bus::Peer& peer : access.peers()) {
    table.Row({peer.name, peer.role, Join(peer.may_follow), Join(peer.may_call)});
  }
  if (shell.json()) {
    JsonObject json;
    for (const bus::Peer& peer : access.peers()) {
      json.Json(peer.name, JsonObject{}
                               .Text("role", peer.role)
                               .Text("may_follow", Join(peer.may_follow))
                               .Text("may_call", Join(peer.may_call))
                               .ToString());
    }
    shell.Json(json.ToString());
  } else {
    shell.Say(table.ToString());
  }
  return {};
}

std::string Trimmed(const std::string& line, std::string_view junk) {
  const std::size_t begin = line.find_first_not_of(junk);
  if (begin == std::string::npos) return {};
  return line.substr(begin, line.find_last_not_of(junk) - begin + 1);
}

// The file with a line that says since when the peer is revoked; comments and the rest stay.
base::Result<std::string> Marked(const std::string& path, const std::string& name,
                                 base::Date today) {
  std::ifstream in(path);
  if (!in) return Error{Code::kNotFound, "NO_FILE", path};
  std::string out;
  bool found = false;
  for (std::string line; std::getline(in, line);) {
    out += line + "\n";
    const std::size_t dash = line.find("- name:");
    if (found || dash == std::string::npos || line.find('#') < dash) continue;
    if (Trimmed(line.substr(dash + 7), " \t\"'\r") != name) continue;
    found = true;
    out += std::string(dash + 2, ' ') + fmt::format("revoked: \"{}\"\n", today.ToString());
  }
  if (!found) {
    return Error{Code::kNotFound, "PEER_UNKNOWN",
                 fmt::format("{} 中没有单独成行的“- name: {}”,请直接修改该文件", path, name)};
  }
  return out;
}

// Beside the old file, read back, then in its place: a list that does not load never counts.
base::Status Replace(const std::string& path, const std::string& text, const std::string& name) {
  const std::string fresh = path + ".new";
  std::error_code error;
  {
    std::ofstream file(fresh, std::ios::trunc);
    fs::permissions(fresh, fs::status(path, error).permissions(), error);
    file << text;
    file.close();
    if (!file) return Error{Code::kUnavailable, "CANNOT_WRITE", "文件写不进去：" + fresh};
  }
  const auto loaded = host::LoadAccess(fresh);
  if (!loaded.ok() || loaded->FindName(name) != nullptr) {
    fs::remove(fresh, error);
    if (!loaded.ok()) return loaded.error();
    return Error{Code::kInternal, "NOT_REVOKED", path};
  }
  fs::rename(fresh, path, error);
  if (error) return Error{Code::kUnavailable, "CANNOT_WRITE", path + ": " + error.message()};
  return {};
}

// Tells every service, so that it counts from the moment that this command ends.
base::Status TellAll(Shell& shell, const host::Suite& suite) {
  std::string silent;
  for (const auto& [service, settings] : suite.services) {
    const auto reply = shell.Ask<wire::ReloadAccessReply>(service, wire::ReloadAccess{});
    if (reply.ok()) {
      shell.Say(fmt::format("{}:已按新表", service));
    } else {
      silent += (silent.empty() ? "" : "、") + service;
    }
  }
  if (silent.empty()) return {};
  return Error{Code::kUnavailable, "NOT_TOLD",
               silent + " 没有应答;它在运行时一两秒内自己会读新表,否则下次启动时读"};
}

base::Status Revoke(Shell& shell, const std::string& name) {
  ASSIGN_OR_RETURN(const host::Suite* suite, shell.suite());
  ASSIGN_OR_RETURN(const bus::AccessList access, host::LoadAccess(suite->access_file));
  if (name == "cli" || suite->services.contains(name)) {
    return Error{Code::kFailedPrecondition, "OWN_KEY",
                 name + " 是本系统自己的钥匙,收回后系统不能工作"};
  }
  if (access.FindName(name) == nullptr) {
    return Error{Code::kNotFound, "PEER_UNKNOWN", "表中没有(或已收回):" + name};
  }
  const base::Date today = base::DateAt(shell.clock().Now());
  ASSIGN_OR_RETURN(const std::string text, Marked(suite->access_file, name, today));
  RETURN_IF_ERROR(Replace(suite->access_file, text, name));
  RETURN_IF_ERROR(TellAll(shell, *suite));
  shell.Say(name + " 的钥匙已收回,即时生效");
  if (shell.json()) shell.Json(JsonObject{}.Text("revoked", name).ToString());
  return {};
}

base::Status Reload(Shell& shell) {
  ASSIGN_OR_RETURN(const host::Suite* suite, shell.suite());
  ASSIGN_OR_RETURN(const bus::AccessList access, host::LoadAccess(suite->access_file));
  return TellAll(shell, *suite);
}

}  // namespace

void AddAccess(Shell& shell, Command& root) {
  Command access = root.Sub("access", "钥匙：谁可以连接本系统（access.yaml）");
  access.NeedsSub();
  access.Sub("list", "列出各钥匙可跟随、可调用什么").Run([&shell] { return List(shell); });
  access.Sub("reload", "让各服务立即重读 access.yaml").Run([&shell] {
    return Reload(shell);
  });
  Command revoke = access.Sub("revoke", "收回一把钥匙，即时生效");
  const auto name = std::make_shared<std::string>();
  revoke.Text("NAME", *name, "access.yaml 中的名称", Need::kRequired);
  revoke.Run([&shell, name] { return Revoke(shell, *name); });
}

}  // namespace cli
