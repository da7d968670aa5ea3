#include <cstring>

#include "bus/bus.h"
#include "bus/codec.h"
#include "bus/sockets.h"

namespace bus {

std::size_t FrameBytes(const Envelope& envelope, std::string_view body) {
  return kHeaderBytes + envelope.ByteSizeLong() + body.size();
}

void WriteFrame(const Envelope& envelope, std::string_view body, char* out) {
  std::memcpy(out, kMagic.data(), kMagic.size());
  const auto size = static_cast<std::uint32_t>(envelope.GetCachedSize());
  for (std::size_t i = 0; i < 4; ++i) out[kMagic.size() + i] = static_cast<char>(size >> (8 * i));
  auto* at = reinterpret_cast<std::uint8_t*>(out + kHeaderBytes);
  at = envelope.SerializeWithCachedSizesToArray(at);
  if (!body.empty()) std::memcpy(at, body.data(), body.size());
}

std::string EncodeFrame(const Envelope& envelope, std::string_view body) {
  std::string frame(FrameBytes(envelope, body), '\0');
  WriteFrame(envelope, body, frame.data());
  return frame;
}

zmq::message_t EncodeMessage(const Envelope& envelope, std::string_view body) {
  zmq::message_t message{FrameBytes(envelope, body)};
  WriteFrame(envelope, body, static_cast<char*>(message.data()));
  return message;
}

base::Status DecodeFrame(std::string_view frame, Envelope& envelope, std::string_view& body) {
  const auto bad = [](const char* why) {
    return base::Error{base::Code::kInvalidArgument, "BAD_FRAME", why};
  };
  if (frame.size() > kMessageBytesMax) return bad("longer than a message may be");
  if (frame.size() < kHeaderBytes) return bad("shorter than its header");
  if (frame.substr(0, kMagic.size()) != kMagic) return bad("does not begin with BAOXUE/1");
  std::size_t size = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    size |= std::size_t{static_cast<std::uint8_t>(frame[kMagic.size() + i])} << (8 * i);
  }
  if (size > frame.size() - kHeaderBytes) return bad("the envelope is cut off");
  if (!envelope.ParseFromArray(frame.data() + kHeaderBytes, static_cast<int>(size))) {
    return bad("the envelope cannot be read");
  }
  body = frame.substr(kHeaderBytes + size);
  return {};
}

void PutError(const base::Error& error, baoxue::bus::v1::Status& status) {
  status.set_code(std::string{base::CodeName(error.code)});
  status.set_reason(error.reason);
  status.set_detail(error.detail);
}

base::Error GetError(const baoxue::bus::v1::Status& status) {
  return {base::CodeFromName(status.code()).value_or(base::Code::kInternal), status.reason(),
          status.detail()};
}

}  // namespace bus
