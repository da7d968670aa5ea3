// What the registry does with events of others: the feed of cases fills the 疑似辍学 and 辍学
// ledgers.
#pragma once

#include "base/result.h"
#include "bus/bus.h"
#include "registry/app/ledgers.h"

namespace registry {

// Takes one event of the feed "cases"; one that the registry does not know is skipped.
// Errors: kDataCorruption/BAD_EVENT, those of the store.
base::Status OnCaseEvent(const Ledgers& ledgers, store::Transaction& tx, const bus::Event& event);

}  // namespace registry
