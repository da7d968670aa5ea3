// Faults: kill -9 of each service and of MariaDB in turn, and FLUSHALL, in an order that a seed
// decides.
//
// Rounds: in each, every victim comes once. BAOXUE_CHAOS_ROUNDS and BAOXUE_CHAOS_SEED change how
// many there are and their order; the seed is printed. Belongs to the deployment's thread.
#pragma once

#include <chrono>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "harness/deployment.h"

namespace chaos {

inline const std::string kMariaDb = "mariadb";
inline const std::string kFlushAll = "flushall";

class Faults {
 public:
  Faults(harness::Deployment& deployment, int rounds, unsigned seed);
  // As the environment says, else these.
  static int Rounds(int standard);
  static unsigned Seed(unsigned standard);

  bool Finished() const { return next_ == plan_.size(); }
  // Hurts the next victim and brings it back. Throws when it does not come back.
  void Strike();
  // How long to leave everybody alone before the next.
  std::chrono::milliseconds Pause(std::chrono::milliseconds most);
  const std::map<std::string, int>& struck() const { return struck_; }
  int kills() const;

 private:
  harness::Deployment& deployment_;
  std::mt19937 random_;
  std::vector<std::string> plan_;
  std::size_t next_ = 0;
  std::map<std::string, int> struck_;
};

}  // namespace chaos
