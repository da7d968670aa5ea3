// Judges an evidence file with public keys alone: no database, no network, no settings.
//
// Restates the chain of services/tracing/domain/chain.h on its own, so that it is a second opinion:
//   head(n) = H("baoxue-chain/1" | conversation | by_asker | seq | kind | seen | hash(n)
//             | head(n-1))
// Whether the keys are the counties' is for people: compare `fingerprints` with what the county
// publishes, or give the directory that you trust.
// Errors of ParseEvidence: kInvalidArgument/EVIDENCE_BAD. Pure and thread-safe.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tracing/contract/directory.h"
#include "tracing/contract/evidence.pb.h"

namespace tracing {

struct EvidenceFinding {
  std::string division = {};  // the author
  std::uint32_t seq = 0;
  std::string problem = {};   // UPPER_SNAKE: SIGNATURE_BAD, CHAIN_BROKEN, ...
  std::string text = {};      // Chinese
};
struct EvidenceLine {         // one item that holds
  std::string division = {};
  std::uint32_t seq = 0;
  std::uint32_t kind = 0;
  std::string document_no = {};
  base::UtcTime written_at = {};
  bool receipted = false;
  base::UtcTime taken_at = {};
};
struct EvidenceReport {
  std::string asker = {};
  std::string answerer = {};
  std::vector<EvidenceLine> lines = {};
  std::vector<EvidenceFinding> findings = {};    // empty: everything holds
  std::vector<std::pair<std::string, std::string>> fingerprints = {};  // division, key used
  std::string asker_head = {};                   // hex
  std::string answerer_head = {};
  bool holds() const { return findings.empty(); }
};

std::string EvidenceFile(const v1::Evidence& evidence);
base::Result<v1::Evidence> ParseEvidence(std::string_view file);
// `trusted`: keys that are not in it are findings; null: the file's own keys count.
EvidenceReport JudgeEvidence(const v1::Evidence& evidence, const Directory* trusted);

}  // namespace tracing
