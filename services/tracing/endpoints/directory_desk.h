// The directory in force: our own record, the files of others that are believed, and what an
// officer does with them: import, export, self-test, leave, rotate keys.
//
// Our own record is remade at each start and change; its serial rises only when it differs. After
// each change the book is replaced and `changed` is called (the exchange opens anew). Thread-safe.
// Errors: those of contract/directory.h; kFailedPrecondition/OWN_DIRECTORY, DIRECTORY_OLD;
// kInvalidArgument/FINGERPRINT_MISSING, FINGERPRINT_DIFFERS; those of key files and the store.
#pragma once

#include <functional>
#include <mutex>

#include "base/clock.h"
#include "store/store.h"
#include "tracing/app/office.h"
#include "tracing/contract/tracing.pb.h"
#include "tracing/endpoints/config.h"
#include "tracing/endpoints/exchange.h"

namespace tracing {

class DirectoryDesk {
 public:
  DirectoryDesk(store::Pool& pool, Office& office, const ExchangeConfig& config,
                const base::Clock& clock, std::function<base::Status()> changed);

  // Reads keys and files, remakes our own record.
  base::Status Load();
  base::Result<v1::GetDirectoryReply> Get();
  base::Result<v1::ExportMemberReply> Export();
  base::Result<v1::ImportDirectoryReply> Import(const v1::ImportDirectory& request,
                                                const std::string& by);
  base::Status Leave();
  base::Result<v1::RotateKeysReply> Rotate(const v1::RotateKeys& request);
  base::Result<v1::SelfTestReply> SelfTest(const v1::SelfTest& request, Exchange& exchange);

 private:
  // Expired or not, every key of ours with its dates as they were last published.
  v1::Member OwnRecord(const std::vector<security::LetterKey>& keys,
                       const v1::Member* published) const;
  base::Status Publish(std::optional<base::UtcTime> old_keys_end);
  base::Status Believe(const std::string& fingerprint, const v1::SignedDirectory& file,
                       const security::LetterVerifier& signer) const;

  store::Pool& pool_;
  Office& office_;
  const ExchangeConfig& config_;
  const base::Clock& clock_;
  std::function<base::Status()> changed_;
  std::mutex mutex_;
};

}  // namespace tracing
