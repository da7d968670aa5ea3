// This service's facts as events of its feed. Ids only: no name, no identity number. Pure.
#pragma once

#include "store/event_log.h"
#include "subsidy/contract/subsidy.pb.h"
#include "subsidy/domain/ledger.h"
#include "subsidy/store/payment_repository.h"

namespace subsidy {

namespace v1 = baoxue::subsidy::v1;

void PutDate(base::Date day, baoxue::bus::v1::Date* out);
void PutTime(base::UtcTime at, google::protobuf::Timestamp* out);

// before is empty for a first decision.
store::NewEvent EligibilityEvent(const DecisionRow& decision, const Change& change,
                                 const Benefit& benefit);
store::NewEvent PaymentEvent(const RollRow& roll, const LineRow& line, std::string_view what,
                             base::UtcTime now);
store::NewEvent RulesEvent(const RuleSet& rules, const std::vector<std::string>& approved_by,
                           base::UtcTime now);

}  // namespace subsidy
