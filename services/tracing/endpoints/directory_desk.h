// The directory in force: our own file, the files of others that are believed, and what an
// officer does with them: import, export, leave; in directory_keys.cpp rotate and revoke keys, the
// self-test. What our file says: own_record.h; how news spread: directory_news.h.
//
// Our own file is remade at each start and change; its serial rises only when it differs. It holds
// our record, of a province or prefecture also the counties under its code. After each change the
// book is replaced and `changed` is called (the exchange opens anew). Thread-safe.
// Errors: those of contract/directory.h; kFailedPrecondition/OWN_DIRECTORY, DIRECTORY_OLD;
// kInvalidArgument/FINGERPRINT_MISSING, FINGERPRINT_DIFFERS; kNotFound/NO_KEY; those of key files
// and the store.
#pragma once

#include <functional>
#include <mutex>

#include "base/clock.h"
#include "store/store.h"
#include "tracing/app/office.h"
#include "tracing/contract/tracing.pb.h"
#include "tracing/endpoints/config.h"
#include "tracing/endpoints/own_record.h"

namespace tracing {

// Who took note that we leave.
struct LeaveTold {
  std::size_t told = 0;
  std::size_t in_mailbox = 0;  // behind a relay: it lies there
};

struct OwnFile {
  v1::SignedDirectory file = {};
  std::uint64_t serial = 0;  // of the file; 0: there is none
};

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
  // Our last file says that we have no address; `tell` brings it to the members, then all are
  // forgotten.
  using Tell = std::function<LeaveTold(const v1::SignedDirectory&,
                                       const std::vector<std::string>&)>;
  base::Result<v1::LeaveDirectoryReply> Leave(const Tell& tell);
  base::Result<v1::RotateKeysReply> Rotate(const v1::RotateKeys& request);
  // A key of ours that somebody else may hold. Errors: NO_KEY.
  base::Result<v1::RevokeKeyReply> Revoke(const v1::RevokeKey& request);

  // Keeps a file if it is to be believed; whether it was new. It comes into force with Apply, which
  // may not run on a thread of the door. Errors: those of Import.
  base::Result<bool> Store(const v1::SignedDirectory& file, const std::string& fingerprint,
                           const std::string& by);
  base::Status Apply();
  OwnFile own_file() const;
  const ExchangeConfig& config() const { return config_; }
  // `greet` asks a county for its signed greeting, at its door or through its relay.
  using Greet = std::function<base::Result<v1::HelloReply>(Division, const v1::Hello&)>;
  base::Result<v1::SelfTestReply> SelfTest(const v1::SelfTest& request, const Greet& greet);

 private:
  enum class When : std::uint8_t { kStart, kLater };
  base::Status Publish(const OwnChange& change, When when = When::kLater);
  base::Status ReadFiles(std::vector<v1::Directory>& others, OwnFile& own_file,
                         v1::Directory& own);
  base::Status Believe(const std::string& fingerprint, const v1::SignedDirectory& file,
                       const security::LetterVerifier& signer) const;

  store::Pool& pool_;
  Office& office_;
  const ExchangeConfig& config_;
  const base::Clock& clock_;
  std::function<base::Status()> changed_;
  std::mutex mutex_;
  mutable std::mutex own_mutex_;
  OwnFile own_;
};

}  // namespace tracing
