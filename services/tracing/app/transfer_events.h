// What a transfer's watch tells the suite, and how its history reads. No name of a person, no
// identity number in the event. Pure.
#pragma once

#include <string>

#include "store/event_log.h"
#include "tracing/contract/tracing.pb.h"
#include "tracing/store/transfer_repository.h"

namespace tracing {

namespace v1 = baoxue::tracing::v1;

// tracing.transfer.opened, .overdue, .missing, .arrived, .called_off.
store::NewEvent TransferEvent(const TransferRow& row, const TransferNews& news,
                              const std::string& document_no, const std::string& school,
                              base::UtcTime now);
// The line of the history; `why` is what the source said.
std::string TextOf(const TransferNews& news, const TransferRow& row, const std::string& why);

}  // namespace tracing
