// What an officer's act (contract DoLetterAct) is to the protocol, and the item's content.
// Errors: kInvalidArgument/BAD_ACT, BAD_DATE, BAD_DIVISION, REASON_MISSING, those of CheckReply
// and PrepareFiles. Pure.
#pragma once

#include "tracing/app/letter_content.h"
#include "tracing/app/office.h"

namespace tracing {

struct OfficerAct {
  Input input = Tick{};
  v1::Item content = {};
};
base::Result<OfficerAct> ActFrom(const v1::DoLetterAct& request, const Policy& policy);

}  // namespace tracing
