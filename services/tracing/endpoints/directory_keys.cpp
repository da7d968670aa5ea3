// What an officer does with our own keys, and the self-test.
#include <fmt/format.h>

#include <algorithm>

#include "tracing/endpoints/directory_desk.h"
#include "tracing/endpoints/own_address.h"

namespace tracing {
namespace {

using base::Code;
using base::Error;

constexpr std::chrono::days kOverlapDefault{30};
constexpr std::chrono::minutes kClockDifferenceMax{5};
constexpr int kKeyYears = 2;

}  // namespace

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
