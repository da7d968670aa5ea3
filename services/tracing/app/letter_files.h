// Files that an officer puts to an item: judged by the profile, named without a path and without
// an identity number, their kind by their bytes. Errors: those of domain/attachments.h. Pure.
#pragma once

#include "tracing/contract/letter.pb.h"
#include "tracing/domain/attachments.h"

namespace tracing {

namespace v1 = baoxue::tracing::v1;

base::Status PrepareFiles(const Policy& policy, v1::Item* content);

}  // namespace tracing
