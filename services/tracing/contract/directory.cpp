#include "tracing/contract/directory.h"

#include <algorithm>

#include <fmt/format.h>

namespace tracing {
namespace {

using base::Code;
using base::Error;

constexpr std::string_view kPurpose = "baoxue-directory/1";
constexpr std::string_view kFirstLine = "baoxue-directory 1\n";
constexpr int kMembersMax = 5000;
constexpr std::size_t kDivisionDigits = 6;

Error Bad(std::string_view what) {
  return {Code::kInvalidArgument, "DIRECTORY_BAD", fmt::format("名录文件有误：{}", what)};
}

bool IsDivision(const std::string& code) {
  return code.size() == kDivisionDigits &&
         std::all_of(code.begin(), code.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// Puts the sign and the seal record of one id together.
std::optional<security::PublicLetterKey> KeyOf(const v1::Member& member, const v1::Key& sign) {
  const auto suite = SuiteFromProto(sign.suite());
  if (!suite.ok()) return std::nullopt;
  for (const v1::Key& seal : member.keys()) {
    if (seal.use() != "seal" || seal.key_id() != sign.key_id()) continue;
    security::PublicLetterKey key{
        .suite = *suite,
        .owner = member.division(),
        .valid = {.begin = base::DateAt(FromProto(sign.valid_from())),
                  .end = base::DateAt(FromProto(sign.valid_to()))},
        .sign_key = sign.public_key(),
        .seal_key = seal.public_key()};
    if (key.Id() != sign.key_id()) return std::nullopt;
    return key;
  }
  return std::nullopt;
}

Error Named(const char* reason, const std::string& division, const std::string& key_id,
            std::string_view what) {
  return {Code::kFailedPrecondition, reason, fmt::format("{}的钥匙{}{}", division, key_id, what)};
}

}  // namespace

bool MaySpeakFor(const std::string& issuer, const std::string& division) {
  if (issuer == division) return true;
  if (issuer.ends_with("0000")) return division.starts_with(issuer.substr(0, 2));
  return issuer.ends_with("00") && division.starts_with(issuer.substr(0, 4));
}

std::vector<v1::Key> KeysOf(const security::PublicLetterKey& key) {
  std::vector<v1::Key> out(2);
  for (v1::Key& one : out) {
    const bool sign = &one == &out.front();
    one.set_key_id(key.Id());
    one.set_use(sign ? "sign" : "seal");
    one.set_suite(SuiteToProto(key.suite));
    one.set_public_key(sign ? key.sign_key : key.seal_key);
    *one.mutable_valid_from() = ToProto(base::InstantAt(key.valid.begin, 0));
    *one.mutable_valid_to() = ToProto(base::InstantAt(key.valid.end, 0));
  }
  return out;
}

v1::SignedDirectory SignDirectory(const v1::Directory& directory, const security::LetterKey& key) {
  v1::SignedDirectory out;
  out.set_directory(directory.SerializeAsString());
  out.set_suite(SuiteToProto(key.key().suite));
  out.set_key_id(key.id());
  out.set_signature(key.Sign(kPurpose, out.directory()));
  return out;
}

base::Result<v1::Directory> ContentOf(const v1::SignedDirectory& file) {
  v1::Directory directory;
  if (!directory.ParseFromString(file.directory())) return Bad("内容");
  if (!IsDivision(directory.issuer())) return Bad("签发者");
  if (directory.members_size() > kMembersMax) return Bad("成员过多");
  for (const v1::Member& member : directory.members()) {
    if (!IsDivision(member.division())) return Bad("成员代码");
  }
  return directory;
}

base::Result<security::LetterVerifier> SignerOf(const v1::SignedDirectory& file) {
  ASSIGN_OR_RETURN(const v1::Directory directory, ContentOf(file));
  for (const v1::Member& member : directory.members()) {
    if (member.division() != directory.issuer()) continue;
    for (const v1::Key& sign : member.keys()) {
      if (sign.use() != "sign" || sign.key_id() != file.key_id()) continue;
      const auto key = KeyOf(member, sign);
      if (!key) return Bad("签发者的钥匙");
      ASSIGN_OR_RETURN(security::LetterVerifier verifier, security::LetterVerifier::Make(*key));
      RETURN_IF_ERROR(verifier.Verify(kPurpose, file.directory(), file.signature()));
      return verifier;
    }
  }
  return Bad("没有签发者的钥匙");
}

Directory::Directory(const std::vector<v1::Directory>& files) {
  for (const v1::Directory& file : files) {
    for (const v1::Member& member : file.members()) {
      if (!MaySpeakFor(file.issuer(), member.division())) continue;
      const auto known = members_.find(member.division());
      if (known != members_.end() && known->second.serial() >= member.serial()) continue;
      members_[member.division()] = member;
    }
    for (const v1::DivisionChange& change : file.changes()) {
      if (MaySpeakFor(file.issuer(), change.division())) changes_.push_back(change);
    }
  }
  for (const auto& [division, member] : members_) Take(member);
}

void Directory::Take(const v1::Member& member) {
  for (const v1::Key& sign : member.keys()) {
    if (sign.use() != "sign") continue;
    const auto key = KeyOf(member, sign);
    if (!key) continue;
    auto verifier = security::LetterVerifier::Make(*key);
    if (!verifier.ok()) continue;
    Known known{.verifier = *std::move(verifier),
                .from = FromProto(sign.valid_from()),
                .to = FromProto(sign.valid_to()),
                .revoked = {}};
    if (sign.has_revoked_at()) known.revoked = FromProto(sign.revoked_at());
    keys_[member.division()].insert_or_assign(sign.key_id(), std::move(known));
  }
}

const v1::Member* Directory::Find(const std::string& division) const {
  const auto found = members_.find(division);
  return found == members_.end() ? nullptr : &found->second;
}

base::Result<security::LetterVerifier> Directory::SignKey(const std::string& division,
                                                          const std::string& key_id,
                                                          base::UtcTime at) const {
  if (Find(division) == nullptr) {
    return Error{Code::kNotFound, "NO_MEMBER", fmt::format("名录中没有{}", division)};
  }
  const auto of = keys_.find(division);
  if (of == keys_.end() || !of->second.contains(key_id)) {
    return Named("KEY_UNKNOWN", division, key_id, "不在名录中");
  }
  const Known& known = of->second.at(key_id);
  if (known.revoked && at >= *known.revoked) {
    return Named("KEY_REVOKED", division, key_id,
                 fmt::format("已于{}撤销", base::ToLocal(*known.revoked)));
  }
  if (at < known.from) {
    return Named("KEY_NOT_YET", division, key_id,
                 fmt::format("自{}起有效", base::ToLocal(known.from)));
  }
  if (at >= known.to) {
    return Named("KEY_EXPIRED", division, key_id,
                 fmt::format("已于{}到期", base::ToLocal(known.to)));
  }
  return known.verifier;
}

base::Result<security::LetterVerifier> Directory::SealKey(const std::string& division,
                                                          base::UtcTime at) const {
  if (Find(division) == nullptr) {
    return Error{Code::kNotFound, "NO_MEMBER", fmt::format("名录中没有{}", division)};
  }
  const Known* best = nullptr;
  const auto of = keys_.find(division);
  if (of != keys_.end()) {
    for (const auto& [id, known] : of->second) {
      if (!SignKey(division, id, at).ok()) continue;
      if (best == nullptr || known.to > best->to) best = &known;
    }
  }
  if (best == nullptr) {
    return Error{Code::kNotFound, "NO_KEY", fmt::format("{}没有有效的钥匙", division)};
  }
  return best->verifier;
}

std::vector<std::string> Directory::CurveKeys(const std::string& division,
                                              base::UtcTime at) const {
  std::vector<std::string> out;
  const v1::Member* const member = Find(division);
  if (member == nullptr) return out;
  for (const v1::Key& key : member->keys()) {
    if (key.use() != "curve" || at < FromProto(key.valid_from()) || at >= FromProto(key.valid_to()))
      continue;
    if (key.has_revoked_at() && at >= FromProto(key.revoked_at())) continue;
    out.push_back(key.public_key());
  }
  return out;
}

std::vector<KeyExpiry> Directory::Expiring(base::UtcTime now, int days) const {
  std::vector<KeyExpiry> out;
  for (const auto& [division, keys] : keys_) {
    KeyExpiry last{.division = division, .name = members_.at(division).name(), .key_id = {},
                   .at = {}};
    for (const auto& [id, known] : keys) {
      const base::UtcTime end = known.revoked ? std::min(*known.revoked, known.to) : known.to;
      if (last.key_id.empty() || end > last.at) {
        last.key_id = id;
        last.at = end;
      }
    }
    if (!last.key_id.empty() && last.at < now + std::chrono::days{days}) out.push_back(last);
  }
  return out;
}

base::Status CheckCurveKeys(const Directory& known, const v1::Directory& file) {
  std::map<std::string, std::string> owners;
  const auto claim = [&](const v1::Member& member) -> base::Status {
    for (const v1::Key& key : member.keys()) {
      if (key.use() != "curve") continue;
      const auto [owner, is_free] = owners.emplace(key.public_key(), member.division());
      if (is_free || owner->second == member.division()) continue;
      return Error{Code::kFailedPrecondition, "KEY_TAKEN",
                   fmt::format("{}所列的通信钥匙是{}的，请与两县核对", member.division(),
                               owner->second)};
    }
    return {};
  };
  for (const auto& [division, member] : known.members()) (void)claim(member).ok();
  for (const v1::Member& member : file.members()) {
    if (!MaySpeakFor(file.issuer(), member.division())) continue;
    RETURN_IF_ERROR(claim(member));
  }
  return {};
}

base::Result<v1::SignedDirectory> ParseDirectoryFile(std::string_view bytes) {
  if (!bytes.starts_with(kFirstLine)) return Bad("首行");
  v1::SignedDirectory file;
  bytes.remove_prefix(kFirstLine.size());
  if (!file.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) return Bad("格式");
  return file;
}

}  // namespace tracing
