// Requests about paper: printing an item, the log of printings, offices without the software.
//
// Errors: those of PrintDesk; ACTOR_MISSING. A changed office is in the directory at once. All
// references outlive it; thread-safe.
#pragma once

#include "host/host.h"
#include "tracing/app/print_desk.h"
#include "tracing/endpoints/directory_desk.h"

namespace tracing {

class PrintHandlers {
 public:
  // `changed`: a paper office is known from now on.
  PrintHandlers(host::Host& host, LetterDesk& letters, DirectoryDesk& directory,
                std::function<base::Status()> changed)
      : host_(host), desk_(letters), directory_(directory), changed_(std::move(changed)) {}
  void Register();

 private:
  host::Host& host_;
  PrintDesk desk_;
  DirectoryDesk& directory_;
  std::function<base::Status()> changed_;
};

}  // namespace tracing
