#include "tracing/contract/evidence.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "unit/tracing_sealing/counties.h"

namespace tracing {
namespace {

using ::testing::HasSubstr;
using testing::At;
using testing::County;

// A conversation of three items, written down by hand.
class EvidenceTest : public ::testing::Test {
 protected:
  EvidenceTest() {
    evidence_.set_conversation_id(std::string(16, 'c'));
    evidence_.set_asker("350212");
    evidence_.set_answerer("430527");
    evidence_.set_suite(v1::CIPHER_SUITE_SM);
    *evidence_.add_members() = asker_.Record();
    *evidence_.add_members() = answerer_.Record();
    Add(true, 0);
    Add(false, 1);
    Add(true, 1);
  }

  static std::string Big(std::uint64_t n, int bytes) {
    std::string out;
    for (int i = bytes - 1; i >= 0; --i) out += static_cast<char>((n >> (8 * i)) & 0xff);
    return out;
  }
  static std::string Digest(std::string_view bytes) {
    return security::LetterDigest(security::LetterSuite::kSm, bytes);
  }

  void Add(bool by_asker, std::uint32_t seen, const char* at = "2026-10-01T01:00Z",
           std::uint32_t kind = 0) {
    auto& heads = by_asker ? asker_heads_ : answerer_heads_;
    const auto& others = by_asker ? answerer_heads_ : asker_heads_;
    v1::Item item;
    item.set_conversation_id(evidence_.conversation_id());
    item.set_asker("350212");
    item.set_answerer("430527");
    item.set_from_asker(by_asker);
    item.set_seq(static_cast<std::uint32_t>(heads.size()));
    item.set_previous(heads.back());
    item.set_seen_seq(seen);
    item.set_seen_head(others[seen]);
    item.set_kind(kind != 0 ? kind : by_asker ? 1 : 33);
    *item.mutable_written_at() = ToProto(At(at));
    const std::string bytes = item.SerializeAsString();
    const std::string head =
        Digest("baoxue-chain/1" + evidence_.conversation_id() + Big(by_asker ? 1 : 0, 1) +
               Big(item.seq(), 4) + Big(std::min(item.kind(), 65'535u), 2) + Big(seen, 4) +
               Digest(bytes) + heads.back());
    v1::EvidenceItem& one = by_asker ? *evidence_.add_of_asker() : *evidence_.add_of_answerer();
    *one.mutable_item() = SignItem(bytes, 1, (by_asker ? asker_ : answerer_).key);
    v1::Receipt receipt;
    receipt.set_conversation_id(evidence_.conversation_id());
    receipt.set_by(by_asker ? "430527" : "350212");
    receipt.set_to(by_asker ? "350212" : "430527");
    receipt.set_of_asker(by_asker);
    receipt.set_seq(item.seq());
    receipt.set_item_hash(Digest(bytes));
    receipt.set_head(head);
    *receipt.mutable_taken_at() = ToProto(At("2026-10-01T01:05Z"));
    *one.mutable_receipt() = SignReceipt(receipt, (by_asker ? answerer_ : asker_).key);
    heads.push_back(head);
  }

  std::string Problem() const {
    const EvidenceReport report = JudgeEvidence(evidence_, nullptr);
    return report.findings.empty() ? "" : report.findings.front().problem;
  }

  County asker_{"350212"};
  County answerer_{"430527"};
  v1::Evidence evidence_;
  std::vector<std::string> asker_heads_{std::string(32, '\0')};
  std::vector<std::string> answerer_heads_{std::string(32, '\0')};
};

TEST_F(EvidenceTest, HoldsWithPublicKeysAlone) {
  const auto read = ParseEvidence(EvidenceFile(evidence_));
  ASSERT_TRUE(read.ok());
  const EvidenceReport report = JudgeEvidence(*read, nullptr);
  ASSERT_TRUE(report.holds()) << report.findings.front().problem;
  ASSERT_EQ(report.lines.size(), 3u);
  EXPECT_TRUE(report.lines[0].receipted);
  EXPECT_EQ(report.fingerprints.size(), 2u);
}

TEST_F(EvidenceTest, NoByteOfAnItemMayChange) {
  const v1::Evidence whole = evidence_;
  const std::string bytes = whole.of_asker(0).item().item();
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    evidence_ = whole;
    std::string& item = *evidence_.mutable_of_asker(0)->mutable_item()->mutable_item();
    item[i] = static_cast<char>(item[i] ^ 1);
    EXPECT_NE(Problem(), "") << i;
  }
}

TEST_F(EvidenceTest, AnItemThatIsLeftOutOrSwappedIsSeen) {
  evidence_.mutable_of_asker()->DeleteSubrange(0, 1);
  EXPECT_NE(Problem(), "");
}

TEST_F(EvidenceTest, AnswersCannotBeRemovedWhereTheOtherSideSawThem) {
  evidence_.clear_of_answerer();
  EXPECT_EQ(Problem(), "LINK_BROKEN");
}

TEST_F(EvidenceTest, AReceiptOfAnotherItemIsNone) {
  *evidence_.mutable_of_asker(0)->mutable_receipt() = evidence_.of_asker(1).receipt();
  EXPECT_EQ(Problem(), "RECEIPT_OF_ANOTHER");
}

TEST_F(EvidenceTest, ASignatureOfTheOtherSideIsNone) {
  *evidence_.mutable_of_asker(0)->mutable_item() =
      SignItem(evidence_.of_asker(0).item().item(), 1, answerer_.key);
  EXPECT_EQ(Problem(), "KEY_UNKNOWN");
}

TEST_F(EvidenceTest, AnAuthorWhoWritesAnItemAnewBreaksTheChain) {
  v1::Item item;
  ASSERT_TRUE(item.ParseFromString(evidence_.of_asker(1).item().item()));
  v1::Item other = item;
  other.set_previous(std::string(32, 'x'));
  *evidence_.mutable_of_asker(1)->mutable_item() =
      SignItem(other.SerializeAsString(), 1, asker_.key);
  EXPECT_EQ(Problem(), "CHAIN_BROKEN");
  item.set_seq(7);
  *evidence_.mutable_of_asker(1)->mutable_item() =
      SignItem(item.SerializeAsString(), 1, asker_.key);
  EXPECT_EQ(Problem(), "ORDER_BROKEN");
}

TEST_F(EvidenceTest, ASignatureThatIsNoneIsFoundThoughTheBytesAreRight) {
  std::string& signature = *evidence_.mutable_of_asker(0)->mutable_item()->mutable_signature();
  signature.back() = static_cast<char>(signature.back() ^ 1);
  EXPECT_EQ(Problem(), "SIGNATURE_BAD");
}

TEST_F(EvidenceTest, AReceiptNamesTheBytesItIsFor) {
  v1::Receipt receipt;
  ASSERT_TRUE(receipt.ParseFromString(evidence_.of_asker(0).receipt().receipt()));
  receipt.set_item_hash(Digest("other bytes"));
  *evidence_.mutable_of_asker(0)->mutable_receipt() = SignReceipt(receipt, answerer_.key);
  EXPECT_EQ(Problem(), "RECEIPT_OF_ANOTHER");
}

TEST_F(EvidenceTest, AReceiptThatTheOtherSideDidNotSignIsNone) {
  v1::SignedReceipt forged = evidence_.of_asker(0).receipt();
  forged.set_signature(SignReceipt({}, answerer_.key).signature());
  *evidence_.mutable_of_asker(0)->mutable_receipt() = forged;
  EXPECT_EQ(Problem(), "RECEIPT_SIGNATURE_BAD");
}

TEST_F(EvidenceTest, KeysThatTheReaderDoesNotTrustAreFindings) {
  const County impostor{"430527"};
  const Directory trusted{{asker_.Own(), impostor.Own()}};
  const EvidenceReport report = JudgeEvidence(evidence_, &trusted);
  ASSERT_FALSE(report.holds());
  EXPECT_THAT(report.findings.front().problem, HasSubstr("KEY_UNKNOWN"));
}

TEST_F(EvidenceTest, WhatIsNoEvidenceIsRefused) {
  EXPECT_EQ(ParseEvidence("x").error().reason, "EVIDENCE_BAD");
  evidence_.clear_of_asker();
  evidence_.clear_of_answerer();
  EXPECT_EQ(Problem(), "EMPTY");
}

// What waited for a new key says an earlier day than the key's first; its receipt says when it was
// there, and a receipt of something else says nothing.
TEST_F(EvidenceTest, AKeyThatWasInForceWhenItWasTakenIsEnough) {
  Add(false, 2, "2001-01-01T00:00Z");
  EXPECT_EQ(Problem(), "");
  const v1::Evidence whole = evidence_;
  evidence_.mutable_of_answerer(1)->clear_receipt();
  EXPECT_EQ(Problem(), "KEY_NOT_YET");
  *evidence_.mutable_of_answerer(1)->mutable_receipt() = whole.of_answerer(0).receipt();
  EXPECT_EQ(Problem(), "KEY_NOT_YET");
  evidence_ = whole;
  evidence_.mutable_of_answerer(1)->mutable_receipt()->mutable_signature()->back() ^= 1;
  EXPECT_EQ(Problem(), "KEY_NOT_YET");
}

TEST_F(EvidenceTest, AKindOfALaterReleaseHasItsPlaceInTheChain) {
  Add(false, 2, "2026-10-01T01:00Z", 65'536 + 35);
  EXPECT_EQ(Problem(), "");
}

}  // namespace
}  // namespace tracing
