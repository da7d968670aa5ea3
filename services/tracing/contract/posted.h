// What lies in a relay's mailbox: something posted to one county, sealed for that county alone.
//
// The relay sees from, to, size and time. From and to are bound to the seal; that it is really from
// there, the signatures inside prove (of items, receipts, refusals, questions, answers). The parcel
// id is made from what is inside, not from the seal: the same thing again is the same parcel.
// Errors: those of parcel.h; kFailedPrecondition/SEALED_FOR_ANOTHER; kInvalidArgument/UNREADABLE,
// WRONG_PARTIES. Pure but for the random numbers of sealing; thread-safe.
#pragma once

#include <span>
#include <string>

#include "tracing/contract/parcel.h"

namespace tracing {

inline constexpr std::size_t kParcelIdBytes = 16;

std::string ParcelIdOf(const v1::Posted& posted, const std::string& from, const std::string& to,
                       const std::string& same);
// `same`: what makes it the same thing if it is posted again (an item's hash); empty: its bytes.
v1::Deposit PackPosted(const v1::Posted& posted, const std::string& from, const std::string& to,
                       const std::string& same, const security::LetterVerifier& addressee);
base::Result<v1::Posted> UnpackPosted(const std::string& sealed, const std::string& from,
                                      const std::string& to,
                                      std::span<const security::LetterKey> mine);

}  // namespace tracing
