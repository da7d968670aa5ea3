// The requests that the registry answers: one function a message, one table. Each decodes, checks
// the shape, calls a use case and encodes; errors pass through as they are. Thread-safe: runs on
// the server's workers.
#pragma once

#include <functional>

#include "bus/bus.h"
#include "registry/app/disclosures.h"
#include "registry/app/enrolments.h"
#include "registry/app/imports.h"
#include "registry/app/ledgers.h"
#include "registry/app/reconciliations.h"
#include "registry/app/students.h"

namespace registry {

struct UseCases {
  const Deps& deps;
  Imports& imports;
  Enrolments& enrolments;
  Students& students;
  Reconciliations& reconciliations;
  Ledgers& ledgers;
  Disclosures& disclosures;
  std::function<void()> nudge = {};  // background work has been added
};

// `use` outlives the server.
void RegisterHandlers(bus::Server& server, const UseCases& use);

}  // namespace registry
