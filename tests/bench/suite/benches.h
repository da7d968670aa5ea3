// The benchmarks by name. Each returns its figures; `Shared` is the big county that those share
// which do not need a fresh one.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "bench/suite/environment.h"
#include "bench/suite/figure.h"

namespace bench {

std::vector<Figure> RollCall64x1();
std::vector<Figure> RollCall64x16();
std::vector<Figure> AbsenceToCase();
std::vector<Figure> ImportRoster();
std::vector<Figure> Reconcile();
std::vector<Figure> TermReplay();
std::vector<Figure> Memory();
std::vector<Figure> Restart();
std::vector<Figure> EligibilityCore();
std::vector<Figure> EligibilityCounty();
std::vector<Figure> FactToEvent();
std::vector<Figure> FeedCatchUp();
std::vector<Figure> BlindQuestion();
std::vector<Figure> FindLikely();
std::vector<Figure> Letters();

// 同安 with everybody imported and the clock at the end of the term; made at first use.
Environment& BigCounty();
// Lets it go, so that the next one starts from nothing.
void DropBigCounty();

}  // namespace bench
