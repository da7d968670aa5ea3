// The requests of subsidy.proto: decode, call the use case, answer. Thread-safe.
#pragma once

#include "host/host.h"
#include "subsidy/app/office.h"

namespace subsidy {

class Handlers {
 public:
  Handlers(host::Host& host, const Office& office) : host_(host), office_(office) {}
  void Register();

 private:
  void RegisterReads();
  void RegisterWrites();
  void RegisterRules();
  host::Host& host_;
  const Office& office_;
};

}  // namespace subsidy
