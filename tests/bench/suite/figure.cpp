#include "bench/suite/figure.h"

#include <fmt/format.h>

#include <cstdio>
#include <fstream>
#include <nlohmann/json.hpp>
#include <stdexcept>

namespace bench {

void PrintTable(const std::vector<Figure>& figures) {
  fmt::print("\n{:<16} {:>12} {:<5} {:>8} {:>8} {:>12} {:>6}  {}\n", "benchmark", "value", "unit",
             "p50 ms", "p99 ms", "floor", "ratio", "must");
  for (const Figure& f : figures) {
    fmt::print("{:<16} {:>12.1f} {:<5} {:>8.2f} {:>8.2f} {:>12.1f} {:>6.2f}  {} {}\n", f.name,
               f.value, f.unit, f.p50_ms, f.p99_ms, f.floor, f.Ratio(),
               f.reached ? "reached:" : "MISSED:", f.must);
    for (const auto& [peer, value] : f.peers) {
      fmt::print("{:<16} {:>12.1f} {:<5} {:>53}  we do {:.1f} times that\n", "", value, f.unit,
                 peer, value == 0 ? 0 : f.value / value);
    }
    if (!f.floor_is.empty()) fmt::print("{:<16} floor: {}\n", "", f.floor_is);
  }
  std::fflush(stdout);
}

void WriteJson(const std::vector<Figure>& figures, const std::string& path) {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const Figure& f : figures) {
    nlohmann::ordered_json peers = nlohmann::ordered_json::object();
    for (const auto& [peer, value] : f.peers) peers[peer] = value;
    list.push_back({{"name", f.name},
                    {"value", f.value},
                    {"unit", f.unit},
                    {"p50_ms", f.p50_ms},
                    {"p99_ms", f.p99_ms},
                    {"floor", f.floor},
                    {"ratio", f.Ratio()},
                    {"peers", peers},
                    {"must", f.must},
                    {"reached", f.reached}});
  }
  std::ofstream out{path};
  out << list.dump(2) << "\n";
  if (!out) throw std::runtime_error("cannot write " + path);
}

double Quantile(const std::vector<double>& sorted, double q) {
  if (sorted.empty()) return 0;
  const auto at = static_cast<std::size_t>(static_cast<double>(sorted.size()) * q);
  return sorted[std::min(at, sorted.size() - 1)];
}

}  // namespace bench
