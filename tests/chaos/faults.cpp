#include "chaos/faults.h"

#include <algorithm>
#include <iostream>

#include "harness/child_process.h"

namespace chaos {

int Faults::Rounds(int standard) {
  const std::string text = harness::EnvironmentVariable("BAOXUE_CHAOS_ROUNDS");
  return text.empty() ? standard : std::stoi(text);
}

unsigned Faults::Seed(unsigned standard) {
  const std::string text = harness::EnvironmentVariable("BAOXUE_CHAOS_SEED");
  return text.empty() ? standard : static_cast<unsigned>(std::stoul(text));
}

Faults::Faults(harness::Deployment& deployment, int rounds, unsigned seed)
    : deployment_(deployment), random_(seed) {
  for (int i = 0; i < rounds; ++i) {
    std::vector<std::string> round = harness::Deployment::ServiceNames();
    round.insert(round.end(), {kMariaDb, kFlushAll});
    std::shuffle(round.begin(), round.end(), random_);
    plan_.insert(plan_.end(), round.begin(), round.end());
  }
  std::cout << "faults: " << plan_.size() << ", BAOXUE_CHAOS_SEED=" << seed << '\n';
}

void Faults::Strike() {
  const std::string& victim = plan_.at(next_++);
  if (victim == kFlushAll) {
    deployment_.redis().FlushAll();
  } else if (victim == kMariaDb) {
    deployment_.mariadb().Restart();
  } else {
    deployment_.Kill9(victim);
    deployment_.Start(victim);
  }
  ++struck_[victim];
}

std::chrono::milliseconds Faults::Pause(std::chrono::milliseconds most) {
  return std::chrono::milliseconds{
      std::uniform_int_distribution<std::int64_t>{0, most.count()}(random_)};
}

int Faults::kills() const {
  int kills = 0;
  for (const auto& [victim, times] : struck_) kills += victim == kFlushAll ? 0 : times;
  return kills;
}

}  // namespace chaos
