// What a benchmark found: one line of the table and one object of build/bench.json.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace bench {

struct Figure {
  std::string name = {};
  double value = 0;            // in `unit`
  std::string unit = {};
  double p50_ms = 0;           // 0: does not apply
  double p99_ms = 0;
  double floor = 0;            // the same unit, measured in the same run; 0: none
  std::string must = {};       // what the issue asks for, in words
  bool reached = false;
  std::string floor_is = {};   // what the floor is, in words
  std::vector<std::pair<std::string, double>> peers = {};  // other systems, same unit
  double Ratio() const { return floor == 0 ? 0 : value / floor; }
};

void PrintTable(const std::vector<Figure>& figures);
// Throws std::runtime_error when the file cannot be written.
void WriteJson(const std::vector<Figure>& figures, const std::string& path);

// The value at quantile q of a sorted list; 0 of an empty one.
double Quantile(const std::vector<double>& sorted, double q);

}  // namespace bench
