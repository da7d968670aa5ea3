// A cases service for tests of letters: it knows what the test says of each case, and a case that
// it was not told of is about nobody in particular. Its feed is what the test appends.
#pragma once

#include <map>
#include <memory>
#include <mutex>

#include "cases/contract/cases.pb.h"
#include "host/runtime.h"

namespace tracing::testing {

struct CaseBook {
  std::mutex mutex;
  std::map<std::int64_t, baoxue::cases::v1::Case> cases;
};

inline host::Definition FakeCases(std::shared_ptr<CaseBook> book, host::Host** out) {
  namespace cases = baoxue::cases::v1;
  host::Definition definition;
  definition.name = "cases";
  definition.build = [book, out](host::Host& host) -> base::Result<std::shared_ptr<void>> {
    *out = &host;
    host.server().On<cases::GetCase, cases::CaseReply>(
        [book](const bus::Request&, const cases::GetCase& ask) -> base::Result<cases::CaseReply> {
          const std::lock_guard lock{book->mutex};
          cases::CaseReply reply;
          const auto found = book->cases.find(ask.case_id());
          if (found != book->cases.end()) *reply.mutable_case_() = found->second;
          reply.mutable_case_()->set_case_id(ask.case_id());
          return reply;
        });
    return std::shared_ptr<void>{};
  };
  return definition;
}

}  // namespace tracing::testing
