// A write that happens once: the first answer to a key is given again, and nothing else happens.
// Errors: kInvalidArgument/KEY_MISSING, KEY_REUSED; those of the work and of the store.
#pragma once

#include <functional>
#include <string>

#include "subsidy/app/assessor.h"

namespace subsidy {

struct Once {
  std::string key = {};  // 16 bytes
  std::string request_type = {};
};
// `work` gets the transaction and an assessor whose events are appended last.
base::Result<std::string> DoOnce(
    const Office& office, const Once& once,
    const std::function<base::Result<std::string>(store::Transaction&, Assessor&)>& work);

}  // namespace subsidy
