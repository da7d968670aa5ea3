#include "security/sm2_signature.h"

#include <botan/ec_group.h>
#include <botan/pubkey.h>
#include <botan/sm2.h>
#include <botan/system_rng.h>

#include <exception>
#include <mutex>
#include <vector>

#include "base/check.h"

namespace security {
namespace {

constexpr const char* kCurve = "sm2p256v1";
constexpr const char* kScheme = "1234567812345678,SM3";

const std::uint8_t* U(std::string_view bytes) {
  return reinterpret_cast<const std::uint8_t*>(bytes.data());
}

Botan::EC_Group Curve() {
  static const Botan::EC_Group curve{kCurve};
  return curve;
}

// Botan's machines keep state while they work: each is one thread's at a time.
template <class Machine>
class Machines {
 public:
  std::unique_ptr<Machine> Take() {
    const std::lock_guard lock{mutex_};
    if (idle_.empty()) return nullptr;
    std::unique_ptr<Machine> one = std::move(idle_.back());
    idle_.pop_back();
    return one;
  }
  void Give(std::unique_ptr<Machine> one) {
    const std::lock_guard lock{mutex_};
    idle_.push_back(std::move(one));
  }

 private:
  std::mutex mutex_;
  std::vector<std::unique_ptr<Machine>> idle_;
};

}  // namespace

struct Sm2Signer::Impl {
  Botan::SM2_PrivateKey key;
  mutable Machines<Botan::PK_Signer> machines = {};
};

Sm2Signer::Sm2Signer(std::string_view secret)
    : impl_(new Impl{.key = Botan::SM2_PrivateKey{
                         Botan::system_rng(), Curve(),
                         Botan::BigInt::decode(U(secret), secret.size())}}) {}

Sm2Signer::~Sm2Signer() = default;

std::string Sm2Signer::Sign(std::string_view bytes) const {
  Botan::RandomNumberGenerator& random = Botan::system_rng();
  auto machine = impl_->machines.Take();
  if (machine == nullptr) {
    machine = std::make_unique<Botan::PK_Signer>(impl_->key, random, kScheme,
                                                 Botan::DER_SEQUENCE);
  }
  const std::vector<std::uint8_t> made = machine->sign_message(U(bytes), bytes.size(), random);
  impl_->machines.Give(std::move(machine));
  return {made.begin(), made.end()};
}

struct Sm2Verifier::Impl {
  Botan::SM2_PublicKey key;
  mutable Machines<Botan::PK_Verifier> machines = {};
};

Sm2Verifier::Sm2Verifier(std::string_view point)
    : impl_(new Impl{.key = Botan::SM2_PublicKey{
                         Curve(), Curve().OS2ECP(U(point), point.size())}}) {}

Sm2Verifier::~Sm2Verifier() = default;

bool Sm2Verifier::Verify(std::string_view bytes, std::string_view signature) const {
  auto machine = impl_->machines.Take();
  if (machine == nullptr) {
    machine = std::make_unique<Botan::PK_Verifier>(impl_->key, kScheme, Botan::DER_SEQUENCE);
  }
  bool good = false;
  try {
    good = machine->verify_message(U(bytes), bytes.size(), U(signature), signature.size());
  } catch (const std::exception&) {
    good = false;
  }
  // After bytes that are no signature a machine still holds the message that they came with.
  if (good) impl_->machines.Give(std::move(machine));
  return good;
}

}  // namespace security
