// The subsidy service in this process over CURVE, with MariaDB tuned as deploy/up tunes it, beside
// a registry that only has a feed; and 同安's 119,003 students put straight into its tables.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/random.h"
#include "harness/private_mariadb.h"
#include "harness/private_redis.h"
#include "harness/temp_dir.h"
#include "host/runtime.h"
#include "subsidy/app/facts_desk.h"

namespace bench {

inline constexpr int kCountyStudents = 119003;

class SubsidyStage {
 public:
  SubsidyStage();
  const host::Suite& suite() const { return suite_; }
  store::Pool& pool() { return *pool_; }  // of the service's database
  bus::Context& context() { return *context_; }
  bus::ClientOptions Dial(const std::string& as) const;
  base::SystemClock& clock() { return clock_; }
  base::IdSource& ids() { return ids_; }

  // Use cases without the service, on the same tables, on a day of the autumn term.
  std::unique_ptr<subsidy::Office> MakeOffice();
  // One in ten on a list, a fifth boards.
  void FillCounty(int students);
  void StartServices();
  host::Runtime& registry() { return *registry_; }
  host::Runtime& subsidy() { return *subsidy_; }

 private:
  harness::TempDir dir_;
  std::unique_ptr<harness::PrivateMariaDb> mariadb_;
  std::unique_ptr<harness::PrivateRedis> redis_;
  host::Suite suite_;
  base::SystemClock clock_;
  base::ManualClock office_clock_;
  base::RandomIds ids_;
  std::unique_ptr<bus::Context> context_;
  std::unique_ptr<store::Pool> pool_;
  std::unique_ptr<host::Runtime> registry_;
  std::unique_ptr<host::Runtime> subsidy_;
};

// A student as the county has them: deterministic by `id`.
subsidy::StateRow CountyState(std::int64_t id);
std::vector<subsidy::Tag> CountyTags(std::int64_t id);

}  // namespace bench
