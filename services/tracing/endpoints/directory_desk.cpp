#include "tracing/endpoints/directory_desk.h"

#include <algorithm>

#include <fmt/format.h>

#include "tracing/app/print_desk.h"
#include "tracing/contract/tracing.pb.h"
#include "tracing/store/letter_repository.h"
#include "tracing/store/told_repository.h"

namespace tracing {
namespace {

using base::Code;
using base::Error;

std::string OnlyHex(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c >= 'A' && c <= 'F') out += static_cast<char>(c - 'A' + 'a');
    if ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f')) out += c;
  }
  return out;
}

}  // namespace

DirectoryDesk::DirectoryDesk(store::Pool& pool, Office& office, const ExchangeConfig& config,
                             const base::Clock& clock, std::function<base::Status()> changed)
    : pool_(pool), office_(office), config_(config), clock_(clock), changed_(std::move(changed)) {}

base::Status DirectoryDesk::ReadFiles(std::vector<v1::Directory>& others, OwnFile& own_file,
                                      v1::Directory& own) {
  std::vector<DirectoryRow> rows;
  RETURN_IF_ERROR(pool_.WithSession([&](store::Session& session) -> base::Status {
    ASSIGN_OR_RETURN(rows, LoadDirectory(session));
    return {};
  }));
  ASSIGN_OR_RETURN(others, PaperOfficeFiles(pool_));
  for (const DirectoryRow& row : rows) {
    v1::SignedDirectory file;
    if (!file.ParseFromString(row.content)) continue;
    ASSIGN_OR_RETURN(v1::Directory content, ContentOf(file));
    if (row.issuer == office_.self.ToString()) {
      own_file = {.file = std::move(file), .serial = content.serial()};
      own = std::move(content);
    } else {
      others.push_back(std::move(content));
    }
  }
  return {};
}

base::Status DirectoryDesk::Publish(const OwnChange& change, When when) {
  const std::string self = office_.self.ToString();
  const base::UtcTime now = clock_.Now();
  auto book = std::make_shared<Book>();
  ASSIGN_OR_RETURN(book->keys, LoadLetterKeys(config_, self, base::DateAt(now)));
  std::vector<v1::Directory> files;
  OwnFile own_file;
  v1::Directory published;
  RETURN_IF_ERROR(ReadFiles(files, own_file, published));
  const v1::Member* const before = published.members().empty() ? nullptr : &published.members(0);
  v1::Member own = OwnRecord(
      {.office = office_, .config = config_, .keys = book->keys, .now = now}, before, change);
  const bool same_record = before != nullptr && SameButSerial(own, *before);
  own.set_serial((before == nullptr ? 0 : before->serial()) + (same_record ? 0 : 1));
  v1::Directory mine = OwnContent(own, files, config_.changes);
  files.push_back(mine);
  book->directory = Directory{files};
  book->divisions = DivisionsOf(book->directory, config_.known_changes);
  const bool same = SameButSerial(mine, published);
  const security::LetterKey* const key = book->SigningKey(now);
  const std::set<std::string> told = MembersWithSoftware(book->directory, self);
  if (key != nullptr && !same) {
    mine.set_serial(published.serial() + 1);
    *mine.mutable_issued_at() = ToProto(now);
    own_file = {.file = SignDirectory(mine, *key), .serial = mine.serial()};
  }
  const auto save = [&](store::Transaction& tx) -> base::Status {
    // A member that has no row when we start was never told of anything: of an earlier release.
    const std::uint64_t held = when == When::kStart ? 0 : own_file.serial;
    RETURN_IF_ERROR(SetMembersToTell(tx, told, held, now));
    if (key == nullptr || same) return {};
    RETURN_IF_ERROR(SaveDirectory(tx, {.issuer = self, .serial = own_file.serial,
                                       .content = own_file.file.SerializeAsString(),
                                       .fingerprint = key->key().Fingerprint()},
                                  "system", now));
    return TellAnew(tx, own_file.serial, now);
  };
  RETURN_IF_ERROR(pool_.InTransaction(save));
  office_.SetBook(std::move(book));
  const std::lock_guard lock{own_mutex_};
  own_ = std::move(own_file);
  return {};
}

OwnFile DirectoryDesk::own_file() const {
  const std::lock_guard lock{own_mutex_};
  return own_;
}

base::Status DirectoryDesk::Load() {
  const std::lock_guard lock{mutex_};
  return Publish({}, When::kStart);
}

base::Result<v1::GetDirectoryReply> DirectoryDesk::Get() {
  const std::shared_ptr<const Book> book = office_.book();
  v1::GetDirectoryReply reply;
  for (const auto& [division, member] : book->directory.members()) *reply.add_members() = member;
  const security::LetterKey* const key = book->SigningKey(clock_.Now());
  if (key != nullptr) reply.set_own_fingerprint(key->key().Fingerprint());
  const v1::Member* const own = book->directory.Find(office_.self.ToString());
  if (own != nullptr) reply.set_serial(own->serial());
  RETURN_IF_ERROR(pool_.WithSession([&](store::Session& session) -> base::Status {
    ASSIGN_OR_RETURN(const auto behind, NotTold(session, own_file().serial));
    for (const Behind& one : behind) {
      reply.add_not_told(one.division);
      if (one.in_mailbox) reply.add_in_mailbox(one.division);
    }
    return {};
  }));
  return reply;
}

base::Result<v1::ExportMemberReply> DirectoryDesk::Export() {
  const std::lock_guard lock{mutex_};
  std::vector<DirectoryRow> rows;
  RETURN_IF_ERROR(pool_.WithSession([&](store::Session& session) -> base::Status {
    ASSIGN_OR_RETURN(rows, LoadDirectory(session));
    return {};
  }));
  v1::ExportMemberReply reply;
  for (const DirectoryRow& row : rows) {
    if (row.issuer != office_.self.ToString()) continue;
    if (!reply.mutable_directory()->ParseFromString(row.content)) break;
    reply.set_fingerprint(row.fingerprint);
    return reply;
  }
  return Error{Code::kFailedPrecondition, "NO_OWN_KEY", "本县没有有效的函件钥匙"};
}

// A file counts if its key is one that we believe already, or if somebody compared the fingerprint.
base::Status DirectoryDesk::Believe(const std::string& fingerprint,
                                    const v1::SignedDirectory& file,
                                    const security::LetterVerifier& signer) const {
  if (!fingerprint.empty()) {
    if (OnlyHex(fingerprint) == OnlyHex(signer.key().Fingerprint())) return {};
    return Error{Code::kInvalidArgument, "FINGERPRINT_DIFFERS", "指纹与文件的签名钥匙不符"};
  }
  const std::shared_ptr<const Book> book = office_.book();
  if (book->directory.SignKey(signer.key().owner, file.key_id(), clock_.Now()).ok()) return {};
  return Error{Code::kInvalidArgument, "FINGERPRINT_MISSING",
               "请与对方核对指纹后再导入：" + signer.key().Fingerprint()};
}

base::Result<bool> DirectoryDesk::Store(const v1::SignedDirectory& file,
                                        const std::string& fingerprint, const std::string& by) {
  ASSIGN_OR_RETURN(const security::LetterVerifier signer, SignerOf(file));
  ASSIGN_OR_RETURN(const v1::Directory content, ContentOf(file));
  if (content.issuer() == office_.self.ToString()) {
    return Error{Code::kFailedPrecondition, "OWN_DIRECTORY", "这是本县自己的名录文件"};
  }
  RETURN_IF_ERROR(Believe(fingerprint, file, signer));
  RETURN_IF_ERROR(CheckCurveKeys(office_.book()->directory, content));
  bool is_new = true;
  const auto save = [&](store::Transaction& tx) -> base::Status {
    is_new = true;
    ASSIGN_OR_RETURN(const std::vector<DirectoryRow> rows, LoadDirectory(tx));
    for (const DirectoryRow& row : rows) {
      if (row.issuer != content.issuer()) continue;
      if (row.serial > content.serial()) {
        return Error{Code::kFailedPrecondition, "DIRECTORY_OLD",
                     fmt::format("已有更新的名录（第{}版），此文件是第{}版", row.serial,
                                 content.serial())};
      }
      is_new = row.content != file.SerializeAsString();
    }
    RETURN_IF_ERROR(TellNow(tx, content.issuer(), clock_.Now()));
    return SaveDirectory(tx, {.issuer = content.issuer(), .serial = content.serial(),
                              .content = file.SerializeAsString(),
                              .fingerprint = signer.key().Fingerprint()},
                         by, clock_.Now());
  };
  RETURN_IF_ERROR(pool_.InTransaction(save));
  return is_new;
}

base::Result<v1::ImportDirectoryReply> DirectoryDesk::Import(const v1::ImportDirectory& request,
                                                             const std::string& by) {
  v1::ImportDirectoryReply reply;
  {
    const std::lock_guard lock{mutex_};
    const std::shared_ptr<const Book> before = office_.book();
    RETURN_IF_ERROR(Store(request.directory(), request.fingerprint(), by));
    RETURN_IF_ERROR(Publish({}));
    const std::shared_ptr<const Book> after = office_.book();
    for (const auto& [division, member] : after->directory.members()) {
      const v1::Member* const old = before->directory.Find(division);
      if (old == nullptr) {
        reply.set_added(reply.added() + 1);
      } else if (division != office_.self.ToString() &&
                 old->SerializeAsString() != member.SerializeAsString()) {
        reply.set_changed(reply.changed() + 1);
      }
    }
    for (const auto& [division, member] : before->directory.members()) {
      if (after->directory.Find(division) == nullptr) reply.set_removed(reply.removed() + 1);
    }
  }
  RETURN_IF_ERROR(changed_());
  return reply;
}

base::Status DirectoryDesk::Apply() {
  {
    const std::lock_guard lock{mutex_};
    RETURN_IF_ERROR(Publish({}));
  }
  return changed_();
}

base::Result<v1::LeaveDirectoryReply> DirectoryDesk::Leave(const Tell& tell) {
  v1::LeaveDirectoryReply reply;
  std::vector<std::string> members;
  {
    const std::lock_guard lock{mutex_};
    for (const std::string& one :
         MembersWithSoftware(office_.book()->directory, office_.self.ToString())) {
      members.push_back(one);
    }
    RETURN_IF_ERROR(Publish({.old_keys_end = {}, .revoked = {}, .leaving = true}));
  }
  const LeaveTold told = tell(own_file().file, members);
  reply.set_told(static_cast<std::uint32_t>(told.told));
  reply.set_in_mailbox(static_cast<std::uint32_t>(told.in_mailbox));
  reply.set_not_told(static_cast<std::uint32_t>(members.size() - told.told - told.in_mailbox));
  {
    const std::lock_guard lock{mutex_};
    RETURN_IF_ERROR(pool_.InTransaction([&](store::Transaction& tx) -> base::Status {
      ASSIGN_OR_RETURN(const std::vector<DirectoryRow> rows, LoadDirectory(tx));
      for (const DirectoryRow& row : rows) {
        if (row.issuer == office_.self.ToString()) continue;
        const base::Status deleted = DeleteDirectory(tx, row.issuer);
        if (!deleted.ok()) return deleted;
      }
      return {};
    }));
    RETURN_IF_ERROR(Publish({}));
  }
  RETURN_IF_ERROR(changed_());
  return reply;
}

}  // namespace tracing
