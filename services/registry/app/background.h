// The registry's own worker: one thread that applies imports and runs comparisons, found in the
// database (so a restart goes on by itself), woken by a use case or every few seconds. Errors of
// the database are tried again; those of the data end the import or the run as "failed".
#pragma once

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "registry/app/deps.h"
#include "registry/app/import_runner.h"
#include "registry/app/reconciler.h"

namespace registry {

class Background {
 public:
  explicit Background(const Deps& deps);
  ~Background();
  Background(const Background&) = delete;
  Background& operator=(const Background&) = delete;

  void Start();
  // Work has been added.
  void Nudge();
  // Finishes the transaction under way and stops.
  void Stop();
  // Imports and runs that are not finished.
  base::Result<std::uint64_t> Pending() const;

 private:
  void Loop();
  // False when something is worth trying again soon.
  bool DoWhatWaits();

  const ImportRunner imports_;
  const Reconciler reconciler_;
  std::atomic<bool> stop_ = false;
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  bool nudged_ = false;
  std::thread thread_;
};

}  // namespace registry
