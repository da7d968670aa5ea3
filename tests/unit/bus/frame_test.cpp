// Frames: what is written can be read, and no bytes at all do harm.

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "bus/bus.h"
#include "bus/codec.h"
#include "bus/sockets.h"

namespace bus {
namespace {

Envelope SomeEnvelope() {
  Envelope envelope;
  envelope.set_kind(baoxue::bus::v1::KIND_REQUEST);
  envelope.set_type("baoxue.test.v1.Something");
  envelope.set_message_id(std::string(16, '\x07'));
  envelope.mutable_actor()->set_name("王老师");
  envelope.set_timeout_ms(1500);
  return envelope;
}

std::string ReasonOf(std::string_view frame) {
  Envelope envelope;
  std::string_view body;
  const base::Status status = DecodeFrame(frame, envelope, body);
  return status.ok() ? "ok" : status.error().reason;
}

TEST(Frame, HasTheStatedLayout) {
  Envelope envelope;
  envelope.set_type("T");
  EXPECT_EQ(EncodeFrame(envelope, "body"), (std::string{"BAOXUE/1\x03\0\0\0\x12\x01Tbody", 19}));
}

TEST(Frame, RoundTrips) {
  EXPECT_TRUE(rc::check("any body", [](const std::string& body, const std::string& id) {
    Envelope in = SomeEnvelope();
    in.set_message_id(id);
    const std::string frame = EncodeFrame(in, body);
    Envelope out;
    std::string_view read;
    RC_ASSERT(DecodeFrame(frame, out, read).ok());
    RC_ASSERT(read == body);
    RC_ASSERT(out.SerializeAsString() == in.SerializeAsString());
    RC_ASSERT(EncodeMessage(in, body).to_string() == frame);
  }));
}

TEST(Frame, RefusesWhatIsNotAFrame) {
  const std::string good = EncodeFrame(SomeEnvelope(), "body");
  EXPECT_EQ(ReasonOf(good), "ok");
  EXPECT_EQ(ReasonOf(""), "BAD_FRAME");
  EXPECT_EQ(ReasonOf("BAOXUE/1"), "BAD_FRAME");
  EXPECT_EQ(ReasonOf("BAOXUE/2" + good.substr(8)), "BAD_FRAME");
  // An envelope that claims more bytes than there are, up to the largest claim.
  std::string cut = good;
  cut[8] = static_cast<char>(cut[8] + 50);
  EXPECT_EQ(ReasonOf(cut), "BAD_FRAME");
  cut.replace(8, 4, "\xff\xff\xff\xff");
  EXPECT_EQ(ReasonOf(cut), "BAD_FRAME");
  // Text that is not UTF-8.
  Envelope bad = SomeEnvelope();
  bad.set_type("x");
  std::string frame = EncodeFrame(bad, "");
  frame[frame.find("\x12\x01x") + 2] = '\xff';
  EXPECT_EQ(ReasonOf(frame), "BAD_FRAME");
}

TEST(Frame, AMessageHasABound) {
  Envelope envelope;
  const std::size_t head = FrameBytes(envelope, "");
  EXPECT_EQ(ReasonOf(EncodeFrame(envelope, std::string(kMessageBytesMax - head, 'x'))), "ok");
  EXPECT_EQ(ReasonOf(EncodeFrame(envelope, std::string(kMessageBytesMax - head + 1, 'x'))),
            "BAD_FRAME");
}

TEST(Frame, CutAnywhereItIsRefusedOrItsBodyIsShorter) {
  const std::string good = EncodeFrame(SomeEnvelope(), "body");
  const std::size_t body_at = good.size() - 4;
  for (std::size_t size = 0; size < good.size(); ++size) {
    EXPECT_EQ(ReasonOf(good.substr(0, size)), size < body_at ? "BAD_FRAME" : "ok") << size;
  }
}

TEST(Frame, NoBytesDoHarm) {
  EXPECT_TRUE(rc::check("any bytes", [](const std::string& bytes) {
    Envelope envelope;
    std::string_view body;
    (void)DecodeFrame(bytes, envelope, body);
    (void)DecodeFrame("BAOXUE/1" + bytes, envelope, body);
  }));
}

TEST(StatusText, ErrorsSurviveTheWire) {
  for (int code = 1; code <= static_cast<int>(base::Code::kResourceExhausted); ++code) {
    const base::Error error{static_cast<base::Code>(code), "REASON", "说明"};
    baoxue::bus::v1::Status status;
    PutError(error, status);
    EXPECT_EQ(GetError(status), error);
  }
  baoxue::bus::v1::Status status;
  status.set_code("FROM_THE_FUTURE");
  EXPECT_EQ(GetError(status).code, base::Code::kInternal);
}

}  // namespace
}  // namespace bus
