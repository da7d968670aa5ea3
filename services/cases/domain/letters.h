// What an answer of another county does to the case that asked: the profile's triggers.letters.
//
// Every answer is an entry of its own, also in a case that is over, where nothing follows from it.
// A later answer of the same conversation corrects the earlier one: what that one had closed is
// open again, as long as nobody has decided anything since. Never refused. Pure.
// Source: domain.md 6.2 (codes), the profile (what each does).
#pragma once

#include <vector>

#include "base/result.h"
#include "cases/domain/engine.h"
#include "cases/domain/run.h"

namespace cases {

// Precondition: what fell due before has happened (the run stands at the time of the answer).
base::Result<std::vector<Entry>> DecideLetter(Run& run, const LetterReply& command);

// "绥宁县教育局 绥教函〔2026〕3号：R01 在我地就读有学籍，..." for the timeline.
std::string DescribeLetter(const Entry& entry);

}  // namespace cases
