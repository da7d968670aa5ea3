// The acts that a person may do in a case, and the shape each must have.
//
// Fact acts record what happened; hand-overs move between levels; transitions move between states
// as the profile's ways allow; clock acts stop and start a clock; edits touch nothing else.
// Errors of CheckShape: kInvalidArgument with ACT_UNKNOWN, FIELD_MISSING, BAD_OUTCOME,
// BAD_EVIDENCE, ACT_IN_FUTURE, ACT_TOO_OLD, TEXT_TOO_LONG; details in Chinese. Pure.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "cases/domain/profile.h"
#include "cases/domain/types.h"

namespace cases {

enum class ActClass { kFact, kHandover, kTransition, kClock, kAdmin, kEdit };

struct ActSpec {
  std::string_view kind = {};
  std::string_view name = {};  // Chinese
  ActClass act_class = ActClass::kFact;
  std::vector<std::string_view> fields = {};  // must be there
};

std::span<const ActSpec> ActSpecs();
const ActSpec* FindAct(std::string_view kind);
std::string_view FieldChinese(std::string_view field);
bool HasField(const Act& act, std::string_view field);
// "送达回证:2026-3" -> "送达回证".
std::string_view EvidenceKind(std::string_view evidence);
// Whether a contact, visit or persuasion did not reach anybody.
bool IsFailedContact(const Act& act);
bool IsHomeVisit(const Act& act);

base::Status CheckShape(const Act& act, const Profile& profile, base::UtcTime now);

}  // namespace cases
