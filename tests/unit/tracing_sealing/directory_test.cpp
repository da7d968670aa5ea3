#include "tracing/contract/directory.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/tracing_sealing/counties.h"

namespace tracing {
namespace {

using ::testing::HasSubstr;
using testing::At;
using testing::County;

const County& Tongan() {
  static const County county{"350212"};
  return county;
}

v1::Directory With(v1::Member member, const char* issuer = "350212") {
  v1::Directory directory;
  directory.set_issuer(issuer);
  *directory.add_members() = std::move(member);
  return directory;
}

TEST(SignedDirectory, NamesItsSignerAndNoByteMayChange) {
  const v1::SignedDirectory file = SignDirectory(Tongan().Own(), Tongan().key);
  const auto signer = SignerOf(file);
  ASSERT_TRUE(signer.ok()) << signer.error().ToString();
  EXPECT_EQ(signer->key().Fingerprint(), Tongan().key.key().Fingerprint());
  const std::string bytes = file.directory();
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    v1::SignedDirectory bad = file;
    (*bad.mutable_directory())[i] = static_cast<char>(bytes[i] ^ 1);
    EXPECT_FALSE(SignerOf(bad).ok()) << i;
  }
}

TEST(SignedDirectory, OfAnotherKeyIsRefused) {
  const County other{"350212"};
  EXPECT_EQ(SignerOf(SignDirectory(Tongan().Own(), other.key)).error().reason, "DIRECTORY_BAD");
}

TEST(SignedDirectory, AFileThatIsNoneIsRefused) {
  EXPECT_EQ(ParseDirectoryFile("").error().reason, "DIRECTORY_BAD");
  EXPECT_EQ(ParseDirectoryFile("baoxue-directory 1\n\xff\xff").error().reason, "DIRECTORY_BAD");
}

TEST(Directory, ACountySpeaksForItselfAProvinceForItsCounties) {
  const County other{"430527"};
  EXPECT_EQ(Directory({With(other.Record())}).Find("430527"), nullptr);
  EXPECT_NE(Directory({With(other.Record(), "430000")}).Find("430527"), nullptr);
  EXPECT_NE(Directory({With(other.Record(), "430500")}).Find("430527"), nullptr);
  EXPECT_EQ(Directory({With(other.Record(), "350000")}).Find("430527"), nullptr);
}

TEST(Directory, ACurveKeyBelongsToWhoPublishedItFirst) {
  const auto with_curve = [](v1::Member member, const std::string& curve) {
    v1::Key& key = *member.add_keys();
    key.set_use("curve");
    key.set_public_key(curve);
    return member;
  };
  const County other{"430527"};
  const Directory known{{With(with_curve(Tongan().Record(), "A"))}};
  const auto taken = CheckCurveKeys(known, With(with_curve(other.Record(), "A"), "430527"));
  EXPECT_EQ(taken.error().reason, "KEY_TAKEN");
  EXPECT_THAT(taken.error().detail, HasSubstr("350212"));
  EXPECT_TRUE(CheckCurveKeys(known, With(with_curve(other.Record(), "B"), "430527")).ok());
  EXPECT_TRUE(CheckCurveKeys(known, With(with_curve(Tongan().Record(2), "A"))).ok()) << "its own";
  v1::Directory two = With(with_curve(other.Record(), "C"), "430000");
  v1::Member next = with_curve(other.Record(), "C");
  next.set_division("431022");
  *two.add_members() = next;
  EXPECT_EQ(CheckCurveKeys(known, two).error().reason, "KEY_TAKEN");
  two.mutable_members(1)->set_division("350213");  // not the issuer's to tell: left out anyway
  EXPECT_TRUE(CheckCurveKeys(known, two).ok());
}

TEST(Directory, APrefectureSpeaksForItsOwnCountiesAlone) {
  EXPECT_TRUE(MaySpeakFor("430500", "430527"));
  EXPECT_FALSE(MaySpeakFor("430500", "431022"));
  EXPECT_FALSE(MaySpeakFor("430500", "350212"));
  EXPECT_FALSE(MaySpeakFor("430000", "350212"));
  EXPECT_FALSE(MaySpeakFor("430527", "430528"));
}

TEST(Directory, TheHighestSerialCountsWhateverTheOrder) {
  const County renewed{"350212"};
  const v1::Directory old_file = With(Tongan().Record(1));
  const v1::Directory new_file = With(renewed.Record(2));
  for (const auto& files : {std::vector{old_file, new_file}, std::vector{new_file, old_file}}) {
    const Directory directory{files};
    EXPECT_TRUE(directory.SignKey("350212", renewed.key.id(), At("2026-10-01")).ok());
    EXPECT_EQ(directory.SignKey("350212", Tongan().key.id(), At("2026-10-01")).error().reason,
              "KEY_UNKNOWN");
  }
}

TEST(Directory, KeysThatDoNotCountAreRefusedByName) {
  v1::Member member = Tongan().Record();
  const std::string id = Tongan().key.id();
  const Directory directory{{With(member)}};
  EXPECT_TRUE(directory.SignKey("350212", id, At("2026-10-01")).ok());
  EXPECT_EQ(directory.SignKey("350212", id, At("2026-08-31T15:00Z")).error().reason, "KEY_NOT_YET");
  const auto expired = directory.SignKey("350212", id, At("2028-09-01"));
  EXPECT_EQ(expired.error().reason, "KEY_EXPIRED");
  EXPECT_THAT(expired.error().detail, HasSubstr(id));
  EXPECT_EQ(directory.SignKey("110000", id, At("2026-10-01")).error().reason, "NO_MEMBER");
  *member.mutable_keys(0)->mutable_revoked_at() = ToProto(At("2026-10-01"));
  const Directory revoked{{With(member)}};
  EXPECT_TRUE(revoked.SignKey("350212", id, At("2026-09-30T15:59Z")).ok());
  EXPECT_EQ(revoked.SignKey("350212", id, At("2026-10-01")).error().reason, "KEY_REVOKED");
  EXPECT_EQ(revoked.SealKey("350212", At("2026-10-01")).error().reason, "NO_KEY");
}

TEST(Directory, RotationWithOverlap) {
  v1::Member member = Tongan().Record(2);
  const base::DateRange later{.begin = base::Date::Parse("2028-08-01").value(),
                              .end = base::Date::Parse("2030-08-01").value()};
  const auto next =
      security::LetterKey::Generate(security::LetterSuite::kSm, "350212", later);
  for (const v1::Key& key : KeysOf(next.key())) *member.add_keys() = key;
  const Directory directory{{With(member)}};
  const base::UtcTime overlap = At("2028-08-15");
  EXPECT_TRUE(directory.SignKey("350212", Tongan().key.id(), overlap).ok());
  EXPECT_TRUE(directory.SignKey("350212", next.id(), overlap).ok());
  EXPECT_EQ(directory.SealKey("350212", overlap)->id(), next.id());
  EXPECT_EQ(directory.SealKey("350212", At("2028-07-01"))->id(), Tongan().key.id());
}

TEST(Directory, ExpiryIsAnnounced60DaysAhead) {
  const Directory directory{{With(Tongan().Record())}};
  EXPECT_TRUE(directory.Expiring(At("2028-07-02"), kKeyExpiryNoticeDays).empty());
  const auto soon = directory.Expiring(At("2028-07-04"), kKeyExpiryNoticeDays);
  ASSERT_EQ(soon.size(), 1u);
  EXPECT_EQ(soon[0].division, "350212");
  EXPECT_EQ(soon[0].key_id, Tongan().key.id());
}

TEST(Directory, AKeyWhoseIdIsNotItsOwnIsNone) {
  v1::Member member = Tongan().Record();
  for (v1::Key& key : *member.mutable_keys()) key.set_key_id(std::string(32, 'a'));
  EXPECT_EQ(Directory({With(member)}).SealKey("350212", At("2026-10-01")).error().reason, "NO_KEY");
}

}  // namespace
}  // namespace tracing
