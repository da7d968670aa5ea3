// Today's code reads what earlier releases wrote, and a reader skips what it does not know.

#include "golden.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/text_format.h>
#include <google/protobuf/util/message_differencer.h>
#include <gtest/gtest.h>

#include <set>
#include <sstream>

#include "bus/bus.h"

namespace compat {
namespace {

using google::protobuf::Message;
using google::protobuf::util::MessageDifferencer;

const std::filesystem::path kRoot = BAOXUE_SOURCE_DIR "/tests/compat/golden";

// The message that the text beside the bytes describes.
std::unique_ptr<Message> Meant(const Golden& golden) {
  std::unique_ptr<Message> message = NewMessage(golden.type);
  if (message == nullptr) return nullptr;
  const bool read =
      google::protobuf::TextFormat::ParseFromString(ReadAll(golden.text), message.get());
  return read ? std::move(message) : nullptr;
}

TEST(Golden, TodaysCodeReadsEarlierBytes) {
  const std::vector<Golden> all = FindGolden(kRoot);
  ASSERT_FALSE(all.empty());
  for (const Golden& golden : all) {
    SCOPED_TRACE(golden.bytes);
    const std::unique_ptr<Message> meant = Meant(golden);
    ASSERT_NE(meant, nullptr) << "the message or one of its fields is gone or renamed";
    const std::unique_ptr<Message> read = NewMessage(golden.type);
    ASSERT_TRUE(read->ParseFromString(ReadAll(golden.bytes)));
    std::string difference;
    MessageDifferencer differencer;
    differencer.ReportDifferencesToString(&difference);
    EXPECT_TRUE(differencer.Compare(*meant, *read)) << difference;
    EXPECT_TRUE(read->GetReflection()->GetUnknownFields(*read).empty());
  }
}

// A rolling upgrade: the old reader gets a message with a field that came later.
TEST(Golden, LaterFieldsAreSkippedAndKept) {
  const std::string later{"\x9a\xe2\x09\x05later", 9};  // field 20003, five bytes
  for (const Golden& golden : FindGolden(kRoot)) {
    SCOPED_TRACE(golden.bytes);
    const std::unique_ptr<Message> read = NewMessage(golden.type);
    ASSERT_NE(read, nullptr);
    ASSERT_TRUE(read->ParseFromString(ReadAll(golden.bytes) + later));
    EXPECT_EQ(read->GetReflection()->GetUnknownFields(*read).field_count(), 1);
    EXPECT_NE(read->SerializeAsString().find(later), std::string::npos);
    read->DiscardUnknownFields();
    EXPECT_TRUE(MessageDifferencer::Equals(*Meant(golden), *read));
  }
}

// A package that has golden bytes has them for each of its messages.
TEST(Golden, EveryMessageHasBytes) {
  std::set<std::string> have;
  for (const Golden& golden : FindGolden(kRoot)) have.insert(golden.type);
  ASSERT_TRUE(have.contains("baoxue.bus.v1.Envelope"));
  for (const auto* file : ProjectFiles()) {
    if (!std::filesystem::exists(kRoot / file->package())) continue;
    for (const std::string& type : TypesOf(file->package())) {
      EXPECT_TRUE(have.contains(type))
          << "build and run compat_write " << file->package() << ", and commit what it writes";
    }
  }
}

std::set<std::string> LinesOf(const std::filesystem::path& path) {
  std::set<std::string> lines;
  std::istringstream text{ReadAll(path)};
  for (std::string line; std::getline(text, line);) lines.insert(line);
  return lines;
}

// Some changes leave the bytes readable and the meaning not: int32 to sint64, another enum value
// under an old number. So each number and type is written down.
TEST(Golden, NoNumberOrTypeEverChanges) {
  for (const auto* file : ProjectFiles()) {
    if (!std::filesystem::exists(kRoot / file->package())) continue;
    const std::set<std::string> today = SchemaOf(file->package());
    const std::set<std::string> before = LinesOf(kRoot / file->package() / "schema.txt");
    for (const std::string& line : before) {
      EXPECT_TRUE(today.contains(line)) << "gone or changed: " << line;
    }
    for (const std::string& line : today) {
      EXPECT_TRUE(before.contains(line))
          << "new: " << line << "\nbuild and run compat_write " << file->package();
    }
  }
}

TEST(Golden, TodaysCodeReadsTheFirstFrames) {
  const std::string frame = ReadAll(kRoot / "frames" / "request_v1.frame");
  bus::Envelope envelope;
  std::string_view body;
  ASSERT_TRUE(bus::DecodeFrame(frame, envelope, body).ok());
  EXPECT_EQ(body, "body");
  EXPECT_EQ(envelope.type(), "baoxue.attendance.v1.SubmitRollCall");
  EXPECT_EQ(envelope.message_id(), "0123456789abcdef");
  EXPECT_EQ(envelope.actor().name(), "王老师");
}

}  // namespace
}  // namespace compat
