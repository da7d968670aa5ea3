// The directory of counties: who they are, where they are reached, whose keys count and when.
//
// A signed file. Its issuer speaks for itself, a province or prefecture also for the counties under
// its code; what else an issuer says is not taken over. Of several records of one county the one
// with the highest serial counts. A file is believed if its signing key is one that we believe
// already, or if an officer compared its fingerprint with the issuer's. Expired and revoked keys
// are refused by name. Days and instants as in exchange.proto; no clock here.
// Errors: kInvalidArgument/DIRECTORY_BAD, FINGERPRINT_DIFFERS; kDataCorruption/SIGNATURE_BAD;
// kFailedPrecondition/DIRECTORY_OLD, KEY_UNKNOWN, KEY_EXPIRED, KEY_NOT_YET, KEY_REVOKED;
// kNotFound/NO_MEMBER, NO_KEY. Values; thread-safe.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "tracing/contract/parcel.h"

namespace tracing {

inline constexpr int kKeyExpiryNoticeDays = 60;

// The two records (sign, seal) of a public key, as a directory carries them.
std::vector<v1::Key> KeysOf(const security::PublicLetterKey& key);

v1::SignedDirectory SignDirectory(const v1::Directory& directory, const security::LetterKey& key);
// The key that the file says it is signed with, if the file holds it and the signature is good.
// Nothing is believed yet: compare the fingerprint.
base::Result<security::LetterVerifier> SignerOf(const v1::SignedDirectory& file);

// Whether `issuer` may say who `division` is: itself, or a county under a province's or
// prefecture's code.
bool MaySpeakFor(const std::string& issuer, const std::string& division);

struct KeyExpiry {
  std::string division = {};
  std::string name = {};
  std::string key_id = {};
  base::UtcTime at = {};
};

class Directory {
 public:
  Directory() = default;
  // From files that are believed. Records that their issuer may not make are left out.
  explicit Directory(const std::vector<v1::Directory>& files);

  const v1::Member* Find(const std::string& division) const;
  const std::map<std::string, v1::Member>& members() const { return members_; }
  const std::vector<v1::DivisionChange>& changes() const { return changes_; }

  // The key that signed something at `at`. Errors: NO_MEMBER, KEY_UNKNOWN, KEY_EXPIRED,
  // KEY_NOT_YET, KEY_REVOKED.
  base::Result<security::LetterVerifier> SignKey(const std::string& division,
                                                 const std::string& key_id, base::UtcTime at) const;
  // The key to seal for: of those in force the one that lasts longest. Errors: NO_MEMBER, NO_KEY.
  base::Result<security::LetterVerifier> SealKey(const std::string& division,
                                                 base::UtcTime at) const;
  // CURVE keys (Z85) in force. Empty: the county is not reached directly.
  std::vector<std::string> CurveKeys(const std::string& division, base::UtcTime at) const;
  // Counties whose last key in force ends within that time.
  std::vector<KeyExpiry> Expiring(base::UtcTime now, int days) const;

 private:
  struct Known {
    security::LetterVerifier verifier;
    base::UtcTime from = {};
    base::UtcTime to = {};
    std::optional<base::UtcTime> revoked = {};
  };
  void Take(const v1::Member& member);

  std::map<std::string, v1::Member> members_;
  std::map<std::string, std::map<std::string, Known>> keys_;  // division, key id
  std::vector<v1::DivisionChange> changes_;
};

// A CURVE key names who knocks at the door, and nobody proves that it is his: whoever published it
// first has it. Errors: kFailedPrecondition/KEY_TAKEN, naming both counties.
base::Status CheckCurveKeys(const Directory& known, const v1::Directory& file);

// Reads a file of `SignedDirectory` bytes. Errors: DIRECTORY_BAD.
base::Result<v1::SignedDirectory> ParseDirectoryFile(std::string_view bytes);
base::Result<v1::Directory> ContentOf(const v1::SignedDirectory& file);

}  // namespace tracing
