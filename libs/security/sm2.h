// SM2 signatures and SM2 encryption of a short secret, on sm2_curve.h; SM3 and randomness are
// OpenSSL's. The bytes are those of OpenSSL: DER (r, s); C1C3C2 in ASN.1; identity
// 1234567812345678. Bytes of a stranger answer nothing or false. Private to libs/security.
// Thread-safe. Sources: GB/T 32918.2, 32918.4, GB/T 35276-2017.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace security {

// `secret` has 32 bytes, `point` 65: a pair.
std::string Sm2Sign(std::string_view secret, std::string_view point, std::string_view bytes);
bool Sm2Verify(std::string_view point, std::string_view bytes, std::string_view signature);
std::string Sm2Encrypt(std::string_view point, std::string_view plain);
std::optional<std::string> Sm2Decrypt(std::string_view secret, std::string_view sealed);

}  // namespace security
