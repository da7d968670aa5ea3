// Any bytes as a frame of the bus, and its body as what servers and followers read. Nothing may
// crash; what is accepted must be written back as a frame that means the same.

#include <google/protobuf/stubs/logging.h>

#include <cstdint>
#include <string>

#include "base/check.h"
#include "bus/bus.h"
#include "bus/codec.h"

namespace {

template <class Message>
void ReadBody(std::string_view body) {
  Message message;
  if (!message.ParseFromArray(body.data(), static_cast<int>(body.size()))) return;
  Message again;
  CHECK(again.ParseFromString(message.SerializeAsString()));
}

}  // namespace

extern "C" int LLVMFuzzerInitialize(int*, char***) {
  google::protobuf::SetLogHandler(nullptr);
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view frame{reinterpret_cast<const char*>(data), size};
  bus::Envelope envelope;
  std::string_view body;
  const base::Status status = bus::DecodeFrame(frame, envelope, body);
  if (!status.ok()) {
    CHECK(status.error().reason == "BAD_FRAME");
    return 0;
  }
  CHECK(body.size() <= frame.size());
  bus::Envelope again;
  std::string_view same_body;
  const std::string written = bus::EncodeFrame(envelope, body);
  CHECK(bus::DecodeFrame(written, again, same_body).ok());
  CHECK(same_body == body);
  CHECK(again.message_id() == envelope.message_id() && again.type() == envelope.type());
  (void)bus::GetError(envelope.status());
  ReadBody<bus::Event>(body);
  ReadBody<bus::EventBatch>(body);
  ReadBody<baoxue::bus::v1::FetchEvents>(body);
  return 0;
}
