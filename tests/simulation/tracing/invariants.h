// What must hold of every letter of the country, checked on committed state only.
//
//  1 every item is receipted, or visibly stuck with a reason     (NOT_STUCK, NOT_DELIVERED)
//  2 no letter reaches an officer twice in a round               (OFFICER_TWICE, in the commit)
//  3 both logs agree on what both have                           (LOGS_DIFFER)
//  4 a closed letter stays closed until it is reopened           (CLOSED_LEFT, also in the commit)
//  5 a restored backup sends nothing twice                       (LETTER_TWICE, TWO_ITEMS_IN_PLACE)
//  6 urging and copy once each a round                           (URGED_TWICE, COPIED_TWICE)
//  7 numbers without gap, never twice                            (NUMBER_GAP, NUMBER_TWICE)
//  8 a duplicate gets the same receipt                           (RECEIPT_CHANGED, when sent)
//  9 in the end both sides show the same state                   (STATE_DIFFERS, NOT_CONFIRMED)
// Violations are texts without personal data. Not thread-safe.
#pragma once

#include "simulation/tracing/world.h"

namespace simulation {

// At any moment.
void CheckDuring(World& world);
// After the quiet days: nothing may be on the way any more.
void CheckAtEnd(World& world);

}  // namespace simulation
