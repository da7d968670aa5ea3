#include "tracing/endpoints/directory_desk.h"

#include <algorithm>

#include <fmt/format.h>

#include "tracing/app/print_desk.h"
#include "tracing/contract/tracing.pb.h"
#include "tracing/endpoints/own_address.h"
#include "tracing/store/letter_repository.h"
#include "tracing/store/told_repository.h"

namespace tracing {
namespace {

using base::Code;
using base::Error;

constexpr std::chrono::days kOverlapDefault{30};
constexpr std::chrono::minutes kClockDifferenceMax{5};
constexpr int kKeyYears = 2;

std::string OnlyHex(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c >= 'A' && c <= 'F') out += static_cast<char>(c - 'A' + 'a');
    if ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f')) out += c;
  }
  return out;
}

std::vector<DivisionChange> ChangesOf(const Directory& directory,
                                      const std::vector<DivisionChange>& known) {
  std::vector<DivisionChange> out = known;
  for (const v1::DivisionChange& change : directory.changes()) {
    const auto from = Division::Parse(change.division());
    if (!from.ok()) continue;
    DivisionChange one{.from = *from, .became = {}, .on = base::DateAt(FromProto(change.on()))};
    for (const std::string& code : change.became()) {
      const auto became = Division::Parse(code);
      if (became.ok()) one.became.push_back(*became);
    }
    out.push_back(std::move(one));
  }
  return out;
}

// What every other county is told of us is the same whenever nothing changed.
bool SameButSerial(v1::Member a, v1::Member b) {
  a.set_serial(0);
  b.set_serial(0);
  return a.SerializeAsString() == b.SerializeAsString();
}

// The same of files, whose first record is their issuer's.
bool SameButSerial(v1::Directory a, v1::Directory b) {
  for (v1::Directory* const file : {&a, &b}) {
    file->set_serial(0);
    file->clear_issued_at();
    if (!file->members().empty()) file->mutable_members(0)->set_serial(0);
  }
  return a.SerializeAsString() == b.SerializeAsString();
}

// Older keys end with the overlap; a revoked one now.
void ChangeKeys(std::optional<base::UtcTime> old_keys_end, const std::string& revoked,
                base::UtcTime now, v1::Member& own) {
  for (v1::Key& key : *own.mutable_keys()) {
    if (key.use() == "curve") continue;
    const bool is_new = FromProto(key.valid_from()) >= base::InstantAt(base::DateAt(now), 0);
    if (old_keys_end && !is_new && FromProto(key.valid_to()) > *old_keys_end) {
      *key.mutable_valid_to() = ToProto(*old_keys_end);
    }
    if (key.key_id() == revoked) *key.mutable_revoked_at() = ToProto(now);
  }
}

Divisions DivisionsOf(const Directory& directory, const std::vector<DivisionChange>& known) {
  std::vector<Division> members;
  for (const auto& [code, member] : directory.members()) {
    const auto division = Division::Parse(code);
    if (division.ok()) members.push_back(*division);
  }
  return Divisions{std::move(members), ChangesOf(directory, known)};
}

// Who can be told what is new: those with an address.
std::set<std::string> AddressedMembers(const Directory& directory, const std::string& self) {
  std::set<std::string> out;
  for (const auto& [code, member] : directory.members()) {
    if (code != self && !member.endpoints().empty()) out.insert(code);
  }
  return out;
}

}  // namespace

DirectoryDesk::DirectoryDesk(store::Pool& pool, Office& office, const ExchangeConfig& config,
                             const base::Clock& clock, std::function<base::Status()> changed)
    : pool_(pool), office_(office), config_(config), clock_(clock), changed_(std::move(changed)) {}

v1::Member DirectoryDesk::OwnRecord(const std::vector<security::LetterKey>& keys,
                                    const v1::Member* published) const {
  v1::Member member;
  member.set_division(office_.self.ToString());
  member.set_name(office_.name);
  member.set_bureau(office_.bureau);
  for (const std::string& address : config_.advertise) member.add_endpoints(address);
  if (config_.advertise.empty()) member.set_relay(config_.relay.through.ToString());
  for (const security::LetterKey& key : keys) {
    for (v1::Key& one : KeysOf(key.key())) {
      for (int i = 0; published != nullptr && i < published->keys_size(); ++i) {
        const v1::Key& old = published->keys(i);
        if (old.key_id() == one.key_id() && old.use() == one.use()) one = old;
      }
      *member.add_keys() = one;
    }
  }
  v1::Key& curve = *member.add_keys();
  curve.set_key_id("curve");
  curve.set_use("curve");
  curve.set_public_key(config_.curve.public_key);
  *curve.mutable_valid_from() = ToProto(base::InstantAt(*base::Date::FromYmd(2020, 1, 1), 0));
  *curve.mutable_valid_to() = ToProto(base::InstantAt(*base::Date::FromYmd(2100, 1, 1), 0));
  for (const char* one : {"protocol:1", "suite:sm", "suite:intl", "machine_reply"}) {
    member.add_capabilities(one);
  }
  if (office_.PolicyAt(clock_.Now()).where.answer) member.add_capabilities("blind");
  return member;
}

v1::Directory DirectoryDesk::Compose(const v1::Member& own,
                                     const std::vector<v1::Directory>& others) const {
  v1::Directory mine;
  mine.set_issuer(own.division());
  *mine.add_members() = own;
  for (const v1::DivisionChange& change : config_.changes) *mine.add_changes() = change;
  const Directory known{others};
  for (const auto& [division, member] : known.members()) {
    if (division != own.division() && MaySpeakFor(own.division(), division)) {
      *mine.add_members() = member;
    }
  }
  return mine;
}

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

base::Status DirectoryDesk::Publish(const Change& change) {
  const std::string self = office_.self.ToString();
  const base::UtcTime now = clock_.Now();
  auto book = std::make_shared<Book>();
  ASSIGN_OR_RETURN(book->keys, LoadLetterKeys(config_, self, base::DateAt(now)));
  std::vector<v1::Directory> files;
  OwnFile own_file;
  v1::Directory published;
  RETURN_IF_ERROR(ReadFiles(files, own_file, published));
  const v1::Member* const before = published.members().empty() ? nullptr : &published.members(0);
  v1::Member own = OwnRecord(book->keys, before);
  ChangeKeys(change.old_keys_end, change.revoked, now, own);
  if (change.leaving) {
    own.clear_endpoints();
    own.set_paper(true);
  }
  const bool same_record = before != nullptr && SameButSerial(own, *before);
  own.set_serial((before == nullptr ? 0 : before->serial()) + (same_record ? 0 : 1));
  v1::Directory mine = Compose(own, files);
  files.push_back(mine);
  book->directory = Directory{files};
  book->divisions = DivisionsOf(book->directory, config_.known_changes);
  const bool same = SameButSerial(mine, published);
  const security::LetterKey* const key = book->SigningKey(now);
  const std::set<std::string> told = AddressedMembers(book->directory, self);
  if (key != nullptr && !same) {
    mine.set_serial(published.serial() + 1);
    *mine.mutable_issued_at() = ToProto(now);
    own_file = {.file = SignDirectory(mine, *key), .serial = mine.serial()};
  }
  const auto save = [&](store::Transaction& tx) -> base::Status {
    RETURN_IF_ERROR(SetMembersToTell(tx, told, own_file.serial, now));
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
  return Publish({});
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
    for (const std::string& division : behind) reply.add_not_told(division);
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

base::Result<v1::OfferRecordReply> DirectoryDesk::Offered(const v1::OfferRecord& offer,
                                                          Division from) {
  ASSIGN_OR_RETURN(const v1::Directory content, ContentOf(offer.directory()));
  if (content.issuer() != from.ToString()) {
    return Error{Code::kPermissionDenied, "NOT_YOUR_DIRECTORY", "名录文件不是发送县签发的"};
  }
  const auto stored = Store(offer.directory(), "", "exchange:" + from.ToString());
  v1::OfferRecordReply reply;
  reply.set_serial(content.serial());
  if (!stored.ok()) return stored.error();
  if (*stored) has_news_ = true;
  return reply;
}

base::Result<bool> DirectoryDesk::ApplyNews() {
  if (!has_news_.exchange(false)) return false;
  {
    const std::lock_guard lock{mutex_};
    const base::Status published = Publish({});
    if (!published.ok()) {
      has_news_ = true;
      return published.error();
    }
  }
  RETURN_IF_ERROR(changed_());
  return true;
}

base::Result<v1::LeaveDirectoryReply> DirectoryDesk::Leave(const Tell& tell) {
  v1::LeaveDirectoryReply reply;
  std::vector<std::string> members;
  {
    const std::lock_guard lock{mutex_};
    for (const std::string& one :
         AddressedMembers(office_.book()->directory, office_.self.ToString())) {
      members.push_back(one);
    }
    RETURN_IF_ERROR(Publish({.old_keys_end = {}, .revoked = {}, .leaving = true}));
  }
  ASSIGN_OR_RETURN(const std::size_t told, tell(own_file().file, members));
  reply.set_told(static_cast<std::uint32_t>(told));
  reply.set_not_told(static_cast<std::uint32_t>(members.size() - told));
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

base::Result<v1::RevokeKeyReply> DirectoryDesk::Revoke(const v1::RevokeKey& request) {
  v1::RevokeKeyReply reply;
  const base::UtcTime now = clock_.Now();
  {
    const std::lock_guard lock{mutex_};
    const std::string self = office_.self.ToString();
    const std::shared_ptr<const Book> before = office_.book();
    if (!before->directory.SignKey(self, request.key_id(), now).ok()) {
      return Error{Code::kNotFound, "NO_KEY", "本县没有这把有效的钥匙：" + request.key_id()};
    }
    const base::Date today = base::DateAt(now);
    const bool is_last = std::none_of(
        before->keys.begin(), before->keys.end(), [&](const security::LetterKey& key) {
          return key.id() != request.key_id() &&
                 before->directory.SignKey(self, key.id(), now).ok();
        });
    if (is_last) {
      const base::Date end = *base::Date::FromYmd(today.year() + kKeyYears, today.month(), 1);
      const auto made = NewLetterKey(config_, self, {.begin = today, .end = end});
      if (!made.ok()) return made.error();
    }
    reply.set_by_telephone(is_last);
    RETURN_IF_ERROR(Publish({.old_keys_end = {}, .revoked = request.key_id()}));
    const std::shared_ptr<const Book> after = office_.book();
    for (const v1::Key& key : after->directory.Find(self)->keys()) {
      const bool in_force = key.use() != "curve" && !key.has_revoked_at() &&
                            FromProto(key.valid_from()) <= now && now < FromProto(key.valid_to());
      if (in_force) *reply.add_keys() = key;
    }
  }
  RETURN_IF_ERROR(changed_());
  return reply;
}

base::Result<v1::RotateKeysReply> DirectoryDesk::Rotate(const v1::RotateKeys& request) {
  v1::RotateKeysReply reply;
  {
    const std::lock_guard lock{mutex_};
    const base::Date today = base::DateAt(clock_.Now());
    const base::Date end = *base::Date::FromYmd(today.year() + kKeyYears, today.month(), 1);
    ASSIGN_OR_RETURN(const security::LetterKey fresh,
                     NewLetterKey(config_, office_.self.ToString(), {.begin = today, .end = end}));
    const auto overlap = request.overlap_days() == 0
                             ? kOverlapDefault
                             : std::chrono::days{std::min(request.overlap_days(), 366u)};
    RETURN_IF_ERROR(Publish({.old_keys_end = base::InstantAt(today + overlap, 0), .revoked = {}}));
    for (const v1::Key& key : KeysOf(fresh.key())) *reply.add_keys() = key;
  }
  RETURN_IF_ERROR(changed_());
  return reply;
}

base::Result<v1::SelfTestReply> DirectoryDesk::SelfTest(const v1::SelfTest& request,
                                                        const Greet& greet) {
  v1::SelfTestReply reply;
  const std::shared_ptr<const Book> book = office_.book();
  const base::UtcTime now = clock_.Now();
  const auto judge = [&](bool ok, const std::string& text) {
    (ok ? reply.add_passed() : reply.add_failed())->assign(text);
  };
  judge(book->SigningKey(now) != nullptr, "本县有有效的函件钥匙");
  judge(!config_.bind.empty() || config_.relay.through, "本县可被其他县连接，或有中转代收");
  for (const std::string& problem : AddressProblems(config_)) judge(false, problem);
  for (const std::string& address : config_.advertise) {
    const std::string why = TryAddress(address);
    judge(why.empty(), why.empty() ? "本机能连到名录中的本县地址 " + address
                                   : fmt::format("本机连不到名录中的本县地址 {}（{}）：请核对 etc/"
                                                 "exchange.yaml 的 bind、advertise 和防火墙；经网关"
                                                 "转发的，请对方县也做一次自检",
                                                 address, why));
  }
  if (request.with().empty()) return reply;
  ASSIGN_OR_RETURN(const Division with, Division::Parse(request.with()));
  judge(book->directory.Find(request.with()) != nullptr, "名录中有对方");
  judge(book->Reachable(with, now) != nullptr, "对方有有效的函件钥匙");
  v1::Hello hello;
  hello.set_from(office_.self.ToString());
  hello.set_version(kProtocolVersion);
  hello.set_nonce(security::Sha256(base::ToIso(now) + request.with()).substr(0, 16));
  const auto answer = greet(with, hello);
  judge(answer.ok(), answer.ok() ? "对方应答" : "对方应答：" + answer.error().detail);
  if (!answer.ok()) return reply;
  const auto key = book->directory.SignKey(request.with(), answer->key_id(), now);
  const bool is_signed =
      key.ok() && answer->nonce() == hello.nonce() &&
      key->Verify("baoxue-hello/1", hello.nonce() + answer->by(), answer->signature()).ok();
  judge(is_signed && answer->by() == request.with(), "对方的签名有效");
  const auto apart = FromProto(answer->now()) - now;
  judge(apart < kClockDifferenceMax && -apart < kClockDifferenceMax, "两县时钟相差不到五分钟");
  return reply;
}

}  // namespace tracing
