// Letters that an earlier release wrote, signed and stored: a neighbour may be older for years, and
// evidence is read when nobody remembers the release. stored/letters/ holds what release 1 made.
#include <gmock/gmock.h>

#include <fstream>

#include "golden.h"
#include "harness/child_process.h"
#include "tracing/app/letter_content.h"
#include "tracing/contract/evidence.h"
#include "tracing/domain/chain.h"
#include "tracing/store/codec.h"

namespace compat {
namespace {

namespace v1 = baoxue::tracing::v1;

const std::filesystem::path kLetters = BAOXUE_SOURCE_DIR "/tests/compat/stored/letters";

v1::Evidence FirstEvidence() {
  const auto evidence = tracing::ParseEvidence(ReadAll(kLetters / "release1.evidence"));
  EXPECT_TRUE(evidence.ok());
  return evidence.ok() ? *evidence : v1::Evidence{};
}

TEST(Letters, EvidenceOfTheFirstReleaseHolds) {
  const v1::Evidence evidence = FirstEvidence();
  const tracing::EvidenceReport report = tracing::JudgeEvidence(evidence, nullptr);
  EXPECT_TRUE(report.holds()) << report.findings.front().text;
  ASSERT_EQ(report.lines.size(), 3u);
  EXPECT_EQ(report.asker, "350212");
  EXPECT_EQ(report.answerer, "430527");
  for (const auto& line : report.lines) EXPECT_TRUE(line.receipted);
}

// The older neighbour's bytes as today's protocol sees them.
TEST(Letters, AnOlderNeighboursItemsAreTakenAsTheyWereMeant) {
  const v1::Evidence evidence = FirstEvidence();
  v1::Item letter;
  v1::Item reply;
  ASSERT_TRUE(letter.ParseFromString(evidence.of_asker(0).item().item()));
  ASSERT_TRUE(reply.ParseFromString(evidence.of_answerer(0).item().item()));
  EXPECT_EQ(letter.version(), 1u);
  EXPECT_EQ(tracing::KindOf(letter), tracing::LetterKind::kHc);
  EXPECT_EQ(letter.document_no(), "同教函〔2026〕1号");
  EXPECT_FALSE(letter.inquiry().child().name().empty());
  EXPECT_EQ(reply.reply().code(), v1::REPLY_CODE_R01);
  const tracing::Arrived arrived = tracing::ArrivedFrom(reply, {});
  EXPECT_EQ(arrived.item.kind, tracing::ItemKind::kAnswer);
  EXPECT_EQ(arrived.item.code, 1u);
  EXPECT_FALSE(arrived.item.by_hand);
}

// The newer neighbour's: the same letter with a later version, a field and a code that are not
// known here. The bytes are kept; the code is a number that nobody acts upon.
TEST(Letters, ANewerNeighboursAdditionsAreKept) {
  v1::Item reply;
  ASSERT_TRUE(reply.ParseFromString(FirstEvidence().of_answerer(0).item().item()));
  reply.set_version(9);
  reply.mutable_reply()->set_code(static_cast<v1::ReplyCode>(42));
  const std::string later{"\x9a\xe2\x09\x05later", 9};
  const std::string bytes = reply.SerializeAsString() + later;
  v1::Item read;
  ASSERT_TRUE(read.ParseFromString(bytes));
  EXPECT_EQ(tracing::ArrivedFrom(read, {}).item.code, 42u);
  EXPECT_THAT(read.SerializeAsString(), ::testing::HasSubstr(later));
}

tracing::Conversation Sample() {
  tracing::Conversation c;
  for (std::size_t i = 0; i < c.id.raw.size(); ++i) c.id.raw[i] = static_cast<std::uint8_t>(i + 1);
  c.self = *tracing::Division::Parse("350212");
  c.peer = *tracing::Division::Parse("430527");
  c.kind = tracing::LetterKind::kHc;
  c.stage = tracing::Stage::kLive;
  c.paper = true;
  const base::UtcTime at = base::InstantAt(*base::Date::Parse("2026-10-12"), 9 * 60);
  c.mine.items.push_back({.kind = tracing::ItemKind::kLetter,
                          .number = {.year = 2026, .number = 37},
                          .due = *base::Date::Parse("2026-10-30"),
                          .at = at,
                          .taken = at + std::chrono::minutes{5}});
  c.mine.items.push_back({.kind = tracing::ItemKind::kUrge, .step = 1, .seen = 0, .at = at});
  c.theirs.items.push_back({.kind = tracing::ItemKind::kAnswer, .code = 5, .seen = 1,
                            .to = *tracing::Division::Parse("431022"), .by_hand = true, .at = at});
  c.delivered = 1;
  c.stuck = tracing::Stuck::kPaperWaiting;
  c.next_try = at + std::chrono::hours{1};
  c.version = 7;
  return c;
}

// BAOXUE_WRITE_GOLDEN=1 writes the row once; what is there stays.
TEST(Letters, AConversationsRowOfTheFirstReleaseIsRead) {
  const std::filesystem::path path = kLetters / "conversation.bin";
  if (!harness::EnvironmentVariable("BAOXUE_WRITE_GOLDEN").empty() &&
      !std::filesystem::exists(path)) {
    std::ofstream{path, std::ios::binary} << tracing::EncodeConversation(Sample());
  }
  const tracing::Conversation want = Sample();
  const auto read = tracing::DecodeConversation(want.id, ReadAll(path));
  ASSERT_TRUE(read.ok()) << read.error().ToString();
  EXPECT_EQ(tracing::EncodeConversation(*read), tracing::EncodeConversation(want));
  ASSERT_EQ(read->mine.items.size(), 2u);
  EXPECT_EQ(read->mine.items[0].number.number, 37);
  EXPECT_EQ(read->mine.items[0].due.ToString(), "2026-10-30");
  EXPECT_EQ(read->theirs.items[0].code, 5u);
  EXPECT_TRUE(read->theirs.items[0].by_hand);
  EXPECT_EQ(read->stuck, tracing::Stuck::kPaperWaiting);
  EXPECT_EQ(tracing::StateOf(*read), tracing::StateOf(want));
}

}  // namespace
}  // namespace compat
