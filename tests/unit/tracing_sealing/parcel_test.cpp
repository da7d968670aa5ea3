#include <gtest/gtest.h>

#include "unit/tracing_sealing/counties.h"
#include "tracing/contract/parcel.h"

namespace tracing {
namespace {

using security::LetterSuite;
using testing::County;

class ParcelTest : public ::testing::TestWithParam<std::pair<LetterSuite, LetterSuite>> {
 protected:
  County from_{"350212", GetParam().first};
  County to_{"430527", GetParam().second};
};

TEST_P(ParcelTest, ArrivesAsItWasWritten) {
  const v1::SignedItem item = SignItem("the bytes", 7, from_.key);
  const v1::SealedItem sealed = SealItem(item, "350212", "430527", to_.key.verifier());
  EXPECT_EQ(sealed.SerializeAsString().find("the bytes"), std::string::npos);
  const auto opened = OpenItem(sealed, {&to_.key, 1});
  ASSERT_TRUE(opened.ok()) << opened.error().ToString();
  EXPECT_EQ(opened->item(), "the bytes");
  EXPECT_TRUE(VerifyItem(*opened, from_.key.verifier()).ok());
  EXPECT_FALSE(VerifyItem(*opened, to_.key.verifier()).ok());
  EXPECT_EQ(OpenItem(sealed, {&from_.key, 1}).error().reason, "SEALED_FOR_ANOTHER");
}

TEST_P(ParcelTest, NothingOfASealedItemMayChange) {
  const v1::SealedItem sealed =
      SealItem(SignItem("the bytes", 7, from_.key), "350212", "430527", to_.key.verifier());
  const std::string bytes = sealed.SerializeAsString();
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    std::string bad = bytes;
    bad[i] = static_cast<char>(bad[i] ^ 1);
    v1::SealedItem read;
    if (!read.ParseFromString(bad)) continue;
    EXPECT_FALSE(OpenItem(read, {&to_.key, 1}).ok()) << i;
  }
}

TEST_P(ParcelTest, TheEpochIsSigned) {
  v1::SignedItem item = SignItem("the bytes", 7, from_.key);
  item.set_epoch(8);
  EXPECT_EQ(VerifyItem(item, from_.key.verifier()).error().reason, "SIGNATURE_BAD");
}

TEST_P(ParcelTest, AReceiptIsNoRefusalAndNoLetter) {
  v1::Receipt receipt;
  receipt.set_seq(3);
  const v1::SignedReceipt made = SignReceipt(receipt, to_.key);
  ASSERT_TRUE(OpenReceipt(made, to_.key.verifier()).ok());
  EXPECT_EQ(OpenReceipt(made, to_.key.verifier())->seq(), 3u);
  v1::SignedDeclined declined;
  declined.set_declined(made.receipt());
  declined.set_signature(made.signature());
  EXPECT_FALSE(OpenDeclined(declined, to_.key.verifier()).ok());
}

TEST_P(ParcelTest, AReceiptCountsWithTheSignatureOfWhoTookTheLetterAlone) {
  v1::Receipt receipt;
  receipt.set_seq(3);
  v1::SignedReceipt made = SignReceipt(receipt, to_.key);
  EXPECT_FALSE(OpenReceipt(made, from_.key.verifier()).ok());
  receipt.set_seq(4);
  made.set_receipt(receipt.SerializeAsString());
  EXPECT_EQ(OpenReceipt(made, to_.key.verifier()).error().reason, "SIGNATURE_BAD");
}

INSTANTIATE_TEST_SUITE_P(
    Suites, ParcelTest,
    ::testing::Values(std::pair{LetterSuite::kSm, LetterSuite::kSm},
                      std::pair{LetterSuite::kEd25519, LetterSuite::kEd25519},
                      std::pair{LetterSuite::kSm, LetterSuite::kEd25519}));

TEST(Timestamps, OfAStrangerStayWithinWhatADatabaseHolds) {
  google::protobuf::Timestamp time;
  time.set_seconds(std::numeric_limits<std::int64_t>::max());
  time.set_nanos(-5);
  EXPECT_EQ(base::ToIso(FromProto(time)), "9999-12-31T23:59:59.000Z");
  time.set_seconds(std::numeric_limits<std::int64_t>::min());
  EXPECT_EQ(base::ToIso(FromProto(time)), "1000-01-01T00:00:00.000Z");
  const base::UtcTime before{std::chrono::milliseconds{-750}};
  EXPECT_EQ(FromProto(ToProto(before)), before);
}

}  // namespace
}  // namespace tracing
