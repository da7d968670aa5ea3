// SM2 signatures over SM3 (GB/T 32918.2; identity 1234567812345678, GB/T 35276-2017) by Botan, in
// DER. Private to libs/security.
//
// Botan and not OpenSSL, because OpenSSL 3.0 signs on this curve with its generic code: 0.27 ms a
// signature against 0.08 ms, and each letter has four. Both accept each other's signatures
// (tests/unit/security/sm2_signature_test.cpp). Keys come checked: suite.h says whether they are
// any. Thread-safe; a thread that finds all of a key's machines busy makes another.
#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace security {

class Sm2Signer {
 public:
  // 32 bytes, big-endian.
  explicit Sm2Signer(std::string_view secret);
  ~Sm2Signer();
  std::string Sign(std::string_view bytes) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

class Sm2Verifier {
 public:
  // 65 bytes: 04 | x | y.
  explicit Sm2Verifier(std::string_view point);
  ~Sm2Verifier();
  // False for anything but the one DER form of a true signature.
  bool Verify(std::string_view bytes, std::string_view signature) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace security
