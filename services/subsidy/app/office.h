// What every use case works with: pool, clock, calendar, and the rules in force.
//
// Rules are in force because the database says so: the first start takes over the config, later
// ones wait for two approvals (trials.h). Which version counts is read in each transaction, so a
// second copy of the service changes over at the same moment; parsed books are kept by version.
// Thread-safe. Errors: those of store; kDataCorruption/RULES_BROKEN when a kept rule set does not
// parse any more.
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "base/calendar.h"
#include "base/clock.h"
#include "store/store.h"
#include "subsidy/domain/terms.h"
#include "subsidy/store/rows.h"

namespace subsidy {

inline constexpr std::string_view kFeed = "subsidy";

// A rule set made ready, with the terms as it counts them.
struct Live {
  Book book;
  std::vector<SubsidyTerm> terms = {};
};

// Texts of a rule set as one opaque string -> rules. Given by endpoints, which reads YAML.
using ParseTexts = std::function<base::Result<RuleSet>(const std::string& texts)>;

class Office {
 public:
  struct Parts {
    store::Pool& pool;
    const base::Clock& clock;
    base::Calendar calendar = {};
    std::string config_texts = {};  // what stands on disk
    ParseTexts parse = {};
    std::function<void()> notify_feed = {};
  };
  explicit Office(Parts parts) : parts_(std::move(parts)) {}

  store::Pool& pool() const { return parts_.pool; }
  base::UtcTime Now() const { return parts_.clock.Now(); }
  base::Date Today() const { return parts_.clock.Today(); }
  const base::Calendar& calendar() const { return parts_.calendar; }
  const std::string& config_texts() const { return parts_.config_texts; }
  void NotifyFeed() const {
    if (parts_.notify_feed) parts_.notify_feed();
  }

  // The first start takes over what stands on disk.
  base::Status EnsureRules();
  base::Result<std::shared_ptr<const Live>> InForce(store::Session& session) const;
  base::Result<std::shared_ptr<const Live>> ByVersion(store::Session& session,
                                                      const std::string& version) const;
  base::Result<std::shared_ptr<const Live>> FromTexts(const std::string& texts) const;

  mutable std::atomic<std::uint64_t> evaluated{0};
  mutable std::atomic<std::uint64_t> spared{0};

 private:
  Parts parts_;
  mutable std::mutex mutex_;
  mutable std::map<std::string, std::shared_ptr<const Live>> books_;
};

}  // namespace subsidy
