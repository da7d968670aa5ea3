// What a history says to people, line by line, in Chinese. Pure.
#pragma once

#include <string>

#include "cases/domain/profile.h"
#include "cases/domain/types.h"

namespace cases {

// One line for one entry, without time and actor. No identity numbers: entries hold none.
std::string Describe(const Entry& entry, const Profiles& profiles);

}  // namespace cases
